/*
 * What is looked at in an answer, in which order, and what a stranger who
 * writes an answer cannot bring about.  The judge is one of this file's own,
 * who writes down what he was asked.
 */
#include "policy/policy.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/address.h"
#include "base/text.h"
#include "dns/message.h"
#include "dns/svcb.h"

/* --- the judge --- */

struct ruling {
	const char *name;	/* and all below */
	uint8_t kind;
	uint16_t type;		/* 0: any */
};

static const struct ruling rules[] = {
	{ "ok.sink.example", VERDICT_ALLOW, 0 },
	{ "sink.example", VERDICT_SINK, 0 },
	{ "four.example", VERDICT_SINK, TYPE_A },
	{ "six.example", VERDICT_SINK, TYPE_AAAA },
	{ "watch.example", VERDICT_OBSERVE, 0 },
	{ "safe.example", VERDICT_REWRITE, 0 },
	{ "paused.example", VERDICT_PAUSED, 0 },
};

struct policy {
	bool addresses;		/* 203.0.113/24 and 2001:db8:bad:: sink */
	unsigned names, looked_up;
};

static struct policy policy;

/* What every question must have of the one that is asked about. */
static const struct address client = { .family = AF_INET };
static const struct policy_question model = {
	.type = TYPE_HTTPS, .group = 7, .client = &client, .now = 1234567,
	.scratch = (struct matcher_scratch *)&policy,
};

static void must_be_of_model(const struct policy_question *question)
{
	cr_assert_eq(question->group, model.group);
	cr_assert_eq(question->client, model.client);
	cr_assert_eq(question->now, model.now);
	cr_assert_eq(question->scratch, model.scratch);
}

static struct name name_of(const char *words)
{
	struct name name;

	cr_assert_eq(name_parse(&name, bytes_of_string(words)), 0, "%s",
		     words);
	return name;
}

void policy_judge(const struct policy *judge,
		  const struct policy_question *question,
		  struct verdict *verdict)
{
	must_be_of_model(question);
	cr_assert_eq(judge, &policy);
	policy.names++;
	*verdict = (struct verdict){ .kind = VERDICT_PASS };
	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
		struct name top = name_of(rules[i].name);

		if ((rules[i].type && rules[i].type != question->type) ||
		    !name_is_below(question->name, &top))
			continue;
		*verdict = (struct verdict){
			.kind = rules[i].kind, .action = ACTION_SINK,
			.labels = top.labels, .list = 3,
			.line = (uint32_t)i + 1,
			.terms = bytes_of("terms", 5),
		};
		return;
	}
}

bool policy_minds_addresses(const struct policy *judge)
{
	return judge->addresses;
}

void policy_judge_address(const struct policy *judge,
			  const struct policy_question *question,
			  struct bytes raw, struct verdict *verdict)
{
	static const uint8_t bad6[6] = { 0x20, 1, 0xd, 0xb8, 0xb, 0xad };

	must_be_of_model(question);
	cr_assert(judge->addresses);
	cr_assert_eq(question->type, model.type);
	cr_assert(raw.len == 4 || raw.len == 16);
	policy.looked_up++;
	*verdict = (struct verdict){ .kind = VERDICT_PASS };
	if (raw.len == 4 && memcmp(raw.at, "\313\0\161", 3) == 0)
		verdict->kind = VERDICT_SINK;
	if (raw.len == 4 && memcmp(raw.at, "\306\63\144", 3) == 0)
		verdict->kind = VERDICT_OBSERVE;
	if (raw.len == 16 && memcmp(raw.at, bad6, sizeof(bad6)) == 0)
		verdict->kind = VERDICT_SINK;
	verdict->by = VERDICT_BY_ADDRESS;
}

static void setup(void)
{
	policy = (struct policy){ .addresses = false };
}

TestSuite(inspect, .init = setup);

/* --- an answer, put together --- */

struct draft {
	uint8_t at[16384];
	size_t len;
};

static void put(struct draft *draft, const void *at, size_t len)
{
	cr_assert_leq(draft->len + len, sizeof(draft->at));
	memcpy(draft->at + draft->len, at, len);
	draft->len += len;
}

