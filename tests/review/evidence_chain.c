/*
 * Made chains: what a link says and what is done to it.
 */
#include "review/evidence_chain.h"

#include <criterion/criterion.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"

enum { LINKS = 5, ROWS = 100 };

static struct evidence_link links[LINKS];
static struct evidence_redaction redactions[LINKS];
static struct evidence_chain chain;

/* What was told: of each link, and of the end in the last place. */
static struct told {
	enum evidence_state state[LINKS + 1];
	char words[LINKS + 1][256];
} told;

static void tell(void *context, const struct evidence_finding *finding)
{
	unsigned at = finding->link ? (unsigned)(finding->link - links)
				    : LINKS;
	struct text text;

	(void)context;
	told.state[at] = finding->state;
	text_init(&text, told.words[at], sizeof(told.words[at]));
	evidence_chain_words(finding, &text);
}

static void seal_from(unsigned first)
{
	for (unsigned i = first; i < chain.link_count; i++)
		evidence_chain_seal(i > 0 ? links[i - 1].sealed
					  : chain.previous, &links[i],
				    links[i].sealed);
	memcpy(chain.end, links[chain.link_count - 1].sealed, EVIDENCE_HASH);
}

static void set_up(void)
{
	memset(redactions, 0, sizeof(redactions));
	chain = (struct evidence_chain){
		.links = links, .link_count = LINKS,
		.redactions = redactions, .has_end = true,
		.end_link = LINKS + 6,
	};
	for (unsigned i = 0; i < LINKS; i++) {
		links[i] = (struct evidence_link){
			.link = 7 + i, .number = 1 + i * ROWS * 2,
			.last = ROWS * 2 + i * ROWS * 2, .rows = ROWS,
			.from = 1000 * i, .until = 1000 * i + 1500,
			.looked = true, .found = true,
		};
		memset(links[i].hash, (int)i + 1, EVIDENCE_HASH);
		memcpy(links[i].as_found, links[i].hash, EVIDENCE_HASH);
	}
	memset(chain.previous, 0x5a, EVIDENCE_HASH);
	seal_from(0);
}

TestSuite(evidence_chain, .init = set_up);

static unsigned check(void)
{
	memset(&told, 0, sizeof(told));
	return evidence_chain_check(&chain, tell, NULL);
}

static void redact(unsigned place, int64_t gone, bool is_left)
{
	struct evidence_redaction *one =
		&redactions[chain.redaction_count++];

	*one = (struct evidence_redaction){
		.link = links[place].link, .time = 86400000000, .gone = gone,
		.reason = "forget", .is_left = is_left,
	};
	memset(one->hash, 0xee, EVIDENCE_HASH);
	links[place].found = is_left;
	memset(links[place].as_found, 0xee, EVIDENCE_HASH);
}

Test(evidence_chain, that_is_whole_is_said_to_be)
{
	cr_expect_eq(check(), 0);
	for (unsigned i = 0; i <= LINKS; i++)
		cr_expect_eq(told.state[i], EVIDENCE_WHOLE);
	chain.link_count = 0;
	cr_expect_eq(check(), 0);
}

/* Over 104 bytes that were put together by hand. */
Test(evidence_chain, is_sealed_as_the_journal_does_it)
{
	static const uint8_t none[EVIDENCE_HASH] = { 0 };
	struct evidence_link link = {
		.number = 1, .last = 2, .rows = 2, .from = 3, .until = 4,
	};
	uint8_t sealed[EVIDENCE_HASH];
	char hex[2 * EVIDENCE_HASH + 1];

	memset(link.hash, 0xab, EVIDENCE_HASH);
	evidence_chain_seal(none, &link, sealed);
	for (unsigned i = 0; i < EVIDENCE_HASH; i++)
		snprintf(hex + 2 * i, 3, "%02x", sealed[i]);
	cr_expect_str_eq(hex, "9ed3a4774242ce1de710574f17f43737"
			 "64b6135530f79401389524fb247f2001");
}

Test(evidence_chain, any_change_of_a_link_is_noticed)
{
	uint8_t *bytes = (uint8_t *)&links[2];
	size_t figures = offsetof(struct evidence_link, looked);

	for (size_t i = 0; i < figures; i++) {
		bytes[i] ^= 1;
		cr_expect_gt(check(), 0, "byte %zu", i);
		cr_expect_eq(told.state[0], EVIDENCE_WHOLE);
		bytes[i] ^= 1;
	}
	cr_expect_eq(check(), 0);
}

