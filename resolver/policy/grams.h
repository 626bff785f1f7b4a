/*
 * grams: which literals are in a text?  Thousands are looked for in one walk
 * over it.
 *
 * Each literal gives one run of 4 of its bytes (of 3 if it has no more), a
 * gram.  A text's grams are looked up in a bitmap, and the few that are there
 * in a table; only then is a literal compared.
 */
#ifndef POLICY_GRAMS_H
#define POLICY_GRAMS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

struct grams;
struct literals;

struct grams *grams_new(void);			/* NULL: no memory */
void grams_free(struct grams *grams);

/* Usable literals, and what is told when one of them is there. */
int grams_add(struct grams *grams, const struct literals *literals,
	      uint32_t value);
/* After the last; 0, or -ENOMEM.  From then on for any number of threads. */
int grams_ready(struct grams *grams);

struct grams_visit {
	bool (*each)(void *context, uint32_t value);
	void *context;
};

/* Each value once; stops, and is false, when `each` gives false. */
bool grams_find(const struct grams *grams, struct bytes text,
		const struct grams_visit *visit);

#endif
