/*
 * trigger: owners of a response policy zone that are no names: addresses,
 * clients and name servers (draft-vixie-dnsop-dns-rpz, section 4).
 *
 *	24.0.2.0.192.rpz-ip		192.0.2.0/24 in an answer
 *	32.zz.db8.2001.rpz-client-ip	2001:db8::/32 asks
 *	ns.example.rpz-nsdname		a name server
 */
#ifndef SUBSCRIBE_TRIGGER_H
#define SUBSCRIBE_TRIGGER_H

#include "policy/rule.h"

struct trigger {
	unsigned scope;			/* enum rule_scope */
	struct prefix prefix;		/* ADDRESS, CLIENT, NSIP */
};

bool trigger_is(struct bytes owner);

/* NULL with the name of NSDNAME in *name, or why it is none. */
const char *trigger_read(struct trigger *trigger, struct bytes owner,
			 struct name *name);

#endif