static void put16(struct draft *draft, unsigned value)
{
	uint8_t bytes[2];

	bytes_put16(bytes, (uint16_t)value);
	put(draft, bytes, 2);
}

static void put_name(struct draft *draft, const char *words)
{
	struct name name = name_of(words);

	put(draft, name.wire, name.len);
}

static void begin(struct draft *draft, const char *question)
{
	static const uint8_t header[12] = { 0, 1, 0x81, 0x80, 0, 1 };

	draft->len = 0;
	put(draft, header, sizeof(header));
	put_name(draft, question);
	put16(draft, TYPE_A);
	put16(draft, CLASS_IN);
}

static void count_up(struct draft *draft, size_t field)
{
	uint16_t count = bytes_get16(draft->at + field);

	bytes_put16(draft->at + field, (uint16_t)(count + 1));
}

static void put_record(struct draft *draft, const char *owner, unsigned type,
		       unsigned class)
{
	count_up(draft, 6);
	put_name(draft, owner);
	put16(draft, type);
	put16(draft, class);
	put(draft, "\0\0\0\x3c", 4);
}

static void put_alias(struct draft *draft, const char *owner,
		      const char *target)
{
	struct name name = name_of(target);

	put_record(draft, owner, TYPE_CNAME, CLASS_IN);
	put16(draft, name.len);
	put(draft, name.wire, name.len);
}

static void put_address(struct draft *draft, const char *owner)
{
	put_record(draft, owner, TYPE_A, CLASS_IN);
	put16(draft, 4);
	put(draft, "\xc0\0\2\1", 4);
}

/* The name that did it; "an address"; or "". */
static const char *inspect(const struct draft *draft, struct verdict *verdict)
{
	static char words[NAME_TEXT];
	uint8_t *exact = malloc(draft->len);
	struct policy_question question = model;
	struct name name = name_of("www.shop.net"), alias;
	struct text text;
	bool found;

	memcpy(exact, draft->at, draft->len);
	memset(verdict, 0, sizeof(*verdict));
	question.name = &name;
	policy.names = policy.looked_up = 0;
	found = policy_inspect(&policy, &question,
			       bytes_of(exact, draft->len), verdict, &alias);
	free(exact);
	text_init(&text, words, sizeof(words));
	if (found && alias.len > 0)
		name_print(&alias, &text);
	else if (found)
		text_put(&text, "an address");
	return words;
}

/* --- */

Test(inspect, chains)
{
	static const struct {
		const char *what;
		const char *owner[4], *target[4];
		const char *alias;
		uint8_t kind;
	} rows[] = {
		{ "no alias", { NULL }, { NULL }, "", 0 },
		{ "harmless", { "www.shop.net", "cdn.net" },
		  { "cdn.net", "eu.cdn.net" }, "", 0 },
		{ "the first", { "www.shop.net" }, { "a.sink.example" },
		  "a.sink.example", VERDICT_SINK },
		{ "the second", { "www.shop.net", "cdn.net" },
		  { "cdn.net", "sink.example" }, "sink.example",
		  VERDICT_SINK },
		{ "in the wrong order", { "cdn.net", "www.shop.net" },
		  { "sink.example", "cdn.net" }, "sink.example",
		  VERDICT_SINK },
		{ "wholly backwards", { "c.net", "b.net", "a.net",
		  "www.shop.net" }, { "sink.example", "c.net", "b.net",
		  "a.net" }, "sink.example", VERDICT_SINK },
		{ "not of this question", { "www.other.net" },
		  { "sink.example" }, "", 0 },
		{ "case does not matter", { "WWW.Shop.NET" },
		  { "SINK.example" }, "sink.example", VERDICT_SINK },
		{ "only observed", { "www.shop.net" }, { "x.watch.example" },
		  "x.watch.example", VERDICT_OBSERVE },
		{ "observed, then sunk", { "www.shop.net", "watch.example" },
		  { "watch.example", "sink.example" }, "sink.example",
		  VERDICT_SINK },
		{ "the first that is observed",
		  { "www.shop.net", "a.watch.example" },
		  { "a.watch.example", "b.watch.example" },
		  "a.watch.example", VERDICT_OBSERVE },
		{ "allowed goes on", { "www.shop.net", "ok.sink.example" },
		  { "ok.sink.example", "b.sink.example" }, "b.sink.example",
		  VERDICT_SINK },
		{ "allowed, and the end", { "www.shop.net" },
		  { "ok.sink.example" }, "", 0 },
		{ "rewritten", { "www.shop.net", "safe.example" },
		  { "safe.example", "sink.example" }, "safe.example",
		  VERDICT_REWRITE },
		{ "observed, then rewritten", { "www.shop.net",
		  "watch.example" }, { "watch.example", "safe.example" },
		  "safe.example", VERDICT_REWRITE },
		{ "paused goes on", { "www.shop.net", "paused.example" },
		  { "paused.example", "sink.example" }, "sink.example",
		  VERDICT_SINK },
		{ "a circle", { "www.shop.net", "a.net" },
		  { "a.net", "www.shop.net" }, "", 0 },
		{ "itself", { "www.shop.net" }, { "www.shop.net" }, "", 0 },
	};
	struct draft draft;
	struct verdict verdict;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		begin(&draft, "www.shop.net");
		put_address(&draft, "unrelated.net");
		for (int j = 0; j < 4 && rows[i].owner[j]; j++)
			put_alias(&draft, rows[i].owner[j], rows[i].target[j]);
		put_address(&draft, "last.net");
		cr_expect_str_eq(inspect(&draft, &verdict), rows[i].alias,
				 "%s", rows[i].what);
		cr_expect_eq(verdict.kind, rows[i].kind, "%s", rows[i].what);
	}
}

