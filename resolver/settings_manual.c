/*
 * The table of keys as the list that homebound.conf(5) has in its middle.
 */
#include "settings.h"

#include <string.h>

#include "settings_table.h"

/* One argument of a macro: quotes end it, backslashes begin escapes. */
static void print_argument(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text != '\0'; text++) {
		if (*text == '"')
			fputs("\\(dq", out);
		else if (*text == '\\')
			fputs("\\e", out);
		else
			fputc(*text, out);
	}
	fputc('"', out);
}

/* "a|b" as words of their own. */
static void print_words(FILE *out, const char *words)
{
	fputs("It is one of\n.Cm ", out);
	for (; *words != '\0'; words++) {
		if (*words == '|')
			fputs(" ,\n.Cm ", out);
		else
			fputc(*words, out);
	}
	fputs(" .\n", out);
}

static bool has_range(const struct settings_key *key)
{
	return key->type == KEY_NUMBER || key->type == KEY_POWER ||
	       key->type == KEY_SECONDS;
}

/* Brackets stay in one line. */
static void print_kind(FILE *out, const struct settings_key *key)
{
	const char *takes = settings_table_takes(key->type);

	fputs("It takes ", out);
	for (; *takes != '\0'; takes++) {
		if (*takes == ' ' && strchr("}])", takes[1]) != NULL)
			fputs("\\ ", out);
		else
			fputc(*takes, out);
	}
	if (has_range(key))
		fprintf(out, " of %s, %.10g to %.10g", key->unit, key->min,
			key->max);
	fputs(".\n", out);
}

static void print_fallback(FILE *out, const struct settings_key *key)
{
	if (key->fallback != NULL)
		fputs("The default is\n.Li ", out);
	else if (key->required)
		fputs("It must be given:\n.Li ", out);
	else
		fputs("There is no default; an example is\n.Li ", out);
	print_argument(out, key->fallback != NULL ? key->fallback
						  : key->example);
	fputs(" .\n", out);
}

static void print_key(FILE *out, const struct settings_key *key)
{
	fprintf(out, ".It Cm %s\n%s\n", key->name, key->text);
	if (key->words != NULL)
		print_words(out, key->words);
	else
		print_kind(out, key);
	if (key->type != KEY_GROUP)
		print_fallback(out, key);
}

/* A key with keys of its own has them below it, as a list in the list. */
static void print_keys(FILE *out, const struct settings_key *keys)
{
	fputs(".Bl -tag -width Ds\n", out);
	for (; keys->name != NULL; keys++) {
		print_key(out, keys);
		if (keys->keys != NULL)
			print_keys(out, keys->keys);
	}
	fputs(".El\n", out);
}

void settings_print_manual(FILE *out)
{
	print_keys(out, settings_table);
}
