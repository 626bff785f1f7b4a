/*
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
#include "journal/dictionary.h"
#include "journal/privacy.h"
#include "journal/remarks.h"
#include "journal/writer.h"
#include "policy/verdict.h"

enum { RCODE_MAX = 0xfff };	/* 12 bits (RFC 6891, section 6.1.3) */

/* Beyond it a sum of times could overflow. */
#define TIME_MAX_SANE ((uint64_t)1 << 60)

_Static_assert((int)ENTRY_NO_LIST == (int)ROW_NO_LIST,
	       "a row says it as an entry does");

/* Letters, digits, hyphen, underscore: what needs no escape. */
static bool is_plain(uint8_t byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= '0' && byte <= '9') || byte == '-' || byte == '_';
}

static void print_escaped(struct entries_name *text, struct bytes wire)
{
	struct text out;

	text_init(&out, text->at, sizeof(text->at));
	name_print_wire(wire, &out);
	text->len = out.len;
}

/*
 * Prints and checks in one walk, since this is half of what a row costs here;
 * the rare name with other bytes is printed again by who knows how.
 */
static bool print_name(struct entries_name *text, struct bytes wire)
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
	text->len = (size_t)(to - text->at) - 1;
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

/* Somebody who edits a database may give an id any number. */
static int take_id(int rc, sqlite3_int64 id, uint32_t *to)
{
	if (rc == SQLITE_OK && (id < 0 || id > UINT32_MAX))
		return SQLITE_CORRUPT;
	*to = (uint32_t)id;
	return rc;
}

static int look_up(struct entries *entries, const struct entry *entry)
{
	sqlite3_int64 id = 0;
	int rc = SQLITE_OK;

	if (entry->upstream.len != 0)
		rc = dictionary_upstream(entries->dictionary, &entry->upstream,
					 &id);
	rc = take_id(rc, id, &entries->row.upstream);
	id = 0;
	if (rc == SQLITE_OK && entry->image != 0)
		rc = dictionary_image(entries->dictionary, entry->image, &id);
	return take_id(rc, id, &entries->row.image);
}

static void fill(struct entries *entries, const struct entry *entry)
{
	struct row *row = &entries->row;

	*row = (struct row){
		.time = entry->wall,
		.name = { (const uint8_t *)entries->name.at,
			  entries->name.len },
		.alias = { (const uint8_t *)entries->alias.at,
			   entries->alias.len },
		.client_len = entry->client.len,
		.transport = entry->transport,
		.verdict = entry->verdict,
		.action = entry->action,
		.source = entry->source,
		.answered = entry->answered,
		.type = entry->qtype,
		.class = entry->qclass,
		.rcode = entry->rcode,
		.list = entry->list,
		.line = entry->line,
		.duration = entry->duration,
		.ttl = entry->ttl,
	};
	memcpy(row->client, entry->client.raw, entry->client.len);
}

/* SQLITE_ROW; SQLITE_OK: it was nonsense; or an error. */
static int take_query(struct entries *entries, struct entries_front *front,
		      const struct entry *entry)
{
	const struct entry *alias = take_alias(front);
	int rc;

	if (!is_query(entry) ||
	    !print_name(&entries->name, entry_name(entry))) {
		front->unreadable++;
		return SQLITE_OK;
	}
	entries->alias.len = 0;
	if (alias != NULL && !print_name(&entries->alias, entry_name(alias)))
		entries->alias.len = 0;
	fill(entries, entry);
	rc = remarks_look(entries->remarks, &entries->row.time, entry->mono);
	if (rc == SQLITE_OK)
		rc = look_up(entries, entry);
	if (rc != SQLITE_OK)
		return rc;
	front->wall = entries->row.time;
	if (!privacy_admit(entries->privacy, &entries->row)) {
		entries->withheld++;
		return SQLITE_OK;
	}
	entries->row.number = entries->remarks->next++;
	entries->rows++;
	return SQLITE_ROW;
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

/* What is no row is dealt with on the way. */
int entries_next(struct entries *entries)
{
	struct entries_front *front;
	int rc = SQLITE_OK;

	if (entries->again) {
		entries->again = false;
		return SQLITE_ROW;
	}
	while (rc == SQLITE_OK && (front = pick(entries)) != NULL) {
		const struct entry *entry =
			ring_slot(front->source->ring, front->at++);

		if (entry->kind == ENTRY_QUERY)
			rc = take_query(entries, front, entry);
		else if (entry->kind == ENTRY_GAP)
			rc = take_gap(entries, front, entry);
		else
			front->unreadable++;
		front_look(front);
	}
	return rc == SQLITE_OK ? SQLITE_DONE : rc;
}

void entries_put_back(struct entries *entries)
{
	entries->again = true;
}

uint64_t entries_left(const struct entries *entries)
{
	uint64_t left = entries->again;

	for (unsigned i = 0; i < entries->count; i++)
		left += entries->fronts[i].until - entries->fronts[i].at;
	return left;
}

void entries_release(struct entries *entries)
{
	free(entries->fronts);
	*entries = (struct entries){ 0 };
}

int entries_begin(struct entries *entries, unsigned count)
{
	struct entries_front *more;

	entries->count = 0;
	entries->rows = entries->withheld = 0;
	entries->current = NULL;
	entries->again = false;
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
