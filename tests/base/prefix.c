/* struct prefix is in base/address.h, and has enough weak points of its own. */
#include "base/address.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"

Test(prefix, is_printed_as_it_is_read)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "192.168.0.0/16", "192.168.0.0/16" },
		{ "192.168.7.9/16", "192.168.0.0/16" },
		{ "192.168.7.9", "192.168.7.9" },
		{ "192.168.7.9/32", "192.168.7.9" },
		{ "192.168.7.255/25", "192.168.7.128/25" },
		{ "255.255.255.255/0", "0.0.0.0/0" },
		{ "fd00::/8", "fd00::/8" },
		{ "fdff:1::9/8", "fd00::/8" },
		{ "2001:db8::1", "2001:db8::1" },
		{ "ffff::/1", "8000::/1" },
		{ "::/0", "::/0" },
	};
	struct prefix prefix;
	char buffer[64];
	struct text text;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		text_init(&text, buffer, sizeof(buffer));
		cr_assert_eq(prefix_parse(&prefix, rows[i].in), 0, "%s",
			     rows[i].in);
		prefix_print(&prefix, &text);
		cr_assert_str_eq(buffer, rows[i].out);
	}
}

Test(prefix, what_is_not_one_is_refused)
{
	static const char *const rows[] = {
		"", "/", "/8", "192.168.0.0/", "192.168.0.0/33", "fd00::/129",
		"192.168.0.0/-1", "192.168.0.0/+8", "192.168.0.0/8/8",
		"192.168/16", "192.168.0.0/16 ", "fe80::1%lo/64",
		"192.168.0.0:53/16", "[fd00::]/8", "home", "fd00::/0x8",
		"192.168.0.0/4294967304",
		"1111111111111111111111111111111111111111111111111111/8",
	};
	struct prefix prefix;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_assert_eq(prefix_parse(&prefix, rows[i]), ERROR_MALFORMED,
			     "\"%s\"", rows[i]);
}

static bool same_bits(const uint8_t *one, const uint8_t *other, unsigned bits)
{
	for (unsigned i = 0; i < bits; i++)
		if ((one[i / 8] ^ other[i / 8]) >> (7 - i % 8) & 1)
			return false;
	return true;
}

/* Differs from `raw` in one bit, so that every length of match is met. */
static void flip(uint8_t *raw, unsigned bits)
{
	unsigned bit = (unsigned)rand() % (bits + 1);

	if (bit < bits)
		raw[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
}

Test(prefix, holds_what_a_loop_over_bits_says)
{
	struct prefix prefix;
	struct address address;
	unsigned held = 0;

	srand(20261122);
	for (unsigned round = 0; round < 20000; round++) {
		unsigned len = rand() % 2 ? 4 : 16;
		uint8_t raw[16];

		memset(&prefix, 0, sizeof(prefix));
		prefix.family = len == 4 ? AF_INET : AF_INET6;
		prefix.bits = (uint8_t)((unsigned)rand() % (len * 8 + 1));
		for (unsigned i = 0; i < len; i++)
			raw[i] = (uint8_t)rand();
		for (unsigned i = 0; i < prefix.bits; i++)
			prefix.at[i / 8] |=
				(uint8_t)(raw[i / 8] & 0x80 >> i % 8);
		flip(raw, len * 8);
		address_from_raw(&address, raw, len, 53);
		held += prefix_holds(&prefix, &address);
		cr_assert_eq(prefix_holds(&prefix, &address),
			     same_bits(prefix.at, raw, prefix.bits),
			     "round %u, bits %u", round, prefix.bits);
	}
	cr_assert(held > 5000 && held < 15000, "%u", held);
}

Test(prefix, families_do_not_mix)
{
	struct prefix all4, all6;
	struct address in4, in6, none = { 0 };

	prefix_parse(&all4, "0.0.0.0/0");
	prefix_parse(&all6, "::/0");
	address_parse(&in4, "192.0.2.1", 53);
	address_parse(&in6, "::ffff:192.0.2.1", 53);
	cr_assert(prefix_holds(&all4, &in4));
	cr_assert(prefix_holds(&all6, &in6));
	cr_assert_not(prefix_holds(&all4, &in6));
	cr_assert_not(prefix_holds(&all6, &in4));
	cr_assert_not(prefix_holds(&all4, &none));
	cr_assert_not(prefix_holds(&(struct prefix){ 0 }, &none));
}
