/*
 * jansson takes only valid UTF-8, so what a stranger wrote into the journal
 * is tried as it is, and escaped when it is refused.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#ifdef HAVE_JANSSON

#include "review/value.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "review/words.h"

enum { STORED = 1100, HEX = 2 * 64 + 1 };

json_t *value_time(uint64_t wall)
{
	char buffer[64];
	struct text out;

	if (wall == 0)
		return json_null();
	text_init(&out, buffer, sizeof(buffer));
	words_time(wall, &out);
	return json_string(buffer);
}

json_t *value_hex(const void *at, size_t len)
{
	const uint8_t *bytes = at;
	char buffer[HEX];
	struct text out;

	if (len == 0)
		return json_null();
	text_init(&out, buffer, sizeof(buffer));
	for (size_t i = 0; i < len; i++)
		text_put(&out, "%02x", bytes[i]);
	return json_string(buffer);
}

json_t *value_stored(const char *text)
{
	char buffer[STORED];
	struct text out;

	if (text == NULL)
		return json_null();
	text_init(&out, buffer, sizeof(buffer));
	words_put(text, &out);
	return json_string(buffer);
}

json_t *value_label(const char *text, size_t most)
{
	json_t *value = NULL;

	if (text != NULL && strnlen(text, most + 1) <= most)
		value = json_string(text);
	return value != NULL ? value : value_stored(text);
}

static int digit_of(char character)
{
	if (character >= '0' && character <= '9')
		return character - '0';
	if (character >= 'a' && character <= 'f')
		return character - 'a' + 10;
	return -1;
}

int value_read_hex(const json_t *value, uint8_t *at, size_t len)
{
	const char *text = json_string_value(value);

	if (text == NULL || json_string_length(value) != 2 * len)
		return ERROR_MALFORMED;
	for (size_t i = 0; i < len; i++) {
		int high = digit_of(text[2 * i]);
		int low = digit_of(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return ERROR_MALFORMED;
		at[i] = (uint8_t)(high << 4 | low);
	}
	return 0;
}

#else

/* An empty file is none (C11, 6.9). */
extern const int value_is_not_built;

#endif
