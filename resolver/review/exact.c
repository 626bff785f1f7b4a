/*
 * The table is four numbers, of which the margins stand still:
 *
 *			name	none
 *	after a mark	a	.	windows
 *	controls	b	.	controls
 *			a + b		all
 *
 * P(a) = (windows over a) (controls over b) / (all over a + b); the sum goes
 * up from a, each term from the one before, so that nothing overflows.
 */
#include "review/exact.h"

#include <math.h>
#include <stdlib.h>

#include "base/text.h"
#include "review/tails.h"
#include "review/words.h"

static double first_term(const struct exact_table *table, uint64_t all_seen)
{
	return tails_choose(table->windows, table->seen) +
	       tails_choose(table->controls, table->control_seen) -
	       tails_choose(table->windows + table->controls, all_seen);
}

double exact_chance(const struct exact_table *table)
{
	uint64_t a = table->seen, b = table->control_seen;
	double term = 1, sum = 1;

	if (a > table->windows || b > table->controls || a == 0 ||
	    table->controls == 0)
		return 1;
	while (a < table->windows && b > 0 && term > sum * 1e-17) {
		double without = (double)(table->controls - b) + 1;

		term *= (double)(table->windows - a) / (double)(a + 1) *
			(double)b / without;
		sum += term;
		a++;
		b--;
	}
	return fmin(1, exp(first_term(table, table->seen +
					     table->control_seen) +
			   log(sum)));
}

static int compare(const void *one, const void *other)
{
	const struct exact_name *a = one, *b = other;

	if (a->chance < b->chance || a->chance > b->chance)
		return a->chance < b->chance ? -1 : 1;
	return (a->place > b->place) - (a->place < b->place);
}

void exact_adjust(struct exact_name *names, size_t count)
{
	double least = 1;

	qsort(names, count, sizeof(*names), compare);
	for (size_t i = count; i-- > 0;) {
		least = fmin(least, names[i].chance * (double)count /
				    (double)(i + 1));
		names[i].adjusted = least;
	}
}

double exact_any(double chance, size_t names)
{
	return fmin(1, chance * (double)names);
}

/* 219.6 as 220, 4,567 as 4,600: more figures would claim too much. */
static uint64_t round_off(double number)
{
	double unit = 1;

	while (number / unit >= 1000)
		unit *= 10;
	if (number / unit >= 100)
		unit *= 10;
	return (uint64_t)(round(number / unit) * unit);
}

static void print_odds(double chance, struct text *out)
{
	if (!(chance > 1e-9)) {
		text_put(out, "less than 1 in 1,000,000,000");
		return;
	}
	text_put(out, "1 in ");
	words_number(round_off(1 / chance), out);
}

void exact_print(double chance, struct text *out)
{
	if (chance > 0.4) {
		text_put(out, "as good as expected by chance");
		return;
	}
	print_odds(chance, out);
	text_put(out, " by chance");
}

void exact_print_any(double chance, size_t names, struct text *out)
{
	double any = exact_any(chance, names);

	text_put(out, "of ");
	words_number(names, out);
	text_put(out, " name%s compared, ", names == 1 ? "" : "s");
	if (any > 0.4) {
		text_put(out, "one that comes out like this is to be expected "
			      "by chance");
		return;
	}
	text_put(out, "one comes out like this by chance in ");
	print_odds(any, out);
	text_put(out, " such comparisons");
}
