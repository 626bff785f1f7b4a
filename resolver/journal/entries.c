/*
 * One statement stores all rows of a commit: SQLite asks this table for a row
 * and its columns and puts them into `tail`, without anything being bound,
 * copied or stepped for a row.  Measured for rows with names of 25 bytes (4096
 * a commit, fsync and checkpoints included, SQLite 3.40, EPYC): a statement
 * stepped for each row 0.71 us, one with 32 rows of VALUES 0.52 us, this one
 * 0.47 us of processor time a row.
 *
 * A ring is in the order of its publishing, which is nearly that of time;
 * among the rings, the one whose next entry is the oldest comes first.  Time
 * here is the monotonic one, so a step of the wall clock mixes nothing up.
 *
 *	current --> [ 17 | 19 | 24 ...		taken as long as it is not
 *		    [ 22 | 23 ...	<- rival	behind the rival
 *		    [ 31 ...
 *
 * What lies in a ring may come from a process that died, or from a file that
 * somebody wrote: every field is checked before it is used.
 */
#include "journal/entries.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/entry.h"
#include "base/text.h"
#include "dns/name.h"
#include "journal/dictionary.h"
#include "journal/remarks.h"
#include "journal/writer.h"
#include "policy/verdict.h"

enum { RCODE_MAX = 0xfff };	/* 12 bits (RFC 6891, section 6.1.3) */

/* Beyond it a sum of times could overflow. */
#define TIME_MAX_SANE ((uint64_t)1 << 60)

/* The columns, in the order of `tail`; entries_insert names them again. */
enum column {
	NUMBER, TIME, CLIENT, TRANSPORT, NAME, TYPE, CLASS, VERDICT, ACTION,
	SOURCE, RCODE, ALIAS, IMAGE, LIST, LINE, UPSTREAM, DURATION, ANSWERED,
};

#define COLUMNS "number, time, client, transport, name, type, class, " \
	"verdict, action, source, rcode, alias, image, list, line, " \
	"upstream, duration, answered"

const char entries_insert[] =
	"INSERT INTO tail (" COLUMNS ") SELECT " COLUMNS " FROM entries";

struct name_text {
	int len;		/* 0: none */
	char at[NAME_TEXT];
};

struct entries_table {
	sqlite3_vtab base;
	struct entries *entries;
};

/* The row SQLite is looking at; `entry` lies in the ring. */
struct cursor {
	sqlite3_vtab_cursor base;
	struct entries *entries;
	const struct entry *entry;	/* NULL: the end */
	int64_t number;
	uint64_t time;
	sqlite3_int64 upstream, image;	/* 0: none */
	struct name_text name, alias;
};

/* Letters, digits, hyphen, underscore: what needs no escape. */
static bool is_plain(uint8_t byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= '0' && byte <= '9') || byte == '-' || byte == '_';
}

static void print_escaped(struct name_text *text, struct bytes wire)
{
	struct text out;

	text_init(&out, text->at, sizeof(text->at));
	name_print_wire(wire, &out);
	text->len = (int)out.len;
}

/*
 * Prints and checks in one walk, since this is half of what a row costs here;
 * the rare name with other bytes is printed again by who knows how.
 */
static bool print_name(struct name_text *text, struct bytes wire)
{
	char *to = text->at;
	size_t at = 0;
	bool plain = true;

	if (wire.len == 0)
		return false;
	while (wire.at[at] != 0) {
		size_t end = at + 1 + wire.at[at];

		if (wire.at[at] > 63 || end >= wire.len)
			return false;
		for (at++; at < end; at++) {
			plain &= is_plain(wire.at[at]);
			*to++ = (char)wire.at[at];
		}
		*to++ = '.';
	}
	if (at + 1 != wire.len)
		return false;
	text->len = (int)(to - text->at) - 1;
	if (!plain || wire.len == 1)
		print_escaped(text, wire);
	return true;
}

static struct bytes entry_name(const struct entry *entry)
{
	return bytes_of(entry->name, entry->name_len);
}

static bool is_address(const struct entry_address *address)
{
	return address->len == 0 || address->len == 4 || address->len == 16;
}

static bool is_query(const struct entry *entry)
{
	return entry->wall < TIME_MAX_SANE && entry->mono < TIME_MAX_SANE &&
	       entry->transport >= ENTRY_UDP && entry->transport <= ENTRY_TCP &&
	       entry->verdict < VERDICT_KINDS &&
	       entry->action <= ACTION_TRUNCATE &&
	       entry->source >= ENTRY_FROM_POLICY &&
	       entry->source <= ENTRY_FROM_SELF &&
	       entry->answered <= 1 && entry->rcode <= RCODE_MAX &&
	       is_address(&entry->client) && is_address(&entry->upstream);
}