Test(evidence_chain, a_block_that_was_changed_is_told_once)
{
	links[2].as_found[31] ^= 0x80;
	cr_expect_eq(check(), 1);
	cr_expect_eq(told.state[2], EVIDENCE_TAMPERED);
	cr_expect_str_eq(told.words[2], "link 9: tampered with: its block is "
			 "not as it was sealed");
}

Test(evidence_chain, a_block_that_nobody_took_is_not_just_gone)
{
	links[4].found = false;
	cr_expect_eq(check(), 1);
	cr_expect_eq(told.state[4], EVIDENCE_TAMPERED);
}

Test(evidence_chain, a_block_outside_of_the_time_is_not_looked_at)
{
	links[4].looked = links[4].found = false;
	cr_expect_eq(check(), 0);
}

Test(evidence_chain, what_was_redacted_is_not_tampered_with)
{
	setenv("TZ", "UTC0", 1);
	tzset();
	redact(1, 12, true);
	redact(3, ROWS, false);
	cr_expect_eq(check(), 0);
	cr_expect_eq(told.state[1], EVIDENCE_REDACTED);
	cr_expect_str_eq(told.words[1], "link 8: redacted on 1970-01-02 "
			 "00:00:00 (forget): 12 of its 100 rows are gone");
	cr_expect_eq(told.state[3], EVIDENCE_REDACTED);
	cr_expect_eq(told.state[2], EVIDENCE_WHOLE);
}

Test(evidence_chain, the_last_of_several_redactions_counts)
{
	redact(1, 12, true);
	redact(1, 20, true);
	redactions[0].hash[0] ^= 1;
	cr_expect_eq(check(), 0);
	cr_expect_not_null(strstr(told.words[1], "32 of its 100"));
	redactions[1].hash[0] ^= 1;
	cr_expect_eq(check(), 1);
}

Test(evidence_chain, a_redaction_hides_no_other_change)
{
	redact(1, 12, true);
	links[1].as_found[0] ^= 1;
	cr_expect_eq(check(), 1);
	links[1].found = false;
	cr_expect_eq(check(), 1);
	redactions[0].is_left = false;
	cr_expect_eq(check(), 0);
	links[1].found = true;
	cr_expect_eq(check(), 1);
}

Test(evidence_chain, no_more_can_be_redacted_than_there_was)
{
	const int64_t bad[] = { -1, ROWS + 1, INT64_MAX, INT64_MIN };

	redact(1, ROWS, true);
	for (unsigned i = 0; i < 4; i++) {
		redactions[0].gone = bad[i];
		cr_expect_eq(check(), 1);
	}
	redactions[0].gone = ROWS;
	redact(1, 1, true);
	cr_expect_eq(check(), 1);
}

Test(evidence_chain, a_redaction_of_no_link_is_wrong)
{
	redact(1, 1, true);
	redactions[0].link = 99;
	links[1].found = true;
	memcpy(links[1].as_found, links[1].hash, EVIDENCE_HASH);
	cr_expect_eq(check(), 1);
	cr_expect_eq(told.state[LINKS], EVIDENCE_TAMPERED);
}

/* Whoever takes a link out seals the rest anew, and still is seen. */
Test(evidence_chain, a_link_that_is_missing_is_noticed)
{
	memmove(&links[2], &links[3], 2 * sizeof(*links));
	chain.link_count = LINKS - 1;
	seal_from(2);
	cr_expect_eq(check(), 1);
	cr_expect_not_null(strstr(told.words[2], "a link before it is "
				  "missing"));
}

Test(evidence_chain, that_was_made_anew_does_not_end_as_it_did)
{
	uint8_t end[EVIDENCE_HASH];

	memcpy(end, chain.end, sizeof(end));
	links[0].rows--;
	seal_from(0);
	cr_expect_eq(check(), 0);
	memcpy(chain.end, end, sizeof(end));
	cr_expect_eq(check(), 1);
	cr_expect_eq(told.state[LINKS], EVIDENCE_TAMPERED);
}

Test(evidence_chain, a_reason_steers_no_terminal)
{
	redact(1, 1, true);
	redactions[0].reason = "\033[2J";
	check();
	cr_expect_null(strchr(told.words[1], '\033'));
}
