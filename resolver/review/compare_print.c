/*
 *	After "plugged the reader in": 3 times, 60 s each, 192.168.1.23
 *	Otherwise: 24 windows as long, 12 of them on other days
 *
 *	after   otherwise  first after          by chance   became   name
 *	3 of 3  0 of 24    2.0 s (1.0 to 3.0)   1 in 2,925  sunk     ...
 *
 * Names that are asked for as much as otherwise are a number; those that are
 * missing after the mark are named in a line.
 */
#include "review/compare_print.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "base/utf8.h"
#include "dns/name.h"
#include "review/colour.h"
#include "review/compare.h"
#include "review/records.h"
#include "review/words.h"

enum {
	CELL = 64, LESS_NAMED = 3, NAME_LEAST = 16, WIDTH_TEXT = 78,
	SECOND = 1000000, LABEL = 1024,
};

#define UNLIKELY 0.05

enum column { AFTER, OTHERWISE, FIRST, CHANCE, BECAME, COLUMNS };

struct line {
	char cells[COLUMNS][CELL];
	char name[NAME_TEXT + 8];
};

struct page {
	const struct compare *compare;
	const struct compare_view *view;
	unsigned width[COLUMNS];
};

static const char *const titles[COLUMNS] = {
	"after", "otherwise", "first after", "by chance", "became",
};

/* --- the head --- */

static const char *plural(unsigned count)
{
	return count == 1 ? "" : "s";
}

static void print_left(const struct page *page, const unsigned *left,
		       const char *what)
{
	static const char *const why[COMPARE_REASONS] = {
		[COMPARE_LEFT_GAP] = "the journal has a gap there",
		[COMPARE_LEFT_MARK] = "too near to another mark",
		[COMPARE_LEFT_OFF] = "the journal has nothing of that time",
		[COMPARE_LEFT_SILENT] = "the device was silent, perhaps off",
		[COMPARE_LEFT_EARLY] = "not over yet",
	};

	for (unsigned i = 0; i < COMPARE_REASONS; i++)
		if (left[i] > 0)
			fprintf(page->view->out, "  %u %s%s left out: %s\n",
				left[i], what, plural(left[i]), why[i]);
}

static void print_head(const struct page *page)
{
	const struct compare *compare = page->compare;
	FILE *out = page->view->out;
	char label[LABEL], span[64];
	struct text text;

	text_init(&text, label, sizeof(label));
	utf8_put_hostile(&text, bytes_of_string(page->view->label));
	text_init(&text, span, sizeof(span));
	words_span(compare->window, &text);
	fprintf(out, "After \"%s\": %u mark%s, %s each, %s\n", label,
		compare->marks, plural(compare->marks), span,
		page->view->device ? page->view->device : "all devices");
	print_left(page, compare->marks_left, "mark");
	fprintf(out, "Otherwise: %u control window%s as long: %u at the same "
		"time of other days, %u just before\n", compare->controls,
		plural(compare->controls), compare->other_days,
		compare->controls - compare->other_days);
	print_left(page, compare->controls_left, "window");
}

/* --- the table --- */

static void put_seconds(struct text *out, uint64_t microseconds)
{
	text_put(out, "%" PRIu64 ".%02u", microseconds / SECOND,
		 (unsigned)(microseconds % SECOND / (SECOND / 100)));
}

static void fill_first(struct line *line, const struct compare_name *name)
{
	struct text text;

	text_init(&text, line->cells[FIRST], CELL);
	if (name->after == 0)
		return;
	put_seconds(&text, name->first);
	text_put(&text, " s");
	if (name->after == 1)
		return;
	text_put(&text, " (");
	put_seconds(&text, name->first_least);
	text_put(&text, " to ");
	put_seconds(&text, name->first_most);
	text_put(&text, ")");
}

static void fill_chance(const struct page *page, struct line *line,
			const struct compare_name *name)
{
	struct text text;

	text_init(&text, line->cells[CHANCE], CELL);
	if (page->compare->controls == 0)
		text_put(&text, "-");
	else if (name->chance > 0.5)
		text_put(&text, "likely");
	else if (name->chance < 1e-9)
		text_put(&text, "1 in a billion");
	else {
		text_put(&text, "1 in ");
		words_number((uint64_t)(1 / name->chance + 0.5), &text);
	}
	if (name->telling)
		text_put(&text, " *");
}

static void fill_became(struct line *line, const struct compare_name *name)
{
	const char *words = name->sunk == 0 ? "passed" : "sunk";

	if (name->asked_after == 0)
		words = "";
	if (name->sunk > 0 && name->sunk < name->asked_after)
		snprintf(line->cells[BECAME], CELL, "sunk %" PRIu64 " of %"
			 PRIu64, name->sunk, name->asked_after);
	else
		snprintf(line->cells[BECAME], CELL, "%s", words);
}

