/*
 *	alternation	branch | branch		one literal from each
 *	branch		atom atom atom		the best of all
 *	atom		a  \.  [.]		goes on with a run of bytes
 *			^  $			says where the run stands
 *			.  [a-z]  \d  \1  \b	ends the run
 *			( alternation )		ends the run, has its own
 *			(?= (?! (?<= (?<!	ends the run, counts for nothing
 *	atom ?  *  {0	counts for nothing
 *	atom +  {1	ends the run behind it
 *
 * Anything else (\Q, \x41, (?R), (?i-s), (*VERB), {,3} and whatever a later
 * PCRE2 thinks of) makes the reader lost: then nothing is known.  Case does
 * not matter: matching is without it, names are in lower case.
 */
#include "policy/syntax.h"

#include <stdbool.h>
#include <stdint.h>

#include "policy/literal.h"

enum { DEPTH_MAX = 16 };

struct reader {
	const uint8_t *at, *end;
	unsigned depth;
	bool lost;
};

enum kind { KIND_BYTE, KIND_GROUP, KIND_START, KIND_END, KIND_OTHER };

struct atom {
	enum kind kind;
	uint8_t byte;
	struct literals literals;	/* KIND_GROUP */
};

enum times { TIMES_ONCE, TIMES_MANY, TIMES_OPTIONAL };

static bool is_digit(uint8_t byte)
{
	return byte >= '0' && byte <= '9';
}

static bool is_letter(uint8_t byte)
{
	return (uint8_t)((byte | 32) - 'a') < 26;
}

/* The byte `ahead` of the next one; 0 behind the end. */
static uint8_t peek(const struct reader *reader, size_t ahead)
{
	size_t left = (size_t)(reader->end - reader->at);

	return ahead < left ? reader->at[ahead] : 0;
}

static bool accept(struct reader *reader, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(reader->end - reader->at) < len ||
	    memcmp(reader->at, word, len) != 0)
		return false;
	reader->at += len;
	return true;
}

static bool accept_one_of(struct reader *reader, const char *bytes)
{
	uint8_t byte = peek(reader, 0);

	if (byte == 0 || !strchr(bytes, byte))
		return false;
	reader->at++;
	return true;
}

static void skip_digits(struct reader *reader)
{
	while (is_digit(peek(reader, 0)))
		reader->at++;
}

/* Behind a backslash, outside of a class. */
static void escape_read(struct reader *reader, struct atom *atom)
{
	uint8_t byte = peek(reader, 0);

	atom->kind = KIND_OTHER;
	if (reader->at == reader->end) {
		reader->lost = true;
		return;
	}
	reader->at++;
	if (!is_digit(byte) && !is_letter(byte)) {
		atom->kind = KIND_BYTE;
		atom->byte = byte;
	} else if (is_digit(byte) && byte != '0') {
		skip_digits(reader);
	} else if (!strchr("dDwWsShHvVRXbBAzZGK", byte)) {
		reader->lost = true;
	}
}

/* [:alpha:], behind its first bracket; other things in [. .] and [= =]. */
static void posix_read(struct reader *reader)
{
	if (!accept(reader, ":")) {
		reader->lost |= peek(reader, 0) == '.' ||
				peek(reader, 0) == '=';
		return;
	}
	accept(reader, "^");
	while (is_letter(peek(reader, 0)))
		reader->at++;
	if (!accept(reader, ":]"))
		reader->lost = true;
}

/* One member of a class; true: it is a single byte, and which. */
static bool member_read(struct reader *reader, uint8_t *byte)
{
	bool escaped = accept(reader, "\\");

	*byte = peek(reader, 0);
	if (reader->at == reader->end) {
		reader->lost = true;
		return false;
	}
	reader->at++;
	if (!escaped && *byte == '[') {
		posix_read(reader);
		return false;
	}
	if (escaped && (*byte == 'Q' || *byte == 'E'))
		reader->lost = true;
	return !escaped || (!is_letter(*byte) && !is_digit(*byte));
}

/* Behind its bracket.  A class of one byte is that byte. */
static void class_read(struct reader *reader, struct atom *atom)
{
	bool inverse = accept(reader, "^"), single;

	single = member_read(reader, &atom->byte);
	atom->kind = KIND_OTHER;
	if (accept(reader, "]")) {
		if (single && !inverse)
			atom->kind = KIND_BYTE;
		return;
	}
	while (!reader->lost && !accept(reader, "]")) {
		uint8_t byte;

		member_read(reader, &byte);
	}
}

static void alternation_read(struct reader *reader, struct literals *out);

