/*
 * Rows and notes are two streams in the order of their numbers, and the two
 * are merged:
 *
 *	rows	17 18 20 21
 *	notes	19 23		--> 17 18 19 20 21 23
 *
 * The last so many rows are found by a scan that goes backwards and only
 * counts: then another goes forwards from there.  That costs no memory, and
 * what has no row is gone through once.
 */
#include "journal/reader.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "journal/database.h"
#include "journal/legend.h"
#include "journal/notes.h"
#include "journal/scan.h"

struct reader {
	sqlite3 *db;
	char *path;
	struct legend legend;
	struct notes notes;
	struct scan_client *clients;	/* of the filter */
	struct scan *scan;
	int64_t end;
	bool has_row;
	struct row row;			/* the next to be given away */
	char name[NAME_TEXT], alias[NAME_TEXT];
};

static int complain(struct reader *reader, int error)
{
	int rc = sqlite3_errcode(reader->db);
	char words[256];

	if (database_error(reader->db, rc) == error)
		database_explain(reader->db, rc, words, sizeof(words));
	else
		strcpy(words, error_words(error));
	log_error("%s: %s", reader->path, words);
	return error;
}

static int complain_sql(struct reader *reader, int rc)
{
	return complain(reader, database_error(reader->db, rc));
}

static int prepare(struct reader *reader)
{
	int rc = legend_init(&reader->legend, reader->db);

	if (rc == SQLITE_OK)
		rc = notes_init(&reader->notes, reader->db);
	return rc == SQLITE_OK ? 0 : complain_sql(reader, rc);
}

int reader_open(struct reader **opened, const char *path)
{
	struct reader *reader = calloc(1, sizeof(*reader));
	int error = -ENOMEM;

	if (reader != NULL)
		reader->path = strdup(path);
	if (reader != NULL && reader->path != NULL)
		error = database_open_reader(&reader->db, path);
	if (error == 0)
		error = prepare(reader);
	if (error < 0) {
		reader_close(reader);
		return error;
	}
	*opened = reader;
	return 0;
}

void reader_close(struct reader *reader)
{
	if (reader == NULL)
		return;
	scan_close(reader->scan);
	free(reader->clients);
	notes_release(&reader->notes);
	legend_release(&reader->legend);
	sqlite3_close(reader->db);
	free(reader->path);
	free(reader);
}

/* --- what is asked --- */

static int take_device(struct reader *reader, const char *device,
		       struct scan_filter *filter)
{
	int count = legend_clients(&reader->legend, device, &reader->clients);

	if (count < 0)
		return count;
	if (filter->client_count > 0)
		count = (int)legend_within(&filter->clients->prefix,
					   reader->clients, (unsigned)count);
	filter->clients = reader->clients;
	filter->client_count = (unsigned)count;
	return 0;
}

/* The reader's `until` is in it, the scan's is not. */
static uint64_t open_end(uint64_t until)
{
	return until == UINT64_MAX || until == 0 ? 0 : until + 1;
}

static void found_damaged(void *context, const struct block_summary *block)
{
	struct reader *reader = context;

	notes_add_damaged(&reader->notes, block);
}

static int open_scan(struct reader *reader, const struct scan_filter *filter)
{
	int error;

	scan_close(reader->scan);
	error = scan_open(&reader->scan, reader->db, filter);
	if (error == 0)
		reader->end = scan_end(reader->scan);
	return error;
}

static void note_damage(void *context, const struct block_summary *block)
{
	bool *damaged = context;

	(void)block;
	*damaged = true;
}

/*
 * Where the last so many rows begin, for the scan, and for the notes in
 * *after.  Where there are fewer all notes are wanted, but what was gone
 * through in vain is not gone through again, unless to tell of damage there.
 */
static int find_start(struct reader *reader, struct scan_filter *wanted,
		      unsigned last, int64_t *after)
{
	struct scan_filter filter = *wanted;
	bool damaged = false;
	int given, error;
	int64_t first;
	struct row row;

	filter.backwards = true;
	filter.damaged = note_damage;
	filter.context = &damaged;
	error = open_scan(reader, &filter);
	if (error < 0)
		return error;
	first = reader->end + 1;
	while (last > 0 && (given = scan_next(reader->scan, &row)) != 0) {
		if (given < 0)
			return given;
		first = row.number;
		last--;
	}
	if (last == 0)
		*after = first - 1;
	if ((last == 0 || !damaged) && first > wanted->after)
		wanted->after = first - 1;
	return 0;
}

static int begin(struct reader *reader, const struct reader_filter *filter,
		 struct scan_filter *wanted)
{
	int64_t after = wanted->after;
	int error = 0;

	free(reader->clients);
	reader->clients = NULL;
	if (legend_refresh(&reader->legend) != SQLITE_OK)
		return database_error(reader->db,
				      sqlite3_errcode(reader->db));
	if (filter->device != NULL)
		error = take_device(reader, filter->device, wanted);
	if (error == 0 && filter->last > 0)
		error = find_start(reader, wanted, filter->last, &after);
	if (error == 0)
		error = open_scan(reader, wanted);
	notes_start(&reader->notes, filter, after, reader->end);
	reader->has_row = false;
	return error;
}

