/*
 * Hosts: what is a name, what is an address, and what is neither.
 */
#include "subscribe/host.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "base/text.h"

/* In memory of just its size, so that a read past it is seen. */
static struct bytes exact(const char *words)
{
	size_t len = strlen(words);
	uint8_t *at = malloc(len ? len : 1);

	memcpy(at, words, len);
	return bytes_of(at, len);
}

Test(host, hosts_are_names_and_not_numbers)
{
	char long_label[80], long_name[300];
	const struct {
		const char *word;
		const char *name;	/* NULL: none */
	} rows[] = {
		{ "example.com", "example.com" },
		{ "Example.COM.", "example.com" },
		{ "_dmarc.-x-.xn--caf-dma.com", "_dmarc.-x-.xn--caf-dma.com" },
		{ "com", "com" },
		{ "1.2.3.a4", "1.2.3.a4" },
		{ "0-0.1x", "0-0.1x" },
		{ "", NULL }, { ".", NULL }, { "..", NULL },
		{ ".a.com", NULL }, { "a..com", NULL }, { "a.com..", NULL },
		{ "1.2.3.4", NULL }, { "1.2.3", NULL }, { "4", NULL },
		{ "a.com.4", NULL }, { "a.4.", NULL },
		{ "\xff.com", NULL }, { "a b.com", NULL },
		{ "a\\.b.com", NULL }, { "*.a.com", NULL },
		{ "a.com:80", NULL }, { "a.com/x", NULL }, { "::1", NULL },
		{ "||a.com^", NULL }, { "a@b.com", NULL },
		{ long_label, NULL }, { long_name, NULL },
	};

	memset(long_label, 'x', 64);
	strcpy(long_label + 64, ".com");
	for (size_t i = 0; i < 254; i += 2)
		memcpy(long_name + i, "x.", 2);
	strcpy(long_name + 254, "ab");
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct bytes word = exact(rows[i].word);
		char printed[NAME_TEXT] = "none";
		struct name name;
		struct text text;

		text_init(&text, printed, sizeof(printed));
		if (!host_parse(&name, word, true))
			name_print(&name, &text);
		cr_expect_str_eq(printed, rows[i].name ? rows[i].name : "",
				 "%s", rows[i].word);
		free((void *)(uintptr_t)word.at);
	}
}

Test(host, the_longest_is_one)
{
	char words[256] = "";
	struct name name;

	for (int i = 0; i < 126; i++)
		strcat(words, "x.");
	strcat(words, "x");
	cr_expect_null(host_parse(&name, bytes_of_string(words), false));
	cr_expect_eq(name.len, 255);
	strcat(words, "x");
	cr_expect_not_null(host_parse(&name, bytes_of_string(words),
				      false));
}

Test(host, local_names)
{
	static const char *const local[] = {
		"localhost", "LocalHost", "localhost.", "local",
		"ip6-allnodes", "localhost6.localdomain6",
	};
	static const char *const others[] = {
		"", ".", "localhos", "localhost.com", "xlocalhost", "local.x",
	};

	for (size_t i = 0; i < sizeof(local) / sizeof(*local); i++)
		cr_expect(host_is_local(bytes_of_string(local[i])), "%s",
			  local[i]);
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		cr_expect_not(host_is_local(bytes_of_string(others[i])),
			      "%s", others[i]);
}

Test(host, one_label_is_not_always_enough)
{
	struct name name;

	cr_expect_not_null(host_parse(&name, bytes_of_string("com"), false));
	cr_expect_null(host_parse(&name, bytes_of_string("com"), true));
}

Test(host, strict_ones)
{
	static const char *const strict[] = {
		"a.com", "com", "A-b.Com", "a.xn--p1acf", "1.de",
	};
	static const char *const others[] = {
		"", "a.com.", "a.c", "a.c0m", "-a.com", "a-.com", "a_b.com",
		"a..com", ".com", "a.xn--p", "a b.com", "1.2.3.4",
	};

	for (size_t i = 0; i < sizeof(strict) / sizeof(*strict); i++)
		cr_expect(host_is_strict(bytes_of_string(strict[i])), "%s",
			  strict[i]);
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		cr_expect_not(host_is_strict(bytes_of_string(others[i])),
			      "%s", others[i]);
}

