/*
 * What a name is answered with that policy answers.  The terms are this
 * file's own: a rule's answer is one of `answers`, and its number is what
 * stands in the verdict.
 */
#include "policy/sink.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "dns/message.h"
#include "policy/house.h"
#include "policy/terms.h"
#include "policy/verdict.h"

static const struct house_sink both = {
	.address4 = { 192, 0, 2, 5 }, .address6 = { 0xfd }, .has4 = true,
	.has6 = true,
};
static const struct house_sink four = { .address4 = { 192, 0, 2, 5 },
					.has4 = true };

Test(sink, an_address_only_for_its_own_family_and_action)
{
	static const struct {
		const char *words;
		const struct house_sink *sink;
		unsigned action, type;
		size_t len;
		uint8_t first;
	} rows[] = {
		{ "A", &both, ACTION_SINK, TYPE_A, 4, 192 },
		{ "AAAA", &both, ACTION_SINK, TYPE_AAAA, 16, 0xfd },
		{ "AAAA without one", &four, ACTION_SINK, TYPE_AAAA, 0, 0 },
		{ "MX", &both, ACTION_SINK, 15, 0, 0 },
		{ "HTTPS", &both, ACTION_SINK, TYPE_HTTPS, 0, 0 },
		{ "ANY", &both, ACTION_SINK, TYPE_ANY, 0, 0 },
		{ "null A", &both, ACTION_NULL, TYPE_A, 4, 0 },
		{ "null AAAA", &four, ACTION_NULL, TYPE_AAAA, 16, 0 },
		{ "nodata", &both, ACTION_NODATA, TYPE_A, 0, 0 },
		{ "nxdomain", &both, ACTION_NXDOMAIN, TYPE_A, 0, 0 },
		{ "refuse", &both, ACTION_REFUSE, TYPE_A, 0, 0 },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bytes address = sink_address(
			rows[i].sink, rows[i].action, rows[i].type);

		cr_expect_eq(address.len, rows[i].len, "%s", rows[i].words);
		if (address.len)
			cr_expect_eq(address.at[0], rows[i].first, "%s",
				     rows[i].words);
	}
}

Test(sink, the_rcode_of_each_action)
{
	cr_expect_eq(sink_rcode(ACTION_SINK), RCODE_NOERROR);
	cr_expect_eq(sink_rcode(ACTION_NULL), RCODE_NOERROR);
	cr_expect_eq(sink_rcode(ACTION_NODATA), RCODE_NOERROR);
	cr_expect_eq(sink_rcode(ACTION_NXDOMAIN), RCODE_NXDOMAIN);
	cr_expect_eq(sink_rcode(ACTION_REFUSE), RCODE_REFUSED);
}

/* --- answers of rules --- */

#define DATA(at) { (const uint8_t *)(at), sizeof(at) - 1 }
#define MX 15
#define SAFE "\4SAFE\7example\0"

static const struct {
	struct terms_answer answer;
	struct terms_record records[5];		/* type 0: no more */
} answers[] = {
	{ { .kind = TERMS_AS_LIST }, { { 0 } } },
	{ { .kind = TERMS_NULL }, { { 0 } } },
	{ { .kind = TERMS_NXDOMAIN }, { { 0 } } },
	{ { .kind = TERMS_NODATA }, { { 0 } } },
	{ { .kind = TERMS_REFUSED }, { { 0 } } },
	{ { .kind = TERMS_DROP }, { { 0 } } },
	{ { .kind = TERMS_TRUNCATE }, { { 0 } } },
	{ { .kind = TERMS_RECORDS },
	  { { TYPE_A, DATA("\1\2\3\4") }, { MX, DATA("\0\1\0") },
	    { TYPE_A, DATA("\1\2\3\5") } } },
	{ { .kind = TERMS_RECORDS },
	  { { TYPE_A, DATA("\1\2\3\4") }, { TYPE_CNAME, DATA(SAFE) },
	    { TYPE_CNAME, DATA("\1x\0") }, { MX, DATA("\0\1\0") } } },
	{ { .kind = TERMS_RECORDS },
	  { { TYPE_A, DATA("\1\2\3") }, { TYPE_AAAA, DATA("\1\2\3\4") },
	    { TYPE_CNAME, DATA("\4x\0") },
	    { TYPE_A, DATA("\1\2\3\6") } } },
	{ { .kind = TERMS_RECORDS, .rcode = RCODE_NXDOMAIN }, { { 0 } } },
	{ { .kind = TERMS_RECORDS, .rcode = RCODE_SERVFAIL }, { { 0 } } },
};