/* Only a query has a time that can be trusted to sort by. */
static void front_look(struct entries_front *front)
{
	const struct entry *entry;

	if (front->at >= front->until)
		return;
	entry = ring_slot(front->source->ring, front->at);
	if (entry->kind == ENTRY_QUERY)
		front->key = entry->mono;
}

static struct entries_front *pick(struct entries *entries)
{
	struct entries_front *best = entries->current;

	if (best != NULL && best->at < best->until &&
	    best->key <= entries->rival)
		return best;
	best = NULL;
	entries->rival = UINT64_MAX;
	for (unsigned i = 0; i < entries->count; i++) {
		struct entries_front *front = &entries->fronts[i];
		bool better = best == NULL || front->key < best->key;

		if (front->at >= front->until)
			continue;
		if (better && best != NULL)
			entries->rival = best->key;
		else if (!better && front->key < entries->rival)
			entries->rival = front->key;
		if (better)
			best = front;
	}
	entries->current = best;
	return best;
}

/* The entry after a query when it is the alias that belongs to it. */
static const struct entry *take_alias(struct entries_front *front)
{
	const struct entry *entry;

	if (front->at >= front->until)
		return NULL;
	entry = ring_slot(front->source->ring, front->at);
	if (entry->kind != ENTRY_ALIAS)
		return NULL;
	front->at++;
	return entry;
}

static int cursor_read(struct cursor *cursor, struct entries_front *front,
		       const struct entry *entry)
{
	struct entries *entries = cursor->entries;
	const struct entry *alias = take_alias(front);
	int rc;

	if (!is_query(entry) || !print_name(&cursor->name, entry_name(entry))) {
		front->unreadable++;
		return SQLITE_OK;
	}
	cursor->alias.len = 0;
	if (alias != NULL && !print_name(&cursor->alias, entry_name(alias)))
		cursor->alias.len = 0;
	cursor->time = entry->wall;
	rc = remarks_look(entries->remarks, &cursor->time, entry->mono);
	cursor->upstream = cursor->image = 0;
	if (rc == SQLITE_OK && entry->upstream.len != 0)
		rc = dictionary_upstream(entries->dictionary, &entry->upstream,
					 &cursor->upstream);
	if (rc == SQLITE_OK && entry->image != 0)
		rc = dictionary_image(entries->dictionary, entry->image,
				      &cursor->image);
	front->wall = cursor->time;
	cursor->number = entries->remarks->next++;
	cursor->entry = entry;
	entries->rows++;
	return rc;
}

static int take_gap(struct entries *entries, struct entries_front *front,
		    const struct entry *entry)
{
	struct ring_gap gap = {
		.since = entry->since,
		.until = entry->wall,
		.count = entry->count,
	};

	if (gap.count == 0 || gap.until >= TIME_MAX_SANE ||
	    gap.since > gap.until) {
		front->unreadable++;
		return SQLITE_OK;
	}
	front->gaps += gap.count;
	return remarks_gap(entries->remarks, &gap, "full");
}

/* The next row, or the end; what is no row is dealt with on the way. */
static int cursor_advance(struct cursor *cursor)
{
	struct entries *entries = cursor->entries;
	struct entries_front *front;
	int rc = SQLITE_OK;

	cursor->entry = NULL;
	while (rc == SQLITE_OK && cursor->entry == NULL &&
	       (front = pick(entries)) != NULL) {
		const struct entry *entry =
			ring_slot(front->source->ring, front->at++);

		if (entry->kind == ENTRY_QUERY)
			rc = cursor_read(cursor, front, entry);
		else if (entry->kind == ENTRY_GAP)
			rc = take_gap(entries, front, entry);
		else
			front->unreadable++;
		front_look(front);
	}
	return rc;
}

static int table_connect(sqlite3 *db, void *context, int argc,
			 const char *const *argv, sqlite3_vtab **table,
			 char **words)
{
	struct entries_table *made;
	int rc = sqlite3_declare_vtab(db, "CREATE TABLE entries(" COLUMNS ")");

	(void)argc;
	(void)argv;
	(void)words;
	if (rc != SQLITE_OK)
		return rc;
	made = sqlite3_malloc(sizeof(*made));
	if (made == NULL)
		return SQLITE_NOMEM;
	*made = (struct entries_table){ .entries = context };
	*table = &made->base;
	return SQLITE_OK;
}

static int table_disconnect(sqlite3_vtab *table)
{
	sqlite3_free(table);
	return SQLITE_OK;
}

/* There is one way to read it: from the beginning to the end, once. */
static int table_best_index(sqlite3_vtab *table, sqlite3_index_info *info)
{
	(void)table;
	info->estimatedCost = 1e6;
	return SQLITE_OK;
}

static int table_open(sqlite3_vtab *table, sqlite3_vtab_cursor **opened)
{
	struct cursor *cursor = sqlite3_malloc(sizeof(*cursor));

	if (cursor == NULL)
		return SQLITE_NOMEM;
	cursor->base = (sqlite3_vtab_cursor){ 0 };
	cursor->entries = ((struct entries_table *)table)->entries;
	cursor->entry = NULL;
	*opened = &cursor->base;
	return SQLITE_OK;
}

