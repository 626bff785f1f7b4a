#include "cache/freshness.h"

#include "cache/cache.h"
#include "made.h"

static const struct cache_options options = {
	.ttl_max = 86400, .negative_ttl_max = 3600
};

static struct made made;

enum { NXDOMAIN = RCODE_NXDOMAIN, NO = 0 };

static void add_nothing(void) { }
static void add_address(void) { made_address(&made, 0, 300, 1); }
static void add_alias(void) { made_alias(&made, 200); }
static void add_soa(void) { made_soa(&made, 1, 900, 600); }
static void add_short_soa(void) { made_soa(&made, 1, 500, 600); }
static void add_long_soa(void) { made_soa(&made, 1, 86400, 7200); }

static void add_three(void)
{
	made_address(&made, 0, 300, 1);
	made_address(&made, 0, 60, 2);
	made_address(&made, 0, 61, 3);
}

static void add_ns(void)
{
	made_address(&made, 0, 300, 1);
	made_record(&made, 1, TYPE_NS, 30, bytes_of("", 1));
}

static void add_glue(void)
{
	add_ns();
	made_address(&made, 2, 10, 3);
}

static void add_referral(void)
{
	made_record(&made, 1, TYPE_NS, 30, bytes_of("", 1));
	made_address(&made, 2, 10, 3);
}

static void add_chain(void)
{
	add_alias();
	add_address();
}

static void add_chain_to_nothing(void)
{
	add_alias();
	add_soa();
}

static void add_zero(void) { made_address(&made, 0, 0, 1); }
static void add_sign_bit(void) { made_address(&made, 0, 0x80000000, 1); }
static void add_forever(void) { made_address(&made, 0, 0x7fffffff, 1); }
static void add_soa_zero(void) { made_soa(&made, 1, 900, 0); }
static void add_soa_sign_bit(void) { made_soa(&made, 1, 900, 0x80000000); }
static void add_soa_as_answer(void) { made_soa(&made, 0, 900, 60); }

static void add_soa_too_short(void)
{
	made_record(&made, 1, TYPE_SOA, 900, bytes_of("123456789012345678901",
						      21));
}

static void add_two_soas(void)
{
	made_soa(&made, 1, 900, 60);
	made_soa(&made, 1, 900, 600);
}

static const struct row {
	const char *what;
	void (*add)(void);
	unsigned flags;
	uint16_t qtype;
	uint32_t lifetime;
	bool alias;
} rows[] = {
	{ "an address", add_address, 0, TYPE_A, 300, false },
	{ "the lowest of three", add_three, 0, TYPE_A, 60, false },
	{ "the authority section counts", add_ns, 0, TYPE_A, 30, false },
	{ "the additional section counts", add_glue, 0, TYPE_A, 10, false },
	{ "an alias and its end", add_chain, 0, TYPE_A, 200, true },
	{ "an alias that was asked for", add_alias, 0, TYPE_CNAME, 200, true },
	{ "anything", add_alias, 0, TYPE_ANY, 200, true },
	{ "TTL 0", add_zero, 0, TYPE_A, NO, false },
	{ "TTL 2^31", add_sign_bit, 0, TYPE_A, NO, false },
	{ "TTL 2^31 - 1", add_forever, 0, TYPE_A, 86400, false },
	{ "SOA that was asked for", add_soa_as_answer, 0, TYPE_SOA, 900,
	  false },

	{ "NXDOMAIN, MINIMUM is lower", add_soa, NXDOMAIN, TYPE_A, 600,
	  false },
	{ "NXDOMAIN, TTL is lower", add_short_soa, NXDOMAIN, TYPE_A, 500,
	  false },
	{ "NXDOMAIN, the options are lower", add_long_soa, NXDOMAIN, TYPE_A,
	  3600, false },
	{ "NXDOMAIN without SOA", add_nothing, NXDOMAIN, TYPE_A, NO, false },
	{ "NXDOMAIN, SOA as an answer", add_soa_as_answer, NXDOMAIN, TYPE_A,
	  NO, false },
	{ "NXDOMAIN behind an alias", add_chain_to_nothing, NXDOMAIN, TYPE_A,
	  200, true },
	{ "NXDOMAIN and an answer", add_address, NXDOMAIN, TYPE_A, NO, false },
	{ "NODATA", add_soa, 0, TYPE_A, 600, false },
	{ "NODATA without SOA", add_nothing, 0, TYPE_A, NO, false },
	{ "NODATA behind an alias", add_chain_to_nothing, 0, TYPE_A, 200,
	  true },
	{ "an alias to nowhere", add_alias, 0, TYPE_A, NO, true },
	{ "another type only", add_address, 0, TYPE_AAAA, NO, false },
	{ "a referral", add_referral, 0, TYPE_A, NO, false },
	{ "MINIMUM 0", add_soa_zero, NXDOMAIN, TYPE_A, NO, false },
	{ "MINIMUM 2^31", add_soa_sign_bit, NXDOMAIN, TYPE_A, NO, false },
	{ "no MINIMUM", add_soa_too_short, NXDOMAIN, TYPE_A, NO, false },
	{ "two SOAs", add_two_soas, NXDOMAIN, TYPE_A, 60, false },

	{ "SERVFAIL", add_address, RCODE_SERVFAIL, TYPE_A, NO, false },
	{ "REFUSED", add_soa, RCODE_REFUSED, TYPE_A, NO, false },
	{ "truncated", add_address, FLAG_TC, TYPE_A, NO, false },
};

