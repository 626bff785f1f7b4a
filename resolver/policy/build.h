/*
 * build: makes an image out of rules.  For the compiler, not for a server:
 * it allocates and can take a second.
 */
#ifndef POLICY_BUILD_H
#define POLICY_BUILD_H

#include <stdbool.h>
#include <stdint.h>

#include "dns/name.h"
#include "policy/image.h"

struct build;

struct build *build_new(void);			/* NULL: no memory */
void build_free(struct build *build);

/* Returns the list's number from 0; ERROR_FULL after IMAGE_LISTS. */
int build_list(struct build *build, const struct image_list *list);

/*
 * One rule of the list that was added last; the same rule twice in a list is
 * kept once, with its first line.  0, -ENOMEM, or ERROR_FULL after 4 GB.
 */
int build_rule(struct build *build, const struct name *name, bool exact,
	       uint32_t line);
void build_rejected(struct build *build, uint64_t lines);

/*
 * A list as it will stand in the image, or NULL; `rules` are counted by
 * build_write.
 */
const struct image_list *build_find(const struct build *build,
				    const char *name);

/*
 * Writes it to `path` by way of a new file and a rename; 0640.  `inputs` are
 * 32 bytes that image_inputs gives back.  Once: the rules are used up.
 */
int build_write(struct build *build, const char *path, uint32_t serial,
		const uint8_t *inputs);

#endif
