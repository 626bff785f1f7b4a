/*
 * Entries become rows: what they said, in the order of their time, and
 * nonsense is counted and never believed.
 */
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

TestSuite(entries, .init = set_up, .fini = tear_down, .timeout = 60);

Test(entries, a_row_says_what_the_entry_said)
{
	struct entry entry = fixture_query("Mixed.example", 7);
	struct writer *writer = fixture_writer(&fixture);
	struct ring ring;
	char text[256];

	entry.name[1] = 'M';	/* the case it was asked in */
	entry.verdict = VERDICT_SINK;
	entry.action = ACTION_NXDOMAIN;
	entry.source = ENTRY_FROM_POLICY;
	entry.rcode = 3;
	entry.qtype = 65;
	entry.transport = ENTRY_TCP;
	entry.image = 9;
	entry.list = 2;
	entry.line = 4711;
	entry.answered = 0;
	entry.duration = 4000000000;
	entry.upstream = (struct entry_address){
		.raw = { 9, 9, 9, 9 }, .port = 5353, .len = 4,
	};
	fixture_ring(&fixture, &ring, 0, 16);
	fixture_put(&ring, &entry);
	cr_assert_eq(fixture_store(writer, &ring), 0);
	fixture_ask(&fixture, "SELECT concat FROM (SELECT tail.time || ' ' || "
		"hex(client) || ' ' || transport || ' ' || tail.name || ' ' ||"
		" type || ' ' || class || ' ' || verdict || ' ' || action || "
		"' ' || source || ' ' || rcode || ' ' || (alias IS NULL) || "
		"' ' || serial || ' ' || list || ' ' || line || ' ' || "
		"upstream.address || ' ' || duration || ' ' || answered AS "
		"concat FROM tail JOIN image ON image.id = tail.image JOIN "
		"upstream ON upstream.id = tail.upstream)",
		text, sizeof(text));
	cr_assert_str_eq(text, "1700000000000007 C0A80002 2 Mixed.example 65 1 "
			 "1 2 1 3 1 9 2 4711 9.9.9.9:5353 4000000000 0");
	writer->ops->close(writer);
	ring_close(&ring);
}

Test(entries, absent_things_are_null)
{
	struct entry entry = fixture_query("example", 1);
	struct writer *writer = fixture_writer(&fixture);
	struct ring ring;

	entry.client.len = 0;
	fixture_ring(&fixture, &ring, 0, 16);
	fixture_put(&ring, &entry);
	cr_assert_eq(fixture_store(writer, &ring), 0);
	cr_assert_eq(fixture_number(&fixture, "SELECT count(*) FROM tail WHERE "
		"client IS NULL AND alias IS NULL AND image IS NULL AND list "
		"IS NULL AND line IS NULL AND upstream IS NULL"), 1);
	writer->ops->close(writer);
	ring_close(&ring);
}

Test(entries, the_view_for_people_has_words)
{
	struct entry entry = fixture_query("a.example", 1);
	struct writer *writer = fixture_writer(&fixture);
	struct ring ring;
	char text[256];

	fixture_ring(&fixture, &ring, 0, 16);
	entry.upstream = (struct entry_address){
		.raw = { 9, 9, 9, 10 }, .port = 53, .len = 4,
	};
	fixture_put(&ring, &entry);
	memcpy(entry.client.raw, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1",
	       16);
	entry.client.len = 16;
	fixture_put(&ring, &entry);
	cr_assert_eq(fixture_store(writer, &ring), 0);
	fixture_ask(&fixture, "SELECT client || ' ' || name || ' ' || type || "
		    "' ' || verdict || ' ' || rcode || ' ' || upstream || ' ' "
		    "|| ms FROM query WHERE number = (SELECT min(number) FROM "
		    "query)", text, sizeof(text));
	cr_assert_str_eq(text, "192.168.0.2 a.example A pass NOERROR 9.9.9.10 "
			 "0.1");
	fixture_ask(&fixture, "SELECT client FROM query ORDER BY number DESC",
		    text, sizeof(text));
	cr_assert_str_eq(text, "2001:db8::1");
	writer->ops->close(writer);
	ring_close(&ring);
}

