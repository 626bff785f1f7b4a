/*
 * An address that no row was ever asked from is no device yet; it is looked
 * for as it is.
 */
#include "commands/trail.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "base/utf8.h"
#include "commands/commands.h"
#include "journal/database.h"
#include "journal/devices.h"
#include "journal/row.h"

static int open_files(struct trail *trail)
{
	int error = reader_open(&trail->reader, trail->path), rc;

	if (error == 0)
		error = database_open_reader(&trail->db, trail->path);
	if (error < 0)
		return error;
	rc = devices_load(&trail->devices, trail->db);
	error = database_error(trail->db, rc);
	if (error < 0)
		fprintf(stderr, "homebound %s: %s: %s\n", trail->command,
			trail->path, error_words(error));
	return error;
}

int trail_open(struct trail *trail, const struct command_call *call)
{
	int code, error;

	*trail = (struct trail){
		.command = call->command->name, .whose = { .verdict = -1 },
	};
	code = commands_settings(call, &trail->settings);
	if (code != 0)
		return code;
	snprintf(trail->path, sizeof(trail->path), "%s/journal.db",
		 trail->settings->state);
	commands_commit(trail->settings);
	error = open_files(trail);
	return error < 0 ? commands_journal_failed(error) : 0;
}

void trail_close(struct trail *trail)
{
	devices_free(trail->devices);
	reader_close(trail->reader);
	sqlite3_close(trail->db);
	settings_free(trail->settings);
}

void trail_follow_id(struct trail *trail, int64_t device)
{
	struct text text;

	trail->device = device;
	text_init(&text, trail->words, sizeof(trail->words));
	devices_words(trail->devices, device, &text);
	snprintf(trail->asked, sizeof(trail->asked), "#%" PRId64, device);
	trail->whose = (struct reader_filter){
		.device = trail->asked, .verdict = -1,
	};
}

int trail_follow(struct trail *trail, const char *device)
{
	int64_t id = devices_find(trail->devices, device);
	char shown[512];
	struct text text;

	if (id != 0) {
		trail_follow_id(trail, id);
		return 0;
	}
	text_init(&text, trail->words, sizeof(trail->words));
	trail->whose = (struct reader_filter){ .verdict = -1 };
	trail->whose.has_client = prefix_parse(&trail->whose.client,
					       device) == 0;
	if (trail->whose.has_client) {
		prefix_print(&trail->whose.client, &text);
		return 0;
	}
	text_init(&text, shown, sizeof(shown));
	utf8_put_hostile(&text, bytes_of_string(device));
	fprintf(stderr, "homebound %s: there is no device \"%s\": give a "
		"name, a MAC or an address (homebound device shows all)\n",
		trail->command, shown);
	return EXIT_FAILED;
}

/* --- rows --- */

struct giving {
	bool (*each)(void *context, const struct row *row);
	void *context;
};

/* As much of it as a comparison looks at. */
static bool give(void *context, const struct reader_row *from)
{
	const struct giving *giving = context;
	struct row row = {
		.number = from->number, .time = from->time,
		.name = bytes_of_string(from->name != NULL ? from->name : ""),
		.verdict = (uint8_t)from->verdict, .list = ROW_NO_LIST,
	};

	return giving->each(giving->context, &row);
}

static int read_span(struct trail *trail, struct reader_filter filter,
		     const struct compare_span *span,
		     const struct giving *giving)
{
	int64_t count;

	filter.since = span->since;
	filter.until = span->until;
	count = reader_rows(trail->reader, &filter, give,
			    (void *)(uintptr_t)giving);
	return count < 0 ? (int)count : 0;
}

static int rows(void *context, const struct compare_span *span,
		bool (*each)(void *context, const struct row *row),
		void *each_context)
{
	struct giving giving = { each, each_context };
	struct trail *trail = context;

	return read_span(trail, trail->whose, span, &giving);
}

static bool take_first(void *context, const struct row *row)
{
	uint64_t *time = context;

	*time = row->time;
	return false;
}

static int ran(void *context, const struct compare_span *span)
{
	const struct reader_filter all = { .verdict = -1 };
	uint64_t first = 0;
	struct giving giving = { take_first, &first };
	int error = read_span(context, all, span, &giving);

	return error < 0 ? error : first != 0;
}

const struct compare_source trail_source = { .rows = rows, .ran = ran };

uint64_t trail_begin(struct trail *trail)
{
	const struct reader_filter all = { .verdict = -1 };
	const struct compare_span ever = { 0, 0 };
	uint64_t first = 0;
	struct giving giving = { take_first, &first };

	return read_span(trail, all, &ever, &giving) == 0 ? first : 0;
}
