/*
 * Everything here is what a damaged file says: lengths are compared with what
 * there is before they are used, and a chain of pages is followed only as far
 * as the blob is long.
 */
#include "journal/pages.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "journal/block.h"
#include "journal/database.h"

enum {
	LEAF = 0x0d,			/* the first byte of a table's leaf */
	LEAF_HEADER = 8,
	LOG_HEADER = 32,
	FRAME_HEADER = 24,
	FRAMES_MAX = 1 << 16,
	BLOB_MAX = BLOCK_BYTES + 2 * DATABASE_PAGE,
	SERIAL_NULL = 0,
};

static uint64_t size_of(int fd)
{
	struct stat status;

	return fstat(fd, &status) == 0 ? (uint64_t)status.st_size : 0;
}

static bool read_at(int fd, uint64_t at, uint8_t *to, size_t len)
{
	return pread(fd, to, len, (off_t)at) == (ssize_t)len;
}

/* Only our own page size was ever written; a header may say anything. */
static int open_file(struct pages *pages, const char *path)
{
	pages->file = open(path, O_RDONLY | O_CLOEXEC);
	if (pages->file < 0)
		return -errno;
	pages->size = DATABASE_PAGE;
	pages->count = size_of(pages->file) / pages->size;
	return 0;
}

static uint64_t frame_at(const struct pages *pages, size_t frame)
{
	return LOG_HEADER + frame * (uint64_t)(FRAME_HEADER + pages->size);
}

/*
 * Frames of an earlier round have other salts, and end what counts.  Their
 * checksums are not looked at: a block has its own.
 */
static int read_frames(struct pages *pages)
{
	uint8_t header[LOG_HEADER], frame[FRAME_HEADER];
	uint64_t most = size_of(pages->log) / (FRAME_HEADER + pages->size);

	if (most > FRAMES_MAX)
		most = FRAMES_MAX;
	if (most == 0 || !read_at(pages->log, 0, header, sizeof(header)))
		return 0;
	pages->frames = malloc(most * sizeof(*pages->frames));
	if (pages->frames == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < most; i++) {
		if (!read_at(pages->log, frame_at(pages, i), frame,
			     sizeof(frame)) ||
		    memcmp(frame + 8, header + 16, 8) != 0)
			break;
		pages->frames[pages->frame_count++] = bytes_get32(frame);
	}
	return 0;
}

static int open_log(struct pages *pages, const char *path)
{
	char *name;

	if (asprintf(&name, "%s-wal", path) < 0)
		return -ENOMEM;
	pages->log = open(name, O_RDONLY | O_CLOEXEC);
	free(name);
	return pages->log >= 0 ? read_frames(pages) : 0;
}

int pages_open(struct pages *pages, const char *path)
{
	int error;

	*pages = (struct pages){ .file = -1, .log = -1 };
	error = open_file(pages, path);
	if (error == 0)
		error = open_log(pages, path);
	pages->leaf = malloc(DATABASE_PAGE);
	pages->page = malloc(DATABASE_PAGE);
	if (error == 0 && (pages->leaf == NULL || pages->page == NULL))
		error = -ENOMEM;
	if (error < 0)
		pages_close(pages);
	return error;
}

void pages_close(struct pages *pages)
{
	if (pages->file >= 0)
		close(pages->file);
	if (pages->log >= 0)
		close(pages->log);
	free(pages->frames);
	free(pages->leaf);
	free(pages->page);
	free(pages->blob);
	*pages = (struct pages){ .file = -1, .log = -1 };
}

uint64_t pages_end(const struct pages *pages)
{
	return pages->count + pages->frame_count;
}

static bool read_frame(const struct pages *pages, size_t frame, uint8_t *to)
{
	return read_at(pages->log, frame_at(pages, frame) + FRAME_HEADER, to,
		       pages->size);
}

/* As the log has it last, or else the file; pages count from 1. */
static bool read_page(const struct pages *pages, uint32_t number, uint8_t *to)
{
	for (size_t i = pages->frame_count; i-- > 0; )
		if (pages->frames[i] == number)
			return read_frame(pages, i, to);
	return number > 0 && number <= pages->count &&
	       read_at(pages->file, (number - 1) * (uint64_t)pages->size, to,
		       pages->size);
}

