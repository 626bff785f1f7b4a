/*
 * evidence_links: chain.json, written from a journal and read back.
 */
#ifndef REVIEW_EVIDENCE_LINKS_H
#define REVIEW_EVIDENCE_LINKS_H

#include <jansson.h>

#include "review/evidence_chain.h"

struct text;

/*
 * `json` is what evidence_tables_chain made, or what a stranger did: 0,
 * -ENOMEM, or ERROR_MALFORMED and a sentence.  The reasons point into `json`.
 * For evidence_links_release, also after an error.
 */
int evidence_links_read(struct evidence_chain *chain, const json_t *json,
			struct text *trouble);
void evidence_links_release(struct evidence_chain *chain);

#endif
