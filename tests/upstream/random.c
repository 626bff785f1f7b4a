/*
 * Whatever happens in whatever order, everyone who asked is told exactly
 * once, in time, and nothing is left behind: a thousand events drawn at
 * random for each of some seeds.
 */
#include <criterion/criterion.h>

#include "upstream/inflight.h"

#include "../dns/sample.h"
#include "fake.h"

enum { EARS = 200, EVENTS = 1500, SEEDS = 150, DEADLINE_MS = 1000 };

struct listener {
	struct fake_ear ear;	/* first */
	bool asking;
	uint64_t since_ms;
};

struct chaos {
	struct fake fake;
	struct listener listeners[EARS];
	uint64_t random;
	unsigned asking;
};

static unsigned below(struct chaos *chaos, unsigned bound)
{
	return sample_below(&chaos->random, bound);
}

static void told(struct fake_ear *ear)
{
	struct listener *listener = (struct listener *)ear;
	struct chaos *chaos = (struct chaos *)ear->fake;
	uint64_t now = clock_ms(&chaos->fake.clock);

	cr_assert(listener->asking, "told twice, or without asking");
	listener->asking = false;
	chaos->asking--;
	cr_assert_leq(now - listener->since_ms, DEADLINE_MS + WHEEL_TICK);
}

static void ask(struct chaos *chaos)
{
	struct listener *listener = &chaos->listeners[below(chaos, EARS)];
	char name[16];

	if (listener->asking)
		return;
	listener->asking = true;
	listener->since_ms = clock_ms(&chaos->fake.clock);
	listener->ear.then = told;
	snprintf(name, sizeof(name), "n%u.example", below(chaos, 40));
	if (fake_ask(&chaos->fake, name, TYPE_A, &listener->ear) == 0)
		chaos->asking++;
	else
		listener->asking = false;
}

/* Some question that may still be waited for; false: there is none. */
static bool pick(struct chaos *chaos, unsigned *n)
{
	if (chaos->fake.count == 0)
		return false;
	*n = below(chaos, chaos->fake.count);
	return true;
}

static void answer(struct chaos *chaos)
{
	static const unsigned flags[] = {
		RCODE_NOERROR, RCODE_NOERROR, RCODE_NXDOMAIN, RCODE_SERVFAIL,
		RCODE_REFUSED, RCODE_FORMERR, RCODE_NOTIMP, FLAG_TC,
	};
	uint8_t at[1024];
	unsigned n;
	size_t len;

	if (!pick(chaos, &n))
		return;
	len = fake_write(fake_sent(&chaos->fake, n), flags[below(chaos, 8)],
			 below(chaos, 2), at);
	if (below(chaos, 4) == 0)
		at[below(chaos, (unsigned)len)] = (uint8_t)below(chaos, 256);
	if (below(chaos, 8) == 0)
		len = below(chaos, (unsigned)len + 1);
	fake_bring(&chaos->fake, n, at, len);
}

static void fail(struct chaos *chaos)
{
	unsigned n;

	if (pick(chaos, &n))
		fake_fail(&chaos->fake, n, -ECONNREFUSED);
}

static void serve(struct chaos *chaos)
{
	struct address servers[4];
	unsigned count = below(chaos, 5);

	for (unsigned i = 0; i < count; i++) {
		uint8_t raw[4] = { 192, 0, 2, (uint8_t)below(chaos, 6) };

		address_from_raw(&servers[i], raw, 4, 53);
	}
	cr_assert_eq(upstream_serve(chaos->fake.upstream, servers, count), 0);
}

static void refuse(struct chaos *chaos)
{
	chaos->fake.refuse[below(chaos, 4)] =
		below(chaos, 3) == 0 ? -ENETUNREACH : 0;
}

static void happen(struct chaos *chaos)
{
	unsigned what = below(chaos, 100);

	if (what < 45)
		ask(chaos);
	else if (what < 75)
		answer(chaos);
	else if (what < 80)
		fail(chaos);
	else if (what < 82)
		serve(chaos);
	else if (what < 84)
		refuse(chaos);
	else
		fake_pass(&chaos->fake, below(chaos, 60));
	if (chaos->fake.count > FAKE_QUESTIONS - 500)
		chaos->fake.count = 0;
}

static void run(const struct upstream_options *options, uint64_t seed)
{
	struct chaos *chaos = calloc(1, sizeof(*chaos));

	chaos->random = seed;
	fake_init(&chaos->fake, options);
	for (unsigned i = 0; i < EVENTS; i++)
		happen(chaos);
	fake_pass(&chaos->fake, DEADLINE_MS + 2 * WHEEL_TICK);
	cr_assert_eq(chaos->asking, 0, "seed %llu: %u were not told",
		     (unsigned long long)seed, chaos->asking);
	cr_assert_eq(upstream_flying(chaos->fake.upstream), 0);
	cr_assert_eq(chaos->fake.streams, 4);
	cr_assert_eq(chaos->fake.wheel.running, 0);
	fake_release(&chaos->fake);
	free(chaos);
}

Test(random, everyone_is_told_exactly_once)
{
	struct upstream_options options = {
		.flights = 30,
		.deadline_ms = DEADLINE_MS,
		.payload = 1232,
	};

	for (uint64_t seed = SAMPLE_SEED; seed < SAMPLE_SEED + SEEDS; seed++) {
		options.mixed_case = seed & 1;
		run(&options, seed);
	}
}
