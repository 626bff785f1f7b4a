/*
 * Which marks are meant, whose rows are looked at, and where the journal has
 * holes: what review/compare.c needs to be told.
 */
#include "commands/marked.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "base/utf8.h"
#include "commands/terminal.h"
#include "commands/trail.h"
#include "control/command.h"
#include "journal/marks.h"
#include "review/compare.h"
#include "review/compare_print.h"

enum {
	MARKS = 4096,		/* the latest that are known */
	GAPS = 4096,
	AROUND = 20,		/* lines of the report that are no names */
	NAMES_LEAST = 5,
};

struct one {
	int64_t id, device;
	uint64_t time;
	char label[MARK_LABEL + 1];
};

struct marked {
	struct trail *trail;
	const struct marked_wish *wish;
	const char *label;		/* of those that are compared */
	struct one marks[MARKS];	/* in order of time */
	unsigned count;
	uint64_t times[MARKS];		/* of those that controls avoid */
	unsigned time_count;
	uint64_t chosen[COMPARE_MARKS];
	unsigned chosen_count;
	struct compare_span gaps[GAPS];
	unsigned gap_count;
};

__attribute__((format(printf, 2, 3)))
static int complain(const struct marked *marked, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "homebound %s: ", marked->trail->command);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return EXIT_FAILED;
}

/* --- which marks --- */

static bool keep_mark(void *context, const struct mark *mark)
{
	struct marked *marked = context;
	struct one *one;

	if (marked->count == MARKS) {
		memmove(marked->marks, marked->marks + 1,
			(MARKS - 1) * sizeof(*marked->marks));
		marked->count--;
	}
	one = &marked->marks[marked->count++];
	*one = (struct one){
		.id = mark->id, .device = mark->device, .time = mark->time,
	};
	snprintf(one->label, sizeof(one->label), "%.*s", MARK_LABEL,
		 mark->label);
	return true;
}

/* The number of a mark, where the word is one and such a mark is there. */
static const struct one *by_number(const struct marked *marked,
				   const char *word)
{
	char *end;
	int64_t id;

	errno = 0;
	id = strtoll(word, &end, 10);
	if (*word < '0' || *word > '9' || *end != '\0' || errno != 0)
		return NULL;
	for (unsigned i = 0; i < marked->count; i++)
		if (marked->marks[i].id == id)
			return &marked->marks[i];
	return NULL;
}

static const struct one *by_label(const struct marked *marked,
				  const char *label)
{
	for (unsigned i = marked->count; i-- > 0; )
		if (strcasecmp(marked->marks[i].label, label) == 0)
			return &marked->marks[i];
	return NULL;
}

/* The last one that is meant; *alone: it and no other of its label. */
static const struct one *find(const struct marked *marked, bool *alone)
{
	const char *what = marked->wish->what;
	const struct one *one;

	*alone = false;
	if (what == NULL)
		return &marked->marks[marked->count - 1];
	one = by_label(marked, what);
	if (one != NULL)
		return one;
	*alone = true;
	return by_number(marked, what);
}

static bool is_about(const struct marked *marked, const struct one *one)
{
	int64_t device = marked->trail->device;

	return device == 0 || one->device == 0 || one->device == device;
}

/* The latest, where there are more than can be compared. */
static void choose(struct marked *marked, const struct one *like, bool alone)
{
	for (unsigned i = 0; i < marked->count; i++) {
		const struct one *one = &marked->marks[i];

		if (!is_about(marked, one))
			continue;
		marked->times[marked->time_count++] = one->time;
		if (alone ? one != like
			  : strcasecmp(one->label, like->label) != 0)
			continue;
		if (marked->chosen_count == COMPARE_MARKS) {
			memmove(marked->chosen, marked->chosen + 1,
				(COMPARE_MARKS - 1) * sizeof(uint64_t));
			marked->chosen_count--;
		}
		marked->chosen[marked->chosen_count++] = one->time;
	}
}

