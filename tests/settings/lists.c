/*
 * The keys of lists and of groups of clients, and the time zone.
 */
#include "settings_table.h"

#include <criterion/criterion.h>

#include "policy/verdict.h"
#include "sample.h"
#include "subscribe/compiler.h"
#include "subscribe/format.h"

TestSuite(settings_lists, .init = setup, .fini = teardown);

/* The one list of a configuration, with some keys more. */
static struct settings *read_list(const char *keys)
{
	char text[1024];

	snprintf(text, sizeof(text), "lists = ( { name = \"one\"; %s } );",
		 keys);
	return read_good(text);
}

Test(settings_lists, a_list_has_its_defaults)
{
	struct settings *settings = read_list("source = \"/a\";");
	const struct list_options *list = &settings->lists[0];

	cr_assert_eq(settings->list_count, 1);
	cr_expect(list->enabled);
	cr_expect_eq(list->format, LIST_FORMAT_AUTO);
	cr_expect_eq(list->subdomains, LIST_SUBDOMAINS_AUTO);
	cr_expect_eq(list->action, ACTION_SINK);
	cr_expect_eq(list->refresh, 86400);
	cr_expect_eq(list->limit, 256ul << 20);
	cr_expect_eq(list->keep, 10);
	cr_expect_eq(list->times.count, 0);
	cr_expect_null(list->key);
	cr_expect_null(list->sha256);
	settings_free(settings);
}

Test(settings_lists, sources_are_one_or_several_paths_or_urls)
{
	struct settings *settings = read_list("source = \"a.txt\";");
	char expected[128];

	snprintf(expected, sizeof(expected), "%s/a.txt", folder);
	cr_assert_eq(settings->lists[0].source_count, 1);
	cr_expect_str_eq(settings->lists[0].sources[0], expected);
	settings_free(settings);
	settings = read_list("source = [ \"https://x.example/a?b\",\n"
			     "\"a.txt\", \"/b\" ];");
	cr_assert_eq(settings->lists[0].source_count, 3);
	cr_expect_str_eq(settings->lists[0].sources[0],
			 "https://x.example/a?b", "a URL is no path");
	cr_expect_str_eq(settings->lists[0].sources[1], expected);
	cr_expect_str_eq(settings->lists[0].sources[2], "/b");
	settings_free(settings);
	settings = read_list("source = \"HTTP://x.example/a\";");
	cr_expect_str_eq(settings->lists[0].sources[0],
			 "HTTP://x.example/a");
	settings_free(settings);
}

Test(settings_lists, what_is_given_is_taken)
{
	struct settings *settings = read_list(
		"source = \"/a\"; enabled = false; format = \"rpz\";\n"
		"refresh = \"1h30m\"; limit = \"2M\"; keep = 3;\n"
		"action = \"observe\"; times = \"mon-fri 21:00-07:00\";\n"
		"key = \"RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7"
		"GFO3\";\n"
		"sha256 = \"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd1"
		"5d6c15b0f00a08\";");
	const struct list_options *list = &settings->lists[0];

	cr_expect_not(list->enabled);
	cr_expect_eq(list->format, LIST_FORMAT_RPZ);
	cr_expect_eq(list->refresh, 5400);
	cr_expect_eq(list->limit, 2 << 20);
	cr_expect_eq(list->keep, 3);
	cr_expect_eq(list->action, ACTION_OBSERVE);
	cr_assert_eq(list->times.count, 1);
	cr_expect_eq(list->times.at[0].days, 0x1f);
	cr_expect_eq(list->times.at[0].from, 21 * 60);
	cr_expect_eq(list->times.at[0].to, 7 * 60);
	cr_expect_eq(strlen(list->key), 56);
	cr_expect_eq(strlen(list->sha256), 64);
	settings_free(settings);
}

