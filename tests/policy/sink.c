/* What a sunk name is answered with. */
#include "policy/sink.h"

#include <criterion/criterion.h>

#include "dns/message.h"
#include "policy/house.h"
#include "policy/verdict.h"

static const struct house_sink both = {
	.address4 = { 192, 0, 2, 5 }, .address6 = { 0xfd }, .has4 = true,
	.has6 = true,
};
static const struct house_sink four = { .address4 = { 192, 0, 2, 5 },
					.has4 = true };

Test(sink, an_address_only_for_its_own_family_and_action)
{
	static const struct {
		const char *words;
		const struct house_sink *sink;
		unsigned action, type;
		size_t len;
		uint8_t first;
	} rows[] = {
		{ "A", &both, ACTION_SINK, TYPE_A, 4, 192 },
		{ "AAAA", &both, ACTION_SINK, TYPE_AAAA, 16, 0xfd },
		{ "AAAA without one", &four, ACTION_SINK, TYPE_AAAA, 0, 0 },
		{ "MX", &both, ACTION_SINK, 15, 0, 0 },
		{ "HTTPS", &both, ACTION_SINK, TYPE_HTTPS, 0, 0 },
		{ "ANY", &both, ACTION_SINK, TYPE_ANY, 0, 0 },
		{ "null A", &both, ACTION_NULL, TYPE_A, 4, 0 },
		{ "null AAAA", &four, ACTION_NULL, TYPE_AAAA, 16, 0 },
		{ "nodata", &both, ACTION_NODATA, TYPE_A, 0, 0 },
		{ "nxdomain", &both, ACTION_NXDOMAIN, TYPE_A, 0, 0 },
		{ "refuse", &both, ACTION_REFUSE, TYPE_A, 0, 0 },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bytes address = sink_address(
			rows[i].sink, rows[i].action, rows[i].type);

		cr_expect_eq(address.len, rows[i].len, "%s", rows[i].words);
		if (address.len)
			cr_expect_eq(address.at[0], rows[i].first, "%s",
				     rows[i].words);
	}
}

Test(sink, the_rcode_of_each_action)
{
	cr_expect_eq(sink_rcode(ACTION_SINK), RCODE_NOERROR);
	cr_expect_eq(sink_rcode(ACTION_NULL), RCODE_NOERROR);
	cr_expect_eq(sink_rcode(ACTION_NODATA), RCODE_NOERROR);
	cr_expect_eq(sink_rcode(ACTION_NXDOMAIN), RCODE_NXDOMAIN);
	cr_expect_eq(sink_rcode(ACTION_REFUSE), RCODE_REFUSED);
}
