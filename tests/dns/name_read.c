/*
 * Names in messages: the limit of 255, every way a pointer can lie, and a
 * reader that is too simple to be wrong to compare with.
 */
#include <criterion/criterion.h>

#include "base/error.h"
#include "dns/message.h"
#include "dns/name.h"
#include "names.h"
#include "sample.h"

static int read_exact(struct name *name, struct bytes message, size_t at)
{
	uint8_t *copy = sample_exact(message.at, message.len);
	int end = name_read(name, bytes_of(copy, message.len), at);
	int skipped = name_skip(bytes_of(copy, message.len), at);

	free(copy);
	if (end >= 0)
		cr_assert_eq(skipped, end, "skipped to %d, read to %d",
			     skipped, end);
	return end;
}

Test(name, a_name_has_255_bytes_and_not_256)
{
	uint8_t wire[320];
	char text[320];
	struct name name;

	cr_assert_eq(long_wire(wire + MESSAGE_HEADER, 61), 255);
	cr_assert_eq(name_from_wire(&name, bytes_of(wire + MESSAGE_HEADER,
						    255)), 0);
	assert_sound(&name);
	cr_assert_eq(read_exact(&name, bytes_of(wire, 267), MESSAGE_HEADER),
		     267);
	long_wire(wire + MESSAGE_HEADER, 62);
	cr_assert_eq(name_from_wire(&name, bytes_of(wire + MESSAGE_HEADER,
						    256)), ERROR_MALFORMED);
	cr_assert_eq(read_exact(&name, bytes_of(wire, 268), MESSAGE_HEADER),
		     ERROR_MALFORMED);
	cr_assert_eq(name_skip(bytes_of(wire, 268), MESSAGE_HEADER),
		     ERROR_MALFORMED);

	memset(text, 'x', sizeof(text));
	text[63] = text[127] = text[191] = '.';
	cr_assert_eq(name_parse(&name, bytes_of(text, 192 + 61)), 0);
	cr_assert_eq(name.len, 255);
	cr_assert_eq(name_parse(&name, bytes_of(text, 192 + 62)),
		     ERROR_MALFORMED);
	text[192 + 61] = '.';
	cr_assert_eq(name_parse(&name, bytes_of(text, 192 + 62)), 0);
	cr_assert_eq(name_parse(&name, bytes_of(text, 192 + 63)),
		     ERROR_MALFORMED);
}

Test(name, a_name_has_127_labels_and_not_128)
{
	uint8_t wire[MESSAGE_HEADER + 2 * 128 + 1] = { 0 };
	struct name name;

	for (size_t i = MESSAGE_HEADER; i + 1 < sizeof(wire); i += 2) {
		wire[i] = 1;
		wire[i + 1] = 'b';
	}
	cr_assert_eq(read_exact(&name, bytes_of(wire, sizeof(wire)),
				MESSAGE_HEADER), ERROR_MALFORMED);
	cr_assert_eq(read_exact(&name, bytes_of(wire, sizeof(wire)),
				MESSAGE_HEADER + 2), (int)sizeof(wire));
	cr_assert_eq(name.labels, NAME_MAX_LABELS);
	assert_sound(&name);
}

