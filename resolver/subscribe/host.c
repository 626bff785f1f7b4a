/*
 * One walk over a word makes the wire form: every byte through a table into
 * lower case, every dot into the length of the label before it.
 *
 *	word    W w w . e x a m p l e
 *	wire  3 w w w 7 e x a m p l e 0
 */
#include "subscribe/host.h"

#include <arpa/inet.h>
#include <stdio.h>

#include "subscribe/idn.h"
#include "subscribe/line.h"

enum { LABEL_MAX = 63, TEXT_MAX = NAME_MAX_WIRE - 2 };

/* Small letters of what can stand in a name; 0: cannot. */
static const uint8_t small[256] = {
	['-'] = '-', ['.'] = '.', ['0'] = '0', ['1'] = '1', ['2'] = '2',
	['3'] = '3', ['4'] = '4', ['5'] = '5', ['6'] = '6', ['7'] = '7',
	['8'] = '8', ['9'] = '9', ['_'] = '_',
	['A'] = 'a', ['B'] = 'b', ['C'] = 'c', ['D'] = 'd', ['E'] = 'e',
	['F'] = 'f', ['G'] = 'g', ['H'] = 'h', ['I'] = 'i', ['J'] = 'j',
	['K'] = 'k', ['L'] = 'l', ['M'] = 'm', ['N'] = 'n', ['O'] = 'o',
	['P'] = 'p', ['Q'] = 'q', ['R'] = 'r', ['S'] = 's', ['T'] = 't',
	['U'] = 'u', ['V'] = 'v', ['W'] = 'w', ['X'] = 'x', ['Y'] = 'y',
	['Z'] = 'z',
	['a'] = 'a', ['b'] = 'b', ['c'] = 'c', ['d'] = 'd', ['e'] = 'e',
	['f'] = 'f', ['g'] = 'g', ['h'] = 'h', ['i'] = 'i', ['j'] = 'j',
	['k'] = 'k', ['l'] = 'l', ['m'] = 'm', ['n'] = 'n', ['o'] = 'o',
	['p'] = 'p', ['q'] = 'q', ['r'] = 'r', ['s'] = 's', ['t'] = 't',
	['u'] = 'u', ['v'] = 'v', ['w'] = 'w', ['x'] = 'x', ['y'] = 'y',
	['z'] = 'z',
};

static const char *const local_names[] = {
	"localhost", "localhost.localdomain", "local", "broadcasthost",
	"ip6-localhost", "ip6-loopback", "ip6-localnet", "ip6-mcastprefix",
	"ip6-allnodes", "ip6-allrouters", "ip6-allhosts", "lo0",
	"localhost4", "localhost6", "localhost4.localdomain4",
	"localhost6.localdomain6",
};

/* --- names --- */

static const char *fault_of(struct bytes word)
{
	struct prefix address;

	for (size_t i = 0; i < word.len; i++)
		if (small[word.at[i]] == 0)
			return "a character that no name has";
	if (host_address(&address, word))
		return "an address, not a name";
	for (size_t i = 0, start = 0; i <= word.len; i++) {
		if (i < word.len && word.at[i] != '.')
			continue;
		if (i == start)
			return "a dot too many";
		if (i - start > LABEL_MAX)
			return "a label of over 63 characters";
		start = i + 1;
	}
	return word.len > TEXT_MAX ? "a name of over 253 characters"
				   : "the last label is a number";
}

static bool ends_in_number(const struct name *name)
{
	const uint8_t *label = name->wire + name->label[name->labels - 1];

	return line_is_digits(bytes_of(label + 1, label[0]));
}

/* False: it is none, for whatever reason. */
static bool spell(struct name *name, struct bytes word)
{
	uint8_t *wire = name->wire;
	size_t start = 0, i;
	unsigned labels = 0;

	if (word.len == 0 || word.len > TEXT_MAX)
		return false;
	for (i = 0; i < word.len; i++) {
		uint8_t byte = small[word.at[i]];

		if (byte == 0)
			return false;
		wire[i + 1] = byte;
		if (byte != '.')
			continue;
		if (i == start || i - start > LABEL_MAX)
			return false;
		wire[start] = (uint8_t)(i - start);
		name->label[labels++] = (uint8_t)start;
		start = i + 1;
	}
	if (i == start || i - start > LABEL_MAX)
		return false;
	wire[start] = (uint8_t)(i - start);
	name->label[labels++] = (uint8_t)start;
	wire[i + 1] = 0;
	name->len = (uint8_t)(i + 2);
	name->labels = (uint8_t)labels;
	return !line_is_digit(wire[start + 1]) || !ends_in_number(name);
}

static struct bytes without_dot(struct bytes word)
{
	if (word.len > 1 && word.at[word.len - 1] == '.')
		word.len--;
	return word;
}

/* Letters outside of ASCII; what comes of them may be no host's either. */
static const char *foreign(struct name *name, struct bytes word)
{
	uint8_t ascii[IDN_ROOM];
	struct bytes mapped = bytes_of(ascii, 0);
	const char *why = idn_name(word, ascii, &mapped.len);

	if (why)
		return why;
	mapped = without_dot(mapped);
	return spell(name, mapped) ? NULL : fault_of(mapped);
}

const char *host_parse(struct name *name, struct bytes word, bool single)
{
	const char *why = NULL;

	word = without_dot(word);
	if (word.len == 0)
		return "no name where one should be";
	if (!spell(name, word))
		why = line_marks(word) & LINE_HIGH ? foreign(name, word)
						   : fault_of(word);
	if (!why && name->labels == 1 && !single)
		why = "a single label, which would be a whole "
		      "top-level domain";
	return why;
}

