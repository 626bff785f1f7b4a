/*
 * evidence_state: what evidence.c and evidence_write.c share of an export.
 */
#ifndef REVIEW_EVIDENCE_STATE_H
#define REVIEW_EVIDENCE_STATE_H

#include <jansson.h>
#include <sqlite3.h>

#include "base/address.h"
#include "review/evidence.h"
#include "review/evidence_folder.h"
#include "review/evidence_tables.h"

/*
 * As a device: the one address that was asked for, which is of no device that
 * is known (yet).
 */
enum { EVIDENCE_CLIENT = -1 };

enum evidence_table {
	TABLE_ABOUT, TABLE_MARKS, TABLE_GAPS, TABLE_CLOCK, TABLE_LISTS,
	TABLE_DEVICES, TABLE_CHAIN, TABLES,
};

struct evidence {
	const struct evidence_options *options;
	struct evidence_outcome *outcome;
	struct text *trouble;
	struct evidence_stretch stretch;
	struct address client;		/* of EVIDENCE_CLIENT */
	struct devices *devices;
	struct report *report;
	struct evidence_folder folder;
	json_t *tables[TABLES];
};

/* Each adds its files to the folder: 0 or an error. */
int evidence_write_rows(struct evidence *evidence);
int evidence_write_tables(struct evidence *evidence);
int evidence_write_words(struct evidence *evidence);
int evidence_write_manifest(struct evidence *evidence);

#endif
