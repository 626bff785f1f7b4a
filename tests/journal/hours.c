/*
 * Hourly counts against counting with SQL, whatever of the rows is sealed,
 * late, or gone; and records that somebody has changed.
 */
#include "journal/hours.h"

#include "journal/hours_record.h"
#include "journal/sheet.h"
#include "stock.h"

static struct fixture fixture;
static struct devices *devices;
static sqlite3 *db;

/* Midnight, UTC, before the rows begin. */
#define MIDNIGHT (STOCK_START - STOCK_START % STOCK_DAY)

static void set_up(void)
{
	log_level = LOG_LEVEL_ERROR;
	fixture_make(&fixture);
	db = stock_open(&fixture);
	cr_assert_eq(devices_load(&devices, db), SQLITE_OK);
	stock_run(db, "CREATE TEMP TABLE found (device, name, hour, count,"
		  " sunk);"
		  "CREATE TEMP TABLE copy (number, time, device, name,"
		  " verdict)");
}

static void tear_down(void)
{
	devices_free(devices);
	sqlite3_close(db);
	fixture_remove(&fixture);
}

TestSuite(hours, .init = set_up, .fini = tear_down, .timeout = 120);

/* `time` since midnight. */
static void put(const char *name, uint8_t client, uint64_t time, bool sunk)
{
	struct row row = stock_row(name, client,
				   time + MIDNIGHT - STOCK_START);
	struct address address;
	int64_t device;
	char sql[256];

	row.verdict = sunk;
	stock_put(db, &row);
	address_from_raw(&address, row.client, 4, 0);
	cr_assert_eq(devices_take(devices, db, &address, row.time, &device),
		     SQLITE_OK);
	snprintf(sql, sizeof(sql), "INSERT INTO copy VALUES (%lld, %llu, %lld,"
		 " lower('%s'), %d)", (long long)row.number,
		 (unsigned long long)row.time, (long long)device, name, sunk);
	stock_run(db, sql);
}

static bool find(void *context, const struct hours_count *count)
{
	sqlite3_stmt *stmt;
	unsigned *most = context;

	sqlite3_prepare_v2(db, "INSERT INTO found VALUES (?, ?, ?, ?, ?)", -1,
			   &stmt, NULL);
	sqlite3_bind_int64(stmt, 1, count->device);
	sqlite3_bind_text(stmt, 2, count->name, -1, SQLITE_STATIC);
	sqlite3_bind_int64(stmt, 3, (int64_t)count->hour);
	sqlite3_bind_int64(stmt, 4, (int64_t)count->count);
	sqlite3_bind_int64(stmt, 5, (int64_t)count->sunk);
	sqlite3_step(stmt);
	sqlite3_finalize(stmt);
	return most == NULL || --*most > 0;
}

static void find_all(const struct hours_filter *filter)
{
	stock_run(db, "DELETE FROM found");
	cr_assert_eq(hours_each(db, filter, find, NULL), 0);
}

static const char counted_sql[] =
	"WITH counted AS (SELECT device, name,"
	" time - time %% 3600000000 AS hour, count(*) AS count,"
	" sum(verdict = 1) AS sunk FROM copy WHERE %s GROUP BY 1, 2, 3),"
	" sums AS (SELECT device, name, hour, sum(count), sum(sunk) FROM found"
	" GROUP BY 1, 2, 3)"
	" SELECT (SELECT count(*) FROM (SELECT * FROM counted EXCEPT"
	" SELECT * FROM sums)) + (SELECT count(*) FROM (SELECT * FROM"
	" sums EXCEPT SELECT * FROM counted))";

/* How many differ from those of the rows that the condition names. */
static int64_t differences(const char *condition)
{
	char sql[1024];

	snprintf(sql, sizeof(sql), counted_sql, condition);
	return stock_number(db, sql);
}

static int64_t found(void)
{
	return stock_number(db, "SELECT count(*) FROM found");
}

static void seal_until(uint64_t time)
{
	bool more = true;

	for (unsigned i = 0; more; i++) {
		cr_assert_lt(i, 100);
		cr_assert_eq(hours_seal(db, devices, MIDNIGHT + time, &more),
			     SQLITE_OK, "%s", sqlite3_errmsg(db));
	}
}

static void put_days(unsigned days, unsigned a_day)
{
	uint64_t random = 88172645463325252;
	char name[64];

	for (unsigned i = 0; i < days * a_day; i++) {
		uint64_t draw = fixture_random(&random);
		/* One in eight was late by up to a minute. */
		uint64_t late = draw % 8 == 0 ? draw / 8 % 60000000 : 0;
		uint64_t time = STOCK_HOUR +
				i * (STOCK_DAY / a_day) - late;

		snprintf(name, sizeof(name), "n%u.Example.%s",
			 (unsigned)(draw >> 32) % 60,
			 draw >> 60 > 7 ? "org" : "COM");
		put(name, (uint8_t)(1 + draw / 1024 % 4), time,
		    draw / 65536 % 3 == 0);
	}
}

