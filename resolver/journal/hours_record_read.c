/*
 * The checksum is compared first; but whoever can write the file can make one
 * that fits, so all numbers are looked at as if a stranger had made them:
 * nothing is read behind the end of its stream, nothing is larger than a sheet
 * can be, and every stream ends where the last of it was read.
 */
#include "journal/hours_record.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "base/error.h"
#include "dns/name.h"
#include "journal/hours.h"
#include "journal/hours_form.h"

struct stream {
	const uint8_t *at, *end;
};

struct reading {
	struct stream streams[HOURS_STREAMS];
	uint32_t day;
	bool bad, stopped;
	char *text;			/* of all names, each with its NUL */
	uint32_t *names;		/* where each begins */
	uint32_t name_count;
	bool (*each)(void *context, const struct hours_count *count);
	void *context;
};

static uint64_t get_number(struct reading *reading, struct stream *stream)
{
	uint64_t number = 0;

	for (unsigned bits = 0; bits < 64; bits += 7) {
		uint8_t byte;

		if (stream->at == stream->end)
			break;
		byte = *stream->at++;
		number |= (uint64_t)(byte & 0x7f) << bits;
		if (byte < 0x80)
			return number;
	}
	reading->bad = true;
	return 0;
}

static uint64_t get_up_to(struct reading *reading, enum hours_stream which,
			  uint64_t most)
{
	uint64_t number = get_number(reading, &reading->streams[which]);

	if (number <= most)
		return number;
	reading->bad = true;
	return 0;
}

static const uint8_t *get_bytes(struct reading *reading,
				enum hours_stream which, size_t len)
{
	struct stream *stream = &reading->streams[which];
	const uint8_t *at = stream->at;

	if ((size_t)(stream->end - at) < len) {
		reading->bad = true;
		return NULL;
	}
	stream->at += len;
	return at;
}

static bool is_at_end(const struct stream *stream)
{
	return stream->at == stream->end;
}

static bool split(struct reading *reading, struct bytes raw)
{
	struct stream all = { raw.at, raw.at + raw.len };

	for (unsigned i = 0; i < HOURS_STREAMS; i++) {
		uint64_t len = get_number(reading, &all);

		if (len > (size_t)(all.end - all.at))
			return false;
		reading->streams[i] = (struct stream){ all.at, all.at + len };
		all.at += len;
	}
	return !reading->bad && is_at_end(&all);
}

/* The new bytes, then the end of the name before it. */
static bool read_name(struct reading *reading, size_t *used, size_t *before)
{
	uint64_t shared = get_up_to(reading, HOURS_SHARED, *before);
	uint64_t fresh = get_up_to(reading, HOURS_LENGTHS, NAME_TEXT - 1);
	const uint8_t *bytes = get_bytes(reading, HOURS_TEXT, (size_t)fresh);
	char *at = reading->text + *used;

	if (reading->bad || shared + fresh >= NAME_TEXT ||
	    SHEET_TEXT - *used <= shared + fresh ||
	    reading->name_count == SHEET_PAIRS)
		return false;
	memcpy(at, bytes, (size_t)fresh);
	if (shared > 0)
		memcpy(at + fresh, at - 1 - shared, (size_t)shared);
	*before = (size_t)(shared + fresh);
	at[*before] = '\0';
	reading->names[reading->name_count++] = (uint32_t)*used;
	*used += *before + 1;
	return true;
}

static bool read_names(struct reading *reading)
{
	size_t used = 0, before = 0;

	while (!is_at_end(&reading->streams[HOURS_SHARED]))
		if (!read_name(reading, &used, &before))
			return false;
	return is_at_end(&reading->streams[HOURS_LENGTHS]) &&
	       is_at_end(&reading->streams[HOURS_TEXT]);
}

static uint64_t get_sunk(struct reading *reading, uint8_t kind,
			 uint64_t count)
{
	if (kind == HOURS_SOME_SUNK)
		return get_up_to(reading, HOURS_SUNK, count);
	return kind == HOURS_ALL_SUNK ? count : 0;
}

static void give(struct reading *reading, const struct hours_count *count)
{
	if (!reading->bad && !reading->each(reading->context, count))
		reading->stopped = true;
}

