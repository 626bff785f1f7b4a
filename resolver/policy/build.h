/*
 * build: makes an image out of rules.  For the compiler, not for a server:
 * it allocates (some 45 bytes a rule) and can take a second.
 */
#ifndef POLICY_BUILD_H
#define POLICY_BUILD_H

#include <stdint.h>

#include "base/bytes.h"
#include "policy/image.h"

struct build;
struct rule;

/* Rules that one list can have for one name or pattern. */
enum { BUILD_RULES_OF_ONE = 128 };

struct build *build_new(void);			/* NULL: no memory */
void build_free(struct build *build);

/*
 * Returns the list's number from 0; ERROR_FULL after IMAGE_LISTS.  `rules`,
 * `unique` and `rejected` are counted here.
 */
int build_list(struct build *build, const struct image_list *list);

/*
 * One rule of the list that was added last.  EXACT, SUBTREE and BELOW go to
 * the names, SUFFIX to CLIENT to the patterns.  `terms` are the rule's, as
 * terms_write made them (len 0: plain).  The same rule (name or pattern,
 * scope, terms) twice in a list is kept once, with its first line; more than
 * BUILD_RULES_OF_ONE are rejected.  rule->bad takes back every rule of all
 * lists that is otherwise the same, whatever their order.
 *
 * 0, -ENOMEM, ERROR_FULL after 4 GB; ERROR_ABSENT: there is no list yet.
 * ERROR_FOREIGN, for the caller to count: a rule that an image does not hold
 * (FORWARD, NSIP, NSDNAME*), a pattern over 65,535 bytes.
 */
int build_rule(struct build *build, const struct rule *rule,
	       struct bytes terms);
void build_rejected(struct build *build, uint64_t lines);
void build_lines(struct build *build, uint64_t lines);

/*
 * Into an open, empty file: nothing is opened or renamed here (the caller may
 * have given up files), and the caller syncs and renames.  `inputs` are 32
 * bytes that image_inputs gives back.  Once: the rules are used up.  -errno,
 * ERROR_FULL.
 */
int build_write(struct build *build, int fd, uint32_t serial,
		const uint8_t *inputs);

#endif
