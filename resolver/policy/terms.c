/*
 * Reading terms.  Every length is checked where it is used, so what a damaged
 * file says is at worst another rule, and mostly none: what cannot be read is
 * not met.
 */
#include "policy/terms.h"

#include "base/error.h"
#include "dns/message.h"
#include "policy/rule.h"
#include "policy/terms_layout.h"

static unsigned head_of(struct bytes terms)
{
	return terms.len > 0 ? terms.at[0] : (unsigned)RULE_BLOCK;
}

unsigned terms_effect(struct bytes terms)
{
	unsigned head = head_of(terms), effect = head & HEAD_EFFECT;

	return head & HEAD_UNUSED || effect > RULE_FORWARD ? RULE_PASS : effect;
}

bool terms_important(struct bytes terms)
{
	return head_of(terms) & HEAD_IMPORTANT;
}

bool terms_inverted(struct bytes terms)
{
	return head_of(terms) & HEAD_INVERTED;
}

bool terms_is_rewrite_exception(struct bytes terms)
{
	return head_of(terms) & HEAD_EXCEPTION;
}

bool terms_is_dnsrewrite(struct bytes terms)
{
	return head_of(terms) & HEAD_DNSREWRITE;
}

struct bytes terms_sections(struct bytes terms)
{
	if (terms.len == 0)
		return bytes_of(NULL, 0);
	return bytes_of(terms.at + 1, terms.len - 1);
}

int terms_section_next(struct bytes *rest, int last, struct bytes *value)
{
	size_t len;

	if (rest->len == 0)
		return 0;
	if (rest->len <= SECTION_HEAD || rest->at[0] <= last ||
	    rest->at[0] >= SECTIONS_END)
		return ERROR_DAMAGED;
	last = rest->at[0];
	len = bytes_get16(rest->at + 1);
	if (len == 0 || len > rest->len - SECTION_HEAD)
		return ERROR_DAMAGED;
	*value = bytes_of(rest->at + SECTION_HEAD, len);
	*rest = bytes_of(value->at + len, rest->len - SECTION_HEAD - len);
	return last;
}

int terms_item_next(struct bytes *rest, struct terms_item_view *item)
{
	size_t len;

	if (rest->len == 0)
		return 0;
	len = rest->at[0];
	if (len < 2 || len > rest->len - 1)
		return ERROR_DAMAGED;
	item->kind = rest->at[1] & (uint8_t)~ITEM_EXCLUDED;
	item->excluded = rest->at[1] & ITEM_EXCLUDED;
	item->value = bytes_of(rest->at + 2, len - 1);
	*rest = bytes_of(rest->at + 1 + len, rest->len - 1 - len);
	return 1;
}

static bool equals_string(struct bytes value, const char *string)
{
	return string != NULL && strlen(string) == value.len &&
	       memcmp(string, value.at, value.len) == 0;
}

static bool has_tag(const char *const *tags, struct bytes value)
{
	for (; tags != NULL && *tags != NULL; tags++)
		if (equals_string(value, *tags))
			return true;
	return false;
}

static bool prefix_matches(struct bytes value, size_t len,
			   const struct address *client)
{
	struct prefix prefix = {
		.family = len == 4 ? AF_INET : AF_INET6,
		.bits = value.at[0],
	};

	if (client == NULL || value.len != 1 + len)
		return false;
	memcpy(prefix.at, value.at + 1, len);
	return prefix_holds(&prefix, client);
}

/* Do these labels stand in the name so that `behind` labels follow? */
static bool labels_match(struct bytes labels, const struct name *name,
			 unsigned behind)
{
	size_t end;

	if (behind >= name->labels)
		return false;
	end = behind == 0 ? (size_t)name->len - 1
			  : name->label[name->labels - behind];
	if (labels.len > end ||
	    memcmp(name->wire + end - labels.len, labels.at, labels.len) != 0)
		return false;
	for (unsigned i = 0; i < name->labels; i++)
		if (name->label[i] == end - labels.len)
			return true;
	return false;
}

