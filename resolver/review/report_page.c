/*
 * From the plainest sentence to the longest table: who reads only the first
 * lines is told the most important thing, and what it does not mean.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#ifdef HAVE_JANSSON

#include "review/report_page.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "base/text.h"
#include "review/html.h"
#include "review/report.h"
#include "review/report_picture.h"
#include "review/words.h"

enum { FIGURES = 40, REGULAR = 8, SECOND = 1000000 };

const char *report_time(uint64_t wall, char words[REPORT_TIME])
{
	time_t seconds = (time_t)(wall / SECOND);
	struct tm tm;

	if (localtime_r(&seconds, &tm) == NULL ||
	    strftime(words, REPORT_TIME, "%Y-%m-%d %H:%M:%S %z", &tm) == 0)
		snprintf(words, REPORT_TIME, "@%llu",
			 (unsigned long long)(wall / SECOND));
	return words;
}

const char *report_called(const struct report_facts *facts, int64_t device)
{
	const json_t *one;
	size_t i;

	json_array_foreach(facts->devices, i, one) {
		const char *called = json_string_value(
			json_object_get(one, "called"));

		if (json_integer_value(json_object_get(one, "id")) == device &&
		    called != NULL && called[0] != '\0')
			return called;
	}
	return "a device that nobody knows";
}

const char *report_whose(const struct report_facts *facts,
			 const struct report_group *group)
{
	return group->client[0] != '\0' ? group->client
					: report_called(facts, group->device);
}

static const char *noun_words(uint64_t count, const char *noun,
			      char words[REPORT_TIME])
{
	struct text text;

	text_init(&text, words, REPORT_TIME);
	words_count(count, noun, &text);
	return words;
}

static const char *count_words(uint64_t count, char words[REPORT_TIME])
{
	struct text text;

	text_init(&text, words, REPORT_TIME);
	words_number(count, &text);
	return words;
}

/* --- the head --- */

static const char *whose(const struct report_facts *facts)
{
	const json_t *device = json_object_get(facts->about, "device");
	const char *called = json_string_value(json_object_get(device,
							       "called"));

	return called != NULL ? called : "this household";
}

static void put_head(const struct report_facts *facts, FILE *out)
{
	char since[REPORT_TIME], until[REPORT_TIME];

	html_put(out, "<h1>Whom %s asked for</h1>\n"
		 "<p class=\"quiet\">DNS questions from %s to %s, as "
		 "homebound wrote them down.</p>\n", whose(facts),
		 report_time(facts->since, since),
		 report_time(facts->until, until));
}

/* How many receivers there are, and of how many something was sunk. */
static void count_receivers(const struct report_facts *facts, unsigned *all,
			    unsigned *sunk)
{
	const struct report_group *const *groups =
		report_groups(facts->report, all);

	for (*sunk = 0; *sunk < *all && groups[*sunk]->sunk > 0;)
		++*sunk;
}

static void put_lead(const struct report_facts *facts, FILE *out)
{
	struct report_sum sum = report_sum(facts->report);
	char questions[REPORT_TIME], sunk_words[REPORT_TIME];
	char receivers[REPORT_TIME], of_them[REPORT_TIME];
	unsigned all, sunk;

	count_receivers(facts, &all, &sunk);
	html_put(out, "<p class=\"lead\">%s, %s%s. "
		 "<strong class=\"sunk\">%s sunk, for %s of them</strong>: "
		 "the household answered with an address of its own or with "
		 "none, so that whoever asked did not learn where the receiver "
		 "is.</p>\n", noun_words(sum.questions, "question", questions),
		 noun_words(all, "receiver", receivers),
		 json_is_null(json_object_get(facts->about, "device")) ?
		 ", each counted anew for every device" : "",
		 count_words(sum.sunk, sunk_words),
		 count_words(sunk, of_them));
	if (sum.beyond > 0)
		html_put(out, "<p>%s questions more were for receivers beyond "
			 "those that this page counts; they are in rows.csv."
			 "</p>\n", count_words(sum.beyond, questions));
}

