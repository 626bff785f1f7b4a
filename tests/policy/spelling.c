/*
 * Spelling: every name can be written and read back, in one way only, and
 * nothing that is no spelling of a name is taken for one.
 */
#include "policy/spelling.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "dns/name.h"
#include "made.h"

enum { ROOM = SPELLING_MAX + SPELLING_SLACK };

static struct name name_of(const uint8_t *wire, size_t len)
{
	struct name name;

	cr_assert_eq(name_from_wire(&name, bytes_of(wire, len)), 0);
	return name;
}

/* Writes it at an offset, reads it there, matches it there. */
static size_t check(const struct name *name)
{
	uint8_t room[3 + ROOM] = { 0 };
	struct bytes from = bytes_of(room, sizeof(room));
	size_t len = spelling_write(name, room + 3);
	struct name read;

	cr_assert_leq(len, SPELLING_MAX);
	from.len = 3 + len + SPELLING_SLACK;
	memset(room + 3 + len, 0xff, SPELLING_SLACK);
	cr_assert_eq(spelling_read(from, 3, &read), 3 + len);
	cr_assert(name_equal(name, &read));
	cr_assert_eq(read.labels, name->labels);
	cr_assert_arr_eq(read.label, name->label, name->labels);
	cr_assert_eq(spelling_match(from, 3,
				    bytes_of(name->wire, name->len)), 3 + len);
	return len;
}

