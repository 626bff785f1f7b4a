/*
 * The round trip is smoothed as TCP does it (RFC 6298, section 2).  A server
 * that resolves names itself answers either from its cache, at once, or after
 * asking around, so that the variation is what matters.
 *
 * A strike needs silence since the question: a server that answers others in
 * the meantime is alive, and slow with one name only.
 */
#include "upstream/remote.h"

#include <string.h>

#include "base/counter.h"

static void set(uint64_t *field, uint64_t value)
{
	__atomic_store_n(field, value, __ATOMIC_RELAXED);
}

void remote_init(struct remote *remote, const struct address *address)
{
	memset(remote, 0, sizeof(*remote));
	remote->address = *address;
	remote->used = true;
	remote->up = 1;
	remote->probe_wait_ms = REMOTE_PROBE_MS;
}

bool remote_is_up(const struct remote *remote)
{
	return remote->up != 0;
}

unsigned remote_wait_ms(const struct remote *remote)
{
	uint64_t ms = (remote->smoothed_us + 4 * remote->variation_us) / 1000;

	if (remote->smoothed_us == 0)
		return REMOTE_WAIT_UNKNOWN_MS;
	if (ms < REMOTE_WAIT_MIN_MS)
		return REMOTE_WAIT_MIN_MS;
	return ms < REMOTE_WAIT_MAX_MS ? (unsigned)ms : REMOTE_WAIT_MAX_MS;
}

static void measure(struct remote *remote, uint64_t rtt_us)
{
	uint64_t smoothed = remote->smoothed_us, off;

	if (smoothed == 0) {
		remote->variation_us = rtt_us / 2;
		set(&remote->smoothed_us, rtt_us);
		return;
	}
	off = rtt_us > smoothed ? rtt_us - smoothed : smoothed - rtt_us;
	remote->variation_us = (3 * remote->variation_us + off) / 4;
	smoothed = (7 * smoothed + rtt_us) / 8;
	set(&remote->smoothed_us, smoothed > 0 ? smoothed : 1);
}

void remote_answered(struct remote *remote, uint64_t now_us, uint64_t rtt_us)
{
	counter_add(&remote->answered, 1);
	remote->heard_us = now_us;
	remote->strikes = 0;
	remote->probe_wait_ms = REMOTE_PROBE_MS;
	set(&remote->up, 1);
	if (rtt_us > 0)
		measure(remote, rtt_us);
}

static void go_down(struct remote *remote, uint64_t now_us)
{
	if (!remote_is_up(remote))
		return;
	set(&remote->up, 0);
	remote->probe_wait_ms = REMOTE_PROBE_MS;
	remote->probe_at_ms = now_us / 1000 + REMOTE_PROBE_MS;
}

void remote_missed(struct remote *remote, uint64_t now_us, uint64_t asked_us)
{
	counter_add(&remote->timeouts, 1);
	if (remote->heard_us > asked_us)
		return;
	if (++remote->strikes >= REMOTE_STRIKES)
		go_down(remote, now_us);
}

void remote_refused(struct remote *remote, uint64_t now_us)
{
	go_down(remote, now_us);
}

bool remote_probe(struct remote *remote, uint64_t now_us)
{
	uint64_t now_ms = now_us / 1000;

	if (remote_is_up(remote) || now_ms < remote->probe_at_ms)
		return false;
	if (remote->probe_wait_ms < REMOTE_PROBE_MAX_MS / 2)
		remote->probe_wait_ms *= 2;
	else
		remote->probe_wait_ms = REMOTE_PROBE_MAX_MS;
	remote->probe_at_ms = now_ms + remote->probe_wait_ms;
	return true;
}
