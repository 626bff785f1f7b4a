/*
 * SVCB and HTTPS: what is read of them, what is not taken for one, and what
 * is left of a message when `ech` has gone.
 */
#include "dns/svcb.h"

#include <criterion/criterion.h>

#include "base/error.h"
#include "base/text.h"
#include "dns/message.h"
#include "dns/unpack.h"
#include "sample.h"

#define ROW(at) (at), sizeof(at) - 1

static void put_record(struct sample *sample, unsigned section, unsigned type,
		       struct bytes rdata)
{
	sample_fixed(sample, type, 300, rdata);
	sample_count(sample, section, 1);
}

static void begin(struct sample *sample)
{
	sample_begin(sample, FLAG_QR);
	sample_question(sample, "www.example.com", TYPE_HTTPS);
}

/* An answer to "www.example.com" with one HTTPS record. */
static void put(struct sample *sample, struct bytes rdata)
{
	begin(sample);
	sample_put16(sample, 0xc00c);
	put_record(sample, 1, TYPE_HTTPS, rdata);
}

static struct record first(struct bytes message)
{
	struct message_walk walk;
	struct record record;

	cr_assert_eq(message_walk(&walk, message), 0);
	cr_assert_eq(message_next(&walk, &record), 1);
	return record;
}

static const char *words_of(const struct name *name)
{
	static char words[NAME_TEXT];
	struct text text;

	text_init(&text, words, sizeof(words));
	name_print(name, &text);
	return words;
}

/* --- reading --- */

Test(svcb, says_what_stands_in_it)
{
	static const struct {
		const char *rdata;
		size_t len;
		unsigned priority;
		const char *target;
		unsigned params;
	} rows[] = {
		{ ROW("\0\1\0"), 1, ".", 0 },
		{ ROW("\0\0\3svc\3net\0"), 0, "svc.net", 0 },
		{ ROW("\1\2\3SVC\300\20\0\1\0\3\2h2\0\3\0\2\1\273"), 258,
		  "svc.example.com", 2 },
		{ ROW("\0\1\0\0\2\0\0\0\5\0\2xy\377\377\0\0"), 1, ".", 3 },
	};
	struct sample sample;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct svcb_param param;
		struct record record;
		struct svcb svcb;
		unsigned params = 0;

		put(&sample, bytes_of(rows[i].rdata, rows[i].len));
		record = first(sample_bytes(&sample));
		cr_assert_eq(svcb_read(&svcb, sample_bytes(&sample), &record),
			     0, "row %zu", i);
		cr_expect_eq(svcb.priority, rows[i].priority, "row %zu", i);
		cr_expect_str_eq(words_of(&svcb.target), rows[i].target);
		while (svcb_param(&svcb, &param))
			params++;
		cr_expect_eq(params, rows[i].params, "row %zu", i);
	}
}

Test(svcb, parameters_one_by_one)
{
	struct svcb_param param;
	struct sample sample;
	struct record record;
	struct svcb svcb;

	put(&sample, bytes_of(ROW("\0\1\0\0\1\0\3\2h2\0\5\0\0\10\1\0\1x")));
	record = first(sample_bytes(&sample));
	cr_assert_eq(svcb_read(&svcb, sample_bytes(&sample), &record), 0);
	cr_assert(svcb_param(&svcb, &param));
	cr_expect_eq(param.key, SVCB_ALPN);
	cr_expect_eq(param.value.len, 3);
	cr_expect_arr_eq(param.value.at, "\2h2", 3);
	cr_assert(svcb_param(&svcb, &param));
	cr_expect_eq(param.key, SVCB_ECH);
	cr_expect_eq(param.value.len, 0);
	cr_assert(svcb_param(&svcb, &param));
	cr_expect_eq(param.key, 2049);
	cr_expect_eq(param.value.at[0], 'x');
	cr_expect_not(svcb_param(&svcb, &param));
	cr_expect_not(svcb_param(&svcb, &param));
}