enum {
	SAYS_AS_LIST, SAYS_NULL, SAYS_NXDOMAIN, SAYS_NODATA, SAYS_REFUSED,
	SAYS_DROP, SAYS_TRUNCATE, SAYS_RECORDS, SAYS_CNAME, SAYS_DAMAGED,
	SAYS_RCODE, SAYS_ERROR,
};

void terms_answer(struct bytes terms, struct terms_answer *answer)
{
	*answer = answers[terms.len].answer;
	answer->rest = bytes_of(answers[terms.len].records, 5);
}

bool terms_record(struct terms_answer *answer, struct terms_record *record)
{
	cr_assert_eq(answer->kind, TERMS_RECORDS);
	if (answer->rest.len == 0)
		return false;
	memcpy(record, answer->rest.at, sizeof(*record));
	answer->rest.at += sizeof(*record);
	answer->rest.len--;
	return record->type != 0;
}

bool terms_target(const struct terms_record *record, const struct name *name,
		  struct name *target)
{
	(void)name;
	return record->type == TYPE_CNAME &&
	       name_from_wire(target, record->rdata) == 0;
}

static struct sink_answer answer_of(uint8_t action, size_t rule, uint16_t type)
{
	struct verdict verdict = {
		.kind = VERDICT_REWRITE, .action = action,
		.terms = bytes_of(NULL, rule),
	};
	static struct question question;
	struct sink_answer answer;

	question.type = type;
	sink_answer(&answer, &verdict, &both, &question);
	return answer;
}