static void read_line(struct reading *reading, struct hours_count *count)
{
	const uint8_t *mask = get_bytes(reading, HOURS_MASKS, 3);
	const uint8_t *kind = get_bytes(reading, HOURS_KINDS, 1);

	if (reading->bad || *kind > HOURS_SOME_SUNK) {
		reading->bad = true;
		return;
	}
	for (unsigned i = 0; i < HOURS_A_DAY && !reading->stopped; i++) {
		if ((mask[i / 8] >> i % 8 & 1) == 0)
			continue;
		count->hour = ((uint64_t)reading->day * HOURS_A_DAY + i) *
			      SHEET_HOUR;
		count->count = 1 + get_up_to(reading, HOURS_COUNTS,
					     UINT32_MAX - 1);
		count->sunk = get_sunk(reading, *kind, count->count);
		give(reading, count);
	}
}

static void read_device(struct reading *reading, uint64_t *device)
{
	uint64_t zigzag = get_up_to(reading, HOURS_DEVICES, UINT64_MAX);
	uint64_t lines = get_up_to(reading, HOURS_DEVICES, SHEET_PAIRS);
	uint64_t rank = 0;

	*device += zigzag >> 1 ^ -(zigzag & 1);
	for (; lines > 0 && !reading->bad && !reading->stopped; lines--) {
		struct hours_count count = { .device = (int64_t)*device };

		rank += get_up_to(reading, HOURS_NAMES, SHEET_PAIRS);
		if (reading->bad || rank >= reading->name_count) {
			reading->bad = true;
			return;
		}
		count.name = reading->text + reading->names[rank++];
		read_line(reading, &count);
	}
}

static int read_all(struct reading *reading, struct bytes raw)
{
	uint64_t device = 0;

	if (!split(reading, raw) || !read_names(reading))
		return ERROR_DAMAGED;
	while (!is_at_end(&reading->streams[HOURS_DEVICES]) &&
	       !reading->bad && !reading->stopped)
		read_device(reading, &device);
	if (reading->stopped)
		return 0;
	for (unsigned i = 0; i < HOURS_STREAMS; i++)
		if (!is_at_end(&reading->streams[i]))
			return ERROR_DAMAGED;
	return reading->bad ? ERROR_DAMAGED : 0;
}

static int look_at_header(struct bytes record, uint32_t day, size_t *len)
{
	uint32_t magic, length;
	uint64_t sum;

	if (record.len < HOURS_HEADER)
		return ERROR_DAMAGED;
	memcpy(&magic, record.at, sizeof(magic));
	memcpy(&length, record.at + 4, sizeof(length));
	memcpy(&sum, record.at + 8, sizeof(sum));
	if (le32toh(magic) != HOURS_MAGIC)
		return memcmp(record.at, "HBR", 3) == 0 ? ERROR_FOREIGN
							: ERROR_DAMAGED;
	*len = le32toh(length);
	if (le64toh(sum) != hours_checksum(day, record.at, record.len) ||
	    *len > HOURS_RAW)
		return ERROR_DAMAGED;
	return 0;
}

static int unpack(struct reading *reading, struct bytes record, size_t len)
{
	uint8_t *raw = malloc(len + 1);
	int error = ERROR_DAMAGED;

	if (raw == NULL)
		return -ENOMEM;
	if (ZSTD_decompress(raw, len, record.at + HOURS_HEADER,
			    record.len - HOURS_HEADER) == len)
		error = read_all(reading, bytes_of(raw, len));
	free(raw);
	return error;
}

int hours_record_each(struct bytes record, uint32_t day,
		      bool (*each)(void *context,
				   const struct hours_count *count),
		      void *context)
{
	struct reading reading = {
		.day = day, .each = each, .context = context,
	};
	size_t len;
	int error = look_at_header(record, day, &len);

	if (error < 0)
		return error;
	error = -ENOMEM;
	reading.text = malloc(SHEET_TEXT);
	reading.names = malloc(SHEET_PAIRS * sizeof(*reading.names));
	if (reading.text && reading.names)
		error = unpack(&reading, record, len);
	free(reading.text);
	free(reading.names);
	return error;
}
