/* How a rule is answered: every way to word it, and what each comes to. */
#include "policy/answers.h"

#include "terms.h"

#include "dns/message.h"
#include "dns/rdata.h"

/* "A 192.0.2.1; AAAA ::", or the kind; the rcode in front when there is one. */
static const char *printed(const struct made_terms *made, char words[1024])
{
	static const char *const kinds[] = { "as list", "null", "nxdomain",
					     "nodata", "refused", "drop",
					     "truncate" };
	struct terms_answer answer;
	struct terms_record record;
	struct text text;

	text_init(&text, words, 1024);
	terms_answer(made_bytes(made), &answer);
	if (answer.kind != TERMS_RECORDS)
		return kinds[answer.kind];
	if (answer.rcode != 0)
		text_put(&text, "rcode %u", answer.rcode);
	while (terms_record(&answer, &record)) {
		text_put(&text, "%s%u ", text.len ? "; " : "", record.type);
		rdata_print(record.type, record.rdata, &text);
	}
	return words;
}

Test(answers, of_every_wording)
{
	static const struct {
		const char *answer, *want;
	} rows[] = {
		{ "null", "null" }, { "loopback", "null" },
		{ "nxdomain", "nxdomain" }, { "nodata", "nodata" },
		{ "refused", "refused" }, { "drop", "drop" },
		{ "tcp-only", "truncate" },
		{ "A 192.0.2.1", "1 192.0.2.1" },
		{ "AAAA 2001:DB8::1", "28 2001:db8::1" },
		{ "CNAME Safe.example.net.", "5 safe.example.net" },
		{ "CNAME .", "nxdomain" }, { "CNAME *.", "nodata" },
		{ "CNAME *", "nodata" },
		{ "CNAME *.garden.example", "5 *.garden.example" },
		{ "TXT \"local data\" zone", "16 \"local data\" \"zone\"" },
		{ "TXT 42", "16 \"42\"" },
		{ "MX 10 mail.example", "15 10 mail.example" },
		{ "PTR host.example.", "12 host.example" },
		{ "SRV 10 60 8080 example.com", "33 10 60 8080 example.com" },
		{ "ns ns1.example", "2 ns1.example" },
		{ "CAA 0 issue \"ca.example\"",
		  "257 \\# 17 0005697373756563612e6578616d706c65" },
		{ "TYPE65280 \\# 3 00 01ff", "65280 \\# 3 0001ff" },
		{ "dnsrewrite 192.0.2.1", "1 192.0.2.1" },
		{ "dnsrewrite 0.0.0.0", "1 0.0.0.0" },
		{ "dnsrewrite abcd::1234", "28 abcd::1234" },
		{ "dnsrewrite example.net", "5 example.net" },
		{ "dnsrewrite REFUSED", "refused" },
		{ "dnsrewrite NXDOMAIN", "nxdomain" },
		{ "dnsrewrite NOERROR", "nodata" },
		{ "dnsrewrite SERVFAIL", "rcode 2" },
		{ "dnsrewrite NOERROR;A;192.0.2.1", "1 192.0.2.1" },
		{ "dnsrewrite noerror;aaaa;::1", "28 ::1" },
		{ "dnsrewrite NOERROR;CNAME;example.org", "5 example.org" },
		{ "dnsrewrite NOERROR;TXT;hello world; \"x\"",
		  "16 \"hello world; \\\"x\\\"\"" },
		{ "dnsrewrite NOERROR;PTR;example.net.", "12 example.net" },
		{ "dnsrewrite NOERROR;MX;32 example.mail",
		  "15 32 example.mail" },
		{ "dnsrewrite NOERROR;SRV;10 60 8080 example.com",
		  "33 10 60 8080 example.com" },
		{ "dnsrewrite NOERROR;HTTPS;32 example.com alpn=h3", "65 \\# 22"
		  " 0020076578616d706c6503636f6d0000010003026833" },
		{ "dnsrewrite NOERROR;SVCB;1 . ipv4hint=127.0.0.1",
		  "64 \\# 11 000100000400047f000001" },
		{ "dnsrewrite REFUSED;;", "refused" },
		{ "dnsrewrite NXDOMAIN;;", "nxdomain" },
		{ "dnsrewrite NXDOMAIN;A;192.0.2.1", "nxdomain" },
		{ "dnsrewrite NOERROR;;", "nodata" },
		{ "dnsrewrite NOTIMP;;", "rcode 4" },
		{ "reply nodata", "nodata" }, { "reply NXDOMAIN", "nxdomain" },
		{ "reply refused", "refused" }, { "reply none", "drop" },
		{ "reply ip", "as list" },
		{ "reply 192.0.2.1", "1 192.0.2.1; 28 ::" },
		{ "reply fe80::1", "1 0.0.0.0; 28 fe80::1" },
		{ "reply fe80::1,192.0.2.1", "1 192.0.2.1; 28 fe80::1" },
	};
	char words[1024];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct made_terms made;

		made_answer(&made, rows[i].answer);
		cr_assert_geq(made.len, 0, "%s: %s", rows[i].answer, made.why);
		cr_expect_str_eq(printed(&made, words), rows[i].want, "%s",
				 rows[i].answer);
	}
}

