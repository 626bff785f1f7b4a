/*
 * A message is a header, questions and three sections of records, and all of
 * its structure is told by its sender: four counts, lengths, pointers.  None
 * of them is believed.  An offset is only ever moved forward, by functions
 * that compare it with the length of the message first, and only the bytes
 * of records that were counted and found whole are looked at.
 *
 *	0  id, flags, QDCOUNT, ANCOUNT, NSCOUNT, ARCOUNT
 *	12 name, type, class                   the question
 *	   owner, type, class, TTL, length, rdata      record_read
 *	   ...
 *
 * A client's query and an upstream's answer are checked by the same walk
 * (records_check); they differ in what happens to the OPT.
 */
#include "dns/message.h"

#include "base/error.h"

enum { QUESTION_FIXED = 4, RECORD_FIXED = 10 };

/* Offsets of the counts in the header. */
enum { AT_QDCOUNT = 4, AT_ANCOUNT = 6, AT_ARCOUNT = 10 };

int record_read(struct record *record, struct bytes message, size_t at)
{
	int end = name_skip(message, at);
	const uint8_t *fixed;

	if (end < 0 || message.len - (size_t)end < RECORD_FIXED)
		return ERROR_MALFORMED;
	fixed = message.at + end;
	record->owner = at;
	record->type = bytes_get16(fixed);
	record->class = bytes_get16(fixed + 2);
	record->ttl = bytes_get32(fixed + 4);
	record->ttl_at = (size_t)end + 4;
	record->rdata_len = bytes_get16(fixed + 8);
	record->rdata = (size_t)end + RECORD_FIXED;
	record->end = record->rdata + record->rdata_len;
	return record->end <= message.len ? 0 : ERROR_MALFORMED;
}

/* Everything behind the questions, which end at `at`. */
static void walk_begin(struct message_walk *walk, struct bytes message,
		       size_t at)
{
	const uint8_t *counts = message.at + AT_ANCOUNT;

	walk->message = message;
	walk->at = at;
	walk->left[0] = bytes_get16(counts);
	walk->left[1] = bytes_get16(counts + 2);
	walk->left[2] = bytes_get16(counts + 4);
	walk->section = 0;
}

int message_walk(struct message_walk *walk, struct bytes message)
{
	size_t at = MESSAGE_HEADER;
	unsigned questions;

	if (message.len < MESSAGE_HEADER || message.len > MESSAGE_MAX)
		return ERROR_MALFORMED;
	questions = bytes_get16(message.at + AT_QDCOUNT);
	for (; questions > 0; questions--) {
		int end = name_skip(message, at);

		if (end < 0 || message.len - (size_t)end < QUESTION_FIXED)
			return ERROR_MALFORMED;
		at = (size_t)end + QUESTION_FIXED;
	}
	walk_begin(walk, message, at);
	return 0;
}

int message_next(struct message_walk *walk, struct record *record)
{
	while (walk->left[walk->section] == 0) {
		if (walk->section == IN_ADDITIONAL)
			return 0;
		walk->section++;
	}
	if (record_read(record, walk->message, walk->at) < 0)
		return ERROR_MALFORMED;
	walk->left[walk->section]--;
	walk->at = record->end;
	return 1;
}

/* Are these bytes a row of whole options (RFC 6891, section 6.1.2)? */
static bool options_are_whole(struct bytes options)
{
	size_t at = 0;

	while (options.len - at >= 4) {
		size_t len = bytes_get16(options.at + at + 2);

		if (options.len - at - 4 < len)
			return false;
		at += 4 + len;
	}
	return at == options.len;
}

/*
 * The rdata of a version that is not ours is of a shape that we cannot know:
 * it is neither checked nor shown.
 */
static int opt_read(struct edns *edns, const struct record *record,
		    struct bytes message)
{
	if (message.at[record->owner] != 0)
		return ERROR_MALFORMED;
	edns->present = true;
	edns->dnssec_ok = (record->ttl & 0x8000) != 0;
	edns->version = (uint8_t)(record->ttl >> 16);
	edns->payload = record->class;
	edns->rcode = (uint8_t)(record->ttl >> 24);
	if (edns->version != 0)
		return 0;
	edns->options = bytes_of(message.at + record->rdata,
				 record->rdata_len);
	return options_are_whole(edns->options) ? 0 : ERROR_MALFORMED;
}

