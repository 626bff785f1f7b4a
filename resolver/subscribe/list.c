/*
 * What is taken, and what is kept instead:
 *
 *	source   cannot be read, or is no list ----------.
 *	   |                                             |
 *	   v                                             v
 *	rules    none ---------------------------> the newest kept version
 *	   |                                       that has rules; or nothing
 *	   v
 *	a new version, if its text is new; in the image in any case
 *
 * A list comes into the image with its first rule, so that a source without
 * any has left no trace there when the kept version takes its place.
 */
#include "subscribe/list.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "dns/record.h"
#include "policy/build.h"
#include "subscribe/format.h"
#include "subscribe/shelf.h"

enum { SOURCE_LIMIT = 512 << 20 };

static const char *const formats[] = {
	[LIST_FORMAT_AUTO] = "auto",
	[LIST_FORMAT_DOMAINS] = "domains",
	[LIST_FORMAT_HOSTS] = "hosts",
};

static const char *const subdomains[] = {
	[LIST_SUBDOMAINS_AUTO] = "auto",
	[LIST_SUBDOMAINS_YES] = "yes",
	[LIST_SUBDOMAINS_NO] = "no",
};

enum {
	FORMATS = sizeof(formats) / sizeof(*formats),
	SUBDOMAINS = sizeof(subdomains) / sizeof(*subdomains),
};

int list_format_parse(const char *word)
{
	for (int i = 0; i < FORMATS; i++)
		if (strcmp(formats[i], word) == 0)
			return i;
	return ERROR_MALFORMED;
}

int list_subdomains_parse(const char *word)
{
	for (int i = 0; i < SUBDOMAINS; i++)
		if (strcmp(subdomains[i], word) == 0)
			return i;
	return ERROR_MALFORMED;
}

const char *list_format_words(unsigned format)
{
	return format < FORMATS ? formats[format] : "unknown";
}

/* --- kept versions --- */

int list_last_version(const char *state, const char *name,
		      struct list_version *version)
{
	const struct list_version *newest;
	struct shelf shelf;
	int error = shelf_open(&shelf, state, name);

	*version = (struct list_version){ 0 };
	if (error < 0)
		return error;
	newest = shelf_newest(&shelf);
	if (newest)
		*version = *newest;
	shelf_release(&shelf);
	return 0;
}

int list_version_read(const char *state, const char *name, uint64_t serial,
		      struct list_text *text)
{
	struct shelf shelf;
	int error = shelf_open(&shelf, state, name);

	*text = (struct list_text){ NULL, 0 };
	if (error < 0)
		return error;
	error = shelf_read(&shelf, serial, &text->at, &text->len);
	shelf_release(&shelf);
	return error;
}

/* --- an update --- */

struct update {
	const struct list_options *options;
	struct build *build;
	struct list_report *report;
	struct shelf shelf;
	const struct list_version *version;	/* whose rules are read */
	bool listed;				/* the image has the list */
};

__attribute__((format(printf, 2, 3)))
static void trouble(struct update *update, const char *format, ...)
{
	struct list_report *report = update->report;
	struct text text;
	va_list args;

	text_init(&text, report->trouble, sizeof(report->trouble));
	va_start(args, format);
	text_put_list(&text, format, args);
	va_end(args);
}

static int add_list(struct update *update)
{
	struct image_list list = {
		.version = update->version->serial,
		.time = update->version->time,
	};
	int number;

	memcpy(list.name, update->options->name, sizeof(list.name));
	memcpy(list.digest, update->version->digest, sizeof(list.digest));
	number = build_list(update->build, &list);
	update->listed = number >= 0;
	return number < 0 ? number : 0;
}

static int add_rule(void *context, const struct name *name, bool exact,
		    uint32_t line)
{
	struct update *update = context;
	int error = update->listed ? 0 : add_list(update);

	if (error < 0)
		return error;
	return build_rule(update->build, name, exact, line);
}

static unsigned format_of(const struct list_options *options,
			  struct bytes text)
{
	return options->format != LIST_FORMAT_AUTO ? options->format
						   : format_guess(text);
}

int list_read(const struct list_options *options, struct bytes text,
	      const struct format_sink *sink, struct format_counts *counts)
{
	bool below = options->subdomains == LIST_SUBDOMAINS_YES;

	if (format_of(options, text) == LIST_FORMAT_HOSTS)
		return format_read_hosts(text, sink, counts);
	if (options->subdomains == LIST_SUBDOMAINS_AUTO)
		below = format_says_subdomains(text);
	return format_read_domains(text, below, sink, counts);
}

/* How many rules the text of a version has; they are in the image then. */
static int64_t take_rules(struct update *update,
			  const struct list_version *version,
			  struct bytes text)
{
	struct format_sink sink = { add_rule, update };
	struct list_report *report = update->report;
	struct format_counts counts;
	int error;

	update->version = version;
	error = list_read(update->options, text, &sink, &counts);
	if (error < 0)
		return error;
	if (counts.rules > 0) {
		build_rejected(update->build, counts.rejected);
		report->rules = counts.rules;
		report->rejected = counts.rejected;
		report->first_rejected = counts.first_rejected;
		report->version = *version;
	} else if (counts.rejected > 0) {
		trouble(update, "read as \"%s\", none of its %llu lines is a "
			"rule", list_format_words(format_of(update->options,
							    text)),
			(unsigned long long)counts.rejected);
	} else {
		trouble(update, "there is no rule in it");
	}
	return (int64_t)counts.rules;
}

