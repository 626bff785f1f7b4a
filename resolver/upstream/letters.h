/*
 * letters: a question in random upper and lower case, which an answer has to
 * repeat: one more bit a letter that a forger must guess
 * (draft-vixie-dnsext-dns0x20).
 */
#ifndef UPSTREAM_LETTERS_H
#define UPSTREAM_LETTERS_H

#include <stdbool.h>
#include <stdint.h>

#include "dns/name.h"

/* A letter at byte n of the name, lower case so far, goes by bit n mod 64. */
void letters_mix(uint8_t *wire, size_t len, uint64_t letters);

/* Is the name at `wire` just what letters_mix makes of `name`? */
bool letters_hold(const uint8_t *wire, const struct name *name,
		  uint64_t letters);

#endif
