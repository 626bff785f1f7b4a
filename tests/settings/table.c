/*
 * What holds for every row of the table, whatever is added to it: each is
 * tried by the file it describes.
 */
#include "settings_table.h"

#include <criterion/criterion.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "settings.h"

static char conf[64], words[1024];
static unsigned troubles;

static void report(void *context, const struct settings_trouble *trouble)
{
	(void)context;
	if (troubles++ == 0)
		snprintf(words, sizeof(words), "%s", trouble->words);
}

static void setup(void)
{
	int fd;

	strcpy(conf, "/tmp/table.XXXXXX");
	fd = mkstemp(conf);
	cr_assert_geq(fd, 0);
	close(fd);
}

static void teardown(void)
{
	unlink(conf);
}

TestSuite(table, .init = setup, .fini = teardown);

/* Reads a file with one line: how many troubles, the first in `words`. */
static unsigned read_line(const char *line)
{
	FILE *stream = fopen(conf, "w");
	struct settings *settings = NULL;

	cr_assert_not_null(stream);
	fprintf(stream, "%s\n", line);
	fclose(stream);
	troubles = 0;
	words[0] = '\0';
	if (settings_read(&settings, conf, report, NULL) == 0)
		settings_free(settings);
	return troubles;
}

/* What stands around a key of a group, for the file to be good. */
static const struct place {
	const struct settings_key *keys;
	const char *name;		/* of the group */
	const char *before, *after;
	const char *others[3];		/* "KEY = ...", where that is not it */
} *place_of(const struct settings_key *group)
{
	static struct place places[] = {
		{ settings_list_keys, "lists", "lists = ( { ", " } );",
		  { "name = \"x\";", "source = \"y\";" } },
		{ settings_group_keys, "groups", "lists = ( { name = \"social\""
		  "; source = \"y\"; } ); groups = ( { ", " } );",
		  { "name = \"g\";", "clients = [ \"10.0.0.1\" ];" } },
		{ NULL, "lists", "lists = ( { name = \"social\"; source = "
		  "\"y\"; } ); groups = ( { name = \"g\"; clients = [ "
		  "\"10.0.0.1\" ]; lists = ( { ", " } ); } );",
		  { "name = \"social\";" } },
	};

	places[2].keys = settings_table_find(settings_group_keys,
					     "lists")->keys;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (group != NULL && group->keys == places[i].keys)
			return &places[i];
	return NULL;
}

static unsigned read_in_place(const struct place *place, const char *name,
			      const char *value)
{
	char line[1024];
	struct text text;

	text_init(&text, line, sizeof(line));
	text_put(&text, "%s", place->before);
	for (unsigned i = 0; i < 3 && place->others[i] != NULL; i++)
		if (strncmp(place->others[i], name, strlen(name)) != 0)
			text_put(&text, "%s ", place->others[i]);
	text_put(&text, "%s = %s;%s", name, value, place->after);
	return read_line(line);
}

/* KEY = VALUE at its place: at the top, in its group, in a list of groups. */
static unsigned read_value(const struct settings_key *group,
			   const char *name, const char *value)
{
	const struct place *place = place_of(group);
	char line[1024];

	if (place != NULL)
		return read_in_place(place, name, value);
	if (group == NULL)
		snprintf(line, sizeof(line), "%s = %s;", name, value);
	else if (group->type == KEY_GROUPS)
		snprintf(line, sizeof(line), "%s = ( { %s = %s; } );",
			 group->name, name, value);
	else
		snprintf(line, sizeof(line), "%s = { %s = %s; };",
			 group->name, name, value);
	return read_line(line);
}

typedef void each_key(const struct settings_key *group,
		      const struct settings_key *key);

static void for_each_of(const struct settings_key *group,
			const struct settings_key *key, each_key *call)
{
	for (; key != NULL && key->name != NULL; key++) {
		call(group, key);
		for_each_of(key, key->keys, call);
	}
}

static void for_each(each_key *call)
{
	for_each_of(NULL, settings_table, call);
}

static void check_row(const struct settings_key *group,
		      const struct settings_key *key)
{
	(void)group;
	cr_assert_not_null(key->text, "%s", key->name);
	cr_assert(key->fallback != NULL || key->example != NULL,
		  "%s has no value to show", key->name);
	cr_assert(!key->required || key->fallback == NULL, "%s", key->name);
	cr_assert_leq(key->min, key->max > 0 ? key->max : 1e18, "%s",
		      key->name);
	cr_assert_eq(key->words != NULL, key->type == KEY_WORD, "%s",
		     key->name);
	cr_assert(strchr(".!?", key->text[strlen(key->text) - 1]),
		  "%s: its text is no sentence", key->name);
}

Test(table, every_row_is_whole)
{
	for_each(check_row);
}

static void check_shown(const struct settings_key *group,
			const struct settings_key *key)
{
	if (key->fallback != NULL)
		cr_assert_eq(read_value(group, key->name, key->fallback), 0,
			     "%s: %s", key->name, words);
	if (key->example != NULL)
		cr_assert_eq(read_value(group, key->name, key->example), 0,
			     "%s: %s", key->name, words);
}

