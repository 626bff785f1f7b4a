/*
 * evidence_manifest: is a folder of evidence, byte for byte, what was signed?
 *
 * Everything in the folder is a stranger's: nothing but plain files is opened,
 * and what is not exactly as evidence_folder.c writes it is wrong.
 */
#ifndef REVIEW_EVIDENCE_MANIFEST_H
#define REVIEW_EVIDENCE_MANIFEST_H

#include <stdbool.h>

#include "base/bytes.h"

struct text;

enum evidence_said {
	EVIDENCE_GOOD,		/* this was checked */
	EVIDENCE_NOTE,		/* this is to be known: a gap, a redaction */
	EVIDENCE_WRONG,
};

struct evidence_check {
	const char *folder;
	/* ERROR_REFUSED and words, when it is not the text's signature. */
	int (*verify)(void *context, struct bytes text,
		      struct bytes signature, struct text *trouble);
	/* A sentence that begins with file and line; printable. */
	void (*tell)(void *context, enum evidence_said said,
		     const char *sentence);
	void *context;
	/* The first line that every signature file has. */
	const char *untrusted;
	unsigned wrong;		/* told so far */
};

/* Manifest, signature, files: what is wrong is told, and counted. */
void evidence_manifest_check(struct evidence_check *check);

/* Of a file in the folder that is plain and no link; NULL: it was told. */
char *evidence_manifest_path(struct evidence_check *check, const char *name);

__attribute__((format(printf, 3, 4)))
void evidence_tell(struct evidence_check *check, enum evidence_said said,
		   const char *format, ...);

#endif
