/*
 * verify: is a folder of evidence what it was when it was signed?  Off line,
 * and on any machine: of the configuration only the household's own key is
 * wanted, to say that it is that.
 */
#include "commands/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "review/evidence_check.h"
#include "subscribe/keypair.h"

enum { PATH = 4096, KEY_FILE = 4096 };

struct verifying {
	const struct command_call *call;
	struct evidence_check check;
	char key[MINISIGN_KEY];
	bool given;			/* by --key */
};

static void tell(void *context, enum evidence_said said, const char *sentence)
{
	static const char *const words[] = {
		[EVIDENCE_GOOD] = "good", [EVIDENCE_NOTE] = "note",
		[EVIDENCE_WRONG] = "WRONG",
	};
	const struct verifying *verifying = context;

	printf("%-5s  %s/%s\n", words[said], verifying->check.folder,
	       sentence);
}

static int verify(void *context, struct bytes text, struct bytes signature,
		  struct text *trouble)
{
	struct verifying *verifying = context;

	if (verifying->key[0] == '\0') {
		text_put(trouble, "it cannot be checked: household.pub has no "
			 "key");
		return ERROR_REFUSED;
	}
	return minisign_verify(verifying->key, text, signature, trouble);
}

/* The key in a file such as household.pub; false: there is none. */
static bool read_key(const char *path, char key[MINISIGN_KEY])
{
	uint8_t *at;
	size_t len;
	bool found;

	if (file_read(path, KEY_FILE, &at, &len) < 0)
		return false;
	found = minisign_find_key(bytes_of(at, len), key);
	free(at);
	return found;
}

/* --key, or else the key that lies in the folder. */
static int take_key(struct verifying *verifying)
{
	const char *given = command_option(verifying->call, "key");
	char *path;

	verifying->given = given != NULL;
	if (given != NULL && minisign_is_key(given)) {
		snprintf(verifying->key, MINISIGN_KEY, "%s", given);
		return 0;
	}
	if (given != NULL) {
		if (read_key(given, verifying->key))
			return 0;
		fprintf(stderr, "homebound verify: --key takes a public key, "
			"RW and 54 letters and digits, or a file with one\n");
		return EXIT_USAGE;
	}
	path = evidence_manifest_path(&verifying->check, "household.pub");
	if (path != NULL && !read_key(path, verifying->key))
		verifying->key[0] = '\0';
	free(path);
	return 0;
}

static void be_quiet(void *context, const struct settings_trouble *trouble)
{
	(void)context, (void)trouble;
}

/* Is it the key of the household we are in? */
static bool is_ours(const struct verifying *verifying)
{
	const char *settings_path = commands_settings_path(verifying->call);
	struct settings *settings;
	char path[PATH], key[MINISIGN_KEY];
	bool found;

	if (settings_read(&settings, settings_path, be_quiet, NULL) < 0)
		return false;
	snprintf(path, sizeof(path), "%s/household.pub", settings->state);
	found = read_key(path, key) && strcmp(key, verifying->key) == 0;
	settings_free(settings);
	return found;
}

static void say_whose(const struct verifying *verifying)
{
	char fingerprint[KEYPAIR_FINGERPRINT];

	if (keypair_fingerprint(verifying->key, fingerprint) < 0)
		return;
	printf("signed by    %s\nfingerprint  %s\n", verifying->key,
	       fingerprint);
	if (verifying->given)
		printf("That is the key that was given.\n");
	else if (is_ours(verifying))
		printf("That is the key of this household.\n");
	else
		printf("The key came with the folder. Whose it is, only its "
		       "owner can say: ask for the fingerprint some other "
		       "way, or give the key with --key.\n");
}

static int run(struct command_call *call)
{
	struct verifying verifying = {
		.call = call,
		.check = {
			.folder = call->operands[0],
			.verify = verify, .tell = tell,
			.untrusted = KEYPAIR_UNTRUSTED,
		},
	};
	int code;

	if (!minisign_is_built()) {
		fprintf(stderr, "homebound verify: this homebound was built "
			"without libsodium and cannot check signatures\n");
		return EXIT_FAILED;
	}
	verifying.check.context = &verifying;
	code = take_key(&verifying);
	if (code != 0)
		return code;
	if (!evidence_check(&verifying.check)) {
		printf("%s is not what was exported, or cannot be checked\n",
		       call->operands[0]);
		return EXIT_FAILED;
	}
	say_whose(&verifying);
	return EXIT_DONE;
}

static const struct command_option options[] = {
	COMMAND_CONFIG,
	{ 'k', "key", "KEY", ARGUMENT_FILE, NULL,
	  "the household's public key, or a file with it" },
	{ .name = NULL },
};

const struct command command_verify = {
	.name = "verify",
	.operands = "DIR",
	.operand_kind = ARGUMENT_FILE,
	.operands_min = 1,
	.operands_max = 1,
	.summary = "check a folder that homebound export made",
	.details =
	"Works on any machine, without network, daemon or journal. It checks "
	"that every file is the one that was signed, that none is missing and "
	"none was added; that the links of the chain follow one another; and "
	"that of each block that lies in the exported time as a whole all "
	"rows are there. What the household took out on purpose is told as "
	"redacted, with when, why and how many rows; gaps are told too. What "
	"is wrong is told with its file and line, and the exit code is 1.\n\n"
	"Without --key the key in the folder is used. That shows that nothing "
	"was changed since somebody signed it; who that was, only the key "
	"shows that the household gave you some other way.",
	.example =
	"homebound verify evidence\n"
	"homebound verify --key household.pub evidence",
	.options = options,
	.run = run,
};
