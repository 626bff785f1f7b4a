/*
 * Answers put together from a rule's records and from what an upstream said
 * about the name that a rule leads to.
 */
#include <criterion/criterion.h>
#include <ldns/ldns.h>

#include "base/error.h"
#include "client.h"
#include "dns/answer.h"
#include "dns/message.h"
#include "sample.h"

static struct name name_of(const char *words)
{
	struct name name;

	cr_assert_eq(name_parse(&name, bytes_of_string(words)), 0);
	return name;
}

static void put_alias(struct answer *answer, const struct name *target)
{
	answer_put_record(answer, &(struct answer_record){
		.type = TYPE_CNAME, .ttl = 10,
		.rdata = bytes_of(target->wire, target->len),
	});
}

static void reply_begin(struct sample *reply, unsigned type)
{
	sample_begin(reply, FLAG_QR | FLAG_RA);
	sample_question(reply, "Safe.Example.net", type);
}

static void reply_put(struct sample *reply, unsigned section, unsigned type,
		      struct bytes rdata)
{
	sample_fixed(reply, type, 300, rdata);
	sample_count(reply, section, 1);
}

/* The addresses of safe.example.net, by way of an alias, all compressed. */
static void reply_addresses(struct sample *reply)
{
	reply_begin(reply, TYPE_A);
	sample_put16(reply, 0xc00c);
	reply_put(reply, 1, TYPE_CNAME, bytes_of("\3eDg\300\21", 6));
	sample_put16(reply, 0xc02e);
	reply_put(reply, 1, TYPE_A, bytes_of("\300\0\2\1", 4));
	sample_put16(reply, 0xc02e);
	reply_put(reply, 1, TYPE_A, bytes_of("\300\0\2\2", 4));
	sample_put16(reply, 0xc011);
	reply_put(reply, 2, TYPE_NS, bytes_of("\300\14", 2));
}

/* --- records --- */

Test(answer, records_of_any_owner_and_type)
{
	struct name owner = name_of("other.example");
	struct client client;
	uint8_t at[OURS];
	struct answer answer = answer_at(at, OURS);
	ldns_pkt *packet;
	size_t len;

	client_ask_edns(&client, 0, OURS, false);
	answer_begin(&answer, &client.query, RCODE_NOERROR);
	answer_put_record(&answer, &(struct answer_record){
		.type = 16, .ttl = 5, .rdata = bytes_of("\2hi", 3) });
	answer_put_record(&answer, &(struct answer_record){
		.owner = &owner, .type = 15, .ttl = 6,
		.rdata = bytes_of("\0\12\1m\0", 5) });
	answer_put_record(&answer, &(struct answer_record){
		.type = 10, .ttl = 7, .rdata = bytes_of(NULL, 0) });
	answer_put_soa(&answer, 8);
	len = answer_finish(&answer, RCODE_NOERROR, OURS);
	assert_echo(&client, at, len);
	packet = seen(at, len);
	assert_counts(packet, 3, 1, 0);
	assert_record(ldns_pkt_answer(packet), 0,
		      "wWw.Example.com.\t5\tIN\tTXT\t\"hi\"\n");
	assert_record(ldns_pkt_answer(packet), 1,
		      "other.example.\t6\tIN\tMX\t10 m.\n");
	ldns_pkt_free(packet);
}

Test(answer, a_record_of_another_owner_fits_or_cuts)
{
	struct name owner = name_of("other.example");
	struct client client;

	client_ask(&client, 0);
	for (size_t more = 0; more < 40; more++) {
		uint8_t *at = malloc(512);
		struct answer answer = answer_at(at, client.sample.len + more);

		answer_begin(&answer, &client.query, RCODE_NOERROR);
		answer_put_record(&answer, &(struct answer_record){
			.owner = &owner, .type = TYPE_A, .ttl = 6,
			.rdata = bytes_of("\1\2\3\4", 4) });
		cr_expect_eq(answer.cut, more < 15 + 10 + 4, "%zu", more);
		cr_expect_leq(answer_finish(&answer, RCODE_NOERROR, OURS),
			      answer.limit);
		free(at);
	}
}

/* --- replies --- */

