/*
 * The reader gives what is there, in order: compared with a naive model, for
 * any filter, also when the clock went back and forth.
 */
#include "journal/reader.h"

#include <errno.h>

#include "ask.h"
#include "fixture.h"

enum { MANY = 3000, SECOND = 1000000 };

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

TestSuite(reader, .init = set_up, .fini = tear_down, .timeout = 60);

/* All rows, as they were stored. */
static struct model {
	struct entry entry;
	int64_t number;
	uint64_t time;
} model[MANY];

static struct entry random_entry(uint64_t *seed, uint64_t at)
{
	static const char *const names[] = {
		"example", "a.example", "b.a.example", "notexample", "other",
		"a.other", "example.other", "x.example", "a\\.example",
	};
	unsigned pick = (unsigned)(fixture_random(seed) % 9);
	struct entry entry = fixture_query(names[pick], at);

	if (pick == 7)
		entry.name[3] = 'E';
	entry.verdict = (uint8_t)(fixture_random(seed) % 5);
	entry.client.raw[3] = (uint8_t)(fixture_random(seed) % 8);
	if (fixture_random(seed) % 4 == 0) {
		entry.client.len = 16;
		entry.client.raw[0] = 0xfd;
	}
	return entry;
}

/* What became of the entries: one ring, so they stand in its order. */
static void read_model(void)
{
	sqlite3_stmt *stmt;
	sqlite3 *db;

	cr_assert_eq(sqlite3_open(fixture.database, &db), SQLITE_OK);
	cr_assert_eq(sqlite3_prepare_v2(db, "SELECT number, time FROM tail "
		"ORDER BY number", -1, &stmt, NULL), SQLITE_OK);
	for (unsigned i = 0; i < MANY; i++) {
		cr_assert_eq(sqlite3_step(stmt), SQLITE_ROW);
		model[i].number = sqlite3_column_int64(stmt, 0);
		model[i].time = (uint64_t)sqlite3_column_int64(stmt, 1);
	}
	sqlite3_finalize(stmt);
	sqlite3_close(db);
}

/* Some come late; with `steps` the wall clock jumps now and then. */
static void make_model(uint64_t *seed, bool steps)
{
	struct writer *writer = fixture_writer(&fixture);
	uint64_t at = 0, offset = 0;
	struct ring ring;

	fixture_ring(&fixture, &ring, 9, 1024);
	for (unsigned i = 0; i < MANY; i++) {
		uint64_t late = 0;

		at += fixture_random(seed) % (10 * SECOND);
		if (steps && fixture_random(seed) % 200 == 0)
			offset += (fixture_random(seed) % 14400 - 7200) *
				  SECOND;
		if (i > 20 && fixture_random(seed) % 10 == 0)
			late = fixture_random(seed) % (40 * SECOND);
		model[i].entry = random_entry(seed, at - late);
		model[i].entry.wall += offset;
		fixture_put(&ring, &model[i].entry);
		if (i % 500 == 499)
			cr_assert_eq(fixture_store(writer, &ring), 0);
	}
	writer->ops->close(writer);
	ring_close(&ring);
	read_model();
}

static bool is_below(const struct entry *entry, const char *top)
{
	struct name name, above;

	if (top == NULL)
		return true;
	name_from_wire(&name, bytes_of(entry->name, entry->name_len));
	name_parse(&above, bytes_of_string(top));
	return name_is_below(&name, &above);
}

static bool fits(const struct model *row, const struct reader_filter *filter)
{
	const struct entry *entry = &row->entry;
	struct address client;

	address_from_raw(&client, entry->client.raw, entry->client.len, 0);
	return row->number > filter->after && row->time >= filter->since &&
	       (filter->until == 0 || row->time <= filter->until) &&
	       (!filter->has_client ||
		prefix_holds(&filter->client, &client)) &&
	       is_below(entry, filter->name) &&
	       (filter->verdict < 0 || filter->verdict == entry->verdict);
}

struct expected {
	int64_t numbers[MANY];
	unsigned count, next;
	unsigned stop_after;
};

static void expect(struct expected *expected,
		   const struct reader_filter *filter)
{
	expected->count = expected->next = 0;
	for (unsigned i = 0; i < MANY; i++)
		if (fits(&model[i], filter))
			expected->numbers[expected->count++] = model[i].number;
	if (filter->last > 0 && expected->count > filter->last) {
		unsigned more = expected->count - filter->last;

		memmove(expected->numbers, expected->numbers + more,
			filter->last * sizeof(int64_t));
		expected->count = filter->last;
	}
}

static bool compare(void *context, const struct reader_row *row)
{
	struct expected *expected = context;

	cr_assert_lt(expected->next, expected->count, "row %lld too many",
		     (long long)row->number);
	cr_assert_eq(row->number, expected->numbers[expected->next],
		     "%lld, expected %lld", (long long)row->number,
		     (long long)expected->numbers[expected->next]);
	return ++expected->next != expected->stop_after;
}

static struct reader_filter random_filter(uint64_t *seed)
{
	static const char *const tops[] = {
		"example", "EXAMPLE.", "a.example", "other", ".", "none",
		"xample", "a\\.example", "\\120.example",
	};
	struct reader_filter filter = { .verdict = -1 };
	uint64_t bits = fixture_random(seed);

