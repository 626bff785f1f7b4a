/*
 * forget, the counts: hours and ledger; and what is left of a device.
 */
#include "journal/forget_state.h"

#include <errno.h>
#include <stdlib.h>

#include "journal/asker.h"
#include "journal/database.h"
#include "journal/hours.h"
#include "journal/hours_record.h"
#include "journal/sheet.h"
#include "journal/transaction.h"
#include "policy/verdict.h"

enum { LOOKS = 16 };		/* records that are read in a step */

/* --- taken off the ledger --- */

static int take_off(sqlite3 *db, const struct pair *pair)
{
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(db, "UPDATE ledger SET"
		" count = max(count - ?3, 1),"
		" sunk = min(max(sunk - ?4, 0), max(count - ?3, 1))"
		" WHERE device = ?1 AND name = ?2", -1, &stmt, NULL);

	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(stmt, 1, pair->who);
	sqlite3_bind_text(stmt, 2, pair->name, pair->len, SQLITE_STATIC);
	sqlite3_bind_int64(stmt, 3, pair->count);
	sqlite3_bind_int64(stmt, 4, pair->sunk);
	sqlite3_step(stmt);
	return sqlite3_finalize(stmt);
}

int forget_take_off(const struct forget *forget, sqlite3 *db,
		    const struct row *row)
{
	char lower[NAME_TEXT];
	struct pair pair = {
		.name = lower, .count = 1,
		.sunk = row->verdict == VERDICT_SINK,
	};

	if (forget->what.before == 0 || row->number <= forget->hours ||
	    row->number > forget->ledger || row->name.len >= sizeof(lower))
		return SQLITE_OK;
	name_lower_run((uint8_t *)lower, row->name);
	pair.len = (uint16_t)row->name.len;
	pair.who = asker_device(row, forget->devices);
	return take_off(db, &pair);
}

static int take_hours_off(sqlite3 *db, const struct hours_count *count)
{
	const struct pair pair = {
		.who = count->device,
		.name = count->name,
		.len = (uint16_t)strlen(count->name),
		.count = (uint32_t)count->count,
		.sunk = (uint32_t)count->sunk,
	};

	return take_off(db, &pair);
}

/* --- hours --- */

struct record {
	sqlite3_int64 day, part;
	uint8_t *at;			/* a copy */
	size_t len;
};

struct sifting {
	struct forget *forget;
	sqlite3 *db;
	bool found;			/* something is to be forgotten */
	bool full;
	int rc;
};

static bool has_count(const struct forget *forget,
		      const struct hours_count *count)
{
	if (forget->what.before != 0)
		return count->hour < forget->what.before;
	if (forget->what.device != 0)
		return count->device == forget->what.device;
	return forget->what.name != NULL &&
	       forget_has_name(forget, bytes_of_string(count->name));
}

static bool look_for_one(void *context, const struct hours_count *count)
{
	struct sifting *sifting = context;

	sifting->found = has_count(sifting->forget, count);
	return !sifting->found;
}

/* What stays goes into the sheet, the rest off the ledger. */
static bool sift(void *context, const struct hours_count *count)
{
	struct sifting *sifting = context;
	struct sheet_entry entry = {
		.device = count->device,
		.name = bytes_of_string(count->name),
		.hour = sheet_hour(count->hour),
		.count = (uint32_t)count->count,
		.sunk = (uint32_t)count->sunk,
	};

	if (!has_count(sifting->forget, count))
		sifting->full |= !sheet_add(sifting->forget->sheet, &entry);
	else if (sifting->forget->what.before != 0)
		sifting->rc = take_hours_off(sifting->db, count);
	return !sifting->full && sifting->rc == SQLITE_OK;
}

static int next_record(struct forget *forget, sqlite3 *db,
		       struct record *record)
{
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(db, "SELECT day, part, data FROM hours"
		" WHERE (day, part) > (?1, ?2) ORDER BY day, part LIMIT 1",
		-1, &stmt, NULL);

	*record = (struct record){ .at = NULL };
	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(stmt, 1, forget->at);
	sqlite3_bind_int64(stmt, 2, forget->at_part);
	if (sqlite3_step(stmt) == SQLITE_ROW) {
		const void *data = sqlite3_column_blob(stmt, 2);
		size_t len = (size_t)sqlite3_column_bytes(stmt, 2);

		*record = (struct record){
			.day = sqlite3_column_int64(stmt, 0),
			.part = sqlite3_column_int64(stmt, 1),
			.at = malloc(len + 1),
			.len = len,
		};
		if (record->at != NULL && len > 0)
			memcpy(record->at, data, len);
		if (record->at == NULL)
			rc = SQLITE_NOMEM;
	}
	sqlite3_finalize(stmt);
	return rc;
}