Test(answer, a_reply_goes_behind_our_alias)
{
	struct name target = name_of("safe.example.net");
	struct client client;
	uint8_t at[OURS];
	struct answer answer = answer_at(at, OURS);
	struct sample reply;
	ldns_pkt *packet;
	size_t len;

	client_ask_edns(&client, FLAG_RD, OURS, false);
	reply_addresses(&reply);
	answer_begin(&answer, &client.query, RCODE_NOERROR);
	put_alias(&answer, &target);
	cr_assert_eq(answer_put_reply(&answer, sample_bytes(&reply), &target),
		     0);
	len = answer_finish(&answer, RCODE_NOERROR, OURS);
	assert_echo(&client, at, len);
	packet = seen(at, len);
	assert_counts(packet, 4, 0, 0);
	assert_record(ldns_pkt_answer(packet), 0,
		      "wWw.Example.com.\t10\tIN\tCNAME\tsafe.example.net.\n");
	assert_record(ldns_pkt_answer(packet), 1,
		      "Safe.Example.net.\t300\tIN\tCNAME\t"
		      "eDg.Example.net.\n");
	assert_record(ldns_pkt_answer(packet), 2,
		      "eDg.Example.net.\t300\tIN\tA\t192.0.2.1\n");
	assert_record(ldns_pkt_answer(packet), 3,
		      "eDg.Example.net.\t300\tIN\tA\t192.0.2.2\n");
	ldns_pkt_free(packet);
}

Test(answer, a_reply_without_records_adds_none)
{
	struct name target = name_of("safe.example.net");
	struct client client;
	uint8_t at[OURS];
	struct answer answer = answer_at(at, OURS);
	struct sample reply;
	size_t len;

	client_ask(&client, FLAG_RD);
	reply_begin(&reply, TYPE_A);
	sample_put16(&reply, 0xc011);
	reply_put(&reply, 2, TYPE_NS, bytes_of("\300\14", 2));
	answer_begin(&answer, &client.query, RCODE_NOERROR);
	put_alias(&answer, &target);
	len = answer.len;
	cr_expect_eq(answer_put_reply(&answer, sample_bytes(&reply), &target),
		     0);
	cr_expect_eq(answer.len, len);
	cr_expect_eq(bytes_get16(at + 6), 1);
	cr_expect_not(answer.cut);
}

/* Nothing is put of a reply that is no reply, or not a whole one. */
static void assert_refused(const char *words, struct bytes reply)
{
	struct name target = name_of("safe.example.net");
	uint8_t *exact = sample_exact(reply.at, reply.len);
	struct client client;
	uint8_t at[OURS], before[OURS];
	struct answer answer = answer_at(at, OURS);
	size_t len;

	client_ask(&client, FLAG_RD);
	answer_begin(&answer, &client.query, RCODE_NOERROR);
	put_alias(&answer, &target);
	len = answer.len;
	memcpy(before, at, len);
	cr_expect_eq(answer_put_reply(&answer, bytes_of(exact, reply.len),
				      &target),
		     ERROR_MALFORMED, "%s", words);
	cr_expect_eq(answer.len, len, "%s", words);
	cr_expect_arr_eq(at, before, len, "%s", words);
	cr_expect_not(answer.cut, "%s", words);
	free(exact);
}

Test(answer, what_is_no_reply_is_not_put)
{
	struct sample reply;
	size_t end;

	reply_addresses(&reply);
	end = reply.len - 14;
	for (size_t len = 0; len < end; len++)
		assert_refused("ends early", bytes_of(reply.at, len));
	reply_begin(&reply, TYPE_AAAA);
	assert_refused("another type", sample_bytes(&reply));
	reply_begin(&reply, TYPE_A);
	reply.at[14] = 'x';
	assert_refused("another name", sample_bytes(&reply));
	reply_begin(&reply, TYPE_A);
	reply.at[reply.len - 1] = CLASS_CH;
	assert_refused("another class", sample_bytes(&reply));
	reply_begin(&reply, TYPE_A);
	reply.at[2] = 0;
	assert_refused("a query", sample_bytes(&reply));
	reply_addresses(&reply);
	reply.at[end - 15] = 0xff;
	assert_refused("a pointer forward, last", sample_bytes(&reply));
	reply_begin(&reply, TYPE_A);
	sample_put16(&reply, 0xc00c);
	reply_put(&reply, 1, 15, bytes_of("\0\12", 2));
	assert_refused("half an MX", sample_bytes(&reply));
}

