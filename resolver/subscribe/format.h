/*
 * format: reading the text of a list, whatever it is written in.
 *
 * Hostile text: any bytes, any length, mapped or not.  It is read once, front
 * to back, and nothing of it is copied but single words; only text in UTF-16,
 * and names that a format needs again at the end (Unbound's local-data, the
 * owners of a response policy zone), take memory.  What is not a rule is
 * counted and named, never guessed at.
 */
#ifndef SUBSCRIBE_FORMAT_H
#define SUBSCRIBE_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "policy/rule.h"

enum list_format {
	LIST_FORMAT_AUTO,	/* what the text looks like */
	LIST_FORMAT_DOMAINS,	/* a name a line */
	LIST_FORMAT_HOSTS,	/* hosts(5): every name exact */
	LIST_FORMAT_WILDCARD,	/* *.example.com: it and all below it */
	LIST_FORMAT_ADBLOCK,	/* the DNS part of AdGuard's syntax */
	LIST_FORMAT_LIST,	/* any of these, line by line */
	LIST_FORMAT_DNSMASQ,	/* dnsmasq(8): address=, server=, local= */
	LIST_FORMAT_UNBOUND,	/* unbound.conf(5): local-zone, local-data */
	LIST_FORMAT_RPZ,	/* a response policy zone, RFC 1035 text */
	LIST_FORMAT_REGEX,	/* Pi-hole: a regular expression a line */
	LIST_FORMAT_DNSCRYPT,	/* dnscrypt-proxy: names with * ? [ */
	LIST_FORMAT_BIND,	/* named.conf(5): zone "example.com" { ... } */
	LIST_FORMATS
};

/* What a plain name means in the first five. */
enum list_subdomains {
	LIST_SUBDOMAINS_AUTO,	/* the list's own header, else exact */
	LIST_SUBDOMAINS_YES,
	LIST_SUBDOMAINS_NO,
};

/* "auto", "domains", ... or ERROR_MALFORMED; and back. */
int format_parse(const char *word);
const char *format_words(unsigned format);

/* Of its rules the most specific one alone counts: dnsmasq, unbound, rpz. */
bool format_is_nearest(unsigned format);

/*
 * What a reader calls: `rule` for each rule (a negative number ends the
 * reading), `skipped` (or NULL) for what is none, with static words for why
 * and the line, without white space around it.
 */
struct format_sink {
	int (*rule)(void *context, const struct rule *rule);
	void (*skipped)(void *context, const char *reason, uint32_t line,
			struct bytes text);
	void *context;
};

struct format_counts {
	uint64_t lines;
	uint64_t rules;		/* implied ones not counted */
	uint64_t rejected;	/* lines, or names in a line, that are none */
	uint32_t first_rejected;	/* line number; 0: none */
	uint64_t ignored;	/* localhost and its like: never a rule */
	uint64_t bad;		/* $badfilter */
	uint64_t outside;	/* owners outside of their zone */
	unsigned format;	/* as it was read; enum list_format */
	bool subdomains;	/* plain names were read with what is below */
};

/* What is read, and how. */
struct format_source {
	unsigned format;	/* enum list_format */
	unsigned subdomains;	/* enum list_subdomains */
	struct bytes text;
};

/* 0; what `rule` gave; or -ENOMEM. */
int format_read(const struct format_source *source,
		const struct format_sink *sink, struct format_counts *counts);

/* What AUTO becomes; the text's own word on subdomains. */
unsigned format_guess(struct bytes text);
bool format_says_subdomains(struct bytes text);

/* HTML, a NUL, or nothing in it: words for why it is no list, or NULL. */
const char *format_distrust(struct bytes text);

#endif