static int put_record(sqlite3 *db, const struct record *record,
		      const struct hours_packed *packed)
{
	sqlite3_int64 numbers[] = { record->day, record->part };
	sqlite3_stmt *stmt;
	int rc;

	if (packed->at == NULL)
		return transaction_do(db, "DELETE FROM hours WHERE day = ?"
				      " AND part = ?", 2, numbers);
	rc = sqlite3_prepare_v2(db, "UPDATE hours SET rows = ?3, data = ?4"
				" WHERE day = ?1 AND part = ?2", -1, &stmt,
				NULL);
	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(stmt, 1, record->day);
	sqlite3_bind_int64(stmt, 2, record->part);
	sqlite3_bind_int64(stmt, 3, (sqlite3_int64)packed->rows);
	sqlite3_bind_blob64(stmt, 4, packed->at, packed->len, SQLITE_STATIC);
	sqlite3_step(stmt);
	return sqlite3_finalize(stmt);
}

static bool has_sheet(struct forget *forget)
{
	if (forget->sheet != NULL)
		return true;
	forget->sheet = calloc(1, sizeof(*forget->sheet));
	if (forget->sheet == NULL || sheet_init(forget->sheet) == 0)
		return forget->sheet != NULL;
	free(forget->sheet);
	forget->sheet = NULL;
	return false;
}

/* One that is damaged, or more than a sheet, is dropped. */
static int remake(struct sifting *sifting, const struct record *record)
{
	struct forget *forget = sifting->forget;
	struct hours_packed packed = { .at = NULL };
	int error, rc;

	if (!has_sheet(forget))
		return SQLITE_NOMEM;
	sheet_clear(forget->sheet);
	error = hours_record_each(bytes_of(record->at, record->len),
				  (uint32_t)record->day, sift, sifting);
	if (sifting->rc != SQLITE_OK)
		return sifting->rc;
	if (error == 0 && !sifting->full)
		error = hours_record_pack(forget->sheet,
					  (uint32_t)record->day, &packed);
	if (error == -ENOMEM)
		return SQLITE_NOMEM;
	rc = put_record(sifting->db, record, &packed);
	free(packed.at);
	forget->counts.hours++;
	return rc;
}

static int look_at_record(struct forget *forget, sqlite3 *db,
			  const struct record *record, bool *changed)
{
	struct sifting sifting = { .forget = forget, .db = db };
	int error = hours_record_each(bytes_of(record->at, record->len),
				      (uint32_t)record->day, look_for_one,
				      &sifting);

	if (error == -ENOMEM)
		return SQLITE_NOMEM;
	*changed = error < 0 || sifting.found;
	return *changed ? remake(&sifting, record) : SQLITE_OK;
}

int forget_hours(struct forget *forget, sqlite3 *db, bool *done)
{
	bool changed = false;
	int rc = SQLITE_OK;

	for (unsigned i = 0; i < LOOKS && !changed && rc == SQLITE_OK; i++) {
		struct record record;

		rc = next_record(forget, db, &record);
		*done = rc == SQLITE_OK && record.at == NULL;
		if (rc != SQLITE_OK || *done)
			return rc;
		rc = look_at_record(forget, db, &record, &changed);
		free(record.at);
		forget->at = record.day;
		forget->at_part = record.part;
	}
	return rc;
}

/* --- the ledger --- */

static void holds(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	const struct forget *forget = sqlite3_user_data(context);
	const void *text = sqlite3_value_text(argv[0]);
	int len = sqlite3_value_bytes(argv[0]);

	(void)argc;
	sqlite3_result_int(context, text != NULL &&
			   forget_has_name(forget,
					   bytes_of(text, (size_t)len)));
}

/* `sql` may ask forget_holds(name); ?1 is the device, ?2 the moment. */
static int run(struct forget *forget, sqlite3 *db, const char *sql,
	       sqlite3_int64 device)
{
	const sqlite3_int64 numbers[] = {
		device, (sqlite3_int64)forget->what.before,
	};
	int rc = sqlite3_create_function(db, "forget_holds", 1, SQLITE_UTF8,
					 forget, holds, NULL, NULL);

	if (rc == SQLITE_OK)
		rc = transaction_do(db, sql, 2, numbers);
	sqlite3_create_function(db, "forget_holds", 1, SQLITE_UTF8, NULL,
				NULL, NULL, NULL);
	return rc;
}

