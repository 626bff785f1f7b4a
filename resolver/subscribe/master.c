#include "subscribe/master.h"

static const struct {
	const char *word;
	uint8_t type;
} types[] = {
	{ "CNAME", MASTER_CNAME }, { "A", MASTER_ADDRESS },
	{ "AAAA", MASTER_ADDRESS }, { "TXT", MASTER_OTHER },
	{ "SOA", MASTER_ZONE }, { "NS", MASTER_ZONE },
	{ "DNSKEY", MASTER_ZONE }, { "RRSIG", MASTER_ZONE },
	{ "NSEC", MASTER_ZONE }, { "MX", MASTER_OTHER },
	{ "SRV", MASTER_OTHER }, { "PTR", MASTER_OTHER },
	{ "DNAME", MASTER_OTHER }, { "HTTPS", MASTER_OTHER },
	{ "SVCB", MASTER_OTHER }, { "SPF", MASTER_OTHER },
	{ "HINFO", MASTER_OTHER }, { "CAA", MASTER_OTHER },
	{ "DS", MASTER_OTHER }, { "RP", MASTER_OTHER },
	{ "LOC", MASTER_OTHER }, { "NAPTR", MASTER_OTHER },
	{ "TLSA", MASTER_OTHER }, { "SSHFP", MASTER_OTHER },
	{ "TYPE65", MASTER_OTHER },
};

/* What ends a word, or makes the byte behind it stand for itself. */
static const uint8_t ends[256] = {
	[' '] = 1, ['\t'] = 1, [';'] = 1, ['('] = 1, [')'] = 1, ['"'] = 1,
	['\\'] = 1,
};

static size_t word_len(struct bytes text)
{
	size_t at = 0;

	for (;;) {
		while (at < text.len && !ends[text.at[at]])
			at++;
		if (line_at(text, at) != '\\')
			break;
		at += 2;
	}
	return at < text.len ? at : text.len;
}

static size_t string_len(struct bytes text)
{
	size_t at = 1;

	while (at < text.len && text.at[at] != '"')
		at += text.at[at] == '\\' ? 2 : 1;
	return at < text.len ? at + 1 : text.len;
}

static void add_word(struct master_record *record, struct bytes word)
{
	if (record->count < MASTER_WORDS)
		record->words[record->count++] = word;
	else
		record->cut = true;
}

/* Takes a line's words; returns how deep in parentheses its end is. */
static unsigned read_line(struct master_record *record, struct bytes line,
			  unsigned depth)
{
	while (line.len > 0 && line.at[0] != ';') {
		size_t len = 1;

		switch (line.at[0]) {
		case ' ':
		case '\t':
			break;
		case '(':
			depth++;
			break;
		case ')':
			depth -= depth > 0;
			break;
		case '"':
			len = string_len(line);
			add_word(record, bytes_of(line.at, len));
			break;
		default:
			len = word_len(line);
			add_word(record, bytes_of(line.at, len));
		}
		line = line_skip(line, len);
	}
	return depth;
}

static void begin(struct master_record *record, struct bytes line,
		  uint32_t number)
{
	record->count = 0;
	record->cut = false;
	record->open = false;
	record->blank = line_at(line, 0) == ' ' || line_at(line, 0) == '\t';
	record->line = number;
	record->text = line;
}

void master_skip_shallow(struct line_walk *walk, unsigned dots)
{
	struct line_walk ahead = *walk;
	struct bytes line;

	while (line_next_whole(&ahead, &line)) {
		unsigned found = 0;
		size_t at = line_at(line, 0) == '*' ? 2 : 0;

		if (at < line.len && (ends[line.at[at]] ||
				      line.at[at] == '$' || line.at[at] == '@'))
			break;
		for (; at < line.len && !ends[line.at[at]]; at++)
			found += line.at[at] == '.';
		if (found >= dots || line_has(line, '('))
			break;
		*walk = ahead;
	}
}

bool master_next(struct line_walk *walk, struct master_record *record)
{
	struct bytes line;
	unsigned depth = 0;

	record->count = 0;
	while (line_next_whole(walk, &line)) {
		if (depth == 0)
			begin(record, line, walk->number);
		if (line_at(line, 0) == '#')
			continue;
		depth = read_line(record, line, depth);
		if (depth == 0 && record->count > 0)
			return true;
	}
	record->open = depth > 0;
	return record->count > 0;
}

bool master_is_ttl_or_class(struct bytes word)
{
	size_t at = 0;

	if (!line_is_digit(line_at(word, 0)))
		return line_is(word, "in") || line_is(word, "ch") ||
		       line_is(word, "hs");
	while (line_is_digit(line_at(word, at))) {
		while (line_is_digit(line_at(word, at)))
			at++;
		if (at < word.len && word.at[at] != 0 &&
		    strchr("smhdwSMHDW", word.at[at]))
			at++;
	}
	return at == word.len;
}

unsigned master_type(struct bytes word)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (line_is(word, types[i].word))
			return types[i].type;
	return MASTER_NO_TYPE;
}

bool master_is_absolute(struct bytes owner)
{
	return line_last(owner) == '.' &&
	       !(owner.len > 1 && owner.at[owner.len - 2] == '\\');
}
