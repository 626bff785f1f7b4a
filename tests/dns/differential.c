/*
 * Messages at random, with ldns as the second opinion: what ldns builds, our
 * reader reads the same; what our reader takes, ldns takes.
 */
#include <criterion/criterion.h>
#include <ldns/ldns.h>

#include "dns/message.h"
#include "sample.h"

static ldns_rdf *random_owner(uint64_t *random)
{
	unsigned labels = sample_below(random, 6);
	uint8_t wire[256];
	size_t len = 0;

	while (labels-- > 0) {
		unsigned label = 1 + sample_below(random, 20);

		wire[len++] = (uint8_t)label;
		while (label-- > 0)
			wire[len++] = (uint8_t)sample_random(random);
	}
	wire[len++] = 0;
	return ldns_rdf_new_frm_data(LDNS_RDF_TYPE_DNAME, len, wire);
}

/* Random flags, name and type; half of them with EDNS. */
static ldns_pkt *random_query(uint64_t *random)
{
	uint16_t flags = (uint16_t)(sample_random(random) & (LDNS_RD |
							     LDNS_CD));
	uint16_t type = (uint16_t)sample_random(random);
	ldns_pkt *query = ldns_pkt_query_new(random_owner(random),
					     (ldns_rr_type)type,
					     LDNS_RR_CLASS_IN, flags);

	cr_assert(query != NULL);
	ldns_pkt_set_id(query, (uint16_t)sample_random(random));
	if (sample_below(random, 2)) {
		ldns_pkt_set_edns_udp_size(query, (uint16_t)
					   (1 + sample_below(random, 65535)));
		ldns_pkt_set_edns_do(query, sample_below(random, 2) == 1);
	}
	if (ldns_pkt_edns(query) && sample_below(random, 2))
		ldns_pkt_set_edns_data(query, ldns_rdf_new_frm_data(
				       LDNS_RDF_TYPE_UNKNOWN, 8,
				       "\0\12\0\4abcd"));
	return query;
}

static void wire_of(ldns_pkt *packet, struct sample *sample)
{
	uint8_t *wire;
	size_t len;

	cr_assert_eq(ldns_pkt2wire(&wire, packet, &len), LDNS_STATUS_OK);
	sample->len = 0;
	sample_put(sample, wire, len);
	free(wire);
}

/* The same name: ldns keeps the case, we do not. */
static void assert_name(const struct name *name, const ldns_rdf *owner)
{
	cr_assert_eq(name->len, ldns_rdf_size(owner));
	cr_assert(name_equal_wire(name, ldns_rdf_data(owner)));
	cr_assert_eq(name->labels, ldns_dname_label_count(owner));
}

static void assert_query(const struct message *message, ldns_pkt *query)
{
	const ldns_rr *question = ldns_rr_list_rr(ldns_pkt_question(query),
						  0);

	cr_assert_eq(message->id, ldns_pkt_id(query));
	cr_assert_eq(message->question.rd, ldns_pkt_rd(query));
	cr_assert_eq(message->question.cd, ldns_pkt_cd(query));
	cr_assert_eq(message->question.type, ldns_rr_get_type(question));
	assert_name(&message->question.name, ldns_rr_owner(question));
	cr_assert_arr_eq(message->question_wire.at,
			 ldns_rdf_data(ldns_rr_owner(question)),
			 message->question.name.len);
	cr_assert_eq(message->edns.present, ldns_pkt_edns(query));
	if (!message->edns.present)
		return;
	cr_assert_eq(message->edns.payload, ldns_pkt_edns_udp_size(query));
	cr_assert_eq(message->edns.dnssec_ok, ldns_pkt_edns_do(query));
	cr_assert_eq(message->edns.options.len, ldns_pkt_edns_data(query) ?
		     ldns_rdf_size(ldns_pkt_edns_data(query)) : 0);
}

Test(differential, queries_that_ldns_builds_are_read)
{
	uint64_t random = SAMPLE_SEED;

	for (unsigned round = 0; round < 5000; round++) {
		ldns_pkt *query = random_query(&random);
		struct sample sample;
		struct message message;
		uint8_t *copy;

		wire_of(query, &sample);
		copy = sample_exact(sample.at, sample.len);
		cr_assert_eq(message_read_query(&message,
						bytes_of(copy, sample.len)),
			     MESSAGE_QUERY, "seed %d round %u", SAMPLE_SEED,
			     round);
		assert_query(&message, query);
		free(copy);
		ldns_pkt_free(query);
	}
}

