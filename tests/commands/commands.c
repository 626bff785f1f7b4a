/*
 * What holds for every row of the table of commands, and that the shells
 * understand what is printed for them.
 */
#include "commands/all.h"
#include "commands/commands.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char text[262144];

/* What a printer prints, in `text`. */
static void keep(void (*print)(FILE *out, const struct command *command),
		 const struct command *command)
{
	FILE *stream = fmemopen(text, sizeof(text), "w");

	cr_assert_not_null(stream);
	print(stream, command);
	fputc('\0', stream);
	cr_assert_eq(ferror(stream), 0);
	fclose(stream);
}

static void overview(FILE *out, const struct command *command)
{
	(void)command;
	commands_print_overview(out);
}

static void manual(FILE *out, const struct command *command)
{
	(void)command;
	commands_print_manual(out);
}

/* A path that was configured may be as long as it likes. */
static bool has_long_path(const char *line, size_t len)
{
	return sizeof(SETTINGS_PATH) > 40 &&
	       memmem(line, len, SETTINGS_PATH, sizeof(SETTINGS_PATH) - 1);
}

static void expect_narrow(const char *what)
{
	for (const char *line = text; *line != '\0';) {
		size_t len = strcspn(line, "\n");

		if (!has_long_path(line, len))
			cr_assert_leq(len, 80, "%s: %.*s", what, (int)len,
				      line);
		cr_assert(len == 0 || line[len - 1] != ' ', "%s: %.*s|", what,
			  (int)len, line);
		line += len + (line[len] == '\n');
	}
}

Test(commands, every_row_is_whole)
{
	for (const struct command *const *at = commands; *at != NULL; at++) {
		const struct command *command = *at;

		cr_assert_not_null(command->name);
		cr_assert_not_null(command->operands, "%s", command->name);
		cr_assert(command->run || command->serve, "%s does nothing",
			  command->name);
		cr_assert_leq(command->operands_min, command->operands_max);
		cr_assert_leq(command->operands_max, COMMAND_OPERANDS);
		if (command->summary == NULL)
			continue;
		cr_assert_lt(strlen(command->summary), 64, "%s",
			     command->summary);
		cr_assert_not_null(command->details, "%s", command->name);
	}
}

static void check_options(const struct command *command)
{
	const struct command_option *options = command->options;
	int i, j;

	for (i = 0; options != NULL && options[i].name != NULL; i++) {
		cr_assert_lt(i, COMMAND_OPTIONS, "%s has too many",
			     command->name);
		cr_assert_eq(options[i].argument == NULL,
			     options[i].kind == ARGUMENT_NONE, "%s --%s",
			     command->name, options[i].name);
		cr_assert(options[i].words == NULL ||
			  options[i].kind == ARGUMENT_WORD, "%s --%s",
			  command->name, options[i].name);
		for (j = 0; j < i; j++) {
			cr_assert_str_neq(options[i].name, options[j].name);
			cr_assert(options[i].letter == 0 ||
				  options[i].letter != options[j].letter,
				  "%s -%c twice", command->name,
				  options[i].letter);
		}
	}
}

Test(commands, options_are_whole_and_different)
{
	for (const struct command *const *at = commands; *at != NULL; at++)
		check_options(*at);
}

Test(commands, a_command_is_found_and_a_near_one_suggested)
{
	const char *near;

	cr_assert_eq(commands_find("status", &near), &command_status);
	cr_assert_eq(commands_find("commit", &near), &command_commit);
	cr_assert_null(commands_find("stauts", &near));
	cr_assert_str_eq(near, "status");
	cr_assert_null(commands_find("sreve", &near));
	cr_assert_str_eq(near, "serve");
	cr_assert_null(commands_find("frobnicate", &near));
	cr_assert_null(near);
	cr_assert_null(commands_find("", &near));
	cr_assert_null(near);
	cr_assert_null(commands_find("committ", &near));
	cr_assert_null(near, "one that is not for people is not suggested");
}

Test(commands, help_fits_a_terminal_and_names_every_option)
{
	char words[128];

	keep(overview, NULL);
	expect_narrow("overview");
	for (const struct command *const *at = commands; *at != NULL; at++) {
		const struct command_option *option = (*at)->options;

		keep(commands_print_help, *at);
		expect_narrow((*at)->name);
		for (; option != NULL && option->name != NULL; option++) {
			snprintf(words, sizeof(words), "--%s", option->name);
			cr_assert_eq(strstr(text, words) != NULL,
				     option->help != NULL, "%s %s",
				     (*at)->name, words);
		}
	}
}

Test(commands, the_overview_has_those_for_people_and_no_others)
{
	char words[128];

	keep(overview, NULL);
	for (const struct command *const *at = commands; *at != NULL; at++) {
		snprintf(words, sizeof(words), "\n  %s ", (*at)->name);
		cr_assert_eq(strstr(text, words) != NULL,
			     (*at)->summary != NULL, "%s", (*at)->name);
	}
}

