/*
 * The keys of alerts.
 */
#include "settings_table.h"

#include "settings.h"

#define ALERT_FIELD(field) \
	.at = offsetof(struct settings, alerts.field), \
	.size = sizeof(((struct settings *)NULL)->alerts.field)

const struct settings_key settings_alert_keys[] = {
	{ "command", KEY_TEXT, ALERT_FIELD(command), .fallback = "\"\"",
	  .text = "A line for\n"
		  ".Xr sh 1 ,\n"
		  "run for each alert as the daemon's user: the sentence is "
		  "its input, and\n"
		  ".Ev HOMEBOUND_KIND , HOMEBOUND_DEVICE , HOMEBOUND_ABOUT ,\n"
		  ".Ev HOMEBOUND_COUNT , HOMEBOUND_TIME\n"
		  "and\n"
		  ".Ev HOMEBOUND_WORDS\n"
		  "are set.\n"
		  "It has a minute." },
	{ "webhook", KEY_TEXT, ALERT_FIELD(webhook), .fallback = "\"\"",
	  .text = "A URL, to which each alert is posted as JSON.\n"
		  "No redirect is followed." },
	{ "mail", KEY_TEXT, ALERT_FIELD(mail), .fallback = "\"\"",
	  .text = "An address, to which each alert is sent." },
	{ "sendmail", KEY_PATH, ALERT_FIELD(sendmail),
	  .fallback = "\"/usr/sbin/sendmail\"",
	  .text = "The program that takes mail.\n"
		  "The unit file of systemd lets the daemon gain no privileges "
		  "and write nowhere else, so one that puts mail into a queue "
		  "(postfix, exim) cannot do so; one that hands it on at once "
		  "(msmtp, nullmailer by its socket) can.\n"
		  "The unit\n"
		  ".Pa homebound-digest.service\n"
		  "has no such limits." },
	{ "every", KEY_DURATION, ALERT_FIELD(every), .min = 30,
	  .max = 86400, .fallback = "\"5m\"", .unit = "seconds",
	  .text = "How often the journal is looked through." },
	{ "most", KEY_NUMBER, ALERT_FIELD(most), .min = 1, .max = 1000,
	  .fallback = "10", .unit = "alerts an hour",
	  .text = "What comes on top is one alert that says how many." },
	{ "receivers", KEY_BOOL, ALERT_FIELD(find.receivers),
	  .fallback = "true",
	  .text = "Whether a receiver that a device never asked for before "
		  "is told; not of devices that ask for new ones all the time, "
		  "as those do that have a browser." },
	{ "learn", KEY_DURATION, ALERT_FIELD(find.learn), .max = 31536000,
	  .fallback = "\"7d\"", .unit = "seconds",
	  .text = "For how long everything is new to a device, and not "
		  "told.\n"
		  "0: every new receiver of every device is told." },
	{ "burst", KEY_NUMBER, ALERT_FIELD(find.burst), .max = 1000000,
	  .fallback = "50", .unit = "questions",
	  .text = "So many sunk questions of a device for one receiver, "
		  "between two looks, are told, once a day; 0: none are." },
	{ "gaps", KEY_BOOL, ALERT_FIELD(find.gaps), .fallback = "true",
	  .text = "Whether a gap in the journal is told." },
	{ "lists", KEY_BOOL, ALERT_FIELD(find.lists), .fallback = "true",
	  .text = "Whether a list is told that has not been brought up to "
		  "date for three times its\n"
		  ".Cm refresh ." },
	{ .name = NULL }
};