Test(entries, an_alias_belongs_to_the_query_before_it)
{
	struct entry query = fixture_query("www.example", 1);
	struct entry alias = fixture_query("tracker.example", 1);
	struct writer *writer = fixture_writer(&fixture);
	struct ring ring;
	uint64_t first;
	char text[64];

	alias.kind = ENTRY_ALIAS;
	fixture_ring(&fixture, &ring, 0, 16);
	cr_assert(ring_claim(&ring, 2, query.wall, &first));
	*ring_slot(&ring, first) = query;
	*ring_slot(&ring, first + 1) = alias;
	ring_publish(&ring, first, 2);
	fixture_put(&ring, &query);
	cr_assert_eq(fixture_store(writer, &ring), 0);
	fixture_ask(&fixture, "SELECT group_concat(name || '>' || "
		    "coalesce(alias, '-')) FROM tail", text, sizeof(text));
	cr_assert_str_eq(text, "www.example>tracker.example,www.example>-");
	writer->ops->close(writer);
	ring_close(&ring);
}

/* Any wire name comes out as name_print_wire has it. */
Test(entries, names_are_printed_as_everywhere)
{
	struct writer *writer = fixture_writer(&fixture);
	uint64_t seed = 20251122;
	struct ring ring;

	fixture_ring(&fixture, &ring, 0, 4);
	for (int round = 0; round < 300; round++) {
		struct entry entry = fixture_query("x", 1);
		char expected[NAME_TEXT], got[NAME_TEXT];
		struct text text;
		unsigned at = 0, labels = (unsigned)(round % 5);
		bool any = round % 3 == 0;

		for (unsigned i = 0; i < labels; i++) {
			unsigned len = 1 + (unsigned)fixture_random(&seed) %
				       (round % 7 == 0 ? 60 : 12);

			entry.name[at++] = (uint8_t)len;
			while (len-- > 0)
				entry.name[at++] = any ?
					(uint8_t)fixture_random(&seed) :
					(uint8_t)('a' + len % 26);
		}
		entry.name[at++] = 0;
		entry.name_len = (uint8_t)at;
		text_init(&text, expected, sizeof(expected));
		name_print_wire(bytes_of(entry.name, at), &text);
		fixture_put(&ring, &entry);
		cr_assert_eq(fixture_store(writer, &ring), 0);
		if (round % 10 != 0 && !any)
			continue;
		fixture_ask(&fixture, "SELECT name FROM tail ORDER BY number "
			    "DESC", got, sizeof(got));
		cr_assert_str_eq(got, expected, "round %d", round);
	}
	writer->ops->close(writer);
	ring_close(&ring);
}

Test(entries, rings_are_merged_by_time)
{
	enum { RINGS = 5, ENTRIES = 200 };
	struct writer *writer = fixture_writer(&fixture);
	struct writer_source sources[RINGS];
	struct ring rings[RINGS];
	uint64_t seed = 4;

	for (unsigned i = 0; i < RINGS; i++) {
		uint64_t at = 0;

		fixture_ring(&fixture, &rings[i], i, 256);
		for (unsigned j = 0; j < ENTRIES * i / RINGS; j++) {
			struct entry entry;

			at += fixture_random(&seed) % 1000;
			entry = fixture_query("example", at);
			fixture_put(&rings[i], &entry);
		}
		sources[i] = (struct writer_source){
			.ring = &rings[i], .until = ring_head(&rings[i]),
		};
	}
	cr_assert_eq(writer->ops->store(writer, sources, RINGS), 0);
	cr_assert_eq(fixture_number(&fixture, "SELECT count(*) FROM tail"),
		     ENTRIES * 10 / RINGS);
	cr_assert_eq(fixture_number(&fixture, "SELECT count(*) FROM tail a "
		"JOIN tail b ON b.number = a.number + 1 WHERE b.time < a.time"),
		0);
	writer->ops->close(writer);
	for (unsigned i = 0; i < RINGS; i++)
		ring_close(&rings[i]);
}