Test(settings_lists, lengths_of_time_have_words_and_numbers)
{
	static const struct {
		const char *text;
		uint64_t seconds;
	} rows[] = {
		{ "\"24h\"", 86400 }, { "3600", 3600 }, { "\"90s\"", 90 },
		{ "\"1w\"", 604800 }, { "0", 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct settings *settings;
		char keys[64];

		snprintf(keys, sizeof(keys), "source = \"/a\"; refresh = %s;",
			 rows[i].text);
		settings = read_list(keys);
		cr_expect_eq(settings->lists[0].refresh, rows[i].seconds,
			     "%s", rows[i].text);
		settings_free(settings);
	}
}

Test(settings_lists, the_compiler_is_told_all_of_it)
{
	struct settings *settings = read_good(
		"regexes = 9; state = \"/s\";\n"
		"lists = ( { name = \"a\"; source = \"/a\"; },\n"
		"          { name = \"b\"; source = \"/b\"; } );");
	struct compiler_options options;

	settings_compiler(settings, &options);
	cr_expect_str_eq(options.state, "/s");
	cr_expect_eq(options.list_count, 2);
	cr_expect_eq(options.lists, settings->lists);
	cr_expect_eq(options.regexes, 9);
	settings_free(settings);
}

/* --- groups --- */

Test(settings_lists, groups_have_clients_and_lists)
{
	struct settings *settings = read_good(
		"lists = ( { name = \"ads\"; source = \"/a\"; } );\n"
		"groups = ( { name = \"children\";\n"
		"  clients = [ \"192.168.1.64/28\", \"fd00::7\",\n"
		"              \"A4-83-E7-00-11-22\" ];\n"
		"  lists = ( { name = \"ads\"; action = \"nxdomain\";\n"
		"              times = [ \"sat,sun\", \"08:00-12:00\" ]; } );\n"
		"}, { name = \"free\"; clients = [ \"10.0.0.1\" ];\n"
		"     lists = ( ); },\n"
		"{ name = \"default\"; } );");
	const struct settings_group *group = settings->groups;

	cr_assert_eq(settings->group_count, 3);
	cr_expect_str_eq(group[0].name, "children");
	cr_assert_eq(group[0].client_count, 3);
	cr_expect_eq(group[0].clients[0].prefix.bits, 28);
	cr_expect_eq(group[0].clients[1].prefix.bits, 128);
	cr_expect(group[0].clients[2].is_mac);
	cr_expect_arr_eq(group[0].clients[2].mac.at,
			 "\xa4\x83\xe7\x00\x11\x22", 6);
	cr_assert_eq(group[0].list_count, 1);
	cr_expect_eq(group[0].lists[0].action, ACTION_NXDOMAIN);
	cr_expect_eq(group[0].lists[0].times.count, 2);
	cr_expect_not_null(group[1].lists, "none of them is not all of them");
	cr_expect_eq(group[1].list_count, 0);
	cr_expect_null(group[2].lists);
	cr_expect_eq(settings->lists[0].action, ACTION_SINK);
	settings_free(settings);
}

Test(settings_lists, a_list_of_a_group_is_as_it_is_unless_told)
{
	struct settings *settings = read_good(
		"lists = ( { name = \"ads\"; source = \"/a\"; } );\n"
		"groups = ( { name = \"g\"; clients = [ \"10.0.0.1\" ];\n"
		"  lists = ( { name = \"ads\"; } ); } );");

	cr_expect_eq(settings->groups[0].lists[0].action, ACTION_NONE);
	cr_expect_eq(settings->groups[0].lists[0].times.count, 0);
	settings_free(settings);
}

/* --- what is wrong --- */

#define LIST(keys) "lists = ( { name = \"one\"; source = \"/a\";\n" keys " } );"
#define GROUP(keys) LIST("") "\ngroups = ( { name = \"g\";\n" keys " } );"
#define CLIENTS "clients = [ \"10.0.0.1\" ]; "

Test(settings_lists, what_is_wrong_with_a_list_is_told)
{
	static const struct {
		const char *text, *words;
	} rows[] = {
		{ "lists = ( { name = \"one\";\nsource = 5; } );",
		  "2: \"source\" takes" },
		{ "lists = ( { name = \"one\";\nsource = [ ]; } );",
		  "2: \"source\" is empty" },
		{ "lists = ( { name = \"one\";\nsource = \"\"; } );",
		  "2: \"source\" is empty: it takes a path or a URL" },
		{ "lists = ( { name = \"one\";\n"
		  "source = [ \"/a\", \"\" ]; } );",
		  "2: \"source\" is empty" },
		{ LIST("format = \"hsots\";"), "2: \"format\" cannot be "
		  "\"hsots\": did you mean \"hosts\"?" },
		{ LIST("refresh = \"soon\";"), "2: \"soon\" is no length of "
		  "time: write a number of seconds, or one with s, m, h, d "
		  "or w, such as \"24h\"" },
		{ LIST("refresh = \"2y\";"), "2: \"2y\" is no length of time" },
		{ LIST("refresh = -1;"), "2: \"refresh\" is -1: it can be 0 "
		  "to 31536000 seconds" },
		{ LIST("refresh = \"366d\";"), "it can be 0 to 31536000" },
		{ LIST("limit = \"1\";"), "\"limit\" is 1: it can be 1024" },
		{ LIST("keep = 0;"), "\"keep\" is 0: it can be 1 to 100 "
		  "versions" },
		{ LIST("enabled = \"no\";"), "\"enabled\" takes true or "
		  "false" },
		{ LIST("key = \"RWx\";"), "\"key\" of \"one\" is no public "
		  "key of minisign(1): it has 56 characters" },
		{ LIST("sha256 = \"abc\";"), "\"sha256\" of \"one\" is no "
		  "SHA-256: it has 64 hexadecimal digits" },
		{ LIST("times = \"monday night\";"), "2: \"monday night\" is "
		  "no time of the week: write it as \"mon-fri 21:00-07:00\"" },
		{ LIST("times = [ \"sat\",\n\"9:00-10:00\" ];"),
		  "3: \"9:00-10:00\" is no time of the week" },
		{ LIST("times = 5;"), "\"times\" takes" },
		{ LIST("times = [ \"mon\", \"mon\", \"mon\", \"mon\", \"mon\", "
		       "\"mon\", \"mon\", \"mon\", \"mon\", \"mon\", \"mon\", "
		       "\"mon\", \"mon\", \"mon\", \"mon\", \"mon\", \"mon\" "
		       "];"), "\"times\" can have 16 times" },
		{ "regexes = -1;", "\"regexes\" is -1: it can be 0 to 100000 "
		  "expressions" },
		{ "\ntimezone = \"Mars/North\";", "2: there is no time zone "
		  "\"Mars/North\" here: write one such as \"Europe/Berlin\"" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect_trouble(rows[i].text, rows[i].words);
}

Test(settings_lists, what_is_wrong_with_a_group_is_told)
{
	static const struct {
		const char *text, *words;
	} rows[] = {
		{ "groups = ( { " CLIENTS " } );", "\"name\" is missing" },
		{ "groups = ( { name = \"G!\"; " CLIENTS "} );", "is no name" },
		{ "groups = ( { name = \"g\"; } );", "the group \"g\" has no "
		  "clients: only \"default\" needs none" },
		{ "groups = ( { name = \"g\"; clients = [ ]; } );",
		  "has no clients" },
		{ GROUP("clients = [ \"10.0.0.1\",\n\"10.0.0.300\" ];"),
		  "5: \"10.0.0.300\" is no client: write an address, a prefix "
		  "such as \"192.168.1.64/28\" or a MAC address" },
		{ GROUP("clients = [ \"a4:83:e7:00:11\" ];"), "is no client" },
		{ GROUP("clients = \"10.0.0.1\";"), "\"clients\" takes" },
		{ GROUP(CLIENTS "lists = ( { name = \"two\"; } );"),
		  "3: the group \"g\" has the list \"two\", which \"lists\" "
		  "does not have" },
		{ GROUP(CLIENTS "lists = ( { name = \"one\";\n"
			"action = \"block\"; } );"),
		  "5: \"action\" cannot be \"block\": it is one of sink" },
		{ GROUP(CLIENTS "lists = ( { name = \"one\";\n"
			"times = \"25:00-26:00\"; } );"),
		  "5: \"25:00-26:00\" is no time of the week" },
		{ GROUP(CLIENTS "lists = ( { name = \"one\";\n"
			"tiems = \"sat\"; } );"), "5: unknown key \"tiems\": "
		  "did you mean \"times\"?" },
		{ GROUP(CLIENTS "lists = [ \"one\" ];"), "\"lists\" takes "
		  "groups" },
		{ "groups = ( { name = \"g\"; " CLIENTS "},\n"
		  "{ name = \"g\"; " CLIENTS "} );", "2: there is another "
		  "group with the name \"g\"" },
		{ "gruops = ( );", "did you mean \"groups\"?" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect_trouble(rows[i].text, rows[i].words);
}

Test(settings_lists, a_time_zone_of_the_system_is_taken)
{
	struct settings *settings = read_good("timezone = \"UTC\";");

	cr_expect_str_eq(settings->timezone, "UTC");
	settings_free(settings);
}
