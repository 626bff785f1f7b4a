/*
 * sha256: SHA-256 (FIPS 180-4), for what must not be changed unseen: lists,
 * images, blocks of the journal.  Nothing secret goes through it.
 */
#ifndef BASE_SHA256_H
#define BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { SHA256_SIZE = 32 };

struct sha256 {
	uint32_t state[8];
	uint64_t total;		/* bytes taken in */
	uint8_t rest[64];	/* the total % 64 that wait for company */
};

void sha256_init(struct sha256 *sum);
void sha256_add(struct sha256 *sum, const void *at, size_t len);

/* Of all that was added; nothing more can be. */
void sha256_end(struct sha256 *sum, uint8_t digest[SHA256_SIZE]);

/* The three in one. */
void sha256_of(const void *at, size_t len, uint8_t digest[SHA256_SIZE]);

#endif
