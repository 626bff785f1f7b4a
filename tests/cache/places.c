#include "cache/places.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM = 64 };

static struct places_slot slots[ROOM];
static struct places places;

static void make_places(void)
{
	memset(slots, 0, sizeof(slots));
	places_init(&places, slots, ROOM);
}

TestSuite(places, .init = make_places);

/* How often a tag is found at a place. */
static unsigned count(uint32_t tag, uint32_t wanted)
{
	struct places_search search;
	uint32_t place = places_first(&places, tag, &search);
	unsigned found = 0;

	while (place != PLACES_NONE) {
		found += place == wanted;
		place = places_next(&places, &search);
	}
	return found;
}

Test(places, tags_may_be_the_same)
{
	places_put(&places, 7, 1);
	places_put(&places, 7, 2);
	places_put(&places, 8, 3);
	cr_assert_eq(count(7, 1), 1);
	cr_assert_eq(count(7, 2), 1);
	cr_assert_eq(count(7, 3), 0);
	places_drop(&places, 7, 1);
	cr_assert_eq(count(7, 1), 0);
	cr_assert_eq(count(7, 2), 1);
	cr_assert_eq(count(8, 3), 1);
}

Test(places, tag_zero_and_the_last_tag_are_tags)
{
	places_put(&places, 0, 1);
	places_put(&places, UINT32_MAX, 2);
	places_put(&places, UINT32_MAX, 3);
	cr_assert_eq(count(0, 1), 1);
	cr_assert_eq(count(UINT32_MAX, 2), 1);
	cr_assert_eq(count(UINT32_MAX, 3), 1);
	places_drop(&places, UINT32_MAX, 2);
	cr_assert_eq(count(0, 1), 1);
	cr_assert_eq(count(UINT32_MAX, 3), 1);
}

Test(places, it_is_full_before_no_slot_is_empty)
{
	uint32_t place = 1;

	for (; !places_is_full(&places); place++)
		places_put(&places, place << 24, place);
	cr_assert(place > ROOM / 2 && place < ROOM);
	cr_assert_eq(count(1, 1), 0);
}

/* Tags that want few slots, so that they crowd around the end and on. */
static uint32_t some_tag(void)
{
	uint32_t home = (62 + (uint32_t)rand() % 8) % ROOM;

	return home << 26 | (uint32_t)rand() % 3;
}

struct model {
	unsigned count;
	struct places_slot held[ROOM];
};

static void check(const struct model *model)
{
	cr_assert_eq(places.used, model->count);
	for (unsigned i = 0; i < model->count; i++)
		cr_assert_eq(count(model->held[i].tag, model->held[i].place),
			     1);
}

static void model_drop(struct model *model)
{
	unsigned i;

	if (model->count == 0)
		return;
	i = (unsigned)rand() % model->count;
	places_drop(&places, model->held[i].tag, model->held[i].place);
	cr_assert_eq(count(model->held[i].tag, model->held[i].place), 0);
	model->held[i] = model->held[--model->count];
}

Test(places, agrees_with_a_naive_model)
{
	struct model model = { 0 };
	uint32_t place = 1;
	unsigned i;

	srand(20261122);
	for (unsigned step = 0; step < 20000; step++) {
		if (rand() % 2 && !places_is_full(&places)) {
			i = model.count++;
			model.held[i].tag = some_tag();
			model.held[i].place = place++;
			places_put(&places, model.held[i].tag,
				   model.held[i].place);
		} else {
			model_drop(&model);
		}
		if (rand() % 4 == 0 && model.count > 0) {
			i = (unsigned)rand() % model.count;
			places_move(&places, model.held[i].tag,
				    model.held[i].place, place);
			model.held[i].place = place++;
		}
		check(&model);
	}
}
