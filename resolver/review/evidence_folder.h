/*
 * evidence_folder: a folder of evidence while it is made: all of it or none.
 *
 * It is made beside its place as DIR.tmp, and gets its name when every file
 * is on disk.  Only its maker can look into it until then.  MANIFEST is as
 * sha256sum(1) writes and checks it, sorted by name.
 */
#ifndef REVIEW_EVIDENCE_FOLDER_H
#define REVIEW_EVIDENCE_FOLDER_H

#include <stdio.h>

#include "base/bytes.h"

struct text;

enum { EVIDENCE_FILES = 32, EVIDENCE_MANIFEST = 4096 };

#define EVIDENCE_MANIFEST_NAME "MANIFEST"
#define EVIDENCE_SIGNATURE_NAME "MANIFEST.minisig"

struct evidence_folder {
	char *path, *temporary;
	int fd;
	const char *files[EVIDENCE_FILES];	/* their names, not copied */
	unsigned count;
};

/*
 * -EEXIST: there is something at the path, or (with a sentence in `trouble`)
 * what an interrupted export left.  -errno.
 */
int evidence_folder_make(struct evidence_folder *folder, const char *path,
			 struct text *trouble);

/* A new file; NULL and errno.  `name` is a constant. */
FILE *evidence_folder_open(struct evidence_folder *folder, const char *name);

/* On disk, and closed: 0 or -errno. */
int evidence_folder_close(FILE *file);

/* The lines of MANIFEST, of all files so far. */
int evidence_folder_manifest(const struct evidence_folder *folder,
			     struct text *out);

/*
 * Gives it its name; made by root, it is given to whom the folder around it
 * belongs.  Afterwards, as after evidence_folder_abandon, it is released.
 */
int evidence_folder_finish(struct evidence_folder *folder);
void evidence_folder_abandon(struct evidence_folder *folder);

#endif
