/*
 * utf8: words that people wrote in their own language (RFC 3629).
 *
 * Plain is what shows as it is: no control character, nothing that is not
 * seen (soft hyphens, joiners, tags) or that turns the direction of what
 * follows, nothing without a meaning of its own (surrogates, private use).
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>

#include "base/bytes.h"

struct text;

bool utf8_is_plain(struct bytes text);

/*
 * As text_put_hostile (base/text.h), but plain characters of UTF-8 stay what
 * they are.  A character is whole or not there.
 */
void utf8_put_hostile(struct text *out, struct bytes stranger);

/* How many characters it shows; of what utf8_put_hostile wrote. */
size_t utf8_width(struct bytes plain);

/* How many bytes the first `width` characters of it take. */
size_t utf8_fit(struct bytes plain, size_t width);

#endif
