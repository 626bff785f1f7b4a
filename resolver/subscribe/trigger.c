/*
 * Addresses stand backwards, as in reverse zones, behind the length of their
 * prefix; "zz" is IPv6's "::".
 */
#include "subscribe/trigger.h"

#include <arpa/inet.h>

#include "subscribe/host.h"
#include "subscribe/line.h"

enum { LABELS_MAX = 9, GROUPS = 8, GROUP_DIGITS = 4 };

static const char malformed[] =
	"an address that is malformed (right: PREFIX.B4.B3.B2.B1.rpz-ip)";

static const struct {
	const char *label;
	uint8_t scope;
} kinds[] = {
	{ "rpz-ip", RULE_ADDRESS },
	{ "rpz-client-ip", RULE_CLIENT },
	{ "rpz-nsip", RULE_NSIP },
	{ "rpz-nsdname", RULE_NSDNAME },
};

/* What is left of the last dot goes to *rest. */
static struct bytes last_label(struct bytes owner, struct bytes *rest)
{
	size_t at = owner.len;

	while (at > 0 && owner.at[at - 1] != '.')
		at--;
	*rest = bytes_of(owner.at, at > 0 ? at - 1 : 0);
	return line_skip(owner, at);
}

static int kind_of(struct bytes owner, struct bytes *rest)
{
	struct bytes label = last_label(owner, rest);

	if (line_at(label, 3) != '-')
		return -1;
	for (int i = 0; i < (int)(sizeof(kinds) / sizeof(*kinds)); i++)
		if (line_is(label, kinds[i].label))
			return i;
	return -1;
}

bool trigger_is(struct bytes owner)
{
	struct bytes rest;

	return kind_of(owner, &rest) >= 0;
}

/* --- addresses --- */

struct labels {
	struct bytes at[LABELS_MAX];
	unsigned count;
};

static bool split(struct labels *labels, struct bytes text)
{
	for (labels->count = 0; text.len > 0; labels->count++) {
		if (labels->count == LABELS_MAX)
			return false;
		labels->at[labels->count] = line_part(&text, '.');
	}
	return labels->count > 1;
}

static int number(struct bytes word, int most)
{
	int value = 0;

	if (!line_is_digits(word) || word.len > 3)
		return -1;
	for (size_t i = 0; i < word.len; i++)
		value = value * 10 + word.at[i] - '0';
	return value <= most ? value : -1;
}

static bool read_four(struct prefix *prefix, const struct labels *labels)
{
	if (labels->count != 5)
		return false;
	for (unsigned i = 0; i < 4; i++) {
		struct bytes word = labels->at[4 - i];
		int value = number(word, 255);

		if (value < 0 || (word.len > 1 && word.at[0] == '0'))
			return false;
		prefix->at[i] = (uint8_t)value;
	}
	prefix->family = AF_INET;
	return true;
}

static bool read_group(uint8_t to[2], struct bytes word)
{
	unsigned value = 0;

	if (word.len == 0 || word.len > GROUP_DIGITS)
		return false;
	for (size_t i = 0; i < word.len; i++) {
		uint8_t digit = name_lower(word.at[i]);

		if (!line_is_digit(digit) && (digit < 'a' || digit > 'f'))
			return false;
		value = value * 16 + (unsigned)(line_is_digit(digit)
						? digit - '0'
						: digit - 'a' + 10);
	}
	bytes_put16(to, (uint16_t)value);
	return true;
}

/* One "zz" is as many groups of zeros as are missing. */
static bool read_six(struct prefix *prefix, const struct labels *labels)
{
	unsigned group = 0, count = labels->count - 1;
	bool gap = false;

	for (unsigned i = count; i > 0; i--) {
		if (line_is(labels->at[i], "zz")) {
			if (gap || count > GROUPS)
				return false;
			gap = true;
			group += GROUPS + 1 - count;
			continue;
		}
		if (group >= GROUPS ||
		    !read_group(prefix->at + 2 * group, labels->at[i]))
			return false;
		group++;
	}
	prefix->family = AF_INET6;
	return group == GROUPS;
}

/* Bits behind the prefix: cleared; true if any was set. */
static bool clear_behind(struct prefix *prefix)
{
	bool any = false;

	for (unsigned i = 0; i < sizeof(prefix->at); i++) {
		unsigned keep = prefix->bits > 8 * i ? prefix->bits - 8 * i
						     : 0;
		uint8_t mask = keep < 8 ? (uint8_t)(0xff00 >> keep) : 0xff;

		any |= (prefix->at[i] & ~mask) != 0;
		prefix->at[i] &= mask;
	}
	return any;
}

static const char *read_prefix(struct prefix *prefix, struct bytes text)
{
	struct labels labels;
	int bits;

	*prefix = (struct prefix){ .family = 0 };
	if (!split(&labels, text))
		return malformed;
	bits = number(labels.at[0], 128);
	if (bits < 0)
		return malformed;
	prefix->bits = (uint8_t)bits;
	if (bits <= 32 && read_four(prefix, &labels))
		return clear_behind(prefix)
			? "an address with bits set behind its prefix" : NULL;
	*prefix = (struct prefix){ .bits = (uint8_t)bits };
	if (!read_six(prefix, &labels))
		return malformed;
	clear_behind(prefix);
	return NULL;
}

const char *trigger_read(struct trigger *trigger, struct bytes owner,
			 struct name *name)
{
	struct bytes rest;
	int kind = kind_of(owner, &rest);

	trigger->scope = kinds[kind].scope;
	if (trigger->scope != RULE_NSDNAME)
		return read_prefix(&trigger->prefix, rest);
	if (line_begins(rest, "*.")) {
		trigger->scope = RULE_NSDNAME_BELOW;
		rest = line_skip(rest, 2);
	}
	return host_parse(name, rest, true);
}
