/*
 * exact: how likely a difference is by chance alone (Fisher 1935).
 *
 * A name was asked in `seen` of `windows` windows after a mark, and in
 * `control_seen` of `controls` windows without one.  If the mark changed
 * nothing, which of the windows have the name is as good as drawn by lot: the
 * chance that so many of them, or more, lie behind a mark is a sum of the
 * hypergeometric distribution.  One-sided: fewer than otherwise is no finding.
 *
 *	3 of 3 windows, 0 of 9 controls		1 in 220
 *	2 of 3 windows, 1 of 9 controls		1 in 8
 *	1 of 1 window, 0 of 9 controls		1 in 10
 *
 * What is not to be concluded: one name of those that were compared comes out
 * so if many are compared; then exact_adjust says how many false ones are
 * among those one believes.  Windows of one evening are not independent, so
 * controls belong into the same hours of other days.  And chance is about the
 * asking: neither that the mark caused it nor that anything was sent.
 *
 * Pure; any thread.  Counts are sound up to a billion.
 */
#ifndef REVIEW_EXACT_H
#define REVIEW_EXACT_H

#include <stddef.h>
#include <stdint.h>

struct text;

struct exact_table {
	uint64_t seen, windows;			/* seen <= windows */
	uint64_t control_seen, controls;	/* likewise */
};

/* 0 to 1 (0: less than 1e-300); 1 where there is nothing to compare, or the
   counts are no counts. */
double exact_chance(const struct exact_table *table);

/* One name of a list that was compared. */
struct exact_name {
	double chance;		/* 0 to 1 */
	double adjusted;	/* exact_adjust: at least `chance` */
	size_t place;		/* the caller's; kept */
};

/*
 * Benjamini and Hochberg (1995): of the names whose `adjusted` is at most q,
 * no more than the share q is expected to be there by chance.  Sorts `names`
 * by chance.
 */
void exact_adjust(struct exact_name *names, size_t count);

/* Bonferroni: the chance that any of so many names comes out like that. */
double exact_any(double chance, size_t names);

/* "1 in 220 by chance", "as good as expected by chance". */
void exact_print(double chance, struct text *out);

/*
 * What follows from it when `names` were compared: "of 40 names compared, one
 * or more comes out like this by chance in 1 of 6 such comparisons".
 */
void exact_print_any(double chance, size_t names, struct text *out);

#endif