static bool is_letter(uint8_t byte)
{
	return small[byte] >= 'a';
}

/* a-z from two on, or xn-- and four more. */
static bool is_strict_top(struct bytes label)
{
	if (line_begins(label, "xn--"))
		return label.len >= 8;
	for (size_t i = 0; i < label.len; i++)
		if (!is_letter(label.at[i]))
			return false;
	return label.len >= 2;
}

bool host_is_strict(struct bytes word)
{
	struct bytes label = { 0 };

	if (word.len > TEXT_MAX || line_last(word) == '.')
		return false;
	while (word.len > 0) {
		label = line_part(&word, '.');
		if (label.len == 0 || label.len > LABEL_MAX ||
		    label.at[0] == '-' || line_last(label) == '-')
			return false;
		for (size_t i = 0; i < label.len; i++)
			if (small[label.at[i]] == 0 || label.at[i] == '_')
				return false;
	}
	return is_strict_top(label);
}

bool host_is_local(struct bytes word)
{
	while (word.len && word.at[word.len - 1] == '.')
		word.len--;
	switch (small[line_at(word, 0)]) {
	case 'b':
	case 'i':
	case 'l':
		break;
	default:
		return false;
	}
	for (size_t i = 0; i < sizeof(local_names) / sizeof(*local_names); i++)
		if (line_is(word, local_names[i]))
			return true;
	return false;
}

/* --- addresses --- */

/* How many bytes at the front are an IPv4 address; 0: none is. */
static size_t spell_four(uint8_t at[4], struct bytes word)
{
	size_t i = 0;

	for (unsigned part = 0; part < 4; part++) {
		unsigned value = 0, digits = 0;

		if (part > 0 && line_at(word, i++) != '.')
			return 0;
		for (; digits < 4 && line_is_digit(line_at(word, i)); i++) {
			value = value * 10 + word.at[i] - '0';
			digits++;
		}
		if (digits == 0 || value > 255 ||
		    (digits > 1 && word.at[i - digits] == '0'))
			return 0;
		at[part] = (uint8_t)value;
	}
	return i;
}

static bool spell_six(uint8_t at[16], struct bytes word)
{
	char text[INET6_ADDRSTRLEN];

	if (word.len >= sizeof(text) || !line_has(word, ':') ||
	    line_has(word, '\0'))
		return false;
	memcpy(text, word.at, word.len);
	text[word.len] = '\0';
	return inet_pton(AF_INET6, text, at) == 1;
}

bool host_address(struct prefix *address, struct bytes word)
{
	struct bytes scope = word;

	*address = (struct prefix){ .family = AF_INET, .bits = 32 };
	if (word.len == 1 && word.at[0] == '0')
		return true;
	word = line_part(&scope, '%');
	if (word.len > 0 && spell_four(address->at, word) == word.len)
		return true;
	*address = (struct prefix){ .family = AF_INET6, .bits = 128 };
	return spell_six(address->at, word);
}

static void clear_behind(struct prefix *prefix)
{
	for (unsigned i = 0; i < sizeof(prefix->at); i++) {
		unsigned keep = prefix->bits > 8 * i ? prefix->bits - 8 * i
						     : 0;

		if (keep < 8)
			prefix->at[i] &= (uint8_t)(0xff00 >> keep);
	}
}

bool host_prefix(struct prefix *prefix, struct bytes word)
{
	struct bytes bits = word, host = line_part(&bits, '/');
	unsigned value = 0;

	if (host.len < 2 || line_has(host, '%') ||
	    !host_address(prefix, host))
		return false;
	if (host.len == word.len)
		return true;
	if (!line_is_digits(bits) || bits.len > 3)
		return false;
	for (size_t i = 0; i < bits.len; i++)
		value = value * 10 + bits.at[i] - '0';
	if (value > prefix->bits)
		return false;
	prefix->bits = (uint8_t)value;
	clear_behind(prefix);
	return true;
}

bool host_resembles_address(struct bytes word)
{
	for (unsigned part = 0; part < 4; part++) {
		size_t digits = 0;

		while (line_is_digit(line_at(word, digits)))
			digits++;
		if (digits == 0 || digits > 3)
			return false;
		word = line_skip(word, digits);
		if (part == 3)
			break;
		if (line_at(word, 0) != '.')
			return false;
		word = line_skip(word, 1);
	}
	return line_span(word, "/:-") == 0;
}

const char *host_meaning(const struct prefix *address)
{
	static const uint8_t nothing[16];
	size_t len = address->family == AF_INET ? 4 : 16;

	if (memcmp(address->at, nothing, len) == 0)
		return "null";
	if (len == 4)
		return address->at[0] == 127 ? "loopback" : NULL;
	return memcmp(address->at, nothing, 15) == 0 && address->at[15] == 1
		? "loopback" : NULL;
}

struct bytes host_answer(const struct prefix *address,
			 char answer[HOST_ANSWER])
{
	char host[INET6_ADDRSTRLEN];
	const char *type = address->family == AF_INET ? "A" : "AAAA";
	int len;

	if (inet_ntop(address->family, address->at, host, sizeof(host)) == NULL)
		return bytes_of(answer, 0);
	len = snprintf(answer, HOST_ANSWER, "%s %s", type, host);
	return bytes_of(answer, (size_t)len);
}
