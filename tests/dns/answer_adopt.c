/*
 * Answers of others, passed on: in the client's terms or not at all.
 */
#include <criterion/criterion.h>
#include <ldns/ldns.h>

#include "client.h"
#include "dns/answer.h"
#include "dns/message.h"
#include "sample.h"

/* An upstream's answer, whose question stands in another case. */
static size_t upstream_answer(uint8_t *at, unsigned flags)
{
	struct sample sample;

	sample_begin(&sample, flags);
	bytes_put16(sample.at, 0x9999);
	sample_question(&sample, "WwW.eXAMPLE.cOM", TYPE_A);
	sample_address(&sample, 1);
	sample_address(&sample, 3);
	memcpy(at, sample.at, sample.len);
	return sample.len;
}

Test(answer, adopted_in_the_clients_terms)
{
	static const struct {
		unsigned asked;
		bool dnssec_ok;
		unsigned came, want;
	} rows[] = {
		{ FLAG_RD, false, FLAG_RD | FLAG_RA, FLAG_RD | FLAG_RA },
		{ 0, false, FLAG_RD | FLAG_RA, FLAG_RA },
		{ FLAG_RD, false, 0, FLAG_RD | FLAG_RA },
		{ FLAG_CD, false, FLAG_RD, FLAG_CD | FLAG_RA },
		{ 0, false, FLAG_CD, FLAG_RA },
		{ 0, false, FLAG_AA | FLAG_Z | FLAG_RA, FLAG_RA },
		{ 0, false, FLAG_AD, FLAG_RA },
		{ FLAG_AD, false, FLAG_AD, FLAG_AD | FLAG_RA },
		{ FLAG_AD, false, 0, FLAG_RA },
		{ 0, true, FLAG_AD, FLAG_AD | FLAG_RA },
		{ 0, false, FLAG_TC | RCODE_NXDOMAIN,
		  FLAG_TC | FLAG_RA | RCODE_NXDOMAIN },
		{ FLAG_TC | FLAG_Z, false, 0, FLAG_RA },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct client client;
		uint8_t at[OURS];
		struct answer answer = answer_at(at, OURS);
		size_t len = upstream_answer(at, FLAG_QR | rows[i].came);
		ldns_pkt *packet;

		client_ask_edns(&client, rows[i].asked, OURS,
				rows[i].dnssec_ok);
		answer_adopt(&answer, len, &client.query);
		len = answer_finish(&answer, RCODE_NOERROR, OURS);
		cr_assert_eq(bytes_get16(at + 2), FLAG_QR | rows[i].want,
			     "row %zu: %04x", i, bytes_get16(at + 2));
		assert_echo(&client, at, len);
		packet = seen(at, len);
		assert_counts(packet, 1, 0, 1);
		cr_assert(ldns_pkt_edns(packet));
		assert_record(ldns_pkt_answer(packet), 0,
			      "wWw.Example.com.\t300\tIN\tA\t192.0.2.1\n");
		ldns_pkt_free(packet);
	}
}

Test(answer, adopted_and_too_long_is_truncated)
{
	struct client client;
	uint8_t at[OURS];
	struct answer answer = answer_at(at, OURS);
	size_t len = upstream_answer(at, FLAG_QR | RCODE_NXDOMAIN);
	ldns_pkt *packet;

	client_ask_edns(&client, FLAG_RD, OURS, false);
	answer.limit = len + 10;
	answer_adopt(&answer, len, &client.query);
	len = answer_finish(&answer, RCODE_NXDOMAIN, OURS);
	assert_echo(&client, at, len);
	packet = seen(at, len);
	assert_counts(packet, 0, 0, 0);
	cr_assert(ldns_pkt_tc(packet));
	cr_assert(ldns_pkt_edns(packet));
	cr_assert_eq(ldns_pkt_get_rcode(packet), LDNS_RCODE_NXDOMAIN);
	ldns_pkt_free(packet);
}

/* Somebody else's answer, or half of one, is not passed on. */
Test(answer, adopting_another_answer_is_servfail)
{
	struct client client;
	struct sample other;
	uint8_t at[OURS];

	client_ask(&client, FLAG_RD);
	sample_begin(&other, FLAG_QR);
	sample_question(&other, "wWw.Example.org", TYPE_A);
	sample_address(&other, 1);
	for (size_t part = 0; part <= other.len; part++) {
		struct answer answer = answer_at(at, OURS);
		ldns_pkt *packet;
		size_t len;

		memcpy(at, other.at, other.len);
		answer_adopt(&answer, part, &client.query);
		len = answer_finish(&answer, RCODE_NOERROR, OURS);
		assert_echo(&client, at, len);
		packet = seen(at, len);
		assert_counts(packet, 0, 0, 0);
		cr_assert_eq(ldns_pkt_get_rcode(packet),
			     LDNS_RCODE_SERVFAIL);
		ldns_pkt_free(packet);
	}
}
