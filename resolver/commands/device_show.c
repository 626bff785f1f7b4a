/*
 * Devices as a table, as records, and one with all its history.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "base/utf8.h"
#include "commands/commands.h"
#include "journal/database.h"
#include "journal/devices.h"
#include "review/records.h"

enum { SPANS = 4096, SHOWN = 3, FIELD = 2048, CALLED = 256 };

struct showing {
	struct settings *settings;
	sqlite3 *db;
	struct devices *devices;
	struct records *records;	/* NULL: a table */
	struct devices_span *spans;	/* SPANS: of the device in turn */
	unsigned name_width;
	unsigned count;
};

/* --- opening --- */

static int open_files(struct showing *showing)
{
	char path[4096];
	int error;

	snprintf(path, sizeof(path), "%s/journal.db",
		 showing->settings->state);
	commands_commit(showing->settings);
	error = database_open_reader(&showing->db, path);
	if (error == -ENOENT || error == ERROR_ABSENT)
		fprintf(stderr, "There is no journal yet: has homebound run "
			"with this configuration, and is its journal "
			"enabled?\n");
	if (error < 0)
		return EXIT_FAILED;
	error = database_error(showing->db, devices_load(&showing->devices,
							 showing->db));
	if (error == 0)
		return 0;
	fprintf(stderr, "homebound device: %s: %s\n", path,
		error_words(error));
	return EXIT_FAILED;
}

static int open_records(struct showing *showing,
			const struct command_call *call)
{
	static const char *const names[] = {
		"id", "name", "source", "mac", "addresses", "first", "last",
		NULL,
	};
	bool json = command_option(call, "json") != NULL;
	bool csv = command_option(call, "csv") != NULL;
	int error;

	if (json && csv) {
		fprintf(stderr, "homebound device: --json or --csv, not both\n"
			"See: homebound help device\n");
		return EXIT_USAGE;
	}
	if (!json && !csv)
		return 0;
	error = records_open(&showing->records, stdout,
			     json ? PRINT_JSON : PRINT_CSV, names);
	if (error < 0)
		fprintf(stderr, "homebound device: %s\n",
			error == ERROR_ABSENT ? "built without jansson, so "
			"there is no --json" : error_words(error));
	return error < 0 ? EXIT_FAILED : 0;
}

/* --- what it has --- */

/* What it has now first, IPv4 before IPv6, the newest first. */
static int compare_spans(const void *a, const void *b)
{
	const struct devices_span *one = a, *other = b;

	if ((one->until == 0) != (other->until == 0))
		return one->until == 0 ? -1 : 1;
	if (one->address.family != other->address.family)
		return one->address.family == AF_INET ? -1 : 1;
	if (one->seen != other->seen)
		return one->seen > other->seen ? -1 : 1;
	return 0;
}

static unsigned take_spans(const struct showing *showing, int64_t device)
{
	unsigned count = devices_spans(showing->devices, device,
				       showing->spans, SPANS);

	if (count > SPANS)
		count = SPANS;
	qsort(showing->spans, count, sizeof(*showing->spans), compare_spans);
	return count;
}

/* Those that it has now; at most `most`, and how many there are more. */
static void put_addresses(const struct showing *showing, int64_t device,
			  unsigned most, struct text *out)
{
	unsigned count = take_spans(showing, device), now = 0;

	while (now < count && showing->spans[now].until == 0)
		now++;
	for (unsigned i = 0; i < now && i < most; i++) {
		text_put(out, i > 0 ? " " : "");
		address_print(&showing->spans[i].address, 0, out);
	}
	if (now > most)
		text_put(out, " and %u more", now - most);
}

static void put_mac(const struct devices_one *one, struct text *out)
{
	if (one->has_mac)
		mac_print(&one->mac, out);
}

/* "Tablet (given)" */
static void put_name(const struct showing *showing, int64_t device,
		     struct text *out)
{
	const char *name = devices_name(showing->devices, device, UINT64_MAX);

	if (name != NULL)
		text_put(out, "%s (%s)", name,
			 devices_name_source(showing->devices, device,
					     UINT64_MAX));
	else
		text_put(out, "-");
}

/* --- all of them --- */

static bool measure(void *context, const struct devices_one *one)
{
	struct showing *showing = context;
	char name[2 * DEVICES_NAME];
	struct text text;
	size_t width;

	text_init(&text, name, sizeof(name));
	put_name(showing, one->id, &text);
	width = utf8_width(bytes_of(name, text.len));
	if (width > showing->name_width)
		showing->name_width = (unsigned)width;
	return true;
}

static void print_padded(const char *words, size_t width)
{
	size_t len = utf8_width(bytes_of_string(words));

	printf("%s%*s  ", words, len < width ? (int)(width - len) : 0, "");
}

static void print_line(const struct showing *showing,
		       const struct devices_one *one)
{
	char name[2 * DEVICES_NAME], mac[MAC_TEXT] = "-", field[FIELD];
	char first[32], last[32];
	struct text text;

	text_init(&text, name, sizeof(name));
	put_name(showing, one->id, &text);
	if (one->has_mac) {
		text_init(&text, mac, sizeof(mac));
		put_mac(one, &text);
	}
	text_init(&text, first, sizeof(first));
	clock_print(one->first, false, &text);
	text_init(&text, last, sizeof(last));
	clock_print(one->last, false, &text);
	text_init(&text, field, sizeof(field));
	put_addresses(showing, one->id, SHOWN, &text);
	printf("%5" PRId64 "  ", one->id);
	print_padded(name, showing->name_width);
	printf("%-17s  %s  %s  %s\n", mac, first, last, field);
}

