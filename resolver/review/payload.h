/*
 * payload: data that is carried in labels.
 *
 * Who may not open a connection can still ask for names: what stands in the
 * labels below a receiver reaches its name servers, whatever the answer.
 *
 *	mzxw6ytboi4tanbr.t.example	16 letters of base32: 10 bytes
 *	5f3a09c1.cdn.example		4 bytes, in hexadecimal
 *	www.a-long-headline.example	none: words
 *
 * The estimate is what such a label can hold at the most, as it comes over a
 * wire that minds no case: 4 bits a letter where all are hexadecimal digits, 5
 * for base32 (RFC 4648, section 6), 5.17 for letters and digits (36 of them),
 * 8 for an escaped byte.  A run of letters and digits between hyphens counts
 * if it looks drawn by lot: digits among the letters, or vowels as no language
 * has them.  Names that are asked again carry nothing new: give each once.
 *
 * It is an estimate both ways.  Content networks and mail checks put hashes
 * into labels that are no message; and words can carry one.  So a few are
 * nothing, and what is said of many is only that so much could have left.
 */
#ifndef REVIEW_PAYLOAD_H
#define REVIEW_PAYLOAD_H

#include <stdint.h>

#include "base/bytes.h"

struct text;

/* Bytes a day for one receiver, from which it is said. */
enum { PAYLOAD_REMARKABLE = 500 };

/*
 * Bits in the labels of `name` below its receiver, which is the last
 * `receiver` bytes of it (receiver_of in journal/receiver.h).  Text as the
 * journal has it (name_print), any bytes at all are taken.
 */
uint64_t payload_bits(struct bytes name, size_t receiver);

/*
 * "4,800 bytes a day in 240 names: so much data could have left by DNS
 * itself"; nothing below PAYLOAD_REMARKABLE a day.
 */
void payload_print(uint64_t bytes_a_day, uint64_t names, struct text *out);

#endif
