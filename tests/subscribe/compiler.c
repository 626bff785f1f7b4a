/*
 * The compiler: nothing is changed unless all of it has worked.
 */
#include "subscribe/compiler.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <inttypes.h>
#include <sys/file.h>
#include <sys/resource.h>

#include "base/error.h"
#include "followed.h"
#include "subscribe/memory.h"

enum { LISTS = 3 };

static char folder[32];
static char paths[LISTS][64];
static char *sources[LISTS][1];
static struct list_options lists[LISTS];
static struct compiler_options options;
static struct compiler_result result;

static void setup(void)
{
	static const char *const names[LISTS] = { "one", "two", "three" };

	folder_make(folder);
	for (unsigned i = 0; i < LISTS; i++) {
		snprintf(paths[i], sizeof(paths[i]), "%s/%s.txt", folder,
			 names[i]);
		sources[i][0] = paths[i];
		lists[i] = (struct list_options){
			.sources = sources[i], .source_count = 1,
			.enabled = i < 2, .keep = 10,
		};
		strcpy(lists[i].name, names[i]);
	}
	folder_write(folder, "one.txt", "a.com\nb.com\n");
	folder_write(folder, "two.txt", "||c.com^\n");
	folder_write(folder, "three.txt", "d.com\n");
	options = (struct compiler_options){
		.state = folder, .lists = lists, .list_count = LISTS,
		.regexes = 10,
	};
}

static void teardown(void)
{
	folder_drop(folder);
}

TestSuite(compiler, .init = setup, .fini = teardown);

/* Its result is released; what is asked of it afterwards is kept here. */
static struct update_report reports[LISTS];

static int compile(void)
{
	int error = compiler_run(&options, &result);

	if (result.reports)
		memcpy(reports, result.reports, sizeof(reports));
	compiler_release(&result, &options);
	result.reports = NULL;
	return error;
}

static int open_image(struct image **image)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/" IMAGE_FILE, folder);
	return image_open(image, path);
}

/* Names in the image; -1: there is none. */
static int64_t names(uint32_t serial)
{
	struct image *image;
	uint64_t count;

	if (open_image(&image) < 0)
		return -1;
	count = image_names(image);
	cr_expect_eq(image_serial(image), serial);
	image_close(image);
	return (int64_t)count;
}

static bool is_there(const char *name)
{
	char path[96];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return access(path, F_OK) == 0;
}

Test(compiler, lists_become_an_image)
{
	cr_assert_eq(compile(), 0, "%s", result.trouble);
	cr_expect_eq(result.serial, 1);
	cr_expect_not(result.same);
	cr_expect_str_eq(result.trouble, "");
	cr_expect_eq(names(1), 3, "one that is disabled is not in it");
	cr_expect(reports[0].changed && reports[1].changed);
	cr_expect_eq(reports[0].rules, 2);
	cr_expect_eq(reports[0].version.serial, 1);
	cr_expect_eq(reports[2].version.serial, 0);
	cr_expect(is_there("lists/one/1.zst"));
	cr_expect_not(is_there("lists/three"));
	cr_expect_not(is_there(IMAGE_FILE ".new"));
}

Test(compiler, the_same_lists_are_left_alone)
{
	cr_assert_eq(compile(), 0);
	lists[0].action = 3;
	cr_assert_eq(compile(), 0);
	cr_expect(result.same);
	cr_expect_eq(result.serial, 1);
	cr_expect_eq(names(1), 3);
	folder_write(folder, "one.txt", "a.com\nb.com\nc.org\n");
	cr_assert_eq(compile(), 0);
	cr_expect_not(result.same);
	cr_expect_eq(result.serial, 2);
	cr_expect_eq(names(2), 4);
	options.force = true;
	cr_assert_eq(compile(), 0);
	cr_expect_not(result.same);
	cr_expect_eq(names(3), 4);
}

Test(compiler, what_is_enabled_and_disabled_makes_another_image)
{
	cr_assert_eq(compile(), 0);
	lists[2].enabled = true;
	cr_assert_eq(compile(), 0);
	cr_expect_eq(names(2), 4);
	lists[0].enabled = false;
	cr_assert_eq(compile(), 0);
	cr_expect_eq(names(3), 2);
	options.regexes = 11;
	cr_assert_eq(compile(), 0);
	cr_expect_not(result.same, "how many regexes may be in it");
}

