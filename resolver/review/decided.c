/*
 * An array by name.  A household decides of some hundreds of names; a file
 * that says otherwise was not written by one.
 */
#include "review/decided.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "review/suffix.h"

enum { DECISIONS = 65536 };

struct decided {
	struct decision *at;
	size_t count, room;
	int error;
};

static char *copy(const char *text)
{
	return text ? strdup(text) : NULL;
}

static void free_one(struct decision *one)
{
	free((char *)one->name);
	free((char *)one->verdict);
	free((char *)one->note);
}

static int make_room(struct decided *decided)
{
	size_t room = decided->room ? decided->room * 2 : 64;
	void *more;

	if (decided->count < decided->room)
		return 0;
	if (decided->count == DECISIONS)
		return ERROR_FULL;
	more = reallocarray(decided->at, room, sizeof(*decided->at));
	if (!more)
		return -ENOMEM;
	decided->at = more;
	decided->room = room;
	return 0;
}

static bool keep(void *context, const struct decision *one)
{
	struct decided *decided = context;
	struct decision made = { .time = one->time };

	decided->error = make_room(decided);
	if (decided->error < 0)
		return false;
	made.name = copy(one->name);
	made.verdict = copy(one->verdict);
	made.note = copy(one->note);
	if (made.name && made.verdict && (made.note || !one->note)) {
		decided->at[decided->count++] = made;
		return true;
	}
	free_one(&made);
	decided->error = -ENOMEM;
	return false;
}

static int compare(const void *one, const void *other)
{
	return strcmp(((const struct decision *)one)->name,
		      ((const struct decision *)other)->name);
}

int decided_load(struct decided **loaded, sqlite3 *db)
{
	struct decided *decided = calloc(1, sizeof(*decided));
	int error = decided ? decisions_each(db, keep, decided) : -ENOMEM;

	if (error == 0)
		error = decided->error;
	if (error < 0) {
		decided_free(decided);
		decided = NULL;
	}
	if (decided && decided->count > 0)
		qsort(decided->at, decided->count, sizeof(*decided->at),
		      compare);
	*loaded = decided;
	return error;
}

void decided_free(struct decided *decided)
{
	if (!decided)
		return;
	for (size_t i = 0; i < decided->count; i++)
		free_one(&decided->at[i]);
	free(decided->at);
	free(decided);
}

static int compare_name(const void *wanted, const void *one)
{
	const struct bytes *name = wanted;
	const char *other = ((const struct decision *)one)->name;
	int order = strncmp((const char *)name->at, other, name->len);

	return order ? order : -(other[name->len] != '\0');
}

const struct decision *decided_find(const struct decided *decided,
				    struct bytes name)
{
	const struct decision *found = NULL;

	for (; name.len > 0 && !found && decided->count > 0;
	     name = suffix_above(name))
		found = bsearch(&name, decided->at, decided->count,
				sizeof(*decided->at), compare_name);
	return found;
}
