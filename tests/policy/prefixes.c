/*
 * Prefixes of addresses: which hold an address, beside looking at each.
 */
#include "policy/prefixes.h"

#include "base/error.h"
#include "matching.h"

struct found {
	unsigned count;
	uint32_t values[64];
};

static bool note(void *context, uint32_t value)
{
	struct found *found = context;

	if (found->count < 64)
		found->values[found->count] = value;
	found->count++;
	return true;
}

static struct found find(const struct prefixes *prefixes, const char *words)
{
	struct found found = { 0 };
	struct prefixes_visit visit = { note, &found };
	struct address address;
	const uint8_t *raw;
	size_t len;

	cr_assert_eq(address_parse(&address, words, 0), 0, "%s", words);
	raw = address_raw(&address, &len);
	prefixes_find(prefixes, bytes_of(raw, len), &visit);
	return found;
}

static void put(struct prefixes *prefixes, const char *words, uint32_t value)
{
	struct prefix prefix;

	cr_assert_eq(prefix_parse(&prefix, words), 0, "%s", words);
	cr_assert_eq(prefixes_add(prefixes, &prefix, value), 0);
}

Test(prefixes, hold_an_address_the_longest_first)
{
	struct prefixes *prefixes = prefixes_new();
	struct found found;

	put(prefixes, "10.0.0.0/8", 1);
	put(prefixes, "10.1.2.3/32", 3);
	put(prefixes, "10.1.0.0/16", 2);
	put(prefixes, "0.0.0.0/0", 0);
	put(prefixes, "::/0", 9);
	put(prefixes, "2001:db8::/33", 8);
	cr_assert_eq(prefixes_ready(prefixes), 0);
	found = find(prefixes, "10.1.2.3");
	cr_expect_eq(found.count, 4);
	for (unsigned i = 0; i < 4; i++)
		cr_expect_eq(found.values[i], 3 - i);
	cr_expect_eq(find(prefixes, "10.1.2.4").count, 3);
	cr_expect_eq(find(prefixes, "11.1.2.4").count, 1);
	cr_expect_eq(find(prefixes, "2001:db8:7fff::1").count, 2);
	cr_expect_eq(find(prefixes, "2001:db8:8000::1").count, 1);
	prefixes_free(prefixes);
}

Test(prefixes, that_are_equal_are_all_told)
{
	struct prefixes *prefixes = prefixes_new();
	struct found found;

	for (uint32_t i = 0; i < 10; i++) {
		put(prefixes, "192.0.2.1", 9 - i);
		put(prefixes, "192.0.2.2", 100 + i);
	}
	cr_assert_eq(prefixes_ready(prefixes), 0);
	found = find(prefixes, "192.0.2.1");
	cr_expect_eq(found.count, 10);
	for (unsigned i = 0; i < 10; i++)
		cr_expect_eq(found.values[i], i);
	prefixes_free(prefixes);
}

Test(prefixes, none_hold_nothing)
{
	struct prefixes *prefixes = prefixes_new();
	struct found found = { 0 };
	struct prefixes_visit visit = { note, &found };

	cr_assert_eq(prefixes_ready(prefixes), 0);
	cr_expect_not(prefixes_any(prefixes));
	cr_expect_eq(find(prefixes, "192.0.2.1").count, 0);
	prefixes_find(prefixes, bytes_of("12345", 5), &visit);
	prefixes_find(prefixes, bytes_of(NULL, 0), &visit);
	cr_expect_eq(found.count, 0);
	prefixes_free(prefixes);
}

Test(prefixes, from_a_damaged_file_are_refused)
{
	static const struct prefix wrong[] = {
		{ 0, 0, { 0 } },
		{ AF_UNIX, 8, { 10 } },
		{ AF_INET, 33, { 10 } },
		{ AF_INET6, 129, { 10 } },
		{ AF_INET, 7, { 11 } },
		{ AF_INET, 32, { 10, 0, 0, 1, 1 } },
		{ AF_INET6, 0, { 0x20 } },
	};
	struct prefixes *prefixes = prefixes_new();

	for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		cr_expect_eq(prefixes_add(prefixes, &wrong[i], 0),
			     ERROR_MALFORMED, "row %u", i);
	cr_expect_not(prefixes_any(prefixes));
	prefixes_free(prefixes);
}

enum { MANY = 300, ASKED = 3000 };

/* Few bits are set, so that prefixes meet addresses and each other. */
static void draw_prefix(struct prefix *prefix, uint64_t *random)
{
	bool four = draw(random) % 2;
	unsigned most = four ? 32 : 128;

	*prefix = (struct prefix){
		.family = four ? AF_INET : AF_INET6,
		.bits = (uint8_t)(draw(random) % (most + 1)),
	};
	for (unsigned i = 0; i < 6; i++) {
		unsigned bit = (unsigned)(draw(random) % (most < 40 ? most :
							  40));

		if (bit < prefix->bits)
			prefix->at[bit / 8] |= (uint8_t)(128 >> bit % 8);
	}
}

static void expect_agreement(const struct prefixes *prefixes,
			     const struct prefix *each,
			     const struct prefix *model)
{
	size_t len = model->family == AF_INET ? 4 : 16;
	struct found found = { 0 };
	struct prefixes_visit visit = { note, &found };
	struct address address;
	unsigned held = 0;

	address_from_raw(&address, model->at, len, 0);
	for (unsigned i = 0; i < MANY; i++)
		held += prefix_holds(&each[i], &address);
	prefixes_find(prefixes, bytes_of(model->at, len), &visit);
	cr_assert_eq(found.count, held);
	for (unsigned i = 0; i < found.count && i < 64; i++)
		cr_assert(prefix_holds(&each[found.values[i]], &address));
}

Test(prefixes, agree_with_looking_at_each)
{
	struct prefixes *prefixes = prefixes_new();
	struct prefix each[MANY], asked;
	uint64_t random = 3;

	for (uint32_t i = 0; i < MANY; i++) {
		draw_prefix(&each[i], &random);
		cr_assert_eq(prefixes_add(prefixes, &each[i], i), 0);
	}
	cr_assert_eq(prefixes_ready(prefixes), 0);
	for (unsigned i = 0; i < ASKED; i++) {
		draw_prefix(&asked, &random);
		expect_agreement(prefixes, each, &asked);
	}
	prefixes_free(prefixes);
}
