/*
 * The grammar of libconfig, as a machine with a stack of open brackets:
 *
 *	at the top and in { }	KEY = VALUE, then ; or , or nothing
 *	in [ ] and ( )		VALUE , VALUE
 *
 * It is asked only about files that libconfig has refused, so it need not be
 * exact: when it finds nothing, libconfig's own words are all there is.
 */
#include "settings_grammar.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <strings.h>

#include "base/text.h"
#include "settings_syntax.h"

enum { DEEPEST = 64, WORD_SHOWN = 60 };

enum expected {
	KEY, EQUALS, VALUE, AFTER_VALUE,	/* at the top and in { } */
	ELEMENT, AFTER_ELEMENT,			/* in [ ] and ( ) */
};

struct bracket {
	char mark;
	unsigned line;
};

struct grammar {
	struct settings_syntax syntax;
	struct settings_token token, key;
	bool after_string;		/* another string would add to it */
	enum expected expected;
	struct bracket open[DEEPEST];
	unsigned depth;
	unsigned line;			/* of what is wrong; 0: nothing */
	struct text *out;
};

/* Always false: the machine stops here. */
__attribute__((format(printf, 3, 4)))
static bool fail(struct grammar *grammar, unsigned line, const char *format,
		 ...)
{
	va_list args;

	grammar->line = line;
	va_start(args, format);
	text_put_list(grammar->out, format, args);
	va_end(args);
	return false;
}

/* What stands at a token, with all that has no space and no end in it. */
static const char *shown(const struct grammar *grammar,
			 const struct settings_token *token,
			 char word[WORD_SHOWN * 4 + 1])
{
	const uint8_t *at = token->text.at, *end = grammar->syntax.end;
	struct text text;
	size_t len = 0;

	text_init(&text, word, WORD_SHOWN * 4 + 1);
	while (at + len < end && len < WORD_SHOWN && !isspace(at[len]) &&
	       strchr(";,)]}\"", at[len]) == NULL)
		len++;
	text_put_hostile(&text, bytes_of(at, len));
	return word;
}

static char mark_of(const struct grammar *grammar)
{
	return grammar->token.kind == SETTINGS_TOKEN_MARK
		       ? (char)grammar->token.text.at[0] : '\0';
}

static bool is_one_of(char mark, const char *marks)
{
	return mark != '\0' && strchr(marks, mark) != NULL;
}

static const struct bracket *innermost(const struct grammar *grammar)
{
	static const struct bracket top = { '\0', 0 };

	return grammar->depth > 0 ? &grammar->open[grammar->depth - 1] : &top;
}

static bool push(struct grammar *grammar)
{
	char mark = mark_of(grammar);

	if (innermost(grammar)->mark == '[')
		return fail(grammar, grammar->token.line,
			    "\"%c\" cannot stand inside [ ]: text such as an "
			    "address goes in quotes, groups go into ( )",
			    mark);
	if (grammar->depth == DEEPEST)
		return fail(grammar, grammar->token.line,
			    "too many brackets inside each other");
	grammar->open[grammar->depth++] = (struct bracket){
		mark, grammar->token.line,
	};
	grammar->expected = mark == '{' ? KEY : ELEMENT;
	return true;
}

static bool pop(struct grammar *grammar)
{
	char mark = mark_of(grammar), open = innermost(grammar)->mark;
	char closing = open == '{' ? '}' : open == '[' ? ']' : ')';

	if (grammar->depth == 0)
		return fail(grammar, grammar->token.line,
			    "\"%c\" closes nothing", mark);
	if (mark != closing)
		return fail(grammar, grammar->token.line,
			    "\"%c\" stands where \"%c\" must close the "
			    "\"%c\" of line %u", mark, closing, open,
			    innermost(grammar)->line);
	grammar->depth--;
	grammar->expected = is_one_of(innermost(grammar)->mark, "[(")
				    ? AFTER_ELEMENT : AFTER_VALUE;
	return true;
}