Test(commands, no_line_of_the_manual_is_a_macro_by_accident)
{
	static const char *const macros[] = {
		".Bl", ".It", ".El", ".Pp", ".Bd", ".Ed", ".Ql",
	};
	size_t count = sizeof(macros) / sizeof(macros[0]);

	keep(manual, NULL);
	for (const char *line = text; *line != '\0';) {
		bool known = line[0] != '.' && line[0] != '\'';

		for (size_t i = 0; i < count; i++)
			known |= strncmp(line, macros[i], 3) == 0;
		cr_assert(known, "%.60s", line);
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
}

/* stdout of `homebound completion SHELL` in a file of its own. */
static void write_completion(const char *shell, char path[64])
{
	char *argv[] = { "completion", (char *)(uintptr_t)shell, NULL };
	int fd, kept = dup(STDOUT_FILENO);

	strcpy(path, "/tmp/completion.XXXXXX");
	fd = mkstemp(path);
	cr_assert_geq(fd, 0);
	fflush(stdout);
	dup2(fd, STDOUT_FILENO);
	close(fd);
	cr_assert_eq(commands_call(&command_completion, "homebound", 2, argv),
		     EXIT_DONE);
	fflush(stdout);
	dup2(kept, STDOUT_FILENO);
	close(kept);
}

static bool has_shell(const char *shell)
{
	char line[64];

	snprintf(line, sizeof(line), "command -v %s >/dev/null", shell);
	return system(line) == 0;
}

/* What a shell prints, in `text`; its words at one space each. */
static void run_shell(const char *line)
{
	FILE *stream = popen(line, "r");
	size_t len;

	cr_assert_not_null(stream);
	len = fread(text, 1, sizeof(text) - 1, stream);
	text[len] = '\0';
	cr_assert_eq(pclose(stream), 0, "%s\n%s", line, text);
	for (char *at = text; *at != '\0'; at++)
		if (*at == '\n')
			*at = ' ';
}

Test(completion, bash_completes_commands_options_and_words)
{
	static const struct {
		const char *words, *expected;
	} rows[] = {
		{ "sta", "status " },
		{ "status --js", "--json " },
		{ "help chec", "check " },
		{ "completion ''", "bash zsh fish " },
		{ "log --since y", "yesterday " },
		{ "log --since = y", "yesterday " },
		{ "serve -c /etc/host", "/etc/host" },
		{ "commi", "" },
		{ "check ''", "" },
	};
	char path[64], line[512];

	if (!has_shell("bash"))
		cr_skip("there is no bash");
	write_completion("bash", path);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(line, sizeof(line), "bash -c 'source %s; "
			 "COMP_WORDS=(homebound %s); "
			 "COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _homebound; "
			 "for word in \"${COMPREPLY[@]}\"; do echo \"$word\"; "
			 "done' 2>&1", path, rows[i].words);
		while (strstr(line, "''") != NULL)
			memcpy(strstr(line, "''"), "\"\"", 2);
		run_shell(line);
		cr_assert_eq(strncmp(text, rows[i].expected,
				     strlen(rows[i].expected)), 0,
			     "%s: %s", rows[i].words, text);
		cr_assert(*rows[i].expected != '\0' || *text == '\0',
			  "%s: %s", rows[i].words, text);
	}
	unlink(path);
}

Test(completion, fish_completes_commands_options_and_words)
{
	static const struct {
		const char *words, *expected;
	} rows[] = {
		{ "sta", "status\t" },
		{ "status --js", "--json\t" },
		{ "help chec", "check" },
		{ "completion f", "fish" },
		{ "log --since y", "yesterday" },
		{ "serve -c /etc/host", "/etc/host" },
		{ "commi", "" },
	};
	char path[64], line[512];

	if (!has_shell("fish"))
		cr_skip("there is no fish");
	write_completion("fish", path);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(line, sizeof(line), "HOME=/nonexistent fish "
			 "--no-config -c 'source %s; complete -C \"homebound "
			 "%s\"' 2>&1", path, rows[i].words);
		run_shell(line);
		cr_assert_eq(strncmp(text, rows[i].expected,
				     strlen(rows[i].expected)), 0,
			     "%s: %s", rows[i].words, text);
		cr_assert(*rows[i].expected != '\0' || *text == '\0',
			  "%s: %s", rows[i].words, text);
	}
	unlink(path);
}

Test(completion, every_shell_can_read_its_own)
{
	static const char *const shells[] = { "bash", "zsh", "fish" };
	char path[64], line[128];

	for (size_t i = 0; i < 3; i++) {
		write_completion(shells[i], path);
		snprintf(line, sizeof(line), "%s -n %s 2>&1", shells[i], path);
		if (has_shell(shells[i]))
			run_shell(line);
		cr_assert_str_empty(has_shell(shells[i]) ? text : "");
		unlink(path);
	}
}

Test(completion, an_unknown_shell_is_told)
{
	char *argv[] = { "completion", "tcsh", NULL };

	cr_assert_eq(commands_call(&command_completion, "homebound", 2, argv),
		     EXIT_USAGE);
}