Test(inspect, says_which_rule)
{
	struct verdict verdict;
	struct draft draft;

	begin(&draft, "www.shop.net");
	put_alias(&draft, "www.shop.net", "a.sink.example");
	cr_assert_str_eq(inspect(&draft, &verdict), "a.sink.example");
	cr_expect_eq(verdict.action, ACTION_SINK);
	cr_expect_eq(verdict.list, 3);
	cr_expect_eq(verdict.line, 2);
	cr_expect_eq(verdict.labels, 2);
	cr_expect_eq(verdict.terms.len, 5);
}

Test(inspect, follows_compression)
{
	struct verdict verdict;
	struct draft draft;
	size_t at;

	begin(&draft, "www.shop.net");
	count_up(&draft, 6);
	put(&draft, "\xc0\x0c", 2);
	put16(&draft, TYPE_CNAME);
	put16(&draft, CLASS_IN);
	put(&draft, "\0\0\0\x3c", 4);
	put16(&draft, 14);
	at = draft.len;
	put_name(&draft, "sink.example");
	count_up(&draft, 6);
	put16(&draft, 0xc000 | (unsigned)at);
	put16(&draft, TYPE_A);
	put16(&draft, CLASS_IN);
	put(&draft, "\0\0\0\x3c\0\4\xc0\0\2\1", 10);
	cr_expect_str_eq(inspect(&draft, &verdict), "sink.example");
}

Test(inspect, other_sections_classes_and_damage_do_not_count)
{
	struct verdict verdict;
	struct draft draft;
	size_t before;

	begin(&draft, "www.shop.net");
	put_alias(&draft, "www.shop.net", "sink.example");
	bytes_put16(draft.at + 6, 0);
	bytes_put16(draft.at + 8, 1);
	cr_expect_str_eq(inspect(&draft, &verdict), "", "authority");

	begin(&draft, "www.shop.net");
	put_record(&draft, "www.shop.net", TYPE_CNAME, CLASS_CH);
	put16(&draft, 14);
	put_name(&draft, "sink.example");
	cr_expect_str_eq(inspect(&draft, &verdict), "", "class");

	begin(&draft, "www.shop.net");
	put_record(&draft, "www.shop.net", TYPE_CNAME, CLASS_IN);
	put16(&draft, 15);
	put_name(&draft, "sink.example");
	put(&draft, "x", 1);
	cr_expect_str_eq(inspect(&draft, &verdict), "", "a byte too many");

	begin(&draft, "www.shop.net");
	before = draft.len;
	put_alias(&draft, "www.shop.net", "sink.example");
	for (; draft.len > before; draft.len--) {
		struct draft cut = draft;

		cut.len--;
		cr_expect_str_eq(inspect(&cut, &verdict), "", "%zu bytes",
				 cut.len);
	}
	draft.len = 5;
	cr_expect_str_eq(inspect(&draft, &verdict), "", "header");
}

