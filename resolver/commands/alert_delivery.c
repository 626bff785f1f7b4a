/*
 * Each way is remembered by itself: one that works is not gone twice because
 * another one does not.
 */
#include "commands/alert_delivery.h"

#include "base/log.h"
#include "commands/alert_queue.h"
#include "commands/alert_send.h"
#include "commands/commands.h"

enum {
	HOUR = 3600,
	GIVE_UP = 48 * HOUR,
	BACKOFF_FIRST = 60, BACKOFF_MOST = 6 * HOUR,
	DOUBLINGS = 16,
};

struct delivery {
	struct alert_sending sending;
	struct address servers[UPSTREAM_SERVERS];
	uint64_t now;
};

static uint64_t backoff(uint32_t tries)
{
	uint64_t seconds = (uint64_t)BACKOFF_FIRST <<
			   (tries < DOUBLINGS ? tries : DOUBLINGS);

	return seconds < BACKOFF_MOST ? seconds : BACKOFF_MOST;
}

/* True: not all ways are gone. */
static bool try_ways(struct delivery *delivery, struct alert_waiting *waiting)
{
	uint32_t ways = alert_ways(delivery->sending.settings);
	char trouble[256];

	for (unsigned way = 0; way < ALERT_WAYS; way++) {
		if (!(ways & ~waiting->sent & 1u << way))
			continue;
		if (alert_send(&delivery->sending, (enum alert_way)way,
			       waiting, trouble) == 0)
			waiting->sent |= 1u << way;
		else
			log_warning("an alert could not be sent: %s: %s",
				    alert_way_words((enum alert_way)way),
				    trouble);
	}
	return (waiting->sent & ways) != ways;
}

static bool deliver_one(void *context, struct alert_waiting *waiting)
{
	struct delivery *delivery = context;

	if (waiting->next > delivery->now)
		return true;
	if (!try_ways(delivery, waiting))
		return false;
	waiting->next = delivery->now + backoff(waiting->tries++);
	if (delivery->now < waiting->put + GIVE_UP)
		return true;
	log_error("given up: %s", waiting->alert.words);
	return false;
}

int alert_deliver(struct alert_queue *queue, const struct settings *settings,
		  uint64_t now)
{
	struct delivery delivery = {
		.sending.settings = settings, .now = now,
	};

	commands_upstreams(settings, delivery.servers,
			   &delivery.sending.upstreams);
	return alert_queue_each(queue, deliver_one, &delivery);
}
