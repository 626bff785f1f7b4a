/*
 * An entry carries the wall clock and the monotonic one; their difference is
 * the same for all entries of a boot until somebody sets the wall clock.  It
 * is compared with the difference that was recorded last, so that many small
 * steps are seen too when they add up to one second.
 *
 * Entries are published when they are answered and carry the time of their
 * arrival: one that waited comes behind younger ones.  It says nothing about
 * the clock; when there was a step since, its time is told by the clock as it
 * goes now.
 *
 * So the rows between two rows of `clock` are in the order of their time, as
 * far as a query may be late: a reader can search them by halves.
 */
#include "journal/remarks.h"

#include <string.h>

#include "journal/database.h"

enum { SECOND = 1000000 };

/* Entries are late by the patience for an upstream, which is seconds. */
#define LATE_AT_MOST (60 * (uint64_t)SECOND)

/* Beyond it a difference could overflow; such a row is not ours. */
#define OFFSET_MAX ((sqlite3_int64)1 << 61)

static int load_clock(struct remarks *remarks, sqlite3 *db)
{
	sqlite3_stmt *stmt;
	int rc;

	rc = sqlite3_prepare_v2(db,
		"SELECT time - mono, mono, boot = ?, coalesce((SELECT time "
		"FROM tail ORDER BY number DESC LIMIT 1), (SELECT until_time "
		"FROM block ORDER BY number DESC LIMIT 1), time) "
		"FROM clock ORDER BY number DESC LIMIT 1", -1, &stmt, NULL);
	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_text(stmt, 1, remarks->boot, -1, SQLITE_STATIC);
	if (sqlite3_step(stmt) == SQLITE_ROW) {
		remarks->clock.any = true;
		remarks->clock.offset = sqlite3_column_int64(stmt, 0);
		remarks->clock.mono = (uint64_t)sqlite3_column_int64(stmt, 1);
		remarks->clock.this_boot = sqlite3_column_int(stmt, 2) != 0;
		remarks->clock.wall = (uint64_t)sqlite3_column_int64(stmt, 3);
	}
	if (remarks->clock.offset > OFFSET_MAX ||
	    remarks->clock.offset < -OFFSET_MAX)
		remarks->clock = (struct remarks_clock){ 0 };
	return sqlite3_finalize(stmt);
}

int remarks_init(struct remarks *remarks, sqlite3 *db)
{
	int rc;

	*remarks = (struct remarks){ .next = 1 };
	clock_boot_id(remarks->boot);
	rc = load_clock(remarks, db);
	if (rc == SQLITE_OK)
		rc = database_prepare(db, "INSERT INTO gap "
			"(number, from_time, until_time, count, reason) "
			"VALUES (?, ?, ?, ?, ?)", &remarks->put_gap);
	if (rc == SQLITE_OK)
		rc = database_prepare(db, "INSERT INTO clock "
			"(number, time, mono, step, boot) "
			"VALUES (?, ?, ?, ?, ?)", &remarks->put_clock);
	return rc;
}

void remarks_release(struct remarks *remarks)
{
	sqlite3_finalize(remarks->put_gap);
	sqlite3_finalize(remarks->put_clock);
	*remarks = (struct remarks){ 0 };
}

void remarks_begin(struct remarks *remarks)
{
	remarks->before = remarks->clock;
	remarks->next_before = remarks->next;
}

void remarks_undo(struct remarks *remarks)
{
	remarks->clock = remarks->before;
	remarks->next = remarks->next_before;
}

int remarks_gap(struct remarks *remarks, const struct ring_gap *gap,
		const char *reason)
{
	sqlite3_stmt *put = remarks->put_gap;

	sqlite3_bind_int64(put, 1, remarks->next++);
	sqlite3_bind_int64(put, 2, (sqlite3_int64)gap->since);
	sqlite3_bind_int64(put, 3, (sqlite3_int64)gap->until);
	sqlite3_bind_int64(put, 4, (sqlite3_int64)gap->count);
	sqlite3_bind_text(put, 5, reason, -1, SQLITE_STATIC);
	return database_run(put);
}

static int record(struct remarks *remarks, int64_t step)
{
	const struct remarks_clock *clock = &remarks->clock;
	sqlite3_stmt *put = remarks->put_clock;

	sqlite3_bind_int64(put, 1, remarks->next++);
	sqlite3_bind_int64(put, 2, (sqlite3_int64)clock->wall);
	sqlite3_bind_int64(put, 3, (sqlite3_int64)clock->mono);
	sqlite3_bind_int64(put, 4, step);
	sqlite3_bind_text(put, 5, remarks->boot, -1, SQLITE_STATIC);
	return database_run(put);
}

/* Across a boot only a clock that runs behind itself is a step. */
static int64_t step_back(const struct remarks_clock *clock, uint64_t wall)
{
	if (!clock->any || wall + SECOND > clock->wall)
		return 0;
	return (int64_t)(wall - clock->wall);
}

/* The wall clock, as it goes now, at a moment gone by; not before 1970. */
static uint64_t wall_at(const struct remarks_clock *clock, uint64_t mono)
{
	int64_t wall = (int64_t)mono + clock->offset;

	return wall > 0 ? (uint64_t)wall : 0;
}

static bool is_step(int64_t step)
{
	return step > SECOND || step < -SECOND;
}

int remarks_look(struct remarks *remarks, uint64_t *wall, uint64_t mono)
{
	struct remarks_clock *clock = &remarks->clock;
	int64_t offset = (int64_t)(*wall - mono);
	int64_t step = offset - clock->offset;

	if (!clock->this_boot || mono + LATE_AT_MOST < clock->mono) {
		step = step_back(clock, *wall);
	} else if (mono < clock->mono) {
		if (is_step(step))
			*wall = wall_at(clock, mono);
		return SQLITE_OK;
	} else if (!is_step(step)) {
		clock->mono = mono;
		clock->wall = *wall;
		return SQLITE_OK;
	}
	*clock = (struct remarks_clock){
		.any = true, .this_boot = true,
		.wall = *wall, .mono = mono, .offset = offset,
	};
	return record(remarks, step);
}