/* The source's text, or false and a word on why not. */
static bool read_source(struct update *update, uint8_t **at, size_t *len)
{
	const char *path = update->options->source, *distrust;
	struct stat status;
	int error;

	*at = NULL;
	if (stat(path, &status) != 0)
		error = -errno;
	else if (!S_ISREG(status.st_mode))
		error = ERROR_FOREIGN;
	else
		error = file_read(path, SOURCE_LIMIT, at, len);
	if (error == ERROR_FULL)
		trouble(update, "%s is larger than 512 MB", path);
	else if (error == ERROR_FOREIGN)
		trouble(update, "%s is not a file", path);
	else if (error < 0)
		trouble(update, "%s: %s", path, error_words(error));
	if (error < 0)
		return false;
	distrust = format_distrust(bytes_of(*at, *len));
	if (distrust)
		trouble(update, "%s", distrust);
	return !distrust;
}

/* What the source would be as a version; the newest one if it is the same. */
static struct list_version version_of(const struct shelf *shelf,
				      struct bytes text)
{
	const struct list_version *newest = shelf_newest(shelf);
	struct list_version version = { .bytes = text.len };
	struct clock clock = { 0 };

	record_digest(text.at, text.len, version.digest);
	if (newest && memcmp(newest->digest, version.digest,
			     sizeof(version.digest)) == 0)
		return *newest;
	clock_update(&clock);
	version.serial = newest ? newest->serial + 1 : 1;
	version.time = clock.wall / 1000000;
	return version;
}

/* 1: it is in use; 0: it is not, and there is a word on why; or an error. */
static int take_source(struct update *update)
{
	const struct list_version *newest = shelf_newest(&update->shelf);
	struct list_version version;
	uint8_t *at;
	size_t len;
	int64_t rules = 0;
	int error = 0;

	if (read_source(update, &at, &len)) {
		version = version_of(&update->shelf, bytes_of(at, len));
		rules = take_rules(update, &version, bytes_of(at, len));
		if (rules > 0 &&
		    (!newest || version.serial != newest->serial)) {
			version.rules = (uint64_t)rules;
			error = shelf_put(&update->shelf, &version,
					  bytes_of(at, len));
			update->report->version = version;
			update->report->changed = true;
		}
	}
	free(at);
	if (error < 0 || rules < 0)
		return error < 0 ? error : (int)rules;
	return rules > 0;
}

/* The newest that can be read and has rules; the trouble stays as it is. */
static int take_kept(struct update *update)
{
	const struct shelf *shelf = &update->shelf;
	char words[sizeof(update->report->trouble)];
	int64_t rules = 0;
	uint8_t *at;
	size_t len;

	memcpy(words, update->report->trouble, sizeof(words));
	for (unsigned i = shelf->count; i-- > 0 && rules == 0;) {
		const struct list_version *version = &shelf->at[i];

		if (shelf_read(shelf, version->serial, &at, &len) < 0)
			continue;
		rules = take_rules(update, version, bytes_of(at, len));
		free(at);
	}
	memcpy(update->report->trouble, words, sizeof(words));
	return rules < 0 ? (int)rules : 0;
}

int list_update(const struct list_options *options, const char *state,
		struct build *build, struct list_report *report)
{
	struct update update = {
		.options = options, .build = build, .report = report,
	};
	int error;

	*report = (struct list_report){ 0 };
	error = shelf_open(&update.shelf, state, options->name);
	if (error < 0)
		return error;
	error = take_source(&update);
	if (error == 0)
		error = take_kept(&update);
	shelf_release(&update.shelf);
	return error < 0 ? error : 0;
}

/* --- has anything changed? --- */

/* The time of a change of the file itself, not only of its text: a chmod. */
static void print_source(FILE *out, const char *path)
{
	struct stat status;

	if (stat(path, &status) != 0) {
		fprintf(out, "absent %d\n", errno);
		return;
	}
	fprintf(out, "%lld %lld.%09ld %lld.%09ld\n",
		(long long)status.st_size, (long long)status.st_mtim.tv_sec,
		status.st_mtim.tv_nsec, (long long)status.st_ctim.tv_sec,
		status.st_ctim.tv_nsec);
}

/* Strings end with the NUL that no name and no path can have. */
static void print_inputs(FILE *out, const struct list_options *lists,
			 unsigned count, const char *state)
{
	fprintf(out, "%d %s%c", IMAGE_VERSION, state, '\0');
	for (unsigned i = 0; i < count; i++) {
		fprintf(out, "%s%c%s%c%u %u ", lists[i].name, '\0',
			lists[i].source, '\0', lists[i].format,
			lists[i].subdomains);
		print_source(out, lists[i].source);
	}
}

/* Without memory it says what it never says twice. */
void list_inputs(const struct list_options *lists, unsigned count,
		 const char *state, uint8_t digest[32])
{
	struct clock clock = { 0 };
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	if (out)
		print_inputs(out, lists, count, state);
	if (out && fclose(out) == 0) {
		record_digest(text, len, digest);
	} else {
		clock_update(&clock);
		record_digest(&clock, sizeof(clock), digest);
	}
	free(text);
}
