/* What is taken for an answer, and what follows from what is not. */
#include <criterion/criterion.h>

#include "upstream/remote.h"

#include "fake.h"

static const struct upstream_options options = {
	.flights = 64,
	.deadline_ms = 5000,
	.payload = 1232,
};

/* One question to the first server, and its good answer to be spoilt. */
struct question_out {
	struct fake fake;
	struct fake_ear ear;
	uint8_t at[1024];
	size_t len;
};

static struct question_out *out_new(const struct upstream_options *with)
{
	struct question_out *out = calloc(1, sizeof(*out));

	fake_init(&out->fake, with);
	fake_ask(&out->fake, "www.example", TYPE_A, &out->ear);
	out->len = fake_write(fake_sent(&out->fake, 0), 0, true, out->at);
	return out;
}

static void out_free(struct question_out *out)
{
	fake_release(&out->fake);
	free(out);
}

static bool out_bring(struct question_out *out)
{
	return fake_bring(&out->fake, 0, out->at, out->len);
}

static void spoil(struct question_out *out, unsigned how)
{
	static const uint8_t other[] = "\3foo\7example";

	switch (how) {
	case 0: out->at[0] ^= 1; break;			/* id */
	case 1: out->at[2] &= 0x7f; break;		/* not QR */
	case 2: out->at[2] |= 0x28; break;		/* opcode */
	case 3: out->at[5] = 2; break;			/* two questions */
	case 4: out->at[5] = 0; break;			/* none */
	case 5: memcpy(out->at + 12, other, 12); break;	/* name */
	case 6: out->at[12 + 13 + 1] = TYPE_AAAA; break;
	case 7: out->at[12 + 13 + 3] = CLASS_CH; break;
	case 8: out->len = 11; break;
	case 9: out->len = 0; break;
	case 10: out->len = 1; break;
	case 11: out->len = 12; break;
	case 12: out->at[7] = 9; break;			/* records missing */
	case 13: out->at[out->len++] = 0; break;	/* one byte too many */
	case 14: out->at[11] = 2; break;		/* OPT missing */
	default: out->len -= 2; break;			/* OPT cut */
	}
}

Test(arrival, what_is_no_answer_is_counted_and_the_answer_waited_for)
{
	for (unsigned how = 0; how < 16; how++) {
		struct question_out *out = out_new(&options);

		spoil(out, how);
		cr_assert(out_bring(out));
		cr_assert_eq(out->ear.told, 0, "way %u", how);
		cr_assert_eq(out->fake.count, 1, "way %u", how);
		cr_assert_eq(fake_row(&out->fake, 0).mismatched, 1,
			     "way %u", how);
		cr_assert_eq(fake_row(&out->fake, 0).answered, 0);
		cr_assert(fake_answer(&out->fake, 0, RCODE_NOERROR));
		cr_assert_eq(out->ear.told, 1, "way %u", how);
		cr_assert_eq(out->ear.error, 0);
		out_free(out);
	}
}

/* Right id, right question, but not the way the question went. */
Test(arrival, an_answer_by_another_lane_is_none)
{
	struct question_out *out = out_new(&options);
	struct fake *fake = &out->fake;
	struct fake_ear other = { .told = 0 };

	upstream_flush(fake->upstream);
	fake_ask(fake, "other.example", TYPE_A, &other);
	cr_assert_neq(fake_sent(fake, 0)->lane, fake_sent(fake, 1)->lane);
	fake->carrier.owner->arrived(fake->carrier.owner,
				     fake_sent(fake, 1)->lane, out->at,
				     out->len);
	cr_assert_eq(out->ear.told, 0);
	cr_assert_eq(fake_row(fake, 0).mismatched, 1);
	out_free(out);
}

Test(arrival, the_case_of_a_name_does_not_matter)
{
	struct question_out *out = out_new(&options);

	memcpy(out->at + 13, "wWw", 3);
	out_bring(out);
	cr_assert_eq(out->ear.told, 1);
	out_free(out);
}

