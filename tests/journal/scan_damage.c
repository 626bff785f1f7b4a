/*
 * A journal that was damaged: what is lost is told, block by block, and all
 * the rest is given.
 */
#include "journal/scan.h"

#include "archive.h"

enum { ROWS = 2400, EACH = 100, BLOCKS = 20, PAGE = 4096 };

static struct fixture fixture;

static void put_rows(sqlite3 *db)
{
	archive_run(db, "BEGIN");
	for (int i = 1; i <= ROWS; i++) {
		char name[32];
		struct row row = {
			.number = i, .time = (uint64_t)i * 1000,
			.client = { 10, 0, 0, (uint8_t)(i % 5) },
			.client_len = 4, .list = ROW_NO_LIST, .type = 1,
		};

		snprintf(name, sizeof(name), "n%d.example", i * 7919 % 3571);
		row.name = bytes_of_string(name);
		archive_put(db, &row);
	}
	archive_run(db, "COMMIT");
}

/* 20 blocks of 100 rows and a tail of 400, all in the file itself. */
static void set_up(void)
{
	sqlite3 *db;

	log_level = LOG_LEVEL_ERROR;
	fixture_make(&fixture);
	db = archive_open(&fixture);
	put_rows(db);
	for (int i = 0; i < BLOCKS; i++)
		archive_seal(db, i * EACH + 1, (i + 1) * EACH);
	archive_run(db, "PRAGMA wal_checkpoint(TRUNCATE)");
	sqlite3_close(db);
}

static void tear_down(void)
{
	fixture_remove(&fixture);
}

TestSuite(scan_damage, .init = set_up, .fini = tear_down, .timeout = 60);

/* What a scan gave, and what it told. */
struct seen {
	bool row[ROWS + 1], told[ROWS + 1];
	unsigned rows, blocks;
	int end;		/* 0, or an error */
};

static void take_damaged(void *context, const struct block_summary *block)
{
	struct seen *seen = context;

	seen->blocks++;
	for (int64_t i = block->number; i <= block->last && i <= ROWS; i++)
		if (i > 0)
			seen->told[i] = true;
}

static void look(struct seen *seen, bool back)
{
	struct scan_filter filter = {
		.backwards = back, .damaged = take_damaged, .context = seen,
	};
	struct scan *scan = NULL;
	int64_t before = back ? INT64_MAX : 0;
	struct row row;
	sqlite3 *db;

	memset(seen, 0, sizeof(*seen));
	seen->end = database_open_reader(&db, fixture.database);
	if (seen->end == 0)
		seen->end = scan_open(&scan, db, &filter);
	while (seen->end == 0 && (seen->end = scan_next(scan, &row)) == 1) {
		seen->end = 0;
		cr_assert(back ? row.number < before : row.number > before);
		before = row.number;
		cr_assert(row.number > 0 && row.number <= ROWS);
		cr_assert_eq(row.time, (uint64_t)row.number * 1000);
		seen->row[row.number] = true;
		seen->rows++;
	}
	scan_close(scan);
	sqlite3_close(db);
}

static void change(const char *sql)
{
	sqlite3 *db = archive_open(&fixture);

	archive_run(db, sql);
	sqlite3_close(db);
}

/* Block 5, rows 401 to 500, and nothing else. */
static void expect_one_block(const char *what)
{
	struct seen seen;

	for (int back = 0; back < 2; back++) {
		look(&seen, back);
		cr_assert_eq(seen.end, 0, "%s", what);
		cr_assert_eq(seen.rows, ROWS - EACH, "%s: %u", what,
			     seen.rows);
		cr_assert_eq(seen.blocks, 1, "%s: %u", what, seen.blocks);
		cr_assert(seen.told[401] && seen.told[500]);
		cr_assert(!seen.row[401] && !seen.row[500]);
	}
}

Test(scan_damage, a_byte_of_a_block)
{
	change("UPDATE block_data SET data = CAST(substr(data, 1, 150) || "
	       "x'a5' || substr(data, 152) AS BLOB) WHERE number = 401");
	expect_one_block("changed");
}

Test(scan_damage, a_block_that_is_cut_off)
{
	change("UPDATE block_data SET data = substr(data, 1, 90) "
	       "WHERE number = 401");
	expect_one_block("cut");
}