Test(hours, say_what_rows_say_while_they_are_sealed_bit_by_bit)
{
	const struct hours_filter all = { 0 };

	put_days(4, 1000);
	for (unsigned hour = 0; hour < 110; hour += 7) {
		seal_until(hour * STOCK_HOUR);
		find_all(&all);
		cr_assert_eq(differences("1"), 0, "at hour %u", hour);
		if (hour == 49)
			stock_seal(db, 700);
	}
	cr_assert_eq(stock_number(db, "SELECT max(number) FROM copy"),
		     stock_number(db, "SELECT number FROM progress WHERE"
				  " what = 'hours'"));
	cr_assert_eq(stock_number(db, "SELECT sum(rows) FROM hours"), 4000);
	stock_run(db, "DELETE FROM tail; DELETE FROM block;"
		  "DELETE FROM block_data");
	find_all(&all);
	cr_assert_eq(differences("1"), 0);
	cr_assert_lt(stock_number(db, "SELECT count(*) FROM hours"), 12);
}

Test(hours, a_day_that_is_not_over_has_no_record)
{
	bool more;

	put("a.example", 1, 3 * STOCK_HOUR, false);
	cr_assert_eq(hours_seal(db, devices, MIDNIGHT + STOCK_DAY +
				STOCK_HOUR - 1, &more), SQLITE_OK);
	cr_assert_not(more);
	cr_assert_eq(stock_number(db, "SELECT count(*) FROM hours"), 0);
	cr_assert_eq(hours_seal(db, devices, MIDNIGHT + STOCK_DAY +
				STOCK_HOUR, &more), SQLITE_OK);
	cr_assert_eq(stock_number(db, "SELECT count(*) FROM hours"), 1);
	cr_assert_eq(stock_number(db, "SELECT day FROM hours"),
		     (int64_t)(MIDNIGHT / STOCK_DAY));
}

Test(hours, only_what_is_asked_for)
{
	struct hours_filter filter = {
		.name = "N1.example.org", .below = true,
	};

	put_days(3, 600);
	put("sub.n1.example.org", 1, STOCK_HOUR, true);
	put("xn1.example.org", 1, STOCK_HOUR, true);
	seal_until(2 * STOCK_DAY);
	find_all(&filter);
	cr_assert_gt(found(), 1);
	cr_assert_eq(differences("name = 'n1.example.org' OR"
				 " name LIKE '%.n1.example.org'"), 0);
	filter.below = false;
	find_all(&filter);
	cr_assert_eq(differences("name = 'n1.example.org'"), 0);
	filter = (struct hours_filter){ .device = 2 };
	find_all(&filter);
	cr_assert_gt(found(), 1);
	cr_assert_eq(differences("device = 2"), 0);
}

/* The same hours, whether they are a record's or rows'. */
Test(hours, times_are_whole_hours_in_records_and_in_rows)
{
	struct hours_filter filter;
	char condition[128];

	put_days(3, 600);
	for (unsigned i = 0; i < 2; i++) {
		filter = (struct hours_filter){
			.since = MIDNIGHT + 5 * STOCK_HOUR + 1000,
			.until = MIDNIGHT + 30 * STOCK_HOUR,
		};
		find_all(&filter);
		snprintf(condition, sizeof(condition), "time >= %llu AND"
			 " time < %llu", (unsigned long long)
			 (MIDNIGHT + 5 * STOCK_HOUR),
			 (unsigned long long)(MIDNIGHT + 30 * STOCK_HOUR));
		cr_assert_gt(found(), 100);
		cr_assert_eq(differences(condition), 0);
		seal_until(3 * STOCK_DAY);
	}
}

Test(hours, stop_when_they_are_told)
{
	const struct hours_filter all = { 0 };
	unsigned most = 3;

	put_days(2, 300);
	seal_until(STOCK_DAY + 2 * STOCK_HOUR);
	cr_assert_eq(hours_each(db, &all, find, &most), 0);
	cr_assert_eq(found(), 3);
}

/* A clock that was years ahead for a moment. */
Test(hours, a_row_from_the_future_stops_nothing)
{
	const struct hours_filter all = { 0 };

	put("a.example", 1, STOCK_HOUR, false);
	put("future.example", 1, 3000 * STOCK_DAY, false);
	put("b.example", 1, 2 * STOCK_HOUR, false);
	put("c.example", 1, STOCK_DAY + 2 * STOCK_HOUR, false);
	seal_until(3 * STOCK_DAY);
	find_all(&all);
	cr_assert_eq(differences("1"), 0);
	cr_assert_eq(stock_number(db, "SELECT sum(rows) FROM hours"), 4);
}

