/*
 * libidn2 looks a label up as registries would: it refuses what nobody could
 * register today, symbols and emoji among them.  Lists name them, browsers
 * ask for them, so what it refuses goes into Punycode as it stands.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "subscribe/idn.h"

#ifdef HAVE_IDN2
#include <idn2.h>
#endif

#include "subscribe/line.h"
#include "subscribe/punycode.h"

struct output {
	uint8_t *at;
	size_t len;
};

static const char too_long[] = "a label of over 63 characters";

static bool put(struct output *out, const void *at, size_t len)
{
	if (len > IDN_ROOM - out->len)
		return false;
	memcpy(out->at + out->len, at, len);
	out->len += len;
	return true;
}

#ifdef HAVE_IDN2

enum { LABEL_ROOM = 256 };

static const char not_utf8[] = "not UTF-8";

bool idn_is_there(void)
{
	return true;
}

static const char *put_as_it_stands(struct output *out, struct bytes label)
{
	uint8_t encoded[PUNYCODE_ROOM];
	size_t len;

	if (!punycode_encode(label, encoded, &len))
		return not_utf8;
	return put(out, encoded, len) ? NULL : too_long;
}

static const char *put_label(struct output *out, struct bytes label)
{
	uint8_t text[LABEL_ROOM], *found = NULL;
	const char *why = NULL;
	int code;

	if (label.len >= sizeof(text))
		return too_long;
	if (line_has(label, '\0'))
		return not_utf8;
	memcpy(text, label.at, label.len);
	text[label.len] = '\0';
	code = idn2_lookup_u8(text, &found,
			      IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
	if (code == IDN2_ENCODING_ERROR)
		return not_utf8;
	if (code == IDN2_MALLOC)
		return "no memory";
	if (code != IDN2_OK)
		return put_as_it_stands(out, label);
	if (!put(out, found, strlen((char *)found)))
		why = too_long;
	idn2_free(found);
	return why;
}

#else

bool idn_is_there(void)
{
	return false;
}

static const char *put_label(struct output *out, struct bytes label)
{
	(void)out;
	(void)label;
	return "letters outside of ASCII (built without libidn2)";
}

#endif

/* The length of a dot of another script at the front, or 0. */
static size_t foreign_dot(struct bytes text)
{
	if (text.len < 3)
		return 0;
	return memcmp(text.at, "\xe3\x80\x82", 3) == 0 ||
	       memcmp(text.at, "\xef\xbc\x8e", 3) == 0 ||
	       memcmp(text.at, "\xef\xbd\xa1", 3) == 0 ? 3 : 0;
}

static const char *put_part(struct output *out, struct bytes part)
{
	if (line_marks(part) & LINE_HIGH)
		return put_label(out, part);
	return put(out, part.at, part.len) ? NULL : too_long;
}

const char *idn_parts(struct bytes text, const char *ends,
		      uint8_t ascii[IDN_ROOM], size_t *len)
{
	struct output out = { ascii, 0 };
	const char *why = NULL;
	size_t start = 0, at = 0;

	while (!why && at < text.len) {
		size_t dot = foreign_dot(line_skip(text, at));
		bool end = text.at[at] != 0 && strchr(ends, text.at[at]);

		if (dot == 0 && !end) {
			at++;
			continue;
		}
		why = put_part(&out, bytes_of(text.at + start, at - start));
		if (!why && !put(&out, dot ? (const void *)"." : text.at + at,
				 1))
			why = too_long;
		at += dot ? dot : 1;
		start = at;
	}
	if (!why)
		why = put_part(&out, bytes_of(text.at + start, at - start));
	*len = out.len;
	return why;
}

const char *idn_name(struct bytes name, uint8_t ascii[IDN_ROOM], size_t *len)
{
	return idn_parts(name, ".", ascii, len);
}
