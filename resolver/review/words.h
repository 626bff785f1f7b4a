/*
 * words: what a row of the journal says, in words; the same in every form.
 */
#ifndef REVIEW_WORDS_H
#define REVIEW_WORDS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct text;

/* "udp", "tcp"; "" for what is none. */
const char *words_transport(unsigned transport);

/* "policy", "cache", "upstream", "self"; "" for what is none. */
const char *words_source(unsigned source);

/* "IN", "CH", "CLASS77" (RFC 3597, section 5). */
void words_class(uint16_t class, struct text *out);

/* "2026-11-22T10:00:30.123456Z" (RFC 3339). */
void words_time(uint64_t wall, struct text *out);

/* 1234567 as "1,234,567". */
void words_number(uint64_t number, struct text *out);

/* "1 question", "1,234 questions". */
void words_count(uint64_t count, const char *noun, struct text *out);

/* "2 h 5 min", "3 s", "250 ms": of microseconds, at most two units. */
void words_span(uint64_t microseconds, struct text *out);

/*
 * Text that was made harmless when it was stored, in case it was not: every
 * character but printable ASCII comes out as \ddd.  NULL is nothing.
 */
void words_put(const char *stored, struct text *out);

/* How many characters a text shows, and the bytes of the first so many. */
unsigned words_width(const char *plain);
size_t words_length(const char *plain, unsigned width);

/* A field of CSV (RFC 4180): in quotes where it has to be. */
void words_put_field(FILE *out, const char *text);

#endif
