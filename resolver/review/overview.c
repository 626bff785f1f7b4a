/*
 * The order is that of questions a person has: is anything missing, who is
 * it, whom did it try to reach, how often, how regularly, is that new.
 */
#include "review/overview.h"

#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "review/overview_state.h"
#include "review/words.h"

enum {
	ROOM = 39,		/* lines of a screen of 50, for devices */
	EACH_MOST = 6,
	NAMES_LEAST = 12, NAMES_MOST = 20,
	NARROW = 80,		/* less than that: shorter pictures */
	GAPS_SHOWN = 3, DEVICES_SHOWN = 4,
	MINUTES_LEN = 16,	/* in what clock_print writes */
};

/* --- what is missing --- */

static void print_gap(const struct overview *overview,
		      const struct summary_gap *gap)
{
	struct overview_line line;
	struct text *text = &line.text;

	overview_begin(&line);
	text_put(text, "  ");
	clock_print(gap->from, false, text);
	text_put(text, " to ");
	clock_print(gap->until, false, text);
	text_put(text, ": ");
	if (gap->count > 0)
		words_count(gap->count, "question", text);
	else
		text_put(text, "nobody knows how many");
	text_put(text, " (%s)", gap->reason);
	overview_put(overview, OVERVIEW_YELLOW, &line, NULL);
}

static void print_gaps(const struct overview *overview)
{
	const struct summary_house *house = overview->house;
	struct overview_line line;

	if (house->gap_total == 0) {
		overview_say(overview, OVERVIEW_DIM, "Nothing is missing from "
			     "the journal in that time.");
		return;
	}
	overview_begin(&line);
	text_put(&line.text, "The journal has ");
	words_count(house->gap_total, "gap", &line.text);
	text_put(&line.text, " in that time: ");
	if (house->lost > 0)
		words_count(house->lost, "question", &line.text);
	else
		text_put(&line.text, "nobody knows how many questions");
	text_put(&line.text, "%s missing.", house->lost == 1 ? " is"
							     : " are");
	overview_put(overview, OVERVIEW_YELLOW, &line, NULL);
	for (unsigned i = 0; i < house->gap_count && i < GAPS_SHOWN; i++)
		print_gap(overview, &house->gaps[i]);
}

static void print_limits(const struct overview *overview)
{
	const struct summary_house *house = overview->house;
	struct overview_line line;

	if (house->nameless > 0) {
		overview_begin(&line);
		words_count(house->nameless, "question", &line.text);
		text_put(&line.text, "%s written down without a name.",
			 house->nameless == 1 ? " was" : " were");
		overview_put(overview, OVERVIEW_YELLOW, &line, NULL);
	}
	if (house->cut)
		overview_say(overview, OVERVIEW_YELLOW, "So much was asked "
			     "for that not all of it is told apart.");
}

/* --- who may go round it --- */

enum bypass { RESOLVER, CANARY, SILENT };

static bool goes(enum bypass way, const struct summary_bypass *bypass)
{
	return way == RESOLVER ? bypass->resolvers > 0 :
	       way == CANARY ? bypass->canaries > 0 :
	       bypass->silent_since > 0;
}

/* What is known of it besides: which one, since when. */
static void put_detail(const struct overview *overview, enum bypass way,
		       const struct summary_bypass *bypass, struct text *out)
{
	if (way == SILENT) {
		text_put(out, " (since ");
		overview_time(overview, bypass->silent_since, out);
		text_put(out, ")");
	} else if (way == RESOLVER && *bypass->resolver) {
		text_put(out, " (");
		words_put(bypass->resolver, out);
		text_put(out, ")");
	}
}

/* A line for all devices of which it is true. */
static void print_who(const struct overview *overview, enum bypass way,
		      const char *words)
{
	const struct summary_house *house = overview->house;
	struct overview_line line;
	unsigned count = 0;

	overview_begin(&line);
	text_put(&line.text, "? ");
	for (unsigned i = 0; i < house->device_count; i++) {
		const struct summary_device *device = &house->devices[i];

		if (!goes(way, &device->bypass) || count++ >= DEVICES_SHOWN)
			continue;
		text_put(&line.text, "%s", count > 1 ? ", " : "");
		utf8_put_hostile(&line.text, bytes_of_string(device->name));
		put_detail(overview, way, &device->bypass, &line.text);
	}
	if (count == 0)
		return;
	if (count > DEVICES_SHOWN)
		text_put(&line.text, " and %u more", count - DEVICES_SHOWN);
	if (overview->options->width >= NARROW) {
		overview_put(overview, OVERVIEW_YELLOW, &line, words);
		return;
	}
	text_put(&line.text, "%s", words);
	overview_wrap(overview, OVERVIEW_YELLOW, &line, 2);
}

