/*
 * Which literal of several is the best to look for?  Long ones of rare
 * letters; the weight of a byte is its place in the order of how often bytes
 * are found in host names.  Of literals that stand for each other the
 * lightest counts.
 */
#include "policy/literal.h"

#include "dns/name.h"

/* The commonest first. */
static const char common[] = "eaoitsrncl.mdpuhgb-wfyk1v0x23jz45869q7_";

enum { WEIGHT_LEAST = 10 };

void literal_put(struct literal *literal, uint8_t byte)
{
	if (literal->len == LITERAL_BYTES) {
		memmove(literal->at, literal->at + 1, LITERAL_BYTES - 1);
		literal->len--;
		literal->place &= (uint8_t)~LITERAL_STARTS;
	}
	literal->at[literal->len++] = name_lower(byte);
}

bool literal_stands(const struct literal *literal, struct bytes text,
		    size_t at)
{
	if (at > text.len || text.len - at < literal->len)
		return false;
	if (literal->place & LITERAL_STARTS && at != 0)
		return false;
	if (literal->place & LITERAL_ENDS && at + literal->len != text.len)
		return false;
	return memcmp(text.at + at, literal->at, literal->len) == 0;
}

size_t literal_find(const struct literal *literal, struct bytes text)
{
	const uint8_t *found;
	size_t at = 0;

	if (literal->place & LITERAL_ENDS)
		at = text.len - literal->len;
	if (literal->place)
		return literal_stands(literal, text, at) ? at : SIZE_MAX;
	found = memmem(text.at, text.len, literal->at, literal->len);
	return found ? (size_t)(found - text.at) : SIZE_MAX;
}

unsigned literal_weight(const uint8_t *at, size_t len)
{
	unsigned weight = 0;

	for (size_t i = 0; i < len; i++) {
		const char *found = memchr(common, at[i], sizeof(common) - 1);
		const char *place = found ? found : common + sizeof(common);

		weight += WEIGHT_LEAST + (unsigned)(place - common);
	}
	return weight;
}

static unsigned literals_weight(const struct literals *literals)
{
	unsigned least = literals->count ? UINT32_MAX : 0;

	for (unsigned i = 0; i < literals->count; i++) {
		const struct literal *literal = &literals->at[i];
		unsigned weight = literal_weight(literal->at, literal->len);

		if (weight < least)
			least = weight;
	}
	return least;
}

bool literals_usable(const struct literals *literals)
{
	for (unsigned i = 0; i < literals->count; i++)
		if (literals->at[i].len < LITERAL_USABLE)
			return false;
	return literals->count > 0;
}

void literals_choose(struct literals *best, const struct literals *other)
{
	bool mine = literals_usable(best), its = literals_usable(other);

	if (mine != its ? its :
	    literals_weight(other) > literals_weight(best))
		*best = *other;
}

void literals_offer(struct literals *best, const struct literal *literal)
{
	struct literals one = { .count = 1 };

	if (literal->len == 0)
		return;
	one.at[0] = *literal;
	literals_choose(best, &one);
}

void literals_join(struct literals *one, const struct literals *other)
{
	if (one->count == 0 || other->count == 0 ||
	    one->count + other->count > LITERALS_MAX) {
		one->count = 0;
		return;
	}
	memcpy(one->at + one->count, other->at,
	       other->count * sizeof(other->at[0]));
	one->count = (uint8_t)(one->count + other->count);
}