Test(svcb, hints_one_by_one)
{
	static const char rdata[] =
		"\0\1\0\0\3\0\2\1\273\0\4\0\10\300\0\2\1\300\0\2\2"
		"\0\5\0\4echo\0\6\0\20\40\1\15\270\0\0\0\0\0\0\0\0\0\0\0\1"
		"\0\7\0\4\1\2\3\4";
	static const struct bytes want[] = {
		{ (const uint8_t *)"\300\0\2\1", 4 },
		{ (const uint8_t *)"\300\0\2\2", 4 },
		{ (const uint8_t *)"\40\1\15\270\0\0\0\0\0\0\0\0\0\0\0\1",
		  16 },
	};
	struct sample sample;
	struct record record;
	struct svcb svcb;
	struct bytes raw;

	put(&sample, bytes_of(ROW(rdata)));
	record = first(sample_bytes(&sample));
	cr_assert_eq(svcb_read(&svcb, sample_bytes(&sample), &record), 0);
	for (unsigned i = 0; i < 3; i++) {
		cr_assert(svcb_hint(&svcb, &raw), "hint %u", i);
		cr_expect_eq(raw.len, want[i].len);
		cr_expect_arr_eq(raw.at, want[i].at, raw.len);
	}
	cr_expect_not(svcb_hint(&svcb, &raw));
	cr_expect_not(svcb_hint(&svcb, &raw));
}

Test(svcb, what_is_none)
{
	static const struct {
		const char *words, *rdata;
		size_t len;
	} rows[] = {
		{ "nothing", ROW("") },
		{ "half a priority", ROW("\0") },
		{ "no target", ROW("\0\1") },
		{ "a target without end", ROW("\0\1\3abc") },
		{ "a target that points forward", ROW("\0\1\300\160") },
		{ "a byte too many", ROW("\0\1\0x") },
		{ "half a parameter", ROW("\0\1\0\0\3\0") },
		{ "a value that is too long", ROW("\0\1\0\0\3\0\3\1\273") },
		{ "keys that fall", ROW("\0\1\0\0\3\0\2\1\273\0\1\0\0") },
		{ "a key twice", ROW("\0\1\0\0\5\0\0\0\5\0\0") },
		{ "mandatory twice", ROW("\0\1\0\0\0\0\0\0\0\0\0") },
		{ "no ipv4hint", ROW("\0\1\0\0\4\0\0") },
		{ "ipv4hint of five", ROW("\0\1\0\0\4\0\5\1\2\3\4\5") },
		{ "no ipv6hint", ROW("\0\1\0\0\6\0\0") },
		{ "ipv6hint of four", ROW("\0\1\0\0\6\0\4\1\2\3\4") },
	};
	struct sample sample;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct record record;
		struct svcb svcb;
		uint8_t *exact;

		put(&sample, bytes_of(rows[i].rdata, rows[i].len));
		exact = sample_exact(sample.at, sample.len);
		record = first(bytes_of(exact, sample.len));
		cr_expect_eq(svcb_read(&svcb, bytes_of(exact, sample.len),
				       &record),
			     ERROR_MALFORMED, "%s", rows[i].words);
		cr_expect_eq(svcb_strip_ech(exact, sample.len, &record),
			     ERROR_MALFORMED, "%s", rows[i].words);
		cr_expect_arr_eq(exact, sample.at, sample.len, "%s",
				 rows[i].words);
		free(exact);
	}
}

Test(svcb, a_target_does_not_end_behind_its_record)
{
	struct sample sample;
	struct record record;
	struct svcb svcb;

	put(&sample, bytes_of(ROW("\0\1\3abc\0")));
	record = first(sample_bytes(&sample));
	record.end--;
	record.rdata_len--;
	cr_expect_eq(svcb_read(&svcb, sample_bytes(&sample), &record),
		     ERROR_MALFORMED);
}

/* --- without ech --- */

/* In memory of just its size; the sample is what is left. */
static int strip(struct sample *sample)
{
	uint8_t *exact = sample_exact(sample->at, sample->len);
	struct record record = first(bytes_of(exact, sample->len));
	int len = svcb_strip_ech(exact, sample->len, &record);

	if (len < 0) {
		cr_expect_arr_eq(exact, sample->at, sample->len);
	} else {
		memcpy(sample->at, exact, (size_t)len);
		sample->len = (size_t)len;
	}
	free(exact);
	return len;
}

