#include "base/wheel.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { ROUND = WHEEL_SPOKES * WHEEL_TICK };

struct waiter {
	struct deadline deadline;
	unsigned fired;
	struct wheel *wheel;
	struct waiter *other;
	uint64_t again;
};

static struct wheel wheel;

static void count(struct deadline *deadline)
{
	cr_assert_not(deadline_is_running(deadline));
	((struct waiter *)deadline)->fired++;
}

static struct waiter waiter(void (*expired)(struct deadline *deadline))
{
	return (struct waiter){ .deadline.expired = expired };
}

Test(wheel, fires_once_at_its_time_and_not_before)
{
	static const uint64_t delays[] = {
		0, 1, WHEEL_TICK - 1, WHEEL_TICK, WHEEL_TICK + 1, 100,
		ROUND - 1, ROUND, ROUND + 1, 3 * ROUND + 7,
	};
	struct waiter one = waiter(count);
	uint64_t start = 1000003;

	for (size_t i = 0; i < sizeof(delays) / sizeof(delays[0]); i++) {
		wheel_init(&wheel, start);
		one.fired = 0;
		wheel_start(&wheel, &one.deadline, start + delays[i]);
		for (uint64_t now = start; now < start + delays[i]; now++) {
			cr_assert(wheel_turn(&wheel, now));
			cr_assert_eq(one.fired, 0, "%zu, %zu early", i,
				     (size_t)(start + delays[i] - now));
		}
		cr_assert_not(wheel_turn(&wheel, start + delays[i]));
		cr_assert_eq(one.fired, 1, "row %zu", i);
		cr_assert_not(wheel_turn(&wheel, start + 10 * ROUND));
		cr_assert_eq(one.fired, 1);
	}
}

Test(wheel, what_is_overdue_fires_at_the_next_turn)
{
	struct waiter one = waiter(count);

	wheel_init(&wheel, 1000000);
	wheel_start(&wheel, &one.deadline, 5);
	wheel_turn(&wheel, 1000000);
	cr_assert_eq(one.fired, 1);
}

Test(wheel, a_stopped_one_is_silent)
{
	struct waiter one = waiter(count);

	wheel_init(&wheel, 0);
	wheel_stop(&wheel, &one.deadline);
	cr_assert_eq(wheel.running, 0);
	wheel_start(&wheel, &one.deadline, 50);
	cr_assert(deadline_is_running(&one.deadline));
	wheel_stop(&wheel, &one.deadline);
	wheel_stop(&wheel, &one.deadline);
	cr_assert_not(wheel_turn(&wheel, 100));
	cr_assert_eq(one.fired, 0);
}

Test(wheel, a_moved_one_fires_at_the_new_time)
{
	struct waiter one = waiter(count);

	wheel_init(&wheel, 0);
	wheel_start(&wheel, &one.deadline, 50);
	wheel_start(&wheel, &one.deadline, 5000);
	cr_assert_eq(wheel.running, 1);
	wheel_turn(&wheel, 4999);
	cr_assert_eq(one.fired, 0);
	wheel_start(&wheel, &one.deadline, 5000);
	wheel_turn(&wheel, 5000);
	cr_assert_eq(one.fired, 1);
}

Test(wheel, a_far_jump_fires_all_and_takes_no_time)
{
	struct waiter many[100];

	wheel_init(&wheel, 0);
	for (unsigned i = 0; i < 100; i++) {
		many[i] = waiter(count);
		wheel_start(&wheel, &many[i].deadline, i * 1000);
	}
	cr_assert_not(wheel_turn(&wheel, UINT64_MAX));
	for (unsigned i = 0; i < 100; i++)
		cr_assert_eq(many[i].fired, 1, "%u", i);
}

Test(wheel, a_clock_that_goes_back_does_no_harm)
{
	struct waiter one = waiter(count);

	wheel_init(&wheel, 100000);
	wheel_start(&wheel, &one.deadline, 100500);
	cr_assert(wheel_turn(&wheel, 5000));
	cr_assert_eq(one.fired, 0);
	cr_assert_not(wheel_turn(&wheel, 100500));
	cr_assert_eq(one.fired, 1);
}

