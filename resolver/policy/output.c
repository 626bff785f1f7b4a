/*
 * The records are written as they come, the index is kept until they are
 * done, and the header, which is first in the file, is written last: a file
 * that was left half way has zeros where its magic should be.
 *
 * Homes rise with the hashes and a line that is full passes names on to the
 * next, so that the index fills from one end to the other, in the order of
 * the records, and a line needs only the place of its first record.
 */
#include "policy/output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "policy/spelling.h"

enum { BUFFER = 65536 };

/*
 * 25 names a line of 31: one line in ten passes names on, and the index takes
 * 2.6 bytes a name and its references 1.4.  Behind the homes is room for what
 * the last of them pass on; what is not used of it is not written.
 */
enum { NAMES_IN_LINE = 25, SPARE_LINES = 64 };

static const uint8_t zeros[LAYOUT_ALIGNMENT];

/* --- bytes --- */

static void write_at(struct output *out, const void *from, size_t len,
		     uint64_t at)
{
	const uint8_t *byte = from;

	while (len > 0 && out->error == 0) {
		ssize_t put = pwrite(out->fd, byte, len, (off_t)at);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0) {
			out->error = -errno;
			return;
		}
		byte += put;
		len -= (size_t)put;
		at += (size_t)put;
	}
}

static void flush(struct output *out)
{
	checksum_add(&out->sum, out->buffer, out->filled);
	write_at(out, out->buffer, out->filled, out->at - out->filled);
	out->filled = 0;
}

void output_put(struct output *out, struct bytes bytes)
{
	size_t piece;

	for (; bytes.len > 0; bytes.at += piece, bytes.len -= piece) {
		piece = BUFFER - out->filled;
		if (piece > bytes.len)
			piece = bytes.len;
		memcpy(out->buffer + out->filled, bytes.at, piece);
		out->filled += piece;
		out->at += piece;
		if (out->filled == BUFFER)
			flush(out);
	}
}

/* --- from the first to the last --- */

static int make_lines(struct output *out, size_t names)
{
	uint64_t homes = names / NAMES_IN_LINE + 1;

	if (homes > UINT32_MAX - SPARE_LINES)
		return ERROR_FULL;
	out->header.homes = homes;
	out->line_count = homes;
	out->line_room = homes + SPARE_LINES;
	out->lines = calloc(out->line_room, sizeof(*out->lines));
	out->references = calloc(out->line_room, sizeof(*out->references));
	return out->lines && out->references ? 0 : -ENOMEM;
}

int output_init(struct output *out, int fd, size_t names)
{
	struct layout_header *header = &out->header;

	*out = (struct output){ .fd = fd, .at = sizeof(*header) };
	memcpy(header->magic, LAYOUT_MAGIC, sizeof(header->magic));
	header->version = IMAGE_VERSION;
	header->order = LAYOUT_ORDER;
	checksum_init(&out->sum);
	out->buffer = malloc(BUFFER);
	if (!out->buffer)
		return -ENOMEM;
	output_begin(out, LAYOUT_RECORDS);
	return make_lines(out, names);
}

void output_release(struct output *out)
{
	free(out->buffer);
	free(out->lines);
	free(out->references);
}

void output_begin(struct output *out, enum layout_part part)
{
	size_t over = out->at % sizeof(zeros);

	if (over)
		output_put(out, bytes_of(zeros, sizeof(zeros) - over));
	out->header.part[part].at = out->at;
}

void output_end(struct output *out, enum layout_part part)
{
	struct layout_section *section = &out->header.part[part];

	section->len = out->at - section->at;
}

void output_part(struct output *out, enum layout_part part,
		 struct bytes bytes)
{
	output_begin(out, part);
	output_put(out, bytes);
	output_end(out, part);
}

/* Everything else is known now. */
int output_finish(struct output *out)
{
	struct layout_header *header = &out->header;
	struct checksum sum;

	flush(out);
	header->time = (uint64_t)clock_seconds();
	header->body_sum = checksum_value(&out->sum);
	checksum_init(&sum);
	checksum_add(&sum, header,
		     offsetof(struct layout_header, header_sum));
	header->header_sum = checksum_value(&sum);
	write_at(out, header, sizeof(*header), 0);
	return out->error;
}

/* --- records and their index --- */

/* The line where a name of this hash goes; those before it note its bit. */
static int line_find(struct output *out, uint64_t hash)
{
	uint64_t home = layout_home(hash, out->header.homes);

	if (home > out->line) {
		out->line = home;
		out->slot = 0;
	} else if (out->slot == LAYOUT_SLOTS) {
		out->line++;
		out->slot = 0;
	}
	if (out->line == out->line_room)
		return ERROR_FULL;
	for (; home < out->line; home++)
		out->lines[home].passed |= layout_passed(hash);
	if (out->line >= out->line_count)
		out->line_count = out->line + 1;
	return 0;
}

int output_record(struct output *out, uint64_t hash)
{
	uint64_t record = out->at - out->header.part[LAYOUT_RECORDS].at;
	int error = record > UINT32_MAX ? ERROR_FULL : line_find(out, hash);

	if (error < 0)
		return error;
	if (out->slot == 0)
		out->references[out->line].record = (uint32_t)record;
	out->lines[out->line].mark[out->slot] = layout_mark(hash);
	out->record = out->at;
	out->header.names++;
	return 0;
}

void output_record_end(struct output *out)
{
	uint64_t len = out->at - out->record;

	out->references[out->line].length[out->slot++] =
		len < LAYOUT_LONG ? (uint8_t)len : LAYOUT_LONG;
}

void output_index(struct output *out)
{
	output_put(out, bytes_of(zeros, SPELLING_SLACK));
	output_end(out, LAYOUT_RECORDS);
	output_part(out, LAYOUT_INDEX,
		    bytes_of(out->lines,
			     out->line_count * sizeof(*out->lines)));
	output_part(out, LAYOUT_REFERENCES,
		    bytes_of(out->references,
			     out->line_count * sizeof(*out->references)));
}