Test(arrival, an_excuse_leads_to_the_next_server)
{
	static const unsigned excuses[] = { RCODE_SERVFAIL, RCODE_REFUSED };

	for (int i = 0; i < 2; i++) {
		struct question_out *out = out_new(&options);

		fake_answer(&out->fake, 0, excuses[i]);
		cr_assert_eq(out->ear.told, 0);
		cr_assert_eq(out->fake.count, 2);
		cr_assert_eq(fake_sent(&out->fake, 1)->server, 1);
		cr_assert(fake_row(&out->fake, 0).up, "it did answer");
		fake_answer(&out->fake, 1, RCODE_NXDOMAIN);
		cr_assert_eq(out->ear.told, 1);
		cr_assert_eq(out->ear.rcode, RCODE_NXDOMAIN);
		out_free(out);
	}
}

Test(arrival, when_all_have_excuses_the_last_is_handed_on)
{
	struct question_out *out = out_new(&options);

	fake_answer(&out->fake, 0, RCODE_SERVFAIL);
	fake_answer(&out->fake, 1, RCODE_REFUSED);
	cr_assert_eq(out->fake.count, 2);
	cr_assert_eq(out->ear.told, 1);
	cr_assert_eq(out->ear.error, 0);
	cr_assert_eq(out->ear.rcode, RCODE_REFUSED);
	cr_assert_neq(out->ear.from.family, 0);
	out_free(out);
}

/* The one says it cannot, the other nothing: no need to wait for long. */
Test(arrival, an_excuse_is_remembered_when_the_others_are_silent)
{
	struct question_out *out = out_new(&options);
	struct question question = fake_question("www.example", TYPE_A);

	fake_answer(&out->fake, 0, RCODE_SERVFAIL);
	fake_pass(&out->fake, REMOTE_WAIT_UNKNOWN_MS + WHEEL_TICK);
	cr_assert_eq(out->ear.told, 1);
	cr_assert_eq(out->ear.error, 0);
	cr_assert_eq(out->ear.rcode, RCODE_SERVFAIL);
	cr_assert(message_answers(bytes_of(out->ear.at, out->ear.len),
				  &question));
	cr_assert_eq(out->ear.len, 12 + 13 + 4);
	cr_assert_eq(bytes_get16(out->ear.at + 2),
		     FLAG_QR | FLAG_RD | FLAG_RA | RCODE_SERVFAIL);
	out_free(out);
}

Test(arrival, an_excuse_is_remembered_when_the_others_are_gone)
{
	struct question_out *out = out_new(&options);

	fake_answer(&out->fake, 0, RCODE_SERVFAIL);
	fake_fail(&out->fake, 1, -ECONNREFUSED);
	cr_assert_eq(out->ear.told, 1);
	cr_assert_eq(out->ear.rcode, RCODE_SERVFAIL);
	out_free(out);
}

Test(arrival, truncated_is_asked_again_over_tcp)
{
	struct question_out *out = out_new(&options);
	struct fake_question *again;

	fake_answer(&out->fake, 0, FLAG_TC);
	cr_assert_eq(out->ear.told, 0);
	cr_assert_eq(out->fake.count, 2);
	again = fake_sent(&out->fake, 1);
	cr_assert(again->stream);
	cr_assert_eq(again->server, 0);
	cr_assert(fake_has_edns(again));
	fake_answer(&out->fake, 1, RCODE_NOERROR);
	cr_assert_eq(out->ear.told, 1);
	cr_assert_eq(out->ear.error, 0);
	cr_assert_eq(out->fake.streams, 4, "given back");
	out_free(out);
}

