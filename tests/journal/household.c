/*
 * The made-up household is what its header says: figures about the journal
 * stand on it.
 */
#include "../bench/household.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/entry.h"
#include "policy/checksum.h"
#include "policy/verdict.h"

/* A Thursday; rhythms are by the day. */
#define START UINT64_C(1767225600000000)
#define DAY UINT64_C(86400000000)

struct seen {
	unsigned rows, sunk, cached, far, night, evening, made;
	uint64_t sum;
};

static bool is_made_for_once(struct bytes name)
{
	return name.len > 15 && memcmp(name.at + name.len - 12,
				       ".example.net", 12) == 0;
}

static void note(struct seen *seen, struct checksum *sum,
		 const struct row *row)
{
	uint64_t hour = row->time % DAY / (DAY / 24);

	checksum_add(sum, row->name.at, row->name.len);
	checksum_add(sum, &row->time, sizeof(row->time));
	checksum_add(sum, &row->ttl, sizeof(row->ttl));
	checksum_add(sum, &row->duration, sizeof(row->duration));
	seen->rows++;
	seen->sunk += row->verdict == VERDICT_SINK;
	seen->cached += row->source == ENTRY_FROM_CACHE;
	seen->far += row->source == ENTRY_FROM_UPSTREAM;
	seen->night += hour < 6;
	seen->evening += hour >= 18;
	seen->made += is_made_for_once(row->name);
}

static void look(struct seen *seen, uint64_t seed, unsigned days)
{
	struct household_trace *trace = household_trace_new(seed, START);
	struct checksum sum;
	uint64_t before = START;
	struct row row;

	cr_assert_not_null(trace);
	memset(seen, 0, sizeof(*seen));
	checksum_init(&sum);
	for (;;) {
		household_trace_next(trace, &row);
		cr_assert_geq(row.time, before, "row %d", (int)row.number);
		cr_assert_eq(row.number, seen->rows + 1);
		before = row.time;
		if (row.time >= START + days * DAY)
			break;
		note(seen, &sum, &row);
	}
	seen->sum = checksum_value(&sum);
	household_trace_free(trace);
}

static void expect_share(const char *what, unsigned part, unsigned whole,
			 double expected)
{
	double share = (double)part / (double)whole;

	cr_expect(share > expected * 0.85 && share < expected * 1.15,
		  "%s: %.4f instead of %.4f", what, share, expected);
}

Test(household, asks_as_much_as_it_says)
{
	struct seen seen;

	look(&seen, 1, 2);
	expect_share("rows", seen.rows, 2 * HOUSEHOLD_ROWS_A_DAY, 1);
	expect_share("sunk", seen.sunk, seen.rows, 0.10);
	expect_share("from the cache", seen.cached, seen.rows, 0.45);
	expect_share("from upstreams", seen.far, seen.rows, 0.45);
	expect_share("new labels", seen.made, seen.rows, 0.002);
	cr_expect_gt(seen.evening, 3 * seen.night);
}

Test(household, is_the_same_everywhere)
{
	struct seen one, other;

	look(&one, 7, 1);
	look(&other, 7, 1);
	cr_expect_eq(one.sum, other.sum);
	cr_expect_eq(one.sum, UINT64_C(0xdf9f793e8da74081), "%#llx",
		     (unsigned long long)one.sum);
	look(&other, 8, 1);
	cr_expect_neq(one.sum, other.sum);
}
