/*
 * Two passes over the rows: the windows after the marks, then the controls.
 * A name is counted in a table of fixed size; which window saw it last is
 * remembered with it, so that a window counts once.
 *
 *	slots	[ number + 1 of the name, or 0 ]   open addressing, half empty
 *	seen	[ name, windows, questions ] in the order they came
 *	firsts	[ of each name: the delay after each mark ]
 */
#include "review/compare.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/hash.h"
#include "dns/name.h"
#include "journal/row.h"
#include "policy/verdict.h"
#include "review/exact.h"
#include "review/windows.h"

enum { SLOTS = 2 * COMPARE_NAMES };

/* How unlikely it must be that any of all names stands out so by chance. */
#define TELLING 0.05

struct counting {
	struct compare *compare;
	struct windows windows;
	const struct compare_source *source;
	struct hash_key key;
	const struct compare_span *span;	/* being read */
	unsigned window;			/* its number, from 1 */
	bool after;				/* a mark */
	int error;
	uint16_t slots[SLOTS];
	unsigned last_window[COMPARE_NAMES];
	uint64_t *firsts[COMPARE_NAMES];
};

_Static_assert(COMPARE_NAMES < UINT16_MAX, "a slot holds any number");

/* --- the table of names --- */

static size_t lower(struct bytes name, char out[NAME_TEXT])
{
	size_t len = name.len < NAME_TEXT ? name.len : NAME_TEXT - 1;

	for (size_t i = 0; i < len; i++) {
		char c = (char)name.at[i];

		out[i] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
	}
	out[len] = '\0';
	return strlen(out);
}

static int add(struct counting *counting, const char *name, uint16_t *slot)
{
	struct compare *compare = counting->compare;
	unsigned number = compare->name_count;
	char *copy;

	if (number == COMPARE_NAMES) {
		compare->names_beyond++;
		return ERROR_FULL;
	}
	copy = strdup(name);
	if (copy != NULL)
		counting->firsts[number] = calloc(counting->windows.mark_count,
						  sizeof(uint64_t));
	if (copy == NULL || counting->firsts[number] == NULL) {
		free(copy);
		return -ENOMEM;
	}
	compare->names[number] = (struct compare_name){ .name = copy };
	compare->name_count++;
	*slot = (uint16_t)(number + 1);
	return (int)number;
}

/* Its number, made where it is new; or an error. */
static int find(struct counting *counting, struct bytes name)
{
	char text[NAME_TEXT];
	size_t len = lower(name, text);
	size_t at = hash_bytes(&counting->key, text, len) % SLOTS;

	for (; counting->slots[at] != 0; at = (at + 1) % SLOTS) {
		unsigned number = counting->slots[at] - 1u;

		if (strcmp(counting->compare->names[number].name, text) == 0)
			return (int)number;
	}
	return add(counting, text, &counting->slots[at]);
}

/* --- counting --- */

static void count_after(struct counting *counting, unsigned number,
			const struct row *row)
{
	struct compare_name *name = &counting->compare->names[number];
	uint64_t *first = &counting->firsts[number][counting->window - 1];
	uint64_t delay = row->time - counting->span->since;
	bool again = counting->last_window[number] == counting->window;

	name->asked_after++;
	name->sunk += row->verdict == VERDICT_SINK ||
		      row->verdict == VERDICT_REWRITE;
	name->after += !again;
	if (!again || delay < *first)
		*first = delay;
}

static bool count_row(void *context, const struct row *row)
{
	struct counting *counting = context;
	int number;

	if (row->time < counting->span->since ||
	    row->time >= counting->span->until)
		return true;
	number = find(counting, row->name);
	if (number == -ENOMEM)
		counting->error = number;
	if (number < 0)
		return counting->error == 0;
	if (counting->after) {
		count_after(counting, (unsigned)number, row);
	} else {
		struct compare_name *name = &counting->compare->names[number];

		name->asked_otherwise++;
		name->otherwise += counting->last_window[number] !=
				   counting->window;
	}
	counting->last_window[number] = counting->window;
	return true;
}

static int count(struct counting *counting, const struct compare_span *spans,
		 unsigned many)
{
	const struct compare_source *source = counting->source;
	int error = 0;

	for (unsigned i = 0; i < many && error == 0; i++) {
		counting->span = &spans[i];
		counting->window++;
		error = source->rows(source->context, counting->span,
				     count_row, counting);
		if (error == 0)
			error = counting->error;
	}
	return error;
}

/* --- what it comes to --- */

static int compare_number(const void *one, const void *other)
{
	uint64_t left = *(const uint64_t *)one;
	uint64_t right = *(const uint64_t *)other;

	return (left > right) - (left < right);
}

/* The delays of the marks that have the name; the others are left at 0. */
static void sum_up_firsts(struct compare_name *name, uint64_t *firsts,
			  unsigned marks)
{
	unsigned skip = marks - name->after, half = name->after / 2;

	if (name->after == 0)
		return;
	qsort(firsts, marks, sizeof(*firsts), compare_number);
	firsts += skip;
	name->first_least = firsts[0];
	name->first_most = firsts[name->after - 1];
	name->first = firsts[half];
	if (name->after % 2 == 0)
		name->first -= (firsts[half] - firsts[half - 1]) / 2;
}

