/*
 * The sums begin at their largest term and end where the next would change
 * nothing; the terms come from the gamma function, ln n! = lgamma(n + 1).
 */
#include "review/tails.h"

#include <math.h>

enum { STEPS = 100000 };

static double ln_factorial(double n)
{
	int sign;

	return lgamma_r(n + 1, &sign);
}

double tails_choose(uint64_t n, uint64_t k)
{
	if (k > n)
		return -INFINITY;
	return ln_factorial((double)n) - ln_factorial((double)k) -
	       ln_factorial((double)(n - k));
}

double tails_binomial(uint64_t n, uint64_t k, double q)
{
	double term = 1, sum = 1, odds = q / (1 - q);

	if ((double)k <= (double)n * q)
		return 0;
	if (k > n || !(q > 0))
		return -INFINITY;
	for (uint64_t i = k; i < n && term > sum * 1e-16; i++) {
		term *= odds * (double)(n - i) / (double)(i + 1);
		sum += term;
	}
	return fmin(0, tails_choose(n, k) + (double)k * log(q) +
		       (double)(n - k) * log1p(-q) + log(sum));
}

/* The continued fraction of the upper incomplete gamma function (DLMF 8.9.2,
   by Lentz's rule); it converges where x is over the shape. */
double tails_gamma(double shape, double x)
{
	double b = x + 1 - shape, c = 1e300, d = 1 / b, fraction = d;
	int sign;

	if (!(x > shape + 1))
		return 0;
	for (int i = 1; i < STEPS; i++) {
		double a = -i * (i - shape), change;

		b += 2;
		d = 1 / (a * d + b);
		c = b + a / c;
		change = c * d;
		fraction *= change;
		if (fabs(change - 1) < 1e-12)
			break;
	}
	return fmin(0, shape * log(x) - x - lgamma_r(shape, &sign) +
		       log(fraction));
}
