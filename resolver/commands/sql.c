/*
 * sql: any question to the journal, in SQL.
 */
#include "commands/commands.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "commands/terminal.h"
#include "review/print.h"
#include "review/question.h"

enum { QUERY_MAX = 1 << 20 };		/* bytes of it */

struct sql {
	const struct command_call *call;
	struct settings *settings;
	char *read;			/* from stdin; or NULL */
	const char *query;
	struct print_options print;
};

static int usage(const char *words)
{
	fprintf(stderr, "homebound sql: %s\nSee: homebound help sql\n",
		words);
	return EXIT_USAGE;
}

static int failed(const char *words)
{
	fprintf(stderr, "homebound sql: %s\n", words);
	return EXIT_FAILED;
}

/* --- what is asked --- */

static int read_query(struct sql *sql)
{
	size_t len;

	sql->read = malloc(QUERY_MAX + 1);
	if (sql->read == NULL)
		return failed(error_words(-ENOMEM));
	len = fread(sql->read, 1, QUERY_MAX + 1, stdin);
	if (ferror(stdin))
		return failed(error_words(-errno));
	if (len > QUERY_MAX)
		return usage("a question of more than a megabyte");
	sql->read[len] = '\0';
	sql->query = sql->read;
	return 0;
}

static int take_query(struct sql *sql)
{
	if (sql->call->operand_count > 0) {
		sql->query = sql->call->operands[0];
		return 0;
	}
	if (isatty(STDIN_FILENO))
		return usage("what is the question? Such as: homebound sql "
			     "\"SELECT name, count(*) FROM query GROUP BY "
			     "name\"");
	return read_query(sql);
}

static int take_form(struct sql *sql)
{
	bool json = command_option(sql->call, "json") != NULL;
	bool csv = command_option(sql->call, "csv") != NULL;

	if (json && csv)
		return usage("--json or --csv, not both");
	sql->print = (struct print_options){
		.out = stdout,
		.form = json ? PRINT_JSON : csv ? PRINT_CSV : PRINT_TABLE,
		.width = terminal_width(),
		.colour = terminal_wants_colour(),
	};
	return 0;
}

static int ask(struct sql *sql)
{
	char path[4096], words[512];
	struct text trouble;
	int error;

	snprintf(path, sizeof(path), "%s/journal.db", sql->settings->state);
	commands_commit(sql->settings);
	text_init(&trouble, words, sizeof(words));
	error = question_ask(path, sql->query, &sql->print, &trouble);
	if (error == 0 || error == -EPIPE)
		return EXIT_DONE;
	return trouble.len > 0 ? failed(words)
			       : commands_journal_failed(error);
}

static int run(struct command_call *call)
{
	struct sql sql = { .call = call };
	int code;

	signal(SIGPIPE, SIG_IGN);
	commands_utc_option(call);
	code = take_form(&sql);
	if (code == 0)
		code = take_query(&sql);
	if (code == 0)
		code = commands_settings(call, &sql.settings);
	if (code == 0)
		code = ask(&sql);
	settings_free(sql.settings);
	free(sql.read);
	return code;
}

static const struct command_option options[] = {
	COMMAND_CONFIG,
	{ 0, "utc", NULL, ARGUMENT_NONE, NULL, "times in words are UTC" },
	{ 'j', "json", NULL, ARGUMENT_NONE, NULL,
	  "an object of JSON a row, for programs" },
	{ 0, "csv", NULL, ARGUMENT_NONE, NULL,
	  "for spreadsheets (RFC 4180)" },
	{ .name = NULL },
};

const struct command command_sql = {
	.name = "sql",
	.operands = "[QUERY]",
	.operand_kind = ARGUMENT_NONE,
	.operands_min = 0,
	.operands_max = 1,
	.summary = "any question to the journal, in SQL",
	.details =
	"Runs SQL (SQLite's) over the journal and prints what comes. Without "
	"a QUERY, it is read from standard input. The table \"query\" has a "
	"row for each query, whether it is compressed or not; its columns, "
	"the other tables and ten questions worth asking are described in "
	"the file SCHEMA of the documentation.\n\n"
	"Fast are questions for a range of number or at (microseconds since "
	"1970), a name, \"below\" (a name and all below it), a client, a "
	"device or a verdict, and ORDER BY number. The journal can only be "
	"read; while a long answer is read, its log file grows.",
	.example =
	"homebound sql \"SELECT * FROM query WHERE below = 'example.com'\"\n"
	"homebound sql --csv \"SELECT * FROM device\" > devices.csv\n"
	"homebound sql < question.sql",
	.options = options,
	.run = run,
};
