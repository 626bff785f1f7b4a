/*
 * sample: messages to test with, written by hand and not by the code under
 * test; a random source that says the same at every run; and copies in memory
 * of just their size, so that AddressSanitizer sees a read past the end.
 */
#ifndef TESTS_DNS_SAMPLE_H
#define TESTS_DNS_SAMPLE_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

enum { SAMPLE_SEED = 20261122, SAMPLE_ROOM = 4096 };

struct sample {
	uint8_t at[SAMPLE_ROOM];
	size_t len;
};

/* xorshift64 (Marsaglia 2003). */
static inline uint32_t sample_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (uint32_t)(*state >> 32);
}

static inline uint32_t sample_below(uint64_t *state, uint32_t bound)
{
	return sample_random(state) % bound;
}

/* To be freed by the caller; never NULL. */
static inline uint8_t *sample_exact(const void *at, size_t len)
{
	uint8_t *copy = malloc(len > 0 ? len : 1);

	if (copy == NULL)
		abort();
	if (len > 0)
		memcpy(copy, at, len);
	return copy;
}

static inline struct bytes sample_bytes(const struct sample *sample)
{
	return bytes_of(sample->at, sample->len);
}

static inline void sample_put(struct sample *sample, const void *at,
			      size_t len)
{
	if (sample->len + len > SAMPLE_ROOM)
		abort();
	if (len > 0)
		memcpy(sample->at + sample->len, at, len);
	sample->len += len;
}

static inline void sample_put8(struct sample *sample, unsigned value)
{
	uint8_t byte = (uint8_t)value;

	sample_put(sample, &byte, 1);
}

static inline void sample_put16(struct sample *sample, unsigned value)
{
	sample_put8(sample, value >> 8);
	sample_put8(sample, value & 0xff);
}

/* The id is 0x1234 always; the counts are those that follow, 0 at first. */
static inline void sample_begin(struct sample *sample, unsigned flags)
{
	sample->len = 0;
	sample_put16(sample, 0x1234);
	sample_put16(sample, flags);
	sample_put(sample, "\0\0\0\0\0\0\0", 8);
}

/* Section 0 to 3: questions, answer, authority, additional. */
static inline void sample_count(struct sample *sample, unsigned section,
				int more)
{
	uint8_t *at = sample->at + 4 + 2 * section;

	bytes_put16(at, (uint16_t)(bytes_get16(at) + more));
}

/* "www.example.com", without escapes; "" is the root. */
static inline void sample_put_name(struct sample *sample, const char *name)
{
	while (*name != '\0') {
		size_t len = strcspn(name, ".");

		sample_put8(sample, (unsigned)len);
		sample_put(sample, name, len);
		name += len + (name[len] == '.');
	}
	sample_put8(sample, 0);
}

static inline void sample_question(struct sample *sample, const char *name,
				   unsigned type)
{
	sample_put_name(sample, name);
	sample_put16(sample, type);
	sample_put16(sample, 1);
	sample_count(sample, 0, 1);
}

/* What follows an owner that was put before. */
static inline void sample_fixed(struct sample *sample, unsigned type,
				uint32_t ttl, struct bytes rdata)
{
	sample_put16(sample, type);
	sample_put16(sample, 1);
	sample_put16(sample, ttl >> 16);
	sample_put16(sample, ttl & 0xffff);
	sample_put16(sample, (unsigned)rdata.len);
	sample_put(sample, rdata.at, rdata.len);
}

/* An A record of the question's name. */
static inline void sample_address(struct sample *sample, unsigned section)
{
	sample_put16(sample, 0xc00c);
	sample_fixed(sample, 1, 300, bytes_of("\300\0\2\1", 4));
	sample_count(sample, section, 1);
}

/* An OPT whose payload is 1232 and whose other fields are `ttl`. */
static inline void sample_opt(struct sample *sample, unsigned section,
			      uint32_t ttl, struct bytes options)
{
	size_t start = sample->len;

	sample_put8(sample, 0);
	sample_fixed(sample, 41, ttl, options);
	bytes_put16(sample->at + start + 3, 1232);
	sample_count(sample, section, 1);
}

#endif