static bool item_matches(const struct terms_item_view *item,
			 const struct terms_question *question)
{
	struct bytes value = item->value;

	switch (item->kind) {
	case ITEM_NAME:
		return equals_string(value, question->client_name);
	case ITEM_TAG:
		return has_tag(question->tags, value);
	case ITEM_PREFIX4:
		return prefix_matches(value, 4, question->client);
	case ITEM_PREFIX6:
		return prefix_matches(value, 16, question->client);
	case ITEM_BELOW:
		return labels_match(value, question->name, 0);
	case ITEM_ANY_END:
		return labels_match(value, question->name, 1) ||
		       labels_match(value, question->name, 2);
	case ITEM_TYPE:
		return value.len == 2 &&
		       bytes_get16(value.at) == question->type;
	default:
		return false;
	}
}

static bool condition_holds(struct bytes items,
			    const struct terms_question *question)
{
	struct terms_item_view item;
	bool wanted = false, found = false;
	int got;

	while ((got = terms_item_next(&items, &item)) > 0) {
		bool matches = item_matches(&item, question);

		if (item.excluded && matches)
			return false;
		wanted |= !item.excluded;
		found |= matches;
	}
	return got == 0 && (found || !wanted);
}

bool terms_meet(struct bytes terms, const struct terms_question *question)
{
	struct bytes rest = terms_sections(terms), value;
	int kind = 0;

	while ((kind = terms_section_next(&rest, kind, &value)) > 0)
		if (kind != SECTION_ANSWER && !condition_holds(value, question))
			return false;
	return kind == 0;
}

/* len 0: there is none. */
static struct bytes answer_of(struct bytes terms)
{
	struct bytes rest = terms_sections(terms), value;
	int kind = 0;

	while ((kind = terms_section_next(&rest, kind, &value)) > 0)
		if (kind == SECTION_ANSWER)
			return value;
	return bytes_of(NULL, 0);
}

bool terms_take_back(struct bytes exception, struct bytes rewrite)
{
	struct bytes which = answer_of(exception), what = answer_of(rewrite);

	if (!terms_is_rewrite_exception(exception) ||
	    terms_effect(rewrite) != RULE_REWRITE)
		return false;
	return which.len == 0 || (which.len == what.len &&
				  memcmp(which.at, what.at, what.len) == 0);
}

void terms_answer(struct bytes terms, struct terms_answer *answer)
{
	struct bytes value = answer_of(terms);

	*answer = (struct terms_answer){ .kind = TERMS_AS_LIST };
	if (value.len == 0 || value.at[0] > TERMS_RECORDS)
		return;
	if (value.at[0] != TERMS_RECORDS) {
		answer->kind = value.at[0];
	} else if (value.len >= 2) {
		answer->kind = TERMS_RECORDS;
		answer->rcode = value.at[1];
		answer->rest = bytes_of(value.at + 2, value.len - 2);
	}
}

/* Addresses are handed on without another look, so their size is right. */
static bool is_sound(const struct terms_record *record)
{
	switch (record->type) {
	case TYPE_A:
		return record->rdata.len == 4;
	case TYPE_AAAA:
		return record->rdata.len == 16;
	default:
		return true;
	}
}

bool terms_record(struct terms_answer *answer, struct terms_record *record)
{
	struct bytes rest = answer->rest;
	size_t len;

	answer->rest = bytes_of(NULL, 0);
	if (rest.len < RECORD_HEAD)
		return false;
	len = bytes_get16(rest.at + 2);
	if (len > rest.len - RECORD_HEAD)
		return false;
	record->type = bytes_get16(rest.at);
	record->rdata = bytes_of(rest.at + RECORD_HEAD, len);
	if (!is_sound(record))
		return false;
	answer->rest = bytes_of(record->rdata.at + len,
				rest.len - RECORD_HEAD - len);
	return true;
}

bool terms_target(const struct terms_record *record, const struct name *name,
		  struct name *target)
{
	uint8_t wire[NAME_MAX_WIRE];
	struct bytes data = record->rdata;
	size_t len = (size_t)name->len - 1;

	if (record->type != TYPE_CNAME)
		return false;
	if (data.len < 2 || data.at[0] != 1 || data.at[1] != '*')
		return name_from_wire(target, data) == 0;
	data = bytes_of(data.at + 2, data.len - 2);
	if (data.len > sizeof(wire) - len)
		return false;
	memcpy(wire, name->wire, len);
	memcpy(wire + len, data.at, data.len);
	return name_from_wire(target, bytes_of(wire, len + data.len)) == 0;
}
