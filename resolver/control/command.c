/*
 * A line is gone through once, from left to right.  Its words stay where they
 * are: the call points into them.
 *
 *	-j -n20 -n 20 -jn20		short, bundled, with a value or not
 *	--json --last=20 --last 20	long, and --la for --last
 *	--				everything after it is an operand
 */
#include "control/command.h"

#include <string.h>

#include "base/text.h"

/* A long option may be this far from what was meant to be suggested. */
enum { NEAR_ENOUGH = 2 };

struct parsing {
	struct command_call *call;
	const struct command *command;
	struct text *trouble;
	int next;		/* word of argv to look at next */
	bool only_operands;	/* "--" was seen */
};

const char *command_option(const struct command_call *call, const char *name)
{
	const struct command_option *option = call->command->options;

	for (int i = 0; option != NULL && option[i].name != NULL; i++)
		if (strcmp(option[i].name, name) == 0)
			return call->options[i];
	return NULL;
}

/* A word the way it was typed, but never able to steer a terminal. */
static void put_word(struct text *out, const char *before, const char *word,
		     const char *after)
{
	text_put(out, "%s", before);
	text_put_hostile(out, bytes_of_string(word));
	text_put(out, "%s", after);
}

static int option_count(const struct command *command)
{
	int count = 0;

	if (command->options == NULL)
		return 0;
	while (command->options[count].name != NULL &&
	       count < COMMAND_OPTIONS)
		count++;
	return count;
}

static void suggest_option(struct parsing *parsing, const char *name)
{
	const struct command_option *option = parsing->command->options;
	unsigned best = NEAR_ENOUGH + 1;
	const char *near = NULL;

	for (int i = 0; i < option_count(parsing->command); i++) {
		unsigned distance = text_distance(name, option[i].name);

		if (option[i].help != NULL && distance < best) {
			best = distance;
			near = option[i].name;
		}
	}
	if (near != NULL)
		text_put(parsing->trouble, ": did you mean \"--%s\"?", near);
}

/*
 * The place of a long option: its own name, or the only one that begins so.
 * -1: a sentence was said.  The name ends at a '=' or at its end.
 */
static int find_long(struct parsing *parsing, const char *name, size_t len)
{
	const struct command_option *option = parsing->command->options;
	int found = -1, other = -1;
	char copy[64];

	for (int i = 0; len > 0 && i < option_count(parsing->command); i++) {
		if (strncmp(option[i].name, name, len) != 0)
			continue;
		if (option[i].name[len] == '\0')
			return i;
		other = found;
		found = i;
	}
	if (found >= 0 && other < 0)
		return found;
	len = len < sizeof(copy) ? len : sizeof(copy) - 1;
	memcpy(copy, name, len);
	copy[len] = '\0';
	if (other >= 0) {
		put_word(parsing->trouble, "\"--", copy, "\" could be ");
		text_put(parsing->trouble, "\"--%s\" or \"--%s\"",
			 option[other].name, option[found].name);
	} else {
		put_word(parsing->trouble, "there is no option \"--", copy,
			 "\"");
		suggest_option(parsing, copy);
	}
	return -1;
}

static int find_short(struct parsing *parsing, char letter)
{
	const struct command_option *option = parsing->command->options;
	char word[2] = { letter, '\0' };

	for (int i = 0; i < option_count(parsing->command); i++)
		if (option[i].letter == letter)
			return i;
	put_word(parsing->trouble, "there is no option \"-", word, "\"");
	return -1;
}

/* The value of an option that takes one; `here` is what stands with it. */
static int take_value(struct parsing *parsing, int place, const char *here)
{
	const struct command_option *option =
		&parsing->command->options[place];
	struct command_call *call = parsing->call;

	if (here == NULL && parsing->next < call->argc)
		here = call->argv[parsing->next++];
	if (here == NULL) {
		text_put(parsing->trouble, "\"--%s\" needs its %s",
			 option->name, option->argument);
		return EXIT_USAGE;
	}
	call->options[place] = here;
	return 0;
}

static int parse_long(struct parsing *parsing, const char *name)
{
	const char *equals = strchrnul(name, '=');
	const struct command_option *option;
	int place = find_long(parsing, name, (size_t)(equals - name));

	if (place < 0)
		return EXIT_USAGE;
	option = &parsing->command->options[place];
	if (option->argument != NULL)
		return take_value(parsing, place,
				  *equals == '=' ? equals + 1 : NULL);
	if (*equals == '=') {
		text_put(parsing->trouble, "\"--%s\" takes no value",
			 option->name);
		return EXIT_USAGE;
	}
	parsing->call->options[place] = "";
	return 0;
}

static int parse_short(struct parsing *parsing, const char *letters)
{
	for (; *letters != '\0'; letters++) {
		int place = find_short(parsing, *letters);

		if (place < 0)
			return EXIT_USAGE;
		if (parsing->command->options[place].argument != NULL)
			return take_value(parsing, place,
					  letters[1] ? letters + 1 : NULL);
		parsing->call->options[place] = "";
	}
	return 0;
}

static int parse_operand(struct parsing *parsing, const char *word)
{
	struct command_call *call = parsing->call;

	if (call->operand_count >= parsing->command->operands_max ||
	    call->operand_count >= COMMAND_OPERANDS) {
		put_word(parsing->trouble, "there is a word too many: \"",
			 word, "\"");
		return EXIT_USAGE;
	}
	call->operands[call->operand_count++] = word;
	return 0;
}

static int parse_word(struct parsing *parsing, const char *word)
{
	if (parsing->only_operands || word[0] != '-' || word[1] == '\0')
		return parse_operand(parsing, word);
	if (word[1] != '-')
		return parse_short(parsing, word + 1);
	if (word[2] != '\0')
		return parse_long(parsing, word + 2);
	parsing->only_operands = true;
	return 0;
}

int command_parse(struct command_call *call, const struct command *command,
		  struct text *trouble)
{
	struct parsing parsing = {
		.call = call, .command = command, .trouble = trouble,
		.next = 1,
	};
	int error = 0;

	call->command = command;
	call->operand_count = 0;
	memset(call->options, 0, sizeof(call->options));
	memset(call->operands, 0, sizeof(call->operands));
	while (error == 0 && parsing.next < call->argc)
		error = parse_word(&parsing, call->argv[parsing.next++]);
	if (error == 0 && call->operand_count < command->operands_min) {
		text_put(trouble, "%s is missing", command->operands);
		error = EXIT_USAGE;
	}
	return error;
}
