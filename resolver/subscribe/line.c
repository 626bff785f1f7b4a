/*
 * A list can have ten million lines: what is done for each line is little.
 */
#include "subscribe/line.h"

enum { SEPARATOR = 0x1e };

static const uint8_t marks[256] = {
	[0 ... 8] = LINE_OTHER, ['\t'] = LINE_SPACE, ['\n'] = LINE_SPACE,
	['\v'] = LINE_SPACE, ['\f'] = LINE_SPACE, ['\r'] = LINE_SPACE,
	[14 ... 31] = LINE_OTHER, [' '] = LINE_SPACE, ['!'] = LINE_OTHER,
	['"'] = LINE_OTHER, ['#'] = LINE_HASH, ['$'] = LINE_DOLLAR,
	['%' ... ')'] = LINE_OTHER, ['*'] = LINE_RULE,
	['+' ... ','] = LINE_OTHER, ['/'] = LINE_URL, [':'] = LINE_URL,
	[';' ... '<'] = LINE_OTHER, ['='] = LINE_URL, ['>'] = LINE_OTHER,
	['?' ... '@'] = LINE_URL, ['[' ... ']'] = LINE_OTHER,
	['^'] = LINE_RULE, ['`'] = LINE_OTHER, ['{'] = LINE_OTHER,
	['|'] = LINE_RULE, ['}' ... 127] = LINE_OTHER,
	[128 ... 255] = LINE_HIGH,
};

unsigned line_marks(struct bytes text)
{
	unsigned all = 0;

	for (size_t i = 0; i < text.len; i++)
		all |= marks[text.at[i]];
	return all;
}

bool line_is_space(uint8_t byte)
{
	return marks[byte] == LINE_SPACE;
}

bool line_is_digits(struct bytes text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!line_is_digit(text.at[i]))
			return false;
	return text.len > 0;
}

size_t line_span(struct bytes text, const char *bytes)
{
	size_t at = 0;

	while (at < text.len &&
	       (text.at[at] == 0 || strchr(bytes, text.at[at]) == NULL))
		at++;
	return at;
}

struct bytes line_trim(struct bytes text)
{
	for (;;) {
		if (text.len && line_is_space(text.at[0]))
			text = line_skip(text, 1);
		else if (text.len >= 3 && text.at[0] == 0xef &&
			 memcmp(text.at, "\xef\xbb\xbf", 3) == 0)
			text = line_skip(text, 3);
		else
			break;
	}
	while (text.len && line_is_space(text.at[text.len - 1]))
		text.len--;
	return text;
}

void line_walk(struct line_walk *walk, struct bytes text)
{
	walk->rest = text;
	walk->number = 0;
}

bool line_next_whole(struct line_walk *walk, struct bytes *line)
{
	const uint8_t *end;
	size_t len = walk->rest.len;

	if (len == 0)
		return false;
	end = memchr(walk->rest.at, '\n', len);
	if (end)
		len = (size_t)(end - walk->rest.at);
	*line = bytes_of(walk->rest.at, len);
	walk->rest = line_skip(walk->rest, end ? len + 1 : len);
	walk->number++;
	if (line_at(*line, 0) == SEPARATOR)
		line->len = 0;
	while (line_last(*line) == '\r')
		line->len--;
	return true;
}

bool line_next(struct line_walk *walk, struct bytes *line)
{
	if (!line_next_whole(walk, line))
		return false;
	*line = line_trim(*line);
	return true;
}

bool line_is_comment(struct bytes text)
{
	switch (line_at(text, 0)) {
	case '#':
	case '!':
	case ';':
		return true;
	case '/':
		return line_at(text, 1) == '/';
	default:
		return text.len == 0;
	}
}

bool line_is_remark(struct bytes line)
{
	return line_is_comment(line) ||
	       (line.at[0] == '[' && line_last(line) == ']');
}

struct bytes line_word(struct bytes *line)
{
	struct bytes word;
	size_t len = 0;

	while (line->len && line_is_space(line->at[0]))
		*line = line_skip(*line, 1);
	while (len < line->len && !line_is_space(line->at[len]))
		len++;
	word = bytes_of(line->at, len);
	*line = line_skip(*line, len);
	return word;
}

struct bytes line_part(struct bytes *text, uint8_t byte)
{
	const uint8_t *end = text->len ? memchr(text->at, byte, text->len)
				       : NULL;
	size_t len = end ? (size_t)(end - text->at) : text->len;
	struct bytes part = bytes_of(text->at, len);

	*text = line_skip(*text, end ? len + 1 : len);
	return part;
}
