/*
 * The same tokens as libconfig makes, and with the line each of them begins
 * in: libconfig often tells the line after.
 */
#include "settings_syntax.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void settings_syntax_init(struct settings_syntax *syntax, struct bytes text)
{
	*syntax = (struct settings_syntax){
		.at = text.at, .end = text.at + text.len, .line = 1,
		.fresh = true,
	};
}

static bool is_mark(uint8_t byte)
{
	return byte != 0 && strchr("=:,;{}[]()", byte) != NULL;
}

static bool starts(const struct settings_syntax *syntax, const char *what)
{
	size_t len = strlen(what);

	return (size_t)(syntax->end - syntax->at) >= len &&
	       memcmp(syntax->at, what, len) == 0;
}

static void step(struct settings_syntax *syntax)
{
	if (*syntax->at == '\n') {
		syntax->line++;
		syntax->fresh = true;
	}
	syntax->at++;
}

static bool is_space(uint8_t byte)
{
	return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static void skip_line(struct settings_syntax *syntax)
{
	while (syntax->at < syntax->end && *syntax->at != '\n')
		syntax->at++;
}

/* False: it is never closed. */
static bool skip_comment(struct settings_syntax *syntax)
{
	for (syntax->at += 2; syntax->at < syntax->end; step(syntax)) {
		if (starts(syntax, "*/")) {
			syntax->at += 2;
			return true;
		}
	}
	return false;
}

/* Spaces and comments; false: a comment is never closed. */
static bool skip_nothing(struct settings_syntax *syntax)
{
	while (syntax->at < syntax->end) {
		if (is_space(*syntax->at))
			step(syntax);
		else if (*syntax->at == '#' || starts(syntax, "//"))
			skip_line(syntax);
		else if (!starts(syntax, "/*"))
			break;
		else if (!skip_comment(syntax))
			return false;
	}
	return true;
}

/* From after the first quote to after the last one. */
static void take_string(struct settings_syntax *syntax,
			struct settings_token *token)
{
	const uint8_t *start = ++syntax->at;

	token->kind = SETTINGS_TOKEN_STRING;
	for (; syntax->at < syntax->end; step(syntax)) {
		if (*syntax->at == '"') {
			token->text = bytes_of(start, (size_t)(syntax->at -
							       start));
			syntax->at++;
			return;
		}
		if (*syntax->at == '\\' && syntax->at + 1 < syntax->end)
			step(syntax);
	}
	token->kind = SETTINGS_TOKEN_OPEN_STRING;
}

static void take_word(struct settings_syntax *syntax,
		      struct settings_token *token)
{
	const uint8_t *start = syntax->at;

	token->kind = SETTINGS_TOKEN_WORD;
	do {
		syntax->at++;
	} while (syntax->at < syntax->end && !is_space(*syntax->at) &&
		 !is_mark(*syntax->at) && *syntax->at != '"' &&
		 *syntax->at != '#' && !starts(syntax, "//") &&
		 !starts(syntax, "/*"));
	token->text = bytes_of(start, (size_t)(syntax->at - start));
}

/* libconfig knows it only at the start of a line. */
static bool take_include(struct settings_syntax *syntax,
			 struct settings_token *token)
{
	const uint8_t *at = syntax->at + 8;

	if (!syntax->fresh || !starts(syntax, "@include"))
		return false;
	while (at < syntax->end && (*at == ' ' || *at == '\t'))
		at++;
	if (at == syntax->end || *at != '"' || at == syntax->at + 8)
		return false;
	syntax->at = at;
	take_string(syntax, token);
	if (token->kind == SETTINGS_TOKEN_STRING)
		token->kind = SETTINGS_TOKEN_INCLUDE;
	return true;
}

enum settings_token_kind settings_syntax_next(struct settings_syntax *syntax,
					      struct settings_token *token)
{
	unsigned line = syntax->line;
	bool closed = skip_nothing(syntax);

	*token = (struct settings_token){
		.line = closed ? syntax->line : line,
	};
	if (!closed)
		token->kind = SETTINGS_TOKEN_OPEN_COMMENT;
	else if (syntax->at == syntax->end)
		token->kind = SETTINGS_TOKEN_END;
	else if (*syntax->at == '"')
		take_string(syntax, token);
	else if (is_mark(*syntax->at)) {
		token->kind = SETTINGS_TOKEN_MARK;
		token->text = bytes_of(syntax->at++, 1);
	} else if (!take_include(syntax, token)) {
		take_word(syntax, token);
	}
	syntax->fresh = false;
	return token->kind;
}

bool settings_syntax_is_huge(struct bytes word)
{
	char copy[64], *end;
	long long value;
	int base = 10;

	if (word.len == 0 || word.len >= sizeof(copy))
		return false;
	memcpy(copy, word.at, word.len);
	copy[word.len] = '\0';
	if (strncasecmp(copy, "0x", 2) == 0)
		base = 16;
	errno = 0;
	value = strtoll(copy, &end, base);
	if (*end != '\0' || end == copy)
		return false;
	return errno != 0 || value > INT_MAX || value < INT_MIN;
}

unsigned settings_syntax_line_of(struct bytes text, struct bytes string,
				 unsigned line)
{
	struct settings_syntax syntax;
	struct settings_token token;
	unsigned found = 0;

	settings_syntax_init(&syntax, text);
	while (settings_syntax_next(&syntax, &token) != SETTINGS_TOKEN_END &&
	       token.line <= line)
		if (token.kind == SETTINGS_TOKEN_STRING &&
		    token.text.len == string.len &&
		    memcmp(token.text.at, string.at, string.len) == 0)
			found = token.line;
	return found;
}
