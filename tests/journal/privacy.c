/*
 * What is not to be recorded is not, at every level; and how many they were
 * adds up.
 */
#include "journal/privacy.h"

#include "stock.h"

static struct privacy *make(enum privacy_level level)
{
	static const char *const names[] = {
		"health.example", "Bank.Example.", "a\\.b.example",
	};
	struct prefix clients[2];
	struct privacy_options options = {
		.level = level,
		.never_names = names, .never_name_count = 3,
		.never_clients = clients, .never_client_count = 2,
	};
	struct privacy *privacy = NULL;

	cr_assert_eq(prefix_parse(&clients[0], "192.168.0.64/27"), 0);
	cr_assert_eq(prefix_parse(&clients[1], "fd00:1::/32"), 0);
	cr_assert_eq(privacy_new(&privacy, &options), 0);
	return privacy;
}

static const struct {
	const char *name, *alias;
	uint8_t client;
	bool admitted;
} rows[] = {
	{ "example.com", "", 1, true },
	{ "health.example", "", 1, false },
	{ "A.HEALTH.Example", "", 1, false },
	{ "xhealth.example", "", 1, true },
	{ "health.example.com", "", 1, true },
	{ "bank.example", "", 1, false },
	{ "cdn.example", "x.bank.example", 1, false },
	{ "cdn.example", "bank.com", 1, true },
	{ "x.a\\.b.example", "", 1, false },
	{ "a.b.example", "", 1, true },
	{ ".", "", 1, true },
	{ "example.com", "", 63, true },
	{ "example.com", "", 64, false },
	{ "example.com", "", 95, false },
	{ "example.com", "", 96, true },
};

Test(privacy, never_is_never_at_every_level)
{
	for (int level = 0; level < PRIVACY_LEVELS; level++) {
		struct privacy *privacy = make((enum privacy_level)level);

		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			struct row row = stock_row(rows[i].name,
						   rows[i].client, 0);

			row.alias = bytes_of_string(rows[i].alias);
			row.verdict = VERDICT_SINK;
			cr_expect_eq(privacy_admit(privacy, &row),
				     rows[i].admitted, "%s at level %d",
				     rows[i].name, level);
		}
		privacy_free(privacy);
	}
}

Test(privacy, everything_changes_nothing)
{
	struct privacy *privacy = make(PRIVACY_EVERYTHING);
	struct row row = stock_row("Example.com", 7, 123), before = row;

	cr_assert(privacy_admit(privacy, &row));
	cr_assert_arr_eq(&row, &before, sizeof(row));
	cr_assert(privacy_admit(NULL, &row));
	cr_assert_arr_eq(&row, &before, sizeof(row));
	cr_assert(privacy_knows_devices(PRIVACY_EVERYTHING));
	privacy_free(privacy);
}

Test(privacy, a_blurred_client_is_one_of_its_prefix)
{
	static const uint8_t six[16] = {
		0xfd, 0, 0, 2, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13,
	};
	struct privacy *privacy = make(PRIVACY_BLURRED);
	struct row row = stock_row("example.com", 7, 0);

	cr_assert(privacy_admit(privacy, &row));
	cr_assert_eq(row.client[2], 0);
	cr_assert_eq(row.client[1], 168);
	cr_assert_eq(row.client[3], 0);
	memcpy(row.client, six, 16);
	row.client_len = 16;
	cr_assert(privacy_admit(privacy, &row));
	cr_assert_arr_eq(row.client, six, 7);
	for (int i = 7; i < 16; i++)
		cr_assert_eq(row.client[i], 0);
	cr_assert_not(privacy_knows_devices(PRIVACY_BLURRED));
	privacy_free(privacy);
}

Test(privacy, only_what_was_sunk)
{
	struct privacy *privacy = make(PRIVACY_SUNK);

	for (uint8_t kind = 0; kind < VERDICT_KINDS; kind++) {
		struct row row = stock_row("example.com", 7, 0);

		row.verdict = kind;
		cr_assert_eq(privacy_admit(privacy, &row),
			     kind == VERDICT_SINK);
	}
	privacy_free(privacy);
}

Test(privacy, counts_have_nothing_that_tells_of_a_name)
{
	struct privacy *privacy = make(PRIVACY_COUNTS);
	struct row row = stock_row("example.com", 7, 123456789);
	struct row bare = { .client = { 192, 168, 0, 7 } };

	row.number = bare.number = 5;
	row.alias = bytes_of_string("alias.example");
	row.verdict = bare.verdict = VERDICT_SINK;
	row.line = row.image = row.upstream = row.ttl = row.rcode = 9;
	cr_assert(privacy_admit(privacy, &row));
	cr_assert_eq(row.name.len, 0);
	cr_assert_eq(row.alias.len, 0);
	cr_assert_eq(row.type + row.class + row.rcode, 0);
	cr_assert_eq(row.line + row.image + row.upstream, 0);
	cr_assert_eq(row.duration + row.ttl, 0);
	cr_assert_eq(row.list, ROW_NO_LIST);
	cr_assert_eq(row.time % STOCK_HOUR, 0);
	cr_assert_eq(row.verdict, VERDICT_SINK);
	cr_assert_arr_eq(row.client, bare.client, 4);
	privacy_free(privacy);
}

Test(privacy, the_root_is_everything)
{
	static const char *const root[] = { "." };
	struct privacy_options options = {
		.never_names = root, .never_name_count = 1,
	};
	struct row row = stock_row("example.com", 7, 0);
	struct privacy *privacy;

	cr_assert_eq(privacy_new(&privacy, &options), 0);
	cr_assert_not(privacy_admit(privacy, &row));
	privacy_free(privacy);
}

Test(privacy, what_is_no_name_is_refused)
{
	static const char *const bad[] = { "a..b" };
	struct privacy_options options = {
		.never_names = bad, .never_name_count = 1,
	};
	struct privacy *privacy;

	cr_assert_eq(privacy_new(&privacy, &options), ERROR_MALFORMED);
	cr_assert_eq(privacy_parse("all"), ERROR_MALFORMED);
	for (int i = 0; i < PRIVACY_LEVELS; i++) {
		const char *words = privacy_words((enum privacy_level)i);

		cr_assert_eq(privacy_parse(words), i);
	}
}

Test(privacy, rows_and_what_was_withheld_are_all_there_were)
{
	struct privacy *privacy = make(PRIVACY_SUNK);
	struct fixture fixture;
	uint64_t withheld, stored = 0;
	sqlite3 *db;

	fixture_make(&fixture);
	db = stock_open(&fixture);
	for (unsigned commit = 0; commit < 10; commit++) {
		uint64_t refused = 0;

		stock_run(db, "BEGIN");
		for (uint8_t i = 0; i < 100; i++) {
			struct row row = stock_row("example.com", i, 0);

			row.verdict = i % 3 == 0;
			if (privacy_admit(privacy, &row))
				stored++;
			else
				refused++;
		}
		cr_assert_eq(privacy_withhold(db, refused), SQLITE_OK);
		stock_run(db, commit % 5 == 4 ? "ROLLBACK" : "COMMIT");
		if (commit % 5 == 4)
			stored -= 100 - refused;
	}
	cr_assert_eq(privacy_withheld(db, &withheld), SQLITE_OK);
	cr_assert_eq(stored + withheld, 800);
	sqlite3_close(db);
	fixture_remove(&fixture);
	privacy_free(privacy);
}
