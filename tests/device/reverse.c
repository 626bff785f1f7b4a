/*
 * The names of addresses in the DNS, what an answer says, and a router that
 * answers, is silent, or says no.
 */
#include "device/reverse.h"

#include <criterion/criterion.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "dns/message.h"
#include "dns/name.h"

static struct address address_at(const char *text)
{
	struct address address;

	cr_assert_eq(address_parse(&address, text, 0), 0, "%s", text);
	return address;
}

static void expect_name(const char *of, const char *expected)
{
	struct address address = address_at(of);
	char words[NAME_TEXT];
	struct name name;
	struct text text;

	reverse_name(&address, &name);
	text_init(&text, words, sizeof(words));
	name_print(&name, &text);
	cr_expect_str_eq(words, expected);
}

Test(reverse, names_of_addresses)
{
	expect_name("192.168.1.20", "20.1.168.192.in-addr.arpa");
	expect_name("fd00::12", "2.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0."
		    "0.0.0.0.0.0.0.0.d.f.ip6.arpa");
}

/* --- what an answer says --- */

struct answer_bytes {
	uint8_t at[512];
	size_t len;
};

static void append(struct answer_bytes *answer, const void *at, size_t len)
{
	memcpy(answer->at + answer->len, at, len);
	answer->len += len;
}

static void append_name(struct answer_bytes *answer, const char *text)
{
	struct name name;

	cr_assert_eq(name_parse(&name, bytes_of_string(text)), 0);
	append(answer, name.wire, name.len);
}

static void begin(struct answer_bytes *answer, const struct question *question,
		  uint16_t flags)
{
	uint8_t header[12] = { 0, 7, 0, 0, 0, 1 };
	uint8_t kind[4] = { 0, TYPE_PTR, 0, CLASS_IN };

	bytes_put16(header + 2, flags);
	answer->len = 0;
	append(answer, header, sizeof(header));
	append(answer, question->name.wire, question->name.len);
	append(answer, kind, sizeof(kind));
}

static void append_record(struct answer_bytes *answer, const char *owner,
			  uint16_t type, const char *target)
{
	uint8_t fixed[10] = { 0, 0, 0, CLASS_IN, 0, 0, 0, 60 };
	struct name name;

	append_name(answer, owner);
	cr_assert_eq(name_parse(&name, bytes_of_string(target)), 0);
	bytes_put16(fixed, type);
	bytes_put16(fixed + 8, name.len);
	append(answer, fixed, sizeof(fixed));
	append(answer, name.wire, name.len);
	bytes_put16(answer->at + 6, (uint16_t)(bytes_get16(answer->at + 6) +
					       1));
}

static struct question question_of(const char *text)
{
	struct question question = {
		.type = TYPE_PTR, .class = CLASS_IN, .rd = true,
	};
	struct address address = address_at(text);

	reverse_name(&address, &question.name);
	return question;
}

static int read_it(const struct answer_bytes *answer, char name[FOUND_NAME])
{
	struct question question = question_of("10.0.0.1");

	return reverse_read(bytes_of(answer->at, answer->len), &question,
			    name);
}

#define OWNER "1.0.0.10.in-addr.arpa"

Test(reverse, what_an_answer_says)
{
	struct question question = question_of("10.0.0.1");
	struct answer_bytes answer;
	char name[FOUND_NAME];

	begin(&answer, &question, FLAG_QR);
	append_record(&answer, "2.0.0.10.in-addr.arpa", TYPE_PTR, "not.mine");
	append_record(&answer, OWNER, TYPE_NS, "no.pointer");
	append_record(&answer, OWNER, TYPE_PTR, "bad\\010name");
	append_record(&answer, OWNER, TYPE_PTR, "Tablet.fritz.box");
	cr_expect_eq(read_it(&answer, name), 0);
	cr_expect_str_eq(name, "tablet.fritz.box");
	begin(&answer, &question, FLAG_QR);
	cr_expect_eq(read_it(&answer, name), 0, "it has none");
	cr_expect_str_eq(name, "");
	begin(&answer, &question, FLAG_QR | RCODE_NXDOMAIN);
	cr_expect_eq(read_it(&answer, name), 0);
	begin(&answer, &question, FLAG_QR | RCODE_SERVFAIL);
	cr_expect_eq(read_it(&answer, name), ERROR_REFUSED);
	begin(&answer, &question, FLAG_QR | RCODE_REFUSED);
	cr_expect_eq(read_it(&answer, name), ERROR_REFUSED);
	begin(&answer, &question, 0);
	cr_expect_eq(read_it(&answer, name), ERROR_MALFORMED);
	question = question_of("10.0.0.2");
	begin(&answer, &question, FLAG_QR);
	cr_expect_eq(read_it(&answer, name), ERROR_MALFORMED, "another's");
}

Test(reverse, an_answer_that_was_cut_is_none)
{
	struct question question = question_of("10.0.0.1");
	struct answer_bytes answer;
	char name[FOUND_NAME];
	size_t len;

	begin(&answer, &question, FLAG_QR);
	append_record(&answer, OWNER, TYPE_PTR, "tablet");
	len = answer.len;
	for (answer.len = 0; answer.len < len; answer.len++)
		cr_expect_eq(read_it(&answer, name), ERROR_MALFORMED, "%zu",
			     answer.len);
}

/* --- asking --- */

static struct router {
	uv_loop_t loop;
	struct reverse *reverse;
	int fd;
	struct address address;
	char said[128];			/* "ADDRESS NAME;" for each answer */
} router;

