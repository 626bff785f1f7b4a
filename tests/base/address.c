#include "base/address.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"

static struct address parsed(const char *text, uint16_t port)
{
	struct address address;

	cr_assert_eq(address_parse(&address, text, port), 0, "%s", text);
	return address;
}

static const char *printed(const struct address *address, uint16_t usual)
{
	static char buffer[ADDRESS_TEXT];
	struct text text;

	text_init(&text, buffer, sizeof(buffer));
	address_print(address, usual, &text);
	cr_assert_not(text.cut);
	return buffer;
}

Test(address, is_printed_as_it_is_read)
{
	static const struct {
		const char *in, *out;
		uint16_t port;
	} rows[] = {
		{ "192.0.2.1", "192.0.2.1", 53 },
		{ "192.0.2.1:53", "192.0.2.1", 53 },
		{ "192.0.2.1:5353", "192.0.2.1:5353", 5353 },
		{ "0.0.0.0:0", "0.0.0.0:0", 0 },
		{ "255.255.255.255:65535", "255.255.255.255:65535", 65535 },
		{ "2001:db8::1", "2001:db8::1", 53 },
		{ "[2001:db8::1]", "2001:db8::1", 53 },
		{ "[2001:db8::1]:53", "2001:db8::1", 53 },
		{ "[2001:DB8:0::1]:853", "[2001:db8::1]:853", 853 },
		{ "::", "::", 53 },
		{ "::1:53", "::0.1.0.83", 53 },
		{ "::ffff:192.0.2.1", "::ffff:192.0.2.1", 53 },
		{ "fe80::1", "fe80::1", 53 },
		{ "fe80::1%lo", "fe80::1%lo", 53 },
		{ "[fe80::1%lo]:54", "[fe80::1%lo]:54", 54 },
		{ "fe80::1%1", "fe80::1%lo", 53 },
		{ "ff02::fb%4000000", "ff02::fb%4000000", 53 },
		{ "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255",
		  "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 53 },
	};
	struct address address;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		address = parsed(rows[i].in, 53);
		cr_assert_str_eq(printed(&address, 53), rows[i].out);
		cr_assert_eq(address_port(&address), rows[i].port, "%s",
			     rows[i].in);
	}
}

Test(address, what_is_not_one_is_refused)
{
	static const char *const rows[] = {
		"", " ", "localhost", "192.0.2", "192.0.2.256", "192.0.2.01",
		"192.0.2.1:", "192.0.2.1:65536", "192.0.2.1:99999999999999999",
		"192.0.2.1:+53", "192.0.2.1: 53", "192.0.2.1:53x",
		"192.0.2.1 ", " 192.0.2.1", "[192.0.2.1]", "[192.0.2.1]:53",
		"[2001:db8::1", "2001:db8::1]", "[2001:db8::1]53",
		"[2001:db8::1]:", "[]:53", "[", "2001:db8::g", ":::",
		"1:2:3:4:5:6:7:8:9", "192.0.2.1%lo", "2001:db8::1%lo",
		"fe80::1%", "fe80::1%no-such-link", "fe80::1%0", "fe80::1%-1",
		"fe80::1%1%1", "fe80::1%99999999999999999999",
		"2001:db8::1/64", "192.0.2.1@53",
		"fe80::1%a-name-that-no-link-can-have-because-it-is-too-long-a",
		"0000000000000000000000000000000000000000000000000000000000::1",
	};
	struct address address;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_assert_eq(address_parse(&address, rows[i], 53),
			     ERROR_MALFORMED, "\"%s\"", rows[i]);
}

Test(address, raw_there_and_back)
{
	static const char *const rows[] = { "192.0.2.1:7", "[2001:db8::1]:7" };
	struct address address, copy;
	const uint8_t *raw;
	size_t len;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		address = parsed(rows[i], 0);
		raw = address_raw(&address, &len);
		address_from_raw(&copy, raw, len, 7);
		cr_assert(address_equal(&address, &copy), "%s", rows[i]);
		cr_assert_eq(address_size(&copy),
			     len == 4 ? sizeof(struct sockaddr_in)
				      : sizeof(struct sockaddr_in6));
	}
}

