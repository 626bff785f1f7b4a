/*
 * Two formats, and what the text itself says of them.
 *
 * Readers are strict: a line that could be meant in two ways is no rule.  A
 * household would rather miss a name than lose one it never listed.
 */
#include "subscribe/format.h"

#include <arpa/inet.h>

#include "subscribe/line.h"
#include "subscribe/list.h"

/* How far into a text its own word on it is looked for. */
enum { HEAD_BYTES = 4000, GUESS_LINES = 1000 };

/* --- addresses of hosts lines --- */

enum host_address {
	ADDRESS_NONE,
	ADDRESS_NOWHERE,	/* 0.0.0.0, 0, ::, 127.0.0.0/8, ::1 */
	ADDRESS_OTHER,
};

static enum host_address address_kind(struct bytes word)
{
	const uint8_t *scope = memchr(word.at, '%', word.len);
	struct in6_addr six;
	char text[64];
	uint8_t four[4];
	size_t len = scope ? (size_t)(scope - word.at) : word.len;

	if (len == 0 || len >= sizeof(text))
		return ADDRESS_NONE;
	memcpy(text, word.at, len);
	text[len] = '\0';
	if (strcmp(text, "0") == 0)
		return ADDRESS_NOWHERE;
	if (inet_pton(AF_INET, text, four) == 1)
		return four[0] == 127 || !(four[0] | four[1] | four[2] |
					   four[3])
			? ADDRESS_NOWHERE : ADDRESS_OTHER;
	if (inet_pton(AF_INET6, text, &six) != 1)
		return ADDRESS_NONE;
	return IN6_IS_ADDR_UNSPECIFIED(&six) || IN6_IS_ADDR_LOOPBACK(&six)
		? ADDRESS_NOWHERE : ADDRESS_OTHER;
}

/* --- what the text says of itself --- */

unsigned format_guess(struct bytes text)
{
	struct line_walk walk;
	struct bytes line, word;
	struct name name;

	line_walk(&walk, text);
	while (line_next(&walk, &line) && walk.number <= GUESS_LINES) {
		if (line_is_remark(line))
			continue;
		word = line_word(&line);
		if (address_kind(word) != ADDRESS_NONE &&
		    line_word(&line).len > 0)
			return LIST_FORMAT_HOSTS;
		if (line_host(&name, word))
			return LIST_FORMAT_DOMAINS;
	}
	return LIST_FORMAT_DOMAINS;
}

static bool holds(struct bytes text, const char *lower)
{
	for (; text.len > 0; text.at++, text.len--)
		if (line_begins(text, lower))
			return true;
	return false;
}

/* As the lists of oisd and HaGeZi say it. */
bool format_says_subdomains(struct bytes text)
{
	struct line_walk walk;
	struct bytes line;

	if (text.len > HEAD_BYTES)
		text.len = HEAD_BYTES;
	line_walk(&walk, text);
	while (line_next(&walk, &line)) {
		if (line.len == 0 || (line.at[0] != '#' && line.at[0] != '!'))
			continue;
		if (holds(line, "without subdomains") ||
		    holds(line, "wildcards) without") ||
		    holds(line, "all domains and their subdomains "
				"should be blocked"))
			return true;
	}
	return false;
}

const char *format_distrust(struct bytes text)
{
	struct line_walk walk;
	struct bytes line = { 0 };

	line_walk(&walk, text);
	while (line.len == 0 && line_next(&walk, &line))
		;
	if (line.len == 0)
		return "there is nothing in it";
	if (line.at[0] == '<')
		return "it is a page of HTML, not a list";
	if (memchr(text.at, '\0', text.len))
		return "it is not text (there are NUL bytes in it)";
	return NULL;
}

/* --- reading --- */

struct reader {
	const struct format_sink *sink;
	struct format_counts *counts;
	struct line_walk walk;
	bool subdomains;
};

static int give(struct reader *reader, const struct name *name, bool exact)
{
	reader->counts->rules++;
	return reader->sink->rule(reader->sink->context, name, exact,
				  reader->walk.number);
}

static void reject(struct reader *reader)
{
	if (reader->counts->rejected++ == 0)
		reader->counts->first_rejected = reader->walk.number;
}

/* All lines of a text that are no remarks, one after the other. */
static int read_lines(struct reader *reader, struct bytes text,
		      int (*read)(struct reader *reader, struct bytes line))
{
	struct bytes line;
	int error = 0;

	*reader->counts = (struct format_counts){ 0 };
	line_walk(&reader->walk, text);
	while (error >= 0 && line_next(&reader->walk, &line))
		if (!line_is_remark(line))
			error = read(reader, line);
	reader->counts->lines = reader->walk.number;
	return error < 0 ? error : 0;
}

/* "*.example.com" and ".example.com" are example.com and all below it. */
static bool take_wildcard(struct bytes *word)
{
	size_t len = line_begins(*word, "*.") ? 2
					      : line_begins(*word, ".");

	*word = bytes_of(word->at + len, word->len - len);
	return len > 0;
}

/*
 * A single label is a whole top-level domain: only where it is said that what
 * is below is meant too.  A second name is not looked for; a comment can be.
 */
static int read_domain(struct reader *reader, struct bytes line)
{
	struct bytes word = line_word(&line);
	bool subtree = take_wildcard(&word) || reader->subdomains;
	struct name name;

	if (line_is_local_name(word))
		return 0;
	if (line_is_comment(line_word(&line)) && line_host(&name, word) &&
	    (name.labels > 1 || subtree))
		return give(reader, &name, !subtree);
	reject(reader);
	return 0;
}

int format_read_domains(struct bytes text, bool subdomains,
			const struct format_sink *sink,
			struct format_counts *counts)
{
	struct reader reader = {
		.sink = sink, .counts = counts, .subdomains = subdomains,
	};

	return read_lines(&reader, text, read_domain);
}

/* A line of another address is a record of somebody's own, and no rule. */
static int read_host_name(struct reader *reader, struct bytes word,
			  enum host_address address)
{
	struct name name;

	if (line_is_local_name(word))
		return 0;
	if (address == ADDRESS_NOWHERE && line_host(&name, word) &&
	    name.labels > 1)
		return give(reader, &name, true);
	reject(reader);
	return 0;
}

static int read_host(struct reader *reader, struct bytes line)
{
	const uint8_t *comment = memchr(line.at, '#', line.len);
	enum host_address address;
	struct bytes word;
	int error = 0;

	if (comment)
		line.len = (size_t)(comment - line.at);
	address = address_kind(line_word(&line));
	word = line_word(&line);
	if (address == ADDRESS_NONE || word.len == 0) {
		reject(reader);
		return 0;
	}
	for (; error >= 0 && word.len > 0; word = line_word(&line))
		error = read_host_name(reader, word, address);
	return error;
}

int format_read_hosts(struct bytes text, const struct format_sink *sink,
		      struct format_counts *counts)
{
	struct reader reader = { .sink = sink, .counts = counts };

	return read_lines(&reader, text, read_host);
}
