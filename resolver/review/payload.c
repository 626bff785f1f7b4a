/*
 * A label falls into runs of letters and digits; each run is weighed by
 * itself, so that "eu-west-1" or "ab12-headline" do not become data as a
 * whole.
 */
#include "review/payload.h"

#include <stdbool.h>

#include "base/text.h"
#include "dns/name.h"
#include "review/words.h"

/* Shorter runs are versions, regions and numbers of servers. */
enum { SHORTEST = 8 };

/* Hundredths of a bit in one letter. */
enum { HEX = 400, BASE32 = 500, ANY = 517 };

struct run {
	unsigned length, digits, vowels, turns, consonants, most_consonants;
	bool hex, base32, digit_before;
};

static const struct run empty = { .hex = true, .base32 = true };

static bool is_digit(uint8_t byte)
{
	return byte >= '0' && byte <= '9';
}

static bool is_letter(uint8_t byte)
{
	return byte >= 'a' && byte <= 'z';
}

static bool is_vowel(uint8_t byte)
{
	return byte == 'a' || byte == 'e' || byte == 'i' || byte == 'o' ||
	       byte == 'u' || byte == 'y';
}

static void take(struct run *run, uint8_t byte)
{
	bool digit = is_digit(byte);

	run->turns += run->length > 0 && digit != run->digit_before;
	run->length++;
	run->digit_before = digit;
	run->digits += digit;
	run->vowels += is_vowel(byte);
	run->consonants = digit || is_vowel(byte) ? 0 : run->consonants + 1;
	if (run->consonants > run->most_consonants)
		run->most_consonants = run->consonants;
	run->hex = run->hex && (digit || byte <= 'f');
	run->base32 = run->base32 && (!digit || (byte >= '2' && byte <= '7'));
}

/* No word, no number, no word with a number behind it. */
static bool is_drawn(const struct run *run)
{
	unsigned letters = run->length - run->digits;

	if (run->length < SHORTEST || letters == 0)
		return false;
	if (run->turns >= 3 || (run->hex && run->turns >= 2))
		return true;
	return run->most_consonants >= 5 ||
	       (letters >= SHORTEST && (run->vowels * 5 < letters ||
					run->vowels * 10 > letters * 7));
}

static uint64_t weigh(const struct run *run)
{
	if (!is_drawn(run))
		return 0;
	return run->length * (uint64_t)(run->hex ? HEX :
					run->base32 ? BASE32 : ANY);
}

static bool is_escape(struct bytes name, size_t at)
{
	return name.len - at >= 4 && name.at[at] == '\\' &&
	       is_digit(name.at[at + 1]) && is_digit(name.at[at + 2]) &&
	       is_digit(name.at[at + 3]);
}

uint64_t payload_bits(struct bytes name, size_t receiver)
{
	size_t end = receiver < name.len ? name.len - receiver : 0;
	uint64_t hundredths = 0;
	struct run run = empty;

	for (size_t i = 0; i < end; i++) {
		uint8_t byte = name_lower(name.at[i]);

		if (is_letter(byte) || is_digit(byte)) {
			take(&run, byte);
			continue;
		}
		hundredths += weigh(&run);
		run = empty;
		if (is_escape(name, i)) {
			hundredths += 800;
			i += 3;
		}
	}
	return (hundredths + weigh(&run)) / 100;
}

void payload_print(uint64_t bytes_a_day, uint64_t names, struct text *out)
{
	if (bytes_a_day < PAYLOAD_REMARKABLE)
		return;
	words_number(bytes_a_day, out);
	text_put(out, " bytes a day in ");
	words_number(names, out);
	text_put(out, " name%s: so much data could have left by DNS itself",
		 names == 1 ? "" : "s");
}
