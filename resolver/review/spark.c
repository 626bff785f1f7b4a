/*
 * A column takes the counts from count * column / width on: each belongs to
 * one, and the sums of two columns differ by the counts alone.
 */
#include "review/spark.h"

#include <string.h>

#include "base/text.h"

enum { LEVELS = 8, QUARTER = SPARK_HOURS / 4 };

static const char *const bars[2][LEVELS + 1] = {
	{ " ", ".", ":", "-", "=", "+", "*", "#", "@" },
	{ " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" },
};

static double sum(const struct spark *spark, unsigned column)
{
	double width = spark->width, count = (double)spark->count, total = 0;
	size_t from = (size_t)(count * column / width);
	size_t to = (size_t)(count * (column + 1) / width);

	if (spark->count <= spark->width) {
		size_t blank = spark->width - spark->count;

		return column < blank ? 0 :
		       (double)spark->counts[column - blank];
	}
	for (size_t i = from; i < to && i < spark->count; i++)
		total += (double)spark->counts[i];
	return total;
}

static double highest(const struct spark *spark)
{
	double most = 0;

	for (unsigned i = 0; i < spark->width; i++)
		if (sum(spark, i) > most)
			most = sum(spark, i);
	return most;
}

/* A bar is put whole or not at all: half a character is none. */
static void put_bar(double count, double most, bool utf8, struct text *out)
{
	unsigned level = 0;

	if (count > 0)
		level = 1 + (unsigned)(count / most * (LEVELS - 1));
	if (out->cut || out->size - out->len <= strlen(bars[utf8][level]))
		out->cut = true;
	else
		text_put(out, "%s", bars[utf8][level]);
}

void spark_print(const struct spark *spark, struct text *out)
{
	double most = highest(spark);

	for (unsigned i = 0; i < spark->width; i++)
		put_bar(sum(spark, i), most, spark->utf8, out);
}

void spark_hours(const uint64_t hours[SPARK_HOURS], bool utf8,
		 struct text *out)
{
	const struct spark day = { hours, SPARK_HOURS, SPARK_HOURS, utf8 };
	double most = highest(&day);

	for (unsigned i = 0; i < SPARK_HOURS; i++) {
		if (i % QUARTER == 0)
			text_put(out, "%02u", i);
		put_bar(sum(&day, i), most, utf8, out);
	}
	text_put(out, "%u", (unsigned)SPARK_HOURS);
}