/* "0.net" is an alias for "1.net" and so on; the last leads to the sink. */
static void put_chain(struct draft *draft, unsigned links, bool backwards)
{
	char owner[32], target[32];

	begin(draft, "0.net");
	for (unsigned i = 0; i < links; i++) {
		unsigned link = backwards ? links - 1 - i : i;

		snprintf(owner, sizeof(owner), "%u.net", link);
		snprintf(target, sizeof(target), "%u.net", link + 1);
		put_alias(draft, owner,
			  link + 1 == links ? "sink.example" : target);
	}
}

Test(inspect, long_chains_are_followed_to_the_sixteenth)
{
	struct verdict verdict;
	struct draft draft;

	put_chain(&draft, 16, false);
	cr_expect_str_eq(inspect(&draft, &verdict), "sink.example");
	put_chain(&draft, 16, true);
	cr_expect_str_eq(inspect(&draft, &verdict), "sink.example");
	put_chain(&draft, 17, false);
	cr_expect_str_eq(inspect(&draft, &verdict), "");
}

Test(inspect, a_heap_of_aliases_is_given_up)
{
	struct verdict verdict;
	struct draft draft;

	begin(&draft, "www.shop.net");
	for (unsigned i = 0; i < 400; i++)
		put_alias(&draft, "junk.net", "more.net");
	put_alias(&draft, "www.shop.net", "sink.example");
	cr_expect_str_eq(inspect(&draft, &verdict), "");
}

/* --- addresses --- */

static void put_data(struct draft *draft, const char *owner, unsigned type,
		     struct bytes data)
{
	put_record(draft, owner, type, CLASS_IN);
	put16(draft, (unsigned)data.len);
	put(draft, data.at, data.len);
}

#define DATA(at) bytes_of(at, sizeof(at) - 1)
#define BAD4 "\313\0\161\5"
#define WATCH4 "\306\63\144\1"
#define GOOD4 "\300\0\2\1"
#define BAD6 "\40\1\15\270\13\255\0\0\0\0\0\0\0\0\0\1"
#define GOOD6 "\40\1\15\270\0\1\0\0\0\0\0\0\0\0\0\1"

Test(inspect, addresses)
{
	static const struct {
		const char *what, *owner;
		unsigned type, class;
		const char *data;
		size_t len;
		const char *want;
	} rows[] = {
		{ "a good one", "www.shop.net", TYPE_A, 1, GOOD4, 4, "" },
		{ "a bad one", "www.shop.net", TYPE_A, 1, BAD4, 4,
		  "an address" },
		{ "only observed", "www.shop.net", TYPE_A, 1, WATCH4, 4,
		  "an address" },
		{ "IPv6", "www.shop.net", TYPE_AAAA, 1, BAD6, 16,
		  "an address" },
		{ "good IPv6", "www.shop.net", TYPE_AAAA, 1, GOOD6, 16, "" },
		{ "at the end of the chain", "CDN.net", TYPE_A, 1, BAD4, 4,
		  "an address" },
		{ "of somebody else", "other.net", TYPE_A, 1, BAD4, 4, "" },
		{ "of another class", "www.shop.net", TYPE_A, 3, BAD4, 4,
		  "" },
		{ "too long", "www.shop.net", TYPE_A, 1, BAD4 "x", 5, "" },
		{ "too short", "www.shop.net", TYPE_AAAA, 1, BAD6, 15, "" },
		{ "of the other family's length", "www.shop.net", TYPE_A, 1,
		  BAD6, 16, "" },
		{ "no address", "www.shop.net", 16, 1, BAD4, 4, "" },
	};
	struct verdict verdict;
	struct draft draft;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		begin(&draft, "www.shop.net");
		put_alias(&draft, "www.shop.net", "cdn.net");
		put_record(&draft, rows[i].owner, rows[i].type,
			   rows[i].class);
		put16(&draft, (unsigned)rows[i].len);
		put(&draft, rows[i].data, rows[i].len);
		policy.addresses = true;
		cr_expect_str_eq(inspect(&draft, &verdict), rows[i].want,
				 "%s", rows[i].what);
		policy.addresses = false;
		cr_expect_str_eq(inspect(&draft, &verdict), "", "%s",
				 rows[i].what);
		cr_expect_eq(policy.looked_up, 0);
	}
}