Test(svcb, ech_is_taken_out)
{
	static const struct {
		const char *words, *came;
		size_t came_len;
		const char *want;
		size_t want_len;
	} rows[] = {
		{ "alone", ROW("\0\1\0\0\5\0\4echo"), ROW("\0\1\0") },
		{ "empty", ROW("\0\1\0\0\5\0\0"), ROW("\0\1\0") },
		{ "last", ROW("\0\1\0\0\1\0\3\2h2\0\5\0\4echo"),
		  ROW("\0\1\0\0\1\0\3\2h2") },
		{ "first", ROW("\0\1\0\0\5\0\4echo\0\7\0\2/x"),
		  ROW("\0\1\0\0\7\0\2/x") },
		{ "between",
		  ROW("\0\1\1a\0\0\4\0\4\1\2\3\4\0\5\0\4echo\0\7\0\1y"),
		  ROW("\0\1\1a\0\0\4\0\4\1\2\3\4\0\7\0\1y") },
		{ "mandatory, alone",
		  ROW("\0\1\0\0\0\0\2\0\5\0\1\0\3\2h2\0\5\0\4echo"),
		  ROW("\0\1\0\0\1\0\3\2h2") },
		{ "mandatory, with others",
		  ROW("\0\1\0\0\0\0\6\0\1\0\5\0\7\0\1\0\3\2h2\0\5\0\4echo"
		      "\0\7\0\1y"),
		  ROW("\0\1\0\0\0\0\4\0\1\0\7\0\1\0\3\2h2\0\7\0\1y") },
		{ "mandatory are others",
		  ROW("\0\1\0\0\0\0\2\0\1\0\1\0\3\2h2\0\5\0\4echo"),
		  ROW("\0\1\0\0\0\0\2\0\1\0\1\0\3\2h2") },
		{ "AliasMode", ROW("\0\0\1a\0\0\5\0\4echo"), ROW("\0\0\1a\0") },
	};
	struct sample sample, want;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		put(&sample, bytes_of(rows[i].came, rows[i].came_len));
		put(&want, bytes_of(rows[i].want, rows[i].want_len));
		cr_expect_eq(strip(&sample), (int)want.len, "%s",
			     rows[i].words);
		cr_expect_eq(sample.len, want.len, "%s", rows[i].words);
		cr_expect_arr_eq(sample.at, want.at, want.len, "%s",
				 rows[i].words);
	}
}

Test(svcb, without_ech_nothing_changes)
{
	struct sample sample, before;

	put(&sample, bytes_of(ROW("\0\1\0\0\0\0\2\0\5\0\1\0\3\2h2")));
	before = sample;
	cr_expect_eq(strip(&sample), (int)before.len);
	cr_expect_arr_eq(sample.at, before.at, before.len);
}

Test(svcb, an_odd_mandatory_is_left)
{
	struct sample sample;

	put(&sample, bytes_of(ROW("\0\1\0\0\0\0\3\0\5\0\0\5\0\4echo")));
	cr_expect_eq(strip(&sample), ERROR_MALFORMED);
	put(&sample, bytes_of(ROW("\0\1\0\0\0\0\0\0\5\0\4echo")));
	cr_expect_eq(strip(&sample), ERROR_MALFORMED);
}

/* Every name of a message, in words, to compare. */
static void list_names(struct bytes message, struct text *out)
{
	struct message_walk walk;
	struct record record;
	struct name name;
	int more;

	cr_assert_eq(message_walk(&walk, message), 0);
	while ((more = message_next(&walk, &record)) > 0) {
		struct unpack_shape shape = unpack_shape(record.type);
		size_t at = record.rdata + shape.before;

		cr_assert_gt(name_read(&name, message, record.owner), 0);
		name_print(&name, out);
		text_put(out, " %u", record.type);
		for (; shape.names > 0; shape.names--) {
			int end = name_read(&name, message, at);

			cr_assert_gt(end, 0);
			text_put(out, " ");
			name_print(&name, out);
			at = (size_t)end;
		}
		text_put(out, "\n");
	}
	cr_assert_eq(more, 0);
	cr_assert_eq(walk.at, message.len);
}

static const char service[] = "\0\1\0\0\1\0\3\2h2\0\5\0\24"
			      "1234567890abcdefghij\0\7\0\1y";

/*
 * Behind the service: names that are compressed by names behind it, by those
 * before it, and by names that are compressed themselves.
 */
