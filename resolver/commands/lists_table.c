/*
 * The lists as a table, the versions of one, and the lines that hold a name.
 * Reads the image, the shelves and the journal; says where one is missing.
 */
#include "commands/lists.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "commands/why.h"
#include "journal/tally.h"
#include "policy/image.h"
#include "policy/verdict.h"
#include "subscribe/memory.h"
#include "subscribe/update.h"

#define WEEK UINT64_C(604800000000)

struct row {
	const struct list_options *options;
	const struct image_list *list;	/* in the image; or NULL */
	uint64_t changed;		/* seconds since 1970; 0: never */
	uint64_t held;
	uint64_t hits;
	char state[300];
};

struct table {
	const struct settings *settings;
	struct image *image;
	struct row *rows;
	bool hits;			/* the journal could be read */
};

static void say_state(const struct table *table, struct row *row)
{
	struct memory memory;
	struct text text;

	text_init(&text, row->state, sizeof(row->state));
	if (!row->options->enabled) {
		text_put(&text, "disabled");
		return;
	}
	if (row->held)
		text_put(&text, "held at version %" PRIu64, row->held);
	else if (memory_read(&memory, table->settings->state,
			     row->options->name) == 0) {
		if (memory.trouble[0])
			text_put(&text, "kept: %s", memory.trouble);
		memory_release(&memory);
	}
	if (text.len == 0)
		text_put(&text, row->list ? "good" : "not compiled yet");
}

static void fill_row(const struct table *table, struct row *row)
{
	const char *state = table->settings->state;
	struct shelf shelf;

	row->list = image_find_list(table->image, row->options->name);
	row->held = update_held(state, row->options->name);
	if (shelf_open(&shelf, state, row->options->name) == 0) {
		const struct list_version *newest = shelf_newest(&shelf);

		row->changed = newest ? newest->time : 0;
		shelf_release(&shelf);
	}
	say_state(table, row);
}

static void take_hits(void *context, const char *list, uint64_t count)
{
	struct table *table = context;

	for (unsigned i = 0; i < table->settings->list_count; i++)
		if (strcmp(table->rows[i].options->name, list) == 0)
			table->rows[i].hits = count;
}

static void find_hits(struct table *table)
{
	struct clock clock = { 0 };
	char path[4096];

	snprintf(path, sizeof(path), "%s/journal.db",
		 table->settings->state);
	if (access(path, R_OK) != 0)
		return;
	commands_commit(table->settings);
	clock_update(&clock);
	table->hits = tally_lists(path, clock.wall - WEEK, take_hits,
				  table) == 0;
}

static void print_count(bool known, uint64_t count)
{
	if (known)
		printf(" %10" PRIu64, count);
	else
		printf(" %10s", "-");
}

static void print_row(const struct table *table, const struct row *row)
{
	const struct image_list *list = row->list;
	char when[32] = "-";
	struct text text;

	if (row->changed) {
		text_init(&text, when, sizeof(when));
		clock_print(row->changed * 1000000, false, &text);
		when[16] = '\0';
	}
	printf("%-20s %-9s", row->options->name,
	       action_words(row->options->action));
	print_count(list, list ? list->rules : 0);
	print_count(list, list ? list->unique : 0);
	print_count(table->hits, row->hits);
	printf("  %-16s  %s\n", when, row->state);
}

static void print_table(struct table *table)
{
	printf("%-20s %-9s %10s %10s %10s  %-16s  %s\n", "name", "action",
	       "rules", "unique", "hits 7d", "last change", "state");
	for (unsigned i = 0; i < table->settings->list_count; i++) {
		fill_row(table, &table->rows[i]);
		print_row(table, &table->rows[i]);
	}
}

static void open_image(struct table *table)
{
	char path[4096];
	int error;

	snprintf(path, sizeof(path), "%s/" IMAGE_FILE,
		 table->settings->state);
	error = image_open(&table->image, path);
	if (error < 0 && error != -ENOENT)
		log_warning("%s: %s", path, error_words(error));
	if (error < 0)
		table->image = NULL;
}

int lists_table_run(struct command_call *call)
{
	struct table table = { 0 };
	struct settings *settings;
	int code = commands_settings(call, &settings);

	if (code != 0)
		return code;
	table.settings = settings;
	table.rows = calloc(settings->list_count + 1u, sizeof(*table.rows));
	if (table.rows) {
		for (unsigned i = 0; i < settings->list_count; i++)
			table.rows[i].options = &settings->lists[i];
		open_image(&table);
		find_hits(&table);
		print_table(&table);
	}
	image_close(table.image);
	code = table.rows ? EXIT_DONE : EXIT_FAILED;
	free(table.rows);
	settings_free(settings);
	return code;
}

/* --- versions of one --- */

static void print_versions(const struct shelf *shelf, uint64_t held)
{
	printf("%8s  %-19s %12s %10s  %s\n", "version", "taken", "bytes",
	       "rules", "from");
	for (unsigned i = shelf->count; i-- > 0;) {
		const struct list_version *version = &shelf->at[i];
		char when[32];
		struct text text;

		text_init(&text, when, sizeof(when));
		clock_print(version->time * 1000000, false, &text);
		printf("%8" PRIu64 "  %-19s %12" PRIu64 " %10" PRIu64
		       "  %s%s\n", version->serial, when, version->bytes,
		       version->rules, version->sources,
		       version->serial == held ? "  (held)" : "");
	}
}

int lists_versions_run(struct command_call *call)
{
	const char *name = call->operands[1];
	struct settings *settings;
	struct shelf shelf = { .count = 0 };
	int code = commands_settings(call, &settings);

	if (code != 0)
		return code;
	if (shelf_open(&shelf, settings->state, name) == 0 &&
	    shelf.count > 0) {
		print_versions(&shelf, update_held(settings->state, name));
	} else {
		log_error("no version of \"%s\" is kept in %s", name,
			  settings->state);
		code = EXIT_FAILED;
	}
	shelf_release(&shelf);
	settings_free(settings);
	return code;
}

/* --- every line that holds a name --- */

static void print_holder(const struct why *why, const struct why_rule *rule)
{
	const struct verdict *verdict = &rule->witness.verdict;
	const struct image_list *list =
		image_list(policy_image(why->policy), verdict->list);
	char shown[COMMANDS_LINE];

	if (!list)
		return;
	printf("%s: line %" PRIu32 " of version %" PRIu64 ": %s\n",
	       list->name, verdict->line, list->version,
	       why_line(why, rule, shown));
}

static int search(struct why *why)
{
	unsigned found = 0;

	if (!why_open(why))
		return EXIT_FAILED;
	why_listen(why);
	for (unsigned i = 0; i < why->count; i++) {
		found += why->rules[i].witness.own == NULL;
		print_holder(why, &why->rules[i]);
	}
	if (found == 0)
		printf("no list holds it\n");
	return found ? EXIT_DONE : EXIT_FAILED;
}

int lists_search_run(struct command_call *call)
{
	struct why *why = calloc(1, sizeof(*why));
	struct settings *settings;
	int code = commands_settings(call, &settings);

	if (!why || code != 0) {
		free(why);
		return code ? code : EXIT_FAILED;
	}
	why->settings = settings;
	why->question.name = &why->name;
	why->question.type = TYPE_A;
	if (name_parse(&why->name, bytes_of_string(call->operands[1])) < 0) {
		log_error("%s is not a domain name", call->operands[1]);
		code = EXIT_FAILED;
	} else {
		code = search(why);
	}
	why_close(why);
	settings_free(settings);
	free(why);
	return code;
}
