/*
 * wording: the text of a rule's line, in few bytes.  For build.c.
 *
 * Nearly every line of a list is a template around its name ("||NAME^"), and
 * is kept as a number; what is no template is kept whole, once for all rules
 * of the line.
 */
#ifndef POLICY_WORDING_H
#define POLICY_WORDING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"
#include "policy/store.h"

struct rule;

/* A list has at most so many templates; one comes with its second line. */
enum { WORDING_TEMPLATES = 255, WORDING_PLACES = 512, WORDING_SEEN = 1024 };

struct wording {
	struct store templates;		/* struct layout_template */
	struct store texts;
	struct hash_key key;
	/* Of the list that is being read: */
	uint32_t first;			/* number of its first template */
	unsigned count, last;		/* templates; the one last used */
	uint16_t place[WORDING_PLACES];	/* by hash: template + 1; 0: free */
	uint32_t seen[WORDING_SEEN];	/* hashes of what may become one */
	uint32_t whole;			/* the last text that is kept whole */
	bool has_whole;
};

void wording_init(struct wording *wording, const struct hash_key *key);
void wording_release(struct wording *wording);

/* Another list begins. */
void wording_list(struct wording *wording);

/*
 * Keeps the text of a rule.  What stands for it: LAYOUT_NO_TEXT,
 * LAYOUT_WHOLE_TEXT (`*at`: its offset), LAYOUT_TEMPLATE and up (less that: the
 * number of the list's template, from 0); -ENOMEM, ERROR_FULL.
 */
int wording_keep(struct wording *wording, const struct rule *rule,
		 uint32_t *at);

#endif
