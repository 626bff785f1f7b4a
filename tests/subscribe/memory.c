/*
 * What is remembered of a list, and when it is looked at again.
 */
#include "subscribe/memory.h"

#include <criterion/criterion.h>
#include <sys/stat.h>

#include "base/error.h"
#include "folder.h"

static char state[32];

static void setup(void)
{
	folder_make(state);
}

static void teardown(void)
{
	folder_drop(state);
}

TestSuite(memory, .init = setup, .fini = teardown);

static struct memory_part part_of(char *where)
{
	struct memory_part part = { .where = where };

	memset(part.digest, 0x5a, sizeof(part.digest));
	return part;
}

static void expect_nothing(const struct memory *memory)
{
	cr_expect_eq(memory->tried, 0);
	cr_expect_eq(memory->count, 0);
	cr_expect_eq(memory->failures, 0);
	cr_expect_null(memory->parts);
	cr_expect_str_empty(memory->trouble);
}

Test(memory, gives_back_what_was_written)
{
	struct memory_part url = part_of("https://list.test/a b");
	struct memory_part file = part_of("/srv/lists/mine.txt");
	struct memory memory, again;

	strcpy(url.etag, "W/\"5f-1\"");
	strcpy(url.modified, "Sun, 22 Nov 2026 10:00:00 GMT");
	strcpy(file.stamp, "12 1700000000.000000001 1700000000.000000002");
	cr_assert_eq(memory_read(&memory, state, "one"), 0);
	expect_nothing(&memory);
	cr_assert_eq(memory_add(&memory, &url), 0);
	cr_assert_eq(memory_add(&memory, &file), 0);
	memset(memory.digest, 7, sizeof(memory.digest));
	memset(memory.trust, 8, sizeof(memory.trust));
	memory_succeeded(&memory, 1700000000, 86400);
	memory_failed(&memory, 1700086400, 86400, "404 Not Found: x");
	cr_assert_eq(memory_write(&memory, state, "one"), 0);

	cr_assert_eq(memory_read(&again, state, "one"), 0);
	cr_expect_arr_eq(&again, &memory, offsetof(struct memory, parts));
	cr_expect_eq(again.succeeded, 1700000000);
	cr_expect_eq(again.failures, 1);
	cr_expect_neq(again.jitter, 0);
	cr_expect_str_eq(again.trouble, "404 Not Found: x");
	cr_assert_eq(again.count, 2);
	cr_expect_str_eq(again.parts[0].where, url.where);
	cr_expect_str_eq(again.parts[1].where, file.where);
	cr_expect_arr_eq(&again.parts[0].digest, url.digest,
			 sizeof(url) - offsetof(struct memory_part, digest));
	cr_expect_str_eq(again.parts[1].stamp, file.stamp);
	memory_release(&memory);
	memory_release(&again);
}

Test(memory, is_not_for_everybody)
{
	struct memory memory;
	struct stat status;
	char path[64];

	cr_assert_eq(memory_read(&memory, state, "one"), 0);
	cr_assert_eq(memory_write(&memory, state, "one"), 0);
	snprintf(path, sizeof(path), "%s/lists/one/memory", state);
	cr_assert_eq(stat(path, &status), 0);
	cr_expect_eq(status.st_mode & 07777, 0640);
	cr_expect_eq(memory_read(&memory, state, "../one"), ERROR_MALFORMED);
}

#define FIRST	"homebound memory 1\n"
#define DIGEST	"0123456789abcdef0123456789abcdef" \
		"0123456789abcdef0123456789abcdef"

Test(memory, a_damaged_file_is_nothing_remembered)
{
	static const char *const bad[] = {
		"", "\n", "end\n", "homebound memory 2\ntried 5\nend\n",
		FIRST, FIRST "tried 5\n", FIRST "tried 5\nen",
		FIRST "tried 5x\nend\n", FIRST "tried -5\nend\n",
		FIRST "tried \nend\n", FIRST "tried 5 6\nend\n",
		FIRST "tried 99999999999999999999999\nend\n",
		FIRST "digest 12\nend\n", FIRST "digest " DIGEST "0\nend\n",
		FIRST "part " DIGEST "\nend\n", FIRST "part x y\nend\n",
		FIRST "part " DIGEST " \nend\n",
	};
	struct memory memory;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		folder_write(state, "lists/one/memory", bad[i]);
		cr_assert_eq(memory_read(&memory, state, "one"), 0);
		expect_nothing(&memory);
		cr_expect_neq(memory.jitter, 0);
		memory_release(&memory);
		memory = (struct memory){ 0 };
		cr_expect_eq(memory_parse(&memory, bytes_of_string(bad[i])),
			     ERROR_DAMAGED, "%s", bad[i]);
	}
}

