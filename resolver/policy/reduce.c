/*
 * A regex that says no more than a name.  What stands in front of the name
 * says whether it is the name alone or all below it, too:
 *
 *	^x$				alone
 *	^(.*\.)?x$  ^(.+\.)?x$		and below
 *	^([^.]+\.)*x$			and below
 *	(^|\.)x$  (\.|^)x$		and below
 *
 * The dot between labels is the only one in the text of a sound name: one
 * inside a label has a backslash before it there.  Such names (nobody has
 * one) are left to the letter of the regex by other resolvers and to the
 * labels here.
 */
#include "policy/matcher.h"

#include "policy/rule.h"

static const struct {
	const char *words;
	enum rule_scope scope;
} heads[] = {
	{ "^(.*\\.)?", RULE_SUBTREE },
	{ "^(.+\\.)?", RULE_SUBTREE },
	{ "^([^.]+\\.)*", RULE_SUBTREE },
	{ "(^|\\.)", RULE_SUBTREE },
	{ "(\\.|^)", RULE_SUBTREE },
	{ "^", RULE_EXACT },
};

enum { HEADS = sizeof(heads) / sizeof(heads[0]) };

/* The length of the head there, "(?:" for "(" allowed; 0: it is another. */
static size_t head_len(struct bytes regex, const char *words)
{
	size_t at = 0;

	for (; *words; words++) {
		if (at == regex.len || regex.at[at++] != (uint8_t)*words)
			return 0;
		if (*words == '(' && regex.len - at >= 2 &&
		    regex.at[at] == '?' && regex.at[at + 1] == ':')
			at += 2;
	}
	return at;
}

static bool is_plain(uint8_t byte)
{
	return (uint8_t)((byte | 32) - 'a') < 26 ||
	       (uint8_t)(byte - '0') < 10 || byte == '-' || byte == '_';
}

/* x$ into the text of a name; its length, or 0. */
static size_t name_take(struct bytes from, char to[NAME_MAX_WIRE])
{
	size_t len = 0, at = 0;

	while (at < from.len && from.at[at] != '$' && len < NAME_MAX_WIRE) {
		uint8_t byte = from.at[at++];
		bool escaped = byte == '\\' && at < from.len;

		if (escaped)
			byte = from.at[at++];
		if (escaped ? byte != '.' && byte != '-' : !is_plain(byte))
			return 0;
		to[len++] = (char)byte;
	}
	return at + 1 == from.len && from.at[at] == '$' ? len : 0;
}

int matcher_reduce(struct bytes regex, struct name *name)
{
	for (unsigned i = 0; i < HEADS; i++) {
		char text[NAME_MAX_WIRE];
		size_t at = head_len(regex, heads[i].words), len;

		if (at == 0)
			continue;
		len = name_take(bytes_of(regex.at + at, regex.len - at), text);
		if (len == 0 || text[len - 1] == '.' ||
		    name_parse(name, bytes_of(text, len)) < 0)
			continue;
		return (int)heads[i].scope;
	}
	return -1;
}