Test(arrival, without_a_stream_the_truncated_answer_is_handed_on)
{
	struct question_out *out = out_new(&options);

	out->fake.streams = 0;
	out->at[2] |= FLAG_TC >> 8;
	out_bring(out);
	cr_assert_eq(out->ear.told, 1);
	cr_assert_eq(out->ear.error, 0);
	cr_assert(bytes_get16(out->ear.at + 2) & FLAG_TC);
	cr_assert_eq(out->ear.len, 12 + 13 + 4, "nothing but the question");
	cr_assert_eq(memcmp(out->ear.at + 6, "\0\0\0\0\0\0", 6), 0);
	out_free(out);
}

Test(arrival, a_failed_stream_leads_to_the_next_server)
{
	struct question_out *out = out_new(&options);

	fake_answer(&out->fake, 0, FLAG_TC);
	fake_fail(&out->fake, 1, -ECONNREFUSED);
	cr_assert_eq(out->ear.told, 0);
	cr_assert_eq(out->fake.count, 3);
	cr_assert_eq(fake_sent(&out->fake, 2)->server, 1);
	cr_assert_not(fake_sent(&out->fake, 2)->stream);
	cr_assert(fake_row(&out->fake, 0).up, "it answers over UDP");
	fake_answer(&out->fake, 2, RCODE_NOERROR);
	cr_assert_eq(out->ear.told, 1);
	out_free(out);
}

Test(arrival, streams_that_never_work_end_in_a_timeout)
{
	struct question_out *out = out_new(&options);
	unsigned seen = 0;

	while (out->ear.told == 0) {
		for (; seen < out->fake.count; seen++)
			if (!fake_sent(&out->fake, seen)->stream)
				fake_answer(&out->fake, seen, FLAG_TC);
		fake_pass(&out->fake, WHEEL_TICK);
	}
	cr_assert_eq(out->ear.error, ERROR_TIMEOUT);
	cr_assert_leq(out->fake.count, 8);
	cr_assert_eq(out->fake.streams, 4);
	out_free(out);
}

/* How a server says that EDNS means nothing to it. */
static size_t write_refusal(const struct fake_question *question,
			    unsigned how, uint8_t at[1024])
{
	unsigned rcode = how & 1 ? RCODE_NOTIMP : RCODE_FORMERR;
	size_t len = fake_write(question, rcode, false, at);

	if (how < 2)
		return len;
	bytes_put16(at + 4, 0);
	return MESSAGE_HEADER;
}

Test(arrival, who_does_not_understand_edns_is_asked_without)
{
	for (unsigned how = 0; how < 4; how++) {
		struct question_out *out = out_new(&options);
		struct fake *fake = &out->fake;
		struct fake_ear more = { .told = 0 };

		out->len = write_refusal(fake_sent(fake, 0), how, out->at);
		out_bring(out);
		cr_assert_eq(out->ear.told, 0);
		cr_assert_eq(fake->count, 2, "way %u", how);
		cr_assert_eq(fake_sent(fake, 1)->server, 0);
		cr_assert_not(fake_has_edns(fake_sent(fake, 1)));
		fake_answer(fake, 1, RCODE_NOERROR);
		cr_assert_eq(out->ear.told, 1);
		fake_pass(fake, REMOTE_PLAIN_MS / 2);
		fake_ask(fake, "more.example", TYPE_A, &more);
		cr_assert_not(fake_has_edns(fake_sent(fake, 2)), "remembered");
		fake_answer(fake, 2, RCODE_NOERROR);
		cr_assert_eq(more.told, 1);
		fake_pass(fake, REMOTE_PLAIN_MS / 2);
		fake->count = 0;
		fake_ask(fake, "more.example", TYPE_A, &more);
		cr_assert(fake_has_edns(fake_sent(fake, 0)), "not for ever");
		out_free(out);
	}
}

