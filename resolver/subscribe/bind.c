/*
 * Zones of a named.conf(5) that are there to have nothing in them.
 *
 *	zone "a.example" IN { type primary; file "empty"; };
 */
#include "subscribe/reader.h"

#include "subscribe/line.h"

/* What is between zone and '{', without quotes and class; len 0: no zone. */
static struct bytes zone_of(struct bytes line)
{
	struct bytes word = line_word(&line), nothing = { 0 };
	bool quoted;

	line = line_trim(line);
	if (word.len != 4 || memcmp(word.at, "zone", 4) != 0)
		return nothing;
	quoted = line_at(line, 0) == '"';
	line = line_skip(line, quoted);
	word = bytes_of(line.at, line_span(line, quoted ? "\"" : "{ \t"));
	line = line_trim(line_skip(line, word.len));
	if (quoted && line.len > 0)
		line = line_trim(line_skip(line, 1));
	if (line_begins(line, "IN"))
		line = line_trim(line_skip(line, 2));
	return line_at(line, 0) == '{' ? word : nothing;
}

static bool is_remark(struct bytes line)
{
	return line.len == 0 || line.at[0] == '#' || line.at[0] == '*' ||
	       line_begins(line, "//") || line_begins(line, "/*");
}

int bind_line(struct reader *reader, struct bytes line)
{
	struct bytes zone = zone_of(line);
	const char *why;

	if (is_remark(line))
		return 0;
	if (zone.len == 0)
		return reader_skip(reader, "not the line of a zone");
	why = reader_name(reader, zone, true);
	if (why)
		return reader_skip(reader, why);
	reader->special = true;
	reader->rule.word = WORDS("local-zone");
	return reader_give(reader, RULE_BLOCK, RULE_SUBTREE);
}