/* What stands behind (?; true: what the group holds must be there. */
static bool group_begin(struct reader *reader)
{
	if (accept_one_of(reader, ":>"))
		return true;
	if (accept_one_of(reader, "=!") || accept(reader, "<=") ||
	    accept(reader, "<!"))
		return false;
	if (!accept(reader, "<") && !accept(reader, "P<"))
		reader->lost = true;
	while (is_letter(peek(reader, 0)) || is_digit(peek(reader, 0)) ||
	       peek(reader, 0) == '_')
		reader->at++;
	if (!accept(reader, ">"))
		reader->lost = true;
	return true;
}

/* Behind its bracket. */
static void group_read(struct reader *reader, struct atom *atom)
{
	bool counts = true;

	atom->kind = KIND_OTHER;
	if (accept(reader, "?i)"))
		return;
	if (accept(reader, "?"))
		counts = group_begin(reader);
	if (peek(reader, 0) == '*' || reader->depth == DEPTH_MAX)
		reader->lost = true;
	if (reader->lost)
		return;
	reader->depth++;
	alternation_read(reader, &atom->literals);
	reader->depth--;
	if (!accept(reader, ")"))
		reader->lost = true;
	if (counts)
		atom->kind = KIND_GROUP;
}

static void atom_read(struct reader *reader, struct atom *atom)
{
	atom->byte = *reader->at++;
	switch (atom->byte) {
	case '\\':
		escape_read(reader, atom);
		break;
	case '[':
		class_read(reader, atom);
		break;
	case '(':
		group_read(reader, atom);
		break;
	case '.':
		atom->kind = KIND_OTHER;
		break;
	case '^':
		atom->kind = KIND_START;
		break;
	case '$':
		atom->kind = KIND_END;
		break;
	case '*': case '+': case '?': case '{':
		reader->lost = true;
		break;
	default:
		atom->kind = KIND_BYTE;
	}
}

/* {3} {3,} {3,5}, behind the bracket. */
static enum times braces_read(struct reader *reader)
{
	const uint8_t *number = reader->at;
	bool zero = true;

	skip_digits(reader);
	for (const uint8_t *at = number; at < reader->at; at++)
		zero &= *at == '0';
	if (reader->at == number)
		reader->lost = true;
	if (accept(reader, ","))
		skip_digits(reader);
	if (!accept(reader, "}"))
		reader->lost = true;
	return zero ? TIMES_OPTIONAL : TIMES_MANY;
}

static enum times times_read(struct reader *reader)
{
	enum times times;

	if (accept(reader, "+"))
		times = TIMES_MANY;
	else if (accept_one_of(reader, "*?"))
		times = TIMES_OPTIONAL;
	else if (accept(reader, "{"))
		times = braces_read(reader);
	else
		return TIMES_ONCE;
	accept_one_of(reader, "?+");
	return times;
}

/* The run is over: it counts, and a new one begins. */
static void run_end(struct literal *run, struct literals *best)
{
	literals_offer(best, run);
	*run = (struct literal){ 0 };
}

/* Behind a start that is optional, nothing is known of where one is. */
static void atom_take(const struct atom *atom, enum times times,
		      struct literal *run, struct literals *best)
{
	if (atom->kind == KIND_BYTE && times != TIMES_OPTIONAL)
		literal_put(run, atom->byte);
	if (atom->kind == KIND_END && times == TIMES_ONCE)
		run->place |= LITERAL_ENDS;
	if (atom->kind == KIND_BYTE && times == TIMES_ONCE)
		return;
	run_end(run, best);
	if (atom->kind == KIND_START && times == TIMES_ONCE)
		run->place = LITERAL_STARTS;
	if (atom->kind == KIND_GROUP && times != TIMES_OPTIONAL)
		literals_choose(best, &atom->literals);
}

static bool branch_goes_on(const struct reader *reader)
{
	uint8_t byte = peek(reader, 0);

	return !reader->lost && reader->at < reader->end && byte != '|' &&
	       byte != ')';
}

static void branch_read(struct reader *reader, struct literals *best)
{
	struct literal run = { 0 };
	struct atom atom;

	best->count = 0;
	while (branch_goes_on(reader)) {
		enum times times;

		atom_read(reader, &atom);
		times = times_read(reader);
		if (reader->lost)
			return;
		atom_take(&atom, times, &run, best);
	}
	run_end(&run, best);
}

static void alternation_read(struct reader *reader, struct literals *out)
{
	struct literals other;

	branch_read(reader, out);
	while (!reader->lost && accept(reader, "|")) {
		branch_read(reader, &other);
		literals_join(out, &other);
	}
}

void syntax_literals(struct bytes regex, struct literals *literals)
{
	struct reader reader = {
		.at = regex.at, .end = regex.at + regex.len,
	};

	alternation_read(&reader, literals);
	if (reader.lost || reader.at != reader.end)
		literals->count = 0;
}
