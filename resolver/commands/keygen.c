/*
 * keygen: the household's key, made once.  It belongs to the daemon's user,
 * as everything else in the state folder does.
 */
#include "commands/commands.h"

#include <errno.h>
#include <stdio.h>

#include "base/error.h"
#include "base/text.h"
#include "privileges.h"
#include "subscribe/keypair.h"

enum { PATH = 4096 };

struct keygen {
	const char *state;
	bool force;
	struct keypair_paths paths;
	char secret[PATH], public[PATH];
};

static int complain(const struct keygen *keygen, int error)
{
	if (error == -EEXIST)
		fprintf(stderr, "homebound keygen: there is a key already: "
			"%s. What it signed is checked with %s; --force makes "
			"a new one\n", keygen->secret, keygen->public);
	else if (error == ERROR_ABSENT)
		fprintf(stderr, "homebound keygen: this homebound was built "
			"without libsodium and makes no keys\n");
	else
		fprintf(stderr, "homebound keygen: %s: %s\n", keygen->secret,
			error_words(error));
	if (error == -EACCES)
		fprintf(stderr, "The key belongs to the daemon's user: try "
			"sudo.\n");
	return EXIT_FAILED;
}

static void print_key(const struct keygen *keygen, const struct keypair *pair)
{
	char fingerprint[KEYPAIR_FINGERPRINT];

	keypair_fingerprint(pair->public_key, fingerprint);
	printf("public key   %s\n"
	       "fingerprint  %s\n"
	       "kept in      %s\n"
	       "Give the public key, or only its fingerprint, to those who "
	       "shall be able to check what\n"
	       "this household exports. The secret one stays here: %s\n",
	       pair->public_key, fingerprint, keygen->public, keygen->secret);
}

static int make(struct keygen *keygen)
{
	struct keypair pair;
	int error;

	snprintf(keygen->secret, PATH, "%s/household.key", keygen->state);
	snprintf(keygen->public, PATH, "%s/household.pub", keygen->state);
	keygen->paths = (struct keypair_paths){
		keygen->secret, keygen->public,
	};
	error = keypair_make(&pair);
	if (error == 0)
		error = keypair_store(&pair, &keygen->paths, keygen->force);
	if (error == 0)
		print_key(keygen, &pair);
	keypair_release(&pair);
	return error == 0 ? EXIT_DONE : complain(keygen, error);
}

static int run(struct command_call *call)
{
	struct keygen keygen = {
		.force = command_option(call, "force") != NULL,
	};
	struct settings *settings;
	int code = commands_settings(call, &settings);

	if (code != 0)
		return code;
	keygen.state = settings->state;
	if (privileges_own(settings->state, settings->user, 0750) != 0 ||
	    privileges_drop(settings->user) != 0)
		code = EXIT_FAILED;
	else
		code = make(&keygen);
	settings_free(settings);
	return code;
}

static const struct command_option options[] = {
	COMMAND_CONFIG,
	{ 0, "force", NULL, ARGUMENT_NONE, NULL,
	  "make another one although there is one" },
	{ .name = NULL },
};

const struct command command_keygen = {
	.name = "keygen",
	.operands = "",
	.summary = "make the key that signs what this household exports",
	.details =
	"Makes a minisign(1) key pair in the state folder: household.key, "
	"which only the daemon's user can read and which is never shown, and "
	"household.pub, which is for everybody. The public key and its "
	"fingerprint are printed; so they are once more whenever something is "
	"exported.\n\n"
	"A key that is there is not written over. With --force it is "
	"replaced; its public half is kept beside the new one, under its "
	"number, for what it has signed.",
	.example = "sudo homebound keygen",
	.options = options,
	.run = run,
};
