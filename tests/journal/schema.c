/*
 * An old database becomes one of today with all its rows; one of tomorrow,
 * and one of somebody else, is left alone.
 */
#include "journal/schema.h"

#include "ask.h"
#include "fixture.h"

static struct fixture fixture;

static void set_up(void)
{
	log_level = LOG_LEVEL_ERROR;
	fixture_make(&fixture);
}

static void tear_down(void)
{
	fixture_remove(&fixture);
}

TestSuite(schema, .init = set_up, .fini = tear_down, .timeout = 60);

/* Version 1, as it was: gaps had no reason, rings no account of losses. */
static const char version_1[] =
	"PRAGMA journal_mode = WAL;"
	"PRAGMA application_id = 0x68626e64; PRAGMA user_version = 1;"
	"CREATE TABLE tail (number INTEGER PRIMARY KEY, time INTEGER NOT NULL,"
	" client BLOB, transport INTEGER, name TEXT, type INTEGER,"
	" class INTEGER, verdict INTEGER, action INTEGER, source INTEGER,"
	" rcode INTEGER, alias TEXT, image INTEGER, list INTEGER,"
	" line INTEGER, upstream INTEGER, duration INTEGER) STRICT;"
	"CREATE TABLE gap (number INTEGER PRIMARY KEY, from_time INTEGER,"
	" until_time INTEGER, count INTEGER) STRICT;"
	"CREATE TABLE clock (number INTEGER PRIMARY KEY, time INTEGER,"
	" mono INTEGER, step INTEGER, boot TEXT) STRICT;"
	"CREATE TABLE image (id INTEGER PRIMARY KEY, serial INTEGER,"
	" time INTEGER, rules INTEGER, inputs BLOB) STRICT;"
	"CREATE TABLE image_list (image INTEGER, list INTEGER, name TEXT,"
	" version INTEGER, version_time INTEGER, digest BLOB, rules INTEGER,"
	" rejected INTEGER, PRIMARY KEY (image, list)) WITHOUT ROWID, STRICT;"
	"CREATE TABLE upstream (id INTEGER PRIMARY KEY, address TEXT UNIQUE)"
	" STRICT;"
	"CREATE TABLE ring (identity BLOB PRIMARY KEY, position INTEGER)"
	" WITHOUT ROWID, STRICT;"
	"CREATE VIEW query AS SELECT number, name FROM tail;";

static void columns(const struct fixture *of, const char *table, char *text,
		    size_t room)
{
	char sql[512];

	snprintf(sql, sizeof(sql), "SELECT group_concat(name || ' ' || type ||"
		 " ' ' || \"notnull\" || ' ' || coalesce(dflt_value, '-') || "
		 "' ' || pk) FROM pragma_table_info('%s')", table);
	fixture_ask(of, sql, text, room);
}

Test(schema, version_1_becomes_what_a_new_one_is)
{
	static const char *const tables[] = {
		"tail", "gap", "clock", "image", "image_list", "upstream",
		"ring", "query",
	};
	struct fixture fresh;
	struct writer *writer;

	fixture_make(&fresh);
	writer = fixture_writer(&fresh);
	writer->ops->close(writer);
	fixture_run(&fixture, version_1);
	writer = fixture_writer(&fixture);
	writer->ops->close(writer);
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		char old[2048], new[2048];

		columns(&fixture, tables[i], old, sizeof(old));
		columns(&fresh, tables[i], new, sizeof(new));
		cr_assert_str_neq(new, "");
		cr_assert_str_eq(old, new, "%s: %s", tables[i], old);
	}
	cr_assert_eq(fixture_number(&fixture, "PRAGMA user_version"),
		     SCHEMA_VERSION);
	fixture_remove(&fresh);
}

