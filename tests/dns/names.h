/*
 * names: what the tests of names have in common.
 */
#ifndef TESTS_DNS_NAMES_H
#define TESTS_DNS_NAMES_H

#include <criterion/criterion.h>
#include <string.h>

#include "base/text.h"
#include "dns/name.h"

static inline const char *printed(const struct name *name)
{
	static char buffer[NAME_TEXT];
	struct text text;

	text_init(&text, buffer, sizeof(buffer));
	name_print(name, &text);
	cr_assert(!text.cut);
	return buffer;
}

/* Labels, their offsets and the length must say the same. */
static inline void assert_sound(const struct name *name)
{
	unsigned at = 0, i;

	for (i = 0; i < name->labels; i++) {
		cr_assert_eq(name->label[i], at);
		cr_assert_leq(name->wire[at], 63);
		cr_assert_gt(name->wire[at], 0);
		at += name->wire[at] + 1u;
	}
	cr_assert_eq(name->wire[at], 0);
	cr_assert_eq(name->len, at + 1);
}

/* Three labels of 63 and one of `last`: 194 + last bytes of wire. */
static inline size_t long_wire(uint8_t *wire, unsigned last)
{
	memset(wire, 'x', 300);
	wire[0] = wire[64] = wire[128] = 63;
	wire[192] = (uint8_t)last;
	wire[193 + last] = 0;
	return 194 + last;
}

#endif
