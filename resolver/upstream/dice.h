/*
 * dice: numbers that nobody outside can guess, from the kernel's random
 * source, fetched in blocks (RFC 5452, section 9.2).  One thread.
 */
#ifndef UPSTREAM_DICE_H
#define UPSTREAM_DICE_H

#include <stdint.h>

struct dice {
	uint8_t block[256];	/* getrandom(2) gives as much whole */
	unsigned left;		/* bytes not used yet, at the front */
};

/* Zeroed, it is ready.  Aborts where there is no random source. */
uint16_t dice_16(struct dice *dice);
uint64_t dice_64(struct dice *dice);

/* 0 to sides - 1, sides at most 65,536. */
unsigned dice_below(struct dice *dice, unsigned sides);

#endif
