/*
 * A change of a sealed block is seen, and told from what was taken out on
 * purpose.
 */
#include "journal/chain.h"

#include "rows_of.h"

enum { LINKS = 4, EACH = 5000 };

static struct fixture fixture;

/* Four blocks of a flood each. */
static void set_up(void)
{
	struct writer *writer;
	struct ring ring;

	log_level = LOG_LEVEL_ERROR;
	fixture_make(&fixture);
	writer = fixture_writer(&fixture);
	fixture_ring(&fixture, &ring, 0, 8192);
	for (unsigned i = 0; i < LINKS; i++) {
		rows_of_put(&ring, 1 + i * EACH, EACH);
		cr_assert_eq(fixture_store(writer, &ring), 0);
	}
	writer->ops->close(writer);
	ring_close(&ring);
}

static void tear_down(void)
{
	fixture_remove(&fixture);
}

TestSuite(chain, .init = set_up, .fini = tear_down, .timeout = 60);

struct findings {
	unsigned count;
	int64_t links, missing;
	char states[32];	/* a letter each: o r t m */
	char reason[32];
	uint64_t gone;
};

static bool take(void *context, const struct chain_finding *found)
{
	struct findings *all = context;

	all->states[all->count++] = chain_state_words(found->state)[0];
	all->missing += found->links;
	if (found->reason != NULL)
		snprintf(all->reason, sizeof(all->reason), "%s",
			 found->reason);
	all->gone += found->gone;
	cr_assert_eq(found->words == NULL, found->state == CHAIN_OK);
	return true;
}

static struct findings check(void)
{
	struct findings all = { .count = 0 };
	sqlite3 *db;

	cr_assert_eq(database_open_reader(&db, fixture.database), 0);
	cr_assert_eq(chain_check(db, take, &all), 0);
	sqlite3_close(db);
	return all;
}

static void expect(const char *states)
{
	struct findings all = check();

	cr_assert_str_eq(all.states, states);
}

Test(chain, what_nobody_has_touched_is_ok)
{
	expect("oooo");
}

