/*
 * Files that are no configuration: wrong in their grammar, in what they
 * include, or not there.
 */
#include "settings_reader.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "sample.h"
#include "settings.h"

const char *__lsan_default_suppressions(void);

/* libconfig loses the text it was reading when a file is wrong. */
const char *__lsan_default_suppressions(void)
{
	return "leak:strbuf_append\nleak:libconfig_yylex\n";
}

TestSuite(reader, .init = setup, .fini = teardown);

Test(reader, the_line_is_that_of_the_element_and_not_the_one_after)
{
	expect_trouble("listen = [ \"127.0.0.1\",\n"
		       "           \"127.0.0.x\"\n\n# and here it ends\n];\n",
		       "2: \"127.0.0.x\" is no address");
	expect_trouble("listen = [ \"::1\",\n \"::1\"\n];",
		       "2: [::1]:53 is given twice");
}

Test(reader, a_syntax_error_says_what_would_be_right)
{
	static const struct {
		const char *text, *words;
	} rows[] = {
		{ "user = homebound;", "1: homebound must stand in quotes" },
		{ "workers = 1;\nstate = /var/lib/x;",
		  "2: /var/lib/x must stand in quotes: \"/var/lib/x\"" },
		{ "listen = [\n127.0.0.1:53 ];",
		  "2: 127.0.0.1:53 must stand in quotes" },
		{ "listen = [ [::1]:53 ];", "cannot stand inside [ ]" },
		{ "tcp = { idle = 10s; };", "\"10s\"" },
		{ "user = \"x;\nstate = \"/y\";", "1: a closing quote" },
		{ "user = \"x", "1: the quote (\") that opens here" },
		{ "journal = { enabled = yes; };", "write true or false" },
		{ "tcp.idle = 5;", "GROUP = { KEY = VALUE; };" },
		{ "user \"x\";", "\"=\" is missing after \"user\"" },
		{ "user = ;", "\"user\" is not given a value" },
		{ "user = \"a\";\nuser = \"b\";", "2: this key was set" },
		{ "sink = {\n ttl = 5;\n", "1: the \"{\" that opens here is "
		  "never closed" },
		{ "lists = (\n{ name = \"x\"; source = \"y\";\n);",
		  "3: \")\" stands where \"}\" must close the \"{\" of line "
		  "2" },
		{ "lists = ( { name = \"x\"; }\n{ name = \"y\"; } );",
		  "2: a \",\" between two values is missing" },
		{ "lists = ( name = \"x\" );", "{ } around each group" },
		{ "listen = [ \"1.2.3.4\", 5 ];", "all be of one kind" },
		{ "listen = [ \"1.2.3.4\"; ];", "\";\" stands inside" },
		{ "listen = [ \"1.2.3.4\",, \"1.2.3.5\" ];",
		  "a comma too many" },
		{ "workers = 1;;", "\";\" stands where the name" },
		{ "};", "\"}\" closes nothing" },
		{ "\"user\" = \"x\";", "without quotes" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect_trouble(rows[i].text, rows[i].words);
}

Test(reader, a_trouble_in_an_included_file_is_told_with_that_file)
{
	struct settings *settings;

	write_file("lists.conf", "# lists\n\nwrokers = 5;\n");
	expect_trouble("workers = 1;\n@include \"lists.conf\"\n",
		       "3: unknown key \"wrokers\": did you mean \"workers\"");
	cr_assert_not_null(strstr(told_file, "lists.conf"), "%s", told_file);
	write_file("lists.conf", "workers = 5;\n");
	write_file("homebound.conf", "@include \"lists.conf\"\n");
	cr_assert_eq(read_path(&settings, conf), 0, "%s", told);
	cr_assert_eq(settings->workers, 5);
	settings_free(settings);
}

Test(reader, an_include_that_cannot_be_is_told_and_ends_nothing)
{
	expect_trouble("\n@include \"nowhere.conf\"\n", "2: @include");
	expect_trouble("@include \".\"\n", "directory");
	expect_trouble("@include \"homebound.conf\"\n", "inside each");
	expect_trouble("@include \"/dev/zero\"\n", "too large");
}

Test(reader, a_file_that_is_not_there_says_where_an_example_is)
{
	struct settings *settings;

	cr_assert_eq(read_path(&settings, "/nonexistent/homebound.conf"),
		     ERROR_SETTINGS);
	cr_assert_not_null(strstr(told, "0: there is no such file; an example "
				  "to begin with is /"), "%s", told);
	cr_assert_eq(read_path(&settings, folder), ERROR_SETTINGS);
	cr_assert_not_null(strstr(told, "directory"), "%s", told);
}

Test(reader, what_is_shown_of_a_file_cannot_steer_a_terminal)
{
	expect_trouble("user = \"x\";\nlisten = [ \"\\x1b[2J\" ];",
		       "2: \"\\027[2J\" is no address");
	expect_trouble("log_level = \"\\x1b[2J\";", "\\027[2J");
	expect_trouble("user = \x1b[2J;", "\\027");
}

Test(reader, the_control_socket_is_found_in_a_file_that_is_wrong)
{
	char *control = NULL;

	write_file("homebound.conf", "wrong = 1; control = \"sock\";");
	cr_assert_eq(settings_read_control(conf, &control), 0);
	cr_assert_eq(strncmp(control, folder, strlen(folder)), 0);
	cr_assert_str_eq(control + strlen(folder), "/sock");
	free(control);
	write_file("homebound.conf", "workers = 2;");
	cr_assert_eq(settings_read_control(conf, &control), 0);
	cr_assert_str_eq(control, "/run/homebound/control");
	free(control);
	write_file("homebound.conf", "control = ");
	cr_assert_eq(settings_read_control(conf, &control), ERROR_SETTINGS);
	cr_assert_str_eq(control, "/run/homebound/control");
	free(control);
}
