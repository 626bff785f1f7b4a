/*
 * Damage: whatever happens to a block, no wrong row is given and nothing is
 * read that is not there.  With the sum put right, rows may be anybody's, but
 * each must be a row, and all of a block or none.
 */
#include "journal/block.h"

#include <criterion/criterion.h>

#include "base/error.h"
#include "journal/block_layout.h"
#include "rows.h"

static struct block_builder *builder;
static struct block *block;
static struct rows rows;
static struct rows_sealed sealed;
static uint8_t *bytes;			/* of just the size of the block */

static void setup(void)
{
	builder = block_builder_new();
	block = block_new();
	cr_assert_not_null(builder);
	cr_assert_not_null(block);
	rows_make(&rows, 77, 60);
	rows_seal(builder, &rows, 3, &sealed);
	bytes = malloc(sealed.data.len);
	cr_assert_not_null(bytes);
	memcpy(bytes, sealed.data.at, sealed.data.len);
}

static void teardown(void)
{
	free(bytes);
	rows_release(&rows);
	block_builder_free(builder);
	block_free(block);
}

TestSuite(block_damage, .init = setup, .fini = teardown);

Test(block_damage, every_byte_counts)
{
	for (size_t at = 0; at < sealed.data.len; at++) {
		int error;

		bytes[at] ^= (uint8_t)(1 << at % 8);
		error = block_open(block, bytes_of(bytes, sealed.data.len));
		cr_assert(error == ERROR_DAMAGED ||
			  (error == ERROR_FOREIGN && at < BLOCK_AT_LENGTH),
			  "byte %zu: %d", at, error);
		bytes[at] ^= (uint8_t)(1 << at % 8);
	}
}

Test(block_damage, every_end_counts)
{
	for (size_t len = 0; len < sealed.data.len; len++) {
		uint8_t *cut = malloc(len + 1);

		cr_assert_not_null(cut);
		memcpy(cut, bytes, len);
		cr_assert_lt(block_open(block, bytes_of(cut, len)), 0,
			     "%zu bytes", len);
		free(cut);
	}
}

Test(block_damage, a_later_form_is_foreign)
{
	block_put32(bytes + BLOCK_AT_VERSION, BLOCK_VERSION + 1);
	cr_expect_eq(block_open(block, bytes_of(bytes, sealed.data.len)),
		     ERROR_FOREIGN);
}

static void mend(size_t len)
{
	block_put64(bytes + BLOCK_AT_SUM,
		    block_sum(bytes_of(bytes + BLOCK_AT_VERSION,
				       len - BLOCK_AT_VERSION)));
}

static void read_text(struct bytes text)
{
	for (size_t i = 0; i < text.len; i++)
		(void)((const volatile uint8_t *)text.at)[i];
}

/* How many rows there are, or an error. */
static int read_all(void)
{
	const struct block_summary *summary = block_summary(block);
	struct block_wanted all = { 0 };
	int64_t number = -1;
	struct row row;
	int count = 0;
	int error = block_open(block, bytes_of(bytes, sealed.data.len));

	if (error == 0)
		error = block_select(block, &all);
	while (error == 0 && block_next(block, &row) > 0) {
		cr_assert_gt(row.number, number);
		cr_assert_leq(row.number, summary->last);
		cr_assert(row.time >= summary->from_time &&
			  row.time <= summary->until_time);
		cr_assert_leq(row.client_len, sizeof(row.client));
		cr_assert_leq(row.name.len, NAME_TEXT);
		read_text(row.name);
		read_text(row.alias);
		number = row.number;
		count++;
	}
	return error < 0 ? error : count;
}

/* Every byte is changed in some ways, and the sum says that it is right. */
Test(block_damage, a_liar_gives_whole_blocks_or_none)
{
	static const uint8_t changes[] = { 0x01, 0x80, 0x7f, 0xff };
	unsigned damaged = 0;

	for (size_t at = BLOCK_AT_VERSION; at < sealed.data.len; at++) {
		for (size_t i = 0; i < sizeof(changes); i++) {
			int count;

			bytes[at] ^= changes[i];
			mend(sealed.data.len);
			count = read_all();
			damaged += count < 0;
			cr_assert(count == ERROR_DAMAGED ||
				  count == ERROR_FOREIGN ||
				  count == (int)block_summary(block)->rows,
				  "byte %zu: %d", at, count);
			bytes[at] ^= changes[i];
		}
	}
	cr_expect_gt(damaged, 100);
}

/* A damaged column is noticed before the first row is given. */
Test(block_damage, no_row_is_given_of_a_damaged_block)
{
	struct block_wanted all = { 0 };
	struct row row;

	memset(bytes + BLOCK_HEADER, 0xaa, sealed.data.len - BLOCK_HEADER);
	mend(sealed.data.len);
	cr_assert_eq(block_open(block, bytes_of(bytes, sealed.data.len)), 0);
	cr_expect_eq(block_select(block, &all), ERROR_DAMAGED);
	cr_expect_eq(block_next(block, &row), 0);
	cr_expect_eq(block_previous(block, &row), 0);
}

/* What was read before it does not shine through. */
Test(block_damage, nothing_is_left_of_the_block_before)
{
	struct block_wanted all = { 0 };
	struct row row;

	cr_assert_eq(block_open(block, bytes_of(bytes, sealed.data.len)), 0);
	cr_assert_eq(block_select(block, &all), 0);
	bytes[sealed.data.len - 1] ^= 1;
	cr_assert_lt(block_open(block, bytes_of(bytes, sealed.data.len)), 0);
	cr_expect_eq(block_next(block, &row), 0);
	cr_expect_eq(block_select(block, &all), ERROR_DAMAGED);
	cr_expect_eq(block_next(block, &row), 0);
}
