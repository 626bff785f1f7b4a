/*
 * A sentence says who, whom, how often, and what became of it; it is all that
 * some will ever read of it.
 */
#include "review/alert.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/utf8.h"
#include "review/summary.h"
#include "review/words.h"

static const char *const kinds[ALERT_KINDS] = {
	[ALERT_RECEIVER] = "receiver", [ALERT_BURST] = "burst",
	[ALERT_GAP] = "gap", [ALERT_LIST] = "list", [ALERT_TEST] = "test",
	[ALERT_MANY] = "many", [ALERT_DIGEST] = "digest",
};

const char *alert_kind_words(enum alert_kind kind)
{
	return kinds[kind];
}

int alert_kind_parse(const char *word)
{
	for (int i = 0; i < ALERT_KINDS; i++)
		if (strcmp(word, kinds[i]) == 0)
			return i;
	return -1;
}

/* Its text fields are filled; the words are begun. */
static void begin(struct alert *alert, enum alert_kind kind,
		  struct text *words)
{
	memset(alert, 0, sizeof(*alert));
	alert->kind = kind;
	text_init(words, alert->words, sizeof(alert->words));
}

/* Names of receivers were made printable when they were stored. */
static void set_about(struct alert *alert, const char *stored)
{
	struct text out;

	text_init(&out, alert->about, sizeof(alert->about));
	words_put(stored, &out);
}

static void set_device(struct alert *alert, const char *name)
{
	struct text out;

	text_init(&out, alert->device, sizeof(alert->device));
	utf8_put_hostile(&out, bytes_of_string(name));
}

static void begin_receiver(struct alert *alert, enum alert_kind kind,
			   const struct summary_device *device,
			   const struct summary_receiver *receiver)
{
	struct text words;

	begin(alert, kind, &words);
	set_device(alert, device->name);
	set_about(alert, receiver->receiver);
	alert->time = receiver->last;
}

/* --- what there is --- */

static bool tell_receiver(const struct alert_finder *finder,
			  const struct summary_device *device,
			  const struct summary_receiver *receiver)
{
	struct alert alert;
	struct text words;

	begin_receiver(&alert, ALERT_RECEIVER, device, receiver);
	alert.count = receiver->count;
	text_init(&words, alert.words, sizeof(alert.words));
	text_put(&words, "%s asked for %s, for the first time (", alert.device,
		 alert.about);
	words_count(receiver->count, "question", &words);
	text_put(&words, ", ");
	if (receiver->sunk > 0 && receiver->sunk < receiver->count) {
		words_number(receiver->sunk, &words);
		text_put(&words, " of them ");
	}
	text_put(&words, "%s).", receiver->sunk > 0 ? "sunk" : "passed");
	return finder->each(finder->context, &alert);
}

static bool tell_burst(const struct alert_finder *finder,
		       const struct summary_device *device,
		       const struct summary_receiver *receiver)
{
	struct alert alert;
	struct text words;

	begin_receiver(&alert, ALERT_BURST, device, receiver);
	alert.count = receiver->sunk;
	text_init(&words, alert.words, sizeof(alert.words));
	text_put(&words, "%s tried to reach %s: ", alert.device, alert.about);
	words_count(receiver->sunk, "sunk question", &words);
	text_put(&words, " within ");
	words_span(receiver->last - receiver->first, &words);
	text_put(&words, ".");
	return finder->each(finder->context, &alert);
}

/* Who asks for new ones all the time tells nothing by it. */
static bool is_telling(const struct alert_options *options,
		       const struct summary_device *device)
{
	uint64_t since = device->known_since;
	uint64_t learn = (uint64_t)options->learn * 1000000;

	return since != 0 && device->first >= since &&
	       device->first - since >= learn &&
	       (learn == 0 || !device->restless);
}

static bool look_at_receiver(const struct alert_finder *finder,
			     const struct summary_device *device,
			     const struct summary_receiver *receiver)
{
	const struct alert_options *options = finder->options;

	if (options->receivers && receiver->new &&
	    is_telling(options, device) &&
	    !tell_receiver(finder, device, receiver))
		return false;
	return options->burst == 0 || receiver->sunk < options->burst ||
	       tell_burst(finder, device, receiver);
}

static bool look_at_device(const struct alert_finder *finder,
			   const struct summary_device *device)
{
	for (unsigned i = 0; i < device->receiver_count; i++)
		if (!look_at_receiver(finder, device, &device->receivers[i]))
			return false;
	return true;
}

static bool tell_gap(const struct alert_finder *finder,
		     const struct summary_house *house)
{
	const struct summary_gap *last = &house->gaps[house->gap_count - 1];
	struct alert alert;
	struct text words;

	begin(&alert, ALERT_GAP, &words);
	alert.time = last->until;
	alert.count = house->lost;
	text_put(&words, "The journal has lost ");
	if (house->lost > 0)
		words_count(house->lost, "question", &words);
	else
		text_put(&words, "an unknown number of questions");
	text_put(&words, ", the last at ");
	clock_print(last->until, false, &words);
	text_put(&words, " (%s).", last->reason);
	return finder->each(finder->context, &alert);
}

void alert_find(const struct summary_house *house,
		const struct alert_finder *finder)
{
	if (finder->options->gaps && house->gap_count > 0 &&
	    !tell_gap(finder, house))
		return;
	for (unsigned i = 0; i < house->device_count; i++)
		if (!look_at_device(finder, &house->devices[i]))
			return;
}

void alert_of_list(struct alert *alert, const struct alert_late *late,
		   uint64_t now)
{
	struct text words;

	begin(alert, ALERT_LIST, &words);
	alert->time = now;
	set_about(alert, late->list);
	text_put(&words, "The list %s ", alert->about);
	if (late->due > 0) {
		text_put(&words, "has not been brought up to date: it was due "
			 "at ");
		clock_print((uint64_t)late->due * 1000000, false, &words);
	} else {
		text_put(&words, "could never be had");
	}
	if (*late->trouble) {
		text_put(&words, " (");
		utf8_put_hostile(&words, bytes_of_string(late->trouble));
		text_put(&words, ")");
	}
	text_put(&words, ".");
}
