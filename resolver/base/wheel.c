/*
 * A spoke is a circle of deadlines around its head, so that taking one out
 * needs neither the spoke nor the wheel.  Spoke = tick modulo WHEEL_SPOKES:
 * what is more than a round away hangs among what is due, and stays.
 *
 * A turn first gathers what is due and then calls: what the calls start is
 * for the next turn, even if it is due already, so that a turn ends.
 */
#include "base/wheel.h"

static void circle_init(struct deadline *head)
{
	head->next = head->prev = head;
}

static void circle_add(struct deadline *head, struct deadline *deadline)
{
	deadline->prev = head->prev;
	deadline->next = head;
	head->prev->next = deadline;
	head->prev = deadline;
}

static void circle_remove(struct deadline *deadline)
{
	deadline->prev->next = deadline->next;
	deadline->next->prev = deadline->prev;
	deadline->next = deadline->prev = NULL;
}

void wheel_init(struct wheel *wheel, uint64_t now_ms)
{
	for (unsigned i = 0; i < WHEEL_SPOKES; i++)
		circle_init(&wheel->spokes[i]);
	wheel->turned = now_ms / WHEEL_TICK;
	wheel->running = 0;
}

void wheel_start(struct wheel *wheel, struct deadline *deadline, uint64_t at)
{
	uint64_t tick = at / WHEEL_TICK;

	wheel_stop(wheel, deadline);
	if (tick < wheel->turned)
		tick = wheel->turned;
	deadline->at = at;
	circle_add(&wheel->spokes[tick % WHEEL_SPOKES], deadline);
	wheel->running++;
}

void wheel_stop(struct wheel *wheel, struct deadline *deadline)
{
	if (!deadline_is_running(deadline))
		return;
	circle_remove(deadline);
	wheel->running--;
}

static void gather(struct deadline *spoke, uint64_t now_ms,
		   struct deadline *due)
{
	struct deadline *deadline, *next;

	for (deadline = spoke->next; deadline != spoke; deadline = next) {
		next = deadline->next;
		if (deadline->at > now_ms)
			continue;
		circle_remove(deadline);
		circle_add(due, deadline);
	}
}

bool wheel_turn(struct wheel *wheel, uint64_t now_ms)
{
	uint64_t tick = wheel->turned, last = now_ms / WHEEL_TICK;
	struct deadline due;

	circle_init(&due);
	if (last >= tick + WHEEL_SPOKES)
		tick = last - WHEEL_SPOKES + 1;
	for (; tick <= last; tick++)
		gather(&wheel->spokes[tick % WHEEL_SPOKES], now_ms, &due);
	if (last > wheel->turned)
		wheel->turned = last;
	while (due.next != &due) {
		struct deadline *deadline = due.next;

		wheel_stop(wheel, deadline);
		deadline->expired(deadline);
	}
	return wheel->running > 0;
}
