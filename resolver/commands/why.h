/*
 * why: what the parts of `homebound why` share: why.c asks and tells what
 * comes of it, why_rules.c tells of every rule that matched.
 */
#ifndef COMMANDS_WHY_H
#define COMMANDS_WHY_H

#include "commands/commands.h"
#include "dns/rdata.h"
#include "policy/matcher.h"
#include "policy/policy.h"
#include "subscribe/resolve.h"
#include "upstream/system.h"

enum { WHY_RULES = 256, WHY_ANSWER = 4096 };

/* A rule that matched, kept with what it points to. */
struct why_rule {
	struct policy_witness witness;
	struct image_rule rule;
	struct matcher_rule pattern;
};

struct why {
	const struct settings *settings;
	struct policy *policy;
	struct address servers[UPSTREAM_SERVERS];
	struct addresses upstreams;
	struct name name;
	struct address client;		/* or none */
	bool both;			/* A and AAAA */
	struct policy_question question;
	struct verdict verdict;
	struct why_rule rules[WHY_RULES];
	unsigned count, more;
};

/*
 * The policy as the daemon has it, by why->settings and the time in
 * why->question.now; false, and said, when it cannot be had.  In any case
 * why_close.
 */
bool why_open(struct why *why);

/* The same, with another image than the daemon's; it is taken. */
bool why_open_image(struct why *why, struct image *image);

void why_close(struct why *why);

/* Judges, and keeps every rule that had something to do with it. */
void why_listen(struct why *why);

void why_print_rules(const struct why *why);

/* The line of a rule as it can be shown; returns `shown`. */
const char *why_line(const struct why *why, const struct why_rule *rule,
		     char shown[COMMANDS_LINE]);

#endif