static void fill(const struct page *page, struct line *line,
		 const struct compare_name *name)
{
	struct text text;

	memset(line, 0, sizeof(*line));
	snprintf(line->cells[AFTER], CELL, "%u of %u", name->after,
		 page->compare->marks);
	snprintf(line->cells[OTHERWISE], CELL, "%u of %u", name->otherwise,
		 page->compare->controls);
	fill_first(line, name);
	fill_chance(page, line, name);
	fill_became(line, name);
	text_init(&text, line->name, sizeof(line->name));
	words_put(name->name, &text);
}

static void put_name(const struct page *page, const char *name, unsigned used)
{
	unsigned width = page->view->width, room;
	size_t len = strlen(name);

	room = width > used + NAME_LEAST ? width - used : NAME_LEAST;
	if (width > 0 && len > room)
		fprintf(page->view->out, "..%s", name + (len - room + 2));
	else
		fputs(name, page->view->out);
}

static void print_line(const struct page *page, const struct line *line,
		       const char *colour)
{
	FILE *out = page->view->out;
	unsigned used = 0;

	if (page->view->colour && colour != NULL)
		fputs(colour, out);
	for (unsigned i = 0; i < COLUMNS; i++) {
		fprintf(out, "%-*s  ", (int)page->width[i], line->cells[i]);
		used += page->width[i] + 2;
	}
	put_name(page, line->name, used);
	if (page->view->colour && colour != NULL)
		fputs(COLOUR_PLAIN, out);
	fputc('\n', out);
}

static void widen(struct page *page, const struct line *line)
{
	for (unsigned i = 0; i < COLUMNS; i++) {
		size_t len = strlen(line->cells[i]);

		if (len > page->width[i])
			page->width[i] = (unsigned)len;
	}
}

static bool goes_with_mark(const struct compare_name *name)
{
	return name->kind == COMPARE_ONLY_AFTER ||
	       name->kind == COMPARE_MORE;
}

/* They stand in front. */
static unsigned shown(const struct page *page, unsigned *count)
{
	const struct compare *compare = page->compare;
	unsigned most = page->view->rows;

	*count = 0;
	while (*count < compare->name_count &&
	       goes_with_mark(&compare->names[*count]))
		++*count;
	return most > 0 && *count > most ? most : *count;
}

static void print_titles(const struct page *page)
{
	struct line line = { .name = "name" };

	for (unsigned i = 0; i < COLUMNS; i++)
		strcpy(line.cells[i], titles[i]);
	print_line(page, &line, COLOUR_BOLD);
}

static void print_names(struct page *page, unsigned count)
{
	const struct compare_name *names = page->compare->names;
	struct line line;

	for (unsigned i = 0; i < COLUMNS; i++)
		page->width[i] = (unsigned)strlen(titles[i]);
	for (unsigned i = 0; i < count; i++) {
		fill(page, &line, &names[i]);
		widen(page, &line);
	}
	fputc('\n', page->view->out);
	print_titles(page);
	for (unsigned i = 0; i < count; i++) {
		fill(page, &line, &names[i]);
		print_line(page, &line, names[i].telling ? COLOUR_RED : NULL);
	}
}

/* More often is not what the test is about: it is said beside it. */
static void print_more(const struct page *page, unsigned count)
{
	const struct compare *compare = page->compare;

	for (unsigned i = 0; i < count; i++) {
		const struct compare_name *name = &compare->names[i];
		char words[NAME_TEXT];
		struct text text;

		if (name->kind != COMPARE_MORE)
			continue;
		text_init(&text, words, sizeof(words));
		words_put(name->name, &text);
		fprintf(page->view->out, "%s: asked %.1f times a window, "
			"otherwise %.1f\n", words, (double)name->asked_after /
			compare->marks, (double)name->asked_otherwise /
			compare->controls);
	}
}

/* --- what else there is --- */

/* What is missing after few marks is told only where it is not by chance. */
static bool is_missed(const struct compare_name *name)
{
	return name->kind >= COMPARE_LESS && name->chance <= UNLIKELY;
}

/* As wide as a page, whatever the terminal. */
static void print_wrapped(FILE *out, const char *words)
{
	size_t column = 0;

	while (*words != '\0') {
		size_t len = strcspn(words, " ");

		if (column > 0 && column + 1 + len > WIDTH_TEXT) {
			fputc('\n', out);
			column = 0;
		}
		column += (size_t)fprintf(out, "%s%.*s", column > 0 ? " " : "",
					  (int)len, words);
		words += len + (words[len] == ' ');
	}
	fputc('\n', out);
}

static void print_less(const struct page *page)
{
	const struct compare *compare = page->compare;
	char words[LESS_NAMED * NAME_TEXT + 256];
	unsigned same = 0, less = 0;
	struct text text;

	text_init(&text, words, sizeof(words));
	for (unsigned i = 0; i < compare->name_count; i++) {
		const struct compare_name *name = &compare->names[i];

		same += !goes_with_mark(name) && !is_missed(name);
		if (!is_missed(name) || less++ >= LESS_NAMED)
			continue;
		text_put(&text, less > 1 ? ", " : "");
		words_put(name->name, &text);
	}
	if (same > 0)
		fprintf(page->view->out, "%u name%s %s asked for as otherwise, "
			"as far as can be told.\n", same, plural(same),
			same == 1 ? "was" : "were");
	if (less == 0)
		return;
	if (less > LESS_NAMED)
		text_put(&text, ", and %u more", less - LESS_NAMED);
	text_put(&text, ".");
	fputs("Less or not at all after the mark: ", page->view->out);
	fprintf(page->view->out, "%s\n", words);
}

