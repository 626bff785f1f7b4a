/*
 * A datagram from an upstream.  What is taken is whole, without an OPT, and
 * every record that is walked lies within it; it answers its own question.
 */
#include <stdlib.h>

#include "dns/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* Names where an inspector of aliases would look for them. */
static void read_names(struct bytes message, const struct record *record)
{
	struct name name;
	int end = name_read(&name, message, record->owner);

	must(end < 0 || (size_t)end + 10 == record->rdata);
	name_read(&name, message, record->rdata);
}

/* The records of a message; `strict` if it was found whole and stripped. */
static void walk(struct bytes message, bool strict)
{
	struct message_walk walk;
	struct record record;
	int more = message_walk(&walk, message);

	must(more == 0 || !strict);
	if (more < 0)
		return;
	while ((more = message_next(&walk, &record)) > 0) {
		must(record.end <= message.len && record.end == walk.at);
		must(record.rdata + record.rdata_len == record.end);
		must(record.ttl == bytes_get32(message.at + record.ttl_at));
		must(record.type != TYPE_OPT || !strict);
		read_names(message, &record);
	}
	must(!strict || (more == 0 && walk.at == message.len));
}

static void check_answers(struct bytes message)
{
	struct question question;
	int end = name_read(&question.name, message, MESSAGE_HEADER);

	if (end < 0 || message.len - (size_t)end < 4)
		return;
	question.type = bytes_get16(message.at + end);
	question.class = bytes_get16(message.at + end + 2);
	if (message_answers(message, &question)) {
		must(end == MESSAGE_HEADER + (int)question.name.len);
		question.type ^= 1;
		must(!message_answers(message, &question));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size > 0 ? size : 1);
	struct edns edns;
	int len;

	if (copy == NULL)
		return 0;
	if (size > 0)
		memcpy(copy, data, size);
	walk(bytes_of(copy, size), false);
	check_answers(bytes_of(copy, size));
	len = message_strip_edns(copy, size, &edns);
	must(len <= (int)size);
	if (len >= 0)
		walk(bytes_of(copy, (size_t)len), true);
	free(copy);
	return 0;
}
