#include "upstream/remote.h"

#include <criterion/criterion.h>

static struct remote fresh(void)
{
	struct address address = { .family = AF_INET };
	struct remote remote;

	remote_init(&remote, &address);
	return remote;
}

Test(remote, waits_within_bounds_whatever_it_measured)
{
	static const uint64_t trips[] = { 1, 50, 1000, 300000, 5000000,
					  UINT32_MAX };

	for (unsigned i = 0; i < 6; i++) {
		struct remote remote = fresh();

		cr_assert_eq(remote_wait_ms(&remote), REMOTE_WAIT_UNKNOWN_MS);
		for (unsigned n = 0; n < 50; n++)
			remote_answered(&remote, n, trips[i]);
		cr_assert_geq(remote_wait_ms(&remote), REMOTE_WAIT_MIN_MS);
		cr_assert_leq(remote_wait_ms(&remote), REMOTE_WAIT_MAX_MS);
		cr_assert_gt(remote.smoothed_us, 0, "known is not unknown");
	}
}

Test(remote, follows_a_round_trip_that_changes)
{
	struct remote remote = fresh();

	for (unsigned n = 0; n < 50; n++)
		remote_answered(&remote, n, 20000);
	cr_assert_eq(remote.smoothed_us, 20000);
	for (unsigned n = 0; n < 50; n++)
		remote_answered(&remote, n, 200000);
	cr_assert_gt(remote.smoothed_us, 190000);
	cr_assert_gt(remote_wait_ms(&remote), 190);
}

Test(remote, only_silence_in_a_row_brings_it_down)
{
	struct remote remote = fresh();
	uint64_t now = 1000;

	for (unsigned n = 0; n < 20; n++) {
		remote_missed(&remote, now + 10, now);
		remote_missed(&remote, now + 10, now);
		remote_answered(&remote, now + 20, 5);
		now += 100;
	}
	cr_assert(remote_is_up(&remote));
	cr_assert_eq(remote.timeouts, 40);
	for (unsigned n = 0; n < REMOTE_STRIKES; n++) {
		cr_assert(remote_is_up(&remote));
		remote_missed(&remote, now + 10, now);
	}
	cr_assert_not(remote_is_up(&remote));
	remote_answered(&remote, now + 20, 5);
	cr_assert(remote_is_up(&remote));
}

Test(remote, silence_about_one_question_is_no_strike_when_it_spoke_since)
{
	struct remote remote = fresh();

	remote_answered(&remote, 1001, 5);
	for (unsigned n = 0; n < 10; n++)
		remote_missed(&remote, 2000, 1000);
	cr_assert(remote_is_up(&remote));
}

Test(remote, is_probed_at_growing_intervals)
{
	static const unsigned waits[] = { 1, 2, 4, 8, 16, 30, 30, 30 };
	struct remote remote = fresh();
	uint64_t now = 5000000;

	cr_assert_not(remote_probe(&remote, now), "up");
	remote_refused(&remote, now);
	for (unsigned i = 0; i < 8; i++) {
		now += waits[i] * 1000000 - 1000;
		cr_assert_not(remote_probe(&remote, now), "row %u", i);
		now += 1000;
		cr_assert(remote_probe(&remote, now), "row %u", i);
		remote_refused(&remote, now);
	}
	remote_answered(&remote, now, 5);
	remote_refused(&remote, now);
	cr_assert(remote_probe(&remote, now + 1000000), "from the start");
}
