/*
 * parts: what a policy is made of.  For policy.c, which puts it together, and
 * judge.c, which asks it.
 */
#ifndef POLICY_PARTS_H
#define POLICY_PARTS_H

#include "policy/policy.h"

struct matcher;

/* What policies share; the main thread counts. */
struct shelved {
	struct image *image;		/* or NULL */
	struct matcher *matcher;	/* or NULL */
	unsigned users;
};

struct policy {
	struct shelved *shelved;
	struct house *house;
	unsigned lists, groups;
	uint8_t *actions;	/* lists of the image, for each group */
	uint16_t *orders;	/* of the lists of the image */
};

#endif
