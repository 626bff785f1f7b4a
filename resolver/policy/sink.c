/*
 * sink: what a sunk name is answered with.
 *
 * Only A and AAAA can get an address: every other type gets an empty answer,
 * so that a program which asks for HTTPS or SRV first goes on to ask for an
 * address and meets the sink.
 */
#include "policy/sink.h"

#include <stdbool.h>

#include "dns/message.h"
#include "policy/house.h"
#include "policy/verdict.h"

unsigned sink_rcode(unsigned action)
{
	switch (action) {
	case ACTION_NXDOMAIN:
		return RCODE_NXDOMAIN;
	case ACTION_REFUSE:
		return RCODE_REFUSED;
	default:
		return RCODE_NOERROR;
	}
}

struct bytes sink_address(const struct house_sink *sink, unsigned action,
			  unsigned type)
{
	static const uint8_t null[16];
	bool six = type == TYPE_AAAA;

	if (type != TYPE_A && type != TYPE_AAAA)
		return bytes_of(NULL, 0);
	if (action == ACTION_NULL)
		return bytes_of(null, six ? 16 : 4);
	if (action == ACTION_SINK && six && sink->has6)
		return bytes_of(sink->address6, 16);
	if (action == ACTION_SINK && !six && sink->has4)
		return bytes_of(sink->address4, 4);
	return bytes_of(NULL, 0);
}
