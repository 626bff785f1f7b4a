/*
 * export: the journal for other programs (journal/plain.h), or as evidence
 * (evidence.c).
 */
#include "commands/commands.h"

#include <inttypes.h>
#include <unistd.h>

#include "base/text.h"
#include "journal/plain.h"

static void show_progress(uint64_t rows)
{
	fprintf(stderr, "\r%" PRIu64 " rows", rows);
}

static int usage(const char *words)
{
	fprintf(stderr, "homebound export: %s\nSee: homebound help export\n",
		words);
	return EXIT_USAGE;
}

static int say_count(const struct plain_options *options,
		     const struct plain_count *count)
{
	if (options->progress != NULL)
		fputs("\r\033[K", stderr);
	printf("%" PRIu64 " rows in %s\n", count->rows, options->to);
	return count->unreadable == 0 ? EXIT_DONE : EXIT_FAILED;
}

static int export_sqlite(const struct settings *settings,
			 struct plain_options *options)
{
	char path[4096], words[512];
	struct plain_count count;
	struct text trouble;
	int error;

	snprintf(path, sizeof(path), "%s/journal.db", settings->state);
	options->from = path;
	if (isatty(STDERR_FILENO))
		options->progress = show_progress;
	commands_commit(settings);
	text_init(&trouble, words, sizeof(words));
	error = plain_make(options, &count, &trouble);
	if (error == 0)
		return say_count(options, &count);
	if (trouble.len == 0)
		return commands_journal_failed(error);
	fprintf(stderr, "homebound export: %s\n", words);
	return EXIT_FAILED;
}

static int run(struct command_call *call)
{
	struct plain_options copy = {
		.to = command_option(call, "sqlite"),
		.force = command_option(call, "force") != NULL,
		.device = command_option(call, "device"),
	};
	struct settings *settings = NULL;
	int code;

	if ((call->operand_count > 0) == (copy.to != NULL))
		return usage("say where to: --sqlite FILE, or DIR for "
			     "evidence");
	if (call->operand_count > 0)
		return evidence_run(call);
	code = commands_time_option(call, "since", &copy.since);
	if (code == 0)
		code = commands_time_option(call, "until", &copy.until);
	if (code == 0)
		code = commands_settings(call, &settings);
	if (code == 0)
		code = export_sqlite(settings, &copy);
	settings_free(settings);
	return code;
}

static const struct command_option options[] = {
	COMMAND_CONFIG,
	{ 0, "sqlite", "FILE", ARGUMENT_FILE, NULL,
	  "a new SQLite file with plain tables" },
	{ 'f', "force", NULL, ARGUMENT_NONE, NULL,
	  "write over a FILE that is there" },
	{ 's', "since", "TIME", ARGUMENT_TIME, NULL,
	  "only what was asked at that time or later" },
	{ 'u', "until", "TIME", ARGUMENT_TIME, NULL,
	  "only what was asked before then" },
	{ 0, "device", "DEVICE", ARGUMENT_DEVICE, NULL,
	  "only of that device: its name, MAC, or an address it has" },
	{ .name = NULL },
};

const struct command command_export = {
	.name = "export",
	.operands = "[DIR]",
	.operand_kind = ARGUMENT_FILE,
	.operands_min = 0,
	.operands_max = 1,
	.summary = "the journal as an SQLite file, or as signed evidence",
	.details =
	"With --sqlite, copies the journal into a new SQLite file of plain "
	"tables, for Datasette, Grafana or whatever reads SQLite: \"query\" "
	"(with indexes on at, name and device), \"gap\", \"mark\" and "
	"\"device\"; \"at\" is in microseconds since 1970. Only its owner may "
	"read it.\n\n"
	"With a folder DIR, which must not be there, puts evidence into it: a "
	"report for people "
	"(report.html, one file that prints well), the rows it was made of "
	"(rows.csv, rows.jsonl), marks, gaps, devices, lists with versions "
	"and hashes, the state of the clock, the chain of hashes over the "
	"journal's blocks, and the hash of the configuration, but not its "
	"text. MANIFEST has the SHA-256 of every file, and is signed with the "
	"household's key (homebound keygen). README.txt says how to check "
	"that with sha256sum(1) and minisign(1) alone. It needs --since, and "
	"the key and so root, or the daemon's user; what root makes "
	"belongs to whom the folder around it belongs. Other people's "
	"questions are in it as well, unless --device is given: look at it "
	"before it leaves the house.",
	.example =
	"homebound export --sqlite november.db --since 2026-11-01 --until "
	"2026-12-01\n"
	"sudo homebound export --since 7d --device meter-pc evidence",
	.options = options,
	.run = run,
};
