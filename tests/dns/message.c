/*
 * A client's query: what it must not be, one lie at a time.
 */
#include "dns/message.h"

#include <criterion/criterion.h>

#include "base/error.h"
#include "sample.h"

static const struct bytes no_options;

static enum message_fate fate_of(const struct sample *sample)
{
	uint8_t *copy = sample_exact(sample->at, sample->len);
	struct message message;
	enum message_fate fate = message_read_query(&message,
						    bytes_of(copy,
							     sample->len));

	free(copy);
	return fate;
}

static void plain_query(struct sample *sample)
{
	sample_begin(sample, FLAG_RD);
	sample_question(sample, "WWW.example.com", TYPE_A);
}

static void edns_query(struct sample *sample, uint32_t ttl,
		       struct bytes options)
{
	plain_query(sample);
	sample_opt(sample, 3, ttl, options);
}

Test(message, a_plain_query_is_read)
{
	struct sample sample;
	struct message message;
	struct name name;

	plain_query(&sample);
	cr_assert_eq(message_read_query(&message, sample_bytes(&sample)),
		     MESSAGE_QUERY);
	cr_assert_eq(message.id, 0x1234);
	cr_assert_eq(message.flags, FLAG_RD);
	name_parse(&name, bytes_of_string("www.example.com"));
	cr_assert(name_equal(&message.question.name, &name));
	cr_assert_eq(message.question.type, TYPE_A);
	cr_assert_eq(message.question.class, CLASS_IN);
	cr_assert(message.question.rd);
	cr_assert(!message.question.cd);
	cr_assert(!message.question.dnssec_ok);
	cr_assert(!message.edns.present);
	cr_assert_eq(message.question_wire.at, sample.at + MESSAGE_HEADER);
	cr_assert_eq(message.question_wire.len, sample.len - MESSAGE_HEADER);
}

Test(message, edns_is_read)
{
	static const uint8_t options[] = { 0, 10, 0, 2, 7, 8, 0, 15, 0, 0 };
	struct sample sample;
	struct message message;

	edns_query(&sample, 0x8000, bytes_of(options, sizeof(options)));
	bytes_put16(sample.at + 2, FLAG_CD);
	cr_assert_eq(message_read_query(&message, sample_bytes(&sample)),
		     MESSAGE_QUERY);
	cr_assert(message.edns.present);
	cr_assert(message.edns.dnssec_ok);
	cr_assert(message.question.dnssec_ok);
	cr_assert(message.question.cd);
	cr_assert(!message.question.rd);
	cr_assert_eq(message.edns.payload, 1232);
	cr_assert_eq(message.edns.version, 0);
	cr_assert_eq(message.edns.options.len, sizeof(options));
	cr_assert_arr_eq(message.edns.options.at, options, sizeof(options));
}

/* A struct that is used again remembers nothing of the query before. */
Test(message, a_query_without_edns_does_not_inherit_it)
{
	struct sample sample;
	struct message message;

	edns_query(&sample, 0x8000, no_options);
	message_read_query(&message, sample_bytes(&sample));
	plain_query(&sample);
	cr_assert_eq(message_read_query(&message, sample_bytes(&sample)),
		     MESSAGE_QUERY);
	cr_assert(!message.edns.present);
	cr_assert(!message.question.dnssec_ok);
	bytes_put16(sample.at + 4, 2);
	message.edns.present = true;
	cr_assert_eq(message_read_query(&message, sample_bytes(&sample)),
		     MESSAGE_FORMERR);
	cr_assert(!message.edns.present);
}

Test(message, an_answer_is_met_with_silence)
{
	struct sample sample;

	plain_query(&sample);
	bytes_put16(sample.at + 2, FLAG_QR | FLAG_RD);
	cr_assert_eq(fate_of(&sample), MESSAGE_SILENCE);
	bytes_put16(sample.at + 2, FLAG_QR | 0x2800);
	cr_assert_eq(fate_of(&sample), MESSAGE_SILENCE);
}

Test(message, every_other_opcode_is_not_implemented)
{
	for (unsigned opcode = 1; opcode < 16; opcode++) {
		struct sample sample;
		struct message message;

		plain_query(&sample);
		bytes_put16(sample.at + 2, (uint16_t)(opcode << 11));
		cr_assert_eq(message_read_query(&message,
						sample_bytes(&sample)),
			     MESSAGE_NOTIMP, "opcode %u", opcode);
		cr_assert_eq(message.id, 0x1234);
		cr_assert_eq(message.flags, opcode << 11);
	}
}