Test(hours, a_clock_that_jumps_about_ends_somewhere)
{
	const struct hours_filter all = { 0 };

	for (unsigned i = 0; i < 100; i++)
		put("a.example", 1, (i * 37 % 100) * STOCK_DAY, false);
	seal_until(200 * STOCK_DAY);
	find_all(&all);
	cr_assert_eq(differences("1"), 0);
	cr_assert_eq(stock_number(db, "SELECT sum(rows) FROM hours"), 100);
}

Test(hours, of_a_flood_are_several_parts)
{
	const struct hours_filter all = { 0 };
	bool more;

	stock_run(db, "WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
		  " WHERE i < 80000) INSERT INTO tail (number, time, name)"
		  " SELECT i, 1700000000000000, printf('x%d.example', i)"
		  " FROM n");
	stock_run(db, "INSERT INTO copy SELECT number, time, 0, name, 0"
		  " FROM tail");
	cr_assert_eq(hours_seal_through(db, devices, 60000, &more),
		     SQLITE_OK);
	cr_assert(more);
	cr_assert_eq(hours_seal_through(db, devices, 60000, &more),
		     SQLITE_OK);
	cr_assert_not(more);
	cr_assert_eq(stock_number(db, "SELECT count(*) FROM hours"), 2);
	cr_assert_eq(stock_number(db, "SELECT sum(rows) FROM hours"), 60000);
	find_all(&all);
	cr_assert_eq(differences("1"), 0);
}

Test(hours, a_damaged_record_costs_only_itself)
{
	const struct hours_filter all = { 0 };

	log_level = LOG_LEVEL_ERROR;
	put("a.example", 1, STOCK_HOUR, false);
	put("b.example", 1, STOCK_DAY + 2 * STOCK_HOUR, false);
	seal_until(3 * STOCK_DAY);
	stock_run(db, "UPDATE hours SET data = substr(data, 1, 20)"
		  " WHERE day = (SELECT min(day) FROM hours)");
	find_all(&all);
	cr_assert_eq(differences("name = 'b.example'"), 0);
}

/* --- records --- */

struct total {
	uint64_t count, sunk;
	unsigned entries;
};

static bool add_up(void *context, const struct hours_count *count)
{
	struct total *total = context;

	cr_assert_eq(count->hour / STOCK_DAY, 19000);
	cr_assert_leq(count->sunk, count->count);
	total->count += count->count;
	total->sunk += count->sunk;
	total->entries++;
	return true;
}

static struct hours_packed pack(uint32_t rows)
{
	static const int64_t numbers[] = { INT64_MIN, -1, 0, 7, INT64_MAX };
	uint64_t random = 88172645463325252;
	struct hours_packed packed;
	struct sheet sheet;
	char name[64];

	cr_assert_eq(sheet_init(&sheet), 0);
	for (uint32_t i = 0; i < rows; i++) {
		uint64_t draw = fixture_random(&random);
		struct sheet_entry entry = {
			.device = numbers[draw % 5],
			.hour = 19000 * 24 + (uint32_t)(draw >> 20) % 24,
			.count = draw >> 60 == 0 ? UINT32_MAX : 3,
			.sunk = draw >> 8 & 3,
		};

		snprintf(name, sizeof(name), "%x.example.%x",
			 (unsigned)(draw >> 40 & 63),
			 (unsigned)(draw >> 50 & 1));
		entry.name = bytes_of_string(draw >> 58 == 0 ? "" : name);
		sheet_add(&sheet, &entry);
	}
	cr_assert_eq(hours_record_pack(&sheet, 19000, &packed), 0);
	cr_assert_not_null(packed.at);
	sheet_release(&sheet);
	return packed;
}

Test(hours, records_keep_any_device_name_and_count)
{
	struct hours_packed packed = pack(20000);
	struct total total = { 0 };

	cr_assert_eq(hours_record_each(bytes_of(packed.at, packed.len), 19000,
				       add_up, &total), 0);
	cr_assert_eq(total.count, packed.rows);
	cr_assert_gt(total.sunk, 0);
	cr_assert_gt(total.entries, 1000);
	free(packed.at);
}

Test(hours, a_record_of_another_day_or_with_a_changed_bit_is_damaged)
{
	struct hours_packed packed = pack(200);
	struct bytes record = bytes_of(packed.at, packed.len);
	struct total total = { 0 };

	cr_assert_eq(hours_record_each(record, 19001, add_up, &total),
		     ERROR_DAMAGED);
	for (size_t i = 0; i < packed.len; i++) {
		int error;

		packed.at[i] ^= 0x10;
		error = hours_record_each(record, 19000, add_up, &total);
		cr_assert(error == ERROR_DAMAGED ||
			  (error == ERROR_FOREIGN && i == 3), "%zu", i);
		packed.at[i] ^= 0x10;
	}
	for (size_t i = 0; i < packed.len; i++)
		cr_assert_eq(hours_record_each(bytes_of(packed.at, i), 19000,
					       add_up, &total),
			     ERROR_DAMAGED);
	cr_assert_eq(total.entries, 0);
	free(packed.at);
}
