/*
 * A datagram from a client.  What is taken as a query lies within it, and its
 * question says the same when it is written and read again.
 */
#include <stdlib.h>

#include "dns/answer.h"
#include "dns/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void check_inside(struct bytes part, struct bytes whole)
{
	must(part.at >= whole.at);
	must(part.at + part.len <= whole.at + whole.len);
}

static void check_question(const struct question *question)
{
	struct message again;
	uint8_t at[512];
	size_t len = answer_write_query(at, question, 7, 1232);

	must(len <= sizeof(at));
	must(message_read_query(&again, bytes_of(at, len)) == MESSAGE_QUERY);
	must(name_equal(&again.question.name, &question->name));
	must(again.question.type == question->type);
	must(again.question.class == question->class);
	must(again.question.rd == question->rd);
	must(again.question.cd == question->cd);
	must(again.question.dnssec_ok == question->dnssec_ok);
	at[2] |= 0x80;
	must(message_answers(bytes_of(at, len), question));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes input = bytes_of(data, size);
	struct message message;
	enum message_fate fate = message_read_query(&message, input);
	uint8_t at[512];

	if (fate == MESSAGE_SILENCE)
		return 0;
	must(message.id == bytes_get16(data));
	if (fate == MESSAGE_FORMERR || fate == MESSAGE_NOTIMP) {
		must(answer_error(at, &message, RCODE_FORMERR, 1232) == 12);
		return 0;
	}
	check_inside(message.question_wire, input);
	must(name_equal_wire(&message.question.name,
			     message.question_wire.at));
	if (message.edns.options.len > 0)
		check_inside(message.edns.options, input);
	check_question(&message.question);
	return 0;
}
