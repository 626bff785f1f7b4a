/*
 * Checksums: published values of XXH64, and the same value whatever the
 * pieces that the bytes come in.
 */
#include "policy/checksum.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static uint64_t value_of(const void *at, size_t len)
{
	struct checksum sum;

	checksum_init(&sum);
	checksum_add(&sum, at, len);
	return checksum_value(&sum);
}

Test(checksum, is_xxh64)
{
	static const struct {
		const char *text;
		uint64_t value;
	} rows[] = {
		{ "", 0xef46db3751d8e999 },
		{ "a", 0xd24ec4f1a98c6e5b },
		{ "abc", 0x44bc2cf5ad770999 },
		{ "Nobody inspects the spammish repetition",
		  0xfbcea83c8a378bf1 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		cr_expect_eq(value_of(rows[i].text, strlen(rows[i].text)),
			     rows[i].value, "\"%s\"", rows[i].text);
}

Test(checksum, does_not_see_pieces)
{
	uint8_t bytes[300];
	uint64_t whole;

	srandom(11);
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)random();
	for (size_t len = 0; len <= sizeof(bytes); len++) {
		struct checksum sum;
		size_t at = 0, piece;

		whole = value_of(bytes, len);
		checksum_init(&sum);
		for (; at < len; at += piece) {
			piece = 1 + (size_t)random() % 70;
			if (piece > len - at)
				piece = len - at;
			checksum_add(&sum, bytes + at, piece);
			checksum_value(&sum);
		}
		cr_assert_eq(checksum_value(&sum), whole, "%zu bytes", len);
	}
}

Test(checksum, sees_every_bit)
{
	uint8_t bytes[100] = { 0 };
	uint64_t before = value_of(bytes, sizeof(bytes));

	for (size_t bit = 0; bit < sizeof(bytes) * 8; bit++) {
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		cr_assert_neq(value_of(bytes, sizeof(bytes)), before,
			      "bit %zu", bit);
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}
