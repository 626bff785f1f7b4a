/*
 * A statement for each, and a function that makes an object of a row.  The
 * columns come from a file that somebody may have written by hand: text goes
 * through value.h, and a number is a number of any size.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#ifdef HAVE_JANSSON

#include "review/evidence_tables.h"

#include <errno.h>
#include <string.h>
#include <sys/timex.h>

#include "base/address.h"
#include "base/clock.h"
#include "base/mac.h"
#include "base/text.h"
#include "dns/name.h"
#include "journal/database.h"
#include "journal/devices.h"
#include "journal/marks.h"
#include "review/value.h"

enum { SPANS = 256 };

/* Takes the value over; false: no memory. */
static bool append(json_t *array, json_t *value)
{
	return value != NULL && json_array_append_new(array, value) == 0;
}

/* --- marks --- */

struct marks {
	json_t *array;
	bool failed;
};

static bool take_mark(void *context, const struct mark *mark)
{
	struct marks *marks = context;

	marks->failed = !append(marks->array, json_pack(
		"{s:I, s:o, s:I, s:o, s:o, s:o}",
		"id", (json_int_t)mark->id,
		"time", value_time(mark->time),
		"time_us", (json_int_t)mark->time,
		"label", value_label(mark->label, MARK_LABEL),
		"device", mark->device != 0 ?
		json_integer((json_int_t)mark->device) : json_null(),
		"mode", value_stored(mark->mode)));
	return !marks->failed;
}

int evidence_tables_marks(const struct evidence_stretch *stretch,
			  json_t **into)
{
	const struct marks_filter filter = {
		.since = stretch->since, .until = stretch->until,
		.device = stretch->device,
	};
	struct marks marks = { .array = json_array() };
	int error = marks.array != NULL ? 0 : -ENOMEM;

	if (error == 0)
		error = marks_each(stretch->db, &filter, take_mark, &marks);
	if (marks.failed)
		error = -ENOMEM;
	if (error < 0)
		json_decref(marks.array);
	else
		*into = marks.array;
	return error;
}

/* --- rows of a statement --- */

/* ?1 and ?2 are the time.  Every row becomes an element of the array. */
static int collect(const struct evidence_stretch *stretch, const char *sql,
		   json_t *(*make)(const struct evidence_stretch *stretch,
				   sqlite3_stmt *row), json_t **into)
{
	sqlite3_stmt *stmt;
	json_t *array = json_array();
	int rc = database_prepare(stretch->db, sql, &stmt);
	bool room = array != NULL;

	if (rc == SQLITE_OK) {
		sqlite3_bind_int64(stmt, 1, (sqlite3_int64)stretch->since);
		sqlite3_bind_int64(stmt, 2, (sqlite3_int64)stretch->until);
		while (room && sqlite3_step(stmt) == SQLITE_ROW)
			room = append(array, make(stretch, stmt));
		rc = sqlite3_finalize(stmt);
	}
	if (rc == SQLITE_OK && room) {
		*into = array;
		return 0;
	}
	json_decref(array);
	return room ? database_error(stretch->db, rc) : -ENOMEM;
}

static json_t *number_at(sqlite3_stmt *row, int column)
{
	if (sqlite3_column_type(row, column) == SQLITE_NULL)
		return json_null();
	return json_integer(sqlite3_column_int64(row, column));
}

static json_t *text_at(sqlite3_stmt *row, int column)
{
	return value_stored((const char *)sqlite3_column_text(row, column));
}

/* A digest; anything of another size is shown as far as there is room. */
static json_t *digest_at(sqlite3_stmt *row, int column)
{
	const void *at = sqlite3_column_blob(row, column);
	int len = sqlite3_column_bytes(row, column);

	return value_hex(at, at != NULL ? (size_t)(len < 64 ? len : 64) : 0);
}

static uint64_t wall_at(sqlite3_stmt *row, int column)
{
	sqlite3_int64 value = sqlite3_column_int64(row, column);

	return value > 0 ? (uint64_t)value : 0;
}

/* Seconds since 1970, as the time of an image is. */
static uint64_t seconds_at(sqlite3_stmt *row, int column)
{
	uint64_t seconds = wall_at(row, column);

	return seconds < UINT64_MAX / 1000000 ? seconds * 1000000 : 0;
}

/* --- gaps --- */

static json_t *make_gap(const struct evidence_stretch *stretch,
			sqlite3_stmt *row)
{
	(void)stretch;
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
		"number", number_at(row, 0),
		"from", value_time(wall_at(row, 1)),
		"until", value_time(wall_at(row, 2)),
		"from_us", number_at(row, 1),
		"until_us", number_at(row, 2),
		"count", sqlite3_column_int64(row, 3) > 0 ?
		number_at(row, 3) : json_null(),
		"reason", text_at(row, 4));
}

int evidence_tables_gaps(const struct evidence_stretch *stretch,
			 json_t **into)
{
	return collect(stretch,
		"SELECT number, from_time, until_time, count, reason FROM gap"
		" WHERE until_time >= ?1 AND from_time < ?2 ORDER BY number",
		make_gap, into);
}

/* --- the clock --- */

static json_t *make_clock(const struct evidence_stretch *stretch,
			  sqlite3_stmt *row)
{
	(void)stretch;
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}",
		"number", number_at(row, 0),
		"time", value_time(wall_at(row, 1)),
		"time_us", number_at(row, 1),
		"since_boot_us", number_at(row, 2),
		"step_us", number_at(row, 3),
		"boot", text_at(row, 4));
}

