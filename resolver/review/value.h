/*
 * value: what the journal holds as a value of JSON; nothing of it can be
 * anything but text, a number or null.  NULL: no memory.
 */
#ifndef REVIEW_VALUE_H
#define REVIEW_VALUE_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

/* "2026-11-22T10:00:30.123456Z"; null for 0. */
json_t *value_time(uint64_t wall);

/* Lower case hex; null without a length. */
json_t *value_hex(const void *at, size_t len);

/* Printable ASCII, the rest escaped as words_put does; null for NULL. */
json_t *value_stored(const char *text);

/*
 * Text of people, UTF-8: as it is when it is valid and no longer than `most`
 * bytes; else as value_stored, cut.
 */
json_t *value_label(const char *text, size_t most);

/* The bytes that value_hex wrote; ERROR_MALFORMED: it is no such text. */
int value_read_hex(const json_t *value, uint8_t *at, size_t len);

#endif
