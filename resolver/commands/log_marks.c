/*
 * A mark has a moment and no number, so it cannot be read with the rows; there
 * are few, and all that matter are read at once.
 */
#include "commands/log_marks.h"

#include <stdlib.h>
#include <string.h>

#include "journal/database.h"
#include "journal/marks.h"
#include "review/print.h"

enum { MOST = 65536 };

static bool make_room(struct log_marks *marks)
{
	unsigned room = marks->room > 0 ? 2 * marks->room : 16;
	struct mark *at;

	if (marks->count < marks->room)
		return true;
	if (marks->count >= MOST)
		return false;
	at = realloc(marks->at, room * sizeof(*at));
	if (at == NULL)
		return false;
	marks->at = at;
	marks->room = room;
	return true;
}

static bool keep(void *context, const struct mark *mark)
{
	struct log_marks *marks = context;
	struct mark copy = *mark;

	if (mark->id <= marks->known)
		return true;
	if (!make_room(marks))
		return false;
	copy.label = strndup(mark->label, MARK_LABEL);
	copy.mode = strndup(mark->mode, MARK_LABEL);
	marks->at[marks->count++] = copy;
	return copy.label != NULL && copy.mode != NULL;
}

static void drop_shown(struct log_marks *marks)
{
	for (unsigned i = 0; i < marks->next; i++) {
		free((char *)(uintptr_t)marks->at[i].label);
		free((char *)(uintptr_t)marks->at[i].mode);
	}
	if (marks->next > 0)
		memmove(marks->at, marks->at + marks->next,
			(marks->count - marks->next) * sizeof(*marks->at));
	marks->count -= marks->next;
	marks->next = 0;
}

/* A label that found no memory ends the list. */
void log_marks_read(struct log_marks *marks, const char *path, uint64_t since,
		    uint64_t until)
{
	const struct marks_filter filter = { .since = since, .until = until };
	unsigned first;
	sqlite3 *db;

	drop_shown(marks);
	first = marks->count;
	if (database_open_reader(&db, path) < 0)
		return;
	marks_each(db, &filter, keep, marks);
	sqlite3_close(db);
	for (unsigned i = first; i < marks->count; i++)
		if (marks->at[i].id > marks->known)
			marks->known = marks->at[i].id;
}

void log_marks_release(struct log_marks *marks)
{
	marks->next = marks->count;
	drop_shown(marks);
	free(marks->at);
}

static bool is_next(const struct log_marks *marks, uint64_t before)
{
	return marks->next < marks->count &&
	       marks->at[marks->next].time <= before &&
	       marks->at[marks->next].label != NULL;
}

bool log_marks_show(struct log_marks *marks, uint64_t before,
		    struct print *print)
{
	while (is_next(marks, before))
		if (!print_mark(print, &marks->at[marks->next++]))
			return false;
	return true;
}

void log_marks_skip(struct log_marks *marks, uint64_t before)
{
	while (is_next(marks, before))
		marks->next++;
}
