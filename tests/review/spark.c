/*
 * Bars: always as many as asked for, and none that hides a count.
 */
#include "review/spark.h"

#include <criterion/criterion.h>
#include <string.h>

#include "base/text.h"

static char buffer[256];
static struct text text;

static const char *draw(const struct spark *spark, size_t size)
{
	text_init(&text, buffer, size);
	spark_print(spark, &text);
	return buffer;
}

Test(spark, bars)
{
	static const uint64_t counts[] = { 0, 1, 100, 1000, 500, 0 };
	struct spark spark = { counts, 6, 6, true };

	cr_expect_str_eq(draw(&spark, sizeof(buffer)), " ▁▁█▄ ");
	spark.utf8 = false;
	cr_expect_str_eq(draw(&spark, sizeof(buffer)), " ..@= ");
}

Test(spark, one_in_ten_thousand_is_seen)
{
	static const uint64_t counts[] = { 1, 1000000, 0 };

	cr_expect_str_eq(draw(&(struct spark){ counts, 3, 3, false },
			      sizeof(buffer)), ".@ ");
}

Test(spark, as_wide_as_asked_for)
{
	static uint64_t counts[1000];
	struct spark spark = { counts, 0, 7, false };

	for (size_t i = 0; i < 1000; i++)
		counts[i] = UINT64_MAX / 1000;
	for (; spark.count <= 1000; spark.count++)
		cr_expect_eq(strlen(draw(&spark, sizeof(buffer))), 7, "%zu",
			     spark.count);
	spark.count = 0;
	cr_expect_str_eq(draw(&spark, sizeof(buffer)), "       ");
	spark.width = 0;
	cr_expect_str_eq(draw(&spark, sizeof(buffer)), "");
}

Test(spark, each_count_is_in_one_column)
{
	uint64_t counts[10] = { 0 };
	struct spark spark = { counts, 10, 4, false };

	for (size_t i = 0; i < 10; i++) {
		counts[i] = 1;
		draw(&spark, sizeof(buffer));
		cr_expect_eq(strspn(buffer, " ") + strspn(strchr(buffer, '@'),
							  "@") +
			     strspn(strchr(buffer, '@') + 1, " "), 4);
		counts[i] = 0;
	}
}

Test(spark, fewer_counts_stand_to_the_right)
{
	static const uint64_t counts[] = { 5, 5 };

	cr_expect_str_eq(draw(&(struct spark){ counts, 2, 5, false },
			      sizeof(buffer)), "   @@");
}

Test(spark, half_a_character_is_none)
{
	static const uint64_t counts[] = { 9, 9, 9 };
	struct spark spark = { counts, 3, 3, true };

	for (size_t size = 1; size < 10; size++) {
		draw(&spark, size);
		cr_expect_eq(strlen(buffer), (size - 1) / 3 * 3);
		cr_expect(text.cut);
	}
	draw(&spark, 10);
	cr_expect_not(text.cut);
}

Test(spark, hours)
{
	uint64_t hours[SPARK_HOURS] = { [0] = 1, [7] = 20, [23] = 10 };

	text_init(&text, buffer, sizeof(buffer));
	spark_hours(hours, false, &text);
	cr_expect_str_eq(buffer, "00.     06 @    12      18     =24");
}
