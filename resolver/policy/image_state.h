/*
 * What the files image*.c share: the mapping and how to read in it.
 */
#ifndef POLICY_IMAGE_STATE_H
#define POLICY_IMAGE_STATE_H

#include "base/file.h"
#include "policy/image.h"
#include "policy/layout.h"

struct image {
	struct layout_header header;
	struct file_map map;
	struct image_list *lists;		/* copies, as the header is */
	struct layout_line *lines;
	struct bytes part[LAYOUT_PARTS];	/* in the mapping */
	const struct layout_reference *references;
	uint64_t line_count;
	unsigned deepest;	/* most labels of a name in it */
};

/*
 * A rule's own bytes at `*at` of the records; `*at` goes behind them.  False:
 * they are damaged.  `labels` and `covers` are the caller's to say.
 */
bool image_rule_read(const struct image *image, size_t *at,
		     struct image_rule *rule, bool *more);

/* The string at `at` of LAYOUT_TERMS or LAYOUT_TEXTS; none: len 0. */
struct bytes image_string(const struct image *image, enum layout_part part,
			  size_t at);

/* A kind, or NULL when it is damaged or only the compiler's. */
const struct layout_kind *image_kind(const struct image *image,
				     uint32_t number);

/* 7 bits a byte, the lowest first; false when it has no end. */
static inline bool image_number(struct bytes from, size_t *at,
				uint32_t *number)
{
	uint64_t value = 0;

	for (unsigned shift = 0; shift < 35 && *at < from.len; shift += 7) {
		uint8_t byte = from.at[(*at)++];

		value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80) {
			*number = (uint32_t)value;
			return true;
		}
	}
	return false;
}

#endif
