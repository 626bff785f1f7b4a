/*
 * An answer grows at its end and nowhere else:
 *
 *	header  question  | records ...           | OPT (EDE)
 *	answer_begin        answer_put_*, or      answer_finish
 *	                    answer_adopt
 *
 * What is in front of the first bar is there whatever happens.  When records
 * and OPT are too long for the client, the EDE's text goes first, then the
 * EDE, and only then the records: all of them, with TC, so that nobody takes
 * a part for the whole (RFC 2181, section 9).
 */
#include "dns/answer.h"

#include "base/error.h"
#include "dns/message.h"
#include "dns/unpack.h"

enum {
	AT_FLAGS = 2, AT_QDCOUNT = 4, AT_ANCOUNT = 6, AT_NSCOUNT = 8,
	AT_ARCOUNT = 10,
	PLAIN_UDP = 512,		/* RFC 1035, section 4.2.1 */
	RECORD_FIXED = 10,		/* between owner and rdata */
	OPT_FIXED = 11,
	EDE_FIXED = 6, EDE_CODE = 15,	/* RFC 8914, section 2 */
	TO_QUESTION = 0xc000 | MESSAGE_HEADER,
	EDNS_DO = 0x8000,
};

static void count_up(uint8_t *count)
{
	bytes_put16(count, (uint16_t)(bytes_get16(count) + 1));
}

/* The three counts of records, which lie side by side. */
static void counts_clear(uint8_t *at)
{
	memset(at + AT_ANCOUNT, 0, 6);
}

static void header_write(uint8_t *at, uint16_t id, unsigned flags,
			 unsigned questions)
{
	bytes_put16(at, id);
	bytes_put16(at + AT_FLAGS, (uint16_t)flags);
	bytes_put16(at + AT_QDCOUNT, (uint16_t)questions);
	counts_clear(at);
}

/* An OPT without options, version 0, `ttl` its other fields (RFC 6891). */
static void opt_write(uint8_t *to, uint16_t payload, uint32_t ttl)
{
	to[0] = 0;
	bytes_put16(to + 1, TYPE_OPT);
	bytes_put16(to + 3, payload);
	bytes_put32(to + 5, ttl);
	bytes_put16(to + 9, 0);
}

static uint32_t opt_ttl(unsigned rcode, bool dnssec_ok)
{
	return (uint32_t)(rcode >> 4 & 0xff) << 24 | (dnssec_ok ? EDNS_DO : 0);
}

size_t answer_limit_udp(const struct message *query, size_t ours)
{
	size_t limit = query->edns.payload;

	if (!query->edns.present || limit < PLAIN_UDP || ours < PLAIN_UDP)
		return PLAIN_UDP;
	return limit < ours ? limit : ours;
}

static void answer_reset(struct answer *answer, const struct message *query,
			 size_t len)
{
	answer->len = len;
	answer->query = query;
	answer->cut = false;
	answer->ede = EDE_NONE;
	answer->ede_text[0] = '\0';
}

void answer_begin(struct answer *answer, const struct message *query,
		  unsigned rcode)
{
	struct bytes question = query->question_wire;
	unsigned kept = query->flags & (FLAG_OPCODE | FLAG_RD | FLAG_CD);

	answer_reset(answer, query, MESSAGE_HEADER + question.len);
	header_write(answer->at, query->id,
		     FLAG_QR | FLAG_RA | kept | (rcode & FLAG_RCODE), 1);
	memcpy(answer->at + MESSAGE_HEADER, question.at, question.len);
}

static uint8_t *fixed_write(uint8_t *to, uint16_t type, uint32_t ttl,
			    size_t rdata_len)
{
	bytes_put16(to, type);
	bytes_put16(to + 2, CLASS_IN);
	bytes_put32(to + 4, ttl);
	bytes_put16(to + 8, (uint16_t)rdata_len);
	return to + RECORD_FIXED;
}

/*
 * A record without its rdata, of which only the length counts: it is the
 * caller's to write where this points to.  NULL: it does not fit.
 */
static uint8_t *record_put(struct answer *answer,
			   const struct answer_record *record)
{
	uint8_t *to = answer->at + answer->len, pointer[2];
	struct bytes owner = bytes_of(pointer, sizeof(pointer));
	size_t len = RECORD_FIXED + record->rdata.len;

	bytes_put16(pointer, TO_QUESTION);
	if (record->owner != NULL)
		owner = bytes_of(record->owner->wire, record->owner->len);
	len += owner.len;
	if (answer->cut || answer->len + len > answer->limit) {
		answer->cut = true;
		return NULL;
	}
	memcpy(to, owner.at, owner.len);
	answer->len += len;
	return fixed_write(to + owner.len, record->type, record->ttl,
			   record->rdata.len);
}