Test(scan_damage, a_block_without_its_bytes)
{
	change("DELETE FROM block_data WHERE number = 401");
	expect_one_block("gone");
}

Test(scan_damage, a_block_of_another)
{
	change("UPDATE block_data SET data = (SELECT data FROM block_data "
	       "WHERE number = 801) WHERE number = 401");
	expect_one_block("another's");
}

Test(scan_damage, a_summary_that_lies)
{
	change("UPDATE block SET last = 9000000000000000000 "
	       "WHERE number = 401");
	expect_one_block("far too long");
	change("UPDATE block SET last = 500, rows = 77 WHERE number = 401");
	expect_one_block("too few rows");
}

/* Its data is still there, and says all that the row said. */
Test(scan_damage, a_table_of_blocks_that_cannot_be_walked)
{
	struct seen seen;

	change("PRAGMA writable_schema = ON; UPDATE sqlite_schema SET "
	       "rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = "
	       "'block_time') WHERE name = 'block'");
	for (int back = 0; back < 2; back++) {
		look(&seen, back);
		cr_assert_eq(seen.end, 0);
		cr_assert_eq(seen.rows, ROWS, "%u", seen.rows);
		cr_assert_eq(seen.blocks, 0);
	}
}

Test(scan_damage, a_filter_that_is_none_hides_nothing)
{
	static const char *const filters[] = {
		"NULL", "x''", "x'00'", "zeroblob(300)", "randomblob(2000)",
	};
	struct scan_filter filter = { .name = "n1554.example" };
	char sql[128];

	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
		struct scan *scan;
		struct row row;
		sqlite3 *db;

		snprintf(sql, sizeof(sql), "UPDATE block SET filter = %s",
			 filters[i]);
		change(sql);
		db = archive_read(&fixture);
		cr_assert_eq(scan_open(&scan, db, &filter), 0);
		cr_assert_eq(scan_next(scan, &row), 1, "%s", filters[i]);
		cr_assert_eq(row.number, 2);
		scan_close(scan);
		sqlite3_close(db);
	}
}

/* --- any page --- */

static long size_of_file(void)
{
	struct stat status;

	cr_assert_eq(stat(fixture.database, &status), 0);
	return (long)status.st_size;
}

static void swap_page(long page, uint8_t *with)
{
	FILE *file = fopen(fixture.database, "r+");
	uint8_t old[PAGE];

	cr_assert_not_null(file);
	fseek(file, page * PAGE, SEEK_SET);
	cr_assert_eq(fread(old, PAGE, 1, file), 1);
	fseek(file, page * PAGE, SEEK_SET);
	cr_assert_eq(fwrite(with, PAGE, 1, file), 1);
	cr_assert_eq(fclose(file), 0);
	memcpy(with, old, PAGE);
}

/* A row is given, told to be lost, or the scan says that it gave up. */
static void expect_nothing_hidden(const struct seen *seen, long page)
{
	if (seen->end < 0)
		return;
	for (int i = 1; i <= ROWS; i++)
		cr_assert(seen->row[i] || seen->told[i], "page %ld, row %d",
			  page, i);
}

static unsigned lost(const struct seen *seen)
{
	return ROWS - seen->rows;
}

Test(scan_damage, no_page_hides_anything_but_what_is_told)
{
	long pages = size_of_file() / PAGE;
	unsigned few = 0, given_up = 0;
	uint8_t rubbish[PAGE];
	struct seen seen;

	for (long page = 1; page < pages; page++) {
		memset(rubbish, 0xa5, sizeof(rubbish));
		swap_page(page, rubbish);
		for (int back = 0; back < 2; back++) {
			look(&seen, back);
			expect_nothing_hidden(&seen, page);
			few += seen.end == 0 && lost(&seen) <= EACH;
			given_up += seen.end < 0;
		}
		swap_page(page, rubbish);
	}
	printf("%ld pages: at most a block was lost %u times of %ld, given "
	       "up %u times\n", pages, few, 2 * (pages - 1), given_up);
	look(&seen, false);
	cr_assert_eq(seen.rows, ROWS);
}