/* At most 9 bytes; 0: it goes over the end. */
static size_t get_varint(struct bytes from, uint64_t *value)
{
	*value = 0;
	for (size_t i = 0; i < 9 && i < from.len; i++) {
		if (i == 8) {
			*value = *value << 8 | from.at[i];
			return 9;
		}
		*value = *value << 7 | (from.at[i] & 0x7f);
		if (!(from.at[i] & 0x80))
			return i + 1;
	}
	return 0;
}

static bool take_varint(struct bytes *from, uint64_t *value)
{
	size_t len = get_varint(*from, value);

	from->at += len;
	from->len -= len;
	return len > 0;
}

/* The part of a row that is on its leaf, for tables (section 1.6). */
static size_t local_of(const struct pages *pages, uint64_t len)
{
	size_t usable = pages->size, most = usable - 35;
	size_t least = (usable - 12) * 32 / 255 - 23, part;

	if (len <= most)
		return (size_t)len;
	part = least + (size_t)((len - least) % (usable - 4));
	return part <= most ? part : least;
}

/* The record (NULL, blob): how long its header and the blob are. */
static bool read_record_header(struct bytes local, uint64_t len,
			       uint64_t *header, uint64_t *blob)
{
	uint64_t first, second;
	struct bytes rest = local;

	if (!take_varint(&rest, header) || !take_varint(&rest, &first) ||
	    !take_varint(&rest, &second))
		return false;
	*blob = (second - 12) / 2;
	return first == SERIAL_NULL && second >= 12 && second % 2 == 0 &&
	       *header == (uint64_t)(rest.at - local.at) &&
	       *header + *blob == len;
}

static bool make_room(struct pages *pages, size_t len)
{
	uint8_t *more;

	if (len <= pages->room)
		return true;
	more = realloc(pages->blob, len);
	if (more == NULL)
		return false;
	pages->blob = more;
	pages->room = len;
	return true;
}

/* What is not on the leaf, page after page. */
static bool follow(struct pages *pages, uint32_t next, size_t have,
		   size_t len)
{
	while (have < len) {
		size_t part = pages->size - 4;

		if (!read_page(pages, next, pages->page))
			return false;
		if (part > len - have)
			part = len - have;
		memcpy(pages->blob + have, pages->page + 4, part);
		have += part;
		next = bytes_get32(pages->page);
	}
	return true;
}

/* The blob of the cell that begins there; false: it is none of ours. */
static bool read_cell(struct pages *pages, size_t offset, int64_t *number,
		      struct bytes *blob)
{
	struct bytes cell = bytes_of(pages->leaf + offset,
				     pages->size - offset);
	uint64_t len, key, header, blob_len;
	size_t local;

	if (!take_varint(&cell, &len) || !take_varint(&cell, &key) ||
	    len > BLOB_MAX || key > INT64_MAX)
		return false;
	local = local_of(pages, len);
	if (cell.len < local + (local < len ? 4 : 0) ||
	    !read_record_header(bytes_of(cell.at, local), len, &header,
				&blob_len) || header > local ||
	    !make_room(pages, blob_len + 1))
		return false;
	memcpy(pages->blob, cell.at + header, local - header);
	*number = (int64_t)key;
	*blob = bytes_of(pages->blob, blob_len);
	return local == len || follow(pages, bytes_get32(cell.at + local),
				      local - header, blob_len);
}

/* A page that the log has too is looked at there. */
static bool read_leaf(struct pages *pages, uint64_t at)
{
	uint32_t number = (uint32_t)at + 1;

	if (at >= pages->count)
		return read_frame(pages, (size_t)(at - pages->count),
				  pages->leaf);
	return at < UINT32_MAX && read_page(pages, number, pages->leaf);
}

int pages_look(struct pages *pages, uint64_t at,
	       int (*each)(void *context, int64_t number, struct bytes blob),
	       void *context)
{
	size_t count;
	int result = 0;

	if (!read_leaf(pages, at) || pages->leaf[0] != LEAF)
		return 0;
	count = bytes_get16(pages->leaf + 3);
	if (LEAF_HEADER + 2 * count > pages->size)
		return 0;
	for (size_t i = 0; i < count && result == 0; i++) {
		size_t offset = bytes_get16(pages->leaf + LEAF_HEADER + 2 * i);
		struct bytes blob;
		int64_t number;

		if (offset >= LEAF_HEADER + 2 * count &&
		    offset < pages->size &&
		    read_cell(pages, offset, &number, &blob))
			result = each(context, number, blob);
	}
	return result;
}
