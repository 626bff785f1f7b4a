/* What else must be so for a rule: each condition, met and not. */
#include "policy/conditions.h"

#include "terms.h"

#include "dns/message.h"

static bool met(const struct made_terms *made,
		const struct terms_question *question)
{
	return terms_meet(made_bytes(made), question);
}

static bool met_by_client(unsigned condition, const char *value,
			  const char *client_name, const char *address)
{
	struct name name = made_question_name("www.example.org");
	struct terms_question question = { .name = &name, .type = TYPE_A,
					   .client_name = client_name };
	struct made_terms made;
	struct address client;

	if (address != NULL) {
		cr_assert_eq(address_parse(&client, address, 53), 0);
		question.client = &client;
	}
	made_condition(&made, condition, value);
	return met(&made, &question);
}

Test(conditions, of_clients)
{
	static const struct {
		const char *value, *name, *address;
		bool met;
	} rows[] = {
		{ "Kids", "Kids", NULL, true },
		{ "Kids", "kids", NULL, false },
		{ "Kids", "Kid", NULL, false },
		{ "Kids", NULL, "192.168.1.7", false },
		{ "Kids|Mom", "Mom", NULL, true },
		{ "~Mom", "Mom", NULL, false },
		{ "~Mom", "Dad", NULL, true },
		{ "~Mom", NULL, NULL, true },
		{ "~Mom|~Dad|Kids", "Kids", NULL, true },
		{ "~Mom|~Dad|Kids", "Aunt", NULL, false },
		{ "~Mom|~Dad|Kids", "Dad", NULL, false },
		{ "192.168.0.0/24", NULL, "192.168.0.255", true },
		{ "192.168.0.0/24", NULL, "192.168.1.0", false },
		{ "192.168.0.9/24", NULL, "192.168.0.1", true },
		{ "192.168.0.9", NULL, "192.168.0.9", true },
		{ "192.168.0.9", NULL, "192.168.0.8", false },
		{ "192.168.0.9", NULL, NULL, false },
		{ "~192.168.0.0/24", NULL, "192.168.0.3", false },
		{ "~192.168.0.0/24", NULL, "192.168.1.3", true },
		{ "Kids|~192.168.0.3", "Kids", "192.168.0.3", false },
		{ "Kids|192.168.0.3", "Dad", "192.168.0.3", true },
		{ "2001:db8::/32", NULL, "2001:db8:1::5", true },
		{ "2001:db8::/32", NULL, "2001:db9:1::5", false },
		{ "2001:db8::/32", NULL, "32.1.13.184", false },
		{ "0.0.0.0/0", NULL, "1.2.3.4", true },
		{ "0.0.0.0/0", NULL, "::1", false },
		{ "'Frank\\'s laptop'", "Frank's laptop", NULL, true },
		{ "~'Mary\\'s\\, John\\'s\\, and Boris\\'s laptops'",
		  "Mary's, John's, and Boris's laptops", NULL, false },
		{ "\"a \\\"b\\\" c\"", "a \"b\" c", NULL, true },
		{ "'a|b'", "a|b", NULL, true },
		{ "a\\|b", "a|b", NULL, true },
		{ "a\\|b", "a", NULL, false },
		{ "a\\,b", "a,b", NULL, true },
		{ "Frank's", "Frank's", NULL, true },
		{ "C:\\foo", "C:\\foo", NULL, true },
		{ "C:\\\\foo", "C:\\foo", NULL, true },
		{ "'192.168.0.9'", NULL, "192.168.0.9", true },
		{ "192.168.0.0/33", "192.168.0.0/33", NULL, true },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_expect_eq(met_by_client(RULE_WHO, rows[i].value,
					   rows[i].name, rows[i].address),
			     rows[i].met, "%zu: %s", i, rows[i].value);
}

Test(conditions, of_tags)
{
	static const char *const tv[] = { "device_tv", "os_android", NULL };
	static const char *const none[] = { NULL };
	static const struct {
		const char *value;
		const char *const *tags;
		bool met;
	} rows[] = {
		{ "os_android|os_ios", tv, true },
		{ "os_ios", tv, false },
		{ "os_ios", NULL, false },
		{ "os_ios", none, false },
		{ "~device_tv", tv, false },
		{ "~device_tv", none, true },
		{ "~device_tv", NULL, true },
		{ "~device_tv|os_android", tv, false },
		{ "~device_pc|os_android", tv, true },
		{ "device", tv, false },
	};
	struct name name = made_question_name("example.org");

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct terms_question question = { .name = &name,
						   .tags = rows[i].tags };
		struct made_terms made;

		made_condition(&made, RULE_CTAG, rows[i].value);
		cr_expect_eq(met(&made, &question), rows[i].met, "%zu: %s", i,
			     rows[i].value);
	}
}

