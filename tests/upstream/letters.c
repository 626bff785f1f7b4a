#include "upstream/letters.h"

#include <criterion/criterion.h>

#include "../dns/sample.h"

static struct name named(const char *text)
{
	struct name name;

	cr_assert_eq(name_parse(&name, bytes_of_string(text)), 0);
	return name;
}

Test(letters, are_held_by_what_was_mixed_and_by_nothing_else)
{
	struct name name = named("Ab-c9.\\201\\@[`{z.example");
	uint64_t random = SAMPLE_SEED;

	for (unsigned round = 0; round < 1000; round++) {
		uint64_t letters = (uint64_t)sample_random(&random) << 32 |
				   sample_random(&random);
		unsigned at = sample_below(&random, name.len);
		uint8_t wire[NAME_MAX_WIRE];
		struct name back;

		memcpy(wire, name.wire, name.len);
		letters_mix(wire, name.len, letters);
		cr_assert(letters_hold(wire, &name, letters));
		cr_assert_gt(name_read(&back, bytes_of(wire, name.len), 0),
			     0);
		cr_assert(name_equal(&back, &name), "another name");
		wire[at] ^= 0x20;
		cr_assert_not(letters_hold(wire, &name, letters));
	}
}

Test(letters, zero_leaves_a_name_as_it_is)
{
	struct name name = named("www.example");
	uint8_t wire[NAME_MAX_WIRE];

	memcpy(wire, name.wire, name.len);
	letters_mix(wire, name.len, 0);
	cr_assert_eq(memcmp(wire, name.wire, name.len), 0);
	letters_mix(wire, name.len, UINT64_MAX);
	cr_assert_eq(memcmp(wire, "\3WWW\7EXAMPLE", 13), 0);
}
