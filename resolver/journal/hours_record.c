/*
 * A record stands for itself: it is the counts of one day, or of a part of
 * one, with the text of its names.
 *
 *	0   magic "HBR1"
 *	4   length of what is packed, unpacked (u32)
 *	8   checksum of the day, the length and all behind it (XXH64, u64)
 *	16  one frame of zstd
 *
 * All is little-endian.  Unpacked it is nine streams, each a number (its
 * length) and that many bytes, so that like lies with like.  Numbers are in
 * groups of 7 bits, the lowest first, bit 7 set on all but the last byte.
 *
 *	devices	for each, by id: id less the one before it (zigzag: the
 *		sign in bit 0), how many names it asked for
 *	shared	for each name, in the order of their bytes read backwards: how
 *		many bytes at the end it has in common with the one before it
 *	lengths	how many bytes come before those
 *	text	these bytes
 *	names	for each device and name: the number of the name, less the one
 *		of the name before it and 1; the first of a device as it is
 *	masks	likewise: 3 bytes, a bit for each hour that has a count
 *	kinds	likewise: 0 none of them was sunk, 1 all of them, 2 some
 *	counts	for each bit: the count less 1
 *	sunk	for each bit of kind 2: how many of them were sunk
 */
#include "journal/hours_record.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "journal/hours_form.h"

enum { LEVEL = 15 };

struct stream {
	uint8_t *at;
	size_t len;
};

/* A pair of the day and its cells, which lie together. */
struct line {
	const struct pair *pair;
	const struct sheet_cell *first;
	uint32_t cells, rank;		/* rank: the number of its name */
};

struct packer {
	struct sheet *sheet;
	struct sheet_cell *cells;	/* of the day, by pair, then hour */
	uint32_t cell_count;
	struct line *lines;
	uint32_t line_count;
	struct stream streams[HOURS_STREAMS];
	uint8_t *raw;
};

static void put_number(struct stream *stream, uint64_t number)
{
	for (; number >= 0x80; number >>= 7)
		stream->at[stream->len++] = (uint8_t)(number | 0x80);
	stream->at[stream->len++] = (uint8_t)number;
}

static void put_bytes(struct stream *stream, const void *at, size_t len)
{
	memcpy(stream->at + stream->len, at, len);
	stream->len += len;
}

static int by_pair(const void *one, const void *other)
{
	const struct sheet_cell *a = one, *b = other;

	if (a->pair != b->pair)
		return a->pair < b->pair ? -1 : 1;
	return a->hour < b->hour ? -1 : a->hour > b->hour;
}

/* The cells of the day, and a line for each pair among them. */
static void pick(struct packer *packer, uint32_t day)
{
	const struct sheet *sheet = packer->sheet;
	struct line *line = NULL;

	for (uint32_t i = 0; i < sheet->count; i++)
		if (sheet->cells[i].hour / HOURS_A_DAY == day)
			packer->cells[packer->cell_count++] = sheet->cells[i];
	qsort(packer->cells, packer->cell_count, sizeof(*packer->cells),
	      by_pair);
	for (uint32_t i = 0; i < packer->cell_count; i++) {
		const struct sheet_cell *cell = &packer->cells[i];

		if (i == 0 || cell->pair != cell[-1].pair) {
			line = &packer->lines[packer->line_count++];
			*line = (struct line){
				.pair = &sheet->pairs.at[cell->pair],
				.first = cell,
			};
		}
		line->cells++;
	}
}

/* How many bytes they share at their ends. */
static size_t shared_end(const struct pair *one, const struct pair *other)
{
	size_t most = one->len < other->len ? one->len : other->len, len = 0;

	while (len < most && one->name[one->len - 1 - len] ==
			     other->name[other->len - 1 - len])
		len++;
	return len;
}

static int by_end(const void *one, const void *other)
{
	const struct pair *a = ((const struct line *)one)->pair;
	const struct pair *b = ((const struct line *)other)->pair;
	size_t len = shared_end(a, b);

	if (len == a->len || len == b->len)
		return (int)a->len - (int)b->len;
	return (uint8_t)a->name[a->len - 1 - len] -
	       (uint8_t)b->name[b->len - 1 - len];
}

static int by_device(const void *one, const void *other)
{
	const struct line *a = one, *b = other;

	if (a->pair->who != b->pair->who)
		return a->pair->who < b->pair->who ? -1 : 1;
	return a->rank < b->rank ? -1 : a->rank > b->rank;
}

/* Every name once, each line with the number of its own. */
static void put_names(struct packer *packer)
{
	const struct pair *before = NULL;
	uint32_t names = 0;

	qsort(packer->lines, packer->line_count, sizeof(*packer->lines),
	      by_end);
	for (uint32_t i = 0; i < packer->line_count; i++) {
		const struct pair *pair = packer->lines[i].pair;
		size_t shared = before ? shared_end(before, pair) : 0;

		if (before == NULL || shared < pair->len ||
		    shared < before->len) {
			put_number(&packer->streams[HOURS_SHARED], shared);
			put_number(&packer->streams[HOURS_LENGTHS],
				   pair->len - shared);
			put_bytes(&packer->streams[HOURS_TEXT], pair->name,
				  pair->len - shared);
			names++;
		}
		packer->lines[i].rank = names - 1;
		before = pair;
	}
}

static enum hours_kind kind_of(const struct line *line)
{
	uint64_t count = 0, sunk = 0;

	for (uint32_t i = 0; i < line->cells; i++) {
		count += line->first[i].count;
		sunk += line->first[i].sunk;
	}
	if (sunk == 0)
		return HOURS_NONE_SUNK;
	return sunk == count ? HOURS_ALL_SUNK : HOURS_SOME_SUNK;
}