static void print_bypass(const struct overview *overview)
{
	print_who(overview, RESOLVER,
		  " asked for a public resolver, unseen here");
	print_who(overview, CANARY,
		  " asked whether to use a resolver of its own");
	print_who(overview, SILENT,
		  " fell silent, and the network still hears it");
}

/* --- the head --- */

static void put_minutes(uint64_t time, struct text *out)
{
	char words[64];
	struct text text;

	text_init(&text, words, sizeof(words));
	clock_print(time, false, &text);
	text_put(out, "%.*s", MINUTES_LEN, words);
}

static void put_window(const struct overview *overview, struct text *out)
{
	put_minutes(overview->house->since, out);
	text_put(out, " to ");
	put_minutes(overview->house->until, out);
}

static void put_sunk(uint64_t sunk, struct text *out)
{
	if (sunk == 0) {
		text_put(out, "none was sunk");
		return;
	}
	words_number(sunk, out);
	text_put(out, sunk == 1 ? " was sunk" : " were sunk");
}

void overview_sentence(const struct summary_house *house, struct text *out)
{
	if (house->count == 0) {
		text_put(out, "Nobody asked for anything.");
		return;
	}
	words_count(house->asking, "device", out);
	text_put(out, " asked ");
	words_count(house->count, "question", out);
	text_put(out, "; ");
	put_sunk(house->sunk, out);
	text_put(out, ".");
}

static void print_house(const struct overview *overview)
{
	struct overview_line line;

	overview_begin(&line);
	put_window(overview, &line.text);
	overview_put(overview, OVERVIEW_BOLD, &line, NULL);
	overview_begin(&line);
	overview_sentence(overview->house, &line.text);
	overview_put(overview, OVERVIEW_BOLD, &line, NULL);
}

/* --- one device: first of all the answer --- */

struct tally {
	unsigned sunk, regular, new;
};

static struct tally tally(const struct summary_device *device)
{
	struct tally tally = { 0, 0, 0 };

	for (unsigned i = 0; i < device->receiver_count; i++) {
		tally.sunk += device->receivers[i].sunk > 0;
		tally.regular += device->receivers[i].has_rhythm;
		tally.new += device->receivers[i].new;
	}
	return tally;
}

static void put_tally(const struct summary_device *device, struct text *out)
{
	struct tally counts = tally(device);

	text_put(out, " It tried to reach ");
	words_count(device->receiver_count, "receiver", out);
	text_put(out, ": %u sunk, %u regular, %u new.", counts.sunk,
		 counts.regular, counts.new);
	if (device->folded == 0)
		return;
	text_put(out, " Besides ");
	words_count(device->folded, "receiver", out);
	text_put(out, " decided fine (--all).");
}

static void print_device_head(const struct overview *overview,
			      const struct summary_device *device)
{
	struct overview_line line;

	overview_begin(&line);
	if (device) {
		utf8_put_hostile(&line.text, bytes_of_string(device->name));
		text_put(&line.text, "%s, ", device->new ? ", a new device"
							 : "");
	}
	put_window(overview, &line.text);
	overview_put(overview, OVERVIEW_BOLD, &line, NULL);
	overview_begin(&line);
	if (!device || device->count == 0) {
		text_put(&line.text, "It asked for nothing.");
	} else {
		text_put(&line.text, "It asked ");
		words_count(device->count, "question", &line.text);
		text_put(&line.text, "; ");
		put_sunk(device->sunk, &line.text);
		text_put(&line.text, ".");
		put_tally(device, &line.text);
	}
	overview_wrap(overview, OVERVIEW_BOLD, &line, 0);
}

static void print_one(struct overview *overview)
{
	const struct summary_house *house = overview->house;
	const struct summary_device *device = house->device_count > 0
					      ? house->devices : NULL;
	unsigned width = overview->options->width;
	struct overview_line line;

	print_device_head(overview, device);
	print_gaps(overview);
	print_limits(overview);
	print_bypass(overview);
	if (!device || device->receiver_count == 0)
		return;
	fputs("\n", overview->options->out);
	overview_begin(&line);
	text_put(&line.text, "  ");
	overview_spark(overview, device->slots, width > 0 && width < NARROW
		       ? SUMMARY_SLOTS / 2 : SUMMARY_SLOTS, &line.text);
	overview_put(overview, NULL, &line, NULL);
	overview->device = device;
	overview_receivers(overview);
	fputs("\n", overview->options->out);
}

