/*
 * Whatever a journal's shape, a scan gives what a naive look at all rows
 * gives, in order and once.
 */
#include "journal/scan.h"

#include "archive.h"

enum { MANY = 3000, SECOND = 1000000, GAPS = 7 };

static struct fixture fixture;
static sqlite3 *writer, *db;

static void set_up(void)
{
	log_level = LOG_LEVEL_ERROR;
	fixture_make(&fixture);
	writer = archive_open(&fixture);
}

static void tear_down(void)
{
	sqlite3_close(writer);
	sqlite3_close(db);
	db = NULL;
	fixture_remove(&fixture);
}

TestSuite(scan, .init = set_up, .fini = tear_down, .timeout = 60);

static const char *const names[] = {
	"example", "a.example", "b.a.example", "notexample", "other",
	"a.other", "example.other", "a\\.example", "X.Example",
	"b.a\\.example", ".",
};

enum { NAMES = sizeof(names) / sizeof(names[0]) };

static struct row model[MANY];

/* Numbers have holes, and the clock jumps now and then. */
static void make_model(uint64_t *seed, unsigned count)
{
	uint64_t time = 1700000000000000;
	int64_t number = 0;

	archive_run(writer, "BEGIN");
	for (unsigned i = 0; i < count; i++) {
		uint64_t bits = fixture_random(seed);

		number += bits % 10 == 0 ? 1 + (int64_t)(bits / 16 % 40) : 1;
		time += bits / 1024 % (20 * SECOND);
		if (bits % 300 == 0)
			time -= bits / 1024 % (9000 * (uint64_t)SECOND);
		model[i] = (struct row){
			.number = number, .time = time,
			.name = bytes_of_string(names[bits / 7 % NAMES]),
			.client = { 192, 168, 0, (uint8_t)(bits / 77 % 8) },
			.client_len = bits / 8 % 5 == 0 ? 16 : 4,
			.verdict = (uint8_t)(bits / 64 % 5),
			.list = ROW_NO_LIST, .type = 1,
		};
		archive_put(writer, &model[i]);
	}
	archive_run(writer, "COMMIT");
}

/* Blocks of any length; with `holes` some rows between them stay behind. */
static void seal_some(uint64_t *seed, unsigned until, bool holes)
{
	unsigned at = 0;

	while (at < until) {
		unsigned rows = 1 + (unsigned)(fixture_random(seed) % 400);
		unsigned last = at + rows < until ? at + rows : until;

		if (!holes || fixture_random(seed) % 3 > 0)
			archive_seal(writer, model[at].number,
				     model[last - 1].number);
		at = last;
	}
}

static bool in_time(uint64_t since, uint64_t until, uint64_t time)
{
	return time >= since && (until == 0 || time < until);
}

static bool is_client(const struct scan_filter *filter, const struct row *row)
{
	struct address address;

	address_from_raw(&address, row->client, row->client_len, 0);
	for (unsigned i = 0; i < filter->client_count; i++)
		if (prefix_holds(&filter->clients[i].prefix, &address) &&
		    in_time(filter->clients[i].since,
			    filter->clients[i].until, row->time))
			return true;
	return filter->client_count == 0;
}

static bool is_name(const struct scan_filter *filter, struct bytes text)
{
	struct name name, wanted;

	if (filter->name == NULL)
		return true;
	name_parse(&name, text);
	name_parse(&wanted, bytes_of_string(filter->name));
	return filter->below ? name_is_below(&name, &wanted)
			     : name_equal(&name, &wanted);
}

static bool fits(const struct scan_filter *filter, const struct row *row)
{
	return row->number > filter->after &&
	       (filter->through == 0 || row->number <= filter->through) &&
	       in_time(filter->since, filter->until, row->time) &&
	       is_client(filter, row) && is_name(filter, row->name) &&
	       (filter->verdicts == 0 ||
		(filter->verdicts >> row->verdict & 1) != 0);
}

static struct scan_filter random_filter(uint64_t *seed,
					struct scan_client clients[2])
{
	static const char *const tops[] = {
		"example", "EXAMPLE.", "a.example", "other", ".", "none.x",
		"xample", "a\\.example", "\\120.example", "x.example",
	};
	static const char *const prefixes[] = {
		"192.168.0.3", "192.168.0.4/30", "0.0.0.0/0", "::/0",
		"c0a8:3::", "10.0.0.1", "192.168.0.7",
	};
	struct scan_filter filter = { 0 };
	uint64_t bits = fixture_random(seed);

