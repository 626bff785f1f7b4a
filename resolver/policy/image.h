/*
 * image: all rules of all lists in one read-only mapped file (policy/FORMAT).
 *
 * It holds names, patterns, what a rule says of them, and the lines that said
 * so; it holds no action, no group and no order of lists: those stand in the
 * house table and change without a compile.  Immutable
 * once opened, for any number of threads.  Every offset read from the file is
 * checked before it is followed: a damaged image can give a wrong verdict,
 * never a wrong read.
 */
#ifndef POLICY_IMAGE_H
#define POLICY_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "dns/name.h"

struct matcher_rule;
struct text;

/* Raised whenever FORMAT changes. */
enum { IMAGE_VERSION = 2, IMAGE_LISTS = 1024, IMAGE_LIST_NAME = 64 };

/* Bytes that are kept of a rule's line; a longer one ends with "...". */
enum { IMAGE_TEXT = 1000 };

/* Its place below the state folder. */
#define IMAGE_FILE "policy.image"

enum image_list_flag {
	/* Only its most specific rules count: dnsmasq, Unbound, RPZ. */
	IMAGE_LIST_NEAREST = 1,
	/*
	 * A name that has a rule stands for all below it, whether the rule
	 * covers that or not (RPZ; RFC 4592, sections 2.2.2 and 4.3).
	 */
	IMAGE_LIST_ZONE = 2,
};

/* One list as it was when the image was made; 192 bytes, no holes. */
struct image_list {
	char name[IMAGE_LIST_NAME];	/* as the configuration calls it */
	uint64_t version;		/* its serial; only rises */
	uint64_t time;			/* of that version; since 1970 */
	uint8_t digest[32];		/* SHA-256 of its text */
	uint64_t rules;			/* rules taken from it */
	uint64_t unique;		/* of them: of names in no other list */
	uint64_t rejected;		/* lines that are no rule */
	uint64_t lines;			/* of its text */
	uint32_t flags;			/* enum image_list_flag */
	uint32_t format;		/* the reader's number */
	uint8_t reserved[40];		/* zeros */
};

struct image;

/*
 * Maps and checks it (checksum over the whole file, read past the mapping so
 * that it does not become resident).  -errno, ERROR_FOREIGN (no image, or of
 * another version), ERROR_DAMAGED.
 */
int image_open(struct image **image, const char *path);
void image_close(struct image *image);

/* Is that what lies at the path?  By its header: the rest is not read. */
bool image_is_at(const struct image *image, const char *path);

/* The list of that name, or NULL; `image` may be NULL. */
const struct image_list *image_find_list(const struct image *image,
					 const char *name);

/*
 * Gives back the pages of the file that were read: what is wanted again comes
 * from the page cache.  For any thread, at any time.
 */
void image_rest(const struct image *image);

uint32_t image_serial(const struct image *image);
uint64_t image_time(const struct image *image);  /* made, seconds since 1970 */
uint64_t image_rules(const struct image *image);	/* patterns, too */
uint64_t image_names(const struct image *image);

/* A digest of what it was made from, as the compiler was told; 32 bytes. */
const uint8_t *image_inputs(const struct image *image);

unsigned image_lists(const struct image *image);
/* NULL when there is no such list. */
const struct image_list *image_list(const struct image *image, unsigned list);

/* A rule of a name, as the image has it; borrowed from the mapping. */
struct image_rule {
	uint16_t list;
	uint8_t labels;		/* of its name */
	uint8_t scope;		/* RULE_EXACT, RULE_SUBTREE, RULE_BELOW */
	bool covers;		/* false: stands at an ancestor (or, BELOW, at
				 * the name itself) and does not cover it;
				 * given of IMAGE_LIST_NEAREST lists only */
	uint32_t line;
	struct bytes terms;	/* len 0: simply blocks (policy/terms.h) */
	uint64_t text;		/* for image_text */
};

/*
 * Calls `each` for every rule that covers the name, and those that `covers`
 * tells of: the name's own first, then those of its suffixes, ever shorter.
 * Which of them a list of IMAGE_LIST_NEAREST hides is the caller's to say: it
 * knows whose terms are met.  Stops when `each` gives false.
 */
void image_match(const struct image *image, const struct name *name,
		 bool (*each)(void *context, const struct image_rule *rule),
		 void *context);

/*
 * Adds the text of the rule's line, byte for byte: hostile, to be shown by
 * text_put_hostile.  `name` is the one that was matched.  Nothing is added
 * for a rule that came without a text.
 */
void image_text(const struct image *image, const struct image_rule *rule,
		const struct name *name, struct text *out);

/*
 * The rules that are no names, in the order they came.  False: there is no
 * such number, or what stands there is damaged.
 */
unsigned image_patterns(const struct image *image);
bool image_pattern(const struct image *image, unsigned number,
		   struct matcher_rule *rule);
void image_pattern_text(const struct image *image, unsigned number,
			struct text *out);

/*
 * All rules of names, one by one, in no order, for comparing and publishing:
 * stops when `each` gives false.
 */
void image_walk(const struct image *image,
		bool (*each)(void *context, const struct name *name,
			     const struct image_rule *rule), void *context);

#endif
