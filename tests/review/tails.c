/*
 * Tails against closed forms, and at sizes where a plain number would be 0.
 */
#include "review/tails.h"

#include <criterion/criterion.h>
#include <math.h>

static bool near(double one, double other)
{
	return fabs(one - other) < 1e-6 * fmax(1, fabs(other));
}

Test(tails, choose)
{
	cr_expect(near(tails_choose(5, 2), log(10)));
	cr_expect(near(tails_choose(5, 0), 0));
	cr_expect(isinf(tails_choose(5, 6)));
}

Test(tails, binomial)
{
	cr_expect(near(tails_binomial(10, 10, 0.5), 10 * log(0.5)));
	cr_expect(near(tails_binomial(10, 9, 0.5), log(11.0 / 1024)));
	cr_expect(near(tails_binomial(2, 1, 0.1), log(0.19)));
	cr_expect_eq(tails_binomial(10, 1, 0.5), 0);
	cr_expect(near(tails_binomial(100000, 100000, 0.1),
		       100000 * log(0.1)));
	cr_expect(isinf(tails_binomial(10, 11, 0.5)));
	cr_expect(isinf(tails_binomial(10, 1, 0)));
	cr_expect_eq(tails_binomial(0, 0, 0.5), 0);
}

Test(tails, gamma)
{
	cr_expect(near(tails_gamma(1, 20), -20));
	cr_expect(near(tails_gamma(2, 30), -30 + log(31)));
	cr_expect(near(tails_gamma(3, 50), -50 + log(1 + 50 + 1250)));
	cr_expect_eq(tails_gamma(5, 4), 0);
	cr_expect_lt(tails_gamma(100000, 110000), -450);
	cr_expect_gt(tails_gamma(100000, 110000), -550);
	cr_expect_eq(tails_gamma(1, 0), 0);
}
