/*
 * compile: when an image is made, that serials never fall, and that one bad
 * list keeps nobody else's rules away.
 */
#include "commands/all.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <sys/file.h>

#include "folder.h"
#include "policy/image.h"

static struct folder folder;

static void setup(void)
{
	char list[256];

	folder_make(&folder);
	folder_write(&folder, "one.txt", "a.example\nb.example\n");
	snprintf(list, sizeof(list), "{ name = \"one\"; source = "
		 "\"%s/one.txt\"; action = \"nxdomain\"; }", folder.path);
	folder_configure(&folder, list);
}

static void teardown(void)
{
	folder_drop(&folder);
}

TestSuite(compile, .init = setup, .fini = teardown);

static int compile(const char *option)
{
	return folder_call(&folder, &command_compile,
			   (const char *[]){ option, NULL, NULL });
}

/* Of the image in the state folder; 0: there is none that is good. */
static uint32_t serial(uint64_t names)
{
	char path[64];
	struct image *image;
	uint32_t serial;

	snprintf(path, sizeof(path), "%s/state/policy.image", folder.path);
	if (image_open(&image, path) < 0)
		return 0;
	serial = image_serial(image);
	cr_expect_eq(image_names(image), names, "%s", folder.said);
	image_close(image);
	return serial;
}

static void spoil(const char *name, const char *text)
{
	char path[64];

	snprintf(path, sizeof(path), "state/%s", name);
	folder_write(&folder, path, text);
}

static void expect_said(const char *words)
{
	cr_expect_not_null(strstr(folder.said, words), "\"%s\" in:\n%s", words,
			   folder.said);
}

Test(compile, makes_an_image_only_when_something_changed)
{
	cr_assert_eq(compile(NULL), EXIT_DONE);
	expect_said("one: 2 rules, new version 1\n");
	expect_said("image 1: 2 names, 0 patterns of 1 list, ");
	cr_expect_eq(serial(2), 1);
	cr_assert_eq(compile(NULL), EXIT_DONE);
	expect_said("nothing has changed");
	cr_expect_eq(serial(2), 1);
	cr_assert_eq(compile("--force"), EXIT_DONE);
	cr_expect_eq(serial(2), 2);
	folder_write(&folder, "one.txt", "a.example\nb.example\nc.example\n");
	cr_assert_eq(compile(NULL), EXIT_DONE);
	expect_said("new version 2");
	cr_expect_eq(serial(3), 3);
}

Test(compile, never_gives_a_serial_twice)
{
	char path[64];

	cr_assert_eq(compile(NULL), EXIT_DONE);
	spoil("policy.image", "rubbish");
	cr_expect_eq(serial(0), 0);
	cr_assert_eq(compile(NULL), EXIT_DONE);
	cr_expect_eq(serial(2), 2);
	spoil("serial", "rubbish");
	cr_assert_eq(compile("--force"), EXIT_DONE);
	cr_expect_eq(serial(2), 3);
	snprintf(path, sizeof(path), "%s/state/policy.image", folder.path);
	cr_assert_eq(unlink(path), 0);
	cr_assert_eq(compile(NULL), EXIT_DONE);
	cr_expect_eq(serial(2), 4);
}

Test(compile, names_the_bad_list_and_goes_on)
{
	char lists[512];

	snprintf(lists, sizeof(lists), "{ name = \"gone\"; source = "
		 "\"%s/gone.txt\"; }, { name = \"one\"; source = "
		 "\"%s/one.txt\"; }", folder.path, folder.path);
	folder_configure(&folder, lists);
	cr_assert_eq(compile(NULL), EXIT_DONE);
	expect_said("gone: no rules: ");
	expect_said("one: 2 rules, new version 1\n");
	cr_expect_eq(serial(2), 1);
	folder_write(&folder, "one.txt", "<html>");
	cr_assert_eq(compile(NULL), EXIT_DONE);
	expect_said("one: 2 rules, kept version 1: ");
	cr_expect_eq(serial(2), 1, "nothing is in it that was not before");
}

Test(compile, works_alone)
{
	char path[64];
	int fd;

	cr_assert_eq(compile(NULL), EXIT_DONE);
	snprintf(path, sizeof(path), "%s/state/compile.lock", folder.path);
	fd = open(path, O_RDONLY);
	cr_assert_geq(fd, 0);
	cr_assert_eq(flock(fd, LOCK_EX), 0);
	cr_expect_eq(compile("--force"), EXIT_FAILED);
	expect_said("another compile");
	cr_expect_eq(serial(2), 1);
	close(fd);
	cr_expect_eq(compile("--force"), EXIT_DONE);
	cr_expect_eq(serial(2), 2);
}

static void configure_few_regexes(const char *format)
{
	char lists[512];

	snprintf(lists, sizeof(lists), "{ name = \"one\"; source = "
		 "\"%s/one.txt\"; format = \"%s\"; } ); regexes = 1; groups "
		 "= (", folder.path, format);
	folder_configure(&folder, lists);
}

Test(compile, says_what_it_left_out)
{
	configure_few_regexes("auto");
	folder_write(&folder, "one.txt", "||a.example^\n/x[0-9]/\n/y[0-9]/\n"
		     "||b/\n");
	cr_assert_eq(compile(NULL), EXIT_DONE);
	expect_said("one: 2 rules, 1 line rejected (the first is line 4), "
		    "1 regular expression left out (\"regexes\"), new "
		    "version 1\n");
	expect_said("image 1: 1 name, 1 pattern of 1 list, ");
	configure_few_regexes("dnsmasq");
	folder_write(&folder, "one.txt", "address=/a.example/\n"
		     "server=/b.example/192.168.1.1\n");
	cr_assert_eq(compile(NULL), EXIT_DONE);
	expect_said("1 rule that a forwarder cannot honour, ");
}

Test(compile, takes_lists_by_their_names)
{
	cr_assert_eq(compile("one"), EXIT_DONE);
	expect_said("one: 2 rules, new version 1\n");
	cr_assert_eq(compile("two"), EXIT_FAILED);
	expect_said("there is no list \"two\"");
	cr_assert_eq(compile("--now"), EXIT_DONE);
	expect_said("nothing has changed, image 1 stays: 2 names, ");
	cr_assert_eq(compile("--progress"), EXIT_DONE);
}

Test(compile, dumps_what_it_understands)
{
	char path[64];

	folder_write(&folder, "list", "# x\n*.A.example\nb.example\n??\n");
	snprintf(path, sizeof(path), "--dump=%s/list", folder.path);
	cr_assert_eq(compile(path), EXIT_DONE);
	cr_expect_str_eq(folder.said,
			 "block\texact\tb.example\t\t\n"
			 "block\tsubtree\ta.example\t\t\n");
	folder_write(&folder, "list", "<html>");
	cr_expect_eq(compile(path), EXIT_FAILED);
	cr_expect_eq(compile("--dump=/no/such/file"), EXIT_FAILED);
}
