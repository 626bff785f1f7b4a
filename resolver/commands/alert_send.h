/*
 * alert_send: an alert goes its ways: a command, a webhook, mail.
 *
 *	command	/bin/sh -c COMMAND; the text, or else the sentence, on its
 *		standard input; HOMEBOUND_KIND, _DEVICE, _ABOUT, _COUNT, _TIME
 *		and _WORDS in its environment
 *	webhook	POST of an object of JSON with the same, in lower case, and
 *		the text where there is one
 *	mail	sendmail -t -i
 *
 * A way that fails, or takes longer than ALERT_SEND_SECONDS, is tried again
 * later; those that worked are not gone twice.
 */
#ifndef COMMANDS_ALERT_SEND_H
#define COMMANDS_ALERT_SEND_H

#include <stdint.h>

#include "base/address.h"
#include "review/alert.h"

struct alert_waiting;
struct settings;

enum { ALERT_SEND_SECONDS = 60 };

enum alert_way { ALERT_COMMAND, ALERT_WEBHOOK, ALERT_MAIL, ALERT_WAYS };

/* The ways that are configured, a bit each. */
uint32_t alert_ways(const struct settings *settings);

/* "command", "webhook", "mail". */
const char *alert_way_words(enum alert_way way);

struct alert_sending {
	const struct settings *settings;
	struct addresses upstreams;	/* for the webhook's host */
};

/* 0, or an error and a sentence why. */
int alert_send(const struct alert_sending *sending, enum alert_way way,
	       const struct alert_waiting *waiting, char trouble[256]);

#endif
