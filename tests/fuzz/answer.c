/*
 * A client's query and an upstream's answer, and what is made of them:
 *
 *	limit (2)  rcode (2)  what (1)  length of the query (2)  query  answer
 *
 * Whatever they are, what goes out is within the limit, is whole, and speaks
 * of the client's question.
 */
#include <stdlib.h>

#include "dns/answer.h"
#include "dns/message.h"

enum { HEAD = 7, ROOM = 65535 };
enum { ADOPT = 0x80, EDE = 0x40, SOA = 0x20, ADDRESSES = 0x1f };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void check(const struct answer *answer, size_t limit)
{
	struct bytes question = answer->query->question_wire;
	uint8_t *at = answer->at;
	struct edns edns;
	int len;

	must(answer->len <= limit);
	must(memcmp(at + MESSAGE_HEADER, question.at, question.len) == 0);
	must(bytes_get16(at) == answer->query->id);
	must((at[2] & 0x80) != 0);
	len = message_strip_edns(at, answer->len, &edns);
	must(len > 0);
	must(answer->query->edns.present || !edns.present);
	must(edns.options.len == 0 || edns.options.len >= 6);
}

/* The answer that is adopted, at answer->at; false if it is not whole. */
static bool adopt(struct answer *answer, const struct message *query,
		  struct bytes upstream)
{
	struct edns edns;
	int len;

	if (upstream.len > ROOM)
		return false;
	if (upstream.len > 0)
		memcpy(answer->at, upstream.at, upstream.len);
	len = message_strip_edns(answer->at, upstream.len, &edns);
	if (len < 0)
		return false;
	answer_adopt(answer, (size_t)len, query);
	return true;
}

static void build(struct answer *answer, const struct message *query,
		  unsigned rcode, unsigned what)
{
	unsigned addresses = what & ADDRESSES;

	answer_begin(answer, query, rcode);
	while (addresses-- > 0)
		answer_put_address(answer, TYPE_A, bytes_of("\1\2\3\4", 4),
				   60);
	if (what & SOA)
		answer_put_soa(answer, 60);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t at[ROOM];
	struct answer answer = { .at = at };
	struct message query;
	unsigned rcode, what;
	size_t len;

	if (size < HEAD)
		return 0;
	answer.limit = bytes_get16(data);
	rcode = bytes_get16(data + 2) & 0xfff;
	what = data[4];
	len = bytes_get16(data + 5);
	if (len > size - HEAD || answer.limit < 512)
		return 0;
	if (message_read_query(&query, bytes_of(data + HEAD, len)) !=
	    MESSAGE_QUERY)
		return 0;
	if (!(what & ADOPT))
		build(&answer, &query, rcode, what);
	else if (!adopt(&answer, &query, bytes_of(data + HEAD + len,
						  size - HEAD - len)))
		return 0;
	if (what & EDE)
		answer_set_ede(&answer, EDE_BLOCKED, "a list of the house");
	len = answer_finish(&answer, rcode, 1232);
	must(len == answer.len);
	check(&answer, answer.limit);
	return 0;
}