Test(host, addresses)
{
	static const struct {
		const char *word, *answer, *meaning;	/* NULL: none */
	} rows[] = {
		{ "0.0.0.0", "A 0.0.0.0", "null" }, { "0", "A 0.0.0.0",
		"null" }, { "::", "AAAA ::", "null" },
		{ "127.0.0.1", "A 127.0.0.1", "loopback" },
		{ "127.255.0.9", "A 127.255.0.9", "loopback" },
		{ "::1", "AAAA ::1", "loopback" },
		{ "::1%lo0", "AAAA ::1", "loopback" },
		{ "192.0.2.255", "A 192.0.2.255", NULL },
		{ "2001:DB8::1", "AAAA 2001:db8::1", NULL },
		{ "1.2.3", NULL, NULL }, { "1.2.3.4.5", NULL, NULL },
		{ "1.2.3.256", NULL, NULL }, { "01.2.3.4", NULL, NULL },
		{ "1.2.3.0004", NULL, NULL }, { "1..2.3", NULL, NULL },
		{ "1.2.3.", NULL, NULL }, { "", NULL, NULL },
		{ "%lo0", NULL, NULL }, { "00", NULL, NULL },
		{ ":::", NULL, NULL }, { "12345::", NULL, NULL },
	};
	char answer[HOST_ANSWER];
	struct prefix address;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct bytes word = exact(rows[i].word), said;
		bool is = host_address(&address, word);

		free((void *)(uintptr_t)word.at);
		cr_expect_eq(is, rows[i].answer != NULL, "%s", rows[i].word);
		if (!is || !rows[i].answer)
			continue;
		said = host_answer(&address, answer);
		cr_expect_eq(said.len, strlen(rows[i].answer));
		cr_expect_str_eq(answer, rows[i].answer);
		cr_expect_eq(host_meaning(&address) == NULL,
			     rows[i].meaning == NULL);
		if (rows[i].meaning)
			cr_expect_str_eq(host_meaning(&address),
					 rows[i].meaning);
	}
}

Test(host, prefixes)
{
	static const char *const rows[][2] = {
		{ "192.0.2.9/24", "192.0.2.0/24" }, { "1.2.3.4", "1.2.3.4" },
		{ "2001:db8::1/32", "2001:db8::/32" }, { "1.2.3.4/0",
		"0.0.0.0/0" }, { "::1", "::1" },
		{ "1.2.3.4/33", "" }, { "1.2.3.4/", "" }, { "/8", "" },
		{ "1.2.3.4/8x", "" }, { "::/129", "" }, { "0", "" },
		{ "fe80::1%lo0", "" }, { "1.2.3.4/1000", "" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char printed[80] = "";
		struct prefix prefix;
		struct text text;

		text_init(&text, printed, sizeof(printed));
		if (host_prefix(&prefix, bytes_of_string(rows[i][0])))
			prefix_print(&prefix, &text);
		cr_expect_str_eq(printed, rows[i][1], "%s", rows[i][0]);
	}
}

Test(host, what_resembles_an_address)
{
	static const char *const alike[] = {
		"1.2.3.4", "1.2.3.4/8", "999.2.3.4:80", "1.2.3.4-x",
	};
	static const char *const others[] = {
		"", "1.2.3", "1.2.3.4x", "1.2.3.4.5", "1234.1.1.1", "a",
	};

	for (size_t i = 0; i < sizeof(alike) / sizeof(*alike); i++)
		cr_expect(host_resembles_address(bytes_of_string(alike[i])));
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		cr_expect_not(host_resembles_address(
			      bytes_of_string(others[i])), "%s", others[i]);
}