Test(sink, every_action)
{
	static const struct {
		uint8_t action;
		uint16_t type;
		unsigned rcode;
		bool drop, truncate, nodata;
		size_t len;
	} rows[] = {
		{ ACTION_SINK, TYPE_A, 0, false, false, false, 4 },
		{ ACTION_SINK, TYPE_AAAA, 0, false, false, false, 16 },
		{ ACTION_SINK, TYPE_HTTPS, 0, false, false, true, 0 },
		{ ACTION_SINK, TYPE_ANY, 0, false, false, true, 0 },
		{ ACTION_NULL, TYPE_A, 0, false, false, false, 4 },
		{ ACTION_NULL, MX, 0, false, false, true, 0 },
		{ ACTION_NODATA, TYPE_A, 0, false, false, true, 0 },
		{ ACTION_NXDOMAIN, TYPE_A, 3, false, false, true, 0 },
		{ ACTION_REFUSE, TYPE_A, 5, false, false, false, 0 },
		{ ACTION_DROP, TYPE_A, 0, true, false, false, 0 },
		{ ACTION_TRUNCATE, TYPE_A, 0, false, true, false, 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct sink_answer answer = answer_of(
			rows[i].action, SAYS_RECORDS, rows[i].type);
		struct terms_record record;

		cr_expect_eq(answer.rcode, rows[i].rcode, "row %zu", i);
		cr_expect_eq(answer.drop, rows[i].drop, "row %zu", i);
		cr_expect_eq(answer.truncate, rows[i].truncate, "row %zu", i);
		cr_expect_eq(answer.nodata, rows[i].nodata, "row %zu", i);
		cr_expect_not(answer.follow);
		cr_expect_eq(sink_next(&answer, &record), rows[i].len > 0);
		if (rows[i].len == 0)
			continue;
		cr_expect_eq(record.type, rows[i].type);
		cr_expect_eq(record.rdata.len, rows[i].len);
		cr_expect_not(sink_next(&answer, &record), "row %zu", i);
	}
}

/* A rule that says what an action says is answered as that action is. */
Test(sink, a_rule_that_says_an_action)
{
	static const struct {
		size_t rule;
		uint8_t action;
	} rows[] = {
		{ SAYS_AS_LIST, ACTION_NODATA }, { SAYS_NULL, ACTION_NULL },
		{ SAYS_NXDOMAIN, ACTION_NXDOMAIN },
		{ SAYS_NODATA, ACTION_NODATA },
		{ SAYS_REFUSED, ACTION_REFUSE }, { SAYS_DROP, ACTION_DROP },
		{ SAYS_TRUNCATE, ACTION_TRUNCATE },
	};
	static const uint16_t types[] = { TYPE_A, TYPE_AAAA, MX };

	for (size_t i = 0; i < 3 * sizeof(rows) / sizeof(*rows); i++) {
		uint16_t type = types[i % 3];
		struct sink_answer rule = answer_of(
			ACTION_REWRITE, rows[i / 3].rule, type);
		struct sink_answer action = answer_of(rows[i / 3].action, 0,
						      type);

		cr_expect_eq(rule.rcode, action.rcode, "row %zu", i);
		cr_expect_eq(rule.drop, action.drop, "row %zu", i);
		cr_expect_eq(rule.truncate, action.truncate, "row %zu", i);
		cr_expect_eq(rule.nodata, action.nodata, "row %zu", i);
		cr_expect_eq(rule.address.rdata.len,
			     action.address.rdata.len, "row %zu", i);
	}
}

/* All records, each with its type, its length and its last byte. */
static const char *records_of(struct sink_answer *answer)
{
	static char words[128];
	struct terms_record record;
	size_t at = 0;

	words[0] = '\0';
	while (sink_next(answer, &record))
		at += (size_t)snprintf(
			words + at, sizeof(words) - at, "%u:%zu:%u ",
			record.type, record.rdata.len,
			record.rdata.at[record.rdata.len - 1]);
	return words;
}

Test(sink, records_of_a_rule)
{
	static const struct {
		size_t rule;
		uint16_t type;
		const char *records;
		unsigned rcode;
		bool nodata, follow;
	} rows[] = {
		{ SAYS_RECORDS, TYPE_A, "1:4:4 1:4:5 ", 0, false, false },
		{ SAYS_RECORDS, MX, "15:3:0 ", 0, false, false },
		{ SAYS_RECORDS, TYPE_AAAA, "", 0, true, false },
		{ SAYS_RECORDS, TYPE_CNAME, "", 0, true, false },
		{ SAYS_RECORDS, TYPE_ANY, "1:4:4 15:3:0 1:4:5 ", 0, false,
		  false },
		{ SAYS_CNAME, TYPE_A, "5:14:0 ", 0, false, true },
		{ SAYS_CNAME, MX, "5:14:0 ", 0, false, true },
		{ SAYS_CNAME, TYPE_HTTPS, "5:14:0 ", 0, false, true },
		{ SAYS_CNAME, TYPE_CNAME, "5:14:0 5:3:0 ", 0, false, false },
		{ SAYS_CNAME, TYPE_ANY, "1:4:4 5:14:0 5:3:0 15:3:0 ", 0,
		  false, false },
		{ SAYS_DAMAGED, TYPE_A, "1:4:6 ", 0, false, false },
		{ SAYS_DAMAGED, TYPE_AAAA, "", 0, true, false },
		{ SAYS_RCODE, TYPE_A, "", RCODE_NXDOMAIN, true, false },
		{ SAYS_ERROR, TYPE_A, "", RCODE_SERVFAIL, false, false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct sink_answer answer = answer_of(
			ACTION_REWRITE, rows[i].rule, rows[i].type);

		cr_expect_eq(answer.rcode, rows[i].rcode, "row %zu", i);
		cr_expect_eq(answer.nodata, rows[i].nodata, "row %zu", i);
		cr_expect_eq(answer.follow, rows[i].follow, "row %zu", i);
		cr_expect_str_eq(records_of(&answer), rows[i].records,
				 "row %zu", i);
	}
}

Test(sink, where_an_alias_leads)
{
	struct sink_answer answer = answer_of(ACTION_REWRITE, SAYS_CNAME,
					      TYPE_A);
	struct name name;

	name_parse(&name, bytes_of_string("safe.example"));
	cr_assert(answer.follow);
	cr_expect(name_equal(&answer.target, &name));
}