/* --- what is given --- */

static const char *string_of(struct bytes text, char room[NAME_TEXT])
{
	memcpy(room, text.at, text.len);
	room[text.len] = '\0';
	return room;
}

static void describe(struct reader *reader, const struct row *row,
		     struct reader_row *out)
{
	struct legend *legend = &reader->legend;
	int64_t device = legend_device(legend, row);

	*out = (struct reader_row){
		.number = row->number, .time = row->time,
		.transport = row->transport,
		.name = string_of(row->name, reader->name),
		.qtype = row->type, .qclass = row->class,
		.rcode = row->rcode, .verdict = row->verdict,
		.action = row->action, .source = row->source,
		.answered = row->answered, .line = row->line,
		.duration = row->duration, .ttl = row->ttl,
		.upstream = legend_upstream(legend, row->upstream),
		.device = device,
		.device_name = legend_device_name(legend, device, row->time),
	};
	if (row->alias.len > 0)
		out->alias = string_of(row->alias, reader->alias);
	if (row->client_len > 0)
		address_from_raw(&out->client, row->client, row->client_len,
				 0);
	out->list = legend_list(legend, row, &out->list_version);
}

/* Both have their next at hand, unless they are at their end. */
static int refill(struct reader *reader, const struct reader_taker *taker)
{
	int given = 0, rc;

	if (taker->row != NULL && !reader->has_row) {
		given = scan_next(reader->scan, &reader->row);
		reader->has_row = given == 1;
	}
	if (given < 0 || taker->note == NULL)
		return given < 0 ? given : 0;
	rc = notes_fill(&reader->notes);
	return rc == SQLITE_OK ? 0 : database_error(reader->db, rc);
}

enum given { NOTHING, ENOUGH, MORE };

/* Whichever has the lower number. */
static enum given give_one(struct reader *reader,
			   const struct reader_taker *taker)
{
	const struct reader_note *note =
		taker->note != NULL ? notes_look(&reader->notes) : NULL;
	struct reader_row row;
	bool more;

	if (!reader->has_row && note == NULL)
		return NOTHING;
	if (reader->has_row &&
	    (note == NULL || reader->row.number < note->number)) {
		describe(reader, &reader->row, &row);
		reader->has_row = false;
		more = taker->row(taker->context, &row);
	} else {
		more = taker->note(taker->context, note);
		notes_drop(&reader->notes, note);
	}
	return more ? MORE : ENOUGH;
}

static int64_t give_all(struct reader *reader,
			const struct reader_taker *taker)
{
	enum given given = MORE;
	int64_t count = 0;
	int error = 0;

	while (error == 0 && given == MORE) {
		error = refill(reader, taker);
		if (error == 0)
			given = give_one(reader, taker);
		count += error == 0 && given != NOTHING;
	}
	return error == 0 ? count : complain(reader, error);
}

int64_t reader_records(struct reader *reader,
		       const struct reader_filter *filter,
		       const struct reader_taker *taker)
{
	struct scan_client client = { .prefix = filter->client };
	struct scan_filter wanted = {
		.since = filter->since, .until = open_end(filter->until),
		.after = filter->after,
		.name = filter->name, .below = true,
		.clients = filter->has_client ? &client : NULL,
		.client_count = filter->has_client,
		.verdicts = filter->verdict >= 0 ? 1u << filter->verdict : 0,
		.damaged = found_damaged, .context = reader,
	};
	int error = begin(reader, filter, &wanted);

	if (error == ERROR_MALFORMED || error == ERROR_ABSENT)
		return error;
	return error == 0 ? give_all(reader, taker)
			  : complain(reader, error);
}

int64_t reader_rows(struct reader *reader, const struct reader_filter *filter,
		    bool (*each)(void *context, const struct reader_row *row),
		    void *context)
{
	struct reader_taker taker = { .row = each, .context = context };

	return reader_records(reader, filter, &taker);
}

int64_t reader_notes(struct reader *reader,
		     const struct reader_filter *filter,
		     bool (*each)(void *context,
				  const struct reader_note *note),
		     void *context)
{
	struct reader_filter only = {
		.since = filter->since, .until = filter->until,
		.after = filter->after, .verdict = -1,
	};
	struct reader_taker taker = { .note = each, .context = context };

	return reader_records(reader, &only, &taker);
}

int64_t reader_end(const struct reader *reader)
{
	return reader->end;
}

bool reader_is_stale(struct reader *reader)
{
	return database_has_moved(reader->db);
}

int64_t reader_last(struct reader *reader)
{
	struct scan_filter all = { 0 };
	int error = open_scan(reader, &all);

	return error == 0 ? reader->end : complain(reader, error);
}
