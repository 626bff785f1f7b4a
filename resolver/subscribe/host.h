/*
 * host: the names and addresses that lists have, in the alphabet of hosts.
 *
 * Pure functions over a word.  A name comes out in lower case and, if it was
 * written with letters outside of ASCII, as its A-labels (RFC 5890).
 */
#ifndef SUBSCRIBE_HOST_H
#define SUBSCRIBE_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"
#include "base/bytes.h"
#include "dns/name.h"

/*
 * Letters, digits, - and _ anywhere in a label, a last label that is not a
 * number, at most one dot at the end; `single`: one label will do.  NULL, or
 * static words for why it is no name.
 */
const char *host_parse(struct name *name, struct bytes word, bool single);

/* As a resolver for people has it: LDH, no - at an edge, a TLD of letters. */
bool host_is_strict(struct bytes word);

/* What every hosts(5) has for the machine itself: never a rule. */
bool host_is_local(struct bytes word);

/* "192.0.2.1", "2001:db8::1", "fe80::1%lo0", "0" (0.0.0.0): all its bits. */
bool host_address(struct prefix *address, struct bytes word);

/* The same with a length behind it, or none: "192.0.2.0/24". */
bool host_prefix(struct prefix *prefix, struct bytes word);

/* Does it begin as 192.0.2.1 does, and / : or - follows, or nothing? */
bool host_resembles_address(struct bytes word);

/*
 * What an address says as an answer: "null" (0.0.0.0, ::), "loopback"
 * (127.0.0.0/8, ::1), or NULL: itself.
 */
const char *host_meaning(const struct prefix *address);

/* "A 192.0.2.1", "AAAA 2001:db8::1". */
enum { HOST_ANSWER = 64 };
struct bytes host_answer(const struct prefix *address,
			 char answer[HOST_ANSWER]);

#endif