/* `tail` stands at 12, behind a header; the name is read at 12 + start. */
Test(name, pointers)
{
	static const struct {
		const char *tail;
		size_t len, start;
		const char *want;	/* NULL: malformed */
		size_t end;		/* in the tail */
		const char *why;
	} rows[] = {
		{ "\3www\1A\0", 7, 0, "www.a", 7, "no pointer" },
		{ "\1a\0\1b\300\14", 7, 3, "b.a", 7, "one" },
		{ "\1a\0\300\14", 5, 3, "a", 5, "nothing but one" },
		{ "\1a\0\300\16", 5, 3, ".", 5, "to a root" },
		{ "\1a\0\1b\300\14\1c\300\17", 11, 7, "c.b.a", 11, "two" },
		{ "\1a\0\300\14\300\17", 7, 5, "a", 7, "to a pointer" },
		{ "\1a\0\1b\300\14\xff", 8, 3, "b.a", 7, "bytes behind" },
		{ "\4a\1b\0\0\300\16", 8, 6, "b", 8, "into a label" },
		{ "\300\14", 2, 0, NULL, 0, "to itself" },
		{ "\1a\300\14", 4, 0, NULL, 0, "to its own start" },
		{ "\1a\1b\300\16", 6, 0, NULL, 0, "into its own run" },
		{ "\300\16\0", 3, 0, NULL, 0, "forward" },
		{ "\300\16\300\14", 4, 0, NULL, 0, "forward, and back" },
		{ "\300\16\300\14", 4, 2, NULL, 0, "back, and forward" },
		{ "\1a\300\20\300\14", 6, 4, NULL, 0, "a loop of two" },
		{ "\300\13", 2, 0, NULL, 0, "to the header's last byte" },
		{ "\300\0", 2, 0, NULL, 0, "to the header's first byte" },
		{ "\1a\0\300", 4, 3, NULL, 0, "half a pointer" },
		{ "\1a\0\1b\300", 6, 3, NULL, 0, "half a pointer at the end" },
		{ "\377\377", 2, 0, NULL, 0, "far outside" },
		{ "\1a", 2, 0, NULL, 0, "no end" },
		{ "\5a", 2, 0, NULL, 0, "label runs out" },
		{ "\1a\0", 3, 3, NULL, 0, "starts at the end" },
		{ "\1a\0", 3, 9, NULL, 0, "starts behind the end" },
		{ "\101a\0", 3, 0, NULL, 0, "label type 01" },
		{ "\201a\0", 3, 0, NULL, 0, "label type 10" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t wire[64] = { 0 };
		struct name name;
		int end;

		memcpy(wire + MESSAGE_HEADER, rows[i].tail, rows[i].len);
		end = read_exact(&name,
				 bytes_of(wire, MESSAGE_HEADER + rows[i].len),
				 MESSAGE_HEADER + rows[i].start);
		if (rows[i].want == NULL) {
			cr_assert_eq(end, ERROR_MALFORMED, "%s", rows[i].why);
			continue;
		}
		cr_assert_eq(end, (int)(MESSAGE_HEADER + rows[i].end), "%s",
			     rows[i].why);
		assert_sound(&name);
		cr_assert_str_eq(printed(&name), rows[i].want);
	}
}

/* A row of pointers, each to the one before it: long, but no loop. */
Test(name, a_long_chain_of_pointers_ends)
{
	static uint8_t wire[0x4000];
	struct name name;
	unsigned at = 14;

	wire[12] = 1;
	wire[13] = 'a';
	for (at = 15; at + 2 <= sizeof(wire); at += 2)
		bytes_put16(wire + at, (uint16_t)(0xc000 | (at == 15 ? 12 :
							    at - 2)));
	cr_assert_eq(name_read(&name, bytes_of(wire, at), at - 2), (int)at);
	cr_assert_str_eq(printed(&name), "a");
}

Test(name, a_name_of_256_bytes_through_pointers_is_refused)
{
	uint8_t wire[400] = { 0 };
	struct name name;
	size_t len = MESSAGE_HEADER + long_wire(wire + MESSAGE_HEADER, 57);

	memcpy(wire + len, "\3abc\300\14", 6);
	cr_assert_eq(read_exact(&name, bytes_of(wire, len + 6), len),
		     (int)len + 6);
	cr_assert_eq(name.len, 255);
	assert_sound(&name);
	memcpy(wire + len, "\4abcd\300\14", 7);
	cr_assert_eq(read_exact(&name, bytes_of(wire, len + 7), len),
		     ERROR_MALFORMED);
}

/*
 * The model: byte by byte, steps counted instead of understood.  It knows no
 * rule of pointers but that they lead before where their run began.
 */
static int model_read(uint8_t *wire, struct bytes message, size_t at)
{
	size_t start = at, len = 0, label;

	for (;;) {
		if (at >= message.len)
			return -1;
		label = message.at[at];
		if (label >= 0xc0) {
			if (at + 1 >= message.len)
				return -1;
			at = (label & 0x3f) << 8 | message.at[at + 1];
			if (at >= start || at < MESSAGE_HEADER)
				return -1;
			start = at;
			continue;
		}
		if (label > 63 || len + label + 1 > 255 ||
		    at + label >= message.len)
			return -1;
		for (size_t i = 0; i <= label; i++)
			wire[len++] = name_lower(message.at[at++]);
		if (label == 0)
			return (int)len;
	}
}

/* Bytes that are mostly structure: short labels, pointers, roots. */
static void random_message(uint64_t *random, struct sample *sample)
{
	unsigned pieces = 1 + sample_below(random, 60);

	sample_begin(sample, 0);
	while (pieces-- > 0) {
		unsigned kind = sample_below(random, 8);
		unsigned len = 1 + sample_below(random, 5);

		if (kind == 0)
			len = sample_below(random, 256);
		if (kind <= 4) {
			sample_put8(sample, len);
			while (len-- > 0)
				sample_put8(sample, sample_random(random));
		} else if (kind <= 6) {
			sample_put16(sample, 0xc000 + sample_below(random,
				     (uint32_t)sample->len + 8));
		} else {
			sample_put8(sample, 0);
		}
		if (sample->len > 1000)
			break;
	}
}

Test(name, reads_as_the_model_does)
{
	uint64_t random = SAMPLE_SEED;
	unsigned good = 0;

	for (unsigned round = 0; round < 3000; round++) {
		struct sample sample;
		uint8_t wire[256];
		struct name name;

		random_message(&random, &sample);
		for (unsigned i = 0; i < 20; i++) {
			size_t at = sample_below(&random,
						 (uint32_t)sample.len + 2);
			int want = model_read(wire, sample_bytes(&sample), at);
			int end = read_exact(&name, sample_bytes(&sample), at);

			cr_assert_eq(end >= 0, want >= 0, "seed %d round %u",
				     SAMPLE_SEED, round);
			if (end < 0)
				continue;
			assert_sound(&name);
			cr_assert_eq(name.len, want);
			cr_assert_arr_eq(name.wire, wire, (size_t)want);
			good++;
		}
	}
	cr_assert_gt(good, 5000, "only %u names: the test is blind", good);
}
