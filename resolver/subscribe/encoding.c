#include "subscribe/encoding.h"

#include <errno.h>
#include <stdlib.h>

enum { NO_LETTER = 0xfffd, UTF8_MOST = 3 };

struct utf16 {
	struct bytes text;
	bool big;		/* the high byte first */
};

bool encoding_is_utf16(struct bytes text)
{
	return text.len >= 2 && (memcmp(text.at, "\xff\xfe", 2) == 0 ||
				 memcmp(text.at, "\xfe\xff", 2) == 0);
}

static unsigned unit_take(struct utf16 *from)
{
	const uint8_t *at = from->text.at;
	unsigned unit = from->big ? (unsigned)at[0] << 8 | at[1]
				  : (unsigned)at[1] << 8 | at[0];

	from->text = bytes_of(at + 2, from->text.len - 2);
	return unit;
}

/* A letter beyond U+FFFF is a pair, high half first. */
static unsigned letter_take(struct utf16 *from)
{
	unsigned high = unit_take(from), low;
	struct utf16 rest = *from;

	if (high < 0xd800 || high > 0xdfff)
		return high;
	if (high > 0xdbff || rest.text.len < 2)
		return NO_LETTER;
	low = unit_take(&rest);
	if (low < 0xdc00 || low > 0xdfff)
		return NO_LETTER;
	*from = rest;
	return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
}

static uint8_t *put(uint8_t *to, unsigned letter)
{
	if (letter < 0x80) {
		*to++ = (uint8_t)letter;
		return to;
	}
	if (letter < 0x800) {
		*to++ = (uint8_t)(0xc0 | letter >> 6);
	} else {
		if (letter < 0x10000) {
			*to++ = (uint8_t)(0xe0 | letter >> 12);
		} else {
			*to++ = (uint8_t)(0xf0 | letter >> 18);
			*to++ = (uint8_t)(0x80 | (letter >> 12 & 0x3f));
		}
		*to++ = (uint8_t)(0x80 | (letter >> 6 & 0x3f));
	}
	*to++ = (uint8_t)(0x80 | (letter & 0x3f));
	return to;
}

int encoding_read(struct bytes text, struct bytes *utf8, uint8_t **memory)
{
	struct utf16 from = { .big = text.len > 0 && text.at[0] == 0xfe };
	uint8_t *to;

	*memory = NULL;
	*utf8 = text;
	if (text.len >= 3 && memcmp(text.at, "\xef\xbb\xbf", 3) == 0)
		*utf8 = bytes_of(text.at + 3, text.len - 3);
	if (!encoding_is_utf16(text))
		return 0;
	*memory = malloc(text.len / 2 * UTF8_MOST + 1);
	if (!*memory)
		return -ENOMEM;
	from.text = bytes_of(text.at + 2, text.len - 2);
	for (to = *memory; from.text.len >= 2;)
		to = put(to, letter_take(&from));
	*utf8 = bytes_of(*memory, (size_t)(to - *memory));
	return 0;
}