	if (bits & 1)
		filter.since = model[fixture_random(seed) % MANY].time +
			       bits / 64 % 3 - 1;
	if (bits & 2)
		filter.until = model[fixture_random(seed) % MANY].time;
	if (bits & 4)
		filter.name = tops[fixture_random(seed) % 9];
	if (bits & 8)
		filter.verdict = (int)(bits / 256 % 5);
	if (bits & 16)
		filter.last = 1 + (unsigned)(bits / 1024 % 700);
	if (bits & 32)
		filter.after = model[fixture_random(seed) % MANY].number;
	if (bits & 64) {
		static const char *const clients[] = {
			"192.168.0.3", "192.168.0.4/30", "0.0.0.0/0", "::/0",
			"fda8::/16", "10.0.0.0/8",
		};

		filter.has_client = true;
		cr_assert_eq(prefix_parse(&filter.client,
					  clients[bits / 128 % 6]), 0);
	}
	return filter;
}

static void compare_many(uint64_t seed, bool steps)
{
	static struct expected expected;
	struct reader *reader;

	make_model(&seed, steps);
	cr_assert_eq(reader_open(&reader, fixture.database), 0);
	for (int round = 0; round < 600; round++) {
		struct reader_filter filter = random_filter(&seed);

		expect(&expected, &filter);
		cr_assert_eq(reader_rows(reader, &filter, compare, &expected),
			     expected.count, "round %d", round);
		cr_assert_eq(expected.next, expected.count);
	}
	reader_close(reader);
}

Test(reader, any_filter_gives_what_a_naive_look_gives)
{
	compare_many(20251122, false);
}

Test(reader, the_same_when_the_clock_jumps)
{
	for (uint64_t seed = 1; seed <= 2; seed++) {
		compare_many(seed, true);
		unlink(fixture.database);
	}
}

Test(reader, it_stops_when_told)
{
	static struct expected expected;
	struct reader_filter filter = { .verdict = -1 };
	uint64_t seed = 5;
	struct reader *reader;

	make_model(&seed, false);
	expect(&expected, &filter);
	cr_assert_eq(reader_open(&reader, fixture.database), 0);
	for (unsigned stop = 1; stop < 600; stop += 37) {
		expected.next = 0;
		expected.stop_after = stop;
		cr_assert_eq(reader_rows(reader, &filter, compare, &expected),
			     stop);
	}
	reader_close(reader);
}

static bool keep(void *context, const struct reader_row *row)
{
	*(struct reader_row *)context = *row;
	return true;
}

Test(reader, a_row_has_all_there_is)
{
	struct writer_image *image = calloc(1, sizeof(*image) +
					    sizeof(image->lists[0]));
	struct entry entry = fixture_query("www.example", 7), alias = entry;
	struct reader_filter filter = { .verdict = -1 };
	struct writer *writer = fixture_writer(&fixture);
	struct reader *reader;
	struct reader_row row;
	char client[ADDRESS_TEXT];
	struct ring ring;
	struct text text;
	uint64_t first;

	image->serial = 5;
	image->list_count = 1;
	strcpy(image->lists[0].name, "trackers");
	image->lists[0].version = 99;
	cr_assert_eq(writer->ops->note_image(writer, image), 0);
	entry.image = 5;
	entry.list = 0;
	entry.line = 17;
	entry.verdict = VERDICT_SINK;
	entry.action = ACTION_NULL;
	entry.upstream = (struct entry_address){
		.raw = { 9, 9, 9, 9 }, .port = 53, .len = 4,
	};
	alias.kind = ENTRY_ALIAS;
	alias.name_len = fixture_name(alias.name, "t.example");
	fixture_ring(&fixture, &ring, 0, 16);
	cr_assert(ring_claim(&ring, 2, 1, &first));
	*ring_slot(&ring, first) = entry;
	*ring_slot(&ring, first + 1) = alias;
	ring_publish(&ring, first, 2);
	cr_assert_eq(fixture_store(writer, &ring), 0);
	cr_assert_eq(reader_open(&reader, fixture.database), 0);
	cr_assert_eq(reader_rows(reader, &filter, keep, &row), 1);
	text_init(&text, client, sizeof(client));
	address_print(&row.client, 0, &text);
	cr_assert_str_eq(client, "192.168.0.2");
	cr_assert_eq(row.time, entry.wall);
	cr_assert_str_eq(row.name, "www.example");
	cr_assert_str_eq(row.alias, "t.example");
	cr_assert_str_eq(row.list, "trackers");
	cr_assert_eq(row.list_version, 99);
	cr_assert_eq(row.line, 17);
	cr_assert_str_eq(row.upstream, "9.9.9.9");
	cr_assert_eq(row.verdict, VERDICT_SINK);
	cr_assert_eq(row.action, ACTION_NULL);
	cr_assert_eq(row.duration, 100);
	cr_assert_eq(reader_last(reader), row.number);
	reader_close(reader);
	writer->ops->close(writer);
	ring_close(&ring);
	free(image);
}

Test(reader, a_name_that_is_none)
{
	struct reader_filter filter = { .verdict = -1, .name = "a..b" };
	struct writer *writer = fixture_writer(&fixture);
	struct reader *reader;
	struct reader_row row;

	cr_assert_eq(reader_open(&reader, fixture.database), 0);
	cr_assert_eq(reader_rows(reader, &filter, keep, &row),
		     ERROR_MALFORMED);
	reader_close(reader);
	writer->ops->close(writer);
}