Test(conditions, of_names_that_are_left_out)
{
	static const struct {
		const char *value, *name;
		bool met;
	} rows[] = {
		{ "sub.example.org", "sub.example.org", false },
		{ "sub.example.org", "a.b.sub.example.org", false },
		{ "sub.example.org", "example.org", true },
		{ "sub.example.org", "nosub.example.org", true },
		{ "sub.example.org", "sub.example.org.evil", true },
		{ "com|net", "example.net", false },
		{ "com|net", "net", false },
		{ "com|net", "example.org", true },
		{ "com|net", ".", true },
		{ "SUB.Example.org.", "sub.example.org", false },
		{ "x.*", "x.example", false },
		{ "x.*", "www.x.co.uk", false },
		{ "x.*", "x", true },
		{ "x.*", "x.a.b.c", true },
		{ "x.*", "yx.example", true },
		{ "x.y.*", "a.x.y.example", false },
		{ "x.y.*", "x.example", true },
		{ "a", "x\\001a.example", true },
		{ "a.example", "x\\001a.example", true },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct name name = made_question_name(rows[i].name);
		struct terms_question question = { .name = &name };
		struct made_terms made;

		made_condition(&made, RULE_DENYALLOW, rows[i].value);
		cr_expect_eq(met(&made, &question), rows[i].met, "%s, %s",
			     rows[i].value, rows[i].name);
	}
}

Test(conditions, words_too_long_for_a_name_leave_nothing_out)
{
	static const char words[] =
		"practically_always_leads_to_a_domain_parking_service_known_"
		"for_malware.*|ww11.example";
	struct name name = made_question_name("ww11.example");
	struct terms_question question = { .name = &name };
	struct made_terms made, other;

	made_condition(&made, RULE_DENYALLOW, words);
	made_condition(&other, RULE_DENYALLOW, "ww11.example");
	cr_assert_eq(made.len, other.len);
	cr_expect_not(met(&made, &question));
	name = made_question_name("ww12.example");
	cr_expect(met(&made, &question));
	made_condition(&made, RULE_DENYALLOW,
		       "practically_always_leads_to_a_domain_parking_service_"
		       "known_for_malware.*");
	cr_expect_eq(made.len, 0, "a plain block");
}

Test(conditions, of_types)
{
	static const struct {
		unsigned condition;
		const char *value;
		unsigned type;
		bool met;
	} rows[] = {
		{ RULE_DNSTYPE, "A", TYPE_A, true },
		{ RULE_DNSTYPE, "A", TYPE_AAAA, false },
		{ RULE_DNSTYPE, "a|Https", TYPE_HTTPS, true },
		{ RULE_DNSTYPE, "SVCB|ANY", TYPE_ANY, true },
		{ RULE_DNSTYPE, "TYPE65280", 65280, true },
		{ RULE_DNSTYPE, "TYPE1", TYPE_A, true },
		{ RULE_DNSTYPE, "~A|~CNAME", TYPE_A, false },
		{ RULE_DNSTYPE, "~A|~CNAME", TYPE_CNAME, false },
		{ RULE_DNSTYPE, "~A|~CNAME", TYPE_TXT, true },
		{ RULE_DNSTYPE, "~A|A", TYPE_A, true },
		{ RULE_DNSTYPE, "~A|AAAA", TYPE_TXT, false },
		{ RULE_QUERYTYPE, "A", TYPE_A, true },
		{ RULE_QUERYTYPE, "A,AAAA", TYPE_AAAA, true },
		{ RULE_QUERYTYPE, "A,AAAA", TYPE_TXT, false },
		{ RULE_QUERYTYPE, "!A", TYPE_A, false },
		{ RULE_QUERYTYPE, "!A", TYPE_AAAA, true },
		{ RULE_QUERYTYPE, "!A,AAAA", TYPE_AAAA, false },
		{ RULE_QUERYTYPE, "!A,!AAAA", TYPE_AAAA, false },
		{ RULE_QUERYTYPE, "OTHER", 252, true },
		{ RULE_QUERYTYPE, "OTHER", 65280, true },
		{ RULE_QUERYTYPE, "OTHER", TYPE_HTTPS, false },
		{ RULE_QUERYTYPE, "A,other", TYPE_A, true },
		{ RULE_QUERYTYPE, "A,other", TYPE_AAAA, false },
		{ RULE_QUERYTYPE, "!OTHER", TYPE_A, true },
		{ RULE_QUERYTYPE, "!OTHER", 252, false },
		{ RULE_QUERYTYPE, "!OTHER,A", TYPE_A, false },
	};
	struct name name = made_question_name("example.org");

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct terms_question question = { .name = &name,
						   .type = rows[i].type };
		struct made_terms made;

		made_condition(&made, rows[i].condition, rows[i].value);
		cr_expect_eq(met(&made, &question), rows[i].met, "%s, %u",
			     rows[i].value, rows[i].type);
	}
}

