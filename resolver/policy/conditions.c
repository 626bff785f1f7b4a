/*
 * All but querytype are values with bars between them, each perhaps with '~'
 * in front (not this one), in quotes, and with escapes:
 *
 *	Kids|~'Mary\'s laptop'|192.168.0.0/24
 *
 * A value is taken out of that first; what it means is one function for each
 * condition.
 */
#include "policy/conditions.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "dns/message.h"
#include "dns/record.h"
#include "policy/draft.h"
#include "policy/rule.h"
#include "policy/terms_layout.h"

enum { TYPES_MAX = 64, TYPE_WORD = 16 };

struct value {
	bool excluded;
	size_t len;
	char at[ITEM_VALUE + 1];	/* with a NUL; escapes undone */
};

/* One byte of a value, an escape undone; `*from` moved behind it. */
static char byte_take(struct bytes *from)
{
	size_t len = 1;

	if (from->at[0] == '\\' && from->len > 1 &&
	    memchr("'\",|\\", from->at[1], 5) != NULL)
		len = 2;
	*from = bytes_of(from->at + len, from->len - len);
	return (char)from->at[-1];
}

static bool skip(struct bytes *from, char byte)
{
	if (from->len == 0 || from->at[0] != (uint8_t)byte)
		return false;
	*from = bytes_of(from->at + 1, from->len - 1);
	return true;
}

/* Up to the next bar, which is taken too; NULL, or what is wrong with it. */
static const char *value_take(struct bytes *from, struct value *value)
{
	char end = '|';

	value->excluded = skip(from, '~');
	value->len = 0;
	if (skip(from, '\''))
		end = '\'';
	else if (skip(from, '"'))
		end = '"';
	while (from->len > 0 && from->at[0] != (uint8_t)end) {
		if (value->len == ITEM_VALUE)
			return "a value is too long";
		value->at[value->len++] = byte_take(from);
	}
	value->at[value->len] = '\0';
	if (end != '|' && !skip(from, end))
		return "a quote is not closed";
	if (from->len > 0 && (!skip(from, '|') || from->len == 0))
		return "a bar is where none should be";
	if (memchr(value->at, '\0', value->len) != NULL)
		return "a value with a zero in it";
	return value->len == 0 ? "a value is empty" : NULL;
}

static struct bytes value_bytes(const struct value *value)
{
	return bytes_of(value->at, value->len);
}

static unsigned kind_of(unsigned kind, bool excluded)
{
	return excluded ? kind | ITEM_EXCLUDED : kind;
}

static bool put_client(struct draft *draft, size_t begun,
		       const struct value *value)
{
	unsigned kind = kind_of(ITEM_NAME, value->excluded);
	struct prefix prefix;
	uint8_t raw[17];
	size_t len;

	if (prefix_parse(&prefix, value->at) < 0) {
		draft_item(draft, begun, kind, value_bytes(value));
		return true;
	}
	len = prefix.family == AF_INET ? 4 : 16;
	kind = len == 4 ? ITEM_PREFIX4 : ITEM_PREFIX6;
	raw[0] = prefix.bits;
	memcpy(raw + 1, prefix.at, len);
	draft_item(draft, begun, kind_of(kind, value->excluded),
		   bytes_of(raw, 1 + len));
	return true;
}

static bool put_tag(struct draft *draft, size_t begun,
		    const struct value *value)
{
	for (size_t i = 0; i < value->len; i++)
		if (!isalnum((unsigned char)value->at[i]) &&
		    value->at[i] != '_')
			return draft_refuse(draft, "ctag: a tag has letters, "
					    "digits and _ only");
	draft_item(draft, begun, kind_of(ITEM_TAG, value->excluded),
		   value_bytes(value));
	return true;
}

/* Bytes of a host name, with a dot between labels and no label empty. */
static bool is_like_name(struct bytes text)
{
	uint8_t before = '.';

	for (size_t i = 0; i < text.len; before = text.at[i++])
		if (text.at[i] == '.' ? before == '.'
				      : !isalnum(text.at[i]) &&
					text.at[i] != '-' && text.at[i] != '_')
			return false;
	return text.len > 0;
}

/*
 * "x.example", or "x.*" for any end: which are public is not known here.  Some
 * lists say something in words that are too long for a name: no name is left
 * out by that.
 */
static bool put_left_out(struct draft *draft, size_t begun,
			 const struct value *value)
{
	struct bytes text = value_bytes(value);
	unsigned kind = ITEM_BELOW;
	struct name name;

	if (value->excluded)
		return draft_refuse(draft, "denyallow: ~ has no meaning here");
	if (text.len > 2 && memcmp(text.at + text.len - 2, ".*", 2) == 0) {
		kind = ITEM_ANY_END;
		text.len -= 2;
	}
	if (!is_like_name(text))
		return draft_refuse(draft, "denyallow: names only, with bars "
				    "between them");
	if (name_parse(&name, text) < 0)
		return true;
	draft_item(draft, begun, kind | ITEM_EXCLUDED,
		   bytes_of(name.wire, name.len - 1u));
	return true;
}

struct types {
	uint16_t at[TYPES_MAX];
	unsigned count;
};

