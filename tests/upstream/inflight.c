#include "upstream/inflight.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "../dns/sample.h"

enum { FLIGHTS = 50, LANES = 300, NAMES = 80, STEPS = 20000 };

static struct question question_of(unsigned n)
{
	struct question question = { .class = CLASS_IN };
	char name[32];

	snprintf(name, sizeof(name), "n%u.example", n / 4);
	cr_assert_eq(name_parse(&question.name, bytes_of_string(name)), 0);
	question.type = (uint16_t)(1 + n % 4);
	return question;
}

/* The naive model: for each question its flight, for each flight its name. */
struct model {
	struct inflight inflight;
	struct lane lanes[LANES];
	struct flight *flights[NAMES];
	unsigned count;
	uint64_t random;
};

static void leave_all(struct model *model, struct flight *flight)
{
	for (unsigned i = 0; i < flight->attempts; i++)
		if (flight->attempt[i].lane != NULL)
			inflight_leave(&model->inflight, &flight->attempt[i]);
}

static void drop(struct model *model, unsigned n)
{
	leave_all(model, model->flights[n]);
	inflight_drop(&model->inflight, model->flights[n]);
	model->flights[n] = NULL;
	model->count--;
}

static void take(struct model *model, unsigned n)
{
	struct question question = question_of(n);
	uint64_t hash = inflight_hash(&model->inflight, &question);
	struct flight *flight = inflight_take(&model->inflight, &question,
					      hash);

	if (model->count == FLIGHTS) {
		cr_assert_null(flight);
		return;
	}
	cr_assert_not_null(flight);
	model->flights[n] = flight;
	model->count++;
}

/* A new attempt; ids from few, so that lanes share them. */
static void attempt(struct model *model, struct flight *flight)
{
	struct lane *lane = &model->lanes[sample_below(&model->random, LANES)];
	uint16_t id = (uint16_t)sample_below(&model->random, 3);
	struct attempt *one;

	if (flight->attempts == FLIGHT_ATTEMPTS ||
	    inflight_waits(&model->inflight, lane, id) != NULL)
		return;
	one = &flight->attempt[flight->attempts++];
	one->flight = flight;
	one->lane = lane;
	one->id = id;
	inflight_wait(&model->inflight, one);
	cr_assert_eq(inflight_waits(&model->inflight, lane, id), one);
}

/* By lane and id, and nothing that only shares a place in the table. */
static void compare_ids(struct model *model)
{
	for (unsigned i = 0; i < LANES; i++) {
		struct attempt *by_id[3] = { NULL };

		for (struct attempt *one = model->lanes[i].waiting; one;
		     one = one->next)
			by_id[one->id] = one;
		for (uint16_t id = 0; id < 3; id++)
			cr_assert_eq(inflight_waits(&model->inflight,
						    &model->lanes[i], id),
				     by_id[id]);
	}
}

static void compare(struct model *model)
{
	unsigned waiting = 0, out = 0;

	for (unsigned n = 0; n < NAMES; n++) {
		struct question question = question_of(n);
		uint64_t hash = inflight_hash(&model->inflight, &question);

		cr_assert_eq(inflight_find(&model->inflight, &question, hash),
			     model->flights[n]);
		if (model->flights[n] != NULL)
			out += model->flights[n]->out;
	}
	for (unsigned i = 0; i < LANES; i++)
		for (struct attempt *one = model->lanes[i].waiting; one;
		     one = one->next) {
			cr_assert_eq(one->lane, &model->lanes[i]);
			waiting++;
		}
	cr_assert_eq(waiting, out);
	compare_ids(model);
	cr_assert_eq(model->inflight.flying, model->count);
}

Test(inflight, agrees_with_a_naive_model)
{
	struct model model = { .random = SAMPLE_SEED };

	cr_assert_eq(inflight_init(&model.inflight, FLIGHTS), 0);
	for (unsigned step = 0; step < STEPS; step++) {
		unsigned n = sample_below(&model.random, NAMES);

		if (model.flights[n] == NULL)
			take(&model, n);
		else if (sample_below(&model.random, 3) > 0)
			attempt(&model, model.flights[n]);
		else
			drop(&model, n);
		if (step % 64 == 0)
			compare(&model);
	}
	inflight_release(&model.inflight);
}

Test(inflight, says_when_a_lane_is_empty)
{
	struct question question = question_of(1);
	struct lane lane = { .waiting = NULL };
	struct inflight inflight;
	struct flight *flight;

	cr_assert_eq(inflight_init(&inflight, 1), 0);
	flight = inflight_take(&inflight, &question, 7);
	for (uint16_t i = 0; i < 3; i++) {
		struct attempt *one = &flight->attempt[i];

		*one = (struct attempt){ .flight = flight, .lane = &lane,
					 .id = i };
		inflight_wait(&inflight, one);
	}
	cr_assert_eq(flight->out, 3);
	cr_assert_not(inflight_leave(&inflight, &flight->attempt[1]));
	cr_assert_not(inflight_leave(&inflight, &flight->attempt[0]));
	cr_assert(inflight_leave(&inflight, &flight->attempt[2]));
	cr_assert_null(lane.waiting);
	cr_assert_eq(flight->out, 0);
	inflight_release(&inflight);
}