Test(chain, every_change_is_seen)
{
	static const struct {
		const char *sql, *states;
	} rows[] = {
		{ "UPDATE block_data SET data = x'00' WHERE number = "
		  "(SELECT number FROM chain WHERE link = 2)", "otoo" },
		{ "UPDATE block_data SET data = CAST(data || x'00' AS BLOB) "
		  "WHERE number = "
		  "(SELECT number FROM chain WHERE link = 4)", "ooot" },
		{ "DELETE FROM block_data WHERE number = "
		  "(SELECT number FROM chain WHERE link = 3)", "oomo" },
		{ "DELETE FROM chain WHERE link = 2", "otm" "o" },
		{ "DELETE FROM chain WHERE link = 4", "ooot" },
		{ "UPDATE chain SET hash = zeroblob(32) WHERE link = 1",
		  "tooo" },
		{ "UPDATE chain SET sealed = zeroblob(32) WHERE link = 2",
		  "otto" },
		{ "UPDATE chain SET rows = rows + 1 WHERE link = 2", "otoo" },
		{ "UPDATE chain SET from_time = 0 WHERE link = 2", "otoo" },
		{ "UPDATE block SET until_time = until_time + 1 WHERE number ="
		  " (SELECT number FROM chain WHERE link = 3)", "ooto" },
		{ "INSERT INTO block_data SELECT number + 5, data FROM "
		  "block_data LIMIT 1", "otooo" },
		{ "INSERT INTO block_data SELECT 1000000, data FROM "
		  "block_data LIMIT 1", "oooot" },
		{ "UPDATE chain SET number = -9223372036854775807 - 1, last = "
		  "9223372036854775807, link = 9223372036854775807 WHERE "
		  "link = 4", "ooomttt" },
		{ "UPDATE chain SET hash = x'01', sealed = x'' WHERE link = 1",
		  "ttoo" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct findings all;

		fixture_run(&fixture, "CREATE TABLE a AS SELECT * FROM chain;"
			    "CREATE TABLE b AS SELECT * FROM block_data;"
			    "CREATE TABLE c AS SELECT * FROM block");
		fixture_run(&fixture, rows[i].sql);
		all = check();
		cr_assert_str_eq(all.states, rows[i].states, "%s: %s",
				 rows[i].sql, all.states);
		fixture_run(&fixture, "DELETE FROM chain; INSERT INTO chain "
			    "SELECT * FROM a; DROP TABLE a;"
			    "DELETE FROM block_data; INSERT INTO block_data "
			    "SELECT * FROM b; DROP TABLE b;"
			    "DELETE FROM block; INSERT INTO block "
			    "SELECT * FROM c; DROP TABLE c");
		expect("oooo");
	}
}

static void redact(int64_t link, const char *sql, bool left)
{
	struct chain_redaction why = {
		.link = link, .time = 17, .reason = "forget", .gone = 12,
	};
	uint8_t hash[SHA256_SIZE];
	sqlite3 *db;

	fixture_run(&fixture, sql);
	sha256_of("another", 7, hash);
	why.hash = left ? hash : NULL;
	cr_assert_eq(sqlite3_open(fixture.database, &db), SQLITE_OK);
	cr_assert_eq(chain_redact(db, &why), SQLITE_OK);
	sqlite3_close(db);
}

Test(chain, what_was_taken_out_on_purpose_is_redacted)
{
	struct findings all;

	redact(2, "DELETE FROM block_data WHERE number = (SELECT number FROM "
	       "chain WHERE link = 2)", false);
	redact(3, "UPDATE block_data SET data = CAST('another' AS BLOB) WHERE "
	       "number = (SELECT number FROM chain WHERE link = 3)", true);
	all = check();
	cr_assert_str_eq(all.states, "orro");
	cr_assert_str_eq(all.reason, "forget");
	cr_assert_eq(all.gone, 24);
	redact(3, "DELETE FROM block_data WHERE number = (SELECT number FROM "
	       "chain WHERE link = 3)", false);
	expect("orro");
}

Test(chain, a_redaction_is_no_excuse_for_another_change)
{
	redact(2, "UPDATE block_data SET data = x'01' WHERE number = (SELECT "
	       "number FROM chain WHERE link = 2)", true);
	redact(3, "UPDATE block_data SET data = x'01' WHERE number = (SELECT "
	       "number FROM chain WHERE link = 3)", false);
	expect("otto");
}

Test(chain, a_row_finds_its_link)
{
	struct chain_link link, next;
	sqlite3 *db;

	fixture_run(&fixture, "DELETE FROM chain WHERE link = 2");
	cr_assert_eq(database_open_reader(&db, fixture.database), 0);
	for (int64_t number = 2; number <= LINKS * EACH + 1; number += 611) {
		int rc = chain_find(db, number, &link);

		if ((number - 2) / EACH == 1) {
			cr_assert_eq(rc, SQLITE_NOTFOUND);
			continue;
		}
		cr_assert_eq(rc, SQLITE_OK);
		cr_assert_eq(link.link, 1 + (number - 2) / EACH);
		cr_assert(number >= link.number && number <= link.last);
	}
	cr_assert_eq(chain_find(db, 1, &link), SQLITE_NOTFOUND);
	cr_assert_eq(chain_find(db, 1000000, &link), SQLITE_NOTFOUND);
	cr_assert_eq(chain_last(db, &link), SQLITE_OK);
	cr_assert_eq(link.link, LINKS);
	cr_assert_eq(chain_from(db, 2, &next), SQLITE_OK);
	cr_assert_eq(next.link, 3);
	cr_assert_eq(chain_from(db, 5, &next), SQLITE_NOTFOUND);
	sqlite3_close(db);
}

/* Written down by hand from chain.h. */
Test(chain, a_link_is_what_the_header_says)
{
	struct chain_link link = {
		.number = 0x0102030405060708, .last = 2, .rows = 3,
		.from_time = 4, .until_time = 5,
	};
	uint8_t bytes[32 + 32 + 5 * 8] = { 0 }, before[SHA256_SIZE];
	uint8_t want[SHA256_SIZE];

	memset(before, 0xaa, sizeof(before));
	memset(link.hash, 0xbb, sizeof(link.hash));
	memset(bytes, 0xaa, 32);
	memset(bytes + 32, 0xbb, 32);
	for (unsigned i = 0; i < 8; i++)
		bytes[64 + i] = (uint8_t)(1 + i);
	for (unsigned i = 1; i < 5; i++)
		bytes[64 + 8 * i + 7] = (uint8_t)(1 + i);
	sha256_of(bytes, sizeof(bytes), want);
	chain_seal(&link, before);
	cr_assert_arr_eq(link.sealed, want, SHA256_SIZE);
}