Test(answers, that_make_no_sense)
{
	static const char *const rows[] = {
		"", "foo", "A", "A ", "A 1.2.3", "A 1.2.3.4 5", "A ::1",
		"AAAA 1.2.3.4", "CNAME a..b", "CNAME a b", "MX mail.example",
		"MX 70000 a", "MX -1 a", "MX 10", "SRV 1 2 a", "TXT \"open",
		"TXT", "ANY x", "AXFR \\# 1 00", "OPT \\# 1 00",
		"TYPE0 \\# 1 00", "TYPE65280 x", "TYPE65280 \\# 2 00",
		"TYPE65280 \\# 1 0", "TYPE65280 \\# 1 0x", "TYPE65280 \\#",
		"HTTPS 1", "HTTPS x . alpn=h3", "dnsrewrite", "dnsrewrite ",
		"dnsrewrite FOO", "dnsrewrite 1.2.3", "dnsrewrite a b",
		"dnsrewrite a..b", "dnsrewrite 1.2.3.4.5",
		"dnsrewrite NOERROR;A", "dnsrewrite FOO;;",
		"dnsrewrite BADVERS;;", "dnsrewrite NOERROR;FOO;x",
		"dnsrewrite NOERROR;A;", "dnsrewrite NOERROR;;x",
		"dnsrewrite NOERROR;A;::1", "reply", "reply ", "reply x",
		"reply nodata,none", "reply 1.2.3.4,1.2.3.5", "reply ,",
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct made_terms made;

		made_answer(&made, rows[i]);
		cr_expect_eq(made.len, ERROR_MALFORMED, "%s", rows[i]);
	}
}

Test(answers, of_one_meaning_have_equal_bytes)
{
	static const char *const rows[][2] = {
		{ "nxdomain", "CNAME ." },
		{ "nxdomain", "dnsrewrite NXDOMAIN" },
		{ "nxdomain", "dnsrewrite NXDOMAIN;;" },
		{ "nodata", "CNAME *." }, { "null", "loopback" },
		{ "A 192.0.2.1", "dnsrewrite 192.0.2.1" },
		{ "A 192.0.2.1", "dnsrewrite NOERROR;A;192.0.2.1" },
		{ "CNAME x.example", "dnsrewrite X.example." },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct made_terms one, other;

		made_answer(&one, rows[i][0]);
		made_answer(&other, rows[i][1]);
		cr_assert_eq(one.len, other.len, "%s", rows[i][1]);
		/* But for the head, which says by what means. */
		cr_expect_arr_eq(one.at + 1, other.at + 1,
				 (size_t)one.len - 1, "%s", rows[i][1]);
		cr_expect_eq(terms_is_dnsrewrite(made_bytes(&other)),
			     strncmp(rows[i][1], "dnsrewrite", 10) == 0);
	}
}

Test(answers, a_long_text_is_several_strings)
{
	struct made_terms made;
	struct terms_answer answer;
	struct terms_record record;
	char text[800] = "dnsrewrite NOERROR;TXT;";
	size_t head = strlen(text);

	memset(text + head, 'x', 600);
	made_answer(&made, text);
	terms_answer(made_bytes(&made), &answer);
	cr_assert(terms_record(&answer, &record));
	cr_assert_eq(record.rdata.len, 603);
	cr_expect_eq(record.rdata.at[0], 255);
	cr_expect_eq(record.rdata.at[256], 255);
	cr_expect_eq(record.rdata.at[512], 90);
	cr_assert_not(terms_record(&answer, &record));
}

static void made_exception(struct made_terms *made, const char *value)
{
	struct rule rule = { .effect = RULE_ALLOW };

	rule.has[RULE_DNSREWRITE] = true;
	rule.condition[RULE_DNSREWRITE] = bytes_of_string(value);
	made_write(made, &rule);
}

