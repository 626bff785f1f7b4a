/*
 * Nothing is copied but what base/ wants with a NUL behind it, and that is
 * short.
 */
#include "device/lines.h"

#include "base/address.h"
#include "base/mac.h"

bool lines_next(struct bytes *text, struct bytes *line)
{
	const uint8_t *end;

	if (text->len == 0)
		return false;
	end = memchr(text->at, '\n', text->len);
	*line = bytes_of(text->at, end != NULL ? (size_t)(end - text->at)
					       : text->len);
	*text = bytes_of(text->at + line->len + (end != NULL),
			 text->len - line->len - (end != NULL));
	if (line->len > 0 && line->at[line->len - 1] == '\r')
		line->len--;
	return true;
}

static bool is_blank(uint8_t byte)
{
	return byte == ' ' || byte == '\t';
}

bool lines_word(struct bytes *line, struct bytes *word)
{
	size_t from = 0, until;

	while (from < line->len && is_blank(line->at[from]))
		from++;
	until = from;
	while (until < line->len && !is_blank(line->at[until]))
		until++;
	if (from == until)
		return false;
	*word = bytes_of(line->at + from, until - from);
	*line = bytes_of(line->at + until, line->len - until);
	return true;
}

bool lines_equal(struct bytes word, const char *other)
{
	return word.len == strlen(other) &&
	       memcmp(word.at, other, word.len) == 0;
}

bool lines_number(struct bytes word, uint64_t *number)
{
	*number = 0;
	for (size_t i = 0; i < word.len; i++) {
		if (word.at[i] < '0' || word.at[i] > '9' || i >= 18)
			return false;
		*number = *number * 10 + (word.at[i] - '0');
	}
	return word.len > 0;
}

/* With a NUL; false: it is too long, or has one in it. */
static bool copy(struct bytes word, char *to, size_t room)
{
	if (word.len == 0 || word.len >= room ||
	    memchr(word.at, '\0', word.len) != NULL)
		return false;
	memcpy(to, word.at, word.len);
	to[word.len] = '\0';
	return true;
}

bool lines_address(struct bytes word, struct address *address)
{
	struct prefix prefix;
	char text[ADDRESS_TEXT];

	if (!copy(word, text, sizeof(text)) || strchr(text, '/') != NULL ||
	    prefix_parse(&prefix, text) < 0)
		return false;
	address_from_raw(address, prefix.at,
			 prefix.family == AF_INET ? 4 : 16, 0);
	return true;
}

bool lines_mac(struct bytes word, struct mac *mac)
{
	static const struct mac none;
	char text[MAC_TEXT];

	return copy(word, text, sizeof(text)) && mac_parse(mac, text) == 0 &&
	       !mac_equal(mac, &none) && (mac->at[0] & 1) == 0;
}