Test(compiler, a_serial_is_never_given_twice)
{
	char path[64];

	cr_assert_eq(compile(), 0);
	snprintf(path, sizeof(path), "%s/" IMAGE_FILE, folder);
	cr_assert_eq(unlink(path), 0);
	cr_assert_eq(compile(), 0);
	cr_expect_eq(names(2), 3, "the image was lost");
	folder_write(folder, IMAGE_FILE, "rubbish");
	cr_assert_eq(compile(), 0);
	cr_expect_eq(names(3), 3, "it was damaged");
	folder_write(folder, "serial", "rubbish");
	options.force = true;
	cr_assert_eq(compile(), 0);
	cr_expect_eq(names(4), 3, "the number was lost, the image tells");
	folder_write(folder, "serial", "1000\n");
	cr_assert_eq(compile(), 0);
	cr_expect_eq(names(1001), 3);
}

Test(compiler, works_alone)
{
	char path[64];
	int fd;

	cr_assert_eq(compile(), 0);
	snprintf(path, sizeof(path), "%s/compile.lock", folder);
	fd = open(path, O_RDONLY);
	cr_assert_geq(fd, 0);
	cr_assert_eq(flock(fd, LOCK_EX), 0);
	folder_write(folder, "one.txt", "x.com\ny.com\nz.com\n");
	cr_expect_eq(compile(), ERROR_BUSY);
	cr_expect_not_null(strstr(result.trouble, "another compile"), "%s",
			   result.trouble);
	cr_expect_eq(names(1), 3);
	close(fd);
	cr_expect_eq(compile(), 0);
	cr_expect_eq(names(2), 4);
}

/* --- when it fails --- */

/* Names so many that only the image has more bytes than a file may have. */
static void write_many(unsigned count)
{
	char *text = malloc(count * 8 + 1), *at = text;

	for (unsigned i = 0; i < count; i++)
		at += sprintf(at, "%03x.com\n", i % 4096);
	folder_write(folder, "one.txt", text);
	free(text);
}

static int compile_small(rlim_t bytes)
{
	struct rlimit old, small, none = { 0, 0 };
	int error;

	setrlimit(RLIMIT_CORE, &none);
	cr_assert_eq(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = (struct rlimit){ bytes, old.rlim_max };
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
	error = compile();
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &old), 0);
	return error;
}

Test(compiler, when_its_child_is_killed_all_stays_as_it_was)
{
	struct shelf shelf;

	cr_assert_eq(compile(), 0);
	write_many(4000);
	cr_expect_lt(compile_small(40000), 0);
	cr_expect_not_null(strstr(result.trouble, "ended by signal"), "%s",
			   result.trouble);
	cr_expect_eq(names(1), 3, "the old image");
	cr_assert_eq(shelf_open(&shelf, folder, "one"), 0);
	cr_expect_eq(shelf_newest(&shelf)->serial, 1, "the old version");
	shelf_release(&shelf);
	cr_assert_eq(compile(), 0);
	cr_expect_eq(result.serial, 3, "its serial is gone");
	cr_expect_eq(names(3), 4001);
	cr_expect_eq(reports[0].version.serial, 2);
}

Test(compiler, a_list_that_cannot_be_kept_stops_it)
{
	cr_assert_eq(compile(), 0);
	lists[2].enabled = true;
	folder_write(folder, "lists/three", "a file, where a folder must be");
	cr_expect_lt(compile(), 0);
	cr_expect_not_null(strstr(result.trouble, "three"), "%s",
			   result.trouble);
	cr_expect_eq(names(1), 3);
}

Test(compiler, a_state_that_is_not_there_is_told)
{
	options.state = "/nonexistent/state";
	cr_expect_eq(compile(), -ENOENT);
	cr_expect_not_null(strstr(result.trouble, "/nonexistent/state"));
}

/* --- lists --- */

Test(compiler, one_bad_list_keeps_nobody_else_s_rules_away)
{
	folder_write(folder, "two.txt", "<html>");
	cr_assert_eq(compile(), 0);
	cr_expect_eq(names(1), 2);
	cr_expect(reports[1].refused);
	cr_expect_not_null(strstr(reports[1].trouble, "HTML"));
	folder_write(folder, "two.txt", "||c.com^\n");
	cr_assert_eq(compile(), 0);
	cr_expect_eq(names(2), 3);
	folder_remove(folder, "two.txt");
	folder_write(folder, "one.txt", "a.com\nb.com\nx.com\n");
	cr_assert_eq(compile(), 0);
	cr_expect_eq(names(3), 4, "the last good version of it");
	cr_expect_eq(reports[1].version.serial, 1);
}

/* An image was made anew for it, with nothing new in it. */
Test(compiler, what_was_refused_is_no_input)
{
	cr_assert_eq(compile(), 0);
	folder_write(folder, "two.txt", "<html>");
	cr_assert_eq(compile(), 0);
	folder_write(folder, "two.txt", "||c.com^\n");
	cr_assert_eq(compile(), 0);
	cr_expect(result.same);
}

