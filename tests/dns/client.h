/*
 * client: asks, and reads what it is answered with through ldns.
 */
#ifndef TESTS_DNS_CLIENT_H
#define TESTS_DNS_CLIENT_H

#include <criterion/criterion.h>
#include <ldns/ldns.h>

#include "dns/answer.h"
#include "dns/message.h"
#include "sample.h"

enum { OURS = 1232 };

/* A client's query and what was read of it. */
struct client {
	struct sample sample;
	struct message query;
};

static inline void client_read(struct client *client)
{
	cr_assert_eq(message_read_query(&client->query,
					sample_bytes(&client->sample)),
		     MESSAGE_QUERY);
}

static inline void client_ask(struct client *client, unsigned flags)
{
	sample_begin(&client->sample, flags);
	sample_question(&client->sample, "wWw.Example.com", TYPE_A);
	client_read(client);
}

static inline void client_ask_edns(struct client *client, unsigned flags,
				   uint16_t payload, bool dnssec_ok)
{
	struct sample *sample = &client->sample;

	client_ask(client, flags);
	sample_opt(sample, 3, dnssec_ok ? 0x8000 : 0, bytes_of(NULL, 0));
	bytes_put16(sample->at + sample->len - 8, payload);
	client_read(client);
}

static inline struct answer answer_at(uint8_t *at, size_t limit)
{
	return (struct answer){ .at = at, .limit = limit };
}

/* As the client sees it; freed by the caller. */
static inline ldns_pkt *seen(const uint8_t *at, size_t len)
{
	ldns_pkt *packet = NULL;
	ldns_status status = ldns_wire2pkt(&packet, at, len);

	cr_assert_eq(status, LDNS_STATUS_OK, "%s",
		     ldns_get_errorstr_by_id(status));
	return packet;
}

static inline void assert_counts(const ldns_pkt *packet, unsigned answer,
				 unsigned authority, unsigned additional)
{
	cr_assert_eq(ldns_pkt_ancount(packet), answer);
	cr_assert_eq(ldns_pkt_nscount(packet), authority);
	cr_assert_eq(ldns_rr_list_rr_count(ldns_pkt_additional(packet)),
		     additional);
}

/* Id and question as the client sent them, bit for bit. */
static inline void assert_echo(const struct client *client, const uint8_t *at,
			       size_t len)
{
	struct bytes question = client->query.question_wire;

	cr_assert_geq(len, MESSAGE_HEADER + question.len);
	cr_assert_eq(bytes_get16(at), 0x1234);
	cr_assert_eq(bytes_get16(at + 4), 1);
	cr_assert_arr_eq(at + MESSAGE_HEADER, question.at, question.len);
}

static inline void assert_record(ldns_rr_list *list, size_t nth,
				 const char *want)
{
	char *words = ldns_rr2str(ldns_rr_list_rr(list, nth));

	cr_assert_str_eq(words, want);
	free(words);
}

#endif