static void put_zone(struct sample *sample)
{
	uint8_t rdata[64];
	unsigned zone, server;

	put(sample, bytes_of(ROW(service)));
	zone = (unsigned)sample->len;
	sample_put_name(sample, "zone.net");
	put_record(sample, 2, 2, bytes_of(ROW("\2n1\300\20")));
	sample_put16(sample, 0xc000 | zone);
	memcpy(rdata, "\2n2", 3);
	bytes_put16(rdata + 3, (uint16_t)(0xc000 | zone));
	server = (unsigned)sample->len + 10;
	put_record(sample, 2, 2, bytes_of(rdata, 5));
	sample_put16(sample, 0xc000 | zone);
	memcpy(rdata, "\300\14\1h", 4);
	bytes_put16(rdata + 4, (uint16_t)(0xc000 | server));
	memset(rdata + 6, 1, 20);
	put_record(sample, 2, TYPE_SOA, bytes_of(rdata, 26));
	sample_put16(sample, 0xc000 | server);
	put_record(sample, 3, TYPE_A, bytes_of(ROW("\300\0\2\1")));
	sample_put(sample, "\1m", 2);
	sample_put16(sample, 0xc000 | server);
	memcpy(rdata, "\0\12", 2);
	bytes_put16(rdata + 2, (uint16_t)(0xc000 | zone));
	put_record(sample, 3, 15, bytes_of(rdata, 4));
	sample_put16(sample, 0xc00c);
	put_record(sample, 3, 16, bytes_of(ROW("\2\300\177")));
}

Test(svcb, names_behind_lead_where_they_led)
{
	char before[1024], after[1024];
	struct sample sample;
	struct text text;
	size_t len;

	put_zone(&sample);
	text_init(&text, before, sizeof(before));
	list_names(sample_bytes(&sample), &text);
	len = sample.len;
	cr_assert_eq(strip(&sample), (int)len - 24);
	text_init(&text, after, sizeof(after));
	list_names(sample_bytes(&sample), &text);
	cr_expect_str_eq(after, before);
	cr_expect_str_eq(before,
			 "www.example.com 65 .\n"
			 "zone.net 2 n1.example.com\n"
			 "zone.net 2 n2.zone.net\n"
			 "zone.net 6 www.example.com h.n2.zone.net\n"
			 "n2.zone.net 1\n"
			 "m.n2.zone.net 15 zone.net\n"
			 "www.example.com 16\n");
}

/* Text that looks like a pointer stays text. */
Test(svcb, what_is_no_name_is_left_alone)
{
	struct sample sample;

	put_zone(&sample);
	cr_assert_gt(strip(&sample), 0);
	cr_expect_arr_eq(sample.at + sample.len - 3, "\2\300\177", 3);
}

/* The second of two, and both one after the other. */
Test(svcb, several_records)
{
	struct sample sample;
	struct message_walk walk;
	struct record record;
	int len;

	put(&sample, bytes_of(ROW(service)));
	sample_put16(&sample, 0xc00c);
	put_record(&sample, 1, TYPE_SVCB, bytes_of(ROW(service)));
	cr_assert_eq(message_walk(&walk, sample_bytes(&sample)), 0);
	cr_assert_eq(message_next(&walk, &record), 1);
	cr_assert_eq(message_next(&walk, &record), 1);
	len = svcb_strip_ech(sample.at, sample.len, &record);
	cr_assert_eq(len, (int)sample.len - 24);
	sample.len = (size_t)len;
	cr_assert_eq(strip(&sample), len - 24);
	cr_expect_arr_eq(sample.at + sample.len - 15,
			 "\0\1\0\0\1\0\3\2h2\0\7\0\1y", 15);
}

/* The target of another service may be compressed by a name behind the cut. */
Test(svcb, compressed_targets_are_corrected)
{
	uint8_t rdata[] = { 0, 1, 0xc0, 0 };
	struct sample sample;
	char words[256];
	struct text text;
	size_t at;

	put(&sample, bytes_of(ROW(service)));
	at = sample.len;
	sample_put_name(&sample, "svc.net");
	put_record(&sample, 1, TYPE_A, bytes_of(ROW("\300\0\2\1")));
	bytes_put16(rdata + 2, (uint16_t)(0xc000 | at));
	sample_put16(&sample, 0xc00c);
	put_record(&sample, 1, TYPE_HTTPS, bytes_of(rdata, 4));
	cr_assert_gt(strip(&sample), 0);
	text_init(&text, words, sizeof(words));
	list_names(sample_bytes(&sample), &text);
	cr_expect_str_eq(words, "www.example.com 65 .\nsvc.net 1\n"
				"www.example.com 65 svc.net\n");
}

/*
 * Behind the service (its data at 45, to 84) a record whose owner is
 * the row's; what stands in the data of the record between is text.
 */
