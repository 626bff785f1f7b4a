/*
 * Half of the controls are at the same time of other days, the nearest first,
 * for a household has its hours; the others end where the mark begins, and
 * fill up where days are missing.  A control is of no use when
 *
 *	it overlaps what comes after any mark, or another control;
 *	the journal has a gap in it;
 *	the device asked nothing in it nor around it: it was off, and a device
 *	that is off would make everything look as if it went with the mark.
 *
 * What was asked around a silent window tells whether the device was there.
 */
#include "review/windows.h"

#include <string.h>

#include "journal/row.h"

enum { DAYS = 14, BEFORE = 4 };	/* tried: days, times as many windows */

#define SECOND ((uint64_t)1000000)
#define DAY (86400 * SECOND)
#define AROUND (1800 * SECOND)

/* What a look at a window came to; below 0: an error. */
enum { GOOD = COMPARE_REASONS, TAKEN };

struct choice {
	struct windows *windows;
	const struct compare_question *question;
	const struct compare_source *source;
};

static bool overlap(const struct compare_span *one,
		    const struct compare_span *other)
{
	return one->since < other->until && other->since < one->until;
}

static bool overlaps_any(const struct compare_span *span,
			 const struct compare_span *many, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if (overlap(span, &many[i]))
			return true;
	return false;
}

/* A gap of one moment has that moment in it. */
static bool has_gap(const struct choice *choice,
		    const struct compare_span *span)
{
	const struct compare_question *question = choice->question;

	for (unsigned i = 0; i < question->gap_count; i++)
		if (question->gaps[i].since < span->until &&
		    span->since <= question->gaps[i].until)
			return true;
	return false;
}

static struct compare_span after(uint64_t mark, uint64_t window)
{
	return (struct compare_span){ mark, mark + window };
}

static bool meets_mark(const struct choice *choice,
		       const struct compare_span *span)
{
	const struct compare_question *question = choice->question;

	for (unsigned i = 0; i < question->other_count; i++) {
		struct compare_span other = after(question->others[i],
						  question->window);

		if (overlap(span, &other))
			return true;
	}
	return false;
}

static struct compare_span around(const struct compare_span *span)
{
	return (struct compare_span){
		span->since > AROUND ? span->since - AROUND : 0,
		span->until + AROUND,
	};
}

static bool stop_at_first(void *context, const struct row *row)
{
	bool *any = context;

	(void)row;
	*any = true;
	return false;
}

/* 1, 0, or an error. */
static int has_rows(const struct choice *choice,
		    const struct compare_span *span)
{
	bool any = false;
	int error = choice->source->rows(choice->source->context, span,
					 stop_at_first, &any);

	return error < 0 ? error : any;
}

/* GOOD, or why nothing can be said of that time, or an error. */
static int look(const struct choice *choice, const struct compare_span *span)
{
	struct compare_span wide = around(span);
	int ran, has = has_rows(choice, span);

	if (has == 0)
		has = has_rows(choice, &wide);
	if (has != 0)
		return has < 0 ? has : GOOD;
	ran = choice->source->ran(choice->source->context, &wide);
	if (ran < 0)
		return ran;
	return ran ? COMPARE_LEFT_SILENT : COMPARE_LEFT_OFF;
}

/* --- after the marks --- */

/* What the device does not do after a mark counts, too. */
static int judge_mark(const struct choice *choice,
		      const struct compare_span *span)
{
	const struct windows *windows = choice->windows;
	int found;

	if (overlaps_any(span, windows->marks, windows->mark_count))
		return COMPARE_LEFT_MARK;
	if (span->until > choice->question->now)
		return COMPARE_LEFT_EARLY;
	if (has_gap(choice, span))
		return COMPARE_LEFT_GAP;
	found = look(choice, span);
	return found == COMPARE_LEFT_SILENT ? GOOD : found;
}

static int choose_marks(const struct choice *choice)
{
	const struct compare_question *question = choice->question;
	struct windows *windows = choice->windows;

	for (unsigned i = 0; i < question->mark_count; i++) {
		struct compare_span span = after(question->marks[i],
						 question->window);
		int found = judge_mark(choice, &span);

		if (found < 0)
			return found;
		if (found == GOOD)
			windows->marks[windows->mark_count++] = span;
		else
			windows->marks_left[found]++;
	}
	return 0;
}

/* --- controls --- */

/* TAKEN: a control lies there already, or the journal is not about it. */
static int judge_control(const struct choice *choice,
			 const struct compare_span *span)
{
	const struct windows *windows = choice->windows;

	if (span->since < choice->question->begin ||
	    span->until > choice->question->now ||
	    overlaps_any(span, windows->controls, windows->control_count))
		return TAKEN;
	if (meets_mark(choice, span))
		return COMPARE_LEFT_MARK;
	if (has_gap(choice, span))
		return COMPARE_LEFT_GAP;
	return look(choice, span);
}

/* 1: it is one; 0: it is none; or an error. */
static int try_control(const struct choice *choice,
		       const struct compare_span *span)
{
	struct windows *windows = choice->windows;
	int found = judge_control(choice, span);

	if (found < 0 || found == TAKEN)
		return found < 0 ? found : 0;
	if (found == GOOD)
		windows->controls[windows->control_count++] = *span;
	else
		windows->controls_left[found]++;
	return found == GOOD;
}

/* A day before, a day after, two days before: 0 for none of that time. */
static struct compare_span other_day(const struct compare_span *mark,
				     unsigned turn)
{
	uint64_t away = (uint64_t)(turn / 2 + 1) * DAY;
	uint64_t since = mark->since + away;

	if (turn % 2 == 0)
		since = mark->since > away ? mark->since - away : 0;
	return after(since, mark->until - mark->since);
}

/* As many as `wanted`; how many it were, or an error. */
static int choose_days(const struct choice *choice,
		       const struct compare_span *mark, unsigned wanted)
{
	unsigned count = 0;

	for (unsigned turn = 0; turn < 2 * DAYS && count < wanted; turn++) {
		struct compare_span span = other_day(mark, turn);
		int found = span.since > 0 ? try_control(choice, &span) : 0;

		if (found < 0)
			return found;
		count += (unsigned)found;
	}
	choice->windows->other_days += count;
	return (int)count;
}

static int choose_before(const struct choice *choice,
			 const struct compare_span *mark, unsigned wanted)
{
	uint64_t window = mark->until - mark->since;
	struct compare_span span = *mark;
	unsigned tries = BEFORE * wanted;

	for (; tries > 0 && wanted > 0 && span.since >= window; tries--) {
		int found;

		span = after(span.since - window, window);
		found = try_control(choice, &span);
		if (found < 0)
			return found;
		wanted -= (unsigned)found;
	}
	return 0;
}

static int choose_controls(const struct choice *choice)
{
	const struct windows *windows = choice->windows;
	unsigned wanted = choice->question->controls;

	for (unsigned i = 0; i < windows->mark_count; i++) {
		const struct compare_span *mark = &windows->marks[i];
		int days = choose_days(choice, mark, wanted / 2), error;

		if (days < 0)
			return days;
		error = choose_before(choice, mark, wanted - (unsigned)days);
		if (error < 0)
			return error;
	}
	return 0;
}

int windows_choose(struct windows *windows,
		   const struct compare_question *question,
		   const struct compare_source *source)
{
	struct choice choice = { windows, question, source };
	int error;

	memset(windows, 0, sizeof(*windows));
	error = choose_marks(&choice);
	return error < 0 ? error : choose_controls(&choice);
}