/* What libconfig takes without quotes. */
static bool is_plain(struct bytes word)
{
	const char *at = (const char *)word.at;
	size_t digits = 0;

	if ((word.len == 4 && strncasecmp(at, "true", 4) == 0) ||
	    (word.len == 5 && strncasecmp(at, "false", 5) == 0))
		return true;
	if (word.len > 2 && strncasecmp(at, "0x", 2) == 0) {
		for (size_t i = 2; i < word.len; i++)
			if (!isxdigit(word.at[i]) && toupper(at[i]) != 'L')
				return false;
		return true;
	}
	for (size_t i = 0; i < word.len; i++) {
		if (strchr("+-.eEL", at[i]) == NULL && !isdigit(word.at[i]))
			return false;
		digits += isdigit(word.at[i]) != 0;
	}
	return digits > 0 && memchr(at, '.', word.len) ==
				     memrchr(at, '.', word.len);
}

static bool is_switch(struct bytes word)
{
	static const char *const switches[] = { "yes", "no", "on", "off" };

	for (unsigned i = 0; i < sizeof(switches) / sizeof(*switches); i++)
		if (word.len == strlen(switches[i]) &&
		    strncasecmp((const char *)word.at, switches[i],
				word.len) == 0)
			return true;
	return false;
}

static bool take_word(struct grammar *grammar)
{
	const struct settings_token *token = &grammar->token;
	char word[WORD_SHOWN * 4 + 1];

	if (is_plain(token->text))
		return true;
	shown(grammar, token, word);
	if (is_switch(token->text))
		return fail(grammar, token->line, "\"%s\" is not known here: "
			    "write true or false, or text in quotes", word);
	return fail(grammar, token->line,
		    "%s must stand in quotes: \"%s\"", word, word);
}

/* No text of ours has lines: a quote is missing, and libconfig reads on. */
static bool take_string(struct grammar *grammar)
{
	if (memchr(grammar->token.text.at, '\n', grammar->token.text.len))
		return fail(grammar, grammar->token.line,
			    "a closing quote (\") is missing in this line");
	grammar->after_string = true;
	return true;
}

static bool take_value(struct grammar *grammar, enum expected after)
{
	char word[WORD_SHOWN * 4 + 1];

	grammar->expected = after;
	if (grammar->token.kind == SETTINGS_TOKEN_STRING)
		return take_string(grammar);
	if (grammar->token.kind == SETTINGS_TOKEN_WORD)
		return take_word(grammar);
	if (is_one_of(mark_of(grammar), "{[("))
		return push(grammar);
	if (after == AFTER_VALUE)
		return fail(grammar, grammar->key.line,
			    "\"%s\" is not given a value",
			    shown(grammar, &grammar->key, word));
	return fail(grammar, grammar->token.line, "a value is missing before "
		    "\"%c\"", mark_of(grammar));
}

static bool is_key(struct bytes word)
{
	if (!isalpha(word.at[0]) && word.at[0] != '*')
		return false;
	for (size_t i = 1; i < word.len; i++)
		if (!isalnum(word.at[i]) && !strchr("-_*", word.at[i]))
			return false;
	return true;
}

static bool take_key(struct grammar *grammar)
{
	const struct settings_token *token = &grammar->token;
	char word[WORD_SHOWN * 4 + 1], mark = mark_of(grammar);

	if (is_one_of(mark, "}])"))
		return pop(grammar);
	if (mark != '\0')
		return fail(grammar, token->line, "\"%c\" stands where the "
			    "name of a key must stand", mark);
	shown(grammar, token, word);
	if (token->kind == SETTINGS_TOKEN_STRING)
		return fail(grammar, token->line, "\"%s\" stands where the "
			    "name of a key must stand, without quotes", word);
	if (memchr(token->text.at, '.', token->text.len) != NULL &&
	    isalpha(token->text.at[0]))
		return fail(grammar, token->line, "\"%s\" is no key: a key of "
			    "a group is written GROUP = { KEY = VALUE; };",
			    word);
	if (!is_key(token->text))
		return fail(grammar, token->line, "\"%s\" stands where the "
			    "name of a key must stand", word);
	grammar->key = *token;
	grammar->expected = EQUALS;
	return true;
}

