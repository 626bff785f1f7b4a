#include "cache/cache.h"

#include "base/hash.h"
#include "made.h"

static struct cache *cache;
static struct made made;
static uint8_t room[MESSAGE_MAX];

static void make_cache(void)
{
	const struct cache_options options = {
		.bytes = 4 << 20, .ttl_max = 86400, .negative_ttl_max = 3600
	};

	cache = cache_new(&options);
	cr_assert_not_null(cache);
}

static void free_cache(void)
{
	cache_free(cache);
}

TestSuite(cache, .init = make_cache, .fini = free_cache);

static void put_address(const struct question *question, uint64_t now,
			uint32_t ttl, uint32_t address)
{
	made_begin(&made, question, 0);
	made_address(&made, 0, ttl, address);
	cache_put(cache, question, now, made_bytes(&made));
}

static bool find(const struct question *question, uint64_t now,
		 struct cache_hit *hit)
{
	*hit = (struct cache_hit){ .at = room, .room = sizeof(room) };
	return cache_find(cache, question, now, hit);
}

static bool has(const struct question *question, uint64_t now)
{
	struct cache_hit hit;

	return find(question, now, &hit);
}

Test(cache, what_was_put_is_found)
{
	struct question question = made_question("example.com", TYPE_A);
	struct cache_hit hit;

	cr_assert_not(has(&question, 0));
	put_address(&question, 0, 300, 7);
	cr_assert(find(&question, 0, &hit));
	cr_assert_eq(hit.len, made.len);
	cr_assert_eq(memcmp(hit.at, made.at, made.len), 0);
	cr_assert_not(hit.has_alias);
}

Test(cache, an_alias_is_told)
{
	struct question question = made_question("example.com", TYPE_A);
	struct cache_hit hit;

	made_begin(&made, &question, 0);
	made_alias(&made, 60);
	made_address(&made, 0, 60, 1);
	cache_put(cache, &question, 0, made_bytes(&made));
	cr_assert(find(&question, 0, &hit));
	cr_assert(hit.has_alias);
}

Test(cache, ttls_age_by_whole_seconds_and_run_out)
{
	static const struct {
		uint64_t now;
		uint32_t ttl;
	} rows[] = {
		{ 50000, 60 }, { 50999, 60 }, { 51000, 59 }, { 79500, 31 },
		{ 109999, 1 }, { 110000, 0 }, { UINT64_MAX, 0 },
		{ 49999, 60 }, { 0, 60 },	/* of a clock that is behind */
	};
	struct question question = made_question("example.com", TYPE_A);
	struct cache_hit hit;

	put_address(&question, 50000, 60, 7);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool found = find(&question, rows[i].now, &hit);

		cr_assert_eq(found, rows[i].ttl > 0, "row %zu", i);
		if (found)
			cr_assert_eq(made_ttl(bytes_of(hit.at, hit.len), 0),
				     rows[i].ttl, "row %zu", i);
	}
}

Test(cache, a_negative_answer_lives_as_its_soa_says)
{
	struct question question = made_question("example.com", TYPE_A);
	struct cache_hit hit;

	made_begin(&made, &question, RCODE_NXDOMAIN);
	made_soa(&made, 1, 900, 60);
	cache_put(cache, &question, 1000, made_bytes(&made));
	cr_assert(find(&question, 11000, &hit));
	cr_assert_eq(made_ttl(bytes_of(hit.at, hit.len), 0), 50);
	cr_assert(has(&question, 60999));
	cr_assert_not(has(&question, 61000));
}

/* Of the 64, each has an answer of its own. */
static struct question variant(unsigned number)
{
	struct question question =
		made_question(number & 32 ? "example.com" : "example.net",
			      number & 16 ? TYPE_A : TYPE_AAAA);

	question.dnssec_ok = number & 1;
	question.cd = number & 2;
	question.rd = number & 4;
	question.class = number & 8 ? CLASS_IN : CLASS_CH;
	return question;
}

