/*
 * known_each: the table a page at a time, merged with the rows behind it.
 *
 *	table       1 a.example   1 c.example               2 a.example
 *	rows since                1 c.example   1 d.example
 *	given       1 a.example   1 c.example   1 d.example 2 a.example
 *
 * A page and the rows are of the same moment; the next page may be of a later
 * one, and then the rows behind what was given are sorted anew.
 */
#include "journal/known_state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "journal/database.h"

enum {
	PAGE = 128,			/* of the table, at a time */
	PAGE_TEXT = PAGE * 64 + NAME_TEXT,
};

struct page {
	struct known_name at[PAGE];
	unsigned count;
	bool end;			/* nothing is behind it */
	size_t used;
	char text[PAGE_TEXT];
};

struct walk {
	struct known *known;
	uint64_t since;
	bool (*each)(void *context, const struct known_name *name);
	void *context;
	int64_t from, until;		/* devices */
	/* What was given last, or passed over; nothing before the first. */
	bool has_last, last_is_more;
	int64_t last_device;
	char last_name[NAME_TEXT];
	struct pair **order;		/* the rows behind the table, sorted */
	uint32_t count, next;
	struct page page;
};

/* Names longer than ours are somebody else's; they are cut. */
static bool page_keep(struct page *page, sqlite3_stmt *stmt)
{
	struct known_name *name = &page->at[page->count++];
	const char *text = (const char *)sqlite3_column_text(stmt, 1);
	char *kept = page->text + page->used;
	size_t len = text != NULL ? strlen(text) : 0;

	if (len >= NAME_TEXT)
		len = NAME_TEXT - 1;
	if (len > 0)
		memcpy(kept, text, len);
	kept[len] = '\0';
	page->used += len + 1;
	*name = (struct known_name){
		.device = sqlite3_column_int64(stmt, 0),
		.name = kept,
		.names = known_number(stmt, 6),
	};
	known_counts(stmt, 2, name);
	return page->count < PAGE && page->used + NAME_TEXT <= PAGE_TEXT;
}

/* Begins with what was given last, which is passed over. */
static int read_page(struct known *known, void *context)
{
	struct walk *walk = context;
	struct page *page = &walk->page;
	sqlite3_stmt *stmt = known->page;

	page->count = 0;
	page->used = 0;
	page->end = true;
	sqlite3_bind_int64(stmt, 1, walk->has_last ? walk->last_device
						   : walk->from);
	sqlite3_bind_text(stmt, 2, walk->last_name, -1, SQLITE_STATIC);
	sqlite3_bind_int64(stmt, 3, walk->until);
	sqlite3_bind_int64(stmt, 4, PAGE + 1);
	while (page->end && sqlite3_step(stmt) == SQLITE_ROW)
		page->end = page_keep(page, stmt);
	return sqlite3_reset(stmt);
}

static int compare(int64_t device, const char *name, int64_t other_device,
		   const char *other)
{
	if (device != other_device)
		return device < other_device ? -1 : 1;
	return strcmp(name, other);
}

/* Was it given already? */
static bool is_past(const struct walk *walk, int64_t device, const char *name,
		    bool is_more)
{
	int order;

	if (!walk->has_last)
		return false;
	order = compare(device, name, walk->last_device, walk->last_name);
	return order < 0 || (order == 0 && is_more <= walk->last_is_more);
}

static int by_key(const void *one, const void *other)
{
	return pair_compare(*(struct pair *const *)one,
			    *(struct pair *const *)other);
}

static int sort_recent(struct walk *walk)
{
	struct pairs *recent = &walk->known->recent;

	walk->count = walk->next = 0;
	free(walk->order);
	walk->order = calloc(recent->count + 1, sizeof(*walk->order));
	if (walk->order == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < recent->count; i++) {
		struct pair *pair = &recent->at[i];

		if (pair->who >= walk->from && pair->who <= walk->until &&
		    !is_past(walk, pair->who, pair->name, false))
			walk->order[walk->count++] = pair;
	}
	qsort(walk->order, walk->count, sizeof(*walk->order), by_key);
	return 0;
}

/* A page and the rows behind the table that go with it. */
static int walk_look(struct walk *walk)
{
	struct known_state before = walk->known->state;
	int error = known_look(walk->known, read_page, walk);

	if (error == 0 && !known_is_same(before, walk->known->state))
		error = sort_recent(walk);
	return error;
}

static bool give(struct walk *walk, const struct known_name *name)
{
	walk->has_last = true;
	walk->last_is_more = name->names > 0;
	walk->last_device = name->device;
	if (name->name != walk->last_name)
		strcpy(walk->last_name, name->name);
	return name->last < walk->since || name->count == 0 ||
	       walk->each(walk->context, name);
}

static bool give_recent(struct walk *walk)
{
	const struct pair *pair = walk->order[walk->next++];
	struct known_name name = { .device = pair->who, .name = pair->name };

	known_add(&name, pair);
	return give(walk, &name);
}

/* Those of the rows that come before it; then itself, with what they add. */
static bool give_both(struct walk *walk, struct known_name *name)
{
	while (walk->next < walk->count) {
		const struct pair *pair = walk->order[walk->next];
		int order = compare(pair->who, pair->name, name->device,
				    name->name);

		if (order > 0)
			break;
		if (order == 0 && name->names == 0) {
			known_add(name, pair);
			walk->next++;
			break;
		}
		if (!give_recent(walk))
			return false;
	}
	return give(walk, name);
}

/*
 * False at the end.  A page that has nothing new, and is not the last, is of
 * names that are none of ours.
 */
static bool give_page(struct walk *walk, int *error)
{
	struct page *page = &walk->page;
	bool moved = page->end;

	for (unsigned i = 0; i < page->count; i++) {
		struct known_name *name = &page->at[i];

		if (is_past(walk, name->device, name->name, name->names > 0))
			continue;
		moved = true;
		if (!give_both(walk, name))
			return false;
	}
	if (!moved)
		*error = ERROR_DAMAGED;
	while (page->end && walk->next < walk->count)
		if (!give_recent(walk))
			return false;
	return moved && !page->end;
}

int known_each(struct known *known, int64_t device, uint64_t since,
	       bool (*each)(void *context, const struct known_name *name),
	       void *context)
{
	struct walk *walk = calloc(1, sizeof(*walk));
	int error;

	if (walk == NULL)
		return -ENOMEM;
	walk->known = known;
	walk->since = since;
	walk->each = each;
	walk->context = context;
	walk->from = device != 0 ? device : INT64_MIN;
	walk->until = device != 0 ? device : INT64_MAX;
	error = sort_recent(walk);
	do {
		if (error == 0)
			error = walk_look(walk);
	} while (error == 0 && give_page(walk, &error));
	free(walk->order);
	free(walk);
	return error;
}