static bool take_equals(struct grammar *grammar)
{
	char word[WORD_SHOWN * 4 + 1];

	if (!is_one_of(mark_of(grammar), "=:"))
		return fail(grammar, grammar->key.line,
			    "\"=\" is missing after \"%s\"",
			    shown(grammar, &grammar->key, word));
	grammar->expected = VALUE;
	return true;
}

/* KEY = VALUE, right in a list: its { } are missing. */
static bool take_element(struct grammar *grammar)
{
	struct settings_syntax ahead = grammar->syntax;
	struct settings_token next;

	if (is_one_of(mark_of(grammar), "}])"))
		return pop(grammar);
	if (mark_of(grammar) == ',')
		return fail(grammar, grammar->token.line,
			    "there is a comma too many");
	if (grammar->token.kind == SETTINGS_TOKEN_WORD &&
	    settings_syntax_next(&ahead, &next) == SETTINGS_TOKEN_MARK &&
	    next.text.at[0] == '=')
		return fail(grammar, grammar->token.line,
			    "keys in a list need { } around each group: "
			    "( { KEY = VALUE; }, { KEY = VALUE; } )");
	return take_value(grammar, AFTER_ELEMENT);
}

static bool take_after_element(struct grammar *grammar)
{
	char mark = mark_of(grammar);

	if (is_one_of(mark, "}])"))
		return pop(grammar);
	if (mark == ';')
		return fail(grammar, grammar->token.line, "\";\" stands "
			    "inside the \"%c\" of line %u: a \",\" or the "
			    "closing bracket is missing",
			    innermost(grammar)->mark,
			    innermost(grammar)->line);
	if (mark != ',')
		return fail(grammar, grammar->token.line, "a \",\" between "
			    "two values is missing");
	grammar->expected = ELEMENT;
	return true;
}

static bool take_after_value(struct grammar *grammar)
{
	if (!is_one_of(mark_of(grammar), ";,"))
		return take_key(grammar);
	grammar->expected = KEY;
	return true;
}

static bool take_token(struct grammar *grammar)
{
	bool after_string = grammar->after_string;

	grammar->after_string = false;
	if (grammar->token.kind == SETTINGS_TOKEN_INCLUDE)
		return true;
	if (grammar->token.kind == SETTINGS_TOKEN_STRING && after_string)
		return take_string(grammar);
	switch (grammar->expected) {
	case KEY:
		return take_key(grammar);
	case EQUALS:
		return take_equals(grammar);
	case VALUE:
		return take_value(grammar, AFTER_VALUE);
	case AFTER_VALUE:
		return take_after_value(grammar);
	case ELEMENT:
		return take_element(grammar);
	case AFTER_ELEMENT:
		return take_after_element(grammar);
	}
	return false;
}

static bool take_end(struct grammar *grammar)
{
	if (grammar->token.kind == SETTINGS_TOKEN_OPEN_STRING)
		return fail(grammar, grammar->token.line,
			    "the quote (\") that opens here is never closed");
	if (grammar->token.kind == SETTINGS_TOKEN_OPEN_COMMENT)
		return fail(grammar, grammar->token.line,
			    "the comment (/*) that begins here never ends");
	if (grammar->expected == EQUALS || grammar->expected == VALUE)
		return fail(grammar, grammar->key.line,
			    "the file ends before this key has a value");
	if (grammar->depth > 0)
		return fail(grammar, innermost(grammar)->line,
			    "the \"%c\" that opens here is never closed",
			    innermost(grammar)->mark);
	return false;
}

static bool is_end(enum settings_token_kind kind)
{
	return kind == SETTINGS_TOKEN_END ||
	       kind == SETTINGS_TOKEN_OPEN_STRING ||
	       kind == SETTINGS_TOKEN_OPEN_COMMENT;
}

unsigned settings_grammar_explain(struct bytes text, struct text *out)
{
	struct grammar grammar = { .expected = KEY, .out = out };
	bool good = true;

	settings_syntax_init(&grammar.syntax, text);
	while (good) {
		if (is_end(settings_syntax_next(&grammar.syntax,
						&grammar.token)))
			good = take_end(&grammar);
		else
			good = take_token(&grammar);
	}
	return grammar.line;
}