Test(conditions, all_of_them_at_once)
{
	static const char *const tags[] = { "os_ios", NULL };
	struct name name = made_question_name("www.example.org");
	struct rule rule = { .effect = RULE_BLOCK };
	struct terms_question question = { .name = &name, .type = TYPE_A,
					   .client_name = "Kids",
					   .tags = tags };
	struct made_terms made;

	for (unsigned i = RULE_WHO; i <= RULE_QUERYTYPE; i++)
		rule.has[i] = i != RULE_DNSREWRITE;
	rule.condition[RULE_WHO] = bytes_of_string("Kids");
	rule.condition[RULE_CTAG] = bytes_of_string("os_ios");
	rule.condition[RULE_DENYALLOW] = bytes_of_string("example.com");
	rule.condition[RULE_DNSTYPE] = bytes_of_string("A");
	rule.condition[RULE_QUERYTYPE] = bytes_of_string("!AAAA");
	made_write(&made, &rule);
	cr_expect(met(&made, &question));
	question.client_name = "Mom";
	cr_expect_not(met(&made, &question));
	question.client_name = "Kids";
	question.tags = NULL;
	cr_expect_not(met(&made, &question));
	question.tags = tags;
	question.type = TYPE_AAAA;
	cr_expect_not(met(&made, &question));
	question.type = TYPE_A;
	name = made_question_name("example.com");
	cr_expect_not(met(&made, &question));
}

Test(conditions, that_make_no_sense)
{
	static const struct {
		unsigned condition;
		const char *value;
	} rows[] = {
		{ RULE_WHO, "" }, { RULE_WHO, "|" }, { RULE_WHO, "a|" },
		{ RULE_WHO, "|a" }, { RULE_WHO, "a||b" }, { RULE_WHO, "~" },
		{ RULE_WHO, "'a" }, { RULE_WHO, "''" }, { RULE_WHO, "'a'b" },
		{ RULE_WHO, "'a'|" }, { RULE_WHO, "'a\\'" },
		{ RULE_CTAG, "" }, { RULE_CTAG, "a b" }, { RULE_CTAG, "a-b" },
		{ RULE_DENYALLOW, "" }, { RULE_DENYALLOW, "~x.example" },
		{ RULE_DENYALLOW, "x.example^" }, { RULE_DENYALLOW, "*.x" },
		{ RULE_DENYALLOW, "." }, { RULE_DENYALLOW, "a..b" },
		{ RULE_DENYALLOW, ".*" }, { RULE_DENYALLOW, "x.*.y" },
		{ RULE_DNSTYPE, "" }, { RULE_DNSTYPE, "FOO" },
		{ RULE_DNSTYPE, "A,AAAA" }, { RULE_DNSTYPE, "TYPE70000" },
		{ RULE_DNSTYPE, "TYPE0" }, { RULE_DNSTYPE, "A|" },
		{ RULE_QUERYTYPE, "" }, { RULE_QUERYTYPE, "!" },
		{ RULE_QUERYTYPE, "A," }, { RULE_QUERYTYPE, ",A" },
		{ RULE_QUERYTYPE, "A,!B" }, { RULE_QUERYTYPE, "A|AAAA" },
		{ RULE_QUERYTYPE, "A,!AAAA" },
	};
	struct made_terms made;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		made_condition(&made, rows[i].condition, rows[i].value);
		cr_expect_eq(made.len, ERROR_MALFORMED, "%u: %s",
			     rows[i].condition, rows[i].value);
	}
}

Test(conditions, a_client_with_too_long_a_name)
{
	struct made_terms made;
	char value[300];

	memset(value, 'a', sizeof(value));
	value[254] = '\0';
	cr_expect(met_by_client(RULE_WHO, value, value, NULL));
	value[254] = 'a';
	value[255] = '\0';
	made_condition(&made, RULE_WHO, value);
	cr_expect_eq(made.len, ERROR_MALFORMED);
}
