/*
 * plain: the journal as plain tables in an SQLite file of its own, for
 * programs that know nothing of blocks.
 */
#ifndef JOURNAL_PLAIN_H
#define JOURNAL_PLAIN_H

#include <stdbool.h>
#include <stdint.h>

struct text;

struct plain_options {
	const char *from, *to;		/* the journal; the file to be made */
	bool force;			/* `to` may be there: it is replaced */
	uint64_t since, until;		/* microseconds; 0: open; `until` is
					   not in it */
	const char *device;		/* as devices_find; NULL: all */
	void (*progress)(uint64_t rows);	/* now and then; or NULL */
};

struct plain_count {
	uint64_t rows, unreadable;	/* the latter are in damaged blocks */
};

/*
 * 0 or an error: as database_open_reader, which has logged it, or with a
 * sentence in `trouble`.  Nothing is left of a file that was not finished.
 */
int plain_make(const struct plain_options *options, struct plain_count *count,
	      struct text *trouble);

#endif