static void put_meaning(FILE *out)
{
	fputs("<aside><p><strong>What this shows.</strong> That a device asked "
	      "for these names, at these times, and what it was answered. A "
	      "receiver is the part of a name that is registered to "
	      "somebody.</p>\n"
	      "<p><strong>What it does not show.</strong> DNS sees questions, "
	      "not transfers: that a name was asked for does not prove that "
	      "anything was sent, nor what, nor how much. A device that keeps "
	      "an answer for a while asks less often than it connects. One "
	      "that brings its own addresses or its own encrypted DNS does not "
	      "ask here at all. Which person or program was behind a "
	      "question is not known.</p></aside>\n", out);
}

/* A gap is the first thing that somebody in doubt wants to know of. */
static void put_gaps_note(const struct report_facts *facts, FILE *out)
{
	size_t count = json_array_size(facts->gaps);
	char words[REPORT_TIME];

	if (count == 0) {
		fputs("<aside><p><strong>Nothing is known to be missing."
		      "</strong> The journal names no gap in this time.</p>"
		      "</aside>\n", out);
		return;
	}
	html_put(out, "<aside class=\"warn\"><p><strong>Something is "
		 "missing.</strong> The journal itself says that it lost "
		 "queries in this time: %s, <a href=\"#gaps\">listed "
		 "below</a> and shaded in the timelines.</p></aside>\n",
		 noun_words(count, "gap", words));
}

/* --- the pictures --- */

/* Marks and gaps, for the timelines; free(3). */
static struct report_moment *take_moments(const struct report_facts *facts)
{
	size_t room = json_array_size(facts->marks) +
		      json_array_size(facts->gaps) + 1;
	struct report_moment *moments = calloc(room, sizeof(*moments));
	struct report_moment *moment = moments;
	const json_t *one;
	size_t i;

	if (moments == NULL)
		return NULL;
	json_array_foreach(facts->marks, i, one) {
		json_int_t at = json_integer_value(
			json_object_get(one, "time_us"));

		if (at > 0)
			(moment++)->from = (uint64_t)at;
	}
	json_array_foreach(facts->gaps, i, one) {
		json_int_t from = json_integer_value(
			json_object_get(one, "from_us"));
		json_int_t until = json_integer_value(
			json_object_get(one, "until_us"));

		if (from >= 0 && until > 0)
			*moment++ = (struct report_moment){
				(uint64_t)from, (uint64_t)until,
			};
	}
	return moments;
}

/* The three neighbours that most gaps are in, and how many that is. */
static unsigned find_peak(const struct report_group *group, uint64_t *in_peak,
			  uint64_t *all)
{
	unsigned peak = 0;

	*in_peak = *all = 0;
	for (unsigned i = 0; i < REPORT_GAPS; i++)
		*all += group->gaps[i];
	for (unsigned i = 0; i + 3 < REPORT_GAPS; i++) {
		uint64_t here = (uint64_t)group->gaps[i] + group->gaps[i + 1] +
				group->gaps[i + 2];

		if (here <= *in_peak)
			continue;
		*in_peak = here;
		peak = i;
	}
	return peak;
}

static void put_regular(const struct report_group *group, FILE *out)
{
	char words[REPORT_TIME], some[REPORT_TIME], most[REPORT_TIME];
	uint64_t in_peak, all;
	unsigned peak = find_peak(group, &in_peak, &all);
	struct text text;

	if (all < REGULAR || in_peak * 3 < all * 2) {
		html_put(out, "%s",
			 noun_words(group->attempts, "attempt", some));
		return;
	}
	text_init(&text, words, sizeof(words));
	words_span(report_gap_at(peak), &text);
	text_put(&text, " to ");
	words_span(report_gap_at(peak + 3), &text);
	html_put(out, "%s of %s times it came back after %s",
		 count_words(in_peak, some), count_words(all, most), words);
}

