/*
 * Four lanes take 8 bytes each of a stripe of 32, so that four
 * multiplications are under way at once.  Each step is a bijection of its
 * lane: one changed word is always noticed.
 */
#include "policy/checksum.h"

#include <endian.h>
#include <string.h>

#define PRIME1 0x9e3779b185ebca87u
#define PRIME2 0xc2b2ae3d27d4eb4fu
#define PRIME3 0x165667b19e3779f9u
#define PRIME4 0x85ebca77c2b2ae63u
#define PRIME5 0x27d4eb2f165667c5u

enum { STRIPE = 32 };

static inline uint64_t turn(uint64_t word, unsigned bits)
{
	return word << bits | word >> (64 - bits);
}

static inline uint64_t load64(const uint8_t *at)
{
	uint64_t word;

	memcpy(&word, at, sizeof(word));
	return le64toh(word);
}

static inline uint64_t load32(const uint8_t *at)
{
	uint32_t word;

	memcpy(&word, at, sizeof(word));
	return le32toh(word);
}

static inline uint64_t step(uint64_t lane, uint64_t word)
{
	return turn(lane + word * PRIME2, 31) * PRIME1;
}

void checksum_init(struct checksum *sum)
{
	*sum = (struct checksum){
		.lane = { PRIME1 + PRIME2, PRIME2, 0, 0 - PRIME1 },
	};
}

/* Whole stripes; what is left of them. */
static const uint8_t *take_stripes(struct checksum *sum, const uint8_t *at,
				   size_t count)
{
	uint64_t a = sum->lane[0], b = sum->lane[1];
	uint64_t c = sum->lane[2], d = sum->lane[3];

	for (; count > 0; count--, at += STRIPE) {
		a = step(a, load64(at));
		b = step(b, load64(at + 8));
		c = step(c, load64(at + 16));
		d = step(d, load64(at + 24));
	}
	sum->lane[0] = a;
	sum->lane[1] = b;
	sum->lane[2] = c;
	sum->lane[3] = d;
	return at;
}

void checksum_add(struct checksum *sum, const void *at, size_t len)
{
	const uint8_t *from = at;
	size_t waiting = sum->total % STRIPE;

	sum->total += len;
	if (waiting + len < STRIPE) {
		memcpy(sum->rest + waiting, from, len);
		return;
	}
	if (waiting) {
		memcpy(sum->rest + waiting, from, STRIPE - waiting);
		take_stripes(sum, sum->rest, 1);
		from += STRIPE - waiting;
		len -= STRIPE - waiting;
	}
	from = take_stripes(sum, from, len / STRIPE);
	memcpy(sum->rest, from, len % STRIPE);
}

static uint64_t lanes_join(const uint64_t lane[4])
{
	uint64_t value = turn(lane[0], 1) + turn(lane[1], 7) +
			 turn(lane[2], 12) + turn(lane[3], 18);

	for (unsigned i = 0; i < 4; i++)
		value = (value ^ step(0, lane[i])) * PRIME1 + PRIME4;
	return value;
}

static uint64_t rest_join(uint64_t value, const uint8_t *at, size_t len)
{
	for (; len >= 8; at += 8, len -= 8)
		value = turn(value ^ step(0, load64(at)), 27) * PRIME1 +
			PRIME4;
	if (len >= 4) {
		value = turn(value ^ load32(at) * PRIME1, 23) * PRIME2 +
			PRIME3;
		at += 4;
		len -= 4;
	}
	for (; len > 0; at++, len--)
		value = turn(value ^ *at * PRIME5, 11) * PRIME1;
	return value;
}

uint64_t checksum_value(const struct checksum *sum)
{
	uint64_t value = sum->total < STRIPE ? PRIME5 : lanes_join(sum->lane);

	value = rest_join(value + sum->total, sum->rest, sum->total % STRIPE);
	value = (value ^ value >> 33) * PRIME2;
	value = (value ^ value >> 29) * PRIME3;
	return value ^ value >> 32;
}