/* RFC 9619; a name server's cookie query without a question is none of ours. */
Test(message, no_question_and_two_are_malformed)
{
	struct sample sample;

	sample_begin(&sample, FLAG_RD);
	cr_assert_eq(fate_of(&sample), MESSAGE_FORMERR);
	plain_query(&sample);
	sample_question(&sample, "example.org", TYPE_A);
	cr_assert_eq(fate_of(&sample), MESSAGE_FORMERR);
}

Test(message, half_a_query_is_no_query)
{
	static const uint8_t options[] = { 0, 10, 0, 2, 7, 8 };
	struct sample whole, half;

	edns_query(&whole, 0, bytes_of(options, sizeof(options)));
	cr_assert_eq(fate_of(&whole), MESSAGE_QUERY);
	for (size_t len = 0; len < whole.len; len++) {
		half = whole;
		half.len = len;
		cr_assert_eq(fate_of(&half), len < MESSAGE_HEADER ?
			     MESSAGE_SILENCE : MESSAGE_FORMERR, "%zu", len);
	}
	sample_put8(&whole, 0);
	cr_assert_eq(fate_of(&whole), MESSAGE_FORMERR);
}

Test(message, a_count_that_lies_is_malformed)
{
	for (unsigned section = 0; section < 4; section++) {
		struct sample sample;

		edns_query(&sample, 0, no_options);
		sample_count(&sample, section, 1);
		cr_assert_eq(fate_of(&sample), MESSAGE_FORMERR, "%u + 1",
			     section);
		edns_query(&sample, 0, no_options);
		bytes_put16(sample.at + 4 + 2 * section, 0xffff);
		cr_assert_eq(fate_of(&sample), MESSAGE_FORMERR, "%u = 65535",
			     section);
	}
}

Test(message, a_record_that_was_not_counted_is_malformed)
{
	struct sample sample;

	edns_query(&sample, 0, no_options);
	sample_count(&sample, 3, -1);
	cr_assert_eq(fate_of(&sample), MESSAGE_FORMERR);
}

Test(message, a_pointer_in_the_question_is_malformed)
{
	static const uint8_t targets[] = { 0, 4, 11, 12, 13, 14, 18 };

	for (size_t i = 0; i < sizeof(targets); i++) {
		struct sample sample;

		sample_begin(&sample, FLAG_RD);
		sample_put(&sample, "\3www", 4);
		sample_put16(&sample, 0xc000u | targets[i]);
		sample_put16(&sample, TYPE_A);
		sample_put16(&sample, CLASS_IN);
		sample_count(&sample, 0, 1);
		cr_assert_eq(fate_of(&sample), MESSAGE_FORMERR, "to %u",
			     targets[i]);
	}
}

Test(message, an_opt_out_of_place_is_malformed)
{
	for (unsigned section = 1; section < 3; section++) {
		struct sample sample;

		plain_query(&sample);
		sample_opt(&sample, section, 0, no_options);
		cr_assert_eq(fate_of(&sample), MESSAGE_FORMERR, "section %u",
			     section);
	}
}

Test(message, two_opts_are_malformed)
{
	struct sample sample;

	edns_query(&sample, 0, no_options);
	sample_opt(&sample, 3, 0, no_options);
	cr_assert_eq(fate_of(&sample), MESSAGE_FORMERR);
}

Test(message, an_opt_that_is_not_at_the_root_is_malformed)
{
	struct sample sample;

	plain_query(&sample);
	sample_put_name(&sample, "a");
	sample_fixed(&sample, TYPE_OPT, 0, no_options);
	sample_count(&sample, 3, 1);
	cr_assert_eq(fate_of(&sample), MESSAGE_FORMERR);

	/* The root, but by a pointer to the question's. */
	plain_query(&sample);
	sample_put16(&sample, 0xc000u | (unsigned)(sample.len - 5));
	sample_fixed(&sample, TYPE_OPT, 0, no_options);
	sample_count(&sample, 3, 1);
	cr_assert_eq(fate_of(&sample), MESSAGE_FORMERR);
}

