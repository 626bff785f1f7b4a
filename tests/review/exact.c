/*
 * Tables whose chance is known, and what is said of it.
 */
#include "review/exact.h"

#include <criterion/criterion.h>
#include <math.h>

#include "base/text.h"

static char buffer[256];
static struct text text;

static struct text *clean(void)
{
	text_init(&text, buffer, sizeof(buffer));
	return &text;
}

Test(exact, known_tables)
{
	static const struct {
		struct exact_table table;
		double chance;
	} rows[] = {
		{ { 3, 3, 0, 9 }, 1.0 / 220 },
		{ { 2, 3, 1, 9 }, 28.0 / 220 },
		{ { 1, 1, 0, 9 }, 1.0 / 10 },
		/* The lady tasting tea (Fisher 1935). */
		{ { 3, 4, 1, 4 }, 17.0 / 70 },
		{ { 4, 4, 0, 4 }, 1.0 / 70 },
		{ { 0, 3, 2, 9 }, 1 },
		{ { 3, 3, 9, 9 }, 1 },
		{ { 3, 3, 0, 0 }, 1 },
		{ { 0, 0, 0, 9 }, 1 },
		{ { 4, 3, 0, 9 }, 1 },
		{ { 1, 3, 10, 9 }, 1 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_expect_lt(fabs(exact_chance(&rows[i].table) /
				  rows[i].chance - 1), 1e-9, "row %zu: %g", i,
			     exact_chance(&rows[i].table));
}

static double choose(unsigned n, unsigned k)
{
	double ways = 1;

	for (unsigned i = 0; i < k; i++)
		ways = ways * (n - i) / (i + 1);
	return k > n ? 0 : ways;
}

static double counted(const struct exact_table *table)
{
	unsigned windows = (unsigned)table->windows;
	unsigned controls = (unsigned)table->controls;
	unsigned seen = (unsigned)(table->seen + table->control_seen);
	double ways = 0;

	for (unsigned a = (unsigned)table->seen; a <= windows && a <= seen;
	     a++)
		ways += choose(windows, a) * choose(controls, seen - a);
	return ways / choose(windows + controls, seen);
}

static void compare_all(struct exact_table table)
{
	for (unsigned i = 0; i < 64; i++) {
		table.seen = i % 8;
		table.control_seen = i / 8;
		if (table.seen > table.windows ||
		    table.control_seen > table.controls)
			continue;
		cr_expect_lt(fabs(exact_chance(&table) - counted(&table)),
			     1e-12);
	}
}

Test(exact, every_small_table_as_counted)
{
	for (unsigned windows = 1; windows < 8; windows++)
		for (unsigned controls = 1; controls < 8; controls++)
			compare_all((struct exact_table){
				.windows = windows, .controls = controls });
}

/* With counts this large the chance is that of a normal distribution. */
Test(exact, thousands_are_borne)
{
	struct exact_table table = { 5100, 10000, 4900, 10000 };
	double normal = 0.5 * erfc((200.0 - 1) / sqrt(2.0 * 10000 / 2));

	cr_expect_lt(fabs(exact_chance(&table) / normal - 1), 0.02, "%g %g",
		     exact_chance(&table), normal);
	table = (struct exact_table){ 1000000, 1000000, 0, 1000000 };
	cr_expect_eq(exact_chance(&table), 0);
	table = (struct exact_table){ 500000, 1000000, 500000, 1000000 };
	cr_expect_gt(exact_chance(&table), 0.49);
	cr_expect_lt(exact_chance(&table), 0.51);
}

/* The fifteen of Benjamini and Hochberg (1995), of which four are kept. */
Test(exact, many_names_are_adjusted)
{
	static const double chances[] = {
		0.3240, 0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298,
		0.0344, 0.0459, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000,
	};
	struct exact_name names[15];
	unsigned kept = 0;

	for (size_t i = 0; i < 15; i++)
		names[i] = (struct exact_name){ chances[i], 0, i };
	exact_adjust(names, 15);
	for (size_t i = 0; i < 15; i++) {
		kept += names[i].adjusted <= 0.05;
		cr_expect_geq(names[i].adjusted, names[i].chance);
		cr_expect_leq(names[i].adjusted, 1);
	}
	cr_expect_eq(kept, 4, "%u", kept);
	cr_expect_eq(names[0].place, 1);
	cr_expect_lt(fabs(names[0].adjusted - 0.0015), 1e-9);
	exact_adjust(names, 0);
}

Test(exact, in_words)
{
	static const struct {
		double chance;
		const char *words;
	} rows[] = {
		{ 1.0 / 220, "1 in 220 by chance" },
		{ 1.0 / 7.86, "1 in 8 by chance" },
		{ 1.0 / 12345, "1 in 12,000 by chance" },
		{ 1.0 / 4567, "1 in 4,600 by chance" },
		{ 0.5, "as good as expected by chance" },
		{ 1, "as good as expected by chance" },
		{ 0, "less than 1 in 1,000,000,000 by chance" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		exact_print(rows[i].chance, clean());
		cr_expect_str_eq(buffer, rows[i].words);
	}
}

Test(exact, of_many_names_one_is_expected)
{
	exact_print_any(1.0 / 220, 40, clean());
	cr_expect_str_eq(buffer, "of 40 names compared, one comes out like "
			 "this by chance in 1 in 6 such comparisons");
	exact_print_any(1.0 / 220, 1, clean());
	cr_expect_str_eq(buffer, "of 1 name compared, one comes out like "
			 "this by chance in 1 in 220 such comparisons");
	exact_print_any(1.0 / 220, 1000, clean());
	cr_expect_str_eq(buffer, "of 1,000 names compared, one that comes out "
			 "like this is to be expected by chance");
	cr_expect_eq(exact_any(0.01, 200), 1);
}