Test(cache, what_differs_in_anything_is_another_question)
{
	struct question question;
	struct cache_hit hit;

	for (unsigned i = 0; i < 64; i++) {
		question = variant(i);
		cr_assert_not(has(&question, 0), "%u", i);
		made_begin(&made, &question, 0);
		made_record(&made, 0, question.type, 60,
			    bytes_of(&i, sizeof(i)));
		cache_put(cache, &question, 0, made_bytes(&made));
	}
	for (unsigned i = 0; i < 64; i++) {
		question = variant(i);
		cr_assert(find(&question, 0, &hit), "%u", i);
		cr_assert_eq(memcmp(hit.at + hit.len - sizeof(i), &i,
				    sizeof(i)), 0, "%u", i);
	}
}

Test(cache, an_answer_that_is_too_long_is_not_there)
{
	struct question question = made_question("example.com", TYPE_A);
	struct cache_hit hit = { .at = room };

	put_address(&question, 0, 300, 7);
	hit.room = made.len - 1;
	room[hit.room] = 0x55;
	cr_assert_not(cache_find(cache, &question, 0, &hit));
	cr_assert_eq(room[hit.room], 0x55);
	hit.room = made.len;
	cr_assert(cache_find(cache, &question, 0, &hit));
}

Test(cache, the_newest_answer_counts)
{
	static const unsigned records[] = { 1, 1, 2, 200, 3, 2, 150, 149, 1 };
	struct question question = made_question("example.com", TYPE_A);
	struct cache_counts counts;
	struct cache_hit hit;

	for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
		made_begin(&made, &question, 0);
		for (unsigned j = 0; j < records[i]; j++)
			made_address(&made, 0, 60, (uint32_t)i);
		cache_put(cache, &question, i * 1000, made_bytes(&made));
		cr_assert(find(&question, i * 1000, &hit), "row %zu", i);
		cr_assert_eq(hit.len, made.len);
		cr_assert_eq(memcmp(hit.at, made.at, made.len), 0);
		cache_count(cache, &counts);
		cr_assert_eq(counts.entries, 1);
		cr_assert_eq(counts.bytes, made.len);
		cr_assert_eq(counts.inserted, i + 1);
		cr_assert_eq(counts.evicted, 0);
	}
}

Test(cache, sixteen_kilobytes_are_kept)
{
	struct question question = made_question("example.com", TYPE_TXT);
	static uint8_t text[60000];

	made_begin(&made, &question, 0);
	made_record(&made, 0, TYPE_TXT, 60, bytes_of(text, 16384));
	cache_put(cache, &question, 0, made_bytes(&made));
	cr_assert(has(&question, 0));
	question.cd = true;
	made_begin(&made, &question, 0);
	made_record(&made, 0, TYPE_TXT, 60, bytes_of(text, 60000));
	cache_put(cache, &question, 0, made_bytes(&made));
	cr_assert_not(has(&question, 0));
}

Test(cache, a_failure_does_not_replace_an_answer)
{
	struct question question = made_question("example.com", TYPE_A);

	put_address(&question, 0, 300, 7);
	made_begin(&made, &question, RCODE_SERVFAIL);
	cache_put(cache, &question, 0, made_bytes(&made));
	cr_assert(has(&question, 0));
}

Test(cache, none_is_harmless)
{
	struct question question = made_question("example.com", TYPE_A);
	const struct cache_options options = { .bytes = 0, .ttl_max = 60 };
	struct cache_hit hit = { .at = room, .room = sizeof(room) };
	struct cache *none = cache_new(&options);
	struct cache_counts counts = { .entries = 9 };

	cr_assert_null(none);
	made_begin(&made, &question, 0);
	made_address(&made, 0, 60, 1);
	cache_put(none, &question, 0, made_bytes(&made));
	cr_assert_not(cache_find(none, &question, 0, &hit));
	cache_count(none, &counts);
	cr_assert_eq(counts.entries, 0);
	cache_free(none);
}

Test(cache, any_size_is_a_cache)
{
	static const size_t sizes[] = {
		1, 65535, 65536, 100001, 524288, 1048575, 1048576, 3333333,
		100000000,
	};
	struct question question = made_question("example.com", TYPE_A);
	struct cache_options options = { .ttl_max = 60 };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		free_cache();
		options.bytes = sizes[i];
		cache = cache_new(&options);
		cr_assert_not_null(cache);
		put_address(&question, 0, 60, 1);
		cr_assert(has(&question, 0), "%zu bytes", sizes[i]);
	}
}