Test(address, none_is_harmless)
{
	struct address none, other = parsed("192.0.2.1", 53);
	size_t len = 99;

	address_from_raw(&none, (const uint8_t *)"12345", 5, 53);
	cr_assert_eq(none.family, 0);
	cr_assert_eq(address_size(&none), 0);
	cr_assert_null(address_raw(&none, &len));
	cr_assert_eq(len, 0);
	cr_assert_eq(address_port(&none), 0);
	address_set_port(&none, 9);
	cr_assert_eq(address_port(&none), 0);
	cr_assert(address_equal(&none, &none));
	cr_assert_not(address_equal_host(&none, &other));
	cr_assert_not(address_is_loopback(&none));
	cr_assert_not(address_is_wildcard(&none));
	cr_assert_str_eq(printed(&none, 53), "none");
}

Test(address, equal_looks_at_host_port_and_scope)
{
	static const struct {
		const char *one, *other;
		bool same, same_host;
	} rows[] = {
		{ "192.0.2.1", "192.0.2.1", true, true },
		{ "192.0.2.1", "192.0.2.1:54", false, true },
		{ "192.0.2.1", "192.0.2.2", false, false },
		{ "::1", "::1", true, true },
		{ "::1", "[::1]:54", false, true },
		{ "::1", "::2", false, false },
		{ "fe80::1%1", "fe80::1%2", false, false },
		{ "192.0.2.1", "::ffff:192.0.2.1", false, false },
	};
	struct address one, other;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		one = parsed(rows[i].one, 53);
		other = parsed(rows[i].other, 53);
		cr_assert_eq(address_equal(&one, &other), rows[i].same,
			     "%s, %s", rows[i].one, rows[i].other);
		cr_assert_eq(address_equal_host(&one, &other),
			     rows[i].same_host, "%s, %s", rows[i].one,
			     rows[i].other);
	}
}

Test(address, loopback_and_wildcard)
{
	static const struct {
		const char *text;
		bool loopback, wildcard;
	} rows[] = {
		{ "127.0.0.1", true, false },
		{ "127.255.0.9", true, false },
		{ "128.0.0.1", false, false },
		{ "::1", true, false },
		{ "::2", false, false },
		{ "0.0.0.0", false, true },
		{ "0.0.0.1", false, false },
		{ "::", false, true },
	};
	struct address address;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		address = parsed(rows[i].text, 53);
		cr_assert_eq(address_is_loopback(&address), rows[i].loopback,
			     "%s", rows[i].text);
		cr_assert_eq(address_is_wildcard(&address), rows[i].wildcard,
			     "%s", rows[i].text);
	}
}

Test(address, what_is_of_a_household)
{
	static const struct {
		const char *text;
		bool private;
	} rows[] = {
		{ "127.0.0.1", true }, { "10.255.255.255", true },
		{ "172.16.0.1", true }, { "172.31.255.255", true },
		{ "172.15.255.255", false }, { "172.32.0.0", false },
		{ "192.168.1.1", true }, { "192.169.1.1", false },
		{ "100.64.0.1", true }, { "100.128.0.1", false },
		{ "169.254.1.1", true }, { "9.9.9.9", false },
		{ "::1", true }, { "::2", false }, { "fc00::1", true },
		{ "fdff::1", true }, { "fe80::1", true },
		{ "febf::1", true }, { "fec0::1", false },
		{ "2001:db8::1", false },
	};
	struct address address = { .family = 0 };

	cr_assert_not(address_is_private(&address));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cr_assert_eq(address_parse(&address, rows[i].text, 0), 0);
		cr_assert_eq(address_is_private(&address), rows[i].private,
			     "%s", rows[i].text);
	}
}