static void put_types(struct draft *draft, unsigned section,
		      const struct types *types, bool excluded)
{
	size_t begun = draft_begin(draft, section);

	for (unsigned i = 0; i < types->count; i++) {
		uint8_t raw[2];

		bytes_put16(raw, types->at[i]);
		draft_item(draft, begun, kind_of(ITEM_TYPE, excluded),
			   bytes_of(raw, sizeof(raw)));
	}
	draft_end(draft, begun);
}

static bool types_has(const struct types *types, uint16_t type)
{
	for (unsigned i = 0; i < types->count; i++)
		if (types->at[i] == type)
			return true;
	return false;
}

static const char *types_add(struct types *types, const char *word)
{
	uint16_t type;

	if (record_parse_type(word, &type) < 0 || type == 0)
		return "no such record type";
	if (types_has(types, type))
		return NULL;
	if (types->count == TYPES_MAX)
		return "more than 64 record types";
	types->at[types->count++] = type;
	return NULL;
}

/* "~A|MX" is "MX": where some are asked for, all others are left out. */
static bool write_dnstype(struct draft *draft, struct bytes text)
{
	struct types with = { .count = 0 }, without = { .count = 0 };
	struct value value;

	while (text.len > 0) {
		const char *why = value_take(&text, &value);

		if (why == NULL)
			why = types_add(value.excluded ? &without : &with,
					value.at);
		if (why != NULL)
			return draft_refuse(draft, why);
	}
	if (with.count > 0)
		put_types(draft, SECTION_DNSTYPE, &with, false);
	else
		put_types(draft, SECTION_DNSTYPE, &without, true);
	return true;
}

/* What Pi-hole has names for; OTHER is all but these. */
static const struct types pi_hole = {
	.at = { TYPE_A, TYPE_AAAA, TYPE_ANY, 33, TYPE_SOA, 12, TYPE_TXT, 35, 15,
		43, 46, 48, TYPE_NS, TYPE_SVCB, TYPE_HTTPS },
	.count = 15,
};

/* "A,OTHER": all but those that have names and are not listed. */
static struct types types_unlisted(const struct types *listed)
{
	struct types rest = { .count = 0 };

	for (unsigned i = 0; i < pi_hole.count; i++)
		if (!types_has(listed, pi_hole.at[i]))
			rest.at[rest.count++] = pi_hole.at[i];
	return rest;
}

/* A word up to the next comma; false: too long to be one. */
static bool word_take(struct bytes *text, char word[TYPE_WORD])
{
	const uint8_t *comma = memchr(text->at, ',', text->len);
	size_t len = comma != NULL ? (size_t)(comma - text->at) : text->len;

	if (len == 0 || len >= TYPE_WORD)
		return false;
	memcpy(word, text->at, len);
	word[len] = '\0';
	*text = bytes_of(text->at + len, text->len - len);
	return !skip(text, ',') || text->len > 0;
}

/* "A,AAAA", "!A,AAAA" (all but these two), with OTHER among them. */
static bool write_querytype(struct draft *draft, struct bytes text)
{
	struct types types = { .count = 0 };
	bool excluded = skip(&text, '!'), other = false;
	char word[TYPE_WORD];

	while (text.len > 0) {
		const char *why = NULL;

		if (excluded)
			skip(&text, '!');
		if (!word_take(&text, word))
			why = "types have commas between them";
		else if (strcasecmp(word, "OTHER") == 0)
			other = true;
		else
			why = types_add(&types, word);
		if (why != NULL)
			return draft_refuse(draft, why);
	}
	if (types.count == 0 && !other)
		return draft_refuse(draft, "without a type");
	if (other) {
		types = types_unlisted(&types);
		excluded = !excluded;
	}
	if (types.count > 0)
		put_types(draft, SECTION_QUERYTYPE, &types, excluded);
	return true;
}

typedef bool put_value(struct draft *draft, size_t begun,
		       const struct value *value);

static bool write_values(struct draft *draft, unsigned section,
			 struct bytes text, put_value *put)
{
	size_t begun = draft_begin(draft, section);
	struct value value;

	while (text.len > 0) {
		const char *why = value_take(&text, &value);

		if (why != NULL)
			return draft_refuse(draft, why);
		if (!put(draft, begun, &value))
			return false;
	}
	draft_end(draft, begun);
	return true;
}

static bool condition_write(struct draft *draft, unsigned condition,
			    struct bytes text)
{
	if (text.len == 0)
		return draft_refuse(draft, "a condition without a value");
	switch (condition) {
	case RULE_WHO:
		return write_values(draft, SECTION_WHO, text, put_client);
	case RULE_CTAG:
		return write_values(draft, SECTION_CTAG, text, put_tag);
	case RULE_DENYALLOW:
		return write_values(draft, SECTION_DENYALLOW, text,
				    put_left_out);
	case RULE_DNSTYPE:
		return write_dnstype(draft, text);
	case RULE_QUERYTYPE:
		return write_querytype(draft, text);
	default:
		return true;
	}
}

bool conditions_write(struct draft *draft, const struct rule *rule)
{
	static const unsigned order[] = {
		RULE_WHO, RULE_CTAG, RULE_DENYALLOW, RULE_DNSTYPE,
		RULE_QUERYTYPE,
	};

	if (rule->has[RULE_SCHEDULE])
		return draft_refuse(draft, "schedules of dnscrypt-proxy are "
				    "not known here");
	for (unsigned i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (rule->has[order[i]] &&
		    !condition_write(draft, order[i],
				     rule->condition[order[i]]))
			return false;
	return true;
}