static void explain_chance(const struct page *page)
{
	const struct compare *compare = page->compare;
	unsigned names = compare->name_count;
	char words[512];
	struct text text;

	if (compare->controls == 0 || names == 0)
		return;
	text_init(&text, words, sizeof(words));
	text_put(&text, "By chance: how often a name that has nothing to do "
		 "with the mark would fall into that many of these windows "
		 "after it (Fisher's exact test). ");
	if (names == 1)
		text_put(&text, "One name was looked at; * is 1 in 20 or "
			 "less.");
	else
		text_put(&text, "%u names were looked at, so one at 1 in %u "
			 "is to be expected; * is 1 in %u or less.", names,
			 names, 20 * names);
	print_wrapped(page->view->out, words);
}

static void print_caveats(const struct page *page)
{
	const struct compare *compare = page->compare;
	FILE *out = page->view->out;

	if (compare->controls == 0)
		print_wrapped(out, "There is nothing to compare with: what "
			      "stands here may be what is always asked for.");
	else if (compare->marks == 1)
		print_wrapped(out, "One mark cannot tell what comes of it from "
			      "what happened to come then. Do it again, and "
			      "mark it with the same label.");
	if (compare->names_beyond > 0)
		fprintf(out, "%" PRIu64 " questions for further names are "
			"left out: there were more than %d names.\n",
			compare->names_beyond, COMPARE_NAMES);
	print_wrapped(out, "These are questions put to DNS, not transfers: "
		      "none of them shows that anything was sent. Who keeps "
		      "an answer for its TTL does not ask again, and what "
		      "brings addresses or an encrypted DNS of its own does "
		      "not ask at all.");
}

void compare_print(const struct compare *compare,
		   const struct compare_view *view)
{
	struct page page = { .compare = compare, .view = view };
	unsigned all, count = shown(&page, &all);

	print_head(&page);
	if (compare->marks == 0)
		return;
	if (count > 0)
		print_names(&page, count);
	else
		fputs("\nNothing was asked for that is not asked for as "
		      "often otherwise.\n", view->out);
	if (all > count)
		fprintf(view->out, "and %u more names (--csv has all)\n",
			all - count);
	fputc('\n', view->out);
	print_more(&page, count);
	print_less(&page);
	explain_chance(&page);
	print_caveats(&page);
}

/* --- for programs --- */

static const char *kind_words(enum compare_kind kind)
{
	static const char *const words[] = {
		[COMPARE_ONLY_AFTER] = "only after",
		[COMPARE_MORE] = "more after",
		[COMPARE_SAME] = "same",
		[COMPARE_LESS] = "less after",
		[COMPARE_ONLY_OTHERWISE] = "only otherwise",
	};

	return words[kind];
}

static void put_firsts(struct records *records,
		       const struct compare_name *name)
{
	const uint64_t firsts[] = { name->first, name->first_least,
				    name->first_most };

	for (unsigned i = 0; i < 3; i++)
		if (name->after > 0)
			records_number(records, (int64_t)firsts[i]);
		else
			records_nothing(records);
}

static void put_record(struct records *records, const struct page *page,
		       const struct compare_name *name)
{
	const struct compare *compare = page->compare;

	records_text(records, page->view->label);
	records_text(records, page->view->device);
	records_stored(records, name->name);
	records_text(records, kind_words(name->kind));
	records_number(records, name->after);
	records_number(records, compare->marks);
	records_number(records, name->otherwise);
	records_number(records, compare->controls);
	records_number(records, (int64_t)name->asked_after);
	records_number(records, (int64_t)name->asked_otherwise);
	records_number(records, (int64_t)name->sunk);
	put_firsts(records, name);
	records_real(records, name->chance);
	records_flag(records, name->telling);
	records_end(records);
}

int compare_print_records(const struct compare *compare,
			  const struct compare_view *view,
			  enum print_form form)
{
	static const char *const names[] = {
		"label", "device", "name", "kind", "after", "marks",
		"otherwise", "controls", "asked_after", "asked_otherwise",
		"sunk_after", "first_us", "first_least_us", "first_most_us",
		"chance", "telling", NULL,
	};
	struct page page = { .compare = compare, .view = view };
	struct records *records;
	int error = records_open(&records, view->out, form, names);

	if (error < 0)
		return error;
	for (unsigned i = 0; i < compare->name_count; i++)
		put_record(records, &page, &compare->names[i]);
	return records_close(records) ? 0 : -errno;
}
