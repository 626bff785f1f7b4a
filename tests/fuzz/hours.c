/*
 * A record of hourly counts from a stranger's hand.  The first byte says
 * which: even, the rest is a record; odd, it is what a record has inside, and
 * gets a checksum that is right.
 *
 * What can be read goes into a sheet, is packed, and must be the same again.
 */
#include "journal/hours_record.h"

#include <endian.h>
#include <stdlib.h>
#include <zstd.h>

#include "journal/hours.h"
#include "journal/hours_form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { DAY = 20000, MOST = 1 << 16 };

struct total {
	struct sheet *sheet;		/* or NULL */
	uint64_t count, sunk;
	bool full;
};

static void expect(bool holds)
{
	if (!holds)
		abort();
}

static bool add(void *context, const struct hours_count *count)
{
	struct total *total = context;
	struct sheet_entry entry = {
		.device = count->device,
		.name = bytes_of_string(count->name),
		.hour = sheet_hour(count->hour),
		.count = (uint32_t)count->count,
		.sunk = (uint32_t)count->sunk,
	};

	expect(count->sunk <= count->count && count->count > 0);
	expect(entry.hour / HOURS_A_DAY == DAY);
	total->count += count->count;
	total->sunk += count->sunk;
	if (total->sheet != NULL)
		total->full |= !sheet_add(total->sheet, &entry);
	return true;
}

static void read_and_pack(struct bytes record)
{
	static struct sheet sheet;
	struct total total = { .sheet = &sheet }, again = { .sheet = NULL };
	struct hours_packed packed;

	if (sheet.cells == NULL)
		expect(sheet_init(&sheet) == 0);
	sheet_clear(&sheet);
	if (hours_record_each(record, DAY, add, &total) < 0 || total.full)
		return;
	expect(hours_record_pack(&sheet, DAY, &packed) == 0);
	if (packed.at == NULL) {
		expect(total.count == 0);
		return;
	}
	expect(packed.rows == total.count);
	expect(hours_record_each(bytes_of(packed.at, packed.len), DAY, add,
				 &again) == 0);
	expect(again.count == total.count && again.sunk == total.sunk);
	free(packed.at);
}

static void wrap_and_read(struct bytes inside)
{
	static uint8_t record[HOURS_HEADER + ZSTD_COMPRESSBOUND(MOST)];
	uint32_t magic = htole32(HOURS_MAGIC);
	uint32_t length = htole32((uint32_t)inside.len);
	uint64_t sum;
	size_t len;

	if (inside.len > MOST)
		return;
	len = ZSTD_compress(record + HOURS_HEADER,
			    sizeof(record) - HOURS_HEADER, inside.at,
			    inside.len, 1);
	expect(!ZSTD_isError(len));
	len += HOURS_HEADER;
	memcpy(record, &magic, sizeof(magic));
	memcpy(record + 4, &length, sizeof(length));
	sum = htole64(hours_checksum(DAY, record, len));
	memcpy(record + 8, &sum, sizeof(sum));
	read_and_pack(bytes_of(record, len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	if (data[0] & 1)
		wrap_and_read(bytes_of(data + 1, size - 1));
	else
		read_and_pack(bytes_of(data + 1, size - 1));
	return 0;
}
