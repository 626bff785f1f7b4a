/*
 * output: an image on its way into its file.  For build_write.c: records come
 * first, in the order of their hashes, then the other parts, each whole.
 */
#ifndef POLICY_OUTPUT_H
#define POLICY_OUTPUT_H

#include "base/bytes.h"
#include "policy/checksum.h"
#include "policy/layout.h"

struct output {
	struct layout_header header;	/* what is not counted: the caller's */
	struct checksum sum;
	int fd;				/* the caller's */
	int error;			/* the first of a write */
	uint64_t at;			/* where the next byte will stand */
	uint8_t *buffer;
	size_t filled;
	struct layout_line *lines;
	struct layout_reference *references;
	uint64_t line_count, line_room;
	uint64_t line;			/* the last that was written to */
	unsigned slot;			/* its next free slot */
	uint64_t record;		/* where the last record begins */
};

/* Into an empty file; room in the index for `names`.  Release in any case. */
int output_init(struct output *out, int fd, size_t names);
void output_release(struct output *out);

/* Begins a record; what is put then, is its.  0, or ERROR_FULL. */
int output_record(struct output *out, uint64_t hash);
void output_put(struct output *out, struct bytes bytes);
void output_record_end(struct output *out);

/* After the last record: ends the records, puts index and references. */
void output_index(struct output *out);

/* A part begins, ends. */
void output_begin(struct output *out, enum layout_part part);
void output_end(struct output *out, enum layout_part part);
void output_part(struct output *out, enum layout_part part,
		 struct bytes bytes);

/* Writes the rest and the header.  0, or -errno of anything before. */
int output_finish(struct output *out);

#endif