static void put_counts(struct packer *packer, const struct line *line)
{
	uint8_t kind = (uint8_t)kind_of(line), mask[3] = { 0, 0, 0 };

	for (uint32_t i = 0; i < line->cells; i++) {
		unsigned hour = line->first[i].hour % HOURS_A_DAY;

		mask[hour / 8] = (uint8_t)(mask[hour / 8] | 1 << hour % 8);
		put_number(&packer->streams[HOURS_COUNTS],
			   line->first[i].count - 1u);
		if (kind == HOURS_SOME_SUNK)
			put_number(&packer->streams[HOURS_SUNK],
				   line->first[i].sunk);
	}
	put_bytes(&packer->streams[HOURS_MASKS], mask, sizeof(mask));
	put_bytes(&packer->streams[HOURS_KINDS], &kind, 1);
}

static void put_device(struct packer *packer, int64_t delta, uint32_t lines)
{
	uint64_t zigzag = (uint64_t)delta << 1 ^ (uint64_t)(delta >> 63);

	put_number(&packer->streams[HOURS_DEVICES], zigzag);
	put_number(&packer->streams[HOURS_DEVICES], lines);
}

static uint32_t lines_of_device(const struct packer *packer, uint32_t from)
{
	uint32_t until = from;

	while (until < packer->line_count && packer->lines[until].pair->who ==
					     packer->lines[from].pair->who)
		until++;
	return until - from;
}

static void put_lines(struct packer *packer)
{
	uint64_t before = 0;

	qsort(packer->lines, packer->line_count, sizeof(*packer->lines),
	      by_device);
	for (uint32_t i = 0; i < packer->line_count; ) {
		uint32_t lines = lines_of_device(packer, i), rank = 0;
		uint64_t device = (uint64_t)packer->lines[i].pair->who;

		put_device(packer, (int64_t)(device - before), lines);
		before = device;
		for (; lines > 0; lines--, i++) {
			put_number(&packer->streams[HOURS_NAMES],
				   packer->lines[i].rank - rank);
			rank = packer->lines[i].rank + 1;
			put_counts(packer, &packer->lines[i]);
		}
	}
}

/* Each has the room that it takes at the most. */
static bool make_streams(struct packer *packer)
{
	size_t lines = packer->line_count, cells = packer->cell_count;
	const size_t room[HOURS_STREAMS] = {
		[HOURS_DEVICES] = lines * 2 * HOURS_NUMBER,
		[HOURS_SHARED] = lines * 2,
		[HOURS_LENGTHS] = lines * 2,
		[HOURS_TEXT] = packer->sheet->pairs.used,
		[HOURS_NAMES] = lines * 5,
		[HOURS_MASKS] = lines * 3,
		[HOURS_KINDS] = lines,
		[HOURS_COUNTS] = cells * 5,
		[HOURS_SUNK] = cells * 5,
	};
	size_t all = 0;

	for (unsigned i = 0; i < HOURS_STREAMS; i++)
		all += room[i];
	all += HOURS_STREAMS * HOURS_NUMBER;
	packer->raw = malloc(2 * all);
	if (packer->raw == NULL)
		return false;
	for (unsigned i = 0; i < HOURS_STREAMS; i++) {
		packer->streams[i].at = packer->raw + all;
		all += room[i];
	}
	return true;
}

/* One behind the other, at the beginning of `raw`, which was kept free. */
static size_t join(struct packer *packer)
{
	struct stream all = { packer->raw, 0 };

	for (unsigned i = 0; i < HOURS_STREAMS; i++) {
		put_number(&all, packer->streams[i].len);
		memmove(all.at + all.len, packer->streams[i].at,
			packer->streams[i].len);
		all.len += packer->streams[i].len;
	}
	return all.len;
}

static int compress(struct packer *packer, uint32_t day,
		    struct hours_packed *packed)
{
	size_t len = join(packer), room = ZSTD_compressBound(len);
	uint32_t magic = htole32(HOURS_MAGIC), length = htole32((uint32_t)len);
	uint64_t sum;

	packed->at = malloc(HOURS_HEADER + room);
	if (packed->at == NULL)
		return -ENOMEM;
	room = ZSTD_compress(packed->at + HOURS_HEADER, room, packer->raw, len,
			     LEVEL);
	if (ZSTD_isError(room)) {
		free(packed->at);
		return -ENOMEM;
	}
	packed->len = HOURS_HEADER + room;
	memcpy(packed->at, &magic, sizeof(magic));
	memcpy(packed->at + 4, &length, sizeof(length));
	sum = htole64(hours_checksum(day, packed->at, packed->len));
	memcpy(packed->at + 8, &sum, sizeof(sum));
	return 0;
}

static int pack(struct packer *packer, uint32_t day,
		struct hours_packed *packed)
{
	pick(packer, day);
	if (packer->cell_count == 0)
		return 0;
	for (uint32_t i = 0; i < packer->cell_count; i++)
		packed->rows += packer->cells[i].count;
	if (!make_streams(packer))
		return -ENOMEM;
	put_names(packer);
	put_lines(packer);
	return compress(packer, day, packed);
}

int hours_record_pack(struct sheet *sheet, uint32_t day,
		      struct hours_packed *packed)
{
	struct packer packer = {
		.sheet = sheet,
		.cells = calloc(sheet->count + 1, sizeof(*packer.cells)),
		.lines = calloc(sheet->pairs.count + 1,
				sizeof(*packer.lines)),
	};
	int error = -ENOMEM;

	*packed = (struct hours_packed){ .at = NULL };
	if (packer.cells && packer.lines)
		error = pack(&packer, day, packed);
	free(packer.cells);
	free(packer.lines);
	free(packer.raw);
	return error;
}
