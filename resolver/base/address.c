/*
 * Reading is strict: what inet_pton(3) does not take, a port that is not
 * plain digits and a scope where there can be none are refused, so that a
 * typing error in the configuration is not an address somewhere else.
 */
#include "base/address.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"

socklen_t address_size(const struct address *address)
{
	switch (address->family) {
	case AF_INET:
		return sizeof(address->in4);
	case AF_INET6:
		return sizeof(address->in6);
	default:
		return 0;
	}
}

const uint8_t *address_raw(const struct address *address, size_t *len)
{
	switch (address->family) {
	case AF_INET:
		*len = 4;
		return (const uint8_t *)&address->in4.sin_addr;
	case AF_INET6:
		*len = 16;
		return address->in6.sin6_addr.s6_addr;
	default:
		*len = 0;
		return NULL;
	}
}

uint16_t address_port(const struct address *address)
{
	switch (address->family) {
	case AF_INET:
		return ntohs(address->in4.sin_port);
	case AF_INET6:
		return ntohs(address->in6.sin6_port);
	default:
		return 0;
	}
}

void address_set_port(struct address *address, uint16_t port)
{
	if (address->family == AF_INET)
		address->in4.sin_port = htons(port);
	else if (address->family == AF_INET6)
		address->in6.sin6_port = htons(port);
}

void address_from_raw(struct address *address, const uint8_t *raw, size_t len,
		      uint16_t port)
{
	memset(address, 0, sizeof(*address));
	if (len == 4) {
		address->family = AF_INET;
		memcpy(&address->in4.sin_addr, raw, len);
	} else if (len == 16) {
		address->family = AF_INET6;
		memcpy(&address->in6.sin6_addr, raw, len);
	}
	address_set_port(address, port);
}

/* Digits and nothing else, at most `max`; or ERROR_MALFORMED. */
static int parse_number(const char *text, long max)
{
	long value = 0;

	if (*text == '\0')
		return ERROR_MALFORMED;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return ERROR_MALFORMED;
		value = value * 10 + (*text - '0');
		if (value > max)
			return ERROR_MALFORMED;
	}
	return (int)value;
}

static bool has_scope(const struct in6_addr *in6)
{
	return IN6_IS_ADDR_LINKLOCAL(in6) || IN6_IS_ADDR_MC_LINKLOCAL(in6);
}

static int parse_scope(struct address *address, const char *scope)
{
	unsigned index;
	int number;

	if (!has_scope(&address->in6.sin6_addr))
		return ERROR_MALFORMED;
	index = if_nametoindex(scope);
	if (index == 0) {
		number = parse_number(scope, 0x7fffffff);
		if (number <= 0)
			return ERROR_MALFORMED;
		index = (unsigned)number;
	}
	address->in6.sin6_scope_id = index;
	return 0;
}

static int parse_host(struct address *address, char *host)
{
	char *scope = strchr(host, '%');

	memset(address, 0, sizeof(*address));
	if (scope != NULL)
		*scope++ = '\0';
	if (inet_pton(AF_INET6, host, &address->in6.sin6_addr) == 1) {
		address->family = AF_INET6;
		return scope != NULL ? parse_scope(address, scope) : 0;
	}
	memset(address, 0, sizeof(*address));
	if (scope != NULL ||
	    inet_pton(AF_INET, host, &address->in4.sin_addr) != 1)
		return ERROR_MALFORMED;
	address->family = AF_INET;
	return 0;
}

/*
 * Parts the text in place: *host, and *port after its colon or NULL.  One
 * colon alone is a port, more than one without brackets an IPv6 address.
 */
static int split_port(char *text, char **host, char **port)
{
	char *end;

	*host = text;
	*port = NULL;
	if (text[0] == '[') {
		*host = text + 1;
		end = strchr(text, ']');
		if (end == NULL || (end[1] != '\0' && end[1] != ':'))
			return ERROR_MALFORMED;
		*end = '\0';
		if (end[1] == ':')
			*port = end + 2;
		return strchr(*host, ':') != NULL ? 0 : ERROR_MALFORMED;
	}
	end = strchr(text, ':');
	if (end != NULL && strchr(end + 1, ':') == NULL) {
		*end = '\0';
		*port = end + 1;
	}
	return 0;
}

int address_parse(struct address *address, const char *text, uint16_t port)
{
	char copy[ADDRESS_TEXT], *host, *digits;
	int number = port;

	if (strlen(text) >= sizeof(copy))
		return ERROR_MALFORMED;
	strcpy(copy, text);
	if (split_port(copy, &host, &digits) < 0)
		return ERROR_MALFORMED;
	if (digits != NULL)
		number = parse_number(digits, 65535);
	if (number < 0 || parse_host(address, host) < 0)
		return ERROR_MALFORMED;
	address_set_port(address, (uint16_t)number);
	return 0;
}

static void print_scope(uint32_t index, struct text *out)
{
	char name[IF_NAMESIZE];

	if (index == 0)
		return;
	if (if_indextoname(index, name) != NULL)
		text_put(out, "%%%s", name);
	else
		text_put(out, "%%%u", (unsigned)index);
}

void address_print(const struct address *address, uint16_t usual,
		   struct text *out)
{
	uint16_t port = address_port(address);
	char host[INET6_ADDRSTRLEN];
	const uint8_t *raw;
	size_t len;

