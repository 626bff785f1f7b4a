/*
 * probe: does asking this server come back to us?
 *
 * A question for a name nobody else knows is sent to the server; if the same
 * name is ever asked of us, there is a circle: we ask the router, and the
 * router asks us.  dnsmasq's --dns-loop-detect does the same.  Main thread.
 */
#ifndef UPSTREAM_PROBE_H
#define UPSTREAM_PROBE_H

#include <stdint.h>

#include "base/address.h"
#include "dns/name.h"

/* "<16 random hex digits>.homebound-loop.test" (RFC 6761, section 6.2). */
void probe_draw(struct name *name);

/*
 * Asks `server` for "<number>.<name>", once, and does not wait.  Only servers
 * of the household are asked (loopback, private and link-local addresses): a
 * server of the Internet cannot ask us back, and need not know.
 */
void probe_send(const struct name *name, unsigned number,
		const struct address *server);

/* The number of a probe that came back, or ERROR_MALFORMED. */
int probe_number(const struct name *asked);

#endif
