/*
 * listed: which list decided of a row, and which lists a name is on by now.
 */
#ifndef REVIEW_LISTED_H
#define REVIEW_LISTED_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

struct address;
struct listed;
struct policy;

/* `policy` NULL: nothing is known of now.  Both stay the caller's. */
int listed_open(struct listed **listed, sqlite3 *db,
		const struct policy *policy);
void listed_close(struct listed *listed);	/* NULL is fine */

/* The name of a list as a row has it; NULL: nobody knows.  Stays. */
const char *listed_name(struct listed *listed, uint32_t image,
			uint16_t list);

/*
 * Would this name (printed) be sunk now, for that client (NULL: for one in no
 * group)?  By which list, and when its text was of that version (seconds); for
 * the household's own rules "household" and 0.
 */
struct listed_answer {
	const char *list;
	uint64_t since;
	bool by_name;			/* no pattern */
};
bool listed_now(struct listed *listed, struct bytes name,
		const struct address *client, struct listed_answer *answer);

/* When the list that changed last did (seconds); 0: there is none. */
uint64_t listed_changed(const struct listed *listed);

#endif
