/*
 * Bars are as high as their count; what was sunk stands below, in the accent.
 * What is missing is shaded, so that nobody takes it for silence.
 */
#include "review/summary_page.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "policy/verdict.h"
#include "review/html.h"
#include "review/report_picture.h"
#include "review/summary.h"
#include "review/words.h"

enum {
	REASONS = 2048, NAMES = 12, HOLES = 64,
	WIDE = REPORT_PICTURE_WIDE, HIGH = 36,
	MINUTES_LEN = 16, HOUR_AT = 11,	/* in what clock_print writes */
};


const char *summary_page_number(uint64_t value, char words[SUMMARY_PAGE_WORDS])
{
	struct text text;

	text_init(&text, words, SUMMARY_PAGE_WORDS);
	words_number(value, &text);
	return words;
}

const char *summary_page_count(uint64_t value, const char *noun,
			       char words[SUMMARY_PAGE_WORDS])
{
	struct text text;

	text_init(&text, words, SUMMARY_PAGE_WORDS);
	words_count(value, noun, &text);
	return words;
}

const char *summary_page_moment(uint64_t time, char words[SUMMARY_PAGE_WORDS])
{
	struct text text;

	text_init(&text, words, SUMMARY_PAGE_WORDS);
	clock_print(time, false, &text);
	if (text.len > MINUTES_LEN)
		words[MINUTES_LEN] = '\0';
	return words;
}

/* Of a moment in the window: the hour says it all, if there is one day. */
static const char *hour(const struct summary_page *page, uint64_t time,
			char words[SUMMARY_PAGE_WORDS])
{
	const char *whole = summary_page_moment(time, words);

	return page->days || strlen(whole) < MINUTES_LEN ? whole
							 : whole + HOUR_AT;
}

/* --- pictures --- */

static void put_bar(FILE *out, const char *class, struct html_box box)
{
	if (box.height > 0)
		html_svg_box(out, class, box);
}

/* A single question beside thousands is still a line that is seen. */
static double height_of(uint32_t count, uint32_t most)
{
	double high = (double)count * (HIGH - 2) / most;

	return count > 0 && high < 1 ? 1 : high;
}

static double place(const struct summary_house *house, uint64_t time)
{
	if (time <= house->since)
		return 0;
	return time >= house->until ? WIDE :
	       (double)(time - house->since) * WIDE /
	       (double)(house->until - house->since);
}

/* What is missing is shaded, so that nobody takes it for silence. */
static void put_holes(FILE *out, const struct summary_house *house)
{
	for (unsigned i = 0; i < house->gap_count && i < HOLES; i++) {
		struct html_box box = {
			.x = place(house, house->gaps[i].from), .height = HIGH,
		};

		box.width = place(house, house->gaps[i].until) - box.x;
		box.width = box.width > 2 ? box.width : 2;
		html_svg_box(out, "hole", box);
	}
}

void summary_page_slots(const struct summary_page *page,
			const uint32_t *slots, const uint32_t *sunk)
{
	const double width = (double)WIDE / SUMMARY_SLOTS;
	uint32_t most = 1;

	for (unsigned i = 0; i < SUMMARY_SLOTS; i++)
		most = slots[i] > most ? slots[i] : most;
	html_svg_begin(page->out, WIDE, HIGH + 1, "when it was asked for");
	html_svg_line(page->out, "axis", (struct html_box){
		.y = HIGH, .width = WIDE,
	});
	put_holes(page->out, page->house);
	for (unsigned i = 0; i < SUMMARY_SLOTS; i++) {
		double all = height_of(slots[i], most);
		double of_it = height_of(sunk[i], most);
		struct html_box box = {
			.x = i * width, .width = width - 1.2,
			.y = HIGH - all, .height = all - of_it,
		};

		put_bar(page->out, "other", box);
		box.y = HIGH - of_it;
		box.height = of_it;
		put_bar(page->out, "sunk", box);
	}
	html_svg_end(page->out);
}

void summary_page_axis(const struct summary_page *page)
{
	static const struct report_moment none;
	const struct report_axis axis = {
		page->house->since, page->house->until, &none,
	};

	fputs("<figure class=\"axis\"><div></div><div>", page->out);
	report_picture_axis(page->out, &axis);
	fputs("</div><div></div></figure>\n", page->out);
}

/* --- a receiver --- */

void summary_page_counts(FILE *out, uint64_t all, uint64_t sunk)
{
	char words[SUMMARY_PAGE_WORDS];

	html_put(out, "%s", summary_page_count(all, "question", words));
	if (sunk > 0)
		html_put(out, ", <strong class=\"sunk\">%s sunk</strong>",
			 summary_page_number(sunk, words));
}