static void start_again(struct deadline *deadline)
{
	struct waiter *one = (struct waiter *)deadline;

	one->fired++;
	wheel_start(one->wheel, deadline, one->again);
}

Test(wheel, a_turn_ends_though_one_starts_itself_again)
{
	struct waiter one = waiter(start_again);

	one.wheel = &wheel;
	wheel_init(&wheel, 0);
	wheel_start(&wheel, &one.deadline, 10);
	one.again = 10;
	cr_assert(wheel_turn(&wheel, 100));
	cr_assert_eq(one.fired, 1);
	one.again = 200;
	cr_assert(wheel_turn(&wheel, 100));
	cr_assert_eq(one.fired, 2);
	cr_assert(wheel_turn(&wheel, 199));
	cr_assert_eq(one.fired, 2);
	cr_assert(wheel_turn(&wheel, 200));
	cr_assert_eq(one.fired, 3);
}

static void stop_other(struct deadline *deadline)
{
	struct waiter *one = (struct waiter *)deadline;

	one->fired++;
	wheel_stop(one->wheel, &one->other->deadline);
	memset(one->other, 0xff, sizeof(*one->other));
}

/* The first one to fire takes the other away, memory and all. */
Test(wheel, one_may_stop_another_that_is_due)
{
	static const uint64_t at[][2] = { { 10, 10 }, { 10, 11 }, { 10, 99 } };
	struct waiter one, other;

	for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		one = waiter(stop_other);
		other = waiter(count);
		one.wheel = &wheel;
		one.other = &other;
		wheel_init(&wheel, 0);
		wheel_start(&wheel, &one.deadline, at[i][0]);
		wheel_start(&wheel, &other.deadline, at[i][1]);
		cr_assert_not(wheel_turn(&wheel, 100));
		cr_assert_eq(one.fired, 1);
		cr_assert_eq(wheel.running, 0);
	}
}

/*
 * The model: a due time for each, or none.  A turn must fire exactly those
 * whose time has come.
 */
enum { MANY = 200, IDLE = 0 };

struct model {
	struct waiter waiter[MANY];
	uint64_t due[MANY];
	unsigned fired[MANY];
	uint64_t now;
};

static void model_turn(struct model *model)
{
	unsigned running = 0;

	for (unsigned i = 0; i < MANY; i++) {
		if (model->due[i] != IDLE && model->due[i] <= model->now) {
			model->due[i] = IDLE;
			model->fired[i]++;
		}
		running += model->due[i] != IDLE;
	}
	cr_assert_eq(wheel_turn(&wheel, model->now), running > 0);
	cr_assert_eq(wheel.running, running);
	for (unsigned i = 0; i < MANY; i++)
		cr_assert_eq(model->waiter[i].fired, model->fired[i],
			     "%u at %llu", i, (unsigned long long)model->now);
}

static uint64_t some_time(void)
{
	static const unsigned spans[] = { 2, 50, 1000, ROUND, 5 * ROUND };

	return (uint64_t)rand() % spans[rand() % 5];
}

Test(wheel, agrees_with_a_naive_model)
{
	static struct model model;
	unsigned i;

	srand(20261122);
	model.now = 123456789;
	wheel_init(&wheel, model.now);
	for (i = 0; i < MANY; i++)
		model.waiter[i] = waiter(count);
	for (unsigned step = 0; step < 30000; step++) {
		i = (unsigned)rand() % MANY;
		switch (rand() % 8) {
		case 0:
			wheel_stop(&wheel, &model.waiter[i].deadline);
			model.due[i] = IDLE;
			break;
		case 1:
			model.now += some_time();
			model_turn(&model);
			break;
		default:
			model.due[i] = model.now + some_time() - 10;
			wheel_start(&wheel, &model.waiter[i].deadline,
				    model.due[i]);
			break;
		}
	}
}
