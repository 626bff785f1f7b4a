/*
 * Labels that carry data, and labels that are words.
 */
#include "review/payload.h"

#include <criterion/criterion.h>
#include <string.h>

#include "base/text.h"

static uint64_t bits(const char *name, const char *receiver)
{
	return payload_bits(bytes_of_string(name), strlen(receiver));
}

Test(payload, encoded_labels_carry_their_bits)
{
	static const struct {
		const char *name;
		uint64_t bits;
	} rows[] = {
		{ "mzxw6ytboi4tanbr.t.example", 80 },
		{ "MZXW6YTBOI4TANBR.t.example", 80 },
		{ "5f3a09c1.cdn.example", 32 },
		{ "0123456789abcdef0123456789abcdef.a1b2c3d4e5f60718.example",
		  192 },
		{ "x9k2q8z1w0r7.example", 62 },
		{ "\\000\\001\\255.example", 24 },
		{ "xkcdqwrtzpsdf.example", 65 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_expect_eq(bits(rows[i].name, "example"), rows[i].bits,
			     "%s: %lu", rows[i].name,
			     (unsigned long)bits(rows[i].name, "example"));
}

Test(payload, words_carry_none)
{
	static const char *const names[] = {
		"www.example", "example", "a-long-headline-of-a-page.example",
		"eu-west-1.compute.example", "server20261122.example",
		"settings-win.data.example", "20261122.example",
		"documentation.example", "images3.example", "",
		"googleusercontent.example", "\\\\.example", "\\", "\\00",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		cr_expect_eq(bits(names[i], "example"), 0, "%s: %lu", names[i],
			     (unsigned long)bits(names[i], "example"));
}

Test(payload, what_the_receiver_is_called_is_no_payload)
{
	cr_expect_eq(bits("www.5f3a09c15f3a09c1.example",
			  "5f3a09c15f3a09c1.example"), 0);
	cr_expect_eq(bits("5f3a09c1.example", "5f3a09c1.example"), 0);
	cr_expect_eq(payload_bits(bytes_of_string("a"), 100), 0);
}

Test(payload, said_only_of_much)
{
	char buffer[128];
	struct text text;

	text_init(&text, buffer, sizeof(buffer));
	payload_print(PAYLOAD_REMARKABLE - 1, 40, &text);
	cr_expect_str_eq(buffer, "");
	payload_print(4800, 240, &text);
	cr_expect_str_eq(buffer, "4,800 bytes a day in 240 names: so much data "
			 "could have left by DNS itself");
}
