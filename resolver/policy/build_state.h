/*
 * What the files build*.c share: the rules as they came.
 *
 *	entries     length of key, key, kind, (terms), (text), line | ...
 *	candidates  hash of the key, offset of the entry | ...
 *
 * The key is a name's spelling, or a pattern (struct build_pattern and its
 * bytes).  From `kind` on an entry is what a record has for the rule.
 */
#ifndef POLICY_BUILD_STATE_H
#define POLICY_BUILD_STATE_H

#include "policy/build.h"
#include "policy/candidate.h"
#include "policy/layout.h"
#include "policy/rule.h"
#include "policy/store.h"
#include "policy/wording.h"

enum {
	BUILD_SCOPES = RULE_CLIENT + 1,
	BUILD_FORMS = LAYOUT_TEMPLATE + WORDING_TEMPLATES,
	BUILD_PATTERN = 65535,		/* bytes of one, at most */
};

struct build {
	struct hash_key key;
	struct image_list *lists;
	unsigned list_count;
	struct store entries;
	struct store names, patterns;	/* struct candidate */
	struct store kinds;		/* struct layout_kind */
	struct store_set terms;
	struct wording wording;
	uint64_t depths[2];
	/* Of the list that is read: number + 1 of a kind, by what it is. */
	uint32_t kind[BUILD_SCOPES][2][2][BUILD_FORMS];
};

/* All that makes a pattern another one, as bytes. */
struct build_pattern {
	uint8_t invert, family, bits;
	uint8_t prefix[16];
};

static inline size_t build_candidates(const struct store *store)
{
	return store->len / sizeof(struct candidate);
}

/* An entry, taken apart; in the memory of the entries. */
struct build_entry {
	struct bytes key;
	struct bytes rule;		/* from its kind on */
	const struct layout_kind *kind;
	uint32_t head;			/* the number of the kind, shifted */
	uint32_t terms, text, line;
};

struct build_entry build_entry(const struct build *build, uint32_t at);

#endif
