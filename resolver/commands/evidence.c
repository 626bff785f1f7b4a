/*
 * export DIR: evidence.  The journal is read as `log` reads it; the key is
 * the daemon's user's alone, so that root or that user does it.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "commands/commands.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "review/evidence.h"
#include "subscribe/keypair.h"

enum { PATH = 4096, WORDS = 512 };

struct exporting {
	const struct command_call *call;
	struct settings *settings;
	struct keypair pair;
	struct evidence_options options;
	uint64_t now;
	char key[PATH], database[PATH], lists[PATH], own[PATH];
	char public_file[256], fingerprint[KEYPAIR_FINGERPRINT];
};

/* --- what is asked --- */

static int take_time(const struct exporting *exporting, const char *option,
		     uint64_t *at)
{
	const char *value = command_option(exporting->call, option);

	if (value == NULL || clock_parse(value, exporting->now, at) == 0)
		return 0;
	fprintf(stderr, "homebound export: --%s takes a time: 7d, yesterday, "
		"2026-11-22 or 2026-11-22T10:00\n", option);
	return EXIT_USAGE;
}

static int take_options(struct exporting *exporting)
{
	struct evidence_options *options = &exporting->options;
	struct clock clock = { 0 };
	int code;

	clock_update(&clock);
	exporting->now = options->until = clock.wall;
	options->folder = exporting->call->operands[0];
	options->device = command_option(exporting->call, "device");
	code = take_time(exporting, "since", &options->since);
	if (code == 0)
		code = take_time(exporting, "until", &options->until);
	if (code != 0)
		return code;
	if (command_option(exporting->call, "since") == NULL ||
	    options->since >= options->until) {
		fprintf(stderr, "homebound export: say of what time: --since "
			"A, which is before --until B (now, when it is not "
			"given)\n");
		return EXIT_USAGE;
	}
	if (options->until > exporting->now)
		options->until = exporting->now;
	return 0;
}

/* --- the key --- */

static int complain_key(const struct exporting *exporting, int error)
{
	if (error == -ENOENT)
		fprintf(stderr, "homebound export: this household has no key "
			"to sign with: make one with homebound keygen\n");
	else if (error == -EACCES)
		fprintf(stderr, "homebound export: %s is the daemon's alone: "
			"try sudo\n", exporting->key);
	else if (error == ERROR_REFUSED)
		fprintf(stderr, "homebound export: %s can be read by others, "
			"so anybody may have it: chmod 600, or make another "
			"one with homebound keygen --force\n",
			exporting->key);
	else if (error == ERROR_ABSENT)
		fprintf(stderr, "homebound export: this homebound was built "
			"without libsodium and cannot sign\n");
	else
		fprintf(stderr, "homebound export: %s: %s\n", exporting->key,
			error == ERROR_MALFORMED ? "this is no secret key of "
			"minisign, or it has a password" :
			error_words(error));
	return EXIT_FAILED;
}

static int take_key(struct exporting *exporting)
{
	struct evidence_options *options = &exporting->options;
	struct text text;
	int error = keypair_read(&exporting->pair, exporting->key);

	if (error < 0)
		return complain_key(exporting, error);
	text_init(&text, exporting->public_file,
		  sizeof(exporting->public_file));
	keypair_put_public(&exporting->pair, &text);
	keypair_fingerprint(exporting->pair.public_key,
			    exporting->fingerprint);
	options->public_key = exporting->pair.public_key;
	options->public_file = exporting->public_file;
	options->fingerprint = exporting->fingerprint;
	return 0;
}

static int sign(void *context, struct bytes text, struct text *out)
{
	struct exporting *exporting = context;
	char comment[128];

	snprintf(comment, sizeof(comment), "timestamp:%" PRIu64
		 "\tfile:MANIFEST\thashed", exporting->now / 1000000);
	return keypair_sign(&exporting->pair, text, comment, out);
}

/* --- doing it --- */

static int complain(const struct exporting *exporting, int error,
		    const char *trouble)
{
	const char *folder = exporting->options.folder;

	if (trouble[0] != '\0')
		fprintf(stderr, "homebound export: %s\n", trouble);
	else if (error == -EEXIST)
		fprintf(stderr, "homebound export: %s is there already: name "
			"a folder that is not\n", folder);
	else
		fprintf(stderr, "homebound export: %s: %s\n", folder,
			error_words(error));
	return EXIT_FAILED;
}

static void say_done(const struct exporting *exporting,
		     const struct evidence_outcome *outcome)
{
	printf("%s: %" PRIu64 " row%s, %" PRIu64 " gap%s; report.html is for "
	       "reading\n"
	       "signed by    %s\n"
	       "fingerprint  %s\n"
	       "Who gets it checks it with: homebound verify %s\n",
	       exporting->options.folder, outcome->rows,
	       outcome->rows == 1 ? "" : "s", outcome->gaps,
	       outcome->gaps == 1 ? "" : "s", exporting->pair.public_key,
	       exporting->fingerprint, exporting->options.folder);
}

static int make(struct exporting *exporting)
{
	const struct evidence_file files[] = {
		{ "homebound.conf", commands_settings_path(exporting->call) },
		{ "lists.conf", exporting->lists },
		{ "own.rules", exporting->own },
		{ NULL, NULL },
	};
	struct evidence_options *options = &exporting->options;
	struct evidence_outcome outcome;
	char words[WORDS];
	struct text trouble;
	int error;

	text_init(&trouble, words, sizeof(words));
	options->database = exporting->database;
	options->program = "homebound " PACKAGE_VERSION;
	options->files = files;
	options->sign = sign;
	options->context = exporting;
	error = evidence_export(options, &outcome, &trouble);
	if (error < 0)
		return complain(exporting, error, words);
	say_done(exporting, &outcome);
	return EXIT_DONE;
}

static int sign_and_make(struct exporting *exporting)
{
	const char *state = exporting->settings->state;
	int code;

	snprintf(exporting->key, PATH, "%s/household.key", state);
	snprintf(exporting->database, PATH, "%s/journal.db", state);
	snprintf(exporting->lists, PATH, "%s/lists.conf", state);
	snprintf(exporting->own, PATH, "%s/own.rules", state);
	code = take_key(exporting);
	if (code == 0) {
		commands_commit(exporting->settings);
		code = make(exporting);
	}
	keypair_release(&exporting->pair);
	return code;
}

int evidence_run(struct command_call *call)
{
	struct exporting exporting = { .call = call };
	int code;

	if (!evidence_is_built()) {
		fprintf(stderr, "homebound export: this homebound was built "
			"without jansson and cannot export evidence\n");
		return EXIT_FAILED;
	}
	code = take_options(&exporting);
	if (code == 0)
		code = commands_settings(call, &exporting.settings);
	if (code == 0)
		code = sign_and_make(&exporting);
	settings_free(exporting.settings);
	return code;
}