	raw = address_raw(address, &len);
	if (raw == NULL) {
		text_put(out, "none");
		return;
	}
	inet_ntop(address->family, raw, host, sizeof(host));
	if (address->family == AF_INET) {
		text_put(out, "%s", host);
	} else {
		text_put(out, "%s%s", port != usual ? "[" : "", host);
		print_scope(address->in6.sin6_scope_id, out);
		text_put(out, "%s", port != usual ? "]" : "");
	}
	if (port != usual)
		text_put(out, ":%u", port);
}

bool address_equal(const struct address *one, const struct address *other)
{
	return address_port(one) == address_port(other) &&
	       address_equal_host(one, other);
}

const char *address_words(const struct address *address, uint16_t usual,
			  char words[ADDRESS_TEXT])
{
	struct text text;

	text_init(&text, words, ADDRESS_TEXT);
	address_print(address, usual, &text);
	return words;
}

bool address_equal_host(const struct address *one,
			const struct address *other)
{
	if (one->family != other->family)
		return false;
	switch (one->family) {
	case AF_INET:
		return one->in4.sin_addr.s_addr == other->in4.sin_addr.s_addr;
	case AF_INET6:
		return one->in6.sin6_scope_id == other->in6.sin6_scope_id &&
		       memcmp(&one->in6.sin6_addr, &other->in6.sin6_addr,
			      sizeof(one->in6.sin6_addr)) == 0;
	default:
		return true;
	}
}

bool address_is_loopback(const struct address *address)
{
	switch (address->family) {
	case AF_INET:
		return ntohl(address->in4.sin_addr.s_addr) >> 24 == 127;
	case AF_INET6:
		return IN6_IS_ADDR_LOOPBACK(&address->in6.sin6_addr);
	default:
		return false;
	}
}

bool address_is_wildcard(const struct address *address)
{
	switch (address->family) {
	case AF_INET:
		return address->in4.sin_addr.s_addr == htonl(INADDR_ANY);
	case AF_INET6:
		return IN6_IS_ADDR_UNSPECIFIED(&address->in6.sin6_addr);
	default:
		return false;
	}
}

static void clear_after(uint8_t *at, size_t len, unsigned bits)
{
	for (size_t i = 0; i < len; i++) {
		unsigned keep = bits > 8 * i ? bits - 8 * (unsigned)i : 0;

		if (keep < 8)
			at[i] &= (uint8_t)(0xff00 >> keep);
	}
}

int prefix_parse(struct prefix *prefix, const char *text)
{
	char host[INET6_ADDRSTRLEN];
	const char *slash = strchrnul(text, '/');
	size_t len = (size_t)(slash - text), raw_len;
	struct address address;
	const uint8_t *raw;
	int bits;

	if (len >= sizeof(host))
		return ERROR_MALFORMED;
	memcpy(host, text, len);
	host[len] = '\0';
	if (strchr(host, '%') != NULL || parse_host(&address, host) < 0)
		return ERROR_MALFORMED;
	raw = address_raw(&address, &raw_len);
	bits = (int)raw_len * 8;
	if (*slash == '/')
		bits = parse_number(slash + 1, bits);
	if (bits < 0)
		return ERROR_MALFORMED;
	*prefix = (struct prefix){ .family = (uint8_t)address.family,
				   .bits = (uint8_t)bits };
	memcpy(prefix->at, raw, raw_len);
	clear_after(prefix->at, raw_len, (unsigned)bits);
	return 0;
}

void prefix_print(const struct prefix *prefix, struct text *out)
{
	char host[INET6_ADDRSTRLEN];

	if (inet_ntop(prefix->family, prefix->at, host, sizeof(host)) == NULL)
		return;
	text_put(out, "%s", host);
	if (prefix->bits != (prefix->family == AF_INET ? 32 : 128))
		text_put(out, "/%u", prefix->bits);
}

bool prefix_holds(const struct prefix *prefix, const struct address *address)
{
	unsigned whole = prefix->bits / 8u, rest = prefix->bits % 8u;
	const uint8_t *raw;
	size_t len;

	if (address->family == 0 || address->family != prefix->family)
		return false;
	raw = address_raw(address, &len);
	if (raw == NULL || prefix->bits > len * 8)
		return false;
	if (memcmp(raw, prefix->at, whole) != 0)
		return false;
	return rest == 0 || (raw[whole] ^ prefix->at[whole]) >> (8 - rest) == 0;
}

bool address_is_private(const struct address *address)
{
	static const struct prefix household[] = {
		{ AF_INET, 8, { 127 } },
		{ AF_INET, 8, { 10 } },
		{ AF_INET, 12, { 172, 16 } },
		{ AF_INET, 16, { 192, 168 } },
		{ AF_INET, 10, { 100, 64 } },
		{ AF_INET, 16, { 169, 254 } },
		{ AF_INET6, 128, { [15] = 1 } },
		{ AF_INET6, 7, { 0xfc } },
		{ AF_INET6, 10, { 0xfe, 0x80 } },
	};

	for (size_t i = 0; i < sizeof(household) / sizeof(household[0]); i++)
		if (prefix_holds(&household[i], address))
			return true;
	return false;
}
