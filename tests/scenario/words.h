/*
 * words: DNS messages to and from the words of a scenario, through ldns, so
 * that what is compared was not read by the code that is tested.
 */
#ifndef SCENARIO_WORDS_H
#define SCENARIO_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WORDS_ROOM = 65536, WORDS_RECORDS = 64 };

/* A query: "[edns] [do] [cd] [norecurse] [id=N] [payload=N]" in `flags`. */
size_t words_query(uint8_t *at, const char *name, const char *type,
		   const char *flags);

/*
 * An answer to the query: its id and question, an rcode, flags ("tc", "aa",
 * "noedns", "wrongid", "wrongname", "ede=N") and records as in a zone file;
 * those that begin with "authority " go there.
 */
struct words_answer {
	const char *rcode;
	const char *flags;
	const char *records[WORDS_RECORDS];
	unsigned count;
};
size_t words_answer(uint8_t *at, const uint8_t *query, size_t query_len,
		    const struct words_answer *answer);

/* "name TYPE" of the question, in lower case; false: it is no message. */
bool words_question(const uint8_t *at, size_t len, char *out, size_t size);

/*
 * A whole answer, line by line: "RCODE flags", then its records, each on a
 * line, then "ede N text".  false: ldns cannot read it.
 */
bool words_of(const uint8_t *at, size_t len, char *out, size_t size);

#endif
