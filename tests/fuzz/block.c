/*
 * A block whose sum is right and whose contents are anybody's: each row that
 * it gives is a row, all of them come or none, and nothing is read that is not
 * there.  The same bytes are a filter, too.
 *
 * The input is a block: what says that it is one is put right, and its sum.
 * The first byte says whether its directory is made to fit, because noise
 * hardly ever does.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dns/name.h"
#include "journal/block.h"
#include "journal/block_layout.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_all(struct bytes bytes)
{
	for (size_t i = 0; i < bytes.len; i++)
		(void)((const volatile uint8_t *)bytes.at)[i];
}

/* Each column is as long as it says or as there is room for. */
static void fit_directory(uint8_t *at, size_t len)
{
	size_t rest = len - BLOCK_HEADER;

	for (unsigned i = 0; i < BLOCK_COLUMNS; i++) {
		uint8_t *entry = at + BLOCK_AT_DIRECTORY +
				 i * BLOCK_DIRECTORY_ENTRY;
		uint32_t count = block_get32(entry) % (2 * BLOCK_ROWS);
		uint32_t packed = block_get32(entry + 4) % BLOCK_BYTES;

		if (packed > rest || i + 1 == BLOCK_COLUMNS)
			packed = (uint32_t)rest;
		rest -= packed;
		block_put32(entry, count);
		block_put32(entry + 4, packed);
	}
}

static void put_right(uint8_t *at, size_t len)
{
	memcpy(at, BLOCK_MAGIC, sizeof(BLOCK_MAGIC));
	block_put32(at + BLOCK_AT_VERSION, BLOCK_VERSION);
	block_put32(at + BLOCK_AT_LENGTH, (uint32_t)len);
	block_put32(at + BLOCK_AT_COLUMNS, BLOCK_COLUMNS);
	block_put64(at + BLOCK_AT_SUM,
		    block_sum(bytes_of(at + BLOCK_AT_VERSION,
				       len - BLOCK_AT_VERSION)));
}

static void check_row(const struct block_summary *summary,
		      const struct row *row)
{
	if (row->number < summary->number || row->number > summary->last ||
	    row->time < summary->from_time ||
	    row->time > summary->until_time ||
	    row->client_len > sizeof(row->client) ||
	    row->name.len > NAME_TEXT || row->alias.len > NAME_TEXT)
		abort();
	read_all(row->name);
	read_all(row->alias);
}

static bool is_odd(void *context, struct bytes text)
{
	(void)context;
	read_all(text);
	return text.len % 2;
}

static void walk(struct block *block, const struct block_wanted *wanted)
{
	const struct block_summary *summary = block_summary(block);
	uint32_t forwards = 0, backwards = 0;
	struct row row;

	if (block_select(block, wanted) < 0) {
		if (block_next(block, &row) != 0)
			abort();
		return;
	}
	while (block_next(block, &row) > 0) {
		check_row(summary, &row);
		forwards++;
	}
	while (block_previous(block, &row) > 0)
		backwards++;
	if (forwards != backwards ||
	    (wanted->wants_name == NULL && forwards != summary->rows))
		abort();
}

static void ask_filter(uint8_t *at, size_t len)
{
	struct block_probe probe = block_probe_name(bytes_of(at, len));

	if (len < 4)
		return;
	block_put32(at, (uint32_t)block_sum(bytes_of(at + 4, len - 4)));
	block_may_have(bytes_of(at, len), &probe);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct block *block;
	struct block_wanted all = { 0 }, some = {
		.wants_name = is_odd, .wants_client = is_odd,
	};
	size_t len = size - 1;
	uint8_t *copy;

	if (block == NULL)
		block = block_new();
	if (block == NULL || size < 2)
		return 0;
	copy = malloc(len);
	if (copy == NULL)
		return 0;
	memcpy(copy, data + 1, len);
	if (len >= BLOCK_HEADER) {
		if (data[0] & 1)
			fit_directory(copy, len);
		put_right(copy, len);
		if (block_open(block, bytes_of(copy, len)) == 0) {
			walk(block, &some);
			walk(block, &all);
		}
	}
	ask_filter(copy, len);
	free(copy);
	return 0;
}
