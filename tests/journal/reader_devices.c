/*
 * Rows and the devices they came from, as those were at that time.
 */
#include "journal/reader.h"

#include "archive.h"

static struct fixture fixture;
static struct reader *reader;

/* 10.0.0.1 was the phone's and then the laptop's, which has fd00::1, too. */
static const char devices[] =
	"INSERT INTO device VALUES (1, x'020000000001', 1, 9),"
	" (2, x'020000000002', 1, 9), (3, NULL, 1, 9);"
	"INSERT INTO device_address VALUES (x'0a000001', 1, 1),"
	" (x'0a000001', 500, 2),"
	" (x'fd000000000000000000000000000001', 1, 2), (x'0a000003', 1, 3);"
	"INSERT INTO device_name VALUES (1, 'given', 1, 'phone'),"
	" (2, 'lease', 1, 'laptop-of-anne'), (2, 'given', 700, 'laptop');";

static void put(sqlite3 *db, int64_t number, const char *client)
{
	struct row row = {
		.number = number, .time = (uint64_t)number * 100,
		.name = bytes_of_string("a.example"), .list = ROW_NO_LIST,
		.ttl = (uint32_t)number, .type = 1,
	};
	struct address address;
	const uint8_t *raw;
	size_t len;

	cr_assert_eq(address_parse(&address, client, 0), 0);
	raw = address_raw(&address, &len);
	memcpy(row.client, raw, len);
	row.client_len = (uint8_t)len;
	archive_put(db, &row);
}

static void set_up(void)
{
	sqlite3 *db;

	log_level = LOG_LEVEL_ERROR;
	fixture_make(&fixture);
	db = archive_open(&fixture);
	archive_run(db, devices);
	for (int64_t i = 1; i < 10; i++)
		put(db, i, i == 3 ? "fd00::1" : i == 4 ? "10.0.0.3" :
		    i == 8 ? "10.9.9.9" : "10.0.0.1");
	archive_seal(db, 1, 6);
	sqlite3_close(db);
	cr_assert_eq(reader_open(&reader, fixture.database), 0);
}

static void tear_down(void)
{
	reader_close(reader);
	fixture_remove(&fixture);
}

TestSuite(reader_devices, .init = set_up, .fini = tear_down, .timeout = 60);

static bool write_row(void *context, const struct reader_row *row)
{
	text_put(context, "%lld:%lld:%s ", (long long)row->number,
		 (long long)row->device,
		 row->device_name != NULL ? row->device_name : "-");
	cr_expect_eq(row->ttl, row->number);
	return true;
}

static void expect(const struct reader_filter *filter, const char *rows)
{
	char buffer[512];
	struct text text;

	text_init(&text, buffer, sizeof(buffer));
	cr_assert_geq(reader_rows(reader, filter, write_row, &text), 0);
	cr_expect_str_eq(buffer, rows, "%s", buffer);
}

Test(reader_devices, a_row_says_which_it_was_then)
{
	struct reader_filter all = { .verdict = -1 };

	expect(&all, "1:1:phone 2:1:phone 3:2:laptop-of-anne 4:3:- "
	       "5:2:laptop-of-anne 6:2:laptop-of-anne 7:2:laptop 8:0:- "
	       "9:2:laptop ");
}

Test(reader_devices, rows_of_one)
{
	struct reader_filter filter = { .verdict = -1, .device = "phone" };

	expect(&filter, "1:1:phone 2:1:phone ");
	filter.device = "02-00-00-00-00-02";
	expect(&filter, "3:2:laptop-of-anne 5:2:laptop-of-anne "
	       "6:2:laptop-of-anne 7:2:laptop 9:2:laptop ");
	filter.last = 2;
	expect(&filter, "7:2:laptop 9:2:laptop ");
	filter.last = 0;
	filter.has_client = true;
	cr_assert_eq(prefix_parse(&filter.client, "fd00::/8"), 0);
	expect(&filter, "3:2:laptop-of-anne ");
	cr_assert_eq(prefix_parse(&filter.client, "10.9.0.0/16"), 0);
	expect(&filter, "");
}

Test(reader_devices, there_is_no_such)
{
	struct reader_filter filter = { .verdict = -1, .device = "nobody" };

	cr_expect_eq(reader_rows(reader, &filter, write_row, NULL),
		     ERROR_ABSENT);
}

Test(reader_devices, a_name_that_is_given_while_it_is_open)
{
	struct reader_filter filter = { .verdict = -1, .after = 7 };
	sqlite3 *db = archive_open(&fixture);

	expect(&filter, "8:0:- 9:2:laptop ");
	archive_run(db, "INSERT INTO device_name VALUES "
		    "(2, 'given', 800, 'new')");
	expect(&filter, "8:0:- 9:2:new ");
	sqlite3_close(db);
}