Test(answer, other_classes_are_left_out)
{
	struct name target = name_of("safe.example.net");
	struct client client;
	uint8_t at[OURS];
	struct answer answer = answer_at(at, OURS);
	struct sample reply;

	client_ask(&client, FLAG_RD);
	reply_begin(&reply, TYPE_A);
	sample_address(&reply, 1);
	reply.at[reply.len - 11] = CLASS_CH;
	sample_address(&reply, 1);
	answer_begin(&answer, &client.query, RCODE_NOERROR);
	cr_expect_eq(answer_put_reply(&answer, sample_bytes(&reply), &target),
		     0);
	cr_expect_eq(bytes_get16(at + 6), 1);
}

/* At every limit: whole, or cut and without records. */
Test(answer, a_reply_that_is_too_long_is_cut)
{
	struct name target = name_of("safe.example.net");
	struct client client;
	struct sample reply;
	size_t whole = 0;

	client_ask(&client, FLAG_RD);
	reply_addresses(&reply);
	for (size_t limit = 300; limit >= client.sample.len; limit--) {
		uint8_t *at = malloc(512);
		struct answer answer = answer_at(at, limit);
		size_t len;

		answer_begin(&answer, &client.query, RCODE_NOERROR);
		put_alias(&answer, &target);
		cr_expect_eq(answer_put_reply(&answer, sample_bytes(&reply),
					      &target), 0);
		cr_expect_leq(answer.len, limit);
		len = answer_finish(&answer, RCODE_NOERROR, OURS);
		if (limit == 300)
			whole = len;
		cr_expect_eq(len, limit >= whole ? whole : client.sample.len,
			     "%zu", limit);
		cr_expect_eq((at[2] & 2) != 0, limit < whole, "%zu", limit);
		cr_expect_eq(bytes_get16(at + 6), limit < whole ? 0 : 4);
		free(at);
	}
	cr_expect_gt(whole, client.sample.len);
}

/* An answer that is over its limit from the start has no room at all. */
Test(answer, no_room_for_a_reply)
{
	struct name target = name_of("safe.example.net");
	struct client client;
	uint8_t at[512];
	struct answer answer = answer_at(at, 20);
	struct sample reply;

	client_ask(&client, FLAG_RD);
	reply_addresses(&reply);
	answer_begin(&answer, &client.query, RCODE_NOERROR);
	cr_expect_eq(answer_put_reply(&answer, sample_bytes(&reply), &target),
		     0);
	cr_expect(answer.cut);
}

/*
 * A stranger may make much of little: a name of 255 bytes out of two, over and
 * over.  It stays within the limit.
 */
Test(answer, a_reply_that_swells)
{
	enum { RECORDS = 75 };
	static struct sample reply;
	static uint8_t at[4096];
	struct answer answer = answer_at(at, sizeof(at));
	struct name target;
	struct client client;
	uint8_t wire[255] = { 0 };

	for (unsigned i = 0; i < 254; i += 2) {
		wire[i] = 1;
		wire[i + 1] = 'x';
	}
	cr_assert_eq(name_from_wire(&target, bytes_of(wire, 255)), 0);
	sample_begin(&reply, FLAG_QR);
	sample_put(&reply, wire, 255);
	sample_put16(&reply, TYPE_A);
	sample_put16(&reply, CLASS_IN);
	sample_count(&reply, 0, 1);
	for (unsigned i = 0; i < RECORDS; i++) {
		sample_put16(&reply, 0xc00c);
		reply_put(&reply, 1, 6, bytes_of("\300\14\300\14", 4));
	}
	client_ask(&client, FLAG_RD);
	answer_begin(&answer, &client.query, RCODE_NOERROR);
	cr_expect_eq(answer_put_reply(&answer, sample_bytes(&reply), &target),
		     0);
	cr_expect(answer.cut);
	cr_expect_leq(answer.len, answer.limit);
}
