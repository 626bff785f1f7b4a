/*
 * The words are what people read in a journal and write in a configuration;
 * the numbers stand in journals that are years old.  One table for each.
 */
#include "policy/verdict.h"

#include <string.h>

#include "base/error.h"

static const char *const verdicts[] = {
	[VERDICT_PASS] = "pass",
	[VERDICT_SINK] = "sunk",
	[VERDICT_ALLOW] = "allowed",
	[VERDICT_OBSERVE] = "observed",
	[VERDICT_DENIED] = "denied",
	[VERDICT_REWRITE] = "rewritten",
	[VERDICT_PAUSED] = "paused",
};

static const char *const actions[] = {
	[ACTION_NONE] = "",
	[ACTION_SINK] = "sink",
	[ACTION_NXDOMAIN] = "nxdomain",
	[ACTION_NODATA] = "nodata",
	[ACTION_NULL] = "null",
	[ACTION_REFUSE] = "refuse",
	[ACTION_DROP] = "drop",
	[ACTION_ALLOW] = "allow",
	[ACTION_OBSERVE] = "observe",
	[ACTION_REWRITE] = "rewrite",
	[ACTION_TRUNCATE] = "truncate",
};

enum {
	VERDICTS = sizeof(verdicts) / sizeof(*verdicts),
	ACTIONS = sizeof(actions) / sizeof(*actions),
};

const char *verdict_words(unsigned kind)
{
	return kind < VERDICTS ? verdicts[kind] : "unknown";
}

int verdict_parse(const char *word)
{
	for (int kind = 0; kind < VERDICTS; kind++)
		if (strcmp(verdicts[kind], word) == 0)
			return kind;
	return ERROR_MALFORMED;
}

const char *action_words(unsigned action)
{
	return action < ACTIONS ? actions[action] : "unknown";
}

/* No word is no action: "" is malformed; nor is what only rules do. */
int action_parse(const char *word)
{
	for (int action = ACTION_SINK; action <= ACTION_OBSERVE; action++)
		if (strcmp(actions[action], word) == 0)
			return action;
	return ERROR_MALFORMED;
}
