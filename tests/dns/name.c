/*
 * Names as text and as plain wire: their limits, what must be escaped, and
 * what is below what.
 */
#include "dns/name.h"

#include <criterion/criterion.h>

#include "base/error.h"
#include "base/text.h"
#include "names.h"
#include "sample.h"

static int parse(struct name *name, const char *words)
{
	size_t len = strlen(words);
	uint8_t *copy = sample_exact(words, len);
	int result = name_parse(name, bytes_of(copy, len));

	free(copy);
	return result;
}

Test(name, lower_changes_the_ascii_capitals_and_nothing_else)
{
	for (unsigned byte = 0; byte < 256; byte++) {
		unsigned want = byte;

		if (byte >= 'A' && byte <= 'Z')
			want = byte - 'A' + 'a';
		cr_assert_eq(name_lower((uint8_t)byte), want, "byte %u", byte);
	}
}

/* Every byte in every place of a word of eight, and in the rest of one. */
Test(name, reading_lowers_every_byte_at_every_place)
{
	for (unsigned byte = 0; byte < 256; byte++)
		for (unsigned len = 1; len <= 20; len++) {
			uint8_t wire[22] = { (uint8_t)len };
			struct name name;

			memset(wire + 1, (int)byte, len);
			cr_assert_eq(name_from_wire(&name, bytes_of(wire,
						    len + 2)), 0);
			assert_sound(&name);
			for (unsigned i = 1; i <= len; i++)
				cr_assert_eq(name.wire[i],
					     name_lower((uint8_t)byte));
			cr_assert(name_equal_wire(&name, wire));
		}
}

Test(name, equal_wire_sees_a_difference_at_every_place)
{
	for (unsigned len = 1; len <= 20; len++) {
		uint8_t wire[22] = { (uint8_t)len };
		struct name name;

		memset(wire + 1, 'Q', len);
		cr_assert_eq(name_from_wire(&name, bytes_of(wire, len + 2)),
			     0);
		for (unsigned i = 0; i < len + 2; i++) {
			wire[i] ^= 0x01;
			cr_assert(!name_equal_wire(&name, wire));
			wire[i] ^= 0x01;
		}
		/* '@' and '`' are 32 apart as letters are, but no letters. */
		wire[len] = '@';
		cr_assert_eq(name_from_wire(&name, bytes_of(wire, len + 2)),
			     0);
		wire[len] = '`';
		cr_assert(!name_equal_wire(&name, wire));
	}
}

