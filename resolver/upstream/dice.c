/*
 * What is given out is wiped at once, so that a number is in memory only
 * where it is used.
 */
#include "upstream/dice.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void take(struct dice *dice, void *to, unsigned len)
{
	uint8_t *from;

	if (dice->left < len) {
		if (getentropy(dice->block, sizeof(dice->block)) != 0)
			abort();
		dice->left = sizeof(dice->block);
	}
	dice->left -= len;
	from = dice->block + dice->left;
	memcpy(to, from, len);
	memset(from, 0, len);
}

uint16_t dice_16(struct dice *dice)
{
	uint16_t number;

	take(dice, &number, sizeof(number));
	return number;
}

uint64_t dice_64(struct dice *dice)
{
	uint64_t number;

	take(dice, &number, sizeof(number));
	return number;
}

/* As many bits of a draw as `sides` needs; a draw beyond it is thrown away. */
unsigned dice_below(struct dice *dice, unsigned sides)
{
	unsigned mask = sides - 1, number;

	if (sides < 2)
		return 0;
	mask |= mask >> 1;
	mask |= mask >> 2;
	mask |= mask >> 4;
	mask |= mask >> 8;
	do
		number = dice_16(dice) & mask;
	while (number >= sides);
	return number;
}