Test(spelling, of_the_root_and_of_short_names)
{
	static const struct {
		const char *words;
		size_t len;
	} rows[] = {
		{ ".", 1 }, { "a", 2 }, { "com", 3 }, { "a.com", 2 },
		{ "www.example.com", 8 }, { "com.com", 3 }, { "xn--p1ai", 7 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct name name = made_name(rows[i].words);

		cr_expect_eq(check(&name), rows[i].len, "%s",
			     rows[i].words);
	}
}

/* By hand from the page: images are read by those who have only that. */
Test(spelling, is_as_the_format_has_it)
{
	static const struct {
		const char *words;
		const char *bytes;
	} rows[] = {
		{ "www.example.com", "\xbe\xfb\xe4\x39\xc1\xaf\x60\xcc" },
		{ "a_b-c.d.net", "\x0e\x7a\x31\x54\x97\xd2" },
		{ "qjxzkv0189.ghflmnprtuwy.info",
		  "\xe6\xcd\x9f\x45\x97\x69\xd5\xc7\x94\xaa\xae\x96"
		  "\x35\xcf\x84\x6d\xbf\x0f" },
		{ "*.b", "\xe8\x2a\x95\x19" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct name name = made_name(rows[i].words);
		uint8_t room[ROOM] = { 0 };

		spelling_write(&name, room);
		cr_expect_str_eq((char *)room, rows[i].bytes, "%s",
				 rows[i].words);
	}
}

Test(spelling, of_every_byte)
{
	for (unsigned byte = 0; byte < 256; byte++) {
		uint8_t wire[] = { 3, 'x', (uint8_t)byte, 'y', 1,
				   (uint8_t)byte, 2, 'd', (uint8_t)byte, 0 };
		struct name name = name_of(wire, sizeof(wire));

		check(&name);
	}
}

Test(spelling, of_every_length)
{
	uint8_t wire[NAME_MAX_WIRE];
	struct name name;

	for (size_t len = 2; len <= sizeof(wire) - 1; len++)
		for (size_t label = 1; label <= 63; label += 31) {
			size_t at = 0;

			for (size_t i = 0; i < len; i++)
				wire[i] = i % 2 ? '.' : 0xff;
			for (; len - at > label + 1; at += label + 1)
				wire[at] = (uint8_t)label;
			if (len - at < 2)
				continue;
			wire[at] = (uint8_t)(len - at - 1);
			wire[len] = 0;
			name = name_of(wire, len + 1);
			check(&name);
		}
}

Test(spelling, of_names_at_random)
{
	srandom(3);
	for (unsigned round = 0; round < 20000; round++) {
		static const char usual[] = "aeiosco-mnetshopdru0129_.A\\\xff";
		uint8_t wire[NAME_MAX_WIRE];
		struct name name;
		size_t at = 0;

		for (long labels = random() % 6; labels > 0; labels--) {
			size_t len = 1 + (size_t)random() % 12;

			wire[at++] = (uint8_t)len;
			for (; len > 0; len--)
				wire[at++] = (uint8_t)usual[
					(size_t)random() %
					(sizeof(usual) - 1)];
		}
		wire[at] = 0;
		name = name_of(wire, at + 1);
		check(&name);
	}
}

/* All endings that have a symbol, and names that nearly are one. */
Test(spelling, of_endings)
{
	static const char *const words[] = {
		"a.com", "a.net", "a.de", "a.shop", "a.org", "a.top", "a.ru",
		"a.xyz", "a.info", "a.cfd", "a.site", "a.click", "a.cyou",
		"a.io", "a.pro", "a.online", "a.sbs", "a.casino", "a.br",
		"a.live", "a.app", "a.fr", "a.cn", "a.pl", "com.a", "a.co",
		"a.comm", "a.om", "acom", "a.com.a", "a.onlines",
		"a\\.com", "a.c\\000", "a\\.net.com",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		struct name name = made_name(words[i]);
		size_t len = check(&name);

		if (i < 24)
			cr_expect_leq(len, 2, "%s", words[i]);
	}
}

/* A name matches the spelling of itself alone. */
Test(spelling, tells_names_apart)
{
	static const char *const words[] = {
		".", "a", "b", "ab", "a.b", "a.b.c", "b.c", "com", "a.com",
		"b.com", "a.com.com", "acom", "a\\.com", "a.net", "a.co",
		"aa.com", "a.comm", "a.b.com", "\\000", "a\\000", "a.\\000",
		"c", "example.org", "example.orgg", "xample.org",
	};
	enum { WORDS = sizeof(words) / sizeof(*words) };
	uint8_t room[WORDS][ROOM] = { { 0 } };
	size_t len[WORDS];

	for (unsigned i = 0; i < WORDS; i++) {
		struct name name = made_name(words[i]);

		len[i] = spelling_write(&name, room[i]);
	}
	for (unsigned i = 0; i < WORDS; i++)
		for (unsigned j = 0; j < WORDS; j++) {
			struct name name = made_name(words[j]);

			cr_expect_eq(spelling_match(
				bytes_of(room[i], ROOM), 0,
				bytes_of(name.wire, name.len)),
				i == j ? len[i] : 0, "%s, %s", words[i],
				words[j]);
		}
}

/* Memory that ends too early, at every byte. */
Test(spelling, reads_nothing_beyond_the_end)
{
	struct name name = made_name("some-longer.name.with\\200.example.com");
	uint8_t room[ROOM];
	size_t len = spelling_write(&name, room);
	struct name read;

	for (size_t cut = 0; cut < len; cut++) {
		uint8_t *at = malloc(cut + 1);

		memcpy(at, room, cut);
		cr_expect_eq(spelling_read(bytes_of(at, cut), 0, &read), 0);
		cr_expect_eq(spelling_match(bytes_of(at, cut), 0,
				bytes_of(name.wire, name.len)), 0);
		cr_expect_eq(spelling_read(bytes_of(at, cut), cut, &read), 0);
		cr_expect_eq(spelling_read(bytes_of(at, cut), cut + 9, &read),
			     0);
		free(at);
	}
}

/* Any bytes are no name, or a name that is one. */
Test(spelling, of_nothing_is_no_name)
{
	uint8_t room[ROOM];
	struct name name, again;
	unsigned read = 0;

	srandom(4);
	for (unsigned round = 0; round < 100000; round++) {
		size_t end;

		for (size_t i = 0; i < sizeof(room); i++)
			room[i] = (uint8_t)random();
		if (round % 3 == 0)
			memset(room, 0xe8, sizeof(room) - round % 200);
		end = spelling_read(bytes_of(room, sizeof(room)), 0, &name);
		if (!end)
			continue;
		read++;
		cr_assert_leq(end, sizeof(room));
		cr_assert_eq(name_from_wire(&again, bytes_of(name.wire,
							     name.len)), 0);
		cr_assert_eq(again.labels, name.labels);
	}
	cr_expect_gt(read, 1000);
}
