/*
 * A star takes nothing at first.  When what follows it does not fit, the last
 * star takes one byte more and all behind it is tried again; stars before it
 * need not change any more.
 */
#include "policy/glob.h"

#include <stdint.h>

#include "policy/literal.h"

/*
 * The length of the set that opens at `at`, brackets included; 0: it is not
 * closed.
 */
static size_t set_len(struct bytes glob, size_t at)
{
	size_t i = at + 1;

	if (i < glob.len && (glob.at[i] == '!' || glob.at[i] == '^'))
		i++;
	for (size_t first = i; i < glob.len; i++)
		if (glob.at[i] == ']' && i > first)
			return i + 1 - at;
	return 0;
}

static bool set_holds(struct bytes set, uint8_t byte)
{
	bool inverse = set.at[1] == '!' || set.at[1] == '^', held = false;
	size_t i = inverse ? 2 : 1, end = set.len - 1;

	while (i < end) {
		uint8_t from = set.at[i], to = from;

		if (i + 2 < end && set.at[i + 1] == '-') {
			to = set.at[i + 2];
			i += 2;
		}
		held |= from <= byte && byte <= to;
		i++;
	}
	return held != inverse;
}

/* How much of the glob stands for one byte of text: at least one byte. */
static size_t unit_len(struct bytes glob, size_t at)
{
	size_t len = glob.at[at] == '[' ? set_len(glob, at) : 1;

	return len ? len : 1;
}

static bool unit_holds(struct bytes glob, size_t at, uint8_t byte)
{
	size_t len = unit_len(glob, at);

	if (len > 1)
		return set_holds(bytes_of(glob.at + at, len), byte);
	return glob.at[at] == '?' || glob.at[at] == byte;
}

bool glob_matches(struct bytes glob, struct bytes text)
{
	size_t at = 0, i = 0, star = SIZE_MAX, taken = 0;

	while (i < text.len) {
		if (at < glob.len && glob.at[at] == '*') {
			star = ++at;
			taken = i;
		} else if (at < glob.len && unit_holds(glob, at, text.at[i])) {
			at += unit_len(glob, at);
			i++;
		} else if (star != SIZE_MAX) {
			at = star;
			i = ++taken;
		} else {
			return false;
		}
	}
	while (at < glob.len && glob.at[at] == '*')
		at++;
	return at == glob.len;
}

const char *glob_check(struct bytes glob)
{
	if (glob.len == 0)
		return "the pattern is empty";
	for (size_t at = 0; at < glob.len; at += unit_len(glob, at))
		if (glob.at[at] == '[' && set_len(glob, at) == 0)
			return "a [ is not closed";
	return NULL;
}

void glob_literals(struct bytes glob, struct literals *literals)
{
	struct literal run = { .place = LITERAL_STARTS };

	literals->count = 0;
	for (size_t at = 0; at < glob.len; at += unit_len(glob, at)) {
		if (unit_len(glob, at) == 1 && glob.at[at] != '*' &&
		    glob.at[at] != '?') {
			literal_put(&run, glob.at[at]);
			continue;
		}
		literals_offer(literals, &run);
		run = (struct literal){ 0 };
	}
	run.place |= LITERAL_ENDS;
	literals_offer(literals, &run);
}