static void mutate(uint64_t *random, struct sample *sample)
{
	unsigned times = 1 + sample_below(random, 3);

	while (times-- > 0) {
		uint32_t at = sample_below(random, (uint32_t)sample->len);
		unsigned kind = sample_below(random, 8);

		if (kind == 0)
			sample->len = 1 + at;
		else if (kind == 1)
			sample_put8(sample, sample_random(random));
		else if (kind == 2)
			sample->at[4 + sample_below(random, 8)] =
				(uint8_t)sample_below(random, 3);
		else if (kind == 3)
			sample->at[at] ^= (uint8_t)(1 << at % 8);
		else
			sample->at[at] = (uint8_t)sample_random(random);
	}
}

/*
 * Records of a query that are no OPT are only passed over, while ldns looks
 * inside them: those are not compared.
 */
static bool is_comparable(struct bytes bytes, const struct message *message)
{
	return bytes_get16(bytes.at + 6) == 0 &&
	       bytes_get16(bytes.at + 8) == 0 &&
	       bytes_get16(bytes.at + 10) == (message->edns.present ? 1 : 0);
}

/* 1: both took it; 0: we did not, or it cannot be compared. */
static unsigned judge_mutant(struct bytes mutant)
{
	struct message message;
	ldns_pkt *packet = NULL;
	ldns_status status;

	if (message_read_query(&message, mutant) != MESSAGE_QUERY ||
	    !is_comparable(mutant, &message))
		return 0;
	status = ldns_wire2pkt(&packet, mutant.at, mutant.len);
	cr_assert_eq(status, LDNS_STATUS_OK, "%s",
		     ldns_get_errorstr_by_id(status));
	assert_query(&message, packet);
	ldns_pkt_free(packet);
	return 1;
}

Test(differential, what_is_taken_as_a_query_ldns_takes)
{
	uint64_t random = SAMPLE_SEED + 1;
	unsigned taken = 0;

	for (unsigned round = 0; round < 3000; round++) {
		ldns_pkt *query = random_query(&random);
		struct sample whole;

		wire_of(query, &whole);
		ldns_pkt_free(query);
		for (unsigned i = 0; i < 20; i++) {
			struct sample mutant = whole;
			uint8_t *copy;

			mutate(&random, &mutant);
			copy = sample_exact(mutant.at, mutant.len);
			taken += judge_mutant(bytes_of(copy, mutant.len));
			free(copy);
		}
	}
	cr_assert_gt(taken, 5000, "only %u: the test is blind", taken);
}

static ldns_rr *random_record(uint64_t *random)
{
	static const char *const rows[] = {
		"www.Example.com. 300 IN A 192.0.2.1",
		"www.example.com. 0 IN AAAA 2001:db8::1",
		"example.com. 2147483647 IN SOA ns.example.com. "
		"root.example.com. 1 2 3 4 5",
		"a.b.c.example.org. 60 IN CNAME www.example.com.",
		"www.example.com. 1 IN TXT \"words\" \"more words\"",
		"example.com. 3600 IN MX 10 mail.example.com.",
		"example.com. 3600 IN NS ns.example.com.",
		". 86400 IN NS a.root-servers.net.",
		"_sip._udp.example.com. 5 IN SRV 1 2 3 www.example.com.",
		"www.example.com. 300 IN HTTPS 1 . alpn=h2 "
		"ipv4hint=192.0.2.1",
		"x.example.com. 7 IN TYPE65280 \\# 4 01020304",
	};
	size_t row = sample_below(random, sizeof(rows) / sizeof(rows[0]));
	ldns_rr *record;

	cr_assert_eq(ldns_rr_new_frm_str(&record, rows[row], 0, NULL, NULL),
		     LDNS_STATUS_OK, "%s", rows[row]);
	return record;
}

static ldns_pkt *random_answer(uint64_t *random)
{
	static const ldns_pkt_section sections[] = {
		LDNS_SECTION_ANSWER, LDNS_SECTION_AUTHORITY,
		LDNS_SECTION_ADDITIONAL,
	};
	ldns_pkt *answer = random_query(random);

	ldns_pkt_set_qr(answer, true);
	for (unsigned i = 0; i < 3; i++)
		for (unsigned n = sample_below(random, 6); n > 0; n--)
			ldns_pkt_push_rr(answer, sections[i],
					 random_record(random));
	return answer;
}