static int table_close(sqlite3_vtab_cursor *cursor)
{
	sqlite3_free(cursor);
	return SQLITE_OK;
}

static int table_filter(sqlite3_vtab_cursor *cursor, int number,
			const char *string, int argc, sqlite3_value **argv)
{
	(void)number;
	(void)string;
	(void)argc;
	(void)argv;
	return cursor_advance((struct cursor *)cursor);
}

static int table_next(sqlite3_vtab_cursor *cursor)
{
	return cursor_advance((struct cursor *)cursor);
}

static int table_eof(sqlite3_vtab_cursor *cursor)
{
	return ((struct cursor *)cursor)->entry == NULL;
}

static void give_name(sqlite3_context *out, const struct name_text *text)
{
	if (text->len > 0)
		sqlite3_result_text(out, text->at, text->len, SQLITE_STATIC);
}

static void give_unless(sqlite3_context *out, int64_t value, int64_t none)
{
	if (value != none)
		sqlite3_result_int64(out, value);
}

/* What is not given is NULL. */
static void give_text_or_reference(const struct cursor *cursor,
				   sqlite3_context *out, int column)
{
	const struct entry *entry = cursor->entry;

	switch (column) {
	case CLIENT:
		if (entry->client.len > 0)
			sqlite3_result_blob(out, entry->client.raw,
					    entry->client.len, SQLITE_STATIC);
		break;
	case NAME:
		give_name(out, &cursor->name);
		break;
	case ALIAS:
		give_name(out, &cursor->alias);
		break;
	case IMAGE:
		give_unless(out, cursor->image, 0);
		break;
	case LIST:
		give_unless(out, entry->list, ENTRY_NO_LIST);
		break;
	case LINE:
		give_unless(out, entry->line, 0);
		break;
	case UPSTREAM:
		give_unless(out, cursor->upstream, 0);
		break;
	default:
		break;
	}
}

static int64_t number_of(const struct cursor *cursor, int column, bool *is_one)
{
	const struct entry *entry = cursor->entry;

	switch (column) {
	case NUMBER:
		return cursor->number;
	case TIME:
		return (int64_t)cursor->time;
	case TRANSPORT:
		return entry->transport;
	case TYPE:
		return entry->qtype;
	case CLASS:
		return entry->qclass;
	case VERDICT:
		return entry->verdict;
	case ACTION:
		return entry->action;
	case SOURCE:
		return entry->source;
	case RCODE:
		return entry->rcode;
	case DURATION:
		return entry->duration;
	case ANSWERED:
		return entry->answered;
	default:
		*is_one = false;
		return 0;
	}
}

static int table_column(sqlite3_vtab_cursor *at, sqlite3_context *out,
			int column)
{
	const struct cursor *cursor = (const struct cursor *)at;
	bool is_number = true;
	int64_t number = number_of(cursor, column, &is_number);

	if (is_number)
		sqlite3_result_int64(out, number);
	else
		give_text_or_reference(cursor, out, column);
	return SQLITE_OK;
}

static int table_rowid(sqlite3_vtab_cursor *cursor, sqlite3_int64 *rowid)
{
	*rowid = ((struct cursor *)cursor)->number;
	return SQLITE_OK;
}

static const sqlite3_module module = {
	.xConnect = table_connect,
	.xBestIndex = table_best_index,
	.xDisconnect = table_disconnect,
	.xOpen = table_open,
	.xClose = table_close,
	.xFilter = table_filter,
	.xNext = table_next,
	.xEof = table_eof,
	.xColumn = table_column,
	.xRowid = table_rowid,
};

int entries_init(struct entries *entries, sqlite3 *db)
{
	entries->fronts = NULL;
	entries->count = entries->room = 0;
	return sqlite3_create_module(db, "entries", &module, entries);
}

void entries_release(struct entries *entries)
{
	free(entries->fronts);
	entries->fronts = NULL;
	entries->count = entries->room = 0;
}

int entries_begin(struct entries *entries, unsigned count)
{
	struct entries_front *more;

	entries->count = 0;
	entries->rows = 0;
	entries->current = NULL;
	if (count <= entries->room)
		return SQLITE_OK;
	more = realloc(entries->fronts, count * sizeof(*more));
	if (more == NULL)
		return SQLITE_NOMEM;
	entries->fronts = more;
	entries->room = count;
	return SQLITE_OK;
}

void entries_add(struct entries *entries, const struct writer_source *source,
		 uint64_t from)
{
	struct entries_front *front = &entries->fronts[entries->count++];

	*front = (struct entries_front){
		.source = source,
		.at = from,
		.until = source->until,
	};
	front_look(front);
}
