/*
 * svcb: SVCB and HTTPS records (RFC 9460), read in place.
 *
 * Reading checks all of a record: whole parameters, keys that rise, hints of
 * whole addresses.  Nothing allocates; what is given points into the message.
 */
#ifndef DNS_SVCB_H
#define DNS_SVCB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "dns/name.h"

struct record;

/* RFC 9460, section 14.3.2; RFC 9848. */
enum svcb_key {
	SVCB_MANDATORY = 0, SVCB_ALPN = 1, SVCB_NO_DEFAULT_ALPN = 2,
	SVCB_PORT = 3, SVCB_IPV4HINT = 4, SVCB_ECH = 5, SVCB_IPV6HINT = 6,
};

struct svcb {
	uint16_t priority;	/* 0: AliasMode */
	struct name target;	/* root: the owner itself; AliasMode: nothing */
	struct bytes params;	/* those that svcb_param has not given yet */
	struct bytes hints;	/* likewise, of svcb_hint */
	size_t hint_len;
};

struct svcb_param {
	uint16_t key;
	struct bytes value;
};

/* Is it a type of this shape? */
bool svcb_is(uint16_t type);

/* 0, or ERROR_MALFORMED.  `record` is of such a type and of this message. */
int svcb_read(struct svcb *svcb, struct bytes message,
	      const struct record *record);

/* The next parameter; false: that was the last. */
bool svcb_param(struct svcb *svcb, struct svcb_param *param);

/*
 * The next address, 4 or 16 bytes, of ipv4hint and ipv6hint; false: that was
 * the last.  Goes through the parameters: not together with svcb_param.
 */
bool svcb_hint(struct svcb *svcb, struct bytes *raw);

/*
 * Takes `ech` out of a record of a whole message: the parameter, and its key
 * out of `mandatory`.  What follows moves up, and names that are compressed
 * still lead where they led (dns/cut.h).  Returns the message's new length:
 * `len` when the record has no `ech`.  ERROR_MALFORMED: the record or the
 * message is damaged or odd, and nothing was changed.
 *
 * The records that follow stand elsewhere then; `record` is no longer true.
 */
int svcb_strip_ech(uint8_t *message, size_t len, const struct record *record);

#endif
