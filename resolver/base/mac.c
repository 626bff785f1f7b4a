/*
 * Reading is strict: what is left out, as in "a:b:c:d:e:f", could be meant
 * in more than one way.
 */
#include "base/mac.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"

/* -1: no digit. */
static int digit(char at)
{
	if (at >= '0' && at <= '9')
		return at - '0';
	if (at >= 'a' && at <= 'f')
		return at - 'a' + 10;
	if (at >= 'A' && at <= 'F')
		return at - 'A' + 10;
	return -1;
}

int mac_parse(struct mac *mac, const char *text)
{
	struct mac read;
	char between;

	if (strlen(text) != MAC_TEXT - 1)
		return ERROR_MALFORMED;
	between = text[2];
	if (between != ':' && between != '-')
		return ERROR_MALFORMED;
	for (unsigned i = 0; i < 6; i++, text += 3) {
		int high = digit(text[0]), low = digit(text[1]);

		if (high < 0 || low < 0 || (i < 5 && text[2] != between))
			return ERROR_MALFORMED;
		read.at[i] = (uint8_t)(high << 4 | low);
	}
	*mac = read;
	return 0;
}

void mac_print(const struct mac *mac, struct text *out)
{
	for (unsigned i = 0; i < 6; i++)
		text_put(out, "%s%02x", i > 0 ? ":" : "", mac->at[i]);
}

bool mac_equal(const struct mac *one, const struct mac *other)
{
	return memcmp(one->at, other->at, sizeof(one->at)) == 0;
}