/* A forged header has but to guess an id: it must not cost us EDNS. */
Test(arrival, edns_is_not_given_up_for_a_server_that_says_no_without_it)
{
	struct question_out *out = out_new(&options);
	struct fake *fake = &out->fake;
	struct fake_ear more = { .told = 0 };

	out->len = write_refusal(fake_sent(fake, 0), 2, out->at);
	out_bring(out);
	fake_answer(fake, 1, RCODE_FORMERR);
	cr_assert_eq(fake->count, 3);
	cr_assert_eq(fake_sent(fake, 2)->server, 1);
	cr_assert(fake_has_edns(fake_sent(fake, 2)));
	fake_answer(fake, 2, RCODE_NOERROR);
	fake_ask(fake, "more.example", TYPE_A, &more);
	cr_assert_eq(fake_sent(fake, 3)->server, 0);
	cr_assert(fake_has_edns(fake_sent(fake, 3)));
	out_free(out);
}

Test(arrival, a_formerr_with_edns_is_no_refusal_of_edns)
{
	struct question_out *out = out_new(&options);

	fake_answer(&out->fake, 0, RCODE_FORMERR);
	cr_assert_eq(out->fake.count, 2);
	cr_assert_eq(fake_sent(&out->fake, 1)->server, 1);
	cr_assert(fake_has_edns(fake_sent(&out->fake, 1)));
	out_free(out);
}

static const struct upstream_options mixing = {
	.flights = 64,
	.deadline_ms = 5000,
	.payload = 1232,
	.mixed_case = true,
};

static const char long_name[] =
	"abcdefghijklmnopqrstuvwxyz.abcdefghijklmnopqrstuvwxyz.example";

static struct question_out *mixed_new(void)
{
	struct question_out *out = calloc(1, sizeof(*out));

	fake_init(&out->fake, &mixing);
	fake_ask(&out->fake, long_name, TYPE_A, &out->ear);
	out->len = fake_write(fake_sent(&out->fake, 0), 0, true, out->at);
	return out;
}

static void lower(uint8_t *at, size_t len)
{
	for (size_t i = 0; i < len; i++)
		at[i] = name_lower(at[i]);
}

Test(arrival, letters_are_asked_back)
{
	struct question_out *out = mixed_new();
	struct question question = fake_question(long_name, TYPE_A);

	cr_assert_neq(memcmp(out->at + 12, question.name.wire,
			     question.name.len), 0, "nothing was mixed");
	out_bring(out);
	cr_assert_eq(out->ear.told, 1);
	out_free(out);
}

/* A forger with the right id, or a server that cannot do better. */
Test(arrival, lost_letters_are_asked_again_over_tcp)
{
	struct question_out *out = mixed_new();

	lower(out->at + 12, 61);
	out_bring(out);
	cr_assert_eq(out->ear.told, 0);
	cr_assert_eq(out->fake.count, 2);
	cr_assert(fake_sent(&out->fake, 1)->stream);
	out->len = fake_write(fake_sent(&out->fake, 1), 0, true, out->at);
	lower(out->at + 12, 61);
	fake_bring(&out->fake, 1, out->at, out->len);
	cr_assert_eq(out->ear.told, 1, "TCP may lose them");
	out_free(out);
}

Test(arrival, a_server_that_loses_letters_is_spared_them)
{
	struct question_out *out = mixed_new();
	struct question question = fake_question(long_name, TYPE_A);
	unsigned round, tcp = 0;

	for (round = 0; round < 10; round++) {
		struct fake_question *sent = fake_sent(&out->fake,
						       out->fake.count - 1);

		tcp += sent->stream;
		out->len = fake_write(sent, 0, true, out->at);
		lower(out->at + 12, 61);
		fake_bring(&out->fake, out->fake.count - 1, out->at,
			   out->len);
		if (out->ear.told > 0) {
			out->ear.told = 0;
			fake_ask(&out->fake, long_name, TYPE_A, &out->ear);
		}
	}
	cr_assert_eq(tcp, REMOTE_CASE_STRIKES);
	cr_assert_eq(memcmp(fake_sent(&out->fake, out->fake.count - 1)->at +
			    12, question.name.wire, question.name.len), 0);
	out_free(out);
}
