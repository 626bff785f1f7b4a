/*
 * literal: bytes that stand in every name a rule can match; literals: a few,
 * of which at least one does.
 *
 *	\.example\.com$			".example.com", at the end
 *	^(ads?|track)[0-9]+\.x		"ad" at the start, or "track" there
 *
 * Lower case.  What is not known is left out: literals may be too few and too
 * short, never wrong.  Pure functions.
 */
#ifndef POLICY_LITERAL_H
#define POLICY_LITERAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

enum { LITERAL_BYTES = 30, LITERALS_MAX = 24 };

/* Shorter ones cannot be looked up (policy/grams.h). */
enum { LITERAL_USABLE = 3 };

enum literal_place { LITERAL_STARTS = 1, LITERAL_ENDS = 2 };

struct literal {
	uint8_t len;
	uint8_t place;			/* of the name: where it must stand */
	uint8_t at[LITERAL_BYTES];
};

struct literals {
	uint8_t count;			/* 0: nothing is known */
	struct literal at[LITERALS_MAX];
};

/* One byte more, in lower case; of a long literal the end is kept. */
void literal_put(struct literal *literal, uint8_t byte);

bool literal_stands(const struct literal *literal, struct bytes text,
		    size_t at);
/* Its first place in the text, or SIZE_MAX. */
size_t literal_find(const struct literal *literal, struct bytes text);

/* How seldom these bytes are in host names; larger is rarer. */
unsigned literal_weight(const uint8_t *at, size_t len);

/* Nothing is known of an empty literal: then it changes nothing. */
void literals_offer(struct literals *best, const struct literal *literal);
/* Keeps the better of two that both hold. */
void literals_choose(struct literals *best, const struct literals *other);
/* For either of two: all of both, or nothing. */
void literals_join(struct literals *one, const struct literals *other);

bool literals_usable(const struct literals *literals);

#endif