static const char *const of_name[] = {
	"DELETE FROM ledger WHERE device = ?1 AND forget_holds(name)",
	"DELETE FROM ledger_more WHERE device = ?1 AND forget_holds(receiver)",
	NULL
};

static const char *const of_device[] = {
	"DELETE FROM ledger WHERE device = ?1",
	"DELETE FROM ledger_more WHERE device = ?1",
	NULL
};

static const char *const of_time[] = {
	"DELETE FROM ledger WHERE device = ?1 AND last < ?2",
	"DELETE FROM ledger_more WHERE device = ?1 AND last < ?2",
	"UPDATE ledger SET first = ?2 WHERE device = ?1 AND first < ?2",
	"UPDATE ledger_more SET first = ?2 WHERE device = ?1 AND first < ?2",
	NULL
};

static int run_all(struct forget *forget, sqlite3 *db, const char *const *sql,
		   sqlite3_int64 device)
{
	int rc = SQLITE_OK;

	for (; *sql != NULL && rc == SQLITE_OK; sql++)
		rc = run(forget, db, *sql, device);
	return rc;
}

/* Those that go, not those that change. */
static int run_counted(struct forget *forget, sqlite3 *db,
		       const char *const *sql, sqlite3_int64 device)
{
	int rc = SQLITE_OK;

	for (unsigned i = 0; i < 2 && rc == SQLITE_OK; i++) {
		rc = run(forget, db, sql[i], device);
		if (rc == SQLITE_OK)
			forget->counts.names += (uint64_t)sqlite3_changes(db);
	}
	return rc == SQLITE_OK ? run_all(forget, db, sql + 2, device) : rc;
}

/* The next device that has something; done: there is none. */
static int next_device(struct forget *forget, sqlite3 *db, bool *done)
{
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(db, "SELECT min(device) FROM"
		" (SELECT min(device) AS device FROM ledger WHERE device > ?1"
		" UNION ALL SELECT min(device) FROM ledger_more"
		" WHERE device > ?1)", -1, &stmt, NULL);

	*done = false;
	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(stmt, 1, forget->at);
	if (sqlite3_step(stmt) == SQLITE_ROW &&
	    sqlite3_column_type(stmt, 0) != SQLITE_NULL)
		forget->at = sqlite3_column_int64(stmt, 0);
	else
		*done = true;
	return sqlite3_finalize(stmt);
}

/* A device at a time, or the one it is about. */
int forget_ledger(struct forget *forget, sqlite3 *db, bool *done)
{
	int rc;

	if (forget->what.device != 0) {
		*done = true;
		return run_counted(forget, db, of_device,
				   forget->what.device);
	}
	*done = forget->what.client.family != 0;
	rc = *done ? SQLITE_OK : next_device(forget, db, done);
	if (rc != SQLITE_OK || *done)
		return rc;
	return run_counted(forget, db, forget->what.name ? of_name : of_time,
			   forget->at);
}

/* --- the rest --- */

static const char *const rest_of_name[] = {
	"DELETE FROM device_name WHERE forget_holds(name)",
	"DELETE FROM decision WHERE forget_holds(name)",
	NULL
};

static const char *const rest_of_device[] = {
	"DELETE FROM device_name WHERE device = ?1",
	"DELETE FROM device_address WHERE device = ?1",
	"DELETE FROM device WHERE id = ?1",
	"UPDATE mark SET device = NULL WHERE device = ?1",
	NULL
};

static const char *const rest_of_time[] = {
	"DELETE FROM device_name WHERE device IN"
	" (SELECT id FROM device WHERE last < ?2)",
	"DELETE FROM device_address WHERE device IN"
	" (SELECT id FROM device WHERE last < ?2)",
	"UPDATE mark SET device = NULL WHERE device IN"
	" (SELECT id FROM device WHERE last < ?2)",
	"DELETE FROM device WHERE last < ?2",
	"UPDATE device SET first = ?2 WHERE first < ?2",
	"DELETE FROM gap WHERE until_time < ?2",
	NULL
};

int forget_rest(struct forget *forget, sqlite3 *db, bool *done)
{
	*done = true;
	if (forget->what.name != NULL)
		return run_all(forget, db, rest_of_name, 0);
	if (forget->what.device != 0)
		return run_all(forget, db, rest_of_device,
			       forget->what.device);
	if (forget->what.before != 0)
		return run_all(forget, db, rest_of_time, 0);
	return SQLITE_OK;
}
