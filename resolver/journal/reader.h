/*
 * reader: the journal's rows for people, while the daemon runs or not.
 *
 * Read only, over a scan (scan.h): nothing of the database is held while a
 * row is given away.  One thread, any process that may read the file.
 */
#ifndef JOURNAL_READER_H
#define JOURNAL_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"
#include "dns/name.h"

struct reader;

struct reader_filter {
	uint64_t since, until;		/* microseconds since 1970; 0: open */
	int64_t after;			/* only rows behind this one; 0: all */
	bool has_client;
	struct prefix client;
	const char *device;		/* as devices_find takes it; or NULL */
	const char *name;		/* and what is below it; NULL: all */
	int verdict;			/* enum verdict_kind; -1: all */
	unsigned last;			/* only the last so many; 0: all */
};

/* One row.  Strings are UTF-8/ASCII, escaped as name_print does; or NULL. */
struct reader_row {
	int64_t number;
	uint64_t time;			/* microseconds since 1970 */
	struct address client;		/* port 0 */
	unsigned transport;		/* enum entry_transport */
	const char *name;
	uint16_t qtype, qclass, rcode;
	unsigned verdict, action, source;
	bool answered;
	const char *alias;		/* judged through it, or NULL */
	const char *list;		/* name of the list, or NULL */
	uint64_t list_version;
	uint32_t line;
	const char *upstream;		/* "9.9.9.9", or NULL */
	uint32_t duration;		/* microseconds */
	uint32_t ttl;			/* handed out, seconds; 0: none */
	int64_t device;			/* that asked; 0: nobody knows */
	const char *device_name;	/* then, UTF-8 as devices.h; or NULL */
};

/*
 * A hole, a step of the clock: what the journal says of itself.  Notes and
 * rows share one sequence of numbers: a note has its place between rows.
 */
struct reader_note {
	int64_t number;
	uint64_t from, until;
	uint64_t count;		/* of a gap; 0: nobody knows, or a step */
	int64_t step;		/* microseconds the clock jumped, or 0 */
	const char *reason;	/* of a gap: "full", "damaged", "unreadable" */
};

/* Instead of a gap's: rows that are there, but in a block that is damaged. */
#define READER_DAMAGED_BLOCK "damaged block"

/*
 * 0, or an error (logged): -ENOENT, -EACCES, ERROR_ABSENT (nothing in it
 * yet), ERROR_FOREIGN, ERROR_DAMAGED, ERROR_BUSY, ERROR_DATABASE.
 */
int reader_open(struct reader **reader, const char *path);
void reader_close(struct reader *reader);

/*
 * Rows in the order they were stored; `each` gives false to stop.  How many
 * were given, or an error (logged); not logged: ERROR_MALFORMED (the name) and
 * ERROR_ABSENT (the device).
 */
int64_t reader_rows(struct reader *reader, const struct reader_filter *filter,
		    bool (*each)(void *context, const struct reader_row *row),
		    void *context);

/*
 * Gaps and steps of the clock in that time, in order.  Only `since`, `until`
 * and `after` count: in a gap there may have been any query.
 */
int64_t reader_notes(struct reader *reader,
		     const struct reader_filter *filter,
		     bool (*each)(void *context,
				  const struct reader_note *note),
		     void *context);

/*
 * Both, each in its place.  With `last`, notes from before the first row are
 * left out, unless there are not that many rows.
 */
struct reader_taker {
	bool (*row)(void *context, const struct reader_row *row);
	bool (*note)(void *context, const struct reader_note *note);
	void *context;
};
int64_t reader_records(struct reader *reader,
		       const struct reader_filter *filter,
		       const struct reader_taker *taker);

/* Up to which number the last reader_records looked: `after` of the next. */
int64_t reader_end(const struct reader *reader);

/* The number of the last row or note there is, or an error (logged). */
int64_t reader_last(struct reader *reader);

/* Was the file set aside or replaced?  Then it is time to open it anew. */
bool reader_is_stale(struct reader *reader);

#endif
