/*
 * What matters most stands in front: who, how often, how regularly, is it
 * new, when.
 */
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "policy/verdict.h"
#include "review/overview_state.h"
#include "review/words.h"

enum {
	RECEIVERS_ONE = 20,	/* of one device */
	NAMES_SHOWN = 5,
	DAY_LEN = 10,		/* in what clock_print writes */
	INDENT = 4, INDENT_NAMES = 6, INDENT_WRAPPED = 8,
};

bool overview_is_telling(const struct summary_device *device,
			 const struct summary_receiver *receiver)
{
	return receiver->sunk > 0 || (receiver->new && !device->new) ||
	       receiver->has_rhythm || receiver->before_listed > 0 ||
	       receiver->observed > 0 || receiver->watched ||
	       receiver->suspicion.score >= SUSPICION_REMARKABLE;
}

/* --- its line --- */

static void put_who(const struct summary_receiver *receiver,
		    struct text *out)
{
	words_put(receiver->receiver, out);
	if (receiver->vendor) {
		text_put(out, " (");
		utf8_put_hostile(out, bytes_of_string(receiver->vendor));
		text_put(out, ")");
	}
	if (!receiver->decision)
		return;
	text_put(out, " [");
	words_put(receiver->decision, out);
	if (receiver->note) {
		text_put(out, ": ");
		utf8_put_hostile(out, bytes_of_string(receiver->note));
	}
	text_put(out, "]");
}

static void put_asked(const struct summary_receiver *receiver,
		      struct text *out)
{
	if (receiver->count == 0) {
		text_put(out, "not asked in that time");
		return;
	}
	words_count(receiver->count, "question", out);
	if (receiver->sunk == receiver->count) {
		text_put(out, receiver->count == 1 ? ", sunk" : ", all sunk");
	} else if (receiver->sunk > 0) {
		text_put(out, ", ");
		words_number(receiver->sunk, out);
		text_put(out, " sunk");
	} else if (receiver->observed > 0) {
		text_put(out, ", passed, but an observing list has it");
	} else {
		text_put(out, ", passed");
	}
}

static void put_rhythm(const struct overview *overview,
		       const struct summary_receiver *receiver,
		       struct text *out)
{
	if (receiver->has_rhythm) {
		text_put(out, ", ");
		rhythm_print_period(&receiver->rhythm, out);
	} else if (overview->options->one_device && receiver->count > 0) {
		text_put(out, receiver->rhythm.kind == RHYTHM_TTL
			 ? ", again when its answer has run out"
			 : receiver->count >= RHYTHM_LEAST
			 ? ", no rhythm" : ", too few for a rhythm");
	}
}

static void put_past(const struct summary_receiver *receiver,
		     struct text *out)
{
	char words[64];
	struct text day;

	if (receiver->new)
		text_put(out, ", new");
	if (receiver->before_listed == 0)
		return;
	text_init(&day, words, sizeof(words));
	clock_print(receiver->before_since, false, &day);
	text_put(out, ", asked ");
	words_count(receiver->before_listed, "time", out);
	text_put(out, " since %.*s, before a list named it", DAY_LEN, words);
}

/* A rhythm is told without its first and last beat. */
static void put_when(const struct overview *overview,
		     const struct summary_receiver *receiver,
		     struct text *out)
{
	if (receiver->count == 0 ||
	    (receiver->has_rhythm && !overview->options->one_device))
		return;
	text_put(out, ", ");
	overview_time(overview, receiver->first, out);
	if (receiver->last / 60000000 == receiver->first / 60000000)
		return;
	text_put(out, " to ");
	overview_time(overview, receiver->last, out);
}

static const char *colour_of(const struct summary_receiver *receiver)
{
	if (receiver->sunk > 0)
		return OVERVIEW_RED;
	if (receiver->new || receiver->observed > 0 || receiver->watched)
		return OVERVIEW_YELLOW;
	return NULL;
}

static void print_line(const struct overview *overview,
		       const struct summary_receiver *receiver,
		       const char *tail)
{
	struct overview_line line;
	struct text *text = &line.text;

	overview_begin(&line);
	text_put(text, "  %s ", receiver->sunk > 0 ? "!" :
		 receiver->new ? "*" : "-");
	put_who(receiver, text);
	text_put(text, ": ");
	put_asked(receiver, text);
	put_rhythm(overview, receiver, text);
	put_past(receiver, text);
	put_when(overview, receiver, text);
	if (overview->options->one_device)
		overview_wrap(overview, colour_of(receiver), &line, INDENT);
	else
		overview_put(overview, colour_of(receiver), &line, tail);
}

/* --- of one device, more --- */

static void print_sent(const struct overview *overview,
		       const struct summary_receiver *receiver)
{
	struct overview_line line;

	if (!receiver->sent)
		return;
	overview_begin(&line);
	text_put(&line.text, "%*ssent, as the list says: ", INDENT, "");
	utf8_put_hostile(&line.text, bytes_of_string(receiver->sent));
	overview_wrap(overview, NULL, &line, INDENT_WRAPPED);
}

