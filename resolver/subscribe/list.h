/*
 * list: a source of rules that the household follows, and the versions of it
 * that were good.
 *
 * A version is kept under STATE/lists/NAME/ (its text and a line in `index`:
 * serial, time, digest, bytes, rules); serials only rise.  What fails, is
 * empty, is a page of HTML or is not text leaves the last good version in
 * place.  For the compiler: it allocates and reads files.
 */
#ifndef SUBSCRIBE_LIST_H
#define SUBSCRIBE_LIST_H

#include <stdbool.h>
#include <stdint.h>

#include "policy/image.h"

struct build;
struct bytes;
struct format_counts;
struct format_sink;

enum list_format {
	LIST_FORMAT_AUTO,
	LIST_FORMAT_DOMAINS,	/* a name a line */
	LIST_FORMAT_HOSTS,	/* hosts(5): every name exact */
};

enum list_subdomains {
	LIST_SUBDOMAINS_AUTO,	/* the list's own header, else exact */
	LIST_SUBDOMAINS_YES,
	LIST_SUBDOMAINS_NO,
};

/* One entry of `lists` in the configuration. */
struct list_options {
	char name[IMAGE_LIST_NAME];
	char *source;		/* a file */
	uint8_t format;		/* enum list_format */
	uint8_t subdomains;	/* enum list_subdomains */
	uint8_t action;		/* enum action; for the house, not here */
	unsigned line;		/* of the configuration file */
};

/* "auto", "domains", "hosts"; "auto", "yes", "no". Or ERROR_MALFORMED. */
int list_format_parse(const char *word);
int list_subdomains_parse(const char *word);
const char *list_format_words(unsigned format);

struct list_version {
	uint64_t serial;	/* 0: none */
	uint64_t time;		/* seconds since 1970 */
	uint8_t digest[32];	/* SHA-256 */
	uint64_t bytes;
	uint64_t rules;
};

/* The last good version, kept in `state`; serial 0: there is none. */
int list_last_version(const char *state, const char *name,
		      struct list_version *version);

/*
 * The text of a kept version; text->at is for the caller to free.
 * ERROR_ABSENT, or ERROR_DAMAGED when it is not what was kept.
 */
struct list_text {
	uint8_t *at;
	size_t len;
};
int list_version_read(const char *state, const char *name, uint64_t serial,
		      struct list_text *text);

/* Gives the rules of a text to `sink`, read as the options say. */
int list_read(const struct list_options *options, struct bytes text,
	      const struct format_sink *sink, struct format_counts *counts);

/* What became of a list in one run of the compiler. */
struct list_report {
	struct list_version version;	/* what is in use now */
	bool changed;			/* a new version was taken */
	uint64_t rules;
	uint64_t rejected;		/* lines that are no rule */
	uint32_t first_rejected;	/* the first of them; 0: none */
	char trouble[256];		/* "" or why the source was not taken */
};

/*
 * Looks at the source, keeps it as a new version if it is good and new, and
 * gives the rules of the version in use to `build` (or nothing, when there
 * never was one).  0 with *report filled, or -ENOMEM and the like.
 */
int list_update(const struct list_options *options, const char *state,
		struct build *build, struct list_report *report);

/*
 * A digest of what a compile would read: options of all lists, and size and
 * time of their sources.  Equal digests: nothing to compile.
 */
void list_inputs(const struct list_options *lists, unsigned count,
		 const char *state, uint8_t digest[32]);

#endif
