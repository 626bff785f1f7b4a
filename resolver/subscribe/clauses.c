#include "subscribe/clauses.h"

static bool is_key_byte(uint8_t byte)
{
	return byte == '-' || (byte >= 'a' && byte <= 'z');
}

/* Up to white space, '#' or a quote; or with its colon, if it is a key. */
static size_t word_len(struct bytes text)
{
	size_t at = 0;

	while (at < text.len && is_key_byte(text.at[at]))
		at++;
	if (at > 0 && line_at(text, at) == ':')
		return at + 1;
	while (at < text.len && text.at[at] != ' ' && text.at[at] != '\t' &&
	       text.at[at] != '#' && text.at[at] != '"' &&
	       text.at[at] != '\'')
		at++;
	return at;
}

static void take_quoted(struct clause_walk *walk)
{
	uint8_t quote = walk->rest.at[0];

	walk->rest = line_skip(walk->rest, 1);
	walk->word = line_part(&walk->rest, quote);
	walk->quoted = true;
}

/* False: nothing more stands in this line. */
static bool take_word(struct clause_walk *walk)
{
	size_t len;

	while (walk->rest.len && line_is_space(walk->rest.at[0]))
		walk->rest = line_skip(walk->rest, 1);
	if (walk->rest.len == 0 || walk->rest.at[0] == '#')
		return false;
	if (walk->rest.at[0] == '"' || walk->rest.at[0] == '\'') {
		take_quoted(walk);
		return true;
	}
	len = word_len(walk->rest);
	walk->word = bytes_of(walk->rest.at, len);
	walk->rest = line_skip(walk->rest, len);
	walk->quoted = false;
	return true;
}

static void read_ahead(struct clause_walk *walk)
{
	while (!walk->ended && !take_word(walk)) {
		walk->ended = !line_next(&walk->lines, &walk->line);
		walk->rest = walk->line;
	}
}

static bool is_key(const struct clause_walk *walk)
{
	struct bytes word = walk->word;

	if (walk->quoted || word.len < 2 || line_last(word) != ':' ||
	    word.at[0] == '-')
		return false;
	for (size_t i = 0; i + 1 < word.len; i++)
		if (!is_key_byte(word.at[i]))
			return false;
	return true;
}

void clause_walk(struct clause_walk *walk, struct bytes text)
{
	*walk = (struct clause_walk){ .quoted = false };
	line_walk(&walk->lines, text);
	read_ahead(walk);
}

bool clause_next(struct clause_walk *walk, struct clause *clause)
{
	if (walk->ended)
		return false;
	clause->line = walk->lines.number;
	clause->text = walk->line;
	clause->key = bytes_of(walk->word.at, 0);
	clause->count = 0;
	if (is_key(walk)) {
		clause->key = bytes_of(walk->word.at, walk->word.len - 1);
		read_ahead(walk);
	}
	for (; !walk->ended && !is_key(walk); read_ahead(walk))
		if (clause->count < CLAUSE_WORDS)
			clause->words[clause->count++] = walk->word;
	return true;
}
