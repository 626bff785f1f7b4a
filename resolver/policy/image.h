/*
 * image: all rules of all lists in one read-only mapped file (policy/FORMAT).
 *
 * It holds names, lists and lines; it holds no action, no group and no order:
 * those stand in the house table and change without a compile.  Immutable
 * once opened, for any number of threads.  Every offset read from the file is
 * checked before it is followed: a damaged image can give a wrong verdict,
 * never a wrong read.
 */
#ifndef POLICY_IMAGE_H
#define POLICY_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/file.h"
#include "base/hash.h"
#include "dns/name.h"

/* Raised whenever FORMAT changes. */
enum { IMAGE_VERSION = 1, IMAGE_LISTS = 1024, IMAGE_LIST_NAME = 64 };

/* Its place below the state folder. */
#define IMAGE_FILE "policy.image"

/* One list as it was when the image was made. */
struct image_list {
	char name[IMAGE_LIST_NAME];	/* as the configuration calls it */
	uint64_t version;		/* its serial; only rises */
	uint64_t time;			/* of that version; since 1970 */
	uint8_t digest[32];		/* SHA-256 of its text */
	uint64_t rules;			/* rules taken from it */
	uint64_t rejected;		/* lines that are no rule */
};

struct image;

/*
 * Maps and checks it (checksum over the whole file, read past the mapping so
 * that it does not become resident).  -errno, ERROR_FOREIGN (no image, or of
 * another version), ERROR_DAMAGED.
 */
int image_open(struct image **image, const char *path);
void image_close(struct image *image);

uint32_t image_serial(const struct image *image);
uint64_t image_time(const struct image *image);  /* made, seconds since 1970 */
uint64_t image_rules(const struct image *image);
uint64_t image_names(const struct image *image);

/* A digest of what it was made from, as the compiler was told; 32 bytes. */
const uint8_t *image_inputs(const struct image *image);

unsigned image_lists(const struct image *image);
/* NULL when there is no such list. */
const struct image_list *image_list(const struct image *image, unsigned list);

/* A rule, as the image has it. */
struct image_rule {
	uint16_t list;
	uint32_t line;
	bool exact;
	uint8_t labels;		/* of its name */
};

/*
 * Calls `each` for every rule that covers the name: the name's own first,
 * then those of its suffixes, ever shorter.  Stops when `each` gives false.
 */
void image_match(const struct image *image, const struct name *name,
		 bool (*each)(void *context, const struct image_rule *rule),
		 void *context);

#endif
