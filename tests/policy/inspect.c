/*
 * Aliases: which of them are looked at, in which order, and what a stranger
 * who writes an answer cannot bring about.
 */
#include "policy/policy.h"

#include <criterion/criterion.h>

#include "base/text.h"
#include "dns/message.h"
#include "made.h"

static struct made made;
static struct policy *policy;

static void setup(void)
{
	static struct house_list lists[] = {
		{ "block", ACTION_SINK }, { "watch", ACTION_OBSERVE },
		{ "allow", ACTION_ALLOW },
	};
	struct house model = { .lists = lists, .list_count = 3 };

	made_init(&made);
	made_list(&made, "block");
	made_rule(&made, "sink.example", false, 1);
	made_list(&made, "watch");
	made_rule(&made, "watch.example", false, 2);
	made_list(&made, "allow");
	made_rule(&made, "ok.sink.example", false, 3);
	policy = policy_new(made_open(&made), house_new(&model));
	cr_assert_not_null(policy);
}

static void teardown(void)
{
	policy_free(policy);
	made_release(&made);
}

TestSuite(inspect, .init = setup, .fini = teardown);

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
	struct name name = made_name(words);

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
	struct name name = made_name(target);

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

/* The alias that did it, or "". */
static const char *inspect(const struct draft *draft, struct verdict *verdict)
{
	static char words[NAME_TEXT];
	uint8_t *exact = malloc(draft->len);
	struct name alias;
	struct text text;
	bool found;

	memcpy(exact, draft->at, draft->len);
	memset(verdict, 0, sizeof(*verdict));
	found = policy_inspect(policy, bytes_of(exact, draft->len), verdict,
			       &alias);
	free(exact);
	text_init(&text, words, sizeof(words));
	if (found)
		name_print(&alias, &text);
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
	cr_expect_eq(verdict.list, 0);
	cr_expect_eq(verdict.line, 1);
	cr_expect_eq(verdict.labels, 2);
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

Test(inspect, without_an_image_there_is_nothing_to_say)
{
	struct house model = { .list_count = 0 };
	struct policy *empty = policy_new(NULL, house_new(&model));
	struct verdict verdict;
	struct draft draft;
	struct name alias;

	begin(&draft, "www.shop.net");
	put_alias(&draft, "www.shop.net", "sink.example");
	cr_expect_not(policy_inspect(empty, bytes_of(draft.at, draft.len),
				     &verdict, &alias));
	policy_free(empty);
}
