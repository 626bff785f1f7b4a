/*
 * The bits are kept with the question and not the question as it was sent:
 * 8 bytes instead of 255.  A length byte is at most 63 and never a letter.
 */
#include "upstream/letters.h"

enum { CASE_BIT = 0x20 };

static inline uint8_t mixed(uint8_t byte, uint64_t *letters)
{
	uint8_t upper;

	if (byte < 'a' || byte > 'z')
		return byte;
	upper = (*letters & 1) ? CASE_BIT : 0;
	*letters = *letters >> 1 | *letters << 63;
	return byte ^ upper;
}

void letters_mix(uint8_t *wire, size_t len, uint64_t letters)
{
	for (size_t i = 0; i < len; i++)
		wire[i] = mixed(wire[i], &letters);
}

bool letters_hold(const uint8_t *wire, const struct name *name,
		  uint64_t letters)
{
	for (size_t i = 0; i < name->len; i++)
		if (wire[i] != mixed(name->wire[i], &letters))
			return false;
	return true;
}
