/*
 * address: an IPv4 or IPv6 address with its port, as the kernel takes it;
 * prefix: the addresses that share their first bits.
 *
 * The union is the kernel's own, so that nothing is converted on the way of a
 * query.  Sockets are never dual-stack here: an IPv4 client is AF_INET.
 */
#ifndef BASE_ADDRESS_H
#define BASE_ADDRESS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

struct text;

struct address {
	union {
		sa_family_t family;	/* AF_INET, AF_INET6; 0: none */
		struct sockaddr any;
		struct sockaddr_in in4;
		struct sockaddr_in6 in6;
	};
};

struct prefix {
	uint8_t family;			/* AF_INET or AF_INET6 */
	uint8_t bits;
	uint8_t at[16];			/* bits after the first `bits` are 0 */
};

/* Some addresses that somebody else owns. */
struct addresses {
	const struct address *at;
	unsigned count;
};

/* With brackets, port and scope: room for any address_print, NUL included. */
enum { ADDRESS_TEXT = 80 };

/* The length that bind, connect and sendto want; 0 for no address. */
socklen_t address_size(const struct address *address);

/* 4 or 16 bytes, in network order; NULL and 0 for no address. */
const uint8_t *address_raw(const struct address *address, size_t *len);

uint16_t address_port(const struct address *address);
void address_set_port(struct address *address, uint16_t port);
void address_from_raw(struct address *address, const uint8_t *raw, size_t len,
		      uint16_t port);

/*
 * "192.0.2.1", "192.0.2.1:53", "2001:db8::1", "[2001:db8::1]:53",
 * "fe80::1%eth0", "[fe80::1%eth0]:53".  Without a port it gets `port`.
 * 0 or ERROR_MALFORMED.
 */
int address_parse(struct address *address, const char *text, uint16_t port);

/* As address_parse reads it; the port is left out when it is `usual`. */
void address_print(const struct address *address, uint16_t usual,
		   struct text *out);

/* The same into a buffer of its own; returns it. */
const char *address_words(const struct address *address, uint16_t usual,
			  char words[ADDRESS_TEXT]);

bool address_equal(const struct address *one, const struct address *other);
bool address_equal_host(const struct address *one,
			const struct address *other);
bool address_is_loopback(const struct address *address);
bool address_is_wildcard(const struct address *address);

/*
 * Of a household, never of the Internet: loopback, private, shared and
 * link-local (RFC 1918, 3927, 4193, 4291, 6598).
 */
bool address_is_private(const struct address *address);

/* "192.168.0.0/16", "fd00::/8", or an address.  0 or ERROR_MALFORMED. */
int prefix_parse(struct prefix *prefix, const char *text);
void prefix_print(const struct prefix *prefix, struct text *out);
bool prefix_holds(const struct prefix *prefix, const struct address *address);

#endif
