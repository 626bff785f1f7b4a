/*
 * prefixes: which of many prefixes hold an address?
 *
 * One look-up for each length that occurs among the prefixes of a family.
 */
#ifndef POLICY_PREFIXES_H
#define POLICY_PREFIXES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"
#include "base/bytes.h"

struct prefixes;

struct prefixes *prefixes_new(void);		/* NULL: no memory */
void prefixes_free(struct prefixes *prefixes);

/* ERROR_MALFORMED: that is no prefix; bits behind the last must be 0. */
int prefixes_add(struct prefixes *prefixes, const struct prefix *prefix,
		 uint32_t value);
/* After the last; 0, or -ENOMEM.  From then on for any number of threads. */
int prefixes_ready(struct prefixes *prefixes);

bool prefixes_any(const struct prefixes *prefixes);

struct prefixes_visit {
	bool (*each)(void *context, uint32_t value);
	void *context;
};

/*
 * An address of 4 or 16 bytes: the values of all prefixes that hold it, the
 * longest prefixes first.  Stops when `each` gives false.
 */
void prefixes_find(const struct prefixes *prefixes, struct bytes raw,
		   const struct prefixes_visit *visit);

#endif