/* Marks of one label may be about different devices: then it must be said. */
static int take_device(struct marked *marked, const struct one *like,
		       bool alone)
{
	int64_t device = like->device;

	if (marked->wish->device != NULL)
		return trail_follow(marked->trail, marked->wish->device);
	for (unsigned i = 0; i < marked->count && !alone; i++) {
		const struct one *one = &marked->marks[i];

		if (strcasecmp(one->label, like->label) != 0 ||
		    one->device == 0 || one->device == device)
			continue;
		if (device != 0)
			return complain(marked, "there are marks of this "
					"label for several devices: say for "
					"which one (--device)");
		device = one->device;
	}
	if (device != 0)
		trail_follow_id(marked->trail, device);
	return 0;
}

static int take_marks(struct marked *marked)
{
	const struct marks_filter all = { 0 };
	int error = marks_each(marked->trail->db, &all, keep_mark, marked);
	const struct one *like;
	char shown[1024];
	struct text text;
	bool alone;
	int code;

	if (error < 0)
		return complain(marked, "%s", error_words(error));
	if (marked->count == 0)
		return complain(marked, "there is no mark yet: homebound mark "
				"LABEL makes one");
	like = find(marked, &alone);
	if (like == NULL) {
		text_init(&text, shown, sizeof(shown));
		utf8_put_hostile(&text, bytes_of_string(marked->wish->what));
		return complain(marked, "there is no mark \"%s\": homebound "
				"marks shows all", shown);
	}
	marked->label = like->label;
	code = take_device(marked, like, alone);
	if (code == 0)
		choose(marked, like, alone);
	if (code == 0 && marked->chosen_count == 0)
		code = complain(marked, "that mark is about another device");
	return code;
}

/* --- holes --- */

static bool keep_gap(void *context, const struct reader_note *note)
{
	struct marked *marked = context;

	if (note->step == 0)
		marked->gaps[marked->gap_count++] = (struct compare_span){
			note->from, note->until,
		};
	return marked->gap_count < GAPS;
}

/* --- comparing --- */

static void print_text(const struct marked *marked,
		       struct compare_view *view,
		       const struct compare *compare)
{
	unsigned height = terminal_height();

	view->width = terminal_width();
	view->colour = terminal_wants_colour();
	if (height > 0)
		view->rows = height > AROUND + NAMES_LEAST ? height - AROUND
							   : NAMES_LEAST;
	compare_print(compare, view);
	(void)marked;
}

static int print(const struct marked *marked, const struct compare *compare)
{
	const struct trail *trail = marked->trail;
	struct compare_view view = {
		.out = stdout, .label = marked->label,
		.device = *trail->words != '\0' ? trail->words : NULL,
	};
	int error;

	if (marked->wish->form == PRINT_TABLE) {
		print_text(marked, &view, compare);
		return EXIT_DONE;
	}
	error = compare_print_records(compare, &view, marked->wish->form);
	if (error == ERROR_ABSENT)
		return complain(marked, "built without jansson, so there is "
				"no --json");
	return error < 0 ? complain(marked, "%s", error_words(error))
			 : EXIT_DONE;
}

static int compare_marks(struct marked *marked)
{
	struct trail *trail = marked->trail;
	struct compare_source source = trail_source;
	struct compare_question question = {
		.marks = marked->chosen, .mark_count = marked->chosen_count,
		.others = marked->times, .other_count = marked->time_count,
		.gaps = marked->gaps, .window = marked->wish->window,
		.controls = marked->wish->controls,
		.begin = trail_begin(trail),
	};
	struct compare *compare;
	struct clock clock = { 0 };
	int error, code;

	clock_update(&clock);
	question.now = clock.wall;
	question.gap_count = marked->gap_count;
	source.context = trail;
	error = compare_run(&compare, &question, &source);
	if (error < 0)
		return complain(marked, "%s", error_words(error));
	code = print(marked, compare);
	compare_free(compare);
	return code;
}

int marked_report(struct trail *trail, const struct marked_wish *wish)
{
	const struct reader_filter all = { .verdict = -1 };
	struct marked *marked = calloc(1, sizeof(*marked));
	int code;

	if (marked == NULL)
		return EXIT_FAILED;
	marked->trail = trail;
	marked->wish = wish;
	code = take_marks(marked);
	if (code == 0 &&
	    reader_notes(trail->reader, &all, keep_gap, marked) < 0)
		code = EXIT_FAILED;
	if (code == 0)
		code = compare_marks(marked);
	free(marked);
	return code;
}