	filter.backwards = bits & 1;
	filter.below = bits & 2;
	if (bits & 4)
		filter.since = model[fixture_random(seed) % MANY].time;
	if (bits & 8)
		filter.until = model[fixture_random(seed) % MANY].time;
	if (bits & 16)
		filter.after = model[fixture_random(seed) % MANY].number;
	if (bits & 32)
		filter.through = model[fixture_random(seed) % MANY].number;
	if (bits & 64)
		filter.name = tops[fixture_random(seed) % 10];
	if (bits & 128)
		filter.verdicts = (uint32_t)(1 + fixture_random(seed) % 30);
	if (bits & 256)
		filter.client_count = 1 + (bits >> 9 & 1);
	for (unsigned i = 0; i < filter.client_count; i++) {
		clients[i] = (struct scan_client){ .since = 0 };
		prefix_parse(&clients[i].prefix,
			     prefixes[fixture_random(seed) % 7]);
		if (bits >> (10 + i) & 1)
			clients[i].since = model[MANY / 3].time;
		if (bits >> (12 + i) & 1)
			clients[i].until = model[MANY / 2].time;
	}
	filter.clients = clients;
	return filter;
}

static void expect_row(const struct row *row, const struct row *expected)
{
	cr_assert_eq(row->number, expected->number, "%lld, expected %lld",
		     (long long)row->number, (long long)expected->number);
	cr_assert_eq(row->time, expected->time);
	cr_assert_eq(row->name.len, expected->name.len);
	cr_assert_eq(memcmp(row->name.at, expected->name.at, row->name.len),
		     0);
	cr_assert_eq(row->client_len, expected->client_len);
	cr_assert_eq(row->verdict, expected->verdict);
}

static void expect(const struct scan_filter *filter)
{
	struct scan *scan;
	struct row row;

	cr_assert_eq(scan_open(&scan, db, filter), 0);
	for (unsigned i = 0; i < MANY; i++) {
		const struct row *next =
			&model[filter->backwards ? MANY - 1 - i : i];

		if (!fits(filter, next))
			continue;
		cr_assert_eq(scan_next(scan, &row), 1, "no %lld",
			     (long long)next->number);
		expect_row(&row, next);
	}
	cr_assert_eq(scan_next(scan, &row), 0);
	cr_assert_eq(scan_next(scan, &row), 0, "once more");
	scan_close(scan);
}

static void expect_any_filter(uint64_t seed, int rounds)
{
	struct scan_client clients[2];

	db = archive_read(&fixture);
	for (int round = 0; round < rounds; round++) {
		struct scan_filter filter = random_filter(&seed, clients);

		fprintf(stderr, "%d\n", round);
		expect(&filter);
	}
}

Test(scan, a_tail_alone)
{
	uint64_t seed = 1;

	make_model(&seed, MANY);
	expect_any_filter(seed, 200);
}

Test(scan, blocks_and_a_tail)
{
	uint64_t seed = 2;

	make_model(&seed, MANY);
	seal_some(&seed, MANY - 100, false);
	expect_any_filter(seed, 400);
}

Test(scan, blocks_alone)
{
	uint64_t seed = 3;

	make_model(&seed, MANY);
	seal_some(&seed, MANY, false);
	expect_any_filter(seed, 200);
}

Test(scan, a_tail_that_is_older_than_blocks)
{
	uint64_t seed = 4;

	make_model(&seed, MANY);
	seal_some(&seed, MANY, true);
	expect_any_filter(seed, 400);
}

Test(scan, an_empty_journal)
{
	struct scan_filter filter = { 0 };
	struct scan *scan;
	struct row row;

	db = archive_read(&fixture);
	for (int i = 0; i < 2; i++) {
		filter.backwards = i;
		cr_assert_eq(scan_open(&scan, db, &filter), 0);
		cr_expect_eq(scan_next(scan, &row), 0);
		cr_expect_eq(scan_end(scan), 0);
		scan_close(scan);
	}
}

