#include "base/error.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <limits.h>
#include <string.h>

Test(error, every_number_has_words_of_its_own)
{
	for (int one = ERROR_MALFORMED; one >= ERROR_BUSY; one--) {
		cr_assert_str_neq(error_words(one), "unknown error",
				  "%d has no words", one);
		for (int other = one - 1; other >= ERROR_BUSY; other--)
			cr_assert_str_neq(error_words(one), error_words(other),
					  "%d and %d", one, other);
	}
}

Test(error, the_kernel_speaks_for_itself)
{
	cr_assert_str_eq(error_words(-ENOENT), strerror(ENOENT));
	cr_assert_str_eq(error_words(-EACCES), strerror(EACCES));
}

Test(error, no_number_is_without_words)
{
	static const int numbers[] = {
		0, 1, -4095, -4096, -10000, ERROR_BUSY - 1, INT_MIN, INT_MAX
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		cr_assert_not_null(error_words(numbers[i]));
	cr_assert_str_eq(error_words(0), "no error");
	cr_assert_str_eq(error_words(-4095), "unknown error");
	cr_assert_str_eq(error_words(INT_MIN), "unknown error");
}
