/*
 * tails: how likely as much or more would be by chance; in logarithms, for
 * what is rare would be nothing as a plain number.
 *
 * All give the natural logarithm of a probability: 0 or less, and 0 (that is
 * certain) for what is no more than was to be expected.  Sound up to counts of
 * a billion.  Any thread.
 */
#ifndef REVIEW_TAILS_H
#define REVIEW_TAILS_H

#include <stdint.h>

/* ln of "n over k"; minus infinity where k is over n. */
double tails_choose(uint64_t n, uint64_t k);

/* At least k of n, each with the probability q. */
double tails_binomial(uint64_t n, uint64_t k, double q);

/*
 * At least x of a gamma distribution of this shape (and scale 1): the sum of
 * `shape` waiting times, half of a chi-square of twice as many degrees.
 */
double tails_gamma(double shape, double x);

#endif