/* What adjtimex(2) says: whether a program such as chrony steers it. */
static json_t *clock_now(void)
{
	struct timex state = { 0 };
	struct clock clock = { 0 };
	bool known = adjtimex(&state) >= 0;
	bool steered = known && (state.status & STA_UNSYNC) == 0;

	clock_update(&clock);
	return json_pack("{s:o, s:I, s:o, s:o, s:o}",
		"time", value_time(clock.wall),
		"time_us", (json_int_t)clock.wall,
		"synchronised", known ? json_boolean(steered) : json_null(),
		"estimated_error_us", steered ?
		json_integer(state.esterror) : json_null(),
		"largest_error_us", steered ?
		json_integer(state.maxerror) : json_null());
}

int evidence_tables_clock(const struct evidence_stretch *stretch,
			  json_t **into)
{
	json_t *rows;
	int error = collect(stretch,
		"SELECT number, time, mono, step, boot FROM clock"
		" WHERE number >= coalesce("
		"	(SELECT max(number) FROM clock WHERE time <= ?1), 0)"
		" AND time < ?2 ORDER BY number", make_clock, &rows);

	if (error < 0)
		return error;
	*into = json_pack("{s:o, s:o}", "when_exported", clock_now(), "rows",
			  rows);
	return *into != NULL ? 0 : -ENOMEM;
}

/* --- lists --- */

static json_t *make_list(sqlite3_stmt *row)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
		"list", number_at(row, 0),
		"name", text_at(row, 1),
		"version", number_at(row, 2),
		"version_time", value_time(seconds_at(row, 3)),
		"sha256", digest_at(row, 4),
		"rules", number_at(row, 5),
		"rejected", number_at(row, 6));
}

static json_t *lists_of(sqlite3 *db, sqlite3_int64 image)
{
	json_t *array = json_array();
	sqlite3_stmt *stmt;
	bool room = array != NULL;

	if (database_prepare(db, "SELECT list, name, version, version_time, "
			     "digest, rules, rejected FROM image_list "
			     "WHERE image = ? ORDER BY list", &stmt) !=
	    SQLITE_OK)
		return array;
	sqlite3_bind_int64(stmt, 1, image);
	while (room && sqlite3_step(stmt) == SQLITE_ROW)
		room = append(array, make_list(stmt));
	sqlite3_finalize(stmt);
	return array;
}

static json_t *make_image(const struct evidence_stretch *stretch,
			  sqlite3_stmt *row)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}",
		"id", number_at(row, 0),
		"serial", number_at(row, 1),
		"made", value_time(seconds_at(row, 2)),
		"rules", number_at(row, 3),
		"inputs_sha256", digest_at(row, 4),
		"lists", lists_of(stretch->db, sqlite3_column_int64(row, 0)));
}

/*
 * An image is switched in a little after it is made: the last one before the
 * stretch is in it, and the one before that may be, too.
 */
int evidence_tables_lists(const struct evidence_stretch *stretch,
			  json_t **into)
{
	return collect(stretch,
		"SELECT id, serial, time, rules, inputs FROM image"
		" WHERE (time IS NULL OR time * 1000000 < ?2)"
		" AND id >= coalesce((SELECT id FROM image"
		"	WHERE time * 1000000 <= ?1 ORDER BY id DESC"
		"	LIMIT 1 OFFSET 1), 0)"
		" ORDER BY id", make_image, into);
}

/* --- devices --- */

struct device_search {
	int64_t id;
	struct devices_one found;
};

static bool is_device(void *context, const struct devices_one *one)
{
	struct device_search *search = context;

	if (one->id == search->id)
		search->found = *one;
	return search->found.id == 0;
}

static json_t *addresses_of(const struct devices *known, int64_t id,
			    const struct evidence_stretch *stretch)
{
	struct devices_span spans[SPANS];
	unsigned count = devices_spans(known, id, spans, SPANS);
	json_t *array = json_array();
	char words[ADDRESS_TEXT];
	bool room = array != NULL;

	for (unsigned i = 0; room && i < count && i < SPANS; i++) {
		const struct devices_span *span = &spans[i];

		if (span->since >= stretch->until ||
		    (span->until != 0 && span->until <= stretch->since))
			continue;
		address_words(&span->address, 0, words);
		room = append(array, json_pack("{s:s, s:o, s:o}",
			"address", words, "since", value_time(span->since),
			"until", value_time(span->until)));
	}
	return array;
}

static json_t *mac_of(const struct devices_one *one)
{
	char buffer[MAC_TEXT];
	struct text text;

	if (!one->has_mac)
		return json_null();
	text_init(&text, buffer, sizeof(buffer));
	mac_print(&one->mac, &text);
	return json_string(buffer);
}

static json_t *make_device(const struct evidence_stretch *stretch,
			   const struct devices *known, int64_t id)
{
	struct device_search search = { .id = id };
	char words[NAME_TEXT];
	struct text text;

	devices_each(known, is_device, &search);
	text_init(&text, words, sizeof(words));
	devices_words(known, id, &text);
	return json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:o}",
		"id", (json_int_t)id,
		"called", value_stored(words),
		"name", value_stored(devices_name(known, id,
						  stretch->until)),
		"mac", mac_of(&search.found),
		"first_seen", value_time(search.found.first),
		"last_seen", value_time(search.found.last),
		"addresses", addresses_of(known, id, stretch));
}

int evidence_tables_devices(const struct evidence_stretch *stretch,
			    const struct evidence_devices *devices,
			    json_t **into)
{
	json_t *array = json_array();
	bool room = array != NULL;

	for (unsigned i = 0; room && i < devices->count; i++)
		room = append(array, make_device(stretch, devices->known,
						 devices->ids[i]));
	if (!room) {
		json_decref(array);
		return -ENOMEM;
	}
	*into = array;
	return 0;
}

#else

/* An empty file is none (C11, 6.9). */
extern const int evidence_tables_is_not_built;

#endif
