/*
 * A list can have ten million lines: what is done for each line is little.
 */
#include "subscribe/line.h"

#include <strings.h>

/* HOST: can stand in a name.  SPACE: around lines and between words. */
enum { HOST = 1, SPACE = 2 };

static const uint8_t kinds[256] = {
	['\t'] = SPACE, ['\v'] = SPACE, ['\f'] = SPACE, ['\r'] = SPACE,
	[' '] = SPACE, ['-'] = HOST, ['.'] = HOST, ['0' ... '9'] = HOST,
	['A' ... 'Z'] = HOST, ['_'] = HOST, ['a' ... 'z'] = HOST,
};

static const char *const local_names[] = {
	"localhost", "localhost.localdomain", "local", "broadcasthost",
	"ip6-localhost", "ip6-loopback", "ip6-localnet", "ip6-mcastprefix",
	"ip6-allnodes", "ip6-allrouters", "ip6-allhosts", "lo0",
	"localhost4", "localhost6", "localhost4.localdomain4",
	"localhost6.localdomain6",
};

static inline bool is_space(uint8_t byte)
{
	return kinds[byte] & SPACE;
}

static struct bytes skip(struct bytes text, size_t len)
{
	return bytes_of(text.at + len, text.len - len);
}

bool line_begins(struct bytes text, const char *lower)
{
	size_t len = strlen(lower);

	return text.len >= len &&
	       strncasecmp((const char *)text.at, lower, len) == 0;
}

static struct bytes trim(struct bytes text)
{
	for (;;) {
		if (text.len && is_space(text.at[0]))
			text = skip(text, 1);
		else if (text.len >= 3 &&
			 memcmp(text.at, "\xef\xbb\xbf", 3) == 0)
			text = skip(text, 3);
		else
			break;
	}
	while (text.len && is_space(text.at[text.len - 1]))
		text.len--;
	return text;
}

void line_walk(struct line_walk *walk, struct bytes text)
{
	walk->rest = text;
	walk->number = 0;
}

bool line_next(struct line_walk *walk, struct bytes *line)
{
	const uint8_t *end;
	size_t len = walk->rest.len;

	if (len == 0)
		return false;
	end = memchr(walk->rest.at, '\n', len);
	if (end)
		len = (size_t)(end - walk->rest.at);
	*line = trim(bytes_of(walk->rest.at, len));
	walk->rest = skip(walk->rest, end ? len + 1 : len);
	walk->number++;
	return true;
}

bool line_is_comment(struct bytes text)
{
	if (text.len == 0)
		return true;
	switch (text.at[0]) {
	case '#':
	case '!':
	case ';':
		return true;
	default:
		return line_begins(text, "//");
	}
}

bool line_is_remark(struct bytes line)
{
	return line_is_comment(line) ||
	       (line.at[0] == '[' && line.at[line.len - 1] == ']');
}

struct bytes line_word(struct bytes *line)
{
	struct bytes word;
	size_t len = 0;

	while (line->len && is_space(line->at[0]))
		*line = skip(*line, 1);
	while (len < line->len && !is_space(line->at[len]))
		len++;
	word = bytes_of(line->at, len);
	*line = skip(*line, len);
	return word;
}

static bool is_number(const uint8_t *label)
{
	for (unsigned i = 1; i <= label[0]; i++)
		if (label[i] < '0' || label[i] > '9')
			return false;
	return true;
}

bool line_host(struct name *name, struct bytes word)
{
	uint8_t all = HOST;

	for (size_t i = 0; i < word.len; i++)
		all &= kinds[word.at[i]];
	return all && name_parse(name, word) == 0 && name->labels > 0 &&
	       !is_number(name->wire + name->label[name->labels - 1]);
}

bool line_is_local_name(struct bytes word)
{
	while (word.len && word.at[word.len - 1] == '.')
		word.len--;
	for (size_t i = 0; i < sizeof(local_names) / sizeof(*local_names); i++)
		if (strlen(local_names[i]) == word.len &&
		    line_begins(word, local_names[i]))
			return true;
	return false;
}