static void print_reasons(const struct overview *overview,
			  const struct summary_receiver *receiver)
{
	struct overview_line line;

	if (receiver->suspicion.score == 0)
		return;
	overview_begin(&line);
	text_put(&line.text, "%*s", INDENT, "");
	suspicion_print(&receiver->suspicion, &line.text);
	text_put(&line.text, ": ");
	suspicion_reasons_print(&receiver->suspicion, ", ", &line.text);
	overview_wrap(overview, OVERVIEW_DIM, &line, INDENT_WRAPPED);
}

static void put_list(const struct summary_name *name, struct text *out)
{
	if (name->list) {
		text_put(out, ", %s by ", verdict_words(name->verdict));
		words_put(name->list, out);
	} else if (name->sunk > 0) {
		text_put(out, ", sunk");
	}
	if (name->list_now && name->sunk == 0) {
		text_put(out, ", now on ");
		words_put(name->list_now, out);
	}
}

static void print_name(const struct overview *overview,
		       const struct summary_receiver *receiver,
		       const struct summary_name *name)
{
	struct overview_line line;
	struct text *text = &line.text;

	overview_begin(&line);
	text_put(text, "%*s", INDENT_NAMES, "");
	words_put(name->name, text);
	text_put(text, ": ");
	words_count(name->count, "question", text);
	if (name == receiver->rhythm_name)
		text_put(text, ", regular");
	put_list(name, text);
	if (name->new)
		text_put(text, ", new");
	if (name->decision) {
		text_put(text, " [");
		words_put(name->decision, text);
		text_put(text, "]");
	}
	overview_wrap(overview, name->sunk > 0 ? OVERVIEW_RED : NULL, &line,
		      INDENT_WRAPPED);
}

static void print_names(const struct overview *overview,
			const struct summary_receiver *receiver)
{
	unsigned shown = receiver->name_count, more = receiver->more_names;
	struct overview_line line;

	if (!overview->options->all && shown > NAMES_SHOWN) {
		more += shown - NAMES_SHOWN;
		shown = NAMES_SHOWN;
	}
	for (unsigned i = 0; i < shown; i++)
		print_name(overview, receiver, &receiver->names[i]);
	if (more == 0)
		return;
	overview_begin(&line);
	text_put(&line.text, "%*sand ", INDENT_NAMES, "");
	words_count(more, "other name", &line.text);
	overview_put(overview, OVERVIEW_DIM, &line, NULL);
}

/* --- all of them --- */

static bool is_shown(const struct overview *overview,
		     const struct summary_receiver *receiver)
{
	const struct overview_options *options = overview->options;

	if (options->only_new)
		return receiver->new;
	return options->all ||
	       overview_is_telling(overview->device, receiver);
}

static unsigned count_shown(const struct overview *overview)
{
	const struct summary_device *device = overview->device;
	unsigned count = 0;

	for (unsigned i = 0; i < device->receiver_count; i++)
		count += is_shown(overview, &device->receivers[i]);
	return count;
}

/* Of one device it is said what is left out, and why. */
static void print_rest(const struct overview *overview, unsigned more)
{
	const struct summary_device *device = overview->device;
	unsigned quiet = device->receiver_count - count_shown(overview);
	struct overview_line line;

	if (!overview->options->one_device || overview->options->only_new ||
	    more + quiet == 0)
		return;
	overview_begin(&line);
	text_put(&line.text, "    and ");
	if (more > 0)
		words_count(more, "more receiver", &line.text);
	text_put(&line.text, "%s", more > 0 && quiet > 0 ? ", and " : "");
	if (quiet > 0) {
		words_count(quiet, "receiver", &line.text);
		text_put(&line.text, " of which there is nothing to say");
	}
	text_put(&line.text, " (--all)");
	overview_wrap(overview, OVERVIEW_DIM, &line, INDENT);
}

/* Behind the last line of a device: how many more there are. */
static const char *tail_of(unsigned more, char words[48])
{
	struct text text;

	if (more == 0)
		return NULL;
	text_init(&text, words, 48);
	text_put(&text, "; ");
	words_number(more, &text);
	text_put(&text, " more");
	return words;
}

void overview_receivers(const struct overview *overview)
{
	const struct summary_device *device = overview->device;
	bool one = overview->options->one_device;
	unsigned each = one && !overview->options->all ? RECEIVERS_ONE
						       : overview->each;
	unsigned left = count_shown(overview);
	unsigned more = left > each ? left - each : 0;
	char words[48];

	for (unsigned i = 0; i < device->receiver_count && left > more; i++) {
		const struct summary_receiver *at = &device->receivers[i];

		if (!is_shown(overview, at))
			continue;
		left--;
		print_line(overview, at, left == more ? tail_of(more, words)
						      : NULL);
		if (!one)
			continue;
		print_sent(overview, at);
		print_reasons(overview, at);
		print_names(overview, at);
	}
	print_rest(overview, more);
}
