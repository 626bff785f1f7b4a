/*
 * tally: the journal's rows of a time, counted together.
 *
 * Read only, as reader.h; the same names mean the same.  A tally goes through
 * all rows of that time once.
 */
#ifndef JOURNAL_TALLY_H
#define JOURNAL_TALLY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"

/* How often a list decided since then (microseconds since 1970). */
int tally_lists(const char *path, uint64_t since,
		void (*each)(void *context, const char *list, uint64_t count),
		void *context);

/* Equal questions of one client. */
struct tally_question {
	struct address client;		/* port 0 */
	const char *name;		/* as reader_row has it */
	uint16_t type;
	uint64_t count;
};

/*
 * Questions of class IN since then, by client, then name; `each` gives false
 * to stop.  0 or an error (logged), as reader_open.
 */
int tally_questions(const char *path, uint64_t since,
		    bool (*each)(void *context,
				 const struct tally_question *question),
		    void *context);

#endif
