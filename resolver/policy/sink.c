/*
 * sink: what a name is answered with that policy answers.
 *
 * An action has an address for A and AAAA: every other type gets an empty
 * answer, so that a program which asks for HTTPS or SRV first goes on to ask
 * for an address and meets the sink.
 *
 * A rule may bring records of its own.  A CNAME among them stands alone
 * (RFC 1035, section 3.6.2): the others are not given.
 */
#include "policy/sink.h"

#include "dns/message.h"
#include "policy/house.h"
#include "policy/verdict.h"

unsigned sink_rcode(unsigned action)
{
	switch (action) {
	case ACTION_NXDOMAIN:
		return RCODE_NXDOMAIN;
	case ACTION_REFUSE:
		return RCODE_REFUSED;
	default:
		return RCODE_NOERROR;
	}
}

struct bytes sink_address(const struct house_sink *sink, unsigned action,
			  unsigned type)
{
	static const uint8_t null[16];
	bool six = type == TYPE_AAAA;

	if (type != TYPE_A && type != TYPE_AAAA)
		return bytes_of(NULL, 0);
	if (action == ACTION_NULL)
		return bytes_of(null, six ? 16 : 4);
	if (action == ACTION_SINK && six && sink->has6)
		return bytes_of(sink->address6, 16);
	if (action == ACTION_SINK && !six && sink->has4)
		return bytes_of(sink->address4, 4);
	return bytes_of(NULL, 0);
}

/* The action that a rule's own answer comes to. */
static unsigned terms_action(const struct terms_answer *terms)
{
	switch (terms->kind) {
	case TERMS_NULL:
		return ACTION_NULL;
	case TERMS_NXDOMAIN:
		return ACTION_NXDOMAIN;
	case TERMS_REFUSED:
		return ACTION_REFUSE;
	case TERMS_DROP:
		return ACTION_DROP;
	case TERMS_TRUNCATE:
		return ACTION_TRUNCATE;
	case TERMS_RECORDS:
		return ACTION_REWRITE;
	default:
		return ACTION_NODATA;
	}
}

/* The terms come from a mapped file: is this a record of its type? */
static bool record_holds(const struct terms_record *record)
{
	struct name name;

	switch (record->type) {
	case TYPE_A:
		return record->rdata.len == 4;
	case TYPE_AAAA:
		return record->rdata.len == 16;
	case TYPE_CNAME:
		return name_from_wire(&name, record->rdata) == 0;
	default:
		return record->rdata.len <= UINT16_MAX;
	}
}

static bool records_next(struct terms_answer *records, uint16_t type,
			 struct terms_record *record)
{
	while (records->kind == TERMS_RECORDS && terms_record(records, record))
		if ((type == TYPE_ANY || record->type == type) &&
		    record_holds(record))
			return true;
	return false;
}

static bool records_find(struct terms_answer records, uint16_t type,
			 struct terms_record *record)
{
	return records_next(&records, type, record);
}

/* A CNAME wins over what was asked for, unless all was. */
static void answer_follow(struct sink_answer *answer)
{
	struct terms_record alias;

	if (answer->type == TYPE_CNAME || answer->type == TYPE_ANY ||
	    !records_find(answer->records, TYPE_CNAME, &alias))
		return;
	answer->follow = terms_target(&alias, answer->name, &answer->target);
	answer->type = TYPE_CNAME;
}

/* Has it a record to give? */
static bool answer_gives(const struct sink_answer *answer)
{
	struct terms_record record;

	return answer->address.rdata.len > 0 ||
	       records_find(answer->records, answer->type, &record);
}

void sink_answer(struct sink_answer *answer, const struct verdict *verdict,
		 const struct house_sink *sink,
		 const struct question *question)
{
	unsigned action = verdict->action;
	uint16_t type = question->type;
	struct terms_answer records = { .kind = TERMS_NODATA };

	if (action == ACTION_REWRITE) {
		terms_answer(verdict->terms, &records);
		action = terms_action(&records);
	}
	*answer = (struct sink_answer){
		.rcode = sink_rcode(action), .drop = action == ACTION_DROP,
		.truncate = action == ACTION_TRUNCATE, .type = type,
		.name = &question->name,
		.address = { type, sink_address(sink, action, type) },
	};
	if (action == ACTION_REWRITE) {
		answer->rcode = records.rcode;
		answer->records = records;
		answer_follow(answer);
	}
	answer->nodata = (answer->rcode == RCODE_NOERROR ||
			  answer->rcode == RCODE_NXDOMAIN) &&
			 !answer->drop && !answer->truncate &&
			 !answer_gives(answer);
}

bool sink_next(struct sink_answer *answer, struct terms_record *record)
{
	if (answer->address.rdata.len > 0) {
		*record = answer->address;
		answer->address.rdata.len = 0;
		return true;
	}
	if (!records_next(&answer->records, answer->type, record))
		return false;
	if (terms_target(record, answer->name, &answer->target))
		record->rdata = bytes_of(answer->target.wire,
					 answer->target.len);
	if (answer->follow)
		answer->records = (struct terms_answer){ .kind = TERMS_NODATA };
	return true;
}