Test(message, options_must_fill_the_rdata)
{
	static const struct {
		uint8_t at[12];
		size_t len;
		bool good;
	} rows[] = {
		{ { 0 }, 0, true },
		{ { 0, 10, 0, 0 }, 4, true },
		{ { 0, 10, 0, 1, 9 }, 5, true },
		{ { 0, 10, 0, 0, 0, 11, 0, 0 }, 8, true },
		{ { 0 }, 1, false },
		{ { 0, 10 }, 2, false },
		{ { 0, 10, 0 }, 3, false },
		{ { 0, 10, 0, 1 }, 4, false },
		{ { 0, 10, 0, 2, 9 }, 5, false },
		{ { 0, 10, 0xff, 0xff, 9 }, 5, false },
		{ { 0, 10, 0, 0, 9 }, 5, false },
		{ { 0, 10, 0, 0, 0, 11, 0 }, 7, false },
		{ { 0, 10, 0, 0, 0, 11, 0, 1 }, 8, false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sample sample;

		edns_query(&sample, 0, bytes_of(rows[i].at, rows[i].len));
		cr_assert_eq(fate_of(&sample), rows[i].good ? MESSAGE_QUERY :
			     MESSAGE_FORMERR, "row %zu", i);
	}
}

/* RFC 6891, section 6.1.3: nothing is known of the rdata of version 1. */
Test(message, another_version_of_edns)
{
	struct sample sample;
	struct message message;

	edns_query(&sample, 0x018000, bytes_of("\1\2\3", 3));
	cr_assert_eq(message_read_query(&message, sample_bytes(&sample)),
		     MESSAGE_BADVERS);
	cr_assert(message.edns.present);
	cr_assert(message.edns.dnssec_ok);
	cr_assert_eq(message.edns.version, 1);
	cr_assert_eq(message.edns.options.len, 0);
	cr_assert_eq(message.question.type, TYPE_A);
	sample_put8(&sample, 0);
	cr_assert_eq(fate_of(&sample), MESSAGE_FORMERR);
}

Test(message, other_records_of_a_query_are_passed_over)
{
	struct sample sample;

	plain_query(&sample);
	sample_address(&sample, 1);
	sample_address(&sample, 2);
	sample_address(&sample, 3);
	sample_opt(&sample, 3, 0, no_options);
	sample_address(&sample, 3);
	cr_assert_eq(fate_of(&sample), MESSAGE_QUERY);
	sample.len--;
	cr_assert_eq(fate_of(&sample), MESSAGE_FORMERR);
}

Test(message, the_shortest_and_the_longest_name)
{
	struct sample sample;
	struct message message;

	sample_begin(&sample, 0);
	sample_question(&sample, "", TYPE_NS);
	cr_assert_eq(message_read_query(&message, sample_bytes(&sample)),
		     MESSAGE_QUERY);
	cr_assert_eq(message.question.name.len, 1);
	cr_assert_eq(message.question.name.labels, 0);

	sample_begin(&sample, 0);
	for (unsigned i = 0; i < 127; i++)
		sample_put(&sample, "\1x", 2);
	sample_question(&sample, "", TYPE_NS);
	cr_assert_eq(message_read_query(&message, sample_bytes(&sample)),
		     MESSAGE_QUERY);
	cr_assert_eq(message.question.name.len, 255);

	sample_begin(&sample, 0);
	for (unsigned i = 0; i < 128; i++)
		sample_put(&sample, "\1x", 2);
	sample_question(&sample, "", TYPE_NS);
	cr_assert_eq(fate_of(&sample), MESSAGE_FORMERR);
}

/* Longer than any transport can bring: nothing to be read at all. */
Test(message, more_than_65535_bytes_are_malformed)
{
	size_t len = MESSAGE_MAX + 1;
	uint8_t *at = calloc(1, len);
	struct message message;
	struct message_walk walk;
	struct edns edns;

	cr_assert(at != NULL);
	at[5] = 1;
	cr_assert_eq(message_read_query(&message, bytes_of(at, len)),
		     MESSAGE_FORMERR);
	cr_assert_eq(message_walk(&walk, bytes_of(at, len)), ERROR_MALFORMED);
	cr_assert_eq(message_strip_edns(at, len, &edns), ERROR_MALFORMED);
	free(at);
}