Test(schema, rows_of_version_1_are_kept_and_new_ones_follow)
{
	struct entry entry = fixture_query("new.example", 1);
	struct writer *writer;
	struct ring ring;
	char text[128];

	fixture_run(&fixture, version_1);
	fixture_run(&fixture, "INSERT INTO tail (number, time, name) VALUES "
		    "(41, 1, 'old.example'); INSERT INTO gap VALUES "
		    "(42, 1, 2, 3)");
	writer = fixture_writer(&fixture);
	fixture_ring(&fixture, &ring, 0, 16);
	fixture_put(&ring, &entry);
	cr_assert_eq(fixture_store(writer, &ring), 0);
	fixture_ask(&fixture, "SELECT group_concat(number || name || answered) "
		    "FROM query", text, sizeof(text));
	cr_assert_str_eq(text, "41old.example1,44new.example1");
	fixture_ask(&fixture, "SELECT reason FROM gap", text, sizeof(text));
	cr_assert_str_eq(text, "full");
	writer->ops->close(writer);
	ring_close(&ring);
}

/* The tables say version 1, but one of them has the new column already. */
Test(schema, a_migration_that_fails_changes_nothing)
{
	sqlite3 *db;

	fixture_run(&fixture, version_1);
	fixture_run(&fixture, "ALTER TABLE ring ADD COLUMN lost INTEGER");
	cr_assert_eq(sqlite3_open(fixture.database, &db), SQLITE_OK);
	cr_assert_neq(schema_prepare(db), SQLITE_OK);
	cr_assert(sqlite3_get_autocommit(db));
	sqlite3_close(db);
	cr_assert_eq(fixture_number(&fixture, "PRAGMA user_version"), 1);
	cr_assert_eq(fixture_number(&fixture, "SELECT count(*) FROM "
		"pragma_table_info('tail') WHERE name = 'answered'"), 0);
}

static void expect_left_alone(const char *sql, int error)
{
	struct entry entry = fixture_query("example", 1);
	struct writer *writer;
	struct ring ring;

	fixture_run(&fixture, sql);
	writer = fixture_writer(&fixture);
	cr_assert_str_neq(writer->words, "");
	fixture_ring(&fixture, &ring, 0, 16);
	fixture_put(&ring, &entry);
	cr_assert_eq(fixture_store(writer, &ring), error);
	cr_assert_eq(ring_tail(&ring), 0);
	cr_assert_eq(fixture_files(&fixture, "*damaged*"), 0);
	cr_assert_eq(fixture_number(&fixture, "SELECT count(*) FROM "
				    "sqlite_schema WHERE name = 'tail'"), 0);
	writer->ops->close(writer);
	ring_close(&ring);
}

Test(schema, a_newer_version_is_left_alone)
{
	expect_left_alone("PRAGMA application_id = 0x68626e64;"
			  "PRAGMA user_version = 99; CREATE TABLE x(y);",
			  ERROR_FOREIGN);
}

Test(schema, a_database_of_something_else_is_left_alone)
{
	expect_left_alone("CREATE TABLE bookmarks(url);", ERROR_FOREIGN);
	cr_assert_eq(fixture_number(&fixture, "SELECT count(*) FROM "
				    "sqlite_schema"), 1);
	cr_assert_eq(fixture_files(&fixture, "journal.db-wal"), 0);
}

Test(schema, an_empty_file_is_a_beginning)
{
	struct writer *writer;

	close(open(fixture.database, O_WRONLY | O_CREAT, 0600));
	writer = fixture_writer(&fixture);
	cr_assert_eq(fixture_number(&fixture, "PRAGMA user_version"),
		     SCHEMA_VERSION);
	writer->ops->close(writer);
}

/* Our numbers, but tables that are not ours: as good as unreadable. */
Test(schema, a_version_that_lies_is_set_aside)
{
	struct writer *writer;

	fixture_run(&fixture, "PRAGMA application_id = 0x68626e64;"
		    "PRAGMA user_version = 2; CREATE TABLE tail(x);");
	writer = fixture_writer(&fixture);
	cr_assert_eq(fixture_number(&fixture, "SELECT count(*) FROM "
				    "sqlite_schema WHERE name = 'ring'"), 1);
	cr_assert_eq(fixture_files(&fixture, "journal.db.damaged-*[0-9]"), 1);
	writer->ops->close(writer);
}