void answer_put_record(struct answer *answer,
		       const struct answer_record *record)
{
	uint8_t *rdata = record_put(answer, record);

	if (rdata == NULL)
		return;
	if (record->rdata.len > 0)
		memcpy(rdata, record->rdata.at, record->rdata.len);
	count_up(answer->at + AT_ANCOUNT);
}

void answer_put_address(struct answer *answer, uint16_t type,
			struct bytes raw, uint32_t ttl)
{
	answer_put_record(answer, &(struct answer_record){
		.type = type, .ttl = ttl, .rdata = raw,
	});
}

/* A record of somebody else's message, written out. */
static int record_copy(struct answer *answer, struct bytes message,
		       const struct record *record)
{
	struct unpack_room room = { answer->at + answer->len,
				   answer->limit - answer->len };
	int owner = unpack_name(room, message, record->owner), len;
	uint8_t *fixed = room.at + owner;

	if (owner < 0)
		return owner;
	if (room.len - (size_t)owner < RECORD_FIXED)
		return ERROR_FULL;
	room.at += owner + RECORD_FIXED;
	room.len -= (size_t)owner + RECORD_FIXED;
	len = unpack_rdata(room, message, record);
	if (len < 0 || len > UINT16_MAX)
		return len < 0 ? len : ERROR_FULL;
	fixed_write(fixed, record->type, record->ttl, (size_t)len);
	answer->len += (size_t)(owner + RECORD_FIXED + len);
	count_up(answer->at + AT_ANCOUNT);
	return 0;
}

/* The records of the answer section. */
static int records_copy(struct answer *answer, struct bytes message)
{
	struct message_walk walk;
	struct record record;
	int error = message_walk(&walk, message);

	while (error == 0 && walk.left[0] > 0) {
		if (message_next(&walk, &record) < 0)
			return ERROR_MALFORMED;
		if (record.class == CLASS_IN)
			error = record_copy(answer, message, &record);
	}
	return error;
}

int answer_put_reply(struct answer *answer, struct bytes reply,
		     const struct name *target)
{
	struct question asked = {
		.name = *target, .class = CLASS_IN,
		.type = answer->query->question.type,
	};
	uint16_t count = bytes_get16(answer->at + AT_ANCOUNT);
	size_t len = answer->len;
	int error;

	if (!message_answers(reply, &asked))
		return ERROR_MALFORMED;
	if (answer->cut || len > answer->limit) {
		answer->cut = true;
		return 0;
	}
	error = records_copy(answer, reply);
	if (error == ERROR_FULL) {
		answer->cut = true;
	} else if (error < 0) {
		answer->len = len;
		bytes_put16(answer->at + AT_ANCOUNT, count);
		return error;
	}
	return 0;
}

void answer_put_soa(struct answer *answer, uint32_t ttl)
{
	static const uint8_t soa[] = {
		9, 'h', 'o', 'm', 'e', 'b', 'o', 'u', 'n', 'd', 0,
		6, 'n', 'o', 'b', 'o', 'd', 'y',
		7, 'i', 'n', 'v', 'a', 'l', 'i', 'd', 0,
		0, 0, 0, 1,			/* serial */
		0, 0, 0x0e, 0x10,		/* refresh: an hour */
		0, 0, 0x02, 0x58,		/* retry: ten minutes */
		0, 0x01, 0x51, 0x80,		/* expire: a day */
	};
	struct answer_record record = {
		.type = TYPE_SOA, .ttl = ttl, .rdata.len = sizeof(soa) + 4,
	};
	uint8_t *rdata = record_put(answer, &record);

	if (rdata == NULL)
		return;
	memcpy(rdata, soa, sizeof(soa));
	bytes_put32(rdata + sizeof(soa), ttl);
	count_up(answer->at + AT_NSCOUNT);
}

/*
 * Of the flags only what is said of the data is kept.  AA is not: this may
 * come from a cache, and we speak for nobody.  A message that is not about
 * the question must never get here; if it does, it costs this one query.
 */
