/*
 * The room is a stack of one line: what is joined stays until the next begins.
 */
#include "subscribe/reader.h"

#include "dns/name.h"
#include "subscribe/host.h"

/* All but the name, whose bytes count only together with its length. */
static void clear(struct rule *rule)
{
	size_t name = offsetof(struct rule, name);
	size_t behind = offsetof(struct rule, pattern);

	memset(rule, 0, name);
	memset((uint8_t *)rule + behind, 0, sizeof(*rule) - behind);
}

void reader_begin(struct reader *reader, uint32_t line, struct bytes text)
{
	if (reader->special)
		clear(&reader->rule);
	reader->special = false;
	reader->used = 0;
	reader->rule.line = line;
	reader->rule.text = text;
	reader->rule.answer = bytes_of(NULL, 0);
}

int reader_give(struct reader *reader, unsigned effect, unsigned scope)
{
	struct rule *rule = &reader->rule;

	rule->effect = (uint8_t)effect;
	rule->scope = (uint8_t)scope;
	reader->counts->rules += !rule->implied;
	reader->counts->bad += rule->bad;
	reader->counts->outside += rule->outside;
	return reader->sink->rule(reader->sink->context, rule);
}

int reader_ignore(struct reader *reader, const char *reason)
{
	const struct format_sink *sink = reader->sink;

	reader->counts->ignored++;
	if (sink->skipped)
		sink->skipped(sink->context, reason, reader->rule.line,
			      reader->rule.text);
	return 0;
}

int reader_skip(struct reader *reader, const char *reason)
{
	const struct format_sink *sink = reader->sink;

	if (reader->counts->rejected++ == 0)
		reader->counts->first_rejected = reader->rule.line;
	if (sink->skipped)
		sink->skipped(sink->context, reason, reader->rule.line,
			      reader->rule.text);
	return 0;
}

const char *reader_name(struct reader *reader, struct bytes word, bool single)
{
	return host_parse(&reader->rule.name, word, single);
}

unsigned reader_answer(struct reader *reader, const struct prefix *address)
{
	const char *meaning = host_meaning(address);
	char answer[HOST_ANSWER];

	if (meaning) {
		reader->rule.answer = bytes_of_string(meaning);
		return RULE_BLOCK;
	}
	reader->rule.answer = reader_join(reader, host_answer(address, answer),
					  WORDS(""));
	return RULE_REWRITE;
}

struct bytes reader_join(struct reader *reader, struct bytes one,
			 struct bytes other)
{
	char *to = reader->room + reader->used;
	size_t left = sizeof(reader->room) - reader->used;

	if (one.len > left || other.len > left - one.len)
		return bytes_of(NULL, 0);
	if (one.len)
		memcpy(to, one.at, one.len);
	if (other.len)
		memcpy(to + one.len, other.at, other.len);
	reader->used += one.len + other.len;
	return bytes_of(to, one.len + other.len);
}

struct bytes reader_lower(struct reader *reader, struct bytes text)
{
	struct bytes copy = reader_join(reader, text, WORDS(""));
	char *to = reader->room + reader->used - copy.len;

	for (size_t i = 0; i < copy.len; i++)
		to[i] = (char)name_lower((uint8_t)to[i]);
	return copy;
}
