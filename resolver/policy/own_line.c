/*
 * A line is words with white space between them, up to a '#' that begins one.
 *
 *	block =x.example until 2026-11-22T20:00:00Z client 10.0.0.7 # why
 *
 * A name has letters, digits, '-' and '_'; any other byte must stand as \ddd,
 * and is printed so.  So a slip ("*.example.com", "https://example.com/") is
 * told, and not taken for a name that nobody asks for.
 */
#include "policy/own_line.h"

#include <ctype.h>
#include <time.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "policy/own.h"

enum { WORD_MAX = 64, LAST_SECOND_YEAR = 9999 };

bool own_line_next(struct bytes *rest, struct own_line *line)
{
	const uint8_t *end;
	size_t len;

	if (rest->len == 0)
		return false;
	end = memchr(rest->at, '\n', rest->len);
	len = end != NULL ? (size_t)(end - rest->at) + 1 : rest->len;
	line->whole = bytes_of(rest->at, len);
	*rest = bytes_of(rest->at + len, rest->len - len);
	len -= end != NULL;
	if (end != NULL && len > 0 && line->whole.at[len - 1] == '\r')
		len--;
	line->words = bytes_of(line->whole.at, len);
	return true;
}

static bool is_blank(uint8_t byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r';
}

static void skip_blanks(struct bytes *rest)
{
	while (rest->len > 0 && is_blank(rest->at[0]))
		*rest = bytes_of(rest->at + 1, rest->len - 1);
}

/* False: no word, and `*rest` is at a comment or at the end. */
static bool word_take(struct bytes *rest, struct bytes *word)
{
	skip_blanks(rest);
	if (rest->len == 0 || rest->at[0] == '#')
		return false;
	*word = bytes_of(rest->at, 0);
	while (word->len < rest->len && !is_blank(rest->at[word->len]))
		word->len++;
	*rest = bytes_of(rest->at + word->len, rest->len - word->len);
	return true;
}

static bool is_word(struct bytes word, const char *string)
{
	return word.len == strlen(string) &&
	       memcmp(word.at, string, word.len) == 0;
}

/* With a NUL; false: too long, or with a NUL of its own. */
static bool word_string(struct bytes word, char string[WORD_MAX])
{
	if (word.len >= WORD_MAX || memchr(word.at, '\0', word.len) != NULL)
		return false;
	memcpy(string, word.at, word.len);
	string[word.len] = '\0';
	return true;
}

static int refuse(struct text *why, const char *words, struct bytes word)
{
	text_put(why, "%s: ", words);
	text_put_hostile(why, word);
	return ERROR_MALFORMED;
}

static bool is_plain(uint8_t byte)
{
	return isalnum(byte) || byte == '-' || byte == '_';
}

/* NULL: all its bytes can stand in a name. */
static const char *bytes_wrong(struct bytes word)
{
	for (size_t i = 0; i < word.len; i++) {
		if (word.at[i] >= 0x80)
			return "write it as xn--...";
		if (word.at[i] == '*')
			return "leave the star out, a rule covers all below "
			       "its name";
		if (word.at[i] == '\\')
			i++;
		else if (!is_plain(word.at[i]) && word.at[i] != '.')
			return "that is no domain name";
	}
	return NULL;
}

static int name_read_word(struct own_rule *rule, struct bytes word,
			  const char **why)
{
	rule->exact = word.len > 0 && word.at[0] == '=';
	if (rule->exact)
		word = bytes_of(word.at + 1, word.len - 1);
	*why = bytes_wrong(word);
	if (*why == NULL && name_parse(&rule->name, word) < 0)
		*why = "that is no domain name";
	return *why == NULL ? 0 : ERROR_MALFORMED;
}

int own_parse_name(struct own_rule *rule, const char *word, const char **why)
{
	return name_read_word(rule, bytes_of_string(word), why);
}

/* As printed, and only so: people read "until 20:00" in their own ways. */
static int until_parse(struct own_rule *rule, struct bytes word)
{
	char string[WORD_MAX];
	uint64_t wall;
	size_t len = word.len;

	if (rule->until != 0 || !word_string(word, string) || len < 17 ||
	    string[10] != 'T' || string[len - 1] != 'Z' ||
	    strspn(string, "0123456789-:TZ") != len ||
	    clock_parse(string, 0, &wall) < 0 || wall < 1000000)
		return ERROR_MALFORMED;
	rule->until = (int64_t)(wall / 1000000);
	return 0;
}