/* --- all devices --- */

/* What is cut is the middle: addresses differ at their end. */
static void put_name(const struct overview *overview, const char *name,
		     struct text *out)
{
	unsigned width, room = overview->names;
	char words[256];
	struct text text;
	const char *end;

	text_init(&text, words, sizeof(words));
	utf8_put_hostile(&text, bytes_of_string(name));
	width = words_width(words);
	if (width <= room) {
		text_put(out, "%s%*s", words, (int)(room - width), "");
		return;
	}
	end = words + words_length(words, width - room / 2);
	text_put(out, "%.*s%s%s",
		 (int)words_length(words, room - room / 2 - 1), words,
		 overview->options->utf8 ? "…" : "~", end);
}

static void print_device(const struct overview *overview)
{
	const struct summary_device *device = overview->device;
	unsigned width = overview->options->width;
	struct overview_line line;
	struct text *text = &line.text;

	overview_begin(&line);
	put_name(overview, device->name, text);
	text_put(text, " ");
	overview_spark(overview, device->slots, width > 0 && width < NARROW
		       ? OVERVIEW_SPARK / 2 : OVERVIEW_SPARK, text);
	text_put(text, " ");
	words_count(device->count, "question", text);
	text_put(text, ", ");
	words_number(device->sunk, text);
	text_put(text, " sunk%s", device->new ? ", new" : "");
	overview_put(overview, OVERVIEW_BOLD, &line, NULL);
	overview_receivers(overview);
}

static bool has_new(const struct summary_device *device)
{
	for (unsigned i = 0; i < device->receiver_count; i++)
		if (device->receivers[i].new)
			return true;
	return false;
}

/* One that is only silent is named above. */
static bool is_shown(const struct overview *overview)
{
	const struct summary_device *device = overview->device;

	if (overview->options->only_new)
		return has_new(device);
	return device->count > 0 || device->receiver_count > 0;
}

static void print_folded(const struct overview *overview)
{
	const struct summary_house *house = overview->house;
	struct overview_line line;
	unsigned folded = 0;

	for (unsigned i = 0; i < house->device_count; i++)
		folded += house->devices[i].folded;
	if (folded == 0)
		return;
	overview_begin(&line);
	text_put(&line.text, "Left out, because decided fine: ");
	words_count(folded, "receiver", &line.text);
	text_put(&line.text, " (--all shows them).");
	overview_put(overview, OVERVIEW_DIM, &line, NULL);
}

static void print_all(struct overview *overview)
{
	const struct summary_house *house = overview->house;
	unsigned shown = 0;

	print_house(overview);
	print_gaps(overview);
	print_limits(overview);
	print_bypass(overview);
	fputs(house->device_count > 0 ? "\n" : "", overview->options->out);
	for (unsigned i = 0; i < house->device_count; i++) {
		overview->device = &house->devices[i];
		if (!is_shown(overview))
			continue;
		print_device(overview);
		shown++;
	}
	if (shown == 0 && overview->options->only_new)
		overview_say(overview, NULL, "No device asked for a receiver "
			     "that it never asked for before.");
	fputs("\n", overview->options->out);
	print_folded(overview);
}

static unsigned widest(const struct summary_house *house)
{
	unsigned most = NAMES_LEAST;

	for (unsigned i = 0; i < house->device_count; i++) {
		unsigned width = words_width(house->devices[i].name);

		most = width > most ? width : most;
	}
	return most < NAMES_MOST ? most : NAMES_MOST;
}

/* A screen is shared evenly; the first of each device has its place. */
static unsigned receivers_each(const struct summary_house *house,
			       const struct overview_options *options)
{
	unsigned each = house->asking > 0 ? ROOM / house->asking : 0;

	if (options->all)
		return UINT32_MAX;
	if (each <= 2)
		return 1;
	return each - 1 < EACH_MOST ? each - 1 : EACH_MOST;
}

void overview_print(const struct summary_house *house,
		    const struct overview_options *options)
{
	struct overview overview = {
		.house = house, .options = options,
		.each = receivers_each(house, options),
		.names = widest(house),
		.days = house->until - house->since >
			UINT64_C(86400) * 1000000 + 1,
	};

	if (options->one_device)
		print_one(&overview);
	else
		print_all(&overview);
	overview_say(&overview, OVERVIEW_DIM, "These are questions: what was "
		     "sent, and whether, DNS does not show.");
}