/* Questions a window, without dividing. */
static enum compare_kind kind_of(const struct compare *compare,
				 const struct compare_name *name)
{
	uint64_t after = name->asked_after * compare->controls;
	uint64_t otherwise = name->asked_otherwise * compare->marks;

	if (name->otherwise == 0)
		return COMPARE_ONLY_AFTER;
	if (name->after == 0)
		return COMPARE_ONLY_OTHERWISE;
	if (after >= 2 * otherwise)
		return COMPARE_MORE;
	return 2 * after <= otherwise ? COMPARE_LESS : COMPARE_SAME;
}

static bool is_less(enum compare_kind kind)
{
	return kind == COMPARE_LESS || kind == COMPARE_ONLY_OTHERWISE;
}

/* Of what is missing: that the controls have it so much more often. */
static double chance_of(const struct compare *compare,
			const struct compare_name *name)
{
	const struct exact_table after = {
		.seen = name->after, .windows = compare->marks,
		.control_seen = name->otherwise,
		.controls = compare->controls,
	};
	const struct exact_table otherwise = {
		.seen = name->otherwise, .windows = compare->controls,
		.control_seen = name->after, .controls = compare->marks,
	};

	return exact_chance(is_less(name->kind) ? &otherwise : &after);
}

static unsigned rank(const struct compare_name *name)
{
	return is_less(name->kind) ? 2 : name->kind == COMPARE_SAME;
}

static int compare_names(const void *one, const void *other)
{
	const struct compare_name *left = one, *right = other;

	if (rank(left) != rank(right))
		return rank(left) < rank(right) ? -1 : 1;
	if (left->chance < right->chance || left->chance > right->chance)
		return left->chance < right->chance ? -1 : 1;
	if (left->after != right->after)
		return left->after > right->after ? -1 : 1;
	if (left->first != right->first)
		return left->first < right->first ? -1 : 1;
	return strcmp(left->name, right->name);
}

static void conclude(struct counting *counting)
{
	struct compare *compare = counting->compare;

	for (unsigned i = 0; i < compare->name_count; i++) {
		struct compare_name *name = &compare->names[i];

		sum_up_firsts(name, counting->firsts[i], compare->marks);
		name->kind = kind_of(compare, name);
		name->chance = chance_of(compare, name);
		name->telling = exact_any(name->chance,
					  compare->name_count) <= TELLING;
	}
	qsort(compare->names, compare->name_count, sizeof(*compare->names),
	      compare_names);
}

static void take_windows(struct compare *compare,
			 const struct windows *windows)
{
	compare->marks = windows->mark_count;
	compare->controls = windows->control_count;
	compare->other_days = windows->other_days;
	memcpy(compare->marks_left, windows->marks_left,
	       sizeof(compare->marks_left));
	memcpy(compare->controls_left, windows->controls_left,
	       sizeof(compare->controls_left));
}

static int run(struct counting *counting,
	       const struct compare_question *question)
{
	struct windows *windows = &counting->windows;
	int error = windows_choose(windows, question, counting->source);

	if (error < 0)
		return error;
	take_windows(counting->compare, windows);
	counting->after = true;
	error = count(counting, windows->marks, windows->mark_count);
	counting->after = false;
	if (error == 0)
		error = count(counting, windows->controls,
			      windows->control_count);
	if (error == 0)
		conclude(counting);
	return error;
}

/* A window beyond a year is none that anybody waits for. */
static bool is_sound(const struct compare_question *question)
{
	return question->mark_count > 0 &&
	       question->mark_count <= COMPARE_MARKS &&
	       question->controls <= COMPARE_CONTROLS &&
	       question->window > 0 &&
	       question->window <= UINT64_C(366) * 86400 * 1000000;
}

static struct compare *make(uint64_t window)
{
	struct compare *compare = calloc(1, sizeof(*compare));

	if (compare == NULL)
		return NULL;
	compare->window = window;
	compare->names = calloc(COMPARE_NAMES, sizeof(*compare->names));
	if (compare->names != NULL)
		return compare;
	free(compare);
	return NULL;
}

int compare_run(struct compare **compare,
		const struct compare_question *question,
		const struct compare_source *source)
{
	struct counting *counting;
	int error = -ENOMEM;

	if (!is_sound(question))
		return ERROR_MALFORMED;
	counting = calloc(1, sizeof(*counting));
	if (counting == NULL)
		return -ENOMEM;
	counting->source = source;
	hash_key_draw(&counting->key);
	counting->compare = make(question->window);
	if (counting->compare != NULL)
		error = run(counting, question);
	for (unsigned i = 0; i < COMPARE_NAMES; i++)
		free(counting->firsts[i]);
	if (error < 0)
		compare_free(counting->compare);
	else
		*compare = counting->compare;
	free(counting);
	return error;
}

void compare_free(struct compare *compare)
{
	if (compare == NULL)
		return;
	for (unsigned i = 0; i < compare->name_count; i++)
		free((char *)(uintptr_t)compare->names[i].name);
	free(compare->names);
	free(compare);
}
