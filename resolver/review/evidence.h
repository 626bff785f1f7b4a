/*
 * evidence: a stretch of the journal as a folder that can be handed to
 * somebody, and checked by them:
 *
 *	report.html	for people (review/report_page.h)
 *	rows.csv rows.jsonl	the rows and, between them, gaps and steps of
 *			the clock: as `log --csv` and `log --json` print them
 *	marks.json gaps.json clock.json devices.json lists.json
 *			review/evidence_tables.h
 *	chain.json	the links of the blocks (review/evidence_links.c)
 *	export.json	of what time and device, by whom, with which
 *			configuration (its hash, not its text)
 *	README.txt	how to check it, also without homebound
 *	household.pub	the public key
 *	MANIFEST	SHA-256 of all of them, as sha256sum(1) has it
 *	MANIFEST.minisig	its signature, as minisign(1) has it
 *
 * One thread; with or without a daemon.  Needs jansson.
 */
#ifndef REVIEW_EVIDENCE_H
#define REVIEW_EVIDENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

struct text;

/* A file whose hash is noted; one that is not there is noted as absent. */
struct evidence_file {
	const char *what, *path;
};

struct evidence_options {
	const char *database;		/* path of the journal */
	const char *folder;		/* to be made */
	uint64_t since, until;		/* microseconds; since < until, which
					   is not in it */
	const char *device;		/* for devices_find; NULL: all */
	const char *program;		/* "homebound 0.2" */
	const struct evidence_file *files;	/* ends with a NULL path */
	const char *public_key, *fingerprint;
	const char *public_file;	/* the text of household.pub */
	/* Signature file of a text into `out`: 0 or an error. */
	int (*sign)(void *context, struct bytes text, struct text *out);
	void *context;
};

struct evidence_outcome {
	uint64_t rows, gaps;
};

/* False: built without jansson. */
bool evidence_is_built(void);

/*
 * All or nothing.  0; or an error, and a sentence in `trouble` where there is
 * one to say that error_words has not: -EEXIST, ERROR_ABSENT (no such device,
 * no journal), ERROR_BUSY (rows were taken out of the journal meanwhile).
 */
int evidence_export(const struct evidence_options *options,
		    struct evidence_outcome *outcome, struct text *trouble);

#endif
