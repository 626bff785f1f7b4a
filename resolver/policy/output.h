/*
 * output: an image on its way into its file.  For build.c: names come in the
 * order of their hashes, each with its rules, then the table of lists.
 */
#ifndef POLICY_OUTPUT_H
#define POLICY_OUTPUT_H

#include "base/bytes.h"
#include "base/file.h"
#include "policy/checksum.h"
#include "policy/layout.h"

struct output {
	struct file_replacement file;
	struct layout_header header;	/* what is not counted: the caller's */
	struct checksum sum;
	uint64_t at;			/* where the next byte will stand */
	uint8_t *buffer;
	size_t filled;
	struct layout_line *lines;
	uint64_t line_count, line_room;
};

/* A new file beside `path`, with room in its index for `names`. */
int output_open(struct output *out, const char *path, size_t names);

/* Begins a record; its rules follow.  0, or ERROR_FULL. */
int output_name(struct output *out, uint64_t hash, struct bytes wire);
void output_rule(struct output *out, uint32_t head, uint32_t line);

/* Writes the rest and puts the file in its place. */
int output_commit(struct output *out, const struct image_list *lists);

/* Instead of a commit. */
void output_abort(struct output *out);

#endif
