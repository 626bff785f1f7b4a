/*
 * reader: what the readers of all formats share: the rule in the making, and
 * the ways out of a line.
 *
 * A reader takes a line, sets what is special in `rule` and ends with
 * reader_give or reader_skip.  Most rules have nothing special, so the rule
 * is cleared only behind one that had.
 */
#ifndef SUBSCRIBE_READER_H
#define SUBSCRIBE_READER_H

#include "subscribe/format.h"

/* For what must be put together: conditions, answers, patterns of a line. */
enum { READER_ROOM = 65536 };

struct reader {
	const struct format_sink *sink;
	struct format_counts *counts;
	struct rule rule;
	bool special;		/* the rule has more than name and answer */
	bool subtree;		/* plain names are meant with all below */
	bool adblock;		/* LIST_FORMAT_ADBLOCK, not a mixed list */
	size_t used;		/* of room */
	char room[READER_ROOM];
};

/* A new line (or clause, or record): nothing is known of its rule yet. */
void reader_begin(struct reader *reader, uint32_t line, struct bytes text);

/* Gives the rule with this effect and scope; returns what the sink does. */
int reader_give(struct reader *reader, unsigned effect, unsigned scope);

/* It is no rule, and why; returns 0. */
int reader_skip(struct reader *reader, const char *reason);

/* It is no rule and need not be one (localhost); returns 0. */
int reader_ignore(struct reader *reader, const char *reason);

/* The rule's name of a word: NULL, or why it is none. */
const char *reader_name(struct reader *reader, struct bytes word, bool single);

/*
 * What an address says, as the rule's answer: RULE_BLOCK for 0.0.0.0 and the
 * like, else RULE_REWRITE.
 */
unsigned reader_answer(struct reader *reader, const struct prefix *address);

/* Bytes put together in the room, one after the other; at NULL: no room. */
struct bytes reader_join(struct reader *reader, struct bytes one,
			 struct bytes other);
struct bytes reader_lower(struct reader *reader, struct bytes text);

/* Words for a static string. */
#define WORDS(string) bytes_of(string, sizeof(string) - 1)

/* The formats that go line by line, white space and comments taken off. */
int plain_line(struct reader *reader, struct bytes line);
int adblock_line(struct reader *reader, struct bytes line);
int dnsmasq_line(struct reader *reader, struct bytes line);
int regex_line(struct reader *reader, struct bytes line);
int dnscrypt_line(struct reader *reader, struct bytes line);
int bind_line(struct reader *reader, struct bytes line);

/* Those that do not; they set counts->lines. */
int unbound_text(struct reader *reader, struct bytes text);
int rpz_text(struct reader *reader, struct bytes text);

#endif
