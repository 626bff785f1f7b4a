/*
 * Columns: every row of numbers comes back, and what is no column is noticed.
 */
#include "journal/column.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "rows.h"

static struct column_packer *packer;
static struct column_unpacker *unpacker;
static uint64_t values[COLUMN_VALUES], found[COLUMN_VALUES];

static void setup(void)
{
	packer = column_packer_new();
	unpacker = column_unpacker_new();
	cr_assert_not_null(packer);
	cr_assert_not_null(unpacker);
}

static void teardown(void)
{
	column_packer_free(packer);
	column_unpacker_free(unpacker);
}

TestSuite(column, .init = setup, .fini = teardown);

static struct bytes pack(size_t count)
{
	column_packer_begin(packer, 1);
	cr_assert_geq(column_put(packer, values, count), 0);
	return column_packed(packer);
}

static void expect_back(size_t count)
{
	struct bytes packed = pack(count);

	cr_assert_eq(column_get(unpacker, packed, found, count), 0);
	cr_assert_eq(memcmp(found, values, count * sizeof(*values)), 0,
		     "%zu values", count);
}

Test(column, gives_numbers_of_every_size_back)
{
	struct rows rows = { .random = 1 };

	for (unsigned round = 0; round < 300; round++) {
		size_t count = rows_draw(&rows) % (round % 9 ? 300 : 16385);
		unsigned bits = (unsigned)(rows_draw(&rows) % 64);

		for (size_t i = 0; i < count; i++)
			values[i] = rows_draw(&rows) >> bits;
		expect_back(count);
		for (size_t i = 0; i < count; i++)
			values[i] = rows_number(&rows, UINT64_MAX);
		expect_back(count);
		for (size_t i = 0; i < count; i++)
			values[i] = rows_draw(&rows) >> rows_draw(&rows) % 64;
		expect_back(count);
	}
}

Test(column, gives_every_end_of_an_octave_back)
{
	size_t count = 0;

	for (unsigned bit = 0; bit < 64; bit++)
		for (unsigned i = 0; i < 5; i++)
			values[count++] = (UINT64_C(1) << bit) + i - 2;
	expect_back(count);
}

Test(column, of_one_value_is_short)
{
	for (size_t i = 0; i < COLUMN_VALUES; i++)
		values[i] = UINT64_MAX;
	expect_back(COLUMN_VALUES);
	cr_expect_leq(column_packed(packer).len, 11);
	cr_expect_eq(pack(0).len, 0);
}

/* Noise of 10 bits must not cost more than 11. */
Test(column, of_noise_costs_what_is_in_it)
{
	struct rows rows = { .random = 2 };

	for (size_t i = 0; i < COLUMN_VALUES; i++)
		values[i] = 1000000 + rows_draw(&rows) % 1024;
	expect_back(COLUMN_VALUES);
	cr_expect_leq(column_packed(packer).len, COLUMN_VALUES * 20 / 8);
	for (size_t i = 0; i < COLUMN_VALUES; i++)
		values[i] = 1024 + rows_draw(&rows) % 1024;
	expect_back(COLUMN_VALUES);
	cr_expect_leq(column_packed(packer).len, COLUMN_VALUES * 11 / 8);
}

Test(column, has_as_many_values_as_it_says)
{
	struct rows rows = { .random = 3 };
	struct bytes packed;

	for (size_t i = 0; i < 100; i++)
		values[i] = rows_draw(&rows) >> rows_draw(&rows) % 64;
	packed = pack(100);
	for (size_t count = 0; count < 300; count++)
		if (count != 100)
			cr_assert_eq(column_get(unpacker, packed, found,
						count), ERROR_DAMAGED,
				     "%zu values", count);
	cr_expect_eq(column_get(unpacker, packed, found, COLUMN_VALUES + 1),
		     ERROR_DAMAGED);
}

Test(column, that_is_damaged_gives_an_error_or_numbers)
{
	struct rows rows = { .random = 4 };
	struct bytes packed;
	uint8_t *bytes;

	for (size_t i = 0; i < 400; i++)
		values[i] = rows_draw(&rows) % (i % 3 ? 10 : 100000);
	packed = pack(400);
	bytes = malloc(packed.len);
	cr_assert_not_null(bytes);
	memcpy(bytes, packed.at, packed.len);
	for (size_t i = 0; i < packed.len * 8; i++) {
		bytes[i / 8] ^= (uint8_t)(1 << i % 8);
		column_get(unpacker, bytes_of(bytes, packed.len), found, 400);
		bytes[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	free(bytes);
	for (size_t len = 0; len < packed.len; len++) {
		bytes = malloc(len + 1);
		cr_assert_not_null(bytes);
		memcpy(bytes, packed.at, len);
		cr_assert_eq(column_get(unpacker, bytes_of(bytes, len), found,
					400), ERROR_DAMAGED, "%zu", len);
		free(bytes);
	}
}

Test(column, gives_text_back)
{
	struct rows rows = { .random = 5 };
	static uint8_t text[5000], back[5000];

	for (size_t len = 0; len <= sizeof(text); len += 1 + len / 3) {
		for (size_t i = 0; i < len; i++)
			text[i] = (uint8_t)(rows_draw(&rows) %
					    (len % 2 ? 256 : 4));
		column_packer_begin(packer, 3);
		cr_assert_geq(column_put_text(packer, bytes_of(text, len)),
			      0);
		cr_assert_eq(column_get_text(unpacker, column_packed(packer),
					     back, len), 0);
		cr_assert_eq(memcmp(text, back, len), 0, "%zu bytes", len);
	}
	cr_expect_eq(column_get_text(unpacker, bytes_of(text, 9), back, 8),
		     ERROR_DAMAGED);
	cr_expect_eq(column_get_text(unpacker, bytes_of(text, 9), back, 0),
		     ERROR_DAMAGED);
}

/* Blocks that were written once are read for years. */
Test(column, has_the_form_of_version_1)
{
	static const uint8_t equal[] = { 0, 0xac, 0x02 };
	static const uint8_t coded[] = {
		1, 2, 7, 0xa5, 0x02,		/* a table of 7 and 300 */
		14, 0, 0, 0,			/* symbols as they are */
		0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1,
		0x80 + 6, 0x80 + 13,		/* 8 to 11; 96 to 127 */
		0x07,				/* 3, and then 1 of 5 bits */
		0x00,
	};

	values[0] = values[1] = 300;
	cr_expect(rows_same_text(pack(2), bytes_of(equal, sizeof(equal))));
	for (size_t i = 0; i < 12; i++)
		values[i] = i < 6 ? 7 : 300;
	values[12] = 11;
	values[13] = 97;
	cr_assert_eq(column_get(unpacker, bytes_of(coded, sizeof(coded)),
				found, 14), ERROR_DAMAGED, "a byte too many");
	cr_assert_eq(column_get(unpacker, bytes_of(coded, sizeof(coded) - 1),
				found, 14), 0);
	cr_expect_eq(memcmp(found, values, 14 * sizeof(*values)), 0);
	expect_back(14);
}