/* One field at a time, out of its range. */
Test(entries, nonsense_is_counted_and_not_stored)
{
	const struct {
		const char *what;
		size_t at;
		uint8_t value;
	} rows[] = {
		{ "kind", offsetof(struct entry, kind), 77 },
		{ "no kind", offsetof(struct entry, kind), 0 },
		{ "lone alias", offsetof(struct entry, kind), ENTRY_ALIAS },
		{ "transport", offsetof(struct entry, transport), 3 },
		{ "verdict", offsetof(struct entry, verdict), 7 },
		{ "action", offsetof(struct entry, action), 11 },
		{ "source", offsetof(struct entry, source), 0 },
		{ "answered", offsetof(struct entry, answered), 2 },
		{ "rcode", offsetof(struct entry, rcode) + 1, 0x10 },
		{ "client", offsetof(struct entry, client.len), 5 },
		{ "long client", offsetof(struct entry, client.len), 255 },
		{ "upstream", offsetof(struct entry, upstream.len), 17 },
		{ "no name", offsetof(struct entry, name_len), 0 },
		{ "short name", offsetof(struct entry, name_len), 3 },
		{ "long name", offsetof(struct entry, name_len), 255 },
		{ "label", offsetof(struct entry, name), 64 },
		{ "label to the end", offsetof(struct entry, name), 8 },
		{ "time", offsetof(struct entry, wall) + 7, 0xff },
		{ "mono", offsetof(struct entry, mono) + 7, 0x80 },
	};
	struct writer *writer = fixture_writer(&fixture);
	struct ring ring;

	fixture_ring(&fixture, &ring, 0, 4);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct entry entry = fixture_query("example", 1);
		int64_t gaps;

		((uint8_t *)&entry)[rows[i].at] = rows[i].value;
		fixture_put(&ring, &entry);
		cr_assert_eq(fixture_store(writer, &ring), 0);
		gaps = fixture_number(&fixture, "SELECT sum(count) FROM gap "
				      "WHERE reason = 'unreadable'");
		cr_assert_eq(gaps, (int64_t)i + 1, "%s", rows[i].what);
	}
	cr_assert_eq(fixture_number(&fixture, "SELECT count(*) FROM tail"), 0);
	writer->ops->close(writer);
	ring_close(&ring);
}

Test(entries, a_ring_full_of_noise_is_survived)
{
	struct writer *writer = fixture_writer(&fixture);
	uint64_t seed = 99;
	struct ring ring;
	int64_t rows, gaps;

	fixture_ring(&fixture, &ring, 0, 64);
	for (int round = 0; round < 100; round++) {
		for (int i = 0; i < 64; i++) {
			struct entry entry = fixture_query("noise", 1);
			uint8_t *bytes = (uint8_t *)&entry;

			for (int j = 0; j < 1 + round / 4; j++)
				bytes[fixture_random(&seed) % sizeof(entry)] =
					(uint8_t)fixture_random(&seed);
			if (entry.kind == ENTRY_GAP)
				entry.count = 1;
			fixture_put(&ring, &entry);
		}
		cr_assert_eq(fixture_store(writer, &ring), 0, "round %d",
			     round);
	}
	rows = fixture_number(&fixture, "SELECT " FIXTURE_ROWS);
	gaps = fixture_number(&fixture, "SELECT sum(count) FROM gap");
	cr_assert_gt(rows, 100);
	cr_assert_gt(gaps, 100);
	/* An alias made by chance is taken with the query before it. */
	cr_assert_leq(rows + gaps, 6400);
	cr_assert_gt(rows + gaps, 6300);
	writer->ops->close(writer);
	ring_close(&ring);
}

Test(entries, more_upstreams_than_are_remembered)
{
	struct writer *writer = fixture_writer(&fixture);
	struct ring ring;

	fixture_ring(&fixture, &ring, 0, 256);
	for (unsigned i = 0; i < 200; i++) {
		struct entry entry = fixture_query("example", i);

		entry.upstream.len = 16;
		entry.upstream.raw[0] = 0x20;
		entry.upstream.raw[15] = (uint8_t)(i % 50);
		entry.upstream.port = 53;
		entry.image = 1 + i % 40;
		fixture_put(&ring, &entry);
	}
	cr_assert_eq(fixture_store(writer, &ring), 0);
	cr_assert_eq(fixture_number(&fixture, "SELECT count(*) FROM upstream"),
		     50);
	cr_assert_eq(fixture_number(&fixture, "SELECT count(*) FROM image"),
		     40);
	cr_assert_eq(fixture_number(&fixture, "SELECT count(*) FROM tail JOIN "
		"upstream ON upstream.id = upstream JOIN image ON image.id = "
		"tail.image WHERE address LIKE '2000::%' AND "
		"serial = 1 + (tail.time - 1700000000000000) % 40"), 200);
	writer->ops->close(writer);
	ring_close(&ring);
}