Test(name, text_is_parsed_and_printed)
{
	static const struct {
		const char *text, *want;
		unsigned labels;
	} rows[] = {
		{ "Example.COM", "example.com", 2 },
		{ "example.com.", "example.com", 2 },
		{ ".", ".", 0 },
		{ "a", "a", 1 },
		{ "_dmarc.x-y.z", "_dmarc.x-y.z", 3 },
		{ "\\065bc", "abc", 1 },
		{ "a\\.b.c", "a\\.b.c", 2 },
		{ "a\\046b.c", "a\\.b.c", 2 },
		{ "a\\\\b", "a\\\\b", 1 },
		{ "\\\"\\$\\(\\)\\;\\@", "\\\"\\$\\(\\)\\;\\@", 1 },
		{ "\\000\\027[31m\\255", "\\000\\027[31m\\255", 1 },
		{ "a b", "a\\032b", 1 },
		{ "caf\303\251", "caf\\195\\169", 1 },
		{ "\\127", "\\127", 1 },
		{ "~!", "~!", 1 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct name name, again;

		cr_assert_eq(parse(&name, rows[i].text), 0, "%s",
			     rows[i].text);
		assert_sound(&name);
		cr_assert_eq(name.labels, rows[i].labels, "%s", rows[i].text);
		cr_assert_str_eq(printed(&name), rows[i].want);
		cr_assert_eq(parse(&again, rows[i].want), 0);
		cr_assert(name_equal(&name, &again), "%s", rows[i].text);
	}
}

Test(name, text_that_is_no_name_is_refused)
{
	static const char *const rows[] = {
		"", "..", ".a", "a..b", "a..", "...", "\\", "a\\", "a.\\",
		"\\1", "\\12", "\\1x2", "\\12x", "\\256", "\\999", "a\\25",
	};
	struct name name;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_assert_eq(parse(&name, rows[i]), ERROR_MALFORMED, "\"%s\"",
			     rows[i]);
}

Test(name, a_label_has_63_bytes_and_not_64)
{
	char text[80];
	uint8_t wire[80];
	struct name name;

	memset(text, 'a', sizeof(text));
	cr_assert_eq(name_parse(&name, bytes_of(text, 63)), 0);
	cr_assert_eq(name_parse(&name, bytes_of(text, 64)), ERROR_MALFORMED);
	memset(wire, 'a', sizeof(wire));
	wire[0] = 63;
	wire[64] = 0;
	cr_assert_eq(name_from_wire(&name, bytes_of(wire, 65)), 0);
	assert_sound(&name);
	wire[0] = 64;
	wire[65] = 0;
	cr_assert_eq(name_from_wire(&name, bytes_of(wire, 66)),
		     ERROR_MALFORMED);
}

/* The longest text there is: every byte printed as four. */
Test(name, the_longest_text_fits_its_buffer)
{
	uint8_t wire[320];
	struct name name, again;

	long_wire(wire, 61);
	for (unsigned i = 0; i < 255; i++)
		if (wire[i] == 'x')
			wire[i] = 0xff;
	cr_assert_eq(name_from_wire(&name, bytes_of(wire, 255)), 0);
	cr_assert_eq(strlen(printed(&name)), 250 * 4 + 3);
	cr_assert_eq(parse(&again, printed(&name)), 0);
	cr_assert(name_equal(&name, &again));
}

Test(name, wire_must_be_one_whole_name)
{
	static const struct {
		const char *wire;
		size_t len;
		const char *why;
	} rows[] = {
		{ "", 0, "nothing" },
		{ "\1a", 2, "no root" },
		{ "\2a", 2, "label runs out" },
		{ "\1a\0", 4, "bytes behind it" },
		{ "\0\0", 2, "bytes behind the root" },
		{ "\300\0", 2, "a pointer" },
		{ "\1a\300\0", 4, "a pointer at the end" },
		{ "\100a", 3, "label type 01" },
		{ "\200a", 3, "label type 10" },
	};
	struct name name;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t *copy = sample_exact(rows[i].wire, rows[i].len);

		cr_assert_eq(name_from_wire(&name, bytes_of(copy,
			     rows[i].len)), ERROR_MALFORMED, "%s",
			     rows[i].why);
		free(copy);
	}
	cr_assert_eq(name_from_wire(&name, bytes_of("", 1)), 0);
	cr_assert_eq(name.len, 1);
	cr_assert_eq(name.labels, 0);
}

static size_t random_wire(uint64_t *random, uint8_t *wire)
{
	unsigned labels = sample_below(random, 20);
	size_t len = 0;

	while (labels-- > 0) {
		unsigned label = 1 + sample_below(random, labels & 1 ? 63 : 5);

		if (len + 1 + label + 1 > 255)
			break;
		wire[len++] = (uint8_t)label;
		while (label-- > 0)
			wire[len++] = (uint8_t)sample_random(random);
	}
	wire[len++] = 0;
	return len;
}

Test(name, any_name_survives_print_and_parse)
{
	uint64_t random = SAMPLE_SEED + 1;

	for (unsigned round = 0; round < 20000; round++) {
		uint8_t wire[256];
		size_t len = random_wire(&random, wire);
		struct name name, again;
		const char *text;

		cr_assert_eq(name_from_wire(&name, bytes_of(wire, len)), 0);
		assert_sound(&name);
		text = printed(&name);
		for (const char *c = text; *c != '\0'; c++)
			cr_assert(*c > ' ' && *c < 0x7f);
		cr_assert_eq(parse(&again, text), 0, "%s", text);
		cr_assert(name_equal(&name, &again), "%s", text);
		assert_sound(&again);
	}
}

