/*
 * Lists that were added and switched by commands, beside the configuration.
 */
#include "settings_overlay.h"

#include <criterion/criterion.h>
#include <sys/stat.h>

#include "policy/verdict.h"
#include "sample.h"
#include "subscribe/format.h"

static char words[512];
static struct text why;

static void set_up(void)
{
	setup();
	text_init(&why, words, sizeof(words));
}

TestSuite(overlay, .init = set_up, .fini = teardown);

static const char config[] =
	"state = \".\";\n"
	"lists = ( { name = \"mine\"; source = \"/a\"; },\n"
	"          { name = \"off\"; source = \"/b\"; enabled = false; } );\n";

static struct settings *open_settings(void)
{
	return read_good(config);
}

static const struct list_options *find(const struct settings *settings,
				       const char *name)
{
	for (unsigned i = 0; i < settings->list_count; i++)
		if (strcmp(settings->lists[i].name, name) == 0)
			return &settings->lists[i];
	return NULL;
}

static int add(const char *name, const char *source)
{
	struct settings *settings = open_settings();
	const struct settings_new_list list = {
		.name = name, .sources = &source, .source_count = 1,
	};
	int error = settings_overlay_add(settings, &list, &why);

	settings_free(settings);
	return error;
}

static int switch_list(const char *name, bool on)
{
	struct settings *settings = open_settings();
	int error = settings_overlay_switch(settings, name, on, &why);

	settings_free(settings);
	return error;
}

static int remove_list(const char *name)
{
	struct settings *settings = open_settings();
	int error = settings_overlay_remove(settings, name, &why);

	settings_free(settings);
	return error;
}

Test(overlay, a_list_that_is_added_is_read_back)
{
	static const char *const sources[] = {
		"https://x.example/a\"b\\c", "/b",
	};
	struct settings *settings = open_settings();
	const struct settings_new_list new = {
		.name = "new", .sources = sources, .source_count = 2,
		.action = "nxdomain", .format = "hosts",
		.key = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7"
		       "GFO3",
	};
	const struct list_options *list;

	cr_assert_eq(settings_overlay_add(settings, &new, &why), 0);
	settings_free(settings);
	settings = open_settings();
	cr_assert_eq(settings->list_count, 3);
	list = &settings->lists[2];
	cr_expect_str_eq(list->name, "new");
	cr_assert_eq(list->source_count, 2);
	cr_expect_str_eq(list->sources[0], sources[0]);
	cr_expect_str_eq(list->sources[1], sources[1]);
	cr_expect_eq(list->action, ACTION_NXDOMAIN);
	cr_expect_eq(list->format, LIST_FORMAT_HOSTS);
	cr_expect_str_eq(list->key, new.key);
	cr_expect_eq(list->refresh, 86400, "the rest as in any list");
	cr_expect_eq(list->line, 0, "it stands in no line");
	cr_expect(list->enabled);
	settings_free(settings);
}

Test(overlay, several_are_added_and_removed)
{
	struct settings *settings;

	cr_assert_eq(add("x", "/x") + add("y", "/y") + add("z", "/z"), 0);
	cr_assert_eq(remove_list("y"), 0);
	settings = open_settings();
	cr_expect_eq(settings->list_count, 4);
	cr_expect_not_null(find(settings, "x"));
	cr_expect_null(find(settings, "y"));
	cr_expect_not_null(find(settings, "z"));
	settings_free(settings);
	cr_expect_eq(remove_list("y"), ERROR_ABSENT);
	cr_expect_str_eq(words, "there is no list \"y\"");
}

Test(overlay, a_name_is_given_to_one_list)
{
	cr_expect_eq(add("mine", "/x"), ERROR_BUSY);
	cr_expect_str_eq(words, "there is a list \"mine\" already");
	cr_assert_eq(add("x", "/x"), 0);
	text_init(&why, words, sizeof(words));
	cr_expect_eq(add("x", "/y"), ERROR_BUSY);
}

Test(overlay, the_configuration_goes_before_what_was_added)
{
	struct settings *settings;

	cr_assert_eq(add("late", "/x"), 0);
	settings = read_good("state = \".\"; lists = ( { name = \"late\"; "
			     "source = \"/first\"; } );");
	cr_assert_eq(settings->list_count, 1);
	cr_expect_str_eq(settings->lists[0].sources[0], "/first");
	settings_free(settings);
}