/* Where the OPT was found, and how many records come after it. */
struct opt_place {
	size_t at;
	unsigned after;
};

/* To the end of the message: 0 if it is as strict as message.h says. */
static int records_check(struct message_walk *walk, struct edns *edns,
			 struct opt_place *place)
{
	struct record record;
	int more;

	*edns = (struct edns){ .present = false };
	while ((more = message_next(walk, &record)) > 0) {
		if (record.type != TYPE_OPT)
			continue;
		if (edns->present || walk->section != IN_ADDITIONAL ||
		    opt_read(edns, &record, walk->message) < 0)
			return ERROR_MALFORMED;
		place->at = record.owner;
		place->after = walk->left[IN_ADDITIONAL];
	}
	if (more < 0 || walk->at != walk->message.len)
		return ERROR_MALFORMED;
	return 0;
}

/* The one question of a query; the offset after it, or ERROR_MALFORMED. */
static int question_read(struct message *message, struct bytes bytes)
{
	struct question *question = &message->question;
	int end = name_read(&question->name, bytes, MESSAGE_HEADER);

	if (end < 0 || bytes.len - (size_t)end < QUESTION_FIXED)
		return ERROR_MALFORMED;
	question->type = bytes_get16(bytes.at + end);
	question->class = bytes_get16(bytes.at + end + 2);
	question->rd = (message->flags & FLAG_RD) != 0;
	question->cd = (message->flags & FLAG_CD) != 0;
	end += QUESTION_FIXED;
	message->question_wire = bytes_of(bytes.at + MESSAGE_HEADER,
					  (size_t)end - MESSAGE_HEADER);
	return end;
}

enum message_fate message_read_query(struct message *message,
				     struct bytes bytes)
{
	struct message_walk walk;
	struct opt_place place;
	int end;

	if (bytes.len < MESSAGE_HEADER)
		return MESSAGE_SILENCE;
	message->id = bytes_get16(bytes.at);
	message->flags = bytes_get16(bytes.at + 2);
	message->edns.present = false;
	if (message->flags & FLAG_QR)
		return MESSAGE_SILENCE;
	if (message->flags & FLAG_OPCODE)
		return MESSAGE_NOTIMP;
	if (bytes_get16(bytes.at + AT_QDCOUNT) != 1)
		return MESSAGE_FORMERR;
	end = question_read(message, bytes);
	if (end < 0)
		return MESSAGE_FORMERR;
	walk_begin(&walk, bytes, (size_t)end);
	if (records_check(&walk, &message->edns, &place) < 0)
		return MESSAGE_FORMERR;
	message->question.dnssec_ok = message->edns.dnssec_ok;
	return message->edns.version > 0 ? MESSAGE_BADVERS : MESSAGE_QUERY;
}

/*
 * The question's name cannot be compressed, there is no name before it, so
 * it is compared where it stands.
 */
bool message_answers(struct bytes answer, const struct question *question)
{
	const uint8_t *name = answer.at + MESSAGE_HEADER;
	size_t len = question->name.len;

	if (answer.len < MESSAGE_HEADER + len + QUESTION_FIXED)
		return false;
	if ((bytes_get16(answer.at + 2) & (FLAG_QR | FLAG_OPCODE)) != FLAG_QR)
		return false;
	if (bytes_get16(answer.at + AT_QDCOUNT) != 1)
		return false;
	return name_equal_wire(&question->name, name) &&
	       bytes_get16(name + len) == question->type &&
	       bytes_get16(name + len + 2) == question->class;
}

int message_strip_edns(uint8_t *at, size_t len, struct edns *edns)
{
	struct message_walk walk;
	struct opt_place place;
	unsigned count;

	edns->present = false;
	if (message_walk(&walk, bytes_of(at, len)) < 0 ||
	    records_check(&walk, edns, &place) < 0)
		return ERROR_MALFORMED;
	if (!edns->present)
		return (int)len;
	count = bytes_get16(at + AT_ARCOUNT) - place.after - 1;
	bytes_put16(at + AT_ARCOUNT, (uint16_t)count);
	return (int)place.at;
}