Test(svcb, a_message_with_strange_knots_is_left)
{
	static const struct {
		const char *words, *text;
		size_t text_len;
		const char *owner;
		size_t owner_len;
		bool fine;
	} rows[] = {
		{ "as it should be", ROW("\1a\0"), ROW("\300\14"), true },
		{ "a name in text", ROW("\1a\0"), ROW("\300\140"), true },
		{ "text that leads far back", ROW("\1a\300\14"),
		  ROW("\300\140"), true },
		{ "the parameters", ROW("x"), ROW("\300\60"), false },
		{ "ech itself", ROW("x"), ROW("\300\67"), false },
		{ "what follows ech", ROW("x"), ROW("\300\117"), false },
		{ "the length", ROW("x"), ROW("\300\53"), false },
		{ "through the length", ROW("x"), ROW("\300\51"), false },
		{ "the target", ROW("x"), ROW("\300\57"), true },
		{ "text that leads behind the cut", ROW("\1a\300\126"),
		  ROW("\300\140"), false },
		{ "itself", ROW("x"), ROW("\300\141"), false },
		{ "forward", ROW("x"), ROW("\300\377"), false },
		{ "the header", ROW("x"), ROW("\300\2"), false },
		{ "a label of 64", ROW("x"), ROW("\100"), false },
	};
	struct sample sample;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		put(&sample, bytes_of(ROW(service)));
		cr_assert_eq(sample.len, 84);
		sample_put16(&sample, 0xc00c);
		put_record(&sample, 1, 16, bytes_of(rows[i].text,
						   rows[i].text_len));
		sample_put(&sample, rows[i].owner, rows[i].owner_len);
		put_record(&sample, 1, TYPE_A, bytes_of(ROW("\300\0\2\1")));
		cr_expect_eq(strip(&sample) > 0, rows[i].fine, "%s",
			     rows[i].words);
	}
}

/* A name that runs across the pointer of another name. */
Test(svcb, a_pointer_that_is_text_as_well)
{
	struct sample sample;
	size_t at;

	put(&sample, bytes_of(ROW(service)));
	at = sample.len;
	sample_put(&sample, "\1a\0", 3);
	put_record(&sample, 1, 16, bytes_of(ROW("\14")));
	sample_put16(&sample, 0xc000 | (unsigned)at);
	put_record(&sample, 1, TYPE_A, bytes_of(ROW("\0\0\0\0")));
	sample_put16(&sample, 0xc000 | (unsigned)(at + 13));
	put_record(&sample, 1, TYPE_A, bytes_of(ROW("\300\0\2\1")));
	cr_expect_eq(strip(&sample), ERROR_MALFORMED);
}

Test(svcb, a_damaged_message_is_left)
{
	struct sample sample, whole;

	put_zone(&whole);
	for (size_t len = first(sample_bytes(&whole)).end; len < whole.len;
	     len++) {
		sample = whole;
		sample.len = len;
		cr_expect_eq(strip(&sample), ERROR_MALFORMED, "%zu bytes",
			     len);
	}
	sample = whole;
	sample_count(&sample, 3, 1);
	cr_expect_eq(strip(&sample), ERROR_MALFORMED, "a record too few");
	put(&sample, bytes_of(ROW(service)));
	sample_put16(&sample, 0xc00c);
	put_record(&sample, 1, TYPE_SOA, bytes_of(ROW("\300\14")));
	cr_expect_eq(strip(&sample), ERROR_MALFORMED, "half an SOA");
}

Test(svcb, a_heap_of_names_is_left)
{
	static struct sample sample;
	static uint8_t at[65535];
	struct record record;
	struct bytes rest;
	size_t len;

	put(&sample, bytes_of(ROW(service)));
	memcpy(at, sample.at, sample.len);
	len = sample.len;
	rest = bytes_of(ROW("\300\14\0\20\0\1\0\0\0\0\0\0"));
	for (unsigned i = 0; i < 1100; i++) {
		memcpy(at + len, rest.at, rest.len);
		len += rest.len;
		bytes_put16(at + 6, (uint16_t)(i + 2));
	}
	record = first(bytes_of(at, len));
	cr_expect_eq(svcb_strip_ech(at, len, &record), ERROR_MALFORMED);
	bytes_put16(at + 6, 1000);
	cr_expect_eq(svcb_strip_ech(at, len, &record), (int)len - 24);
}
