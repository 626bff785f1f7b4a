/*
 * The places are put in the order of their bits read backwards; then pairs,
 * fours, eights and so on are joined, each joint a turn by a root of one.  A
 * half is finished before the other is begun, so that it is still in the
 * processor's cache when it is joined.
 */
#include "review/fourier.h"

#include <math.h>

/* What fits into the processor's first cache is joined level by level. */
enum { NEAR = 1 << 11 };

void fourier_roots(struct wave *roots, size_t size)
{
	for (size_t half = 1; half < size; half *= 2) {
		for (size_t i = 0; i < half; i++) {
			double angle = -M_PI * (double)i / (double)half;

			roots[half + i] = (struct wave){ (float)cos(angle),
							 (float)sin(angle) };
		}
	}
}

static void reverse_bits(struct wave *at, size_t size)
{
	for (size_t i = 1, j = 0; i < size; i++) {
		size_t bit = size >> 1;

		for (; j & bit; bit >>= 1)
			j ^= bit;
		j ^= bit;
		if (i < j) {
			struct wave kept = at[i];

			at[i] = at[j];
			at[j] = kept;
		}
	}
}

static void join(struct wave *low, size_t half, const struct wave *roots)
{
	struct wave *high = low + half;

	for (size_t i = 0; i < half; i++) {
		struct wave root = roots[half + i];
		float re = high[i].re * root.re - high[i].im * root.im;
		float im = high[i].re * root.im + high[i].im * root.re;

		high[i] = (struct wave){ low[i].re - re, low[i].im - im };
		low[i] = (struct wave){ low[i].re + re, low[i].im + im };
	}
}

static void join_all(struct wave *at, size_t size, const struct wave *roots)
{
	if (size > NEAR) {
		join_all(at, size / 2, roots);
		join_all(at + size / 2, size / 2, roots);
		join(at, size / 2, roots);
		return;
	}
	for (size_t half = 1; half < size; half *= 2)
		for (size_t start = 0; start < size; start += 2 * half)
			join(at + start, half, roots);
}

void fourier_transform(struct wave *at, size_t size, const struct wave *roots)
{
	reverse_bits(at, size);
	join_all(at, size, roots);
}