static void assert_record(struct bytes message, const struct record *record,
			  const ldns_rr *want)
{
	struct name name;

	cr_assert_gt(name_read(&name, message, record->owner), 0);
	assert_name(&name, ldns_rr_owner(want));
	cr_assert_eq(record->type, ldns_rr_get_type(want));
	cr_assert_eq(record->class, ldns_rr_get_class(want));
	cr_assert_eq(record->ttl, ldns_rr_ttl(want));
}

static void assert_walk(struct bytes message, const ldns_pkt *want)
{
	const ldns_rr_list *lists[] = {
		ldns_pkt_answer(want), ldns_pkt_authority(want),
		ldns_pkt_additional(want),
	};
	struct message_walk walk;
	struct record record;

	cr_assert_eq(message_walk(&walk, message), 0);
	for (unsigned section = 0; section < 3; section++)
		for (size_t i = 0; i < ldns_rr_list_rr_count(lists[section]);
		     i++) {
			cr_assert_eq(message_next(&walk, &record), 1);
			cr_assert_eq(walk.section, section);
			assert_record(message, &record,
				      ldns_rr_list_rr(lists[section], i));
		}
	cr_assert_eq(message_next(&walk, &record), 0);
	cr_assert_eq(walk.at, message.len);
}

/* Stripped, walked, and read by ldns once more: no OPT, nothing else gone. */
Test(differential, answers_that_ldns_builds_are_walked)
{
	uint64_t random = SAMPLE_SEED + 2;

	for (unsigned round = 0; round < 2000; round++) {
		ldns_pkt *answer = random_answer(&random), *again = NULL;
		struct sample sample;
		struct edns edns;
		uint8_t *copy;
		int len;

		wire_of(answer, &sample);
		copy = sample_exact(sample.at, sample.len);
		len = message_strip_edns(copy, sample.len, &edns);
		cr_assert_gt(len, 0, "seed %d round %u", SAMPLE_SEED, round);
		cr_assert_eq(edns.present, ldns_pkt_edns(answer));
		if (edns.present)
			cr_assert_eq(edns.payload,
				     ldns_pkt_edns_udp_size(answer));
		assert_walk(bytes_of(copy, (size_t)len), answer);
		cr_assert_eq(ldns_wire2pkt(&again, copy, (size_t)len),
			     LDNS_STATUS_OK);
		cr_assert(!ldns_pkt_edns(again));
		ldns_pkt_free(again);
		ldns_pkt_free(answer);
		free(copy);
	}
}

/* Every record that is walked lies inside; what is stripped stays sound. */
static void walk_mutant(uint8_t *at, size_t len)
{
	struct message_walk walk;
	struct record record;
	struct name name;
	struct edns edns;
	int stripped = message_strip_edns(at, len, &edns);

	if (stripped >= 0) {
		cr_assert_leq((size_t)stripped, len);
		len = (size_t)stripped;
	}
	if (message_walk(&walk, bytes_of(at, len)) < 0)
		return;
	while (message_next(&walk, &record) > 0) {
		cr_assert_leq(record.end, len);
		cr_assert_neq(record.type, stripped >= 0 ? TYPE_OPT : -1);
		name_read(&name, bytes_of(at, len), record.owner);
		name_read(&name, bytes_of(at, len), record.rdata);
	}
	if (stripped >= 0)
		cr_assert_eq(walk.at, len);
}

Test(differential, damaged_answers_stay_inside_their_memory)
{
	uint64_t random = SAMPLE_SEED + 3;

	for (unsigned round = 0; round < 2000; round++) {
		ldns_pkt *answer = random_answer(&random);
		struct sample whole;

		wire_of(answer, &whole);
		ldns_pkt_free(answer);
		for (unsigned i = 0; i < 20; i++) {
			struct sample mutant = whole;
			uint8_t *copy;

			mutate(&random, &mutant);
			copy = sample_exact(mutant.at, mutant.len);
			walk_mutant(copy, mutant.len);
			free(copy);
		}
	}
}
