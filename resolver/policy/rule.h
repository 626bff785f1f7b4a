/*
 * rule: one rule, as one line of a list says it.
 *
 * What the readers of formats (subscribe/) give and build takes.  Everything
 * points into the list's text or the reader's own memory and is gone with the
 * next rule.
 */
#ifndef POLICY_RULE_H
#define POLICY_RULE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"
#include "base/bytes.h"
#include "dns/name.h"

enum rule_effect {
	RULE_BLOCK,	/* what the list's action says, or `answer` */
	RULE_ALLOW,	/* @@, rpz-passthru: of all lists */
	RULE_PASS,	/* dnsmasq '#', transparent: this list is silent */
	RULE_REWRITE,	/* answered with `answer` */
	RULE_FORWARD,	/* dnsmasq server=/x/192.0.2.1: is not for us */
};

enum rule_scope {
	RULE_EXACT,		/* `name` alone */
	RULE_SUBTREE,		/* `name` and all below it */
	RULE_BELOW,		/* all below `name`, not itself */
	RULE_SUFFIX,		/* ends with `pattern`, label or not */
	RULE_PATTERN,		/* `pattern`: Adblock, with | || ^ * */
	RULE_GLOB,		/* `pattern`: * ? [a-z], of the whole name */
	RULE_REGEX,		/* `pattern`: PCRE2, anywhere in the name */
	RULE_ADDRESS,		/* an address of the answer in `prefix` */
	RULE_CLIENT,		/* who asks is in `prefix` (rpz-client-ip) */
	RULE_NSIP,		/* rpz-nsip: a forwarder cannot know */
	RULE_NSDNAME,		/* rpz-nsdname, likewise; `name` */
	RULE_NSDNAME_BELOW,
};

/* What else must be so; the value as it stands in the list, len 0: none. */
enum rule_condition {
	RULE_WHO,		/* client=  */
	RULE_CTAG,		/* ctag= */
	RULE_DENYALLOW,		/* denyallow= */
	RULE_DNSTYPE,		/* dnstype= */
	RULE_DNSREWRITE,	/* dnsrewrite= of an exception; "" means any */
	RULE_QUERYTYPE,		/* querytype= (Pi-hole) */
	RULE_SCHEDULE,		/* @name (dnscrypt-proxy) */
	RULE_CONDITIONS
};

struct rule {
	uint8_t effect, scope;
	bool important;		/* $important */
	bool bad;		/* $badfilter: takes back the rule it else is */
	bool invert;		/* ;invert (Pi-hole) */
	bool outside;		/* stands outside of its own zone (RPZ) */
	bool implied;		/* no line says so: RFC 4592 does (RPZ) */
	bool has[RULE_CONDITIONS];
	uint32_t line;		/* from 1 */
	struct name name;	/* EXACT, SUBTREE, BELOW, NSDNAME */
	struct bytes pattern;	/* SUFFIX, PATTERN, GLOB, REGEX */
	struct prefix prefix;	/* ADDRESS, CLIENT, NSIP */
	/*
	 * The answer, where the list states one: "" (as the list's action),
	 * "null", "loopback", "nxdomain", "nodata", "refused", "drop",
	 * "tcp-only", "A 192.0.2.1", "AAAA 2001:db8::1", "CNAME x", "TYPE
	 * RDATA", "dnsrewrite VALUE" (Adblock), "reply VALUE" (Pi-hole).
	 */
	struct bytes answer;
	/*
	 * The list's own word, where it is no answer: "passthru",
	 * "standard-servers", a type of zone ("transparent"), "local-zone",
	 * the servers of RULE_FORWARD.  For people and dumps.
	 */
	struct bytes word;
	struct bytes condition[RULE_CONDITIONS];
	struct bytes text;	/* the line, without white space around it */
};

/* Nothing but "block this name": the most of nearly every list. */
static inline bool rule_is_plain(const struct rule *rule)
{
	if (rule->effect != RULE_BLOCK || rule->scope > RULE_BELOW ||
	    rule->important || rule->bad || rule->invert || rule->answer.len)
		return false;
	for (unsigned i = 0; i < RULE_CONDITIONS; i++)
		if (rule->has[i])
			return false;
	return true;
}

#endif
