/*
 * encoding: the text of a list as UTF-8.
 *
 * Lists are UTF-8, with a byte order mark or without.  A few are UTF-16 with
 * one, from editors of Windows; those alone are copied.
 */
#ifndef SUBSCRIBE_ENCODING_H
#define SUBSCRIBE_ENCODING_H

#include <stdbool.h>

#include "base/bytes.h"

bool encoding_is_utf16(struct bytes text);

/*
 * *utf8: the text without its mark, part of `text` or of *memory, which is
 * for the caller to free (or NULL).  What is no letter becomes U+FFFD.  0 or
 * -ENOMEM.
 */
int encoding_read(struct bytes text, struct bytes *utf8, uint8_t **memory);

#endif