Test(compiler, without_any_list_there_is_an_empty_image)
{
	options.list_count = 0;
	cr_assert_eq(compile(), 0);
	cr_expect_eq(names(1), 0);
	cr_assert_eq(compile(), 0);
	cr_expect(result.same);
}

Test(compiler, only_those_that_were_named_are_looked_at)
{
	static const char *const only[] = { "two" };

	cr_assert_eq(compile(), 0);
	folder_write(folder, "one.txt", "a.com\nb.com\nx.com\n");
	folder_write(folder, "two.txt", "||c.com^\n||d.com^\n");
	options.only = only;
	options.only_count = 1;
	cr_assert_eq(compile(), 0);
	cr_expect_not(reports[0].changed);
	cr_expect(reports[1].changed);
	cr_expect_eq(names(2), 4);
}

Test(compiler, a_list_that_is_held_goes_into_the_image_as_it_was)
{
	cr_assert_eq(compile(), 0);
	folder_write(folder, "one.txt", "a.com\nb.com\nx.com\n");
	cr_assert_eq(compile(), 0);
	cr_expect_eq(names(2), 4);
	cr_assert_eq(update_hold(folder, "one", 1), 0);
	cr_assert_eq(compile(), 0);
	cr_expect_eq(names(3), 3);
	cr_expect(reports[0].held);
	cr_assert_eq(update_hold(folder, "one", 0), 0);
	cr_assert_eq(compile(), 0);
	cr_expect_eq(names(4), 4);
}

Test(compiler, force_believes_what_has_shrunk)
{
	folder_write(folder, "one.txt", "a.com\nb.com\nx.com\ny.com\n");
	cr_assert_eq(compile(), 0);
	folder_write(folder, "one.txt", "a.com\n");
	cr_assert_eq(compile(), 0);
	cr_expect(reports[0].refused);
	options.force = true;
	cr_assert_eq(compile(), 0);
	cr_expect(reports[0].changed);
	cr_expect_eq(names(3), 2);
}

Test(compiler, the_limit_of_regexes_is_one_for_all_lists)
{
	folder_write(folder, "one.txt", "/a[0-9]/\n/b[0-9]/\n");
	folder_write(folder, "two.txt", "/c[0-9]/\n/d[0-9]/\n||x.com^\n");
	options.regexes = 3;
	cr_assert_eq(compile(), 0);
	cr_expect_eq(reports[0].surplus, 0);
	cr_expect_eq(reports[1].surplus, 1);
	cr_expect_eq(reports[1].regexes, 1);
}

static void write_noise(unsigned seed)
{
	static const char pieces[][8] = {
		"||", "^", "$", "*", "/", "(", "[", "\\", "{9999}", ".com",
		"a", "\n", "\n", " ", "$TTL", "\xff\xfe", "@@", "=", ",",
		"0.0.0.0", "zone", "\"", "\x1e x\n", "~", "|", "+", "?",
	};
	char text[4096] = "";
	size_t len = 0;

	srand(seed);
	while (len < sizeof(text) - 16)
		len += (size_t)sprintf(text + len, "%s", pieces[
			(size_t)rand() % (sizeof(pieces) / sizeof(*pieces))]);
	folder_write(folder, "two.txt", text);
}

Test(compiler, noise_crashes_nothing)
{
	for (unsigned seed = 0; seed < 60; seed++) {
		write_noise(seed);
		cr_assert_eq(compile(), 0, "seed %u: %s", seed,
			     result.trouble);
		cr_assert_geq(names(result.serial), 2, "seed %u", seed);
	}
}

/* --- when --- */

Test(compiler, only_urls_come_due_by_themselves)
{
	static char url[] = "https://lists.example/ads.txt";
	struct memory memory = { .parts = NULL };

	cr_expect_eq(compiler_next(&options), INT64_MAX);
	sources[0][0] = url;
	lists[0].refresh = 3600;
	cr_expect_eq(compiler_next(&options), 0, "never looked at");
	memory_succeeded(&memory, 1000000, 3600);
	cr_assert_eq(memory_write(&memory, folder, "one"), 0);
	cr_expect_geq(compiler_next(&options), 1003600);
	cr_expect_leq(compiler_next(&options), 1003960);
	lists[0].refresh = 0;
	cr_expect_eq(compiler_next(&options), INT64_MAX, "only when asked");
	lists[0].refresh = 3600;
	lists[0].enabled = false;
	cr_expect_eq(compiler_next(&options), INT64_MAX);
	memory_release(&memory);
}
