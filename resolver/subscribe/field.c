/*
 * Digits and nothing else: no sign, no white space, as strtoull(3) and
 * sscanf(3) would have it.
 */
#include "subscribe/field.h"

#include <string.h>

#include "base/sha256.h"

static const char digits[] = "0123456789abcdef";

/* Behind a word comes the end or a space, which goes with it. */
static bool take(const char **line, const char *end)
{
	if (*end != ' ' && *end != '\0')
		return false;
	*line = *end == ' ' ? end + 1 : end;
	return true;
}

bool field_number(const char **line, uint64_t *value)
{
	const char *at = *line;
	uint64_t number = 0;

	for (; *at >= '0' && *at <= '9'; at++) {
		if (number > (UINT64_MAX - 9) / 10)
			return false;
		number = number * 10 + (uint64_t)(*at - '0');
	}
	if (at == *line || !take(line, at))
		return false;
	*value = number;
	return true;
}

static int digit_value(char digit)
{
	const char *found;

	if (digit >= 'A' && digit <= 'F')
		digit = (char)(digit - 'A' + 'a');
	found = digit != '\0' ? strchr(digits, digit) : NULL;
	return found != NULL ? (int)(found - digits) : -1;
}

bool field_digest(const char **line, uint8_t digest[32])
{
	uint8_t read[SHA256_SIZE];
	const char *at = *line;

	for (unsigned i = 0; i < SHA256_SIZE; i++, at += 2) {
		int high = digit_value(at[0]);
		int low = high < 0 ? -1 : digit_value(at[1]);

		if (low < 0)
			return false;
		read[i] = (uint8_t)(high << 4 | low);
	}
	if (!take(line, at))
		return false;
	memcpy(digest, read, sizeof(read));
	return true;
}

const char *field_digest_words(const uint8_t digest[32],
			       char words[FIELD_DIGEST])
{
	for (unsigned i = 0; i < SHA256_SIZE; i++) {
		words[2 * i] = digits[digest[i] >> 4];
		words[2 * i + 1] = digits[digest[i] & 15];
	}
	words[FIELD_DIGEST - 1] = '\0';
	return words;
}
