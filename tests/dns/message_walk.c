/*
 * An upstream's answer: its records one by one, whose question it answers,
 * and what it looks like without its OPT.
 */
#include <criterion/criterion.h>

#include "base/error.h"
#include "dns/message.h"
#include "sample.h"

static const struct bytes no_options;

static void answer_sample(struct sample *sample)
{
	sample_begin(sample, FLAG_QR | FLAG_RD | FLAG_RA);
	sample_question(sample, "wWw.Example.com", TYPE_A);
}

Test(message, walk_tells_the_sections)
{
	static const unsigned sections[] = { 0, 0, 2, 2, 2 };
	struct sample sample;
	struct message_walk walk;
	struct record record;

	answer_sample(&sample);
	sample_address(&sample, 1);
	sample_address(&sample, 1);
	sample_address(&sample, 3);
	sample_opt(&sample, 3, 0, no_options);
	sample_address(&sample, 3);
	cr_assert_eq(message_walk(&walk, sample_bytes(&sample)), 0);
	for (unsigned i = 0; i < 5; i++) {
		cr_assert_eq(message_next(&walk, &record), 1);
		cr_assert_eq(walk.section, sections[i]);
		cr_assert_eq(record.type, i == 3 ? TYPE_OPT : TYPE_A);
		if (i == 3)
			continue;
		cr_assert_eq(record.ttl, 300);
		cr_assert_eq(bytes_get32(sample.at + record.ttl_at), 300);
		cr_assert_eq(record.rdata_len, 4);
		cr_assert_arr_eq(sample.at + record.rdata, "\300\0\2\1", 4);
		cr_assert_eq(record.end, record.rdata + 4);
		cr_assert_eq(record.owner, record.ttl_at - 6);
	}
	cr_assert_eq(message_next(&walk, &record), 0);
	cr_assert_eq(message_next(&walk, &record), 0);
	cr_assert_eq(walk.at, sample.len);
}

Test(message, walk_stops_at_half_a_record)
{
	struct sample sample;
	size_t start;

	answer_sample(&sample);
	start = sample.len;
	sample_address(&sample, 1);
	for (size_t len = 0; len < sample.len; len++) {
		uint8_t *copy = sample_exact(sample.at, len);
		struct bytes bytes = bytes_of(copy, len);
		struct message_walk walk;
		struct record record;
		int begun = message_walk(&walk, bytes);

		cr_assert_eq(begun, len < start ? ERROR_MALFORMED : 0);
		cr_assert_eq(record_read(&record, bytes, start),
			     ERROR_MALFORMED);
		if (begun == 0)
			cr_assert_eq(message_next(&walk, &record),
				     ERROR_MALFORMED);
		free(copy);
	}
}

Test(message, answers_the_question_and_no_other)
{
	struct question question = { .type = TYPE_A, .class = CLASS_IN };
	struct sample good, bad;

	name_parse(&question.name, bytes_of_string("www.example.com"));
	answer_sample(&good);
	cr_assert(message_answers(sample_bytes(&good), &question));
	for (size_t i = MESSAGE_HEADER; i < good.len; i++) {
		bad = good;
		bad.at[i] ^= 0x01;
		cr_assert(!message_answers(sample_bytes(&bad), &question));
	}
	for (size_t len = 0; len < good.len; len++) {
		uint8_t *copy = sample_exact(good.at, len);

		cr_assert(!message_answers(bytes_of(copy, len), &question));
		free(copy);
	}
	bad = good;
	bytes_put16(bad.at + 2, FLAG_RD);
	cr_assert(!message_answers(sample_bytes(&bad), &question), "QR");
	bytes_put16(bad.at + 2, FLAG_QR | 0x2000);
	cr_assert(!message_answers(sample_bytes(&bad), &question), "opcode");
	bad = good;
	bytes_put16(bad.at + 4, 0);
	cr_assert(!message_answers(sample_bytes(&bad), &question), "none");
	bytes_put16(bad.at + 4, 2);
	cr_assert(!message_answers(sample_bytes(&bad), &question), "two");
}

static int strip(struct sample *sample, struct edns *edns)
{
	uint8_t *copy = sample_exact(sample->at, sample->len);
	int len = message_strip_edns(copy, sample->len, edns);

	memcpy(sample->at, copy, sample->len);
	free(copy);
	return len;
}

Test(message, strip_takes_the_opt_out)
{
	for (unsigned before = 0; before < 3; before++)
		for (unsigned after = 0; after < 3; after++) {
			struct sample sample;
			struct edns edns;
			size_t want;

			answer_sample(&sample);
			sample_address(&sample, 1);
			for (unsigned i = 0; i < before; i++)
				sample_address(&sample, 3);
			want = sample.len;
			sample_opt(&sample, 3, 0x05008000,
				   bytes_of("\0\17\0\2\0\3", 6));
			for (unsigned i = 0; i < after; i++)
				sample_address(&sample, 3);
			cr_assert_eq(strip(&sample, &edns), (int)want);
			cr_assert_eq(bytes_get16(sample.at + 10), before);
			cr_assert_eq(bytes_get16(sample.at + 6), 1);
			cr_assert(edns.present);
			cr_assert(edns.dnssec_ok);
			cr_assert_eq(edns.rcode, 5);
			cr_assert_eq(edns.payload, 1232);
			cr_assert_eq(edns.options.len, 6);
			sample.len = want;
			cr_assert_eq(strip(&sample, &edns), (int)want);
			cr_assert(!edns.present);
		}
}

Test(message, strip_refuses_what_is_not_whole)
{
	struct sample whole, half;
	struct edns edns;

	answer_sample(&whole);
	sample_address(&whole, 1);
	sample_opt(&whole, 3, 0, bytes_of("\0\17\0\2\0\3", 6));
	sample_address(&whole, 3);
	for (size_t len = 0; len < whole.len; len++) {
		half = whole;
		half.len = len;
		cr_assert_eq(strip(&half, &edns), ERROR_MALFORMED, "%zu",
			     len);
	}
	half = whole;
	sample_put8(&half, 0);
	cr_assert_eq(strip(&half, &edns), ERROR_MALFORMED, "trailing byte");
	half = whole;
	sample_opt(&half, 3, 0, no_options);
	cr_assert_eq(strip(&half, &edns), ERROR_MALFORMED, "two OPTs");
	answer_sample(&half);
	sample_opt(&half, 1, 0, no_options);
	cr_assert_eq(strip(&half, &edns), ERROR_MALFORMED, "OPT as answer");
	answer_sample(&half);
	sample_opt(&half, 3, 0, bytes_of("\0\17\0", 3));
	cr_assert_eq(strip(&half, &edns), ERROR_MALFORMED, "half an option");
}
