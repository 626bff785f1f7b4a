/*
 * As much of Criterion as our tests use, for where Criterion is not: on
 * systems that have no package of it, and under ThreadSanitizer, which does
 * not let it have its memory where it wants it.
 *
 * Each test runs in a process of its own, one after the other; runner.c is
 * the other half.  Words behind an assertion must be a literal format, as
 * they are with Criterion.
 */
#ifndef PLAIN_CRITERION_H
#define PLAIN_CRITERION_H

/* Comparisons are as the tests write them; Criterion does not warn either. */
#pragma GCC system_header

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What may stand behind a name: Test(ring, full, .timeout = 5). */
struct plain_options {
	void (*init)(void);
	void (*fini)(void);
	double timeout;		/* seconds; 0: none */
};

/* A test, or what all tests of a suite have in common (run is NULL). */
struct plain_test {
	const char *suite;
	const char *name;
	void (*run)(void);
	struct plain_options options;
	struct plain_test *next;
};

void plain_add(struct plain_test *test);

/* Says what is wrong; `fatal` ends the test. */
struct plain_place {
	const char *file;
	int line;
	bool fatal;
};
__attribute__((format(printf, 3, 4)))
void plain_fail(struct plain_place place, const char *claim,
		const char *format, ...);
__attribute__((noreturn, format(printf, 1, 2)))
void plain_skip(const char *format, ...);

#define PLAIN_ADD(id, ...)						\
	static struct plain_test plain_##id = { __VA_ARGS__ };		\
	__attribute__((constructor)) static void plain_add_##id(void)	\
	{								\
		plain_add(&plain_##id);					\
	}

#define Test(suite, name, ...)						\
	static void suite##_##name##_test(void);			\
	PLAIN_ADD(suite##_##name, #suite, #name,			\
		  suite##_##name##_test, { __VA_ARGS__ }, NULL)		\
	static void suite##_##name##_test(void)

#define TestSuite(suite, ...)						\
	PLAIN_ADD(suite, #suite, NULL, NULL, { __VA_ARGS__ }, NULL)	\
	struct plain_test

#define PLAIN_CHECK(fatal, holds, claim, ...)				\
	do {								\
		if (holds)						\
			;						\
		else							\
			plain_fail((struct plain_place){		\
				__FILE__, __LINE__, fatal }, claim,	\
				" " __VA_ARGS__);			\
	} while (0)
#define PLAIN_COMPARE(fatal, one, what, other, ...)			\
	PLAIN_CHECK(fatal, (one) what (other),				\
		    #one " " #what " " #other, __VA_ARGS__)
#define PLAIN_STR(fatal, one, what, other, ...)				\
	PLAIN_CHECK(fatal, strcmp(one, other) what 0,			\
		    #one " " #what " " #other, __VA_ARGS__)
#define PLAIN_ARR(fatal, one, what, other, size, ...)			\
	PLAIN_CHECK(fatal, memcmp(one, other, size) what 0,		\
		    #one " " #what " " #other, __VA_ARGS__)

#define cr_assert(a, ...)	PLAIN_CHECK(true, (a), #a, __VA_ARGS__)
#define cr_assert_not(a, ...)	PLAIN_CHECK(true, !(a), "!" #a, __VA_ARGS__)
#define cr_assert_null(a, ...)	PLAIN_COMPARE(true, a, ==, NULL, __VA_ARGS__)
#define cr_assert_not_null(a, ...) \
	PLAIN_COMPARE(true, a, !=, NULL, __VA_ARGS__)
#define cr_assert_eq(a, b, ...)	 PLAIN_COMPARE(true, a, ==, b, __VA_ARGS__)
#define cr_assert_neq(a, b, ...) PLAIN_COMPARE(true, a, !=, b, __VA_ARGS__)
#define cr_assert_lt(a, b, ...)	 PLAIN_COMPARE(true, a, <, b, __VA_ARGS__)
#define cr_assert_leq(a, b, ...) PLAIN_COMPARE(true, a, <=, b, __VA_ARGS__)
#define cr_assert_gt(a, b, ...)	 PLAIN_COMPARE(true, a, >, b, __VA_ARGS__)
#define cr_assert_geq(a, b, ...) PLAIN_COMPARE(true, a, >=, b, __VA_ARGS__)
#define cr_assert_str_eq(a, b, ...)  PLAIN_STR(true, a, ==, b, __VA_ARGS__)
#define cr_assert_str_neq(a, b, ...) PLAIN_STR(true, a, !=, b, __VA_ARGS__)
#define cr_assert_str_empty(a, ...)  PLAIN_STR(true, a, ==, "", __VA_ARGS__)
#define cr_assert_str_not_empty(a, ...) \
	PLAIN_STR(true, a, !=, "", __VA_ARGS__)
#define cr_assert_arr_eq(a, b, size, ...) \
	PLAIN_ARR(true, a, ==, b, size, __VA_ARGS__)
#define cr_assert_arr_neq(a, b, size, ...) \
	PLAIN_ARR(true, a, !=, b, size, __VA_ARGS__)
#define cr_assert_fail(...) PLAIN_CHECK(true, false, "fail", __VA_ARGS__)

#define cr_expect(a, ...)	PLAIN_CHECK(false, (a), #a, __VA_ARGS__)
#define cr_expect_not(a, ...)	PLAIN_CHECK(false, !(a), "!" #a, __VA_ARGS__)
#define cr_expect_null(a, ...)	PLAIN_COMPARE(false, a, ==, NULL, __VA_ARGS__)
#define cr_expect_not_null(a, ...) \
	PLAIN_COMPARE(false, a, !=, NULL, __VA_ARGS__)
#define cr_expect_eq(a, b, ...)	 PLAIN_COMPARE(false, a, ==, b, __VA_ARGS__)
#define cr_expect_neq(a, b, ...) PLAIN_COMPARE(false, a, !=, b, __VA_ARGS__)
#define cr_expect_lt(a, b, ...)	 PLAIN_COMPARE(false, a, <, b, __VA_ARGS__)
#define cr_expect_leq(a, b, ...) PLAIN_COMPARE(false, a, <=, b, __VA_ARGS__)
#define cr_expect_gt(a, b, ...)	 PLAIN_COMPARE(false, a, >, b, __VA_ARGS__)
#define cr_expect_geq(a, b, ...) PLAIN_COMPARE(false, a, >=, b, __VA_ARGS__)
#define cr_expect_str_eq(a, b, ...)  PLAIN_STR(false, a, ==, b, __VA_ARGS__)
#define cr_expect_str_neq(a, b, ...) PLAIN_STR(false, a, !=, b, __VA_ARGS__)
#define cr_expect_str_empty(a, ...)  PLAIN_STR(false, a, ==, "", __VA_ARGS__)
#define cr_expect_str_not_empty(a, ...) \
	PLAIN_STR(false, a, !=, "", __VA_ARGS__)
#define cr_expect_arr_eq(a, b, size, ...) \
	PLAIN_ARR(false, a, ==, b, size, __VA_ARGS__)
#define cr_expect_arr_neq(a, b, size, ...) \
	PLAIN_ARR(false, a, !=, b, size, __VA_ARGS__)
#define cr_expect_fail(...) PLAIN_CHECK(false, false, "fail", __VA_ARGS__)

#define cr_skip(...)		plain_skip(" " __VA_ARGS__)
#define cr_skip_test(...)	plain_skip(" " __VA_ARGS__)
#define cr_log_info(...) \
	do { printf(__VA_ARGS__); putchar('\n'); } while (0)

#endif
