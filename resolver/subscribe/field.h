/*
 * field: the numbers and digests in lines of our own files.
 *
 * Each takes one word off the line, and the space behind it; false, and the
 * line is as it was, when it is something else.
 */
#ifndef SUBSCRIBE_FIELD_H
#define SUBSCRIBE_FIELD_H

#include <stdbool.h>
#include <stdint.h>

enum { FIELD_DIGEST = 65 };	/* 64 digits and NUL */

bool field_number(const char **line, uint64_t *value);
bool field_digest(const char **line, uint8_t digest[32]);

/* As field_digest reads it; returns `words`. */
const char *field_digest_words(const uint8_t digest[32],
			       char words[FIELD_DIGEST]);

#endif
