#include "cache/belt.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM = 100 };

/* One word more on each side, to see what is written beyond. */
static uint64_t memory[ROOM + 2];
static struct belt belt;

static void make_belt(void)
{
	memset(memory, 0xee, sizeof(memory));
	belt_init(&belt, memory + 1, ROOM);
}

static void look_around(void)
{
	cr_assert_eq(memory[0], UINT64_C(0xeeeeeeeeeeeeeeee));
	cr_assert_eq(memory[ROOM + 1], UINT64_C(0xeeeeeeeeeeeeeeee));
}

TestSuite(belt, .init = make_belt, .fini = look_around);

static struct parcel *put(uint32_t units, uint64_t mark)
{
	struct parcel *parcel = belt_put(&belt, units);
	uint64_t *words = (uint64_t *)parcel;

	*parcel = (struct parcel){ .units = units };
	for (uint32_t i = 1; i < units; i++)
		words[i] = mark;
	return parcel;
}

Test(belt, a_new_one_is_empty)
{
	cr_assert_null(belt_oldest(&belt));
	cr_assert(belt_fits(&belt, 1));
	cr_assert(belt_fits(&belt, ROOM / 2));
	cr_assert_not(belt_fits(&belt, ROOM / 2 + 1));
}

Test(belt, the_first_on_is_the_first_off)
{
	struct parcel *one = put(3, 1), *other = put(4, 2);

	cr_assert_eq(belt_oldest(&belt), one);
	belt_drop(&belt);
	cr_assert_eq(belt_oldest(&belt), other);
	belt_drop(&belt);
	cr_assert_null(belt_oldest(&belt));
}

Test(belt, it_can_be_filled_to_the_last_word)
{
	for (unsigned i = 0; i < 4; i++) {
		cr_assert(belt_fits(&belt, 25));
		put(25, i);
	}
	cr_assert_not(belt_fits(&belt, 1));
}

Test(belt, half_full_is_more_than_half_of_the_room)
{
	cr_assert_not(belt_is_half_full(&belt));
	put(50, 1);
	cr_assert_not(belt_is_half_full(&belt));
	put(1, 1);
	cr_assert(belt_is_half_full(&belt));
	belt_drop(&belt);
	cr_assert_not(belt_is_half_full(&belt));
}

Test(belt, no_parcel_goes_over_the_end)
{
	put(45, 1);
	put(45, 2);
	cr_assert_not(belt_fits(&belt, 11));
	belt_drop(&belt);
	cr_assert(belt_fits(&belt, 45));
	cr_assert_not(belt_fits(&belt, 46));
	cr_assert_eq((uint64_t *)put(45, 3), memory + 1);
	belt_drop(&belt);
	cr_assert_eq(belt_oldest(&belt)->gone, 1);
	cr_assert_eq(belt_oldest(&belt)->units, 10);
	belt_drop(&belt);
	cr_assert_eq((uint64_t *)belt_oldest(&belt), memory + 1);
}

/* An empty one whose head is in the middle. */
Test(belt, what_is_half_as_large_fits_wherever_the_head_is)
{
	for (unsigned i = 0; i < ROOM; i++) {
		cr_assert(belt_fits(&belt, ROOM / 2), "%u", i);
		put(1, i);
		belt_drop(&belt);
	}
}

Test(belt, it_knows_its_own)
{
	uint64_t elsewhere[1];

	cr_assert(belt_holds(&belt, put(2, 1)));
	cr_assert_not(belt_holds(&belt, (struct parcel *)elsewhere));
	cr_assert_not(belt_holds(&belt, (struct parcel *)memory));
	cr_assert_not(belt_holds(&belt, (struct parcel *)(memory + ROOM + 1)));
}

struct model {
	uint64_t first, next;		/* marks */
	uint32_t units[4096];
};

/* Off until it fits; what falls must be the oldest, and unharmed. */
static void drop_oldest(struct model *model)
{
	struct parcel *parcel = belt_oldest(&belt);
	uint64_t *words = (uint64_t *)parcel;

	cr_assert_not_null(parcel);
	if (!parcel->gone) {
		cr_assert_eq(parcel->units, model->units[model->first % 4096]);
		for (uint32_t i = 1; i < parcel->units; i++)
			cr_assert_eq(words[i], model->first);
		model->first++;
	}
	belt_drop(&belt);
}

Test(belt, agrees_with_a_naive_model)
{
	struct model model = { 0 };

	srand(20261122);
	for (unsigned step = 0; step < 100000; step++) {
		uint32_t units = 1 + (uint32_t)rand() % (rand() % 8 ? 9 : 50);

		while (!belt_fits(&belt, units))
			drop_oldest(&model);
		model.units[model.next % 4096] = units;
		put(units, model.next++);
		if (rand() % 500 == 0)
			while (belt_oldest(&belt) != NULL)
				drop_oldest(&model);
	}
	cr_assert_eq(model.next, 100000);
}
