/*
 * What terms are as a whole: the head, equal bytes for equal rules, damage,
 * and the sentence for people.
 */
#include "terms.h"

#include <stdio.h>
#include <stdlib.h>

static const struct name *any_name(void)
{
	static struct name name;

	name = made_question_name("www.example.org");
	return &name;
}

static struct terms_question question(void)
{
	return (struct terms_question){ .name = any_name(), .type = 1 };
}

Test(terms, a_plain_block_is_nothing_at_all)
{
	struct rule rule = { .effect = RULE_BLOCK };
	struct terms_question asked = question();
	struct terms_answer answer;
	struct terms_record record;
	struct made_terms made;
	struct bytes none = bytes_of(NULL, 0);

	made_write(&made, &rule);
	cr_assert_eq(made.len, 0);
	cr_assert_eq(terms_effect(none), RULE_BLOCK);
	cr_assert_not(terms_important(none));
	cr_assert_not(terms_inverted(none));
	cr_assert_not(terms_is_rewrite_exception(none));
	cr_assert(terms_meet(none, &asked));
	terms_answer(none, &answer);
	cr_assert_eq(answer.kind, TERMS_AS_LIST);
	cr_assert_not(terms_record(&answer, &record));
}

Test(terms, a_block_that_matches_otherwise_is_plain_too)
{
	struct rule rule = { .effect = RULE_BLOCK, .scope = RULE_REGEX,
			     .bad = true, .line = 7 };
	struct made_terms made;

	made_write(&made, &rule);
	cr_assert_eq(made.len, 0);
	rule.answer = bytes_of_string("reply ip");
	made_write(&made, &rule);
	cr_assert_eq(made.len, 0, "the list's own answer");
}

Test(terms, the_head_says_effect_and_flags)
{
	for (unsigned effect = RULE_BLOCK; effect <= RULE_FORWARD; effect++) {
		struct rule rule = { .effect = (uint8_t)effect,
				     .important = true,
				     .answer = bytes_of_string("nodata") };
		struct made_terms made;

		made_write(&made, &rule);
		cr_expect_eq(terms_effect(made_bytes(&made)), effect);
		cr_expect(terms_important(made_bytes(&made)));
		cr_expect_not(terms_inverted(made_bytes(&made)));
		rule.important = false;
		rule.invert = true;
		made_write(&made, &rule);
		cr_expect_eq(terms_effect(made_bytes(&made)), effect);
		cr_expect_not(terms_important(made_bytes(&made)));
		cr_expect(terms_inverted(made_bytes(&made)));
	}
}

Test(terms, an_allow_ignores_what_it_would_be_answered_with)
{
	struct rule rule = { .effect = RULE_ALLOW,
			     .answer = bytes_of_string("passthru") };
	struct made_terms made;

	made_write(&made, &rule);
	cr_assert_eq(made.len, 1);
}

