/*
 * Lists of names, of whatever sort: hosts(5), a name a line, *.example.com,
 * and all of these among each other, with Adblock rules between them.
 *
 *	0.0.0.0 a.example b.example	# comment
 *	a.example
 *	*.a.example		.a.example
 *	||a.example^		@@||a.example^		/^ads?[0-9]/
 *
 * A line that nothing else is asked of but a name takes the short way at the
 * top of plain_line.  What is not for the DNS (a URL, a cosmetic rule of a
 * browser) is never cut down to the name in it.
 */
#include "subscribe/reader.h"

#include "subscribe/host.h"
#include "subscribe/line.h"

static const char not_known[] = "nothing that is known here";

static int give_plain(struct reader *reader)
{
	return reader_give(reader, RULE_BLOCK,
			   reader->subtree ? RULE_SUBTREE : RULE_EXACT);
}

/* --- rules of browsers --- */

/* The length of ## and its kin at the front of the text, or 0. */
static size_t cosmetic_sign(struct bytes text)
{
	static const char *const signs[] = {
		"##", "#@#", "#?#", "#@?#", "#$#", "#@$#", "#$?#", "#@$?#",
		"#%#", "#@%#",
	};

	for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++)
		if (line_begins(text, signs[i]))
			return strlen(signs[i]);
	return 0;
}

static bool has_cosmetic_sign(struct bytes line)
{
	for (size_t i = 0; i < line.len; i++) {
		size_t len = line.at[i] == '#'
			   ? cosmetic_sign(line_skip(line, i)) : 0;

		if (len > 0 && (i == 0 || !line_is_space(line.at[i - 1])) &&
		    line_at(line, i + len) != 0 &&
		    !line_is_space(line.at[i + len]))
			return true;
	}
	return false;
}

/* "0.0.0.0 a.example ## why" has two words before it: a comment. */
static bool is_cosmetic(struct bytes line)
{
	struct bytes before = bytes_of(line.at, line_span(line, "#"));

	return line_span(before, " \t\r\v\f") == before.len &&
	       has_cosmetic_sign(line);
}

/* a.example$$script[...], a.example$@$script */
static bool is_html_rule(struct bytes line)
{
	size_t at = line_span(line, "$ \t\r\v\f/|@");
	uint8_t tag;

	if (line_at(line, at) != '$')
		return false;
	at += line_at(line, at + 1) == '@' ? 2 : 1;
	tag = line_at(line, at + 1);
	return line_at(line, at) == '$' && tag >= 'a' && tag <= 'z';
}

/* --- hosts lines --- */

static const char *fault_of_host(struct bytes word, const char *why)
{
	struct prefix address;

	if (word.at[0] == '*' || word.at[0] == '.')
		return "a wildcard in a hosts line, which hosts(5) has not";
	return host_address(&address, word) ? "an address, not a name" : why;
}

static int hosts_line(struct reader *reader, const struct prefix *address,
		      struct bytes names)
{
	unsigned effect = reader_answer(reader, address);
	struct bytes word = line_word(&names);
	const char *why;
	int error = 0;

	if (word.len == 0)
		return reader_skip(reader, "an address without a name");
	for (; error >= 0 && word.len > 0; word = line_word(&names)) {
		if (host_is_local(word)) {
			reader_ignore(reader, "the machine's own name");
			continue;
		}
		why = reader_name(reader, word, effect == RULE_REWRITE);
		error = why ? reader_skip(reader, fault_of_host(word, why))
			    : reader_give(reader, effect, RULE_EXACT);
	}
	return error;
}

/* --- names --- */

static bool is_remark_word(struct bytes word)
{
	return line_begins(word, "//") || line_begins(word, ";") ||
	       line_begins(word, "!") || line_begins(word, "(");
}

/* All of them are names, or only the first and what follows is a remark. */
static const char *fault_of_names(struct reader *reader, struct bytes line,
				  unsigned *names)
{
	struct bytes first = line_word(&line), second = line, word = first;
	const char *why = NULL;

	second = line_word(&second);
	for (*names = 0; !why && word.len > 0; word = line_word(&line)) {
		why = reader_name(reader, word, false);
		++*names;
	}
	if (!why)
		return NULL;
	*names = 1;
	return is_remark_word(second) ? reader_name(reader, first, false)
				      : not_known;
}

static int names_line(struct reader *reader, struct bytes line)
{
	unsigned names;
	const char *why = fault_of_names(reader, line, &names);
	int error = 0;

	if (why)
		return reader_skip(reader, why);
	for (; error >= 0 && names > 0; names--) {
		reader_name(reader, line_word(&line), false);
		error = give_plain(reader);
	}
	return error;
}

