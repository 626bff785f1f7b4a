/*
 * Names outside of ASCII: as browsers ask for them.
 */
#include "subscribe/idn.h"

#include "heard.h"
#include "subscribe/punycode.h"

static void expect(const char *name, const char *wanted)
{
	uint8_t ascii[IDN_ROOM];
	size_t len = 0;
	const char *why = idn_name(bytes_of_string(name), ascii, &len);

	if (!wanted) {
		cr_expect_not_null(why, "%s", name);
		return;
	}
	cr_expect_null(why, "%s: %s", name, why);
	cr_expect(len == strlen(wanted) && memcmp(ascii, wanted, len) == 0,
		  "%s: %.*s", name, (int)len, (const char *)ascii);
}

Test(idn, names)
{
	if (!idn_is_there())
		cr_skip_test("built without libidn2");
	expect("b\xc3\xbc" "cher.de", "xn--bcher-kva.de");
	expect("B\xc3\x9c" "CHER.de", "xn--bcher-kva.de");
	expect("bu\xcc\x88" "cher.de", "xn--bcher-kva.de");
	expect("stra\xc3\x9f" "e.de", "xn--strae-oqa.de");
	expect("a\xe3\x80\x82" "b\xef\xbc\x8e" "c\xef\xbd\xa1" "de",
	       "a.b.c.de");
	expect("\xef\xbd\x81.com", "a.com");
	expect("\xd1\x80\xd1\x83\xd1\x81", "xn--p1acf");
	expect("r1---sn-\xc3\xbc.com", "xn--r1---sn--e6a.com");
	expect("\xe2\x98\x95.com", "xn--53h.com");
	expect("i\xe2\x9d\xa4.ws", "xn--i-7iq.ws");
	expect("\xff.com", NULL);
	expect("\xc3.com", NULL);
	expect("\xed\xa0\x80.com", NULL);
}

Test(idn, in_lists)
{
	static const struct heard_row rows[] = {
		{ "b\xc3\xbc" "cher.de\n*.\xd1\x80\xd1\x83\xd1\x81",
		  "block exact xn--bcher-kva.de\nblock subtree xn--p1acf\n",
		  0 },
		{ "||b\xc3\xbc" "cher.de^\n||*.\xd1\x80\xd1\x83\xd1\x81^",
		  "block subtree xn--bcher-kva.de\n"
		  "block pattern ||*.xn--p1acf^\n", 0 },
		{ "0.0.0.0 b\xc3\xbc" "cher.de",
		  "block exact xn--bcher-kva.de = null\n", 0 },
		{ "\xff.com\n||\xff.com^\n||*\xff.com^", "", 3 },
		{ "\xef\xbc\x8f.com", "", 1 },
	};

	if (!idn_is_there())
		cr_skip_test("built without libidn2");
	HEARD(rows, LIST_FORMAT_LIST);
}

/* The samples of RFC 3492, section 7.1, that are in lower case. */
Test(idn, punycode)
{
	static const char *const rows[][2] = {
		{ "\xe4\xbb\x96\xe4\xbb\xac\xe4\xb8\xba\xe4\xbb\x80\xe4\xb9"
		  "\x88\xe4\xb8\x8d\xe8\xaf\xb4\xe4\xb8\xad\xe6\x96\x87",
		  "xn--ihqwcrb4cv8a8dqg056pqjye" },
		{ "\xe3\x81\x9d\xe3\x81\xae\xe3\x82\xb9\xe3\x83\x94\xe3\x83"
		  "\xbc\xe3\x83\x89\xe3\x81\xa7", "xn--d9juau41awczczp" },
		{ "porqu\xc3\xa9nopuedensimplementehablarenespa\xc3\xb1ol",
		  "xn--porqunopuedensimplementehablarenespaol-fmd56a" },
		{ "A\xc3\xbc", "xn--a-eha" },
		{ "\xf0\x9f\x98\x80", "xn--e28h" },
	};
	uint8_t to[PUNYCODE_ROOM];
	char label[800];
	size_t len;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		cr_assert(punycode_encode(bytes_of_string(rows[i][0]), to,
					  &len));
		cr_expect(len == strlen(rows[i][1]) &&
			  memcmp(to, rows[i][1], len) == 0, "%.*s",
			  (int)len, (const char *)to);
	}
	cr_expect_not(punycode_encode(bytes_of("\xe3\x81", 2), to, &len));
	for (size_t i = 0; i < 64; i++)
		memcpy(label + 4 * i, "\xf0\x9f\x98\x80", 4);
	label[4 * 30 + 3] = (char)0x81;
	cr_expect(punycode_encode(bytes_of(label, 4 * 63), to, &len));
	cr_expect_leq(len, sizeof(to));
	cr_expect_not(punycode_encode(bytes_of(label, 4 * 64), to, &len));
	for (uint32_t i = 0; i < 63; i++) {
		uint32_t letter = i & 1 ? 0x10ffff - i : 0x80 + i;

		label[4 * i] = (char)(0xf0 | letter >> 18);
		label[4 * i + 1] = (char)(0x80 | (letter >> 12 & 63));
		label[4 * i + 2] = (char)(0x80 | (letter >> 6 & 63));
		label[4 * i + 3] = (char)(0x80 | (letter & 63));
		if (!(i & 1))
			memcpy(label + 4 * i, "\xf0\x90\x80\x80", 4);
	}
	cr_expect(punycode_encode(bytes_of(label, 4 * 63), to, &len));
	cr_expect_leq(len, sizeof(to));
}
