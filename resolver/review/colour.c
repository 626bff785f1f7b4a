/*
 * Red is what was kept at home, green what a rule let out, yellow what would
 * have been sunk.
 */
#include "review/colour.h"

#include <stddef.h>

#include "policy/verdict.h"

const char *colour_of_verdict(unsigned verdict)
{
	switch (verdict) {
	case VERDICT_SINK:
	case VERDICT_REWRITE:
		return COLOUR_RED;
	case VERDICT_ALLOW:
		return COLOUR_GREEN;
	case VERDICT_OBSERVE:
	case VERDICT_PAUSED:
		return COLOUR_YELLOW;
	case VERDICT_DENIED:
		return COLOUR_MAGENTA;
	default:
		return NULL;
	}
}