static void put_record(const struct showing *showing,
		       const struct devices_one *one)
{
	struct records *records = showing->records;
	const char *source = devices_name_source(showing->devices, one->id,
						 UINT64_MAX);
	char mac[MAC_TEXT], field[FIELD];
	struct text text;

	records_number(records, one->id);
	records_text(records, devices_name(showing->devices, one->id,
					   UINT64_MAX));
	records_text(records, *source != '\0' ? source : NULL);
	text_init(&text, mac, sizeof(mac));
	put_mac(one, &text);
	records_text(records, one->has_mac ? mac : NULL);
	text_init(&text, field, sizeof(field));
	put_addresses(showing, one->id, SPANS, &text);
	records_text(records, field);
	records_time(records, one->first);
	records_time(records, one->last);
	records_end(records);
}

static bool show_one(void *context, const struct devices_one *one)
{
	struct showing *showing = context;

	if (showing->records != NULL)
		put_record(showing, one);
	else
		print_line(showing, one);
	showing->count++;
	return ferror(stdout) == 0;
}

static int show_all(struct showing *showing)
{
	showing->name_width = (unsigned)strlen("name");
	devices_each(showing->devices, measure, showing);
	if (showing->records == NULL)
		printf("%5s  %-*s  %-17s  %-19s  %-19s  %s\n", "id",
		       (int)showing->name_width, "name", "MAC", "first",
		       "last", "addresses");
	devices_each(showing->devices, show_one, showing);
	if (showing->count == 0 && showing->records == NULL)
		printf("nobody was seen yet\n");
	return EXIT_DONE;
}

/* --- one, with its history --- */

struct finding {
	int64_t device;
	struct devices_one one;
};

static bool find_one(void *context, const struct devices_one *one)
{
	struct finding *finding = context;

	if (one->id != finding->device)
		return true;
	finding->one = *one;
	return false;
}

static void print_span(const struct devices_span *span)
{
	char words[ADDRESS_TEXT + 80];
	struct text text;

	text_init(&text, words, sizeof(words));
	clock_print(span->seen, false, &text);
	text_put(&text, "  ");
	if (span->until != 0)
		clock_print(span->until, false, &text);
	else
		text_put(&text, "%-19s", "now");
	text_put(&text, "  ");
	address_print(&span->address, 0, &text);
	printf("  %s\n", words);
}

static void print_called(const struct devices_called *called)
{
	char words[64];
	struct text text;

	text_init(&text, words, sizeof(words));
	clock_print(called->since, false, &text);
	printf("  %s  %s (%s)\n", words,
	       called->name[0] != '\0' ? called->name : "none any more",
	       called->source);
}

static void print_history(const struct showing *showing, int64_t device)
{
	struct devices_called called[CALLED];
	unsigned count = take_spans(showing, device);

	printf("\naddresses: from, until\n");
	for (unsigned i = 0; i < count; i++)
		print_span(&showing->spans[i]);
	count = devices_names(showing->devices, device, called, CALLED);
	if (count > 0)
		printf("\nnames: from\n");
	for (unsigned i = 0; i < count && i < CALLED; i++)
		print_called(&called[i]);
}

static void complain(const char *what)
{
	char shown[FIELD];
	struct text text;

	text_init(&text, shown, sizeof(shown));
	utf8_put_hostile(&text, bytes_of_string(what));
	fprintf(stderr, "homebound device: there is no device \"%s\": give a "
		"name, a MAC, an address or #ID (homebound device shows all)\n",
		shown);
}

static int show_what(struct showing *showing, const char *what)
{
	struct finding finding = {
		.device = devices_find(showing->devices, what),
	};
	char words[2 * DEVICES_NAME + 64];
	struct text text;

	if (finding.device == 0) {
		complain(what);
		return EXIT_FAILED;
	}
	devices_each(showing->devices, find_one, &finding);
	text_init(&text, words, sizeof(words));
	text_put(&text, "#%" PRId64 "  ", finding.device);
	put_name(showing, finding.device, &text);
	text_put(&text, "  ");
	put_mac(&finding.one, &text);
	printf("%s\n", words);
	text_init(&text, words, sizeof(words));
	clock_print(finding.one.first, false, &text);
	text_put(&text, ", last ");
	clock_print(finding.one.last, false, &text);
	printf("first seen %s\n", words);
	print_history(showing, finding.device);
	return EXIT_DONE;
}

int device_show_run(const struct command_call *call, const char *what)
{
	struct showing showing = { .count = 0 };
	int code = commands_settings(call, &showing.settings);

	if (code != 0)
		return code;
	showing.spans = calloc(SPANS, sizeof(*showing.spans));
	code = showing.spans != NULL ? open_files(&showing) : EXIT_FAILED;
	if (code == 0)
		code = open_records(&showing, call);
	if (code == 0)
		code = what != NULL ? show_what(&showing, what)
				    : show_all(&showing);
	if (!records_close(showing.records) && errno != EPIPE)
		code = EXIT_FAILED;
	free(showing.spans);
	devices_free(showing.devices);
	sqlite3_close(showing.db);
	settings_free(showing.settings);
	return code;
}