Test(inspect, an_address_that_sinks_counts_more_than_a_name_observed)
{
	struct verdict verdict;
	struct draft draft;

	policy.addresses = true;
	begin(&draft, "www.shop.net");
	put_alias(&draft, "www.shop.net", "watch.example");
	put_data(&draft, "watch.example", TYPE_A, DATA(WATCH4));
	cr_expect_str_eq(inspect(&draft, &verdict), "watch.example");
	put_data(&draft, "watch.example", TYPE_A, DATA(BAD4));
	cr_expect_str_eq(inspect(&draft, &verdict), "an address");
	cr_expect_eq(verdict.kind, VERDICT_SINK);
	cr_expect_eq(verdict.by, VERDICT_BY_ADDRESS);
	put_data(&draft, "watch.example", TYPE_A, DATA(GOOD4));
	cr_expect_str_eq(inspect(&draft, &verdict), "an address");
	cr_expect_eq(policy.looked_up, 2, "the first that sinks ends it");
}

Test(inspect, an_alias_that_sinks_comes_first)
{
	struct verdict verdict;
	struct draft draft;

	policy.addresses = true;
	begin(&draft, "www.shop.net");
	put_data(&draft, "www.shop.net", TYPE_A, DATA(BAD4));
	put_alias(&draft, "www.shop.net", "sink.example");
	cr_expect_str_eq(inspect(&draft, &verdict), "sink.example");
	cr_expect_eq(policy.looked_up, 0);
}

/* --- services --- */

#define SINK "\4SINK\7example\0"
#define WATCH "\5watch\7example\0"

Test(inspect, services)
{
	static const struct {
		const char *what, *owner;
		unsigned type;
		const char *data;
		size_t len;
		const char *want, *want_addresses;
	} rows[] = {
#define ROW(at) at, sizeof(at) - 1
		{ "its owner", "www.shop.net", TYPE_HTTPS, ROW("\0\1\0"), "",
		  "" },
		{ "no service", "www.shop.net", TYPE_HTTPS, ROW("\0\0\0"),
		  "", "" },
		{ "a target", "www.shop.net", TYPE_HTTPS, ROW("\0\1" SINK),
		  "sink.example", "sink.example" },
		{ "an alias", "www.shop.net", TYPE_HTTPS, ROW("\0\0" SINK),
		  "sink.example", "sink.example" },
		{ "SVCB", "www.shop.net", TYPE_SVCB, ROW("\0\2" SINK),
		  "sink.example", "sink.example" },
		{ "at the end of the chain", "cdn.net", TYPE_HTTPS,
		  ROW("\0\1" SINK), "sink.example", "sink.example" },
		{ "observed", "www.shop.net", TYPE_HTTPS, ROW("\0\1" WATCH),
		  "watch.example", "watch.example" },
		{ "of somebody else", "other.net", TYPE_HTTPS,
		  ROW("\0\1" SINK), "", "" },
		{ "a harmless target", "www.shop.net", TYPE_HTTPS,
		  ROW("\0\1\1x\0"), "", "" },
		{ "ipv4hint", "www.shop.net", TYPE_HTTPS,
		  ROW("\0\1\0\0\4\0\10" GOOD4 BAD4), "", "an address" },
		{ "ipv6hint", "www.shop.net", TYPE_HTTPS,
		  ROW("\0\1\0\0\1\0\3\2h2\0\6\0\20" BAD6), "",
		  "an address" },
		{ "good hints", "www.shop.net", TYPE_HTTPS,
		  ROW("\0\1\0\0\4\0\4" GOOD4 "\0\6\0\20" GOOD6), "", "" },
		{ "observed, and a hint", "www.shop.net", TYPE_HTTPS,
		  ROW("\0\1" WATCH "\0\4\0\4" BAD4), "watch.example",
		  "an address" },
		{ "damaged", "www.shop.net", TYPE_HTTPS,
		  ROW("\0\1" SINK "\0\4\0\5" BAD4 "x"), "", "" },
#undef ROW
	};
	struct verdict verdict;
	struct draft draft;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		begin(&draft, "www.shop.net");
		put_data(&draft, rows[i].owner, rows[i].type,
			 bytes_of(rows[i].data, rows[i].len));
		put_alias(&draft, "www.shop.net", "cdn.net");
		policy.addresses = false;
		cr_expect_str_eq(inspect(&draft, &verdict), rows[i].want,
				 "%s", rows[i].what);
		policy.addresses = true;
		cr_expect_str_eq(inspect(&draft, &verdict),
				 rows[i].want_addresses, "%s", rows[i].what);
	}
}

