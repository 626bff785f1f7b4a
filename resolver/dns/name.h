/*
 * name: a domain name, read once and then handed around.
 *
 * Wire form without compression (RFC 1035, section 3.1), ASCII letters in
 * lower case (RFC 4343), with the place of every label, so that suffixes cost
 * nothing.  The root is len 1, labels 0.
 */
#ifndef DNS_NAME_H
#define DNS_NAME_H

#include <stdbool.h>

#include "base/bytes.h"

struct text;

enum { NAME_MAX_WIRE = 255, NAME_MAX_LABELS = 127, NAME_TEXT = 1024 };

struct name {
	uint8_t len;			/* bytes of wire, the root's 0 too */
	uint8_t labels;			/* the root not counted */
	uint8_t wire[NAME_MAX_WIRE];
	uint8_t label[NAME_MAX_LABELS];	/* offset of each, first to last */
};

/*
 * Reads the name at `at` in a whole message, compression followed: pointers
 * must point back, behind the header, and none is followed twice.  Returns
 * the offset after it in the message, or ERROR_MALFORMED.
 */
int name_read(struct name *name, struct bytes message, size_t at);

/*
 * The offset after the name at `at`, nothing copied; or ERROR_MALFORMED.  The
 * first pointer is checked, but not what it leads to.
 */
int name_skip(struct bytes message, size_t at);

/*
 * From text: "Example.COM", "example.com.", escapes as in a zone file (\. and
 * \065, RFC 1035, section 5.1), "." is the root.  ERROR_MALFORMED for empty
 * labels, labels over 63 bytes, names over 255; otherwise 0.
 */
int name_parse(struct name *name, struct bytes text);

/*
 * From wire without compression, as name.wire holds it but in any case; all
 * of `wire` must be the name.  0 or ERROR_MALFORMED.
 */
int name_from_wire(struct name *name, struct bytes wire);

/*
 * "example.com" without the last dot, "." for the root, hostile bytes \ddd and
 * what a zone file sets store by \x, so that name_parse reads it back.
 */
void name_print(const struct name *name, struct text *out);

/* The same of plain wire, any case kept; ends at a label that is not whole. */
void name_print_wire(struct bytes wire, struct text *out);

bool name_equal(const struct name *one, const struct name *other);

/* Are the name->len bytes at `at` this name, in any case? */
bool name_equal_wire(const struct name *name, const uint8_t *at);

/* Is `name` the same as or below `top`? */
bool name_is_below(const struct name *name, const struct name *top);

/* The suffix that starts at label `first` (labels: the root alone). */
static inline struct bytes name_suffix(const struct name *name,
				       unsigned first)
{
	size_t at = first < name->labels ? name->label[first]
					 : (size_t)name->len - 1;

	return bytes_of(name->wire + at, name->len - at);
}

/* Lower case of one byte, ASCII only (RFC 4343, section 3). */
uint8_t name_lower(uint8_t byte);
/* Of all bytes; `to` may be where they are. */
void name_lower_run(uint8_t *to, struct bytes from);

#endif
