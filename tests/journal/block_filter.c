/*
 * Filters: never a no to what is there, seldom a yes to what is not.
 */
#include "journal/block_filter.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "journal/block.h"

static struct block_filter *filter;

static void setup(void)
{
	filter = block_filter_new();
	cr_assert_not_null(filter);
	block_filter_begin(filter);
}

static void teardown(void)
{
	block_filter_free(filter);
}

TestSuite(block_filter, .init = setup, .fini = teardown);

static struct bytes put_names(const char *format, unsigned count)
{
	struct bytes bits;
	char text[300];

	for (unsigned i = 0; i < count; i++) {
		snprintf(text, sizeof(text), format, i * 2654435761u, i % 50);
		block_filter_put_name(filter, bytes_of_string(text));
	}
	cr_assert_eq(block_filter_end(filter, &bits), 0);
	return bits;
}

static bool has(struct bytes bits, const char *name)
{
	struct block_probe probe = block_probe_name(bytes_of_string(name));

	return block_may_have(bits, &probe);
}

Test(block_filter, never_denies_a_name_or_what_it_is_below)
{
	struct bytes bits = put_names("x%u.s%u.Example.COM", 3000);
	char text[300];

	for (unsigned i = 0; i < 3000; i++) {
		snprintf(text, sizeof(text), "X%u.s%u.example.com",
			 i * 2654435761u, i % 50);
		cr_assert(has(bits, text), "%s", text);
		cr_assert(has(bits, strchr(text, '.') + 1), "%s", text);
	}
	cr_expect(has(bits, "example.com"));
	cr_expect(has(bits, "com"));
	cr_expect(has(bits, "."), "everything is below the root");
}

/* The name, and what is behind each of its dots. */
static void expect_all_of(struct bytes bits, const char *name)
{
	const char *dot;

	for (; (dot = strchr(name, '.')) != NULL; name = dot + 1)
		cr_expect(has(bits, name), "%s", name);
	cr_expect(has(bits, name), "%s", name);
}

Test(block_filter, knows_what_has_one_label_none_or_many)
{
	static const char *const names[] = {
		"localhost", ".", "", "a..b", ".a", "a.", "x\\.y.example",
		"1.2.3.4.5.6.7.8", "0.1.2.3.4.5.6.7.8",
		"a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t.u.v.w.x.y.z",
	};
	struct bytes bits;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		block_filter_put_name(filter, bytes_of_string(names[i]));
	cr_assert_eq(block_filter_end(filter, &bits), 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		expect_all_of(bits, names[i]);
	cr_expect_not(has(bits, "nowhere.example"));
}

Test(block_filter, is_wrong_in_about_one_of_a_hundred)
{
	static const unsigned counts[] = { 10, 100, 1000, 16384 };

	for (unsigned i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
		struct bytes bits;
		unsigned wrong = 0;
		char text[64];

		block_filter_begin(filter);
		bits = put_names("x%u.s%u.example.com", counts[i]);
		for (unsigned j = 0; j < 20000; j++) {
			snprintf(text, sizeof(text), "n%u.nowhere.net", j);
			wrong += has(bits, text);
		}
		cr_expect_lt(wrong, 300, "%u names: %u of 20000", counts[i],
			     wrong);
		cr_expect_leq(bits.len, 20 + (counts[i] + 60) * 10 / 8);
	}
}

Test(block_filter, knows_clients)
{
	struct bytes bits;
	unsigned wrong = 0;

	for (unsigned i = 0; i < 200; i++) {
		uint8_t address[16] = { 192, 168, 1, (uint8_t)i };

		block_filter_put_client(filter,
					bytes_of(address, i % 2 ? 4 : 16));
	}
	cr_assert_eq(block_filter_end(filter, &bits), 0);
	for (unsigned i = 0; i < 200; i++) {
		uint8_t address[16] = { 192, 168, 1, (uint8_t)i };
		struct block_probe there = block_probe_client(
			bytes_of(address, i % 2 ? 4 : 16));
		struct block_probe not = block_probe_client(
			bytes_of(address, i % 2 ? 16 : 4));

		cr_assert(block_may_have(bits, &there));
		wrong += block_may_have(bits, &not);
	}
	cr_expect_lt(wrong, 12);
}

Test(block_filter, that_is_damaged_says_perhaps)
{
	struct block_probe probe;
	struct bytes bits = put_names("x%u.s%u.example.com", 10);
	uint8_t *copy = malloc(bits.len);

	cr_assert_not_null(copy);
	memcpy(copy, bits.at, bits.len);
	probe = block_probe_name(bytes_of_string("nowhere.net"));
	cr_assert_not(block_may_have(bytes_of(copy, bits.len), &probe));
	for (size_t i = 0; i < bits.len * 8; i++) {
		copy[i / 8] ^= (uint8_t)(1 << i % 8);
		cr_assert(block_may_have(bytes_of(copy, bits.len), &probe),
			  "bit %zu", i);
		copy[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	for (size_t len = 0; len < bits.len; len++)
		cr_assert(block_may_have(bytes_of(copy, len), &probe),
			  "%zu bytes", len);
	free(copy);
}

/* As a flood of long names would have it. */
Test(block_filter, stays_small_and_true_when_there_is_too_much)
{
	struct bytes bits = put_names("a%1$u.b%1$u.c%1$u.d%1$u.e%1$u.f%1$u."
				      "g%1$u.h%1$u.i%1$u.j%1$u", 16384);

	cr_expect_leq(bits.len, 170000);
	cr_expect(has(bits, "a0.b0.c0.d0.e0.f0.g0.h0.i0.j0"));
	block_filter_begin(filter);
	bits = put_names("a%1$u.b%1$u.c%1$u.d%1$u.e%1$u.f%1$u.g%1$u.h%1$u",
			 20000);
	cr_expect_eq(bits.len, 0);
	cr_expect(has(bits, "nowhere.net"));
}

/* Filters that were written once are asked for years. */
Test(block_filter, has_the_form_of_version_1)
{
	static const uint8_t address[4] = { 192, 0, 2, 1 };
	struct block_probe probe;

	probe = block_probe_name(bytes_of_string("www.Example.org"));
	cr_expect_eq(probe.hash, UINT64_C(0x4c4f03f4c600e66d), "%#llx",
		     (unsigned long long)probe.hash);
	probe = block_probe_client(bytes_of(address, sizeof(address)));
	cr_expect_eq(probe.hash, UINT64_C(0xee7d37a1d8f8a8c6), "%#llx",
		     (unsigned long long)probe.hash);
}