/* It has been judged, as the question or as an alias. */
Test(inspect, a_target_of_the_chain_is_not_judged_again)
{
	struct verdict verdict;
	struct draft draft;

	begin(&draft, "www.shop.net");
	put_alias(&draft, "www.shop.net", "cdn.net");
	put_data(&draft, "cdn.net", TYPE_HTTPS, DATA("\0\1\3cdn\3net\0"));
	put_data(&draft, "cdn.net", TYPE_HTTPS,
		 DATA("\0\2\3www\4shop\3net\0"));
	cr_expect_str_eq(inspect(&draft, &verdict), "");
	cr_expect_eq(policy.names, 1);
}

Test(inspect, no_more_than_256_looks)
{
	static const uint8_t service[] = "\0\1\1x\0";
	struct verdict verdict;
	struct draft draft;

	policy.addresses = true;
	begin(&draft, "www.shop.net");
	for (unsigned i = 0; i < 400; i++)
		put_data(&draft, "www.shop.net", TYPE_A, DATA(GOOD4));
	cr_expect_str_eq(inspect(&draft, &verdict), "");
	cr_expect_eq(policy.looked_up, 256);
	begin(&draft, "www.shop.net");
	for (unsigned i = 0; i < 400; i++)
		put_data(&draft, "www.shop.net", TYPE_HTTPS,
			 bytes_of(service, 5));
	cr_expect_str_eq(inspect(&draft, &verdict), "");
	cr_expect_eq(policy.names, 256);
}

Test(inspect, hints_are_looks)
{
	uint8_t service[7 + 4 * 400] = "\0\1\0\0\4";
	struct verdict verdict;
	struct draft draft;

	policy.addresses = true;
	bytes_put16(service + 5, 4 * 400);
	begin(&draft, "www.shop.net");
	put_data(&draft, "www.shop.net", TYPE_HTTPS,
		 bytes_of(service, sizeof(service)));
	cr_expect_str_eq(inspect(&draft, &verdict), "");
	cr_expect_eq(policy.looked_up, 255);
}

/* --- the veil --- */

#define PLAIN "\0\1\0\0\1\0\3\2h2"
#define ECH "\0\5\0\4echo"

static size_t veil(struct draft *draft, const char *asked)
{
	struct policy_question question = model;
	struct name name = name_of(asked);
	uint8_t *exact = malloc(draft->len);

	memcpy(exact, draft->at, draft->len);
	question.name = &name;
	draft->len = policy_veil(&policy, &question, exact, draft->len);
	memcpy(draft->at, exact, draft->len);
	free(exact);
	return draft->len;
}

