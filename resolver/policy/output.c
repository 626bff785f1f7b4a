/*
 * The records are written as they come, the index is kept until they are
 * done, and the header, which is first in the file, is written last: a file
 * that was left half way has zeros where its magic should be.
 *
 * Errors of the stream are its own memory: file_replace_commit sees them.
 */
#include "policy/output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"

enum { BUFFER = 65536, MODE = 0640 };

/*
 * 8.5 names a line of 12: one line in eleven passes names on, and the index
 * takes 7.5 bytes a name.  Behind the homes is room for what the last of them
 * pass on; what is not used of it is not written.
 */
enum { NAMES_IN_TWO_LINES = 17, SPARE_LINES = 64 };

static void flush(struct output *out)
{
	checksum_add(&out->sum, out->buffer, out->filled);
	fwrite(out->buffer, 1, out->filled, out->file.stream);
	out->filled = 0;
}

static void put(struct output *out, const void *at, size_t len)
{
	const uint8_t *from = at;
	size_t piece;

	out->at += len;
	for (; len > 0; from += piece, len -= piece) {
		piece = BUFFER - out->filled;
		if (piece > len)
			piece = len;
		memcpy(out->buffer + out->filled, from, piece);
		out->filled += piece;
		if (out->filled == BUFFER)
			flush(out);
	}
}

static int make_lines(struct output *out, size_t names)
{
	uint64_t homes = names * 2 / NAMES_IN_TWO_LINES + 1;
	size_t size;

	if (homes > UINT32_MAX)
		return ERROR_FULL;
	out->header.homes = homes;
	out->line_count = homes;
	out->line_room = homes + SPARE_LINES;
	size = out->line_room * sizeof(*out->lines);
	out->lines = aligned_alloc(sizeof(*out->lines), size);
	if (!out->lines)
		return -ENOMEM;
	memset(out->lines, 0, size);
	return 0;
}

static void release(struct output *out)
{
	free(out->buffer);
	free(out->lines);
}

int output_open(struct output *out, const char *path, size_t names)
{
	struct layout_header *header = &out->header;
	int error;

	*out = (struct output){ .at = sizeof(*header) };
	memcpy(header->magic, LAYOUT_MAGIC, sizeof(header->magic));
	header->version = IMAGE_VERSION;
	header->order = LAYOUT_ORDER;
	header->records.at = sizeof(*header);
	checksum_init(&out->sum);
	out->buffer = malloc(BUFFER);
	error = out->buffer ? make_lines(out, names) : -ENOMEM;
	if (!error)
		error = file_replace(&out->file, path, MODE);
	if (error < 0) {
		release(out);
		return error;
	}
	if (fseek(out->file.stream, sizeof(*header), SEEK_SET) == 0)
		return 0;
	error = -errno;
	output_abort(out);
	return error;
}

/* Puts the record that begins here into the index. */
static int put_into_index(struct output *out, uint64_t hash)
{
	uint64_t record = out->at - out->header.records.at;
	uint64_t at = layout_home(hash, out->header.homes);
	unsigned slot = 0;

	if (record > UINT32_MAX)
		return ERROR_FULL;
	for (; at < out->line_room; at++) {
		struct layout_line *line = &out->lines[at];

		for (slot = 0; slot < LAYOUT_SLOTS && line->mark[slot]; slot++)
			;
		if (slot < LAYOUT_SLOTS) {
			line->mark[slot] = layout_mark(hash);
			line->record[slot] = (uint32_t)record;
			break;
		}
		line->passed = 1;
	}
	if (at == out->line_room)
		return ERROR_FULL;
	if (at >= out->line_count)
		out->line_count = at + 1;
	return 0;
}

static unsigned wire_labels(const uint8_t *wire)
{
	unsigned labels = 0;

	for (; *wire; wire += 1u + *wire)
		labels++;
	return labels;
}

int output_name(struct output *out, uint64_t hash, struct bytes wire)
{
	unsigned labels = wire_labels(wire.at);
	int error = put_into_index(out, hash);

	if (error < 0)
		return error;
	out->header.depths[labels / 64] |= 1ull << labels % 64;
	out->header.names++;
	put(out, wire.at, wire.len);
	return 0;
}

void output_rule(struct output *out, uint32_t head, uint32_t line)
{
	uint8_t rule[2 * LAYOUT_NUMBER], *end;

	end = layout_number_write(rule, head);
	end = layout_number_write(end, line);
	put(out, rule, (size_t)(end - rule));
	out->header.rules++;
}

static void put_section(struct output *out, struct layout_section *section,
			const void *at, size_t len)
{
	section->at = out->at;
	section->len = len;
	put(out, at, len);
}

static void put_rest(struct output *out, const struct image_list *lists)
{
	static const uint8_t zeros[sizeof(struct layout_line)];
	struct layout_header *header = &out->header;
	size_t list_bytes = header->list_count * sizeof(*lists);

	header->records.len = out->at - header->records.at;
	if (out->at % sizeof(zeros))
		put(out, zeros, sizeof(zeros) - out->at % sizeof(zeros));
	put_section(out, &header->index, out->lines,
		    out->line_count * sizeof(*out->lines));
	put_section(out, &header->lists, lists, list_bytes);
	flush(out);
}

/* Everything else is known now. */
static void write_header(struct output *out)
{
	struct layout_header *header = &out->header;
	struct checksum sum;
	struct clock clock = { 0 };

	clock_update(&clock);
	header->time = clock.wall / 1000000;
	header->body_sum = checksum_value(&out->sum);
	checksum_init(&sum);
	checksum_add(&sum, header,
		     offsetof(struct layout_header, header_sum));
	header->header_sum = checksum_value(&sum);
	rewind(out->file.stream);
	fwrite(header, sizeof(*header), 1, out->file.stream);
}

int output_commit(struct output *out, const struct image_list *lists)
{
	put_rest(out, lists);
	if (!ferror(out->file.stream))
		write_header(out);
	release(out);
	return file_replace_commit(&out->file);
}

void output_abort(struct output *out)
{
	file_replace_abort(&out->file);
	release(out);
}