static void put_who(FILE *out, const struct summary_receiver *receiver)
{
	html_put(out, "<div><h3>%s</h3><figcaption>", receiver->receiver);
	if (receiver->vendor)
		html_put(out, "%s<br>", receiver->vendor);
	summary_page_counts(out, receiver->count, receiver->sunk);
	if (receiver->decision)
		html_put(out, "<br>decided: %s%s%s", receiver->decision,
			 receiver->note ? ", " : "",
			 receiver->note ? receiver->note : "");
	fputs("</figcaption></div>", out);
}

static void put_name(FILE *out, const struct summary_receiver *receiver,
		     const struct summary_name *name)
{
	char words[SUMMARY_PAGE_WORDS];

	html_put(out, "%s&nbsp;(%s%s", name->name,
		 summary_page_number(name->count, words),
		 name == receiver->rhythm_name ? ", regular" : "");
	if (name->list)
		html_put(out, ", %s by %s", verdict_words(name->verdict),
			 name->list);
	else if (name->sunk > 0)
		fputs(", sunk", out);
	fputs(name->new ? ", new)" : ")", out);
}

static void put_names(FILE *out, const struct summary_receiver *receiver)
{
	unsigned shown = receiver->name_count < NAMES ? receiver->name_count
						      : NAMES;
	uint64_t more = receiver->name_count - shown + receiver->more_names;
	char words[SUMMARY_PAGE_WORDS];

	fputs("<figcaption>", out);
	for (unsigned i = 0; i < shown; i++) {
		fputs(i > 0 ? ", " : "", out);
		put_name(out, receiver, &receiver->names[i]);
	}
	if (more > 0)
		html_put(out, " and %s",
			 summary_page_count(more, "other name", words));
	fputs("</figcaption>", out);
}

/* What the list says, and what speaks for suspicion. */
static void put_reasons(FILE *out, const struct summary_receiver *receiver)
{
	const struct suspicion *suspicion = &receiver->suspicion;
	char words[REASONS];
	struct text text;

	if (receiver->sent)
		html_put(out, "<figcaption><strong>Sent, as the list says:"
			 "</strong> %s</figcaption>", receiver->sent);
	if (suspicion->score == 0)
		return;
	text_init(&text, words, sizeof(words));
	suspicion_print(suspicion, &text);
	text_put(&text, ": ");
	suspicion_reasons_print(suspicion, ", ", &text);
	html_put(out, "<figcaption>%s</figcaption>", words);
}

static void put_times(const struct summary_page *page,
		      const struct summary_receiver *receiver)
{
	char one[SUMMARY_PAGE_WORDS], other[SUMMARY_PAGE_WORDS];
	const char *first = hour(page, receiver->first, one);
	const char *last = hour(page, receiver->last, other);

	if (receiver->count == 0)
		fputs("not asked in that time", page->out);
	else if (strcmp(first, last) == 0)
		html_put(page->out, "%s", first);
	else
		html_put(page->out, "%s to %s", first, last);
}

static void put_facts(const struct summary_page *page,
		      const struct summary_receiver *receiver)
{
	char words[SUMMARY_PAGE_WORDS], since[SUMMARY_PAGE_WORDS];
	struct text text;

	fputs("<div><figcaption>", page->out);
	if (receiver->new)
		fputs("<strong>new</strong><br>", page->out);
	if (receiver->has_rhythm) {
		text_init(&text, words, sizeof(words));
		rhythm_print_period(&receiver->rhythm, &text);
		html_put(page->out, "<strong>%s</strong><br>", words);
	}
	put_times(page, receiver);
	if (receiver->before_listed > 0)
		html_put(page->out, "<br>asked %s since %s, before a list "
			 "named it",
			 summary_page_count(receiver->before_listed, "time",
					    words),
			 summary_page_moment(receiver->before_since, since));
	fputs("</figcaption></div>", page->out);
}

void summary_page_figure(const struct summary_page *page,
			 const struct summary_receiver *receiver)
{
	fputs("<figure>", page->out);
	put_who(page->out, receiver);
	fputs("<div>", page->out);
	summary_page_slots(page, receiver->slots, receiver->slots_sunk);
	put_names(page->out, receiver);
	put_reasons(page->out, receiver);
	fputs("</div>", page->out);
	put_facts(page, receiver);
	fputs("</figure>\n", page->out);
}

void summary_page_line(const struct summary_page *page,
		       const struct summary_receiver *receiver)
{
	html_put(page->out, "<tr><td>%s</td>", receiver->receiver);
	html_put_count(page->out, receiver->count);
	html_put_count(page->out, receiver->sunk);
	fputs("<td class=\"t\">", page->out);
	put_times(page, receiver);
	fputs(receiver->new ? "</td><td>new</td></tr>\n"
			    : "</td><td></td></tr>\n", page->out);
}