static void note(void *context, const struct address *address,
		 const char *name)
{
	char words[ADDRESS_TEXT];
	size_t len = strlen(router.said);

	(void)context;
	address_words(address, 0, words);
	snprintf(router.said + len, sizeof(router.said) - len, "%s %s;", words,
		 name);
}

static void set_up(void)
{
	struct reverse_options options = { &router.loop, note, NULL };
	struct addresses servers = { &router.address, 1 };
	socklen_t len = sizeof(router.address);

	memset(&router, 0, sizeof(router));
	router.address = address_at("127.0.0.1");
	router.fd = socket(AF_INET, SOCK_DGRAM, 0);
	cr_assert_eq(bind(router.fd, &router.address.any,
			  address_size(&router.address)), 0);
	getsockname(router.fd, &router.address.any, &len);
	uv_loop_init(&router.loop);
	router.reverse = reverse_open(&options);
	cr_assert_not_null(router.reverse);
	reverse_serve(router.reverse, servers);
}

static void tear_down(void)
{
	reverse_close(router.reverse);
	uv_run(&router.loop, UV_RUN_DEFAULT);
	cr_assert_eq(uv_loop_close(&router.loop), 0);
	close(router.fd);
}

TestSuite(asking, .init = set_up, .fini = tear_down, .timeout = 60);

static void want(const char *text)
{
	struct address address = address_at(text);

	reverse_want(router.reverse, &address);
}

/* The question that came in this time, longer than a beat; false: none. */
static bool hear(uint8_t *query, size_t *len, struct address *from)
{
	socklen_t from_len = sizeof(*from);

	for (unsigned i = 0; i < 1000; i++) {
		ssize_t got = recvfrom(router.fd, query, 512, MSG_DONTWAIT,
				       &from->any, &from_len);

		uv_run(&router.loop, UV_RUN_NOWAIT);
		*len = got > 0 ? (size_t)got : 0;
		if (got > 0)
			return true;
		usleep(1000);
	}
	return false;
}

static void answer_with(const char *target, uint16_t flags)
{
	struct answer_bytes answer;
	uint8_t query[512];
	struct address from;
	struct name name;
	char owner[NAME_TEXT];
	struct text text;
	size_t len;

	cr_assert(hear(query, &len, &from), "nothing was asked");
	cr_assert_geq(name_read(&name, bytes_of(query, len), 12), 0);
	begin(&answer, &(struct question){ .name = name },
	      (uint16_t)(FLAG_QR | flags));
	text_init(&text, owner, sizeof(owner));
	name_print(&name, &text);
	if (target != NULL)
		append_record(&answer, owner, TYPE_PTR, target);
	memcpy(answer.at, query, 2);
	cr_assert_gt(sendto(router.fd, answer.at, answer.len, 0, &from.any,
			    address_size(&from)), 0);
	for (unsigned i = 0; i < 20; i++) {
		uv_run(&router.loop, UV_RUN_NOWAIT);
		usleep(1000);
	}
}

static bool is_asked(void)
{
	struct address from;
	uint8_t query[512];
	size_t len;

	return hear(query, &len, &from);
}

Test(asking, a_router_that_knows)
{
	want("192.168.1.20");
	want("192.168.1.20");
	want("fd00::20");
	answer_with("tablet.lan", 0);
	answer_with(NULL, RCODE_NXDOMAIN);
	cr_assert_str_eq(router.said, "192.168.1.20 tablet.lan;fd00::20 ;");
	want("192.168.1.20");
	want("fd00::20");
	cr_assert_not(is_asked(), "what is known is not asked again");
}

Test(asking, another_device_is_asked_about_again)
{
	struct address address = address_at("192.168.1.20");

	want("192.168.1.20");
	answer_with("tablet.lan", 0);
	reverse_forget(router.reverse, &address);
	want("192.168.1.20");
	answer_with("stove.lan", 0);
	cr_assert_str_eq(router.said,
			 "192.168.1.20 tablet.lan;192.168.1.20 stove.lan;");
}

Test(asking, one_that_says_no_is_left_in_peace)
{
	want("192.168.1.20");
	answer_with(NULL, RCODE_SERVFAIL);
	want("192.168.1.20");
	cr_assert_not(is_asked());
	cr_assert_str_eq(router.said, "");
}

Test(asking, what_is_not_of_the_house_is_asked_of_nobody)
{
	struct address far = address_at("192.0.2.53");
	struct addresses servers = { &far, 1 };

	want("93.184.215.14");
	want("2001:db8::1");
	want("127.0.0.1");
	cr_assert_not(is_asked());
	reverse_serve(router.reverse, servers);
	want("192.168.1.20");
	cr_assert_not(is_asked(), "nor anybody outside");
}

Test(asking, a_forged_answer_is_none)
{
	struct answer_bytes answer;
	struct question question = question_of("192.168.1.20");
	uint8_t query[512];
	struct address from;
	size_t len;

	want("192.168.1.20");
	cr_assert(hear(query, &len, &from));
	begin(&answer, &question, FLAG_QR);
	append_record(&answer, "20.1.168.192.in-addr.arpa", TYPE_PTR, "evil");
	answer.at[0] = (uint8_t)~query[0];
	sendto(router.fd, answer.at, answer.len, 0, &from.any,
	       address_size(&from));
	for (unsigned i = 0; i < 20; i++) {
		uv_run(&router.loop, UV_RUN_NOWAIT);
		usleep(1000);
	}
	cr_assert_str_eq(router.said, "");
}