static bool taken_back(const char *exception, const char *rewrite)
{
	struct made_terms one, other;

	made_exception(&one, exception);
	made_answer(&other, rewrite);
	cr_assert(terms_is_rewrite_exception(made_bytes(&one)));
	cr_assert_not(terms_is_rewrite_exception(made_bytes(&other)));
	cr_assert_not(terms_take_back(made_bytes(&other), made_bytes(&one)));
	return terms_take_back(made_bytes(&one), made_bytes(&other));
}

Test(answers, an_exception_takes_back_one_rewrite_or_all)
{
	cr_expect(taken_back("", "dnsrewrite 192.0.2.1"));
	cr_expect(taken_back("", "dnsrewrite NXDOMAIN"));
	cr_expect(taken_back("192.0.2.1", "dnsrewrite 192.0.2.1"));
	cr_expect(taken_back("192.0.2.1", "dnsrewrite NOERROR;A;192.0.2.1"));
	cr_expect_not(taken_back("192.0.2.1", "dnsrewrite 192.0.2.2"));
	cr_expect_not(taken_back("192.0.2.1", "dnsrewrite NXDOMAIN"));
	cr_expect(taken_back("NXDOMAIN;;", "dnsrewrite NXDOMAIN"));
}

Test(answers, an_exception_that_is_none)
{
	struct rule rule = { .effect = RULE_BLOCK };
	struct made_terms made;

	rule.has[RULE_DNSREWRITE] = true;
	made_write(&made, &rule);
	cr_expect_eq(made.len, ERROR_MALFORMED);
	made_exception(&made, "FOO");
	cr_expect_eq(made.len, ERROR_MALFORMED);
}

static bool target_of(const char *answer, const char *asked,
		      struct name *target)
{
	struct name name = made_question_name(asked);
	struct terms_answer parts;
	struct terms_record record;
	struct made_terms made;

	made_answer(&made, answer);
	terms_answer(made_bytes(&made), &parts);
	cr_assert(terms_record(&parts, &record));
	return terms_target(&record, &name, target);
}

Test(answers, where_an_alias_leads)
{
	struct name target, want;
	char longest[256] = "";

	cr_assert(target_of("CNAME a.example", "b.example", &target));
	want = made_question_name("a.example");
	cr_assert(name_equal(&target, &want));
	cr_assert(target_of("CNAME *.garden.example", "www.x.org", &target));
	want = made_question_name("www.x.org.garden.example");
	cr_assert(name_equal(&target, &want));
	cr_assert_not(target_of("A 192.0.2.1", "www.x.org", &target));
	for (unsigned i = 0; i < 120; i++)
		strcat(longest, "a.");
	cr_assert_not(target_of("CNAME *.garden.example", longest, &target));
}

Test(answers, records_that_are_damaged_are_not_given)
{
	static const struct {
		const char *words;
		uint8_t at[24];
		size_t len;
		unsigned records;
	} rows[] = {
		{ "whole", { 3, 6, 0, 10, 7, 0, 0, 1, 0, 4, 1, 2, 3, 4 }, 14,
		  1 },
		{ "an A of 3", { 3, 6, 0, 9, 7, 0, 0, 1, 0, 3, 1, 2, 3 }, 13,
		  0 },
		{ "an AAAA of 4", { 3, 6, 0, 10, 7, 0, 0, 28, 0, 4, 1, 2, 3,
				    4 }, 14, 0 },
		{ "over the end", { 3, 6, 0, 10, 7, 0, 0, 16, 0, 5, 1, 2, 3,
				    4 }, 14, 0 },
		{ "half a head", { 3, 6, 0, 5, 7, 0, 0, 1, 0 }, 9, 0 },
		{ "no rcode", { 3, 6, 0, 1, 7 }, 5, 0 },
		{ "no such kind", { 3, 6, 0, 1, 8 }, 5, 0 },
		{ "section over the end", { 3, 6, 0, 9, 7, 0 }, 6, 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct terms_answer answer;
		struct terms_record record;
		unsigned records = 0;

		terms_answer(bytes_of(rows[i].at, rows[i].len), &answer);
		while (terms_record(&answer, &record))
			records++;
		cr_expect_eq(records, rows[i].records, "%s", rows[i].words);
		cr_expect_not(terms_record(&answer, &record), "%s",
			      rows[i].words);
	}
}
