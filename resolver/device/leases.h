/*
 * leases: what a DHCP server has written down, as its file says.
 *
 *	dnsmasq		EXPIRY MAC ADDRESS NAME CLIENT-ID, a line each
 *	ISC dhcpd	lease ADDRESS { ... }, dhcpd.leases(5)
 *	Kea		the CSV of its memfile, DHCPv4 and DHCPv6
 *
 * Strict: a line or block that is not as it should be is passed over.  The
 * two latter are logs: of each address the last word counts, and it may say
 * that the lease is over.  Any bytes, any length; nothing is written to.
 */
#ifndef DEVICE_LEASES_H
#define DEVICE_LEASES_H

#include "base/bytes.h"
#include "device/found.h"

enum leases_form { LEASES_DNSMASQ, LEASES_ISC, LEASES_KEA };

/* By its first words; what is neither of the others is dnsmasq's. */
enum leases_form leases_guess(struct bytes text);

/* The leases that run at `now`, seconds since 1970, go to `founds`. */
void leases_read(struct bytes text, int64_t now, struct founds *founds);

/* The same for a text of one form; in leases_FORM.c. */
void leases_read_dnsmasq(struct bytes text, int64_t now,
			 struct founds *founds);
void leases_read_isc(struct bytes text, int64_t now, struct founds *founds);
void leases_read_kea(struct bytes text, int64_t now, struct founds *founds);

/* Puts it, or drops what was there when it `runs` no longer. */
void leases_note(struct founds *founds, const struct found *found, bool runs);

#endif
