/*
 * Resolving: whom it asks, what it believes, and when it gives up.
 */
#include "subscribe/resolve.h"

#include <criterion/criterion.h>

#include "base/error.h"
#include "dns/message.h"
#include "server.h"

static struct server first, second;

static void teardown(void)
{
	server_stop(&first);
	server_stop(&second);
}

TestSuite(resolve, .fini = teardown);

static int resolve(const char *host, struct resolved *found)
{
	struct address at[2];
	struct addresses upstreams = { at, 0 };

	if (first.pid)
		at[upstreams.count++] = server_address(&first);
	if (second.pid)
		at[upstreams.count++] = server_address(&second);
	*found = (struct resolved){ .count = 0 };
	return resolve_host(upstreams, host, found);
}

static bool is_loopback(const struct resolved *found)
{
	return found->count == 1 && address_is_loopback(&found->at[0]);
}

Test(resolve, asks_the_upstream)
{
	struct resolved found;

	server_start_dns(&first, "list.test");
	cr_assert_eq(resolve("List.TEST", &found), 0);
	cr_expect(is_loopback(&found));
	cr_expect_eq(first.seen->count, 2, "A and AAAA");
	cr_expect_eq(resolve("other.test", &found), ERROR_ABSENT);
	cr_expect_eq(found.count, 0);
}

Test(resolve, literals_and_localhost_ask_nobody)
{
	static const char *const hosts[] = {
		"127.0.0.1", "localhost", "LocalHost",
	};
	struct resolved found;

	for (size_t i = 0; i < sizeof(hosts) / sizeof(*hosts); i++) {
		cr_expect_eq(resolve(hosts[i], &found), 0, "%s", hosts[i]);
		cr_expect_geq(found.count, 1);
		cr_expect(address_is_loopback(&found.at[0]));
	}
	cr_expect_eq(resolve("list.test", &found), ERROR_UNREACHABLE);
}

Test(resolve, what_is_no_host_name_is_not_asked_for)
{
	static const char *const hosts[] = {
		"", ".", "..", "a b.test", "\303\274ber.test", "a..test",
		"\\065.test", "x/y", "%41.test",
	};
	struct resolved found;

	server_start_dns(&first, "list.test");
	for (size_t i = 0; i < sizeof(hosts) / sizeof(*hosts); i++)
		cr_expect_eq(resolve(hosts[i], &found), ERROR_MALFORMED, "%s",
			     hosts[i]);
	cr_expect_eq(first.seen->count, 0);
}

Test(resolve, the_next_server_is_asked)
{
	static const int stages[] = { DNS_SERVFAIL, DNS_SILENT, DNS_STRANGER };
	struct resolved found;

	server_start_dns(&first, "list.test");
	server_start_dns(&second, "list.test");
	for (size_t i = 0; i < sizeof(stages) / sizeof(*stages); i++) {
		first.seen->stage = stages[i];
		cr_assert_eq(resolve("list.test", &found), 0);
		cr_expect(is_loopback(&found));
	}
	cr_expect_eq(second.seen->count, 6);
}

Test(resolve, no_server_answers)
{
	struct resolved found;

	server_start_dns(&first, "list.test");
	first.seen->stage = DNS_SERVFAIL;
	cr_expect_eq(resolve("list.test", &found), ERROR_REFUSED);
	cr_expect_eq(first.seen->count, 4, "two rounds of two");
	first.seen->stage = DNS_STRANGER;
	cr_expect_eq(resolve("list.test", &found), ERROR_TIMEOUT);
	cr_expect_eq(found.count, 0);
}

Test(resolve, a_cut_answer_is_taken_for_what_is_in_it)
{
	struct resolved found;

	server_start_dns(&first, "list.test");
	first.seen->stage = DNS_CUT;
	cr_assert_eq(resolve("list.test", &found), 0);
	cr_expect(is_loopback(&found));
}

/* --- answers --- */

/* list.test A: at 12 its name, 22 its end; then the question's 4 bytes. */
#define HEADER(answers)	"\0\1\x81\x80\0\1\0" answers "\0\0\0\0"
#define QUESTION	"\4list\4test\0\0\1\0\1"
#define A_OF(pointer, last) \
	"\xc0" pointer "\0\1\0\1\0\0\0\74\0\4\xc0\0\2" last
#define CNAME_OF(pointer, len, to) \
	"\xc0" pointer "\0\5\0\1\0\0\0\74\0" len to

static unsigned read_answer(const char *wire, size_t len, int expected)
{
	struct question question = { .type = TYPE_A, .class = CLASS_IN };
	struct resolved found = { .count = 0 };

	cr_assert_eq(name_parse(&question.name, bytes_of_string("list.test")),
		     0);
	cr_expect_eq(resolve_read(&found, bytes_of(wire, len), &question),
		     expected);
	return found.count;
}

#define READ(wire, expected) read_answer(wire, sizeof(wire) - 1, expected)

Test(resolve, takes_the_addresses_of_the_name)
{
	cr_expect_eq(READ(HEADER("\2") QUESTION A_OF("\14", "\1")
			  A_OF("\14", "\2"), 0), 2);
	cr_expect_eq(READ(HEADER("\2") QUESTION A_OF("\14", "\1")
			  A_OF("\14", "\1"), 0), 1, "said twice");
	cr_expect_eq(READ(HEADER("\0") QUESTION, 0), 0);
	cr_expect_eq(READ(HEADER("\1") QUESTION A_OF("\21", "\1"), 0), 0,
		     "of another name");
	cr_expect_eq(READ(HEADER("\1") QUESTION A_OF("\14", ""),
			  ERROR_MALFORMED), 0);
}

/* The alias stands at 27; its target "x.test" at 39. */
Test(resolve, follows_aliases_in_any_order)
{
	cr_expect_eq(READ(HEADER("\2") QUESTION
			  CNAME_OF("\14", "\4", "\1x\xc0\21")
			  A_OF("\47", "\1"), 0), 1);
	cr_expect_eq(READ(HEADER("\2") QUESTION
			  "\1x\xc0\21\0\1\0\1\0\0\0\74\0\4\xc0\0\2\1"
			  CNAME_OF("\14", "\2", "\xc0\33"), 0), 1);
	cr_expect_eq(READ(HEADER("\1") QUESTION
			  CNAME_OF("\14", "\2", "\xc0\14"), 0), 0,
		     "an alias of itself");
}
