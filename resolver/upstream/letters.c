/*
 * The bits are kept with the question and not the question as it was sent:
 * 8 bytes instead of 255.  A length byte is at most 63 and never a letter.
 */
#include "upstream/letters.h"

enum { CASE_BIT = 0x20 };

/* Without branches: the letters are random, and so would be the branches. */
static inline uint8_t mixed(uint8_t byte, size_t at, uint64_t letters)
{
	unsigned letter = byte >= 'a' && byte <= 'z';

	return (uint8_t)(byte ^ (letter & letters >> (at & 63)) * CASE_BIT);
}

void letters_mix(uint8_t *wire, size_t len, uint64_t letters)
{
	for (size_t i = 0; i < len; i++)
		wire[i] = mixed(wire[i], i, letters);
}

bool letters_hold(const uint8_t *wire, const struct name *name,
		  uint64_t letters)
{
	uint8_t wrong = 0;

	for (size_t i = 0; i < name->len; i++)
		wrong |= wire[i] ^ mixed(name->wire[i], i, letters);
	return wrong == 0;
}
