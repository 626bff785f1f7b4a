/*
 * Once something was cut, nothing more is added: a text never has a hole in
 * its middle.
 */
#include "base/text.h"

#include <limits.h>
#include <stdio.h>

enum { WORD_MAX = 63 };

void text_init(struct text *text, char *at, size_t size)
{
	*text = (struct text){ .at = at, .size = size };
	if (size > 0)
		at[0] = '\0';
}

void text_put_list(struct text *text, const char *format, va_list args)
{
	size_t room = text->size - text->len;
	int len;

	if (text->cut)
		return;
	len = vsnprintf(room > 0 ? text->at + text->len : NULL, room, format,
			args);
	if (len >= 0 && (size_t)len < room) {
		text->len += (size_t)len;
		return;
	}
	text->cut = true;
	if (len < 0 && room > 0)
		text->at[text->len] = '\0';
	else if (room > 0)
		text->len = text->size - 1;
}

void text_put(struct text *text, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	text_put_list(text, format, args);
	va_end(args);
}

static bool is_harmless(uint8_t byte)
{
	return byte >= ' ' && byte < 0x7f && byte != '\\';
}

void text_put_line(struct text *text, struct bytes stranger)
{
	for (size_t i = 0; i < stranger.len && !text->cut; i++) {
		if (stranger.at[i] == '\\')
			text_put(text, "\\");
		else if (stranger.at[i] == '\t')
			text_put(text, " ");
		else
			text_put_hostile(text, bytes_of(&stranger.at[i], 1));
	}
}

void text_put_hostile(struct text *text, struct bytes stranger)
{
	char piece[5];
	size_t len;

	for (size_t i = 0; i < stranger.len && !text->cut; i++) {
		uint8_t byte = stranger.at[i];

		len = is_harmless(byte) ? 1 : 4;
		if (text->size - text->len <= len) {
			text->cut = true;
			return;
		}
		piece[0] = len == 1 ? (char)byte : '\\';
		piece[1] = (char)('0' + byte / 100);
		piece[2] = (char)('0' + byte / 10 % 10);
		piece[3] = (char)('0' + byte % 10);
		memcpy(text->at + text->len, piece, len);
		text->len += len;
		text->at[text->len] = '\0';
	}
}

static unsigned least(unsigned one, unsigned other)
{
	return one < other ? one : other;
}

/* row[i][j]: from the first i bytes of one to the first j of the other. */
static unsigned distance(struct bytes one, struct bytes other)
{
	unsigned row[WORD_MAX + 1][WORD_MAX + 1];

	for (unsigned i = 0; i <= one.len; i++)
		row[i][0] = i;
	for (unsigned j = 0; j <= other.len; j++)
		row[0][j] = j;
	for (unsigned i = 1; i <= one.len; i++) {
		for (unsigned j = 1; j <= other.len; j++) {
			uint8_t a = one.at[i - 1], b = other.at[j - 1];
			unsigned best = row[i - 1][j - 1] + (a != b);

			best = least(best, row[i - 1][j] + 1);
			best = least(best, row[i][j - 1] + 1);
			if (i > 1 && j > 1 && a == other.at[j - 2] &&
			    one.at[i - 2] == b)
				best = least(best, row[i - 2][j - 2] + 1);
			row[i][j] = best;
		}
	}
	return row[one.len][other.len];
}

unsigned text_distance(const char *one, const char *other)
{
	struct bytes a = bytes_of_string(one), b = bytes_of_string(other);

	if (a.len > WORD_MAX || b.len > WORD_MAX)
		return UINT_MAX;
	return distance(a, b);
}