Test(inspect, a_name_that_is_sunk_is_not_veiled_in_tls)
{
	static const struct {
		const char *what, *asked, *owner;
		unsigned type;
		bool stripped;
	} rows[] = {
		{ "free", "www.shop.net", "www.shop.net", TYPE_HTTPS,
		  false },
		{ "sunk", "sink.example", "sink.example", TYPE_HTTPS, true },
		{ "below", "a.sink.example", "A.sink.example", TYPE_SVCB,
		  true },
		{ "allowed", "ok.sink.example", "ok.sink.example",
		  TYPE_HTTPS, false },
		{ "A alone", "four.example", "four.example", TYPE_HTTPS,
		  true },
		{ "AAAA alone", "six.example", "six.example", TYPE_HTTPS,
		  true },
		{ "rewritten", "safe.example", "safe.example", TYPE_HTTPS,
		  true },
		{ "observed", "watch.example", "watch.example", TYPE_HTTPS,
		  false },
		{ "behind an alias", "www.shop.net", "four.example",
		  TYPE_HTTPS, true },
		{ "asked for", "four.example", "cdn.net", TYPE_HTTPS, true },
		{ "a port of it", "_8443._https.four.example",
		  "_8443._https.four.example", TYPE_HTTPS, true },
		{ "a port of another", "_8443._https.shop.net",
		  "_8443._https.shop.net", TYPE_HTTPS, false },
		{ "the root", ".", ".", TYPE_HTTPS, false },
		{ "no service", "sink.example", "sink.example", 16, false },
	};
	struct draft draft, before, want;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		begin(&draft, rows[i].asked);
		draft.at[3] |= FLAG_AD;
		want = draft;
		put_data(&draft, rows[i].owner, rows[i].type,
			 DATA(PLAIN ECH));
		put_data(&want, rows[i].owner, rows[i].type, DATA(PLAIN));
		put_address(&draft, "last.net");
		put_address(&want, "last.net");
		want.at[3] &= (uint8_t)~FLAG_AD;
		before = draft;
		veil(&draft, rows[i].asked);
		if (!rows[i].stripped)
			want = before;
		cr_expect_eq(draft.len, want.len, "%s", rows[i].what);
		cr_expect_arr_eq(draft.at, want.at, want.len, "%s",
				 rows[i].what);
	}
}

Test(inspect, other_classes_are_not_unveiled)
{
	struct draft draft;
	size_t before;

	begin(&draft, "sink.example");
	put_record(&draft, "sink.example", TYPE_HTTPS, CLASS_CH);
	put16(&draft, sizeof(PLAIN ECH) - 1);
	put(&draft, PLAIN ECH, sizeof(PLAIN ECH) - 1);
	before = draft.len;
	cr_expect_eq(veil(&draft, "sink.example"), before);
}

Test(inspect, every_service_of_a_sunk_name_and_no_other)
{
	struct draft draft, want;

	begin(&draft, "www.shop.net");
	begin(&want, "www.shop.net");
	for (unsigned i = 0; i < 3; i++) {
		put_data(&draft, "sink.example", TYPE_HTTPS, DATA(PLAIN ECH));
		put_data(&draft, "free.net", TYPE_SVCB, DATA(PLAIN ECH));
		put_data(&want, "sink.example", TYPE_HTTPS, DATA(PLAIN));
		put_data(&want, "free.net", TYPE_SVCB, DATA(PLAIN ECH));
	}
	veil(&draft, "www.shop.net");
	cr_expect_eq(draft.len, want.len);
	cr_expect_arr_eq(draft.at, want.at, want.len);
}

Test(inspect, a_heap_of_services_is_given_up)
{
	struct draft draft;
	size_t before;

	begin(&draft, "sink.example");
	for (unsigned i = 0; i < 300; i++)
		put_data(&draft, "sink.example", TYPE_HTTPS, DATA(PLAIN ECH));
	before = draft.len;
	cr_expect_eq(veil(&draft, "sink.example"), before - 16 * 8);
	begin(&draft, "www.shop.net");
	for (unsigned i = 0; i < 400; i++)
		put_data(&draft, "www.shop.net", TYPE_HTTPS, DATA(PLAIN));
	policy.names = 0;
	before = draft.len;
	cr_expect_eq(veil(&draft, "www.shop.net"), before);
	cr_expect_eq(policy.names, 2 * 256);
}

Test(inspect, what_is_damaged_is_not_unveiled)
{
	struct draft draft, before;
	size_t start;

	begin(&draft, "sink.example");
	start = draft.len;
	put_data(&draft, "sink.example", TYPE_HTTPS, DATA(PLAIN ECH));
	for (; draft.len > start; draft.len--) {
		before = draft;
		before.len--;
		draft.len--;
		cr_expect_eq(veil(&draft, "sink.example"), before.len);
		cr_expect_arr_eq(draft.at, before.at, before.len);
		draft.len++;
	}
	draft.len = 5;
	cr_expect_eq(veil(&draft, "sink.example"), 5);
}