Test(overlay, any_list_can_be_switched)
{
	struct settings *settings;

	cr_assert_eq(add("new", "/x"), 0);
	cr_assert_eq(switch_list("mine", false), 0);
	cr_assert_eq(switch_list("off", true), 0);
	cr_assert_eq(switch_list("new", false), 0);
	settings = open_settings();
	cr_expect_not(find(settings, "mine")->enabled);
	cr_expect(find(settings, "off")->enabled);
	cr_expect_not(find(settings, "new")->enabled);
	settings_free(settings);
	cr_assert_eq(switch_list("mine", true), 0);
	settings = open_settings();
	cr_expect(find(settings, "mine")->enabled);
	settings_free(settings);
	cr_expect_eq(switch_list("nowhere", true), ERROR_ABSENT);
	cr_expect_str_eq(words, "there is no list \"nowhere\"");
}

Test(overlay, a_switch_goes_with_its_list)
{
	struct settings *settings;

	cr_assert_eq(add("new", "/x"), 0);
	cr_assert_eq(switch_list("new", false), 0);
	cr_assert_eq(remove_list("new"), 0);
	cr_assert_eq(add("new", "/y"), 0);
	settings = open_settings();
	cr_expect(find(settings, "new")->enabled);
	settings_free(settings);
}

Test(overlay, what_the_configuration_has_is_not_ours_to_remove)
{
	cr_expect_eq(remove_list("mine"), ERROR_ABSENT);
	cr_expect_not_null(strstr(words, "homebound.conf, line 2"), "%s",
			   words);
	cr_expect_not_null(strstr(words, "homebound lists disable mine"));
}

/* The configuration would not be good any more, at the next start. */
Test(overlay, a_list_that_a_group_has_is_not_removed)
{
	struct settings *settings;

	cr_assert_eq(add("new", "/x"), 0);
	settings = read_good("state = \".\"; groups = ( { name = \"g\"; "
			     "clients = [ \"10.0.0.1\" ]; lists = ( { name = "
			     "\"new\"; } ); } );");
	cr_expect_eq(settings_overlay_remove(settings, "new", &why),
		     ERROR_ABSENT);
	cr_expect_not_null(strstr(words, "the group \"g\""), "%s", words);
	settings_free(settings);
}

Test(overlay, a_broken_one_is_told_with_its_name)
{
	static const struct {
		const char *text, *words;
	} rows[] = {
		{ "lists = ( { name = ", "1: " },
		{ "lists = ( { name = \"x\";\nsauce = 1; } );",
		  "2: unknown key \"sauce\": did you mean \"source\"?" },
		{ "switches = ( { name = \"x\"; enabled = 1; } );",
		  "1: \"enabled\" takes true or false" },
		{ "\nworkers = 1;", "2: unknown key \"workers\"" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		write_file("lists.conf", rows[i].text);
		expect_trouble(config, rows[i].words);
		cr_expect_not_null(strstr(told_file, "lists.conf"), "%s",
				   told_file);
	}
}

Test(overlay, what_is_broken_is_not_written_over)
{
	struct settings *settings = open_settings();
	const char *source = "/x";
	const struct settings_new_list list = {
		.name = "new", .sources = &source, .source_count = 1,
	};

	write_file("lists.conf", "lists = ( {");
	cr_expect_eq(settings_overlay_add(settings, &list, &why),
		     ERROR_DAMAGED);
	cr_expect_eq(settings_overlay_switch(settings, "mine", false, &why),
		     ERROR_DAMAGED);
	settings_free(settings);
	expect_trouble(config, "1: ");
}

Test(overlay, a_switch_of_a_list_that_is_gone_is_passed_over)
{
	struct settings *settings;

	write_file("lists.conf", "switches = ( { name = \"gone\"; enabled = "
		   "false; } );");
	settings = open_settings();
	cr_expect_eq(settings->list_count, 2);
	settings_free(settings);
}

Test(overlay, it_is_not_for_everybody)
{
	char path[128];
	struct stat status;

	cr_assert_eq(add("new", "https://user:secret@x.example/"), 0);
	snprintf(path, sizeof(path), "%s/lists.conf", folder);
	cr_assert_eq(stat(path, &status), 0);
	cr_expect_eq(status.st_mode & 07, 0);
}
