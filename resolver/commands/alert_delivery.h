/*
 * alert_delivery: what waits in the queue goes its ways (alert_send.h); what
 * cannot go is tried again, later and later, for two days.
 */
#ifndef COMMANDS_ALERT_DELIVERY_H
#define COMMANDS_ALERT_DELIVERY_H

#include <stdint.h>

struct alert_queue;
struct settings;

/*
 * All that is due.  `now` in seconds since 1970.  How many wait on, or an
 * error.
 */
int alert_deliver(struct alert_queue *queue, const struct settings *settings,
		  uint64_t now);

#endif