void answer_adopt(struct answer *answer, size_t len,
		  const struct message *query)
{
	struct bytes question = query->question_wire;
	uint8_t *at = answer->at;
	unsigned flags;

	if (!message_answers(bytes_of(at, len), &query->question)) {
		answer_begin(answer, query, RCODE_SERVFAIL);
		return;
	}
	answer_reset(answer, query, len);
	flags = bytes_get16(at + AT_FLAGS) & (FLAG_TC | FLAG_AD | FLAG_RCODE);
	if (!(query->flags & FLAG_AD) && !query->edns.dnssec_ok)
		flags &= ~(unsigned)FLAG_AD;
	flags |= query->flags & (FLAG_OPCODE | FLAG_RD | FLAG_CD);
	bytes_put16(at, query->id);
	bytes_put16(at + AT_FLAGS, (uint16_t)(flags | FLAG_QR | FLAG_RA));
	memcpy(at + MESSAGE_HEADER, question.at, question.len);
}

/* Cut between two characters of UTF-8, never inside one. */
void answer_set_ede(struct answer *answer, int code, const char *text)
{
	size_t len = 0;

	if (text != NULL)
		len = strnlen(text, sizeof(answer->ede_text) - 1);
	while (len > 0 && (text[len] & 0xc0) == 0x80)
		len--;
	if (len > 0)
		memcpy(answer->ede_text, text, len);
	answer->ede_text[len] = '\0';
	answer->ede = code;
}

static void answer_truncate(struct answer *answer)
{
	uint8_t *at = answer->at;
	unsigned flags = bytes_get16(at + AT_FLAGS) | FLAG_TC;

	bytes_put16(at + AT_FLAGS, (uint16_t)flags);
	counts_clear(at);
	answer->len = MESSAGE_HEADER + answer->query->question_wire.len;
}

/* Puts the EDE into the OPT that was just written at the end, if it fits. */
static void answer_put_ede(struct answer *answer)
{
	uint8_t *end = answer->at + answer->len;
	size_t left = answer->limit - answer->len;
	size_t len = strlen(answer->ede_text);

	if (answer->ede < 0 || left < EDE_FIXED)
		return;
	if (left < EDE_FIXED + len)
		len = 0;
	bytes_put16(end - 2, (uint16_t)(EDE_FIXED + len));
	bytes_put16(end, EDE_CODE);
	bytes_put16(end + 2, (uint16_t)(2 + len));
	bytes_put16(end + 4, (uint16_t)answer->ede);
	memcpy(end + EDE_FIXED, answer->ede_text, len);
	answer->len += EDE_FIXED + len;
}

/* Without EDNS the upper bits have no place, and the lower ones would lie. */
static void rcode_reduce(uint8_t *at)
{
	unsigned flags = bytes_get16(at + AT_FLAGS) & ~(unsigned)FLAG_RCODE;

	bytes_put16(at + AT_FLAGS, (uint16_t)(flags | RCODE_SERVFAIL));
}

size_t answer_finish(struct answer *answer, unsigned rcode, uint16_t ours)
{
	const struct edns *edns = &answer->query->edns;
	size_t opt = edns->present ? OPT_FIXED : 0;

	if (rcode > FLAG_RCODE && !edns->present)
		rcode_reduce(answer->at);
	if (answer->cut || answer->len + opt > answer->limit)
		answer_truncate(answer);
	if (opt == 0 || answer->len + opt > answer->limit)
		return answer->len;
	opt_write(answer->at + answer->len, ours,
		  opt_ttl(rcode, edns->dnssec_ok));
	answer->len += opt;
	count_up(answer->at + AT_ARCOUNT);
	answer_put_ede(answer);
	return answer->len;
}

size_t answer_error(uint8_t *at, const struct message *query, unsigned rcode,
		    uint16_t ours)
{
	unsigned kept = query->flags & (FLAG_OPCODE | FLAG_RD);

	header_write(at, query->id, FLAG_QR | kept | (rcode & FLAG_RCODE), 0);
	if (rcode <= FLAG_RCODE)
		return MESSAGE_HEADER;
	opt_write(at + MESSAGE_HEADER, ours,
		  opt_ttl(rcode, query->edns.dnssec_ok));
	count_up(at + AT_ARCOUNT);
	return MESSAGE_HEADER + OPT_FIXED;
}

size_t answer_write_query(uint8_t *at, const struct question *question,
			  uint16_t id, uint16_t payload)
{
	size_t name = question->name.len, len = MESSAGE_HEADER + name + 4;
	unsigned flags = FLAG_AD;

	if (question->rd)
		flags |= FLAG_RD;
	if (question->cd)
		flags |= FLAG_CD;
	header_write(at, id, flags, 1);
	memcpy(at + MESSAGE_HEADER, question->name.wire, name);
	bytes_put16(at + len - 4, question->type);
	bytes_put16(at + len - 2, question->class);
	if (payload == 0)
		return len;
	opt_write(at + len, payload, opt_ttl(0, question->dnssec_ok));
	count_up(at + AT_ARCOUNT);
	return len + OPT_FIXED;
}
