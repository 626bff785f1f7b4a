/*
 * fourier: the fast Fourier transform of Cooley and Tukey (1965), in place,
 * for lengths that are powers of two.
 */
#ifndef REVIEW_FOURIER_H
#define REVIEW_FOURIER_H

#include <stddef.h>

struct wave {
	float re, im;
};

/*
 * The roots of one that transforms of up to `size` need: those of each joint
 * together, `size` in all.
 */
void fourier_roots(struct wave *roots, size_t size);

/* Forwards, not scaled.  `size` is a power of two, `roots` are of no less. */
void fourier_transform(struct wave *at, size_t size,
		       const struct wave *roots);

#endif
