/*
 *	limit (2)  reply
 *
 * An upstream's reply goes behind an alias of ours: what comes out is within
 * the limit and whole, and says what the reply said.
 */
#include "dns/answer.h"
#include "names.h"

enum { HEAD = 2, OURS = 1232 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A client that asks for "a" and the type of the reply's question. */
static void ask(struct message *query, uint8_t wire[7], uint16_t type)
{
	static const struct message model = { .id = 1, .flags = FLAG_RD };

	*query = model;
	query->question.type = type;
	query->question.class = CLASS_IN;
	must(name_from_wire(&query->question.name, bytes_of("\1a\0", 3)) ==
	     0);
	memcpy(wire, "\1a\0", 3);
	bytes_put16(wire + 3, type);
	query->question_wire = bytes_of(wire, 7);
}

/* All records of the answer sections, but ours, which is the first. */
static void compare(struct bytes reply, struct bytes answer)
{
	struct message_walk old, new;
	struct record was, is;

	must(message_walk(&old, reply) == 0);
	must(message_walk(&new, answer) == 0);
	must(message_next(&new, &is) > 0 && is.type == TYPE_CNAME);
	while (old.left[0] > 0) {
		must(message_next(&old, &was) > 0);
		if (was.class != CLASS_IN)
			continue;
		must(message_next(&new, &is) > 0 && new.section == 0);
		must_be_same_head(reply, &was, answer, &is);
		must_be_same_data(reply, &was, answer, &is);
	}
	must(message_next(&new, &is) == 0 && new.at == answer.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t at[65535];
	uint8_t wire[7] = { 0, 0, 0, 0, 0, 0, CLASS_IN };
	struct answer answer = { .at = at };
	struct bytes reply;
	struct message query;
	struct name target;
	size_t before;
	int end;

	if (size < HEAD || size > MESSAGE_MAX)
		return 0;
	answer.limit = bytes_get16(data);
	reply = bytes_of(data + HEAD, size - HEAD);
	end = name_read(&target, reply, MESSAGE_HEADER);
	if (end < 0 || reply.len - (size_t)end < 2 || answer.limit < 512)
		return 0;
	ask(&query, wire, bytes_get16(reply.at + end));
	answer_begin(&answer, &query, RCODE_NOERROR);
	answer_put_record(&answer, &(struct answer_record){
		.type = TYPE_CNAME, .ttl = 1,
		.rdata = bytes_of(target.wire, target.len) });
	before = answer.len;
	if (answer_put_reply(&answer, reply, &target) < 0)
		must(answer.len == before && !answer.cut && at[7] == 1);
	else if (!answer.cut)
		compare(reply, bytes_of(at, answer.len));
	must(answer_finish(&answer, RCODE_NOERROR, OURS) <= answer.limit);
	return 0;
}