Test(freshness, lifetime)
{
	struct freshness freshness;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct question question = made_question("example.com",
							 rows[i].qtype);
		bool kept;

		made_begin(&made, &question, rows[i].flags);
		rows[i].add();
		kept = freshness_read(&freshness, &question, made_bytes(&made),
				      &options);
		cr_assert_eq(kept, rows[i].lifetime != NO, "%s", rows[i].what);
		if (!kept)
			continue;
		cr_assert_eq(freshness.lifetime, rows[i].lifetime, "%s: %u",
			     rows[i].what, freshness.lifetime);
		cr_assert_eq(freshness.has_alias, rows[i].alias, "%s",
			     rows[i].what);
	}
}

Test(freshness, what_is_cut_off_is_not_kept)
{
	struct question question = made_question("example.com", TYPE_A);
	struct freshness freshness;

	made_begin(&made, &question, 0);
	add_glue();
	for (size_t len = 0; len < made.len; len++)
		cr_assert_not(freshness_read(&freshness, &question,
					     bytes_of(made.at, len), &options),
			      "%zu bytes", len);
	cr_assert(freshness_read(&freshness, &question, made_bytes(&made),
				 &options));
}

Test(freshness, too_many_records_are_not_kept)
{
	struct question question = made_question("example.com", TYPE_A);
	struct freshness freshness;

	made_begin(&made, &question, 0);
	for (unsigned i = 0; i < FRESHNESS_TTLS; i++)
		made_address(&made, 0, 60, i);
	cr_assert(freshness_read(&freshness, &question, made_bytes(&made),
				 &options));
	cr_assert_eq(freshness.count, FRESHNESS_TTLS);
	made_address(&made, 0, 60, 0);
	cr_assert_not(freshness_read(&freshness, &question, made_bytes(&made),
				     &options));
}

Test(freshness, long_ttls_are_cut)
{
	struct question question = made_question("example.com", TYPE_A);
	struct freshness freshness;

	made_begin(&made, &question, 0);
	made_address(&made, 0, 86401, 1);
	made_address(&made, 0, 86400, 1);
	made_address(&made, 0, 60, 1);
	freshness_read(&freshness, &question, made_bytes(&made), &options);
	freshness_cut(&freshness, made.at);
	cr_assert_eq(made_ttl(made_bytes(&made), 0), 86400);
	cr_assert_eq(made_ttl(made_bytes(&made), 1), 86400);
	cr_assert_eq(made_ttl(made_bytes(&made), 2), 60);
}

/* RFC 2308, section 5: who asks us must not keep it longer than we do. */
Test(freshness, the_soa_of_a_negative_answer_is_cut_to_its_minimum)
{
	struct question question = made_question("example.com", TYPE_A);
	struct freshness freshness;

	made_begin(&made, &question, NXDOMAIN);
	made_alias(&made, 5000);
	made_soa(&made, 1, 900, 600);
	freshness_read(&freshness, &question, made_bytes(&made), &options);
	freshness_cut(&freshness, made.at);
	cr_assert_eq(made_ttl(made_bytes(&made), 0), 5000);
	cr_assert_eq(made_ttl(made_bytes(&made), 1), 600);

	made_begin(&made, &question, NXDOMAIN);
	made_soa(&made, 1, 90000, 80000);
	freshness_read(&freshness, &question, made_bytes(&made), &options);
	freshness_cut(&freshness, made.at);
	cr_assert_eq(made_ttl(made_bytes(&made), 0), 3600);
}

Test(freshness, the_soa_of_a_positive_answer_is_left_alone)
{
	struct question question = made_question("example.com", TYPE_A);
	struct freshness freshness;

	made_begin(&made, &question, 0);
	made_address(&made, 0, 900, 1);
	made_soa(&made, 1, 900, 60);
	cr_assert(freshness_read(&freshness, &question, made_bytes(&made),
				 &options));
	cr_assert_eq(freshness.lifetime, 900);
	freshness_cut(&freshness, made.at);
	cr_assert_eq(made_ttl(made_bytes(&made), 1), 900);
}

Test(freshness, all_ttls_age_alike)
{
	struct question question = made_question("example.com", TYPE_A);
	struct freshness freshness;

	made_begin(&made, &question, 0);
	add_glue();
	freshness_read(&freshness, &question, made_bytes(&made), &options);
	freshness_age(made.at, freshness.ttl_at, freshness.count, 9);
	cr_assert_eq(made_ttl(made_bytes(&made), 0), 291);
	cr_assert_eq(made_ttl(made_bytes(&made), 1), 21);
	cr_assert_eq(made_ttl(made_bytes(&made), 2), 1);
}
