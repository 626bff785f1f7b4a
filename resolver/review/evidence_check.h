/*
 * evidence_check: all of `homebound verify`: what was signed
 * (evidence_manifest.h), and whether it makes sense: the links of the chain
 * follow one another, and of every block that lies in the exported time as a
 * whole, all rows are there that were sealed and not redacted.
 */
#ifndef REVIEW_EVIDENCE_CHECK_H
#define REVIEW_EVIDENCE_CHECK_H

#include "review/evidence_manifest.h"

/* Everything is told; true: nothing was wrong. */
bool evidence_check(struct evidence_check *check);

#endif