static void put_names(const struct report_group *group, FILE *out)
{
	char words[REPORT_TIME];

	for (unsigned i = 0; i < REPORT_NAMES && group->names[i].name; i++)
		html_put(out, "%s%s&nbsp;(%s)", i > 0 ? ", " : "",
			 group->names[i].name,
			 count_words(group->names[i].count, words));
	if (group->more > 0)
		html_put(out, " and %s for other names",
			 count_words(group->more, words));
}

static void put_figure(const struct report_facts *facts,
		       const struct report_axis *axis,
		       const struct report_group *group, FILE *out)
{
	char sunk[REPORT_TIME], all[REPORT_TIME];

	html_put(out, "<figure><div><h3>%s</h3><figcaption>%s",
		 group->receiver, report_whose(facts, group));
	html_put(out, "<br>%s",
		 noun_words(group->questions, "question", all));
	if (group->sunk > 0)
		html_put(out, ", <strong class=\"sunk\">%s sunk</strong>",
			 count_words(group->sunk, sunk));
	fputs("</figcaption></div><div>", out);
	report_picture_timeline(out, axis, group);
	fputs("<figcaption>", out);
	put_names(group, out);
	fputs("</figcaption></div><div>", out);
	report_picture_gaps(out, group);
	fputs("<figcaption>", out);
	put_regular(group, out);
	fputs("</figcaption></div></figure>\n", out);
}

static void put_key(const struct report_facts *facts, FILE *out)
{
	fputs("<h2>When, and how regularly</h2>\n"
	      "<p>Each line is one receiver and one device. Left: the "
	      "questions over time, a bar as high as the root of their number. "
	      "Right: how long it was from one attempt to the next; a program "
	      "that reports by itself is a tower, a person is a plain. "
	      "Questions less than five seconds apart are one attempt.</p>\n"
	      "<p class=\"quiet key\"><span><i class=\"sunk\"></i>sunk</span>"
	      "<span><i></i>answered</span>", out);
	if (json_array_size(facts->marks) > 0)
		fputs("<span>dashed: a mark</span>", out);
	if (json_array_size(facts->gaps) > 0)
		fputs("<span>shaded: a gap</span>", out);
	fputs("</p>\n", out);
}

static void put_figures(const struct report_facts *facts,
			const struct report_axis *axis, FILE *out)
{
	const struct report_group *const *groups;
	unsigned count;

	groups = report_groups(facts->report, &count);
	if (count == 0) {
		fputs("<p>Nothing was asked for in this time.</p>\n", out);
		return;
	}
	put_key(facts, out);
	fputs("<figure class=\"axis\"><div></div><div>", out);
	report_picture_axis(out, axis);
	fputs("</div><div>", out);
	report_picture_gaps_axis(out);
	fputs("</div></figure>\n", out);
	for (unsigned i = 0; i < count && i < FIGURES; i++)
		put_figure(facts, axis, groups[i], out);
	if (count > FIGURES)
		fputs("<p class=\"quiet\">The rest stands in the table "
		      "below.</p>\n", out);
}

int report_page(const struct report_facts *facts, FILE *out)
{
	struct report_moment *moments = take_moments(facts);
	struct report_axis axis = { facts->since, facts->until, moments };
	char title[512];
	struct text text;

	if (moments == NULL)
		return -ENOMEM;
	text_init(&text, title, sizeof(title));
	text_put(&text, "Whom %s asked for", whose(facts));
	html_begin(out, title);
	put_head(facts, out);
	put_lead(facts, out);
	put_gaps_note(facts, out);
	put_meaning(out);
	put_figures(facts, &axis, out);
	report_tables(facts, out);
	html_end(out);
	free(moments);
	return 0;
}

#else

/* An empty file is none (C11, 6.9). */
extern const int report_page_is_not_built;

#endif
