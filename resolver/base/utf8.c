/*
 * A character is decoded in full before anything is thought of it: what is
 * longer than it need be, cut off or out of range is none.
 */
#include "base/utf8.h"

#include "base/text.h"

struct character {
	uint32_t code;
	size_t len;		/* 0: it is none */
};

/* How many bytes the first one announces, and the least that needs them. */
static size_t announced(uint8_t first, uint32_t *bits, uint32_t *least)
{
	if (first < 0x80) {
		*bits = first;
		*least = 0;
		return 1;
	}
	if (first >= 0xc2 && first < 0xe0) {
		*bits = first & 0x1f;
		*least = 0x80;
		return 2;
	}
	if (first >= 0xe0 && first < 0xf0) {
		*bits = first & 0x0f;
		*least = 0x800;
		return 3;
	}
	*bits = first & 0x07;
	*least = 0x10000;
	return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

static struct character decode(struct bytes text)
{
	uint32_t code, least;
	size_t len = announced(text.at[0], &code, &least);

	if (len == 0 || len > text.len)
		return (struct character){ 0 };
	for (size_t i = 1; i < len; i++) {
		if ((text.at[i] & 0xc0) != 0x80)
			return (struct character){ 0 };
		code = code << 6 | (text.at[i] & 0x3f);
	}
	if (code < least || code > 0x10ffff)
		return (struct character){ 0 };
	return (struct character){ code, len };
}

static bool is_plain(uint32_t code)
{
	/* First and last of what is not shown as it is. */
	static const uint32_t hidden[][2] = {
		{ 0x00, 0x1f }, { 0x7f, 0x9f }, { 0xad, 0xad },
		{ 0x034f, 0x034f }, { 0x061c, 0x061c }, { 0x115f, 0x1160 },
		{ 0x17b4, 0x17b5 }, { 0x180b, 0x180f }, { 0x200b, 0x200f },
		{ 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0x3164, 0x3164 },
		{ 0xd800, 0xf8ff }, { 0xfdd0, 0xfdef }, { 0xfe00, 0xfe0f },
		{ 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 }, { 0xfff0, 0xffff },
		{ 0xe0000, 0x10ffff },
	};

	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		if (code >= hidden[i][0] && code <= hidden[i][1])
			return false;
	return (code & 0xfffe) != 0xfffe;
}

bool utf8_is_plain(struct bytes text)
{
	while (text.len > 0) {
		struct character next = decode(text);

		if (next.len == 0 || !is_plain(next.code))
			return false;
		text = bytes_of(text.at + next.len, text.len - next.len);
	}
	return true;
}

/* ASCII has its own rules; the escape stands for one byte. */
static size_t plain_len(struct bytes text)
{
	struct character next = decode(text);

	return next.len > 1 && is_plain(next.code) ? next.len : 0;
}

void utf8_put_hostile(struct text *out, struct bytes stranger)
{
	while (stranger.len > 0 && !out->cut) {
		size_t len = plain_len(stranger);

		if (len == 0) {
			len = 1;
			text_put_hostile(out, bytes_of(stranger.at, 1));
		} else if (out->size - out->len <= len) {
			out->cut = true;
		} else {
			text_put(out, "%.*s", (int)len,
				 (const char *)stranger.at);
		}
		stranger = bytes_of(stranger.at + len, stranger.len - len);
	}
}

size_t utf8_width(struct bytes plain)
{
	size_t width = 0;

	for (size_t i = 0; i < plain.len; i++)
		width += (plain.at[i] & 0xc0) != 0x80;
	return width;
}

size_t utf8_fit(struct bytes plain, size_t width)
{
	size_t i = 0;

	for (; i < plain.len; i++)
		if ((plain.at[i] & 0xc0) != 0x80 && width-- == 0)
			break;
	return i;
}