Test(table, what_the_manual_shows_is_taken)
{
	for_each(check_shown);
}

static void check_range(const struct settings_key *group,
			const struct settings_key *key)
{
	const double good[] = { key->min, key->max };
	const double bad[] = { key->min - 1, key->max + 1, -1 };
	char value[32];

	if (key->type != KEY_NUMBER && key->type != KEY_POWER &&
	    key->type != KEY_SECONDS && key->type != KEY_BYTES &&
	    key->type != KEY_DURATION)
		return;
	cr_assert_not_null(key->unit, "%s", key->name);
	for (unsigned i = 0; i < 2; i++) {
		snprintf(value, sizeof(value), key->type == KEY_BYTES ?
			 "\"%.0f\"" : "%.10g", good[i]);
		cr_assert_eq(read_value(group, key->name, value), 0,
			     "%s = %s: %s", key->name, value, words);
	}
	for (unsigned i = 0; i < 3; i++) {
		snprintf(value, sizeof(value), key->type == KEY_BYTES ?
			 "\"%.0f\"" : "%.10g", bad[i]);
		cr_assert_eq(read_value(group, key->name, value), 1,
			     "%s = %s", key->name, value);
	}
}

Test(table, ranges_end_where_they_say)
{
	for_each(check_range);
}

static void check_words(const struct settings_key *group,
			const struct settings_key *key)
{
	char value[80];
	const char *at = key->words;

	while (at != NULL && *at != '\0') {
		size_t len = strcspn(at, "|");

		snprintf(value, sizeof(value), "\"%.*s\"", (int)len, at);
		cr_assert_eq(read_value(group, key->name, value), 0,
			     "%s = %s: %s", key->name, value, words);
		value[1] = (char)toupper(value[1]);
		cr_assert_eq(read_value(group, key->name, value), 1,
			     "%s = %s", key->name, value);
		at += len + (at[len] == '|');
	}
}

Test(table, words_are_those_that_the_module_knows)
{
	for_each(check_words);
}

/* Two neighbours swapped, which is what fingers do. */
static void check_typo(const struct settings_key *group,
		       const struct settings_key *key)
{
	size_t len = strlen(key->name);
	char name[64], meant[96];

	if (len < 4)
		return;
	strcpy(name, key->name);
	name[1] = key->name[2];
	name[2] = key->name[1];
	if (strcmp(name, key->name) == 0)
		return;
	cr_assert_geq(read_value(group, name, "1"), 1, "%s", name);
	snprintf(meant, sizeof(meant), "unknown key \"%s\": did you mean "
		 "\"%s\"?", name, key->name);
	cr_assert_str_eq(words, meant);
}

Test(table, a_typing_error_in_any_key_is_told_with_the_key)
{
	for_each(check_typo);
}

static void check_types(const struct settings_key *group,
			const struct settings_key *key)
{
	static const char *const values[] = {
		"true", "7", "2.5", "\"\\x07\"", "[ ]", "[ true ]", "( )",
		"( 1, \"x\", { } )", "{ }", "{ a = { b = ( [ 1 ] ); }; }",
		"-9223372036854775807L", "\"\"",
	};
	unsigned taken = 0, count = sizeof(values) / sizeof(values[0]);

	for (unsigned i = 0; i < count; i++)
		taken += read_value(group, key->name, values[i]) == 0;
	cr_assert_leq(taken, 4, "%s takes %u of %u kinds of values", key->name,
		      taken, count);
}

Test(table, values_of_other_types_are_told)
{
	for_each(check_types);
}

static const char *manual;

static void check_manual(const struct settings_key *group,
			 const struct settings_key *key)
{
	char item[96];

	(void)group;
	snprintf(item, sizeof(item), ".It Cm %s\n", key->name);
	cr_assert_not_null(strstr(manual, item), "%s", key->name);
}

Test(table, the_manual_has_every_key)
{
	char *text;
	size_t len;
	FILE *stream = open_memstream(&text, &len);

	settings_print_manual(stream);
	fclose(stream);
	manual = text;
	for_each(check_manual);
	cr_assert_not_null(strstr(text, settings_group_keys[2].keys[1].text),
			   "keys of keys of keys");
	free(text);
}

Test(table, short_words_are_not_near_to_everything)
{
	char near[64];

	cr_assert_null(settings_table_near(settings_table, "x"));
	cr_assert_null(settings_table_near(settings_table, "dns"));
	cr_assert_not(settings_table_near_word("auto|yes|no", "zz", near));
	cr_assert(settings_table_near_word("auto|yes|no", "atuo", near));
	cr_assert_str_eq(near, "auto");
	cr_assert_not(settings_table_has_word("auto|yes", "auto|yes"));
	cr_assert_not(settings_table_has_word("auto|yes", ""));
}
