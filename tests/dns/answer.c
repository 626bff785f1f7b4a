/*
 * Answers of our own, read back by ldns: what a client sees of its question,
 * of our OPT and of a limit, at every limit there can be.
 */
#include "dns/answer.h"

#include <criterion/criterion.h>
#include <ldns/ldns.h>

#include "client.h"
#include "dns/message.h"
#include "sample.h"

static const struct bytes sink = { (const uint8_t *)"\300\0\2\1", 4 };

Test(answer, addresses)
{
	struct client client;
	uint8_t at[OURS];
	struct answer answer = answer_at(at, OURS);
	ldns_pkt *packet;
	size_t len;

	client_ask(&client, FLAG_RD | FLAG_CD | FLAG_AD);
	answer_begin(&answer, &client.query, RCODE_NOERROR);
	answer_put_address(&answer, TYPE_A, sink, 60);
	answer_put_address(&answer, TYPE_AAAA,
			   bytes_of("\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\1",
				    16), 61);
	len = answer_finish(&answer, RCODE_NOERROR, OURS);
	assert_echo(&client, at, len);
	cr_assert_eq(bytes_get16(at + 2), FLAG_QR | FLAG_RD | FLAG_RA |
		     FLAG_CD);
	packet = seen(at, len);
	assert_counts(packet, 2, 0, 0);
	cr_assert(!ldns_pkt_edns(packet));
	assert_record(ldns_pkt_answer(packet), 0,
		      "wWw.Example.com.\t60\tIN\tA\t192.0.2.1\n");
	assert_record(ldns_pkt_answer(packet), 1,
		      "wWw.Example.com.\t61\tIN\tAAAA\t2001:db8::1\n");
	ldns_pkt_free(packet);
}

Test(answer, soa_of_a_negative_answer)
{
	struct client client;
	uint8_t at[OURS];
	struct answer answer = answer_at(at, OURS);
	ldns_pkt *packet;

	client_ask(&client, 0);
	answer_begin(&answer, &client.query, RCODE_NXDOMAIN);
	answer_put_soa(&answer, 90);
	packet = seen(at, answer_finish(&answer, RCODE_NXDOMAIN, OURS));
	assert_counts(packet, 0, 1, 0);
	cr_assert_eq(ldns_pkt_get_rcode(packet), LDNS_RCODE_NXDOMAIN);
	cr_assert(!ldns_pkt_rd(packet));
	assert_record(ldns_pkt_authority(packet), 0,
		      "wWw.Example.com.\t90\tIN\tSOA\thomebound. "
		      "nobody.invalid. 1 3600 600 86400 90\n");
	ldns_pkt_free(packet);
}

