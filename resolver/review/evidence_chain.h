/*
 * evidence_chain: do the links of an exported chain follow one another?
 *
 * Every block of the journal is a link (journal/SCHEMA, table chain):
 *
 *	hash	SHA-256 of the block as it was sealed
 *	sealed	SHA-256 of the previous link's `sealed`, this hash, and
 *		number, last, rows, from, until: 8 bytes each, highest first;
 *		before the first link `sealed` is 32 zeros
 *
 * A block that was made smaller or taken away keeps its link, and a redaction
 * says when, why and how many rows went: it is redacted, not tampered with.
 *
 * Pure: nothing is read but what is given.  Any thread.
 */
#ifndef REVIEW_EVIDENCE_CHAIN_H
#define REVIEW_EVIDENCE_CHAIN_H

#include <stdbool.h>
#include <stdint.h>

struct text;

enum { EVIDENCE_HASH = 32 };

struct evidence_link {
	int64_t link, number, last, rows, from, until;
	uint8_t hash[EVIDENCE_HASH];
	uint8_t sealed[EVIDENCE_HASH];
	bool looked;			/* the block was looked at */
	bool found;			/* and it was there */
	uint8_t as_found[EVIDENCE_HASH]; /* its SHA-256 then */
};

struct evidence_redaction {
	int64_t link, time, gone;	/* microseconds since 1970; rows */
	const char *reason;		/* printable, or a stranger's */
	bool is_left;			/* a smaller block is left */
	uint8_t hash[EVIDENCE_HASH];	/* of that */
};

struct evidence_chain {
	uint8_t previous[EVIDENCE_HASH]; /* of what is before the first */
	struct evidence_link *links;
	unsigned link_count;
	struct evidence_redaction *redactions;	/* by their links */
	unsigned redaction_count;
	bool has_end;
	int64_t end_link;		/* the last one there is */
	uint8_t end[EVIDENCE_HASH];	/* its `sealed` */
};

enum evidence_state {
	EVIDENCE_WHOLE,
	EVIDENCE_REDACTED,
	EVIDENCE_TAMPERED,
};

struct evidence_finding {
	enum evidence_state state;
	const struct evidence_link *link;	/* NULL: the chain's end */
	const char *words;			/* what is wrong; or NULL */
	const struct evidence_redaction *last;	/* of a redacted one */
	int64_t gone;				/* in all its redactions */
};

/*
 * Tells of every link, in order; and of the end when that is wrong.  How many
 * are tampered with.
 */
unsigned evidence_chain_check(const struct evidence_chain *chain,
			      void (*tell)(void *context,
					   const struct evidence_finding *one),
			      void *context);

/* What it comes to: "redacted on ..., by ...: 12 of 300 rows". */
void evidence_chain_words(const struct evidence_finding *finding,
			  struct text *out);

/* Also for who makes a chain. */
void evidence_chain_seal(const uint8_t previous[EVIDENCE_HASH],
			 const struct evidence_link *link,
			 uint8_t sealed[EVIDENCE_HASH]);

#endif