Test(scan, a_name_that_is_none)
{
	struct scan_filter filter = { .name = "a..b" };
	struct scan *scan;

	db = archive_read(&fixture);
	cr_expect_eq(scan_open(&scan, db, &filter), ERROR_MALFORMED);
	cr_expect_null(scan);
}

/* More than one look goes through, none of which is wanted. */
Test(scan, many_rows_that_do_not_fit)
{
	struct scan_filter filter = { .name = "wanted", .below = true };
	struct scan *scan;
	struct row row;

	archive_run(writer, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL "
		    "SELECT i + 1 FROM n WHERE i < 50000) INSERT INTO tail "
		    "(number, time, name) SELECT i, i, CASE i % 25000 WHEN 0 "
		    "THEN 'wanted' ELSE 'other' END FROM n");
	db = archive_read(&fixture);
	for (int i = 0; i < 2; i++) {
		filter.backwards = i;
		cr_assert_eq(scan_open(&scan, db, &filter), 0);
		cr_expect_eq(scan_next(scan, &row), 1);
		cr_expect_eq(row.number, i == 0 ? 25000 : 50000);
		cr_expect_eq(scan_next(scan, &row), 1);
		cr_expect_eq(row.number, i == 0 ? 50000 : 25000);
		cr_expect_eq(scan_next(scan, &row), 0);
		scan_close(scan);
	}
}

/* --- while rows are sealed --- */

static void seal_while_scanning(bool back)
{
	struct scan_filter filter = { .backwards = back };
	unsigned sealed = 0;
	struct scan *scan;
	struct row row;

	db = archive_read(&fixture);
	cr_assert_eq(scan_open(&scan, db, &filter), 0);
	cr_expect_eq(scan_end(scan), model[MANY - 1].number);
	for (unsigned i = 0; i < MANY; i++) {
		if (i % 97 == 50 && sealed + 150 < MANY) {
			archive_seal(writer, model[sealed].number,
				     model[sealed + 149].number);
			sealed += 150;
		}
		cr_assert_eq(scan_next(scan, &row), 1, "%u", i);
		cr_assert_eq(row.number,
			     model[back ? MANY - 1 - i : i].number);
		cr_assert_eq(sqlite3_txn_state(db, NULL), SQLITE_TXN_NONE,
			     "a transaction is held");
	}
	cr_assert_eq(scan_next(scan, &row), 0);
	scan_close(scan);
}

Test(scan, rows_that_are_sealed_meanwhile_come_once)
{
	uint64_t seed = 5;

	make_model(&seed, MANY);
	seal_while_scanning(false);
}

Test(scan, also_when_it_goes_backwards)
{
	uint64_t seed = 6;

	make_model(&seed, MANY);
	seal_while_scanning(true);
}

Test(scan, rows_that_come_later_are_not_in_it)
{
	struct scan_filter filter = { 0 };
	struct row row, late;
	uint64_t seed = 7;
	struct scan *scan;

	make_model(&seed, 10);
	db = archive_read(&fixture);
	cr_assert_eq(scan_open(&scan, db, &filter), 0);
	late = model[9];
	late.number++;
	archive_put(writer, &late);
	for (unsigned i = 0; i < 10; i++)
		cr_assert_eq(scan_next(scan, &row), 1);
	cr_expect_eq(scan_next(scan, &row), 0);
	scan_close(scan);
}

/* --- what somebody else has written --- */

Test(scan, text_of_a_stranger_is_made_harmless)
{
	static const char hostile[] = "\033]0;x\a.exa\xffmple";
	struct scan_filter filter = { 0 };
	struct row row = {
		.number = 1, .time = 5, .list = ROW_NO_LIST,
		.name = bytes_of_string(hostile),
		.alias = bytes_of_string(hostile),
	};
	struct scan *scan;

	archive_put(writer, &row);
	row.number = 2;
	archive_put(writer, &row);
	archive_seal(writer, 1, 1);
	db = archive_read(&fixture);
	cr_assert_eq(scan_open(&scan, db, &filter), 0);
	for (int i = 0; i < 2; i++) {
		cr_assert_eq(scan_next(scan, &row), 1);
		for (size_t at = 0; at < row.name.len; at++)
			cr_assert(row.name.at[at] >= ' ' &&
				  row.name.at[at] <= '~');
		cr_expect_eq(row.alias.len, row.name.len);
	}
	scan_close(scan);
}
