/*
 * Three questions, of each link: does it stand where it says it does (its
 * number, and `sealed` over what was before it)?  Is its block as it was
 * sealed, or as the last redaction left it?  And do its figures make sense?
 * After a link that is wrong the walk goes on from what that link says, so
 * that one change is told once.
 */
#include "review/evidence_chain.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/sha256.h"
#include "base/text.h"

static uint8_t *put64(uint8_t *at, int64_t value)
{
	bytes_put32(at, (uint32_t)((uint64_t)value >> 32));
	bytes_put32(at + 4, (uint32_t)value);
	return at + 8;
}

void evidence_chain_seal(const uint8_t previous[EVIDENCE_HASH],
			 const struct evidence_link *link,
			 uint8_t sealed[EVIDENCE_HASH])
{
	const int64_t figures[] = {
		link->number, link->last, link->rows, link->from, link->until,
	};
	uint8_t all[2 * EVIDENCE_HASH + sizeof(figures)];
	uint8_t *at = all + 2 * EVIDENCE_HASH;

	memcpy(all, previous, EVIDENCE_HASH);
	memcpy(all + EVIDENCE_HASH, link->hash, EVIDENCE_HASH);
	for (unsigned i = 0; i < sizeof(figures) / sizeof(*figures); i++)
		at = put64(at, figures[i]);
	sha256_of(all, sizeof(all), sealed);
}

static bool same(const uint8_t one[EVIDENCE_HASH],
		 const uint8_t other[EVIDENCE_HASH])
{
	return memcmp(one, other, EVIDENCE_HASH) == 0;
}

/*
 * The last redaction of the link, and what all of them took away: they stand
 * in the order of the links, and *next goes through them once.
 */
static void take_redactions(const struct evidence_chain *chain,
			    unsigned *next, struct evidence_finding *finding)
{
	const struct evidence_link *link = finding->link;

	while (*next < chain->redaction_count &&
	       chain->redactions[*next].link == link->link) {
		finding->last = &chain->redactions[(*next)++];
		if (finding->last->gone < 0 ||
		    finding->last->gone > link->rows - finding->gone)
			finding->words = "more rows were taken out of it than "
					 "it had";
		else
			finding->gone += finding->last->gone;
	}
}

static const char *judge_figures(const struct evidence_link *link)
{
	if (link->rows < 1 || link->last < link->number ||
	    link->last - link->number < link->rows - 1 ||
	    link->until < link->from)
		return "its figures contradict each other";
	return NULL;
}

static const char *judge_block(const struct evidence_finding *finding)
{
	const struct evidence_redaction *last = finding->last;
	const struct evidence_link *link = finding->link;

	if (!link->looked)
		return NULL;
	if (last == NULL && !link->found)
		return "its block is missing, and nothing says why";
	if (last == NULL)
		return same(link->as_found, link->hash) ? NULL :
		       "its block is not as it was sealed";
	if (link->found != last->is_left)
		return last->is_left ? "what the redaction left is missing"
		       : "its block is there although it was taken away";
	if (link->found && !same(link->as_found, last->hash))
		return "its block is not as the last redaction left it";
	return NULL;
}

static const char *judge_place(const struct evidence_chain *chain,
			       unsigned place)
{
	const struct evidence_link *link = &chain->links[place];
	const struct evidence_link *before = place > 0 ? link - 1 : NULL;
	uint8_t sealed[EVIDENCE_HASH];

	if (before != NULL && link->link != before->link + 1)
		return "a link before it is missing";
	if (before != NULL && link->number <= before->last)
		return "its rows begin before those of the link before it end";
	evidence_chain_seal(before != NULL ? before->sealed : chain->previous,
			    link, sealed);
	return same(sealed, link->sealed) ? NULL :
	       "it does not follow from the link before it";
}

/* `finding` has the link and what its redactions say. */
static enum evidence_state judge(const struct evidence_chain *chain,
				 unsigned place,
				 struct evidence_finding *finding)
{
	if (finding->words == NULL)
		finding->words = judge_figures(finding->link);
	if (finding->words == NULL)
		finding->words = judge_place(chain, place);
	if (finding->words == NULL)
		finding->words = judge_block(finding);
	if (finding->words != NULL)
		finding->state = EVIDENCE_TAMPERED;
	else if (finding->last != NULL)
		finding->state = EVIDENCE_REDACTED;
	return finding->state;
}

/*
 * The chain goes on to its end, so the last link is the end; and redactions
 * that no link took are of none.
 */
static const char *judge_end(const struct evidence_chain *chain,
			     unsigned taken)
{
	const struct evidence_link *last;

	if (taken < chain->redaction_count)
		return "a redaction is of a link that is not there";
	if (chain->link_count == 0)
		return NULL;
	last = &chain->links[chain->link_count - 1];
	if (!chain->has_end || last->link != chain->end_link ||
	    !same(last->sealed, chain->end))
		return "the chain does not end as it says";
	return NULL;
}

unsigned evidence_chain_check(const struct evidence_chain *chain,
			      void (*tell)(void *context,
					   const struct evidence_finding *one),
			      void *context)
{
	struct evidence_finding finding;
	unsigned tampered = 0, taken = 0;

	for (unsigned i = 0; i < chain->link_count; i++) {
		finding = (struct evidence_finding){
			.link = &chain->links[i],
		};
		take_redactions(chain, &taken, &finding);
		tampered += judge(chain, i, &finding) == EVIDENCE_TAMPERED;
		tell(context, &finding);
	}
	finding = (struct evidence_finding){
		.words = judge_end(chain, taken),
	};
	if (finding.words != NULL) {
		finding.state = EVIDENCE_TAMPERED;
		tell(context, &finding);
		tampered++;
	}
	return tampered;
}

void evidence_chain_words(const struct evidence_finding *finding,
			  struct text *out)
{
	const struct evidence_link *link = finding->link;

	if (link != NULL)
		text_put(out, "link %" PRId64 ": ", link->link);
	if (finding->state == EVIDENCE_WHOLE)
		text_put(out, "whole, %" PRId64 " rows", link->rows);
	if (finding->state == EVIDENCE_TAMPERED)
		text_put(out, "tampered with: %s", finding->words);
	if (finding->state != EVIDENCE_REDACTED)
		return;
	text_put(out, "redacted on ");
	clock_print((uint64_t)finding->last->time, false, out);
	text_put(out, " (");
	text_put_line(out, bytes_of_string(finding->last->reason));
	text_put(out, "): %" PRId64 " of its %" PRId64 " rows are gone",
		 finding->gone, link->rows);
}
