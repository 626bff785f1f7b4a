/*
 * error: one number space for everything that can go wrong.
 *
 * A function that can fail returns 0 or more when it succeeded and a negative
 * number when it did not: -errno for what the kernel said (-1 to -4095), one
 * of the numbers below for what we say ourselves.  Codes of a library are
 * translated in the file that includes the library.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

enum error {
	ERROR_MALFORMED = -10001,	/* bytes that break their format */
	ERROR_TRUNCATED = -10002,	/* ends before it is complete */
	ERROR_FULL = -10003,		/* a bounded table or buffer is full */
	ERROR_TIMEOUT = -10004,		/* nobody answered in time */
	ERROR_UNREACHABLE = -10005,	/* no server could be asked */
	ERROR_FOREIGN = -10006,		/* a file of another kind or version */
	ERROR_DAMAGED = -10007,		/* right kind, does not add up */
	ERROR_DATABASE = -10008,	/* SQLite said no; logged there */
	ERROR_SETTINGS = -10009,	/* the configuration; reported */
	ERROR_REFUSED = -10010,		/* the other side said no */
	ERROR_ABSENT = -10011,		/* there is no such thing */
	ERROR_BUSY = -10012,		/* somebody else holds it */
};

/* Words for an error; never NULL, constant, for any thread. */
const char *error_words(int error);

#endif