static int wildcard_line(struct reader *reader, struct bytes name)
{
	const char *why = reader_name(reader, name, true);

	return why ? reader_skip(reader, why)
		   : reader_give(reader, RULE_BLOCK, RULE_SUBTREE);
}

static bool is_wildcard(struct bytes word, size_t *len)
{
	*len = line_begins(word, "*.") ? 2 : line_begins(word, ".") ? 1 : 0;
	if (*len == 0)
		return false;
	word = line_skip(word, *len);
	return line_span(word, "*^$/|") == word.len;
}

static const char *fault_of_word(struct bytes word)
{
	if (host_resembles_address(word))
		return "an address with a length, a port or a range";
	if (line_span(word, "/?=") < word.len)
		return "a URL, not a name";
	if (line_has(word, '@'))
		return "an e-mail address";
	return line_has(word, ':') ? "a name with a port" : NULL;
}

static int word_line(struct reader *reader, struct bytes word)
{
	const char *why;
	size_t len;

	if (reader->adblock) {
		if (!host_is_strict(word))
			return adblock_line(reader, word);
		why = reader_name(reader, word, true);
		return why ? reader_skip(reader, why)
			   : reader_give(reader, RULE_BLOCK, RULE_EXACT);
	}
	if (is_wildcard(word, &len))
		return wildcard_line(reader, line_skip(word, len));
	if (word.at[0] == '/' || line_span(word, "^$*|") < word.len)
		return adblock_line(reader, word);
	why = fault_of_word(word);
	if (!why)
		why = reader_name(reader, word, reader->subtree);
	return why ? reader_skip(reader, why) : give_plain(reader);
}

/* --- lines --- */

static struct bytes without_comment(struct bytes line)
{
	return line.at[0] == '/' ? line : line_trim(line_part(&line, '#'));
}

/* What begins with an address is a hosts line, whatever follows. */
static int spaced_line(struct reader *reader, struct bytes line)
{
	struct bytes rest = line, word = line_word(&rest);
	struct prefix address;

	if ((line_is_digit(word.at[0]) || line_has(word, ':')) &&
	    host_address(&address, word))
		return hosts_line(reader, &address, rest);
	if (rest.len > 0 && line.at[0] != '/' &&
	    line_span(word, "^$*") == word.len)
		return names_line(reader, line);
	return word_line(reader, line);
}

/* Whether there is a comment decides on `marks`: without '$' only. */
static int anchored_line(struct reader *reader, struct bytes line,
			 unsigned marks)
{
	size_t at = 1;

	if ((marks & (LINE_HASH | LINE_SPACE | LINE_DOLLAR)) ==
	    (LINE_HASH | LINE_SPACE)) {
		while (at < line.len && !(line.at[at] == '#' &&
					  line_is_space(line.at[at - 1])))
			at++;
		line = line_trim(bytes_of(line.at, at));
	}
	return adblock_line(reader, line);
}

static int slow_line(struct reader *reader, struct bytes line, unsigned marks)
{
	if ((marks & LINE_HASH) && is_cosmetic(line))
		return reader_skip(reader, "a cosmetic rule of a browser");
	if ((marks & LINE_DOLLAR) && is_html_rule(line))
		return reader_skip(reader, "a cosmetic rule of a browser");
	if (line.at[0] == '|' || line_begins(line, "@@"))
		return anchored_line(reader, line, marks);
	if (marks & LINE_HASH)
		line = without_comment(line);
	return spaced_line(reader, line);
}

/* ||a.example^ and no more. */
static bool is_anchored_name(struct reader *reader, struct bytes line)
{
	return line.len > 3 && line.at[1] == '|' && line_last(line) == '^' &&
	       line.at[line.len - 2] != '.' &&
	       !reader_name(reader, bytes_of(line.at + 2, line.len - 3), true);
}

static bool is_simple_name(struct reader *reader, struct bytes line)
{
	struct name *name = &reader->rule.name;

	if (reader->adblock || host_parse(name, line, reader->subtree))
		return false;
	return !line_is_digit(line.at[0]) || !host_resembles_address(line);
}

int plain_line(struct reader *reader, struct bytes line)
{
	unsigned marks;

	if (line_is_remark(line))
		return 0;
	if (line.at[0] == '[')
		return reader_skip(reader, not_known);
	if (line.at[0] == '|' && is_anchored_name(reader, line))
		return reader_give(reader, RULE_BLOCK, RULE_SUBTREE);
	marks = line_marks(line);
	if (marks == 0 && is_simple_name(reader, line))
		return give_plain(reader);
	return slow_line(reader, line, marks);
}
