/*
 * list: a source of rules that the household follows, as the configuration
 * describes it.
 */
#ifndef SUBSCRIBE_LIST_H
#define SUBSCRIBE_LIST_H

#include <stdbool.h>
#include <stdint.h>

#include "policy/image.h"
#include "policy/schedule.h"

/* What format_parse knows (format.h), for those who show a choice. */
#define LIST_FORMAT_WORDS "auto|domains|hosts|wildcard|adblock|list|" \
	"dnsmasq|unbound|rpz|regex|dnscrypt|bind"

struct list_options {
	char name[IMAGE_LIST_NAME];
	char **sources;		/* files, folders, URLs */
	unsigned source_count;
	uint8_t format;		/* enum list_format */
	uint8_t subdomains;	/* enum list_subdomains */
	uint8_t action;		/* enum action; for the house, not here */
	bool enabled;
	char *key;		/* minisign, its public key; or NULL */
	char *sha256;		/* of the text, in hex; or NULL */
	uint64_t refresh;	/* seconds; 0: only when it is asked for */
	uint64_t limit;		/* bytes */
	unsigned keep;		/* versions */
	struct schedule times;	/* for the house */
	unsigned line;		/* of the configuration file; 0: added since */
};

void list_options_release(struct list_options *options);

/* "auto", "yes", "no": enum list_subdomains, or ERROR_MALFORMED. */
int list_subdomains_parse(const char *word);

#endif
