/*
 * version: one state of a list that was good, and its line in an index:
 *
 *	SERIAL TIME DIGEST BYTES RULES SOURCE...
 */
#ifndef SUBSCRIBE_VERSION_H
#define SUBSCRIBE_VERSION_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { VERSION_SOURCES = 512 };

struct list_version {
	uint64_t serial;	/* 0: none */
	uint64_t time;		/* seconds since 1970 */
	uint8_t digest[32];	/* SHA-256 */
	uint64_t bytes;
	uint64_t rules;
	char sources[VERSION_SOURCES];	/* for people; cut where room ends */
};

/*
 * One more source, printable and without the password a URL may have; they
 * stand with a space between.
 */
void version_add_source(struct list_version *version, const char *where);

/* False: the line is none.  One without sources is, too. */
bool version_parse(struct list_version *version, const char *line);
void version_print(const struct list_version *version, FILE *out);

#endif
