/*
 * To whom a name belongs.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "journal/receiver.h"

#include <criterion/criterion.h>

static const struct {
	const char *name, *receiver;
} cases[] = {
	{ "example.com", "example.com" },
	{ "a.b.example.com", "example.com" },
	{ "a.b.example.co.uk", "example.co.uk" },
	{ "A.B.Example.CO.UK", "Example.CO.UK" },
	{ "co.uk", "co.uk" },
	{ "uk", "uk" },
	{ "localhost", "localhost" },
	{ ".", "." },
	{ "", "" },
	{ "_dns.printer.lan", "printer.lan" },
	{ "a\\.b.example.com", "example.com" },
	{ "www.a\\.b", "www.a\\.b" },
	{ "x.y.a\\\\.b", "a\\\\.b" },
	{ "a\\032b.example.org", "example.org" },
	{ "a\\032b.example.co.uk", "example.co.uk" },
	{ "a\\032b.example.co.test", "co.test" },
#ifdef HAVE_PSL
	{ "deep.foo.github.io", "foo.github.io" },
	{ "www.ck", "www.ck" },
	{ "a.b.c.kobe.jp", "b.c.kobe.jp" },
	{ "1.0.168.192.in-addr.arpa", "192.in-addr.arpa" },
#endif
};

Test(receiver, is_the_registrable_domain)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bytes got =
			receiver_of(bytes_of_string(cases[i].name));

		cr_expect_eq(got.len, strlen(cases[i].receiver), "%s: %.*s",
			     cases[i].name, (int)got.len,
			     (const char *)got.at);
		cr_expect_arr_eq(got.at, cases[i].receiver, got.len, "%s",
				 cases[i].name);
	}
}

Test(receiver, lies_at_the_end_of_whatever_bytes)
{
	uint64_t random = 88172645463325252;
	static const char marks[] = "..\\co.uk com\xff";

	for (unsigned i = 0; i < 100000; i++) {
		uint8_t text[40];
		struct bytes name = { text, i % sizeof(text) }, got;

		for (size_t j = 0; j < name.len; j++) {
			random = random * 6364136223846793005 + 1;
			text[j] = (uint8_t)marks[(random >> 48) % 13];
		}
		got = receiver_of(name);
		cr_assert(got.at >= text);
		cr_assert_eq(got.at + got.len, text + name.len);
	}
}