Test(terms, equal_rules_have_equal_bytes)
{
	static const struct {
		unsigned condition;
		const char *one, *other;
	} rows[] = {
		{ RULE_DNSTYPE, "A|MX|TXT", "txt|TYPE1|mx|A" },
		{ RULE_DNSTYPE, "~CNAME|MX", "MX" },
		{ RULE_QUERYTYPE, "A,AAAA", "aaaa,a" },
		{ RULE_QUERYTYPE, "!A,AAAA", "!AAAA,!A" },
		{ RULE_QUERYTYPE, "!OTHER,A", "!A,OTHER,A" },
		{ RULE_WHO, "Kids|~Mom|10.0.0.0/8", "10.1.2.3/8|Kids|~'Mom'" },
		{ RULE_WHO, "'a'|\"b\"|2001:DB8::1", "b|a|2001:db8:0::1/128" },
		{ RULE_CTAG, "os_ios|~device_tv", "~device_tv|os_ios|os_ios" },
		{ RULE_DENYALLOW, "b.example|A.example.",
		  "a.example|B.example" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct made_terms one, other;

		made_condition(&one, rows[i].condition, rows[i].one);
		made_condition(&other, rows[i].condition, rows[i].other);
		cr_assert_gt(one.len, 0, "%s", rows[i].one);
		cr_assert_eq(one.len, other.len, "%s", rows[i].one);
		cr_expect_arr_eq(one.at, other.at, (size_t)one.len, "%s",
				 rows[i].one);
	}
}

Test(terms, too_much_for_the_room_is_an_error_at_every_length)
{
	struct rule rule = { .effect = RULE_REWRITE, .important = true,
			     .answer = bytes_of_string("AAAA 2001:db8::1") };
	uint8_t to[TERMS_MAX];
	const char *why;
	int len;

	rule.has[RULE_DNSTYPE] = true;
	rule.condition[RULE_DNSTYPE] = bytes_of_string("A|AAAA");
	rule.has[RULE_DENYALLOW] = true;
	rule.condition[RULE_DENYALLOW] = bytes_of_string("example.org");
	len = terms_write(&rule, to, sizeof(to), &why);
	cr_assert_gt(len, 20);
	for (int room = 0; room < len; room++) {
		memset(to, 0xaa, sizeof(to));
		cr_assert_eq(terms_write(&rule, to, (size_t)room, &why),
			     ERROR_FULL, "%d", room);
		cr_assert_eq(to[room], 0xaa, "%d", room);
	}
	cr_assert_eq(terms_write(&rule, to, (size_t)len, &why), len);
}

Test(terms, never_longer_than_the_most)
{
	static char many[70000];
	struct rule rule = { .effect = RULE_BLOCK };
	static uint8_t to[2 * TERMS_MAX];
	const char *why = NULL;

	for (unsigned i = 0; i < 2000; i++)
		sprintf(many + strlen(many), "%sn%u.example", i ? "|" : "", i);
	rule.has[RULE_DENYALLOW] = true;
	rule.condition[RULE_DENYALLOW] = bytes_of_string(many);
	cr_assert_eq(terms_write(&rule, to, sizeof(to), &why), ERROR_FULL);
	cr_assert_str_eq(why, "conditions and answer are too long");
}

/* Cut anywhere, terms are not met; whatever is in them, nothing is overrun. */
Test(terms, what_is_damaged_is_not_met)
{
	struct rule rule = { .effect = RULE_BLOCK,
			     .answer = bytes_of_string("A 192.0.2.1") };
	struct terms_question asked = question();
	struct made_terms made;

	rule.has[RULE_DNSTYPE] = true;
	rule.condition[RULE_DNSTYPE] = bytes_of_string("A|MX");
	made_write(&made, &rule);
	cr_assert(terms_meet(made_bytes(&made), &asked));
	for (size_t len = 2; len < (size_t)made.len; len++) {
		uint8_t *exact = malloc(len);
		bool whole = len == 1 + 3 + 8;

		memcpy(exact, made.at, len);
		cr_expect_eq(terms_meet(bytes_of(exact, len), &asked), whole,
			     "%zu", len);
		free(exact);
	}
}

Test(terms, damage_of_each_kind)
{
	static const struct {
		const char *words;
		uint8_t at[12];
		size_t len;
	} rows[] = {
		{ "no such section", { 0, 9, 0, 1, 1 }, 5 },
		{ "section 0", { 0, 0, 0, 1, 1 }, 5 },
		{ "empty section", { 0, 4, 0, 0 }, 4 },
		{ "empty section, another behind", { 0, 4, 0, 0, 6, 0, 1, 1 },
		  8 },
		{ "twice", { 0, 6, 0, 1, 1, 6, 0, 1, 1 }, 9 },
		{ "falling", { 0, 6, 0, 1, 1, 4, 0, 1, 1 }, 9 },
		{ "item of nothing", { 0, 4, 0, 1, 0 }, 5 },
		{ "item without a value", { 0, 4, 0, 2, 1, 7 }, 6 },
		{ "item over the end", { 0, 4, 0, 3, 3, 7, 0 }, 7 },
		{ "length over the end", { 0, 4, 0xff, 0xff, 3, 7, 0, 1 }, 8 },
		{ "unknown item", { 0, 4, 0, 3, 2, 0x66, 1 }, 7 },
	};
	struct terms_question asked = question();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_expect_not(terms_meet(bytes_of(rows[i].at, rows[i].len),
					 &asked), "%s", rows[i].words);
}

Test(terms, of_a_damaged_head_nothing_is_done)
{
	for (unsigned head = 0; head < 256; head++) {
		uint8_t at = (uint8_t)head;
		unsigned effect = terms_effect(bytes_of(&at, 1));

		if (head >= 0x80 || (head & 7) > RULE_FORWARD)
			cr_expect_eq(effect, RULE_PASS, "%u", head);
		else
			cr_expect_eq(effect, head & 7, "%u", head);
	}
}

Test(terms, a_schedule_is_refused_in_words)
{
	struct made_terms made;

	made_condition(&made, RULE_SCHEDULE, "work");
	cr_assert_eq(made.len, ERROR_MALFORMED);
	cr_assert_str_eq(made.why,
			 "schedules of dnscrypt-proxy are not known here");
}

Test(terms, as_a_sentence)
{
	static const struct {
		unsigned condition;
		const char *value, *answer, *words;
	} rows[] = {
		{ RULE_DNSTYPE, "A|AAAA", "A 192.0.2.1",
		  "important, only A and AAAA, answers 192.0.2.1" },
		{ RULE_DNSTYPE, "~A|~AAAA|~MX", "nxdomain",
		  "important, all types but A, MX and AAAA, answers NXDOMAIN" },
		{ RULE_WHO, "Kids|10.0.0.0/8|~Mom", "null", "important, only "
		  "for Kids and 10.0.0.0/8, not for Mom, answers the null "
		  "address" },
		{ RULE_DENYALLOW, "b.example|a.*", "CNAME x.example",
		  "important, not below b.example and a.*, answers CNAME "
		  "x.example" },
		{ RULE_CTAG, "os_ios", "reply 192.0.2.1", "important, only for "
		  "clients with the tag os_ios, answers 192.0.2.1 and ::" },
		{ RULE_QUERYTYPE, "A", "dnsrewrite SERVFAIL",
		  "important, only A, answers SERVFAIL" },
		{ RULE_WHO, "\033[2J", "drop",
		  "important, only for \\027[2J, answers silence" },
		{ RULE_WHO, "x", "TXT \"a b\" c",
		  "important, only for x, answers TXT \"a b\" \"c\"" },
	};
	char words[1024];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rule rule = { .effect = RULE_BLOCK, .important = true };
		struct made_terms made;

		rule.has[rows[i].condition] = true;
		rule.condition[rows[i].condition] =
			bytes_of_string(rows[i].value);
		rule.answer = bytes_of_string(rows[i].answer);
		made_write(&made, &rule);
		cr_expect_str_eq(made_words(made_bytes(&made), words),
				 rows[i].words);
	}
}

Test(terms, as_a_sentence_of_exceptions_and_damage)
{
	static const uint8_t damaged[] = { RULE_ALLOW, 9 };
	struct rule rule = { .effect = RULE_ALLOW };
	struct made_terms made;
	char words[1024];

	cr_expect_str_eq(made_words(bytes_of(NULL, 0), words), "");
	cr_expect_str_eq(made_words(bytes_of(damaged, 2), words),
			 "allow, damaged");
	rule.has[RULE_DNSREWRITE] = true;
	made_write(&made, &rule);
	cr_expect_str_eq(made_words(made_bytes(&made), words),
			 "exception from rewrites");
	rule.condition[RULE_DNSREWRITE] = bytes_of_string("192.0.2.1");
	made_write(&made, &rule);
	cr_expect_str_eq(made_words(made_bytes(&made), words),
			 "exception from rewrites, from the rewrite to "
			 "192.0.2.1");
}