Test(memory, words_that_are_too_long_are_damage)
{
	static const char *const words[] = { "etag", "modified", "stamp" };
	struct memory memory = { 0 };
	char text[1024];

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		snprintf(text, sizeof(text),
			 FIRST "part " DIGEST " x\n%s %0300d\nend\n", words[i],
			 0);
		cr_expect_eq(memory_parse(&memory, bytes_of_string(text)),
			     ERROR_DAMAGED, "%s", words[i]);
		expect_nothing(&memory);
	}
}

Test(memory, lines_that_are_not_known_are_passed_over)
{
	struct memory memory = { 0 };
	const char *text = FIRST "etag \"of no part\"\ncolour green\n\n"
		"tried 5\npart " DIGEST " x\ncolour red\netag \"1\"\nend\n"
		"tried 6\n";

	cr_assert_eq(memory_parse(&memory, bytes_of_string(text)), 0);
	cr_expect_eq(memory.tried, 5);
	cr_assert_eq(memory.count, 1);
	cr_expect_str_eq(memory.parts[0].etag, "\"1\"");
	memory_release(&memory);
}

/* --- the schedule --- */

enum { TRIED = 1700000000, HOUR = 3600, DAY = 86400 };

Test(memory, schedule)
{
	static const struct {
		uint64_t failures;
		uint32_t refresh;
		uint32_t delay;
	} rows[] = {
		{ 0, DAY, DAY }, { 0, HOUR, HOUR }, { 0, 0, 0 },
		{ 1, DAY, 300 }, { 2, DAY, 600 }, { 3, DAY, 1200 },
		{ 8, DAY, 38400 }, { 9, DAY, 76800 }, { 10, DAY, DAY },
		{ 11, DAY, DAY }, { UINT32_MAX, DAY, DAY },
		{ UINT64_MAX, UINT32_MAX, UINT32_MAX },
		{ 1, 60, 60 }, { 5, 60, 60 }, { 3, 1000, 1000 }, { 4, 0, 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct memory memory = {
			.tried = TRIED, .failures = rows[i].failures,
		};
		uint64_t next = TRIED + (uint64_t)rows[i].delay;

		cr_expect_eq(memory_next(&memory, rows[i].refresh),
			     (int64_t)next, "row %zu", i);
		cr_expect(memory_due(&memory, next, rows[i].refresh));
		cr_expect_eq(memory_due(&memory, next - 1, rows[i].refresh),
			     rows[i].delay == 0, "row %zu", i);
	}
}

Test(memory, jitter_is_up_to_a_tenth)
{
	struct memory memory = { .tried = TRIED, .jitter = UINT32_MAX };
	int64_t spread = memory_next(&memory, DAY) - TRIED - DAY;

	cr_expect_leq(spread, DAY / 10);
	cr_expect_geq(spread, DAY / 10 - 1);
	memory.jitter = 1u << 31;
	cr_expect_eq(memory_next(&memory, DAY), TRIED + DAY + DAY / 20);
	memory.failures = 1;
	cr_expect_eq(memory_next(&memory, DAY), TRIED + 315);
	memory.jitter = UINT64_MAX;
	cr_expect_lt(memory_next(&memory, DAY), TRIED + 331);
}

Test(memory, each_household_has_its_own_moment)
{
	struct memory one, other;

	cr_assert_eq(memory_read(&one, state, "one"), 0);
	cr_assert_eq(memory_read(&other, state, "other"), 0);
	cr_expect_neq(one.jitter, other.jitter);
	cr_expect_leq(one.jitter, UINT32_MAX);
	cr_assert_eq(memory_write(&one, state, "one"), 0);
	other = (struct memory){ 0 };
	cr_assert_eq(memory_read(&other, state, "one"), 0);
	cr_expect_eq(one.jitter, other.jitter);
}

Test(memory, a_wrong_clock_does_not_stop_it)
{
	struct memory memory = { .tried = TRIED };

	cr_expect(memory_due(&memory, TRIED - 1, DAY));
	memory.tried = UINT64_MAX;
	cr_expect(memory_due(&memory, TRIED, DAY));
	memory.tried = 0;
	cr_expect(memory_due(&memory, 0, DAY));
	cr_expect(memory_due(&memory, TRIED, DAY));
}

Test(memory, success_ends_a_row_of_failures)
{
	struct memory memory = { 0 };

	memory_failed(&memory, TRIED, DAY, "no");
	memory_failed(&memory, TRIED + 300, DAY, "no again");
	cr_expect_eq(memory.failures, 2);
	cr_expect_str_eq(memory.trouble, "no again");
	cr_expect_eq(memory.next, TRIED + 900);
	memory_succeeded(&memory, TRIED + 900, DAY);
	cr_expect_eq(memory.failures, 0);
	cr_expect_str_empty(memory.trouble);
	cr_expect_eq(memory.next, TRIED + 900 + DAY);
	cr_expect_eq(memory.succeeded, TRIED + 900);
}
