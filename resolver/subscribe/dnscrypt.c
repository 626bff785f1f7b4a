/*
 * Lists of blocked names of dnscrypt-proxy.
 *
 *	a.example	*.a.example	it and all below it
 *	=a.example			it alone
 *	ads.*		*sex*		[a-z]?.example
 *	a.example	@work		when the schedule "work" says so
 */
#include "subscribe/reader.h"

#include "subscribe/line.h"

/* '#' behind white space. */
static struct bytes without_comment(struct bytes line)
{
	for (size_t i = 1; i < line.len; i++)
		if (line.at[i] == '#' && line_is_space(line.at[i - 1]))
			return line_trim(bytes_of(line.at, i));
	return line;
}

static void take_schedule(struct reader *reader, struct bytes *line)
{
	struct bytes rest = *line, word = line_word(&rest);
	struct bytes schedule = line_word(&rest);

	if (schedule.len < 2 || schedule.at[0] != '@' || rest.len > 0)
		return;
	*line = word;
	reader->special = true;
	reader->rule.has[RULE_SCHEDULE] = true;
	reader->rule.condition[RULE_SCHEDULE] = line_skip(schedule, 1);
}

static int give_glob(struct reader *reader, struct bytes glob)
{
	if (line_marks(glob) & LINE_SPACE)
		return reader_skip(reader, "white space in a pattern");
	reader->special = true;
	reader->rule.pattern = reader_lower(reader, glob);
	return reader->rule.pattern.at
		? reader_give(reader, RULE_BLOCK, RULE_GLOB)
		: reader_skip(reader, "a pattern that is too long");
}

int dnscrypt_line(struct reader *reader, struct bytes line)
{
	unsigned scope = RULE_SUBTREE;
	const char *why;

	if (line.len == 0 || line.at[0] == '#')
		return 0;
	line = without_comment(line);
	take_schedule(reader, &line);
	if (line.at[0] == '=') {
		scope = RULE_EXACT;
		line = line_skip(line, 1);
	} else if (line_span(line, "?[") < line.len ||
		   line_has(line_skip(line, 1), '*')) {
		return give_glob(reader, line);
	} else {
		line = line_skip(line, line.at[0] == '*');
		line = line_skip(line, line_at(line, 0) == '.');
	}
	why = reader_name(reader, line, true);
	return why ? reader_skip(reader, why)
		   : reader_give(reader, RULE_BLOCK, scope);
}
