/*
 * source: where the text of a list comes from: a file, a folder of files, or
 * an http:// or https:// URL.
 */
#ifndef SUBSCRIBE_SOURCE_H
#define SUBSCRIBE_SOURCE_H

#include <stdbool.h>

struct text;

enum { SOURCE_PARTS = 1024, SOURCE_WHERE = 4096 };

/* What is looked at one by one: a file or a URL. */
struct source_part {
	char *where;
	bool remote;
};

struct source_parts {
	struct source_part *at;		/* SOURCE_PARTS at most */
	unsigned count;
};

bool source_is_remote(const char *where);

/* Printable, and without the user and password a URL may have. */
void source_print(const char *where, struct text *out);

/*
 * Adds what a source consists of: itself, or the files of the folder whose
 * names end in .txt, .list, .hosts, .conf, .rpz or .zone or have no dot; by
 * name, hidden ones left out.  Begins with zeroed parts; after the last call,
 * good or bad, comes source_release.  When it fails there are words in
 * `trouble`.
 */
int source_expand(struct source_parts *parts, const char *where,
		  struct text *trouble);
void source_release(struct source_parts *parts);

#endif