Test(answer, limit_of_udp)
{
	static const struct {
		bool edns;
		uint16_t payload;
		size_t ours, want;
	} rows[] = {
		{ false, 0, 1232, 512 },
		{ true, 0, 1232, 512 },
		{ true, 511, 1232, 512 },
		{ true, 512, 1232, 512 },
		{ true, 513, 1232, 513 },
		{ true, 1231, 1232, 1231 },
		{ true, 1232, 1232, 1232 },
		{ true, 4096, 1232, 1232 },
		{ true, 65535, 4096, 4096 },
		{ true, 4096, 300, 512 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct message query = { .edns = {
			.present = rows[i].edns,
			.payload = rows[i].payload,
		} };

		cr_assert_eq(answer_limit_udp(&query, rows[i].ours),
			     rows[i].want, "row %zu", i);
	}
}

Test(answer, opt_is_answered_with_ours)
{
	for (unsigned rcode = 0; rcode < 0x1000; rcode += 0x111) {
		struct client client;
		uint8_t at[OURS];
		struct answer answer = answer_at(at, OURS);
		bool dnssec_ok = (rcode & 1) != 0;
		ldns_pkt *packet;

		client_ask_edns(&client, FLAG_RD, 4096, dnssec_ok);
		answer_begin(&answer, &client.query, rcode);
		packet = seen(at, answer_finish(&answer, rcode, OURS));
		cr_assert(ldns_pkt_edns(packet));
		cr_assert_eq(ldns_pkt_edns_udp_size(packet), OURS);
		cr_assert_eq(ldns_pkt_edns_version(packet), 0);
		cr_assert_eq(ldns_pkt_edns_do(packet), dnssec_ok);
		cr_assert_eq(ldns_pkt_edns_extended_rcode(packet),
			     rcode >> 4);
		cr_assert_eq((unsigned)ldns_pkt_get_rcode(packet),
			     rcode & 15);
		cr_assert(ldns_pkt_edns_data(packet) == NULL);
		ldns_pkt_free(packet);
	}
}

/* Lower bits alone would say something else: of BADVERS, NOERROR. */
Test(answer, an_extended_rcode_without_edns_is_servfail)
{
	struct client client;
	uint8_t at[OURS];
	struct answer answer = answer_at(at, OURS);

	client_ask(&client, FLAG_RD);
	answer_begin(&answer, &client.query, 23);
	cr_assert_eq(answer_finish(&answer, 23, OURS), answer.len);
	cr_assert_eq(at[3] & FLAG_RCODE, RCODE_SERVFAIL);
}

/* The EDE of an answer: its code, or -1; its text behind *text. */
static int ede_of(ldns_pkt *packet, struct bytes *text)
{
	ldns_rdf *data = ldns_pkt_edns_data(packet);
	const uint8_t *at;
	size_t len;

	if (data == NULL)
		return -1;
	at = ldns_rdf_data(data);
	len = ldns_rdf_size(data);
	cr_assert_geq(len, 6);
	cr_assert_eq(bytes_get16(at), 15);
	cr_assert_eq(bytes_get16(at + 2), len - 4);
	*text = bytes_of(at + 6, len - 6);
	return bytes_get16(at + 4);
}

static void assert_ede(const char *given, const char *want)
{
	struct client client;
	uint8_t at[OURS];
	struct answer answer = answer_at(at, OURS);
	struct bytes text;
	ldns_pkt *packet;

	client_ask_edns(&client, 0, OURS, false);
	answer_begin(&answer, &client.query, RCODE_NOERROR);
	answer_put_address(&answer, TYPE_A, sink, 60);
	answer_set_ede(&answer, EDE_BLOCKED, given);
	packet = seen(at, answer_finish(&answer, RCODE_NOERROR, OURS));
	assert_counts(packet, 1, 0, 0);
	cr_assert_eq(ede_of(packet, &text), EDE_BLOCKED);
	cr_assert_eq(text.len, strlen(want));
	cr_assert_arr_eq(text.at, want, text.len);
	ldns_pkt_free(packet);
}

#define TEN "0123456789"
#define SIXTY TEN TEN TEN TEN TEN TEN

Test(answer, ede_tells_why)
{
	assert_ede("on a list", "on a list");
	assert_ede("", "");
	assert_ede(NULL, "");
	assert_ede(SIXTY "abc", SIXTY "abc");
	assert_ede(SIXTY "abcd", SIXTY "abc");
	assert_ede(SIXTY "ab\303\251", SIXTY "ab");
	assert_ede(SIXTY "a\303\251", SIXTY "a\303\251");
	assert_ede(SIXTY "a\342\202\254", SIXTY "a");
	assert_ede(SIXTY "\360\237\217\240", SIXTY);
}

Test(answer, ede_is_not_for_clients_without_edns)
{
	struct client client;
	uint8_t at[OURS];
	struct answer answer = answer_at(at, OURS);

	client_ask(&client, 0);
	answer_begin(&answer, &client.query, RCODE_SERVFAIL);
	answer_set_ede(&answer, EDE_NETWORK_ERROR, "why");
	cr_assert_eq(answer_finish(&answer, RCODE_SERVFAIL, OURS),
		     client.sample.len);
}

/* An EDE of the answer before must not be told to the next client. */
Test(answer, a_new_answer_has_no_ede)
{
	struct client client;
	uint8_t at[OURS];
	struct answer answer = answer_at(at, OURS);
	size_t len;

	client_ask_edns(&client, 0, OURS, false);
	answer_begin(&answer, &client.query, RCODE_SERVFAIL);
	answer_set_ede(&answer, EDE_NETWORK_ERROR, "why");
	answer_finish(&answer, RCODE_SERVFAIL, OURS);
	answer_begin(&answer, &client.query, RCODE_NOERROR);
	len = answer_finish(&answer, RCODE_NOERROR, OURS);
	cr_assert_eq(len, client.sample.len);
}

/* What is left of an answer with `addresses` records at one limit. */
static void assert_fits(const struct client *client, size_t limit,
			unsigned addresses)
{
	size_t fixed = MESSAGE_HEADER + client->query.question_wire.len;
	size_t records = fixed + addresses * 16;
	size_t opt = client->query.edns.present ? 11 : 0;
	bool whole = records + opt <= limit;
	size_t start = whole ? records : fixed;
	uint8_t *at = sample_exact(NULL, 0);
	struct bytes text = { NULL, 0 };
	struct answer answer;
	ldns_pkt *packet;
	size_t len;
	int ede;

	at = realloc(at, limit > 512 ? limit : 512);
	answer = answer_at(at, limit);
	answer_begin(&answer, &client->query, RCODE_NOERROR);
	for (unsigned i = 0; i < addresses; i++)
		answer_put_address(&answer, TYPE_A, sink, 60);
	answer_set_ede(&answer, EDE_BLOCKED, "some list");
	len = answer_finish(&answer, RCODE_NOERROR, OURS);
	cr_assert_eq(len, answer.len);
	if (limit >= fixed)
		cr_assert_leq(len, limit);
	assert_echo(client, at, len);
	packet = seen(at, len);
	assert_counts(packet, whole ? addresses : 0, 0, 0);
	cr_assert_eq(ldns_pkt_tc(packet), !whole);
	cr_assert_eq(ldns_pkt_edns(packet), opt && start + opt <= limit);
	ede = ede_of(packet, &text);
	cr_assert_eq(ede, opt && start + opt + 6 <= limit ? EDE_BLOCKED : -1);
	cr_assert_eq(text.len, ede >= 0 && start + opt + 15 <= limit ? 9 : 0);
	ldns_pkt_free(packet);
	free(at);
}

Test(answer, no_answer_is_longer_than_its_limit)
{
	struct client plain, edns;

	client_ask(&plain, FLAG_RD);
	client_ask_edns(&edns, FLAG_RD, OURS, true);
	for (size_t limit = 12; limit <= 600; limit++)
		for (unsigned addresses = 0; addresses <= 32; addresses += 4) {
			assert_fits(&plain, limit, addresses);
			assert_fits(&edns, limit, addresses);
		}
}

/* A record that would fit again after one that did not is not taken. */
Test(answer, once_cut_nothing_is_added)
{
	struct client client;
	uint8_t at[OURS];
	struct answer answer;
	size_t fixed;

	client_ask(&client, 0);
	fixed = client.sample.len;
	answer = answer_at(at, fixed + 20);
	answer_begin(&answer, &client.query, RCODE_NOERROR);
	answer_put_soa(&answer, 60);
	cr_assert(answer.cut);
	answer_put_address(&answer, TYPE_A, sink, 60);
	cr_assert_eq(answer_finish(&answer, RCODE_NOERROR, OURS), fixed);
	cr_assert_eq(bytes_get16(at + 6), 0);
	cr_assert_eq(bytes_get16(at + 8), 0);
	cr_assert(bytes_get16(at + 2) & FLAG_TC);
}

static struct message unreadable(unsigned flags)
{
	return (struct message){ .id = 0x1234, .flags = (uint16_t)flags };
}

Test(answer, errors_are_a_header)
{
	struct message query = unreadable(FLAG_RD | FLAG_CD | FLAG_AD |
					  0x2000);
	uint8_t at[512];

	cr_assert_eq(answer_error(at, &query, RCODE_NOTIMP, OURS), 12);
	cr_assert_arr_eq(at, "\x12\x34\xa1\x04\0\0\0\0\0\0\0\0", 12);
	query = unreadable(0);
	cr_assert_eq(answer_error(at, &query, RCODE_FORMERR, OURS), 12);
	cr_assert_arr_eq(at, "\x12\x34\x80\x01\0\0\0\0\0\0\0\0", 12);
}

Test(answer, badvers_tells_our_version)
{
	struct message query = unreadable(FLAG_RD);
	uint8_t at[512];
	ldns_pkt *packet;

	query.edns = (struct edns){ .present = true, .version = 1 };
	packet = seen(at, answer_error(at, &query, RCODE_BADVERS, OURS));
	cr_assert(ldns_pkt_edns(packet));
	cr_assert_eq(ldns_pkt_edns_version(packet), 0);
	cr_assert_eq(ldns_pkt_edns_extended_rcode(packet), 1);
	cr_assert_eq(ldns_pkt_get_rcode(packet), LDNS_RCODE_NOERROR);
	cr_assert_eq(ldns_pkt_edns_udp_size(packet), OURS);
	ldns_pkt_free(packet);
}

/* Our own query is one that we would answer, and means the same. */
static void assert_write_query(const struct question *question,
			       uint16_t payload)
{
	uint8_t at[512];
	size_t len = answer_write_query(at, question, 0xabcd, payload);
	struct message read;

	cr_assert_eq(message_read_query(&read, bytes_of(at, len)),
		     MESSAGE_QUERY);
	cr_assert_eq(read.id, 0xabcd);
	cr_assert_eq(read.flags, FLAG_AD | (question->rd ? FLAG_RD : 0) |
		     (question->cd ? FLAG_CD : 0));
	cr_assert(name_equal(&read.question.name, &question->name));
	cr_assert_eq(read.question.type, question->type);
	cr_assert_eq(read.question.class, question->class);
	cr_assert_eq(read.edns.present, payload != 0);
	if (payload == 0)
		return;
	cr_assert_eq(read.edns.payload, payload);
	cr_assert_eq(read.edns.dnssec_ok, question->dnssec_ok);
}

Test(answer, our_query_says_what_the_question_says)
{
	static const char *const names[] = { ".", "www.example.com" };

	for (unsigned bits = 0; bits < 16; bits++) {
		struct question question = {
			.type = TYPE_HTTPS, .class = CLASS_IN,
			.rd = (bits & 1) != 0, .cd = (bits & 2) != 0,
			.dnssec_ok = (bits & 4) != 0,
		};

		name_parse(&question.name, bytes_of_string(names[bits >> 3]));
		assert_write_query(&question, 0);
		assert_write_query(&question, 1232);
	}
}

Test(answer, our_query_of_the_longest_name_fits)
{
	struct question question = { .type = TYPE_A, .class = CLASS_IN };
	uint8_t wire[255] = { 0 };

	for (unsigned i = 0; i < 254; i += 2) {
		wire[i] = 1;
		wire[i + 1] = 'x';
	}
	cr_assert_eq(name_from_wire(&question.name, bytes_of(wire, 255)), 0);
	assert_write_query(&question, 1232);
}
