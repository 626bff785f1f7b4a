/*
 * Lists of regular expressions, as Pi-hole has them: one a line, options
 * behind semicolons.
 *
 *	(\.|^)ads?[0-9]*\.a\.example$
 *	^a\.example$;querytype=AAAA,A;reply=NXDOMAIN;invert
 */
#include "subscribe/reader.h"

#include "subscribe/line.h"

static const char too_long[] = "a regular expression that is too long";

/* Of what is said twice the last counts; several replies are all kept. */
static bool put_reply(struct reader *reader, struct bytes value)
{
	struct rule *rule = &reader->rule;
	size_t start = reader->used;
	struct bytes front = rule->answer.len ? rule->answer : WORDS("reply");

	front = reader_join(reader, front,
			    rule->answer.len ? WORDS(",") : WORDS(" "));
	if (!front.at || !reader_lower(reader, value).at)
		return false;
	rule->answer = bytes_of(reader->room + start, reader->used - start);
	return true;
}

/* What is no option is a part of the expression. */
static bool put_option(struct reader *reader, struct bytes option)
{
	struct rule *rule = &reader->rule;

	if (line_begins(option, "querytype=")) {
		rule->has[RULE_QUERYTYPE] = true;
		rule->condition[RULE_QUERYTYPE] = line_skip(option, 10);
		return true;
	}
	if (line_is(option, "invert")) {
		rule->invert = true;
		return true;
	}
	if (line_begins(option, "reply="))
		return put_reply(reader, line_skip(option, 6));
	rule->pattern = reader_join(reader, rule->pattern, WORDS(";"));
	if (!rule->pattern.at || !reader_join(reader, option, WORDS("")).at)
		return false;
	rule->pattern.len += option.len;
	return true;
}

int regex_line(struct reader *reader, struct bytes line)
{
	if (line.len == 0 || line.at[0] == '#')
		return 0;
	if (line.len > 1 && line.at[0] == '/' && line_last(line) == '/')
		line = bytes_of(line.at + 1, line.len - 2);
	if (line.len > READER_ROOM / 4)
		return reader_skip(reader, too_long);
	reader->special = true;
	reader->rule.pattern = bytes_of(line.at, line_span(line, ";"));
	for (line = line_skip(line, reader->rule.pattern.len); line.len > 0;) {
		struct bytes rest = line_skip(line, 1);

		line = line_skip(rest, line_span(rest, ";"));
		rest.len -= line.len;
		if (!put_option(reader, rest))
			return reader_skip(reader, too_long);
	}
	if (reader->rule.pattern.len == 0)
		return reader_skip(reader, "an empty regular expression");
	return reader_give(reader, RULE_BLOCK, RULE_REGEX);
}