Test(name, wire_is_printed_in_the_case_it_has)
{
	char buffer[NAME_TEXT];
	struct text text;

	text_init(&text, buffer, sizeof(buffer));
	name_print_wire(bytes_of("\3WwW\3a.B\0", 9), &text);
	cr_assert_str_eq(buffer, "WwW.a\\.B");
}

Test(name, broken_wire_is_printed_as_far_as_it_is_whole)
{
	static const struct {
		const char *wire;
		size_t len;
		const char *want;
	} rows[] = {
		{ "", 0, "." },
		{ "\0", 1, "." },
		{ "\1a", 2, "a" },
		{ "\1a\3bc", 5, "a" },
		{ "\1a\100b", 4, "a" },
		{ "\1a\300\14", 4, "a" },
		{ "\300\14", 2, "." },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t *copy = sample_exact(rows[i].wire, rows[i].len);
		char buffer[NAME_TEXT];
		struct text text;

		text_init(&text, buffer, sizeof(buffer));
		name_print_wire(bytes_of(copy, rows[i].len), &text);
		cr_assert_str_eq(buffer, rows[i].want);
		free(copy);
	}
}

/* 300 labels that are whole, of which 255 bytes are a name. */
Test(name, wire_that_is_too_long_is_printed_to_the_limit)
{
	uint8_t wire[4 * 64];
	char buffer[NAME_TEXT];
	struct text text;

	memset(wire, 0xff, sizeof(wire));
	wire[0] = wire[64] = wire[128] = wire[192] = 63;
	text_init(&text, buffer, sizeof(buffer));
	name_print_wire(bytes_of(wire, sizeof(wire)), &text);
	cr_assert(!text.cut);
	cr_assert_eq(text.len, 3 * 63 * 4 + 2);
}

Test(name, is_below_goes_by_labels)
{
	static const struct {
		const char *name, *top;
		bool below;
	} rows[] = {
		{ "example.com", "example.com", true },
		{ "a.example.com", "Example.com", true },
		{ "a.b.example.com", "com", true },
		{ "a.b.example.com", ".", true },
		{ ".", ".", true },
		{ ".", "com", false },
		{ "com", "example.com", false },
		{ "xexample.com", "example.com", false },
		{ "example.com.x", "example.com", false },
		{ "a.example.org", "example.com", false },
		{ "a\\011example.com", "example.com", false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct name name, top;

		parse(&name, rows[i].name);
		parse(&top, rows[i].top);
		cr_assert_eq(name_is_below(&name, &top), rows[i].below,
			     "%s, %s", rows[i].name, rows[i].top);
	}
}

/* The bytes of `top` stand at the end, but begin inside a label. */
Test(name, is_below_is_not_fooled_by_length_bytes)
{
	struct name name, top;

	cr_assert_eq(name_from_wire(&name, bytes_of("\4a\1bc\0", 6)), 0);
	cr_assert_eq(name_from_wire(&top, bytes_of("\2bc\0", 4)), 0);
	cr_assert(!name_is_below(&name, &top));
	cr_assert_eq(name_from_wire(&name, bytes_of("\4xx\1b\1c\0", 8)), 0);
	cr_assert_eq(name_from_wire(&top, bytes_of("\1b\1c\0", 5)), 0);
	cr_assert(!name_is_below(&name, &top));
}

Test(name, suffixes)
{
	struct name name;
	struct bytes suffix;

	parse(&name, "a.bc.def");
	suffix = name_suffix(&name, 0);
	cr_assert_eq(suffix.len, name.len);
	suffix = name_suffix(&name, 2);
	cr_assert_eq(suffix.len, 5);
	cr_assert_arr_eq(suffix.at, "\3def", 5);
	suffix = name_suffix(&name, 3);
	cr_assert_eq(suffix.len, 1);
	cr_assert_eq(suffix.at[0], 0);
}
