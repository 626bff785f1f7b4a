/*
 *	lease 192.168.1.20 {
 *	  ends 4 2026/11/22 10:00:30;		UTC; or "never", "epoch N"
 *	  binding state active;			also free, expired, ...
 *	  hardware ethernet aa:bb:cc:dd:ee:ff;
 *	  client-hostname "tablet";
 *	}
 *
 * Words, strings and the signs { } ; are taken one by one; whatever is not a
 * lease is passed over with all the blocks in it.  A lease whose end is not
 * there yet is still being written: it does not count.
 */
#include <time.h>

#include "device/leases.h"
#include "device/lines.h"

enum kind { END, WORD, STRING, SIGN };

struct token {
	enum kind kind;
	struct bytes at;	/* a string without its quotes, as it stands */
};

enum { TOKENS = 6 };		/* of a statement; what follows is ignored */

struct statement {
	struct token tokens[TOKENS];
	unsigned count;
	uint8_t sign;		/* that ended it; 0: the text ended */
};

struct lease {
	struct found found;
	bool over;
	int64_t ends;
};

static bool is_space(uint8_t byte)
{
	return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static bool is_sign(uint8_t byte)
{
	return byte == '{' || byte == '}' || byte == ';';
}

static void skip_spaces(struct bytes *text)
{
	size_t i = 0;

	while (i < text->len &&
	       (is_space(text->at[i]) || text->at[i] == '#')) {
		if (text->at[i] == '#')
			while (i < text->len && text->at[i] != '\n')
				i++;
		else
			i++;
	}
	*text = bytes_of(text->at + i, text->len - i);
}

/* Up to the quote that is not escaped; without one it is no string. */
static size_t string_end(struct bytes text)
{
	size_t i = 1;

	while (i < text.len && text.at[i] != '"')
		i += text.at[i] == '\\' ? 2 : 1;
	return i < text.len ? i + 1 : 0;
}

static struct token next_token(struct bytes *text)
{
	struct token token = { .kind = END };
	size_t len = 0;

	skip_spaces(text);
	if (text->len == 0)
		return token;
	if (text->at[0] == '"') {
		len = string_end(*text);
		if (len == 0)
			return token;
		token = (struct token){ STRING,
					bytes_of(text->at + 1, len - 2) };
	} else if (is_sign(text->at[0])) {
		len = 1;
		token = (struct token){ SIGN, bytes_of(text->at, len) };
	} else {
		while (len < text->len && !is_space(text->at[len]) &&
		       !is_sign(text->at[len]) && text->at[len] != '"')
			len++;
		token = (struct token){ WORD, bytes_of(text->at, len) };
	}
	*text = bytes_of(text->at + len, text->len - len);
	return token;
}

static void next_statement(struct bytes *text, struct statement *statement)
{
	struct token token;

	statement->count = 0;
	statement->sign = 0;
	while ((token = next_token(text)).kind != END) {
		if (token.kind == SIGN) {
			statement->sign = token.at.at[0];
			return;
		}
		if (statement->count < TOKENS)
			statement->tokens[statement->count++] = token;
	}
}

/* Behind a "{": to behind its "}". */
static void skip_block(struct bytes *text)
{
	struct statement statement;
	size_t depth = 1;

	while (depth > 0) {
		next_statement(text, &statement);
		if (statement.sign == 0)
			return;
		depth += statement.sign == '{';
		depth -= statement.sign == '}';
	}
}

static bool is(const struct statement *statement, unsigned at,
	       const char *word)
{
	return at < statement->count &&
	       statement->tokens[at].kind == WORD &&
	       lines_equal(statement->tokens[at].at, word);
}

static struct bytes word_at(const struct statement *statement, unsigned at)
{
	return at < statement->count ? statement->tokens[at].at
				     : bytes_of("", 0);
}

/* "2026/11/22" or "10:00:30": three numbers. */
static bool three_numbers(struct bytes word, char sign, int numbers[3])
{
	for (unsigned i = 0; i < 3; i++) {
		const uint8_t *end = i < 2 && word.len > 0
				     ? memchr(word.at, sign, word.len) : NULL;
		size_t len = i < 2 ? end != NULL ? (size_t)(end - word.at) : 0
				   : word.len;
		uint64_t number;

		if (len > 4 || !lines_number(bytes_of(word.at, len), &number))
			return false;
		numbers[i] = (int)number;
		if (i < 2)
			word = bytes_of(end + 1, word.len - len - 1);
	}
	return true;
}

/* A date that cannot be read is long past. */
static int64_t read_ends(const struct statement *statement)
{
	struct tm tm = { 0 };
	int date[3], clock[3];
	uint64_t epoch;

	if (is(statement, 1, "never"))
		return INT64_MAX;
	if (is(statement, 1, "epoch"))
		return lines_number(word_at(statement, 2), &epoch)
		       ? (int64_t)epoch : 0;
	if (!three_numbers(word_at(statement, 2), '/', date) ||
	    !three_numbers(word_at(statement, 3), ':', clock))
		return 0;
	tm.tm_year = date[0] - 1900;
	tm.tm_mon = date[1] - 1;
	tm.tm_mday = date[2];
	tm.tm_hour = clock[0];
	tm.tm_min = clock[1];
	tm.tm_sec = clock[2];
	return timegm(&tm);
}

static void take_statement(struct lease *lease,
			   const struct statement *statement)
{
	struct found *found = &lease->found;

	if (is(statement, 0, "ends"))
		lease->ends = read_ends(statement);
	else if (is(statement, 0, "binding") && is(statement, 1, "state"))
		lease->over = !is(statement, 2, "active");
	else if (is(statement, 0, "abandoned"))
		lease->over = true;
	else if (is(statement, 0, "hardware") && is(statement, 1, "ethernet"))
		found->has_mac = lines_mac(word_at(statement, 2), &found->mac);
	else if (is(statement, 0, "client-hostname"))
		found_name(word_at(statement, 1), found->name);
}

/* Behind its "{"; false: it has no end. */
static bool read_lease(struct bytes *text, struct lease *lease)
{
	struct statement statement;

	for (;;) {
		next_statement(text, &statement);
		if (statement.sign == '}')
			return true;
		if (statement.sign == 0)
			return false;
		if (statement.sign == '{')
			skip_block(text);
		else
			take_statement(lease, &statement);
	}
}

static void take_lease(struct bytes *text, const struct statement *begin,
		       int64_t now, struct founds *founds)
{
	struct lease lease = { .ends = INT64_MAX };
	bool good = lines_address(word_at(begin, 1), &lease.found.address);

	if (!read_lease(text, &lease) || !good)
		return;
	leases_note(founds, &lease.found, !lease.over && lease.ends > now);
}

void leases_read_isc(struct bytes text, int64_t now, struct founds *founds)
{
	struct statement statement;

	for (;;) {
		next_statement(&text, &statement);
		if (statement.sign == 0)
			return;
		if (statement.sign == '{' && is(&statement, 0, "lease") &&
		    statement.count == 2)
			take_lease(&text, &statement, now, founds);
		else if (statement.sign == '{')
			skip_block(&text);
	}
}