static int client_parse(struct own_rule *rule, struct bytes word)
{
	char string[WORD_MAX];

	if (rule->has_client || !word_string(word, string) ||
	    prefix_parse(&rule->client, string) < 0)
		return ERROR_MALFORMED;
	rule->has_client = true;
	return 0;
}

static int options_parse(struct own_rule *rule, struct bytes *rest,
			 struct text *why)
{
	struct bytes option, value;

	while (word_take(rest, &option)) {
		bool until = is_word(option, "until");

		if (!until && !is_word(option, "client"))
			return refuse(why, "only until, client or # can "
				      "stand here", option);
		if (!word_take(rest, &value))
			return refuse(why, "something is missing behind",
				      option);
		if (until && until_parse(rule, value) < 0)
			return refuse(why, "write the time once, as "
				      "2026-11-22T20:00:00Z", value);
		if (!until && client_parse(rule, value) < 0)
			return refuse(why, "write the client once, as "
				      "192.168.1.7 or 192.168.1.0/24", value);
	}
	return 0;
}

static void note_take(struct own_rule *rule, struct bytes rest)
{
	const uint8_t *zero;

	if (rest.len == 0)
		return;
	rest = bytes_of(rest.at + 1, rest.len - 1);
	skip_blanks(&rest);
	while (rest.len > 0 && is_blank(rest.at[rest.len - 1]))
		rest.len--;
	zero = rest.len > 0 ? memchr(rest.at, '\0', rest.len) : NULL;
	if (zero != NULL)
		rest.len = (size_t)(zero - rest.at);
	if (rest.len >= OWN_NOTE)
		rest.len = OWN_NOTE - 1;
	if (rest.len > 0)
		memcpy(rule->note, rest.at, rest.len);
}

/* Editors of one system begin a file with it. */
static struct bytes without_mark(struct bytes words)
{
	if (words.len >= 3 && memcmp(words.at, "\xef\xbb\xbf", 3) == 0)
		return bytes_of(words.at + 3, words.len - 3);
	return words;
}

int own_line_parse(struct own_rule *rule, struct bytes words,
		   struct text *why)
{
	struct bytes rest = without_mark(words), word;
	const char *wrong;
	int error;

	*rule = (struct own_rule){ 0 };
	if (!word_take(&rest, &word))
		return 0;
	if (words.len > OWN_LINE) {
		text_put(why, "longer than %d bytes", OWN_LINE);
		return ERROR_MALFORMED;
	}
	rule->allow = is_word(word, "allow");
	rule->pause = is_word(word, "pause");
	if (!rule->allow && !rule->pause && !is_word(word, "block"))
		return refuse(why, "a rule begins with block, allow or pause",
			      word);
	if (!rule->pause) {
		if (!word_take(&rest, &word))
			return refuse(why, "a name is missing behind", word);
		if (name_read_word(rule, word, &wrong) < 0)
			return refuse(why, wrong, word);
	}
	error = options_parse(rule, &rest, why);
	if (error < 0)
		return error;
	note_take(rule, rest);
	return 1;
}

static void print_name(const struct name *name, struct text *out)
{
	if (name->labels == 0)
		text_put(out, ".");
	for (unsigned i = 0; i < name->labels; i++) {
		const uint8_t *label = name->wire + name->label[i];

		text_put(out, "%s", i > 0 ? "." : "");
		for (unsigned j = 1; j <= label[0]; j++)
			text_put(out, is_plain(label[j]) ? "%c" : "\\%03u",
				 (unsigned)label[j]);
	}
}

static void print_until(int64_t until, struct text *out)
{
	time_t there = (time_t)until;
	struct tm tm;
	char words[32];

	if (gmtime_r(&there, &tm) == NULL ||
	    tm.tm_year + 1900 > LAST_SECOND_YEAR ||
	    strftime(words, sizeof(words), "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		return;
	text_put(out, " until %s", words);
}

/* A control character in a note would begin a line of its own. */
static void print_note(const char *note, struct text *out)
{
	text_put(out, " # ");
	for (; *note != '\0'; note++)
		text_put(out, "%c", iscntrl((unsigned char)*note) ? ' '
								  : *note);
}

void own_print(const struct own_rule *rule, struct text *out)
{
	if (rule->pause)
		text_put(out, "pause");
	else
		text_put(out, "%s %s", rule->allow ? "allow" : "block",
			 rule->exact ? "=" : "");
	if (!rule->pause)
		print_name(&rule->name, out);
	if (rule->until != 0)
		print_until(rule->until, out);
	if (rule->has_client) {
		text_put(out, " client ");
		prefix_print(&rule->client, out);
	}
	if (rule->note[0] != '\0')
		print_note(rule->note, out);
}
