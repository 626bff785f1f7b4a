/*
 * policy: an image and a house, put together: the judge.
 *
 * Immutable; for any number of threads.  Neither judging nor inspecting
 * allocates, locks or waits.
 */
#ifndef POLICY_POLICY_H
#define POLICY_POLICY_H

#include "base/bytes.h"
#include "dns/name.h"
#include "policy/house.h"
#include "policy/image.h"
#include "policy/verdict.h"

struct policy;

/*
 * Takes both over; `image` may be NULL (no list was ever compiled).  NULL: no
 * memory, and both still the caller's.  A list that only the image knows has
 * no effect; one that only the house knows waits for the next compile.
 */
struct policy *policy_new(struct image *image, struct house *house);

/* Closes the image and frees the house. */
void policy_free(struct policy *policy);

const struct image *policy_image(const struct policy *policy); /* or NULL */
const struct house *policy_house(const struct policy *policy);
uint32_t policy_serial(const struct policy *policy);	/* 0: no image */

/*
 * Precedence: allow lists, then lists that sink, then lists that observe;
 * within a kind the most specific rule (most labels, exact before subtree),
 * then the order of lists.
 */
void policy_judge(const struct policy *policy, const struct name *name,
		  struct verdict *verdict);

/*
 * Goes through the aliases of an upstream answer (CNAME, and DNAME by the
 * CNAME it brings) and judges each as if it had been asked.  True: *verdict
 * says SINK or OBSERVE, and *alias which name did it.  Not called for a name
 * that is allowed by rule.  A damaged answer has no aliases.
 */
bool policy_inspect(const struct policy *policy, struct bytes answer,
		    struct verdict *verdict, struct name *alias);

/* What a matching rule would do here: for `why`.  ACTION_NONE: not in use. */
uint8_t policy_action(const struct policy *policy, unsigned list);

#endif
