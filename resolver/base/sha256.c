/*
 * FIPS 180-4, section 6.2, in its own letters.  The 64 words of the schedule
 * are made 16 at a time in a ring, so that they stay in registers and the
 * nearest cache.
 */
#include "base/sha256.h"

#include <endian.h>
#include <string.h>

enum { CHUNK = 64, ROUNDS = 64, WORDS = 16 };

/* Section 4.2.2. */
static const uint32_t constants[ROUNDS] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
	0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
	0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
	0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
	0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
	0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
	0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
	0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static inline uint32_t turn(uint32_t word, unsigned bits)
{
	return word >> bits | word << (32 - bits);
}

static inline uint32_t next_word(uint32_t w[WORDS], unsigned t)
{
	uint32_t two = w[(t - 2) % WORDS], fifteen = w[(t - 15) % WORDS];

	w[t % WORDS] += (turn(two, 17) ^ turn(two, 19) ^ two >> 10) +
			w[(t - 7) % WORDS] +
			(turn(fifteen, 7) ^ turn(fifteen, 18) ^ fifteen >> 3);
	return w[t % WORDS];
}

/* The letters a to h wander by one place a round: v[(7 - t) % 8] is h. */
static inline void round_of(uint32_t v[8], unsigned t, uint32_t word)
{
	uint32_t a = v[(0 - t) % 8], b = v[(1 - t) % 8], c = v[(2 - t) % 8];
	uint32_t e = v[(4 - t) % 8], f = v[(5 - t) % 8], g = v[(6 - t) % 8];
	uint32_t one = v[(7 - t) % 8] + constants[t] + word +
		       (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) +
		       ((e & f) ^ (~e & g));

	v[(3 - t) % 8] += one;
	v[(7 - t) % 8] = one + (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) +
			 ((a & b) ^ (a & c) ^ (b & c));
}

static void take_chunk(uint32_t state[8], const uint8_t *at)
{
	uint32_t v[8], w[WORDS];

	memcpy(v, state, sizeof(v));
	memcpy(w, at, sizeof(w));
	for (unsigned t = 0; t < WORDS; t++) {
		w[t] = be32toh(w[t]);
		round_of(v, t, w[t]);
	}
	for (unsigned t = WORDS; t < ROUNDS; t++)
		round_of(v, t, next_word(w, t));
	for (unsigned i = 0; i < 8; i++)
		state[i] += v[i];
}

void sha256_init(struct sha256 *sum)
{
	*sum = (struct sha256){ .state = {	/* section 5.3.3 */
		0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
		0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
	} };
}

void sha256_add(struct sha256 *sum, const void *bytes, size_t len)
{
	const uint8_t *at = bytes;
	size_t filled = sum->total % CHUNK, part = CHUNK - filled;

	if (len == 0)
		return;
	sum->total += len;
	if (filled > 0 && len >= part) {
		memcpy(sum->rest + filled, at, part);
		take_chunk(sum->state, sum->rest);
		at += part;
		len -= part;
		filled = 0;
	}
	for (; filled == 0 && len >= CHUNK; at += CHUNK, len -= CHUNK)
		take_chunk(sum->state, at);
	memcpy(sum->rest + filled, at, len);
}

void sha256_end(struct sha256 *sum, uint8_t digest[SHA256_SIZE])
{
	static const uint8_t padding[CHUNK] = { 0x80 };
	uint64_t bits = htobe64(sum->total * 8);
	size_t used = (sum->total + sizeof(bits)) % CHUNK;

	sha256_add(sum, padding, CHUNK - used);
	sha256_add(sum, &bits, sizeof(bits));
	for (unsigned i = 0; i < 8; i++) {
		uint32_t word = htobe32(sum->state[i]);

		memcpy(digest + 4 * i, &word, sizeof(word));
	}
}

void sha256_of(const void *at, size_t len, uint8_t digest[SHA256_SIZE])
{
	struct sha256 sum;

	sha256_init(&sum);
	sha256_add(&sum, at, len);
	sha256_end(&sum, digest);
}
