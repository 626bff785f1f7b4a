/*
 * policy: an image and a house, put together: the judge.
 *
 * Immutable; for any number of threads.  Neither judging nor inspecting
 * allocates, locks or waits.
 *
 * Precedence, the first that there is:
 *
 *	 1  a pause					paused
 *	 2  the household's own rules			allowed, sunk
 *	 3  $dnsrewrite, unless an exception takes it back  rewritten
 *	 4  an exception with $important		allowed
 *	 5  a rule with $important			sunk, rewritten
 *	 6  allow lists, and exceptions (@@)	allowed
 *	 7  lists that sink				sunk, rewritten
 *	 8  exceptions in lists that observe		passed
 *	 9  lists that observe				observed
 *
 * Within one of them: the rule of a name before patterns, addresses and
 * clients; the most labels; the very name before names with all below; a rule
 * that answers this type of question; then the order of lists, then of lines.
 */
#ifndef POLICY_POLICY_H
#define POLICY_POLICY_H

#include "base/address.h"
#include "base/bytes.h"
#include "dns/name.h"
#include "policy/house.h"
#include "policy/image.h"
#include "policy/verdict.h"

struct matcher_rule;
struct matcher_scratch;
struct own_rule;
struct policy;

/*
 * Takes both over; `image` may be NULL (no list was ever compiled).  NULL: no
 * memory, and both still the caller's.  A list that only the image knows has
 * no effect; one that only the house knows waits for the next compile.
 */
struct policy *policy_new(struct image *image, struct house *house);

/*
 * The same image with another house, which is taken over: what a person has
 * changed is at work without a compile.  Made and freed by one thread.  NULL:
 * no memory.
 */
struct policy *policy_follow(const struct policy *old, struct house *house);

/* Frees the house; the last that has the image closes it. */
void policy_free(struct policy *policy);

const struct image *policy_image(const struct policy *policy); /* or NULL */
const struct house *policy_house(const struct policy *policy);
uint32_t policy_serial(const struct policy *policy);	/* 0: no image */

/* Who asks for what and when. */
struct policy_question {
	const struct name *name;
	uint16_t type;
	uint16_t group;			/* house_group_of the client */
	const struct address *client;	/* NULL: not known */
	int64_t now;			/* seconds since 1970 */
	struct matcher_scratch *scratch;	/* of this thread */
};

void policy_judge(const struct policy *policy,
		  const struct policy_question *question,
		  struct verdict *verdict);

/*
 * Goes through an upstream answer to the question: aliases (CNAME, and DNAME
 * by the CNAME it brings) and targets of HTTPS and SVCB are judged each as if
 * they had been asked; addresses (A, AAAA, ipv4hint, ipv6hint) are looked up
 * among the rules of addresses.  True: *verdict is not VERDICT_PASS, and
 * *alias is the name that did it (len 0: an address did).  Not called for a
 * name that is allowed.  A damaged answer says nothing.
 */
bool policy_inspect(const struct policy *policy,
		    const struct policy_question *question,
		    struct bytes answer, struct verdict *verdict,
		    struct name *alias);

/*
 * For an answer that goes out to a client: takes `ech` (RFC 9848) out of HTTPS
 * and SVCB records whose owner, or the question's name, is one that policy
 * would answer here if it was asked for an address: who calls on a sink must
 * say by which name.  An answer that is changed loses AD.  In place; returns
 * its new length.  What is damaged or odd is left as it is.
 */
size_t policy_veil(const struct policy *policy,
		   const struct policy_question *question, uint8_t *answer,
		   size_t len);

/* Are there rules of addresses? */
bool policy_minds_addresses(const struct policy *policy);

/* Judges one address of an answer, 4 or 16 bytes. */
void policy_judge_address(const struct policy *policy,
			  const struct policy_question *question,
			  struct bytes raw, struct verdict *verdict);

/* What a matching rule would do here, now; ACTION_NONE: not in use. */
uint8_t policy_action(const struct policy *policy, unsigned group,
		      unsigned list);

/* --- for those who want to know why --- */

/* What became of a rule that matched. */
enum policy_fate {
	POLICY_HEARD,		/* it had a say; the verdict tells who won */
	POLICY_UNUSED,		/* the household has no such list */
	POLICY_OFF,		/* its list is off for this group now */
	POLICY_UNMET,		/* a condition of it does not hold */
	POLICY_HIDDEN,		/* its list has a more specific rule */
	POLICY_REVOKED,		/* a rewrite that an exception takes back */
};

/* One of them; of `rule` and `pattern` one is set. */
struct policy_witness {
	enum policy_fate fate;
	unsigned precedence;	/* as in the table above; POLICY_HEARD */
	struct verdict verdict;	/* what it would have been, had it won */
	const struct image_rule *rule;
	const struct matcher_rule *pattern;
	const struct own_rule *own;
};

/* As policy_judge, and tells of every rule that matched on the way. */
void policy_explain(const struct policy *policy,
		    const struct policy_question *question,
		    struct verdict *verdict,
		    void (*tell)(void *context,
				 const struct policy_witness *witness),
		    void *context);

#endif
