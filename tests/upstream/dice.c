#include "upstream/dice.h"

#include <criterion/criterion.h>

Test(dice, are_fair_enough_and_within_bounds)
{
	static const unsigned sides[] = { 1, 2, 3, 16, 17, 1000, 65536 };
	struct dice dice = { .left = 0 };

	for (unsigned i = 0; i < 7; i++) {
		unsigned high = 0, draws = 4000;

		for (unsigned n = 0; n < draws; n++) {
			unsigned drawn = dice_below(&dice, sides[i]);

			cr_assert_lt(drawn, sides[i]);
			high += drawn >= (sides[i] + 1) / 2;
		}
		if (sides[i] > 1)
			cr_assert(high > 1000 && high < 3000,
				  "%u sides: %u of %u", sides[i], high, draws);
	}
}

/* Twins among so many are rare: 64 bits are drawn, not the same block. */
Test(dice, do_not_repeat_themselves)
{
	struct dice dice = { .left = 0 };
	uint64_t drawn[500];

	for (unsigned i = 0; i < 500; i++) {
		drawn[i] = dice_64(&dice);
		for (unsigned j = 0; j < i; j++)
			cr_assert_neq(drawn[i], drawn[j]);
		dice_16(&dice);
	}
}
