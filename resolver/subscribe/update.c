/*
 * A fresh text is read twice: to count, since what is given to a build cannot
 * be taken back, then to build.
 *
 *	STATE/lists/NAME/held	the version it is held at, a number
 */
#include "subscribe/update.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/sha256.h"
#include "base/text.h"
#include "policy/build.h"
#include "subscribe/format.h"
#include "subscribe/spool.h"

enum { PATH_ROOM = 4096, FILE_MODE = 0640 };

__attribute__((format(printf, 2, 3)))
static void trouble(struct update *update, const char *format, ...)
{
	struct update_report *report = update->report;
	struct text text;
	va_list args;

	text_init(&text, report->trouble, sizeof(report->trouble));
	va_start(args, format);
	text_put_list(&text, format, args);
	va_end(args);
}

/* --- held --- */

static int held_path(char path[PATH_ROOM], const char *state,
		     const char *name)
{
	char *folder;
	int error = shelf_folder(&folder, state, name);

	if (error < 0)
		return error;
	snprintf(path, PATH_ROOM, "%s/held", folder);
	free(folder);
	return 0;
}

uint64_t update_held(const char *state, const char *name)
{
	char path[PATH_ROOM];
	uint64_t serial = 0;
	uint8_t *text;
	size_t len;

	if (held_path(path, state, name) < 0 ||
	    file_read(path, 64, &text, &len) < 0)
		return 0;
	serial = strtoull((char *)text, NULL, 10);
	free(text);
	return serial;
}

int update_hold(const char *state, const char *name, uint64_t serial)
{
	struct file_replacement file;
	char path[PATH_ROOM];
	int error = held_path(path, state, name);

	if (error < 0)
		return error;
	if (serial == 0)
		return unlink(path) == 0 || errno == ENOENT ? 0 : -errno;
	error = file_replace(&file, path, FILE_MODE);
	if (error < 0)
		return error;
	fprintf(file.stream, "%" PRIu64 "\n", serial);
	return file_replace_commit(&file);
}

/* --- files --- */

int update_open(struct update *update, const struct list_options *options,
		const char *state, struct update_report *report)
{
	int error;

	*update = (struct update){
		.options = options, .state = state, .report = report,
		.fresh_fd = -1, .kept_fd = -1,
	};
	*report = (struct update_report){ 0 };
	error = shelf_open(&update->shelf, state, options->name);
	if (error < 0)
		return error;
	update->shelf.keep = options->keep;
	update->held = update_held(state, options->name);
	if (!shelf_find(&update->shelf, update->held))
		update->held = 0;
	report->held = update->held != 0;
	return 0;
}

static void close_text(int *fd, struct file_map *map)
{
	if (map->len)
		file_map_close(map);
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void update_close(struct update *update)
{
	close_text(&update->fresh_fd, &update->fresh);
	close_text(&update->kept_fd, &update->kept);
	shelf_release(&update->shelf);
}

/* --- before --- */

static void plan_version(struct update *update,
			 const struct fetch_outcome *outcome)
{
	const struct list_version *newest = shelf_newest(&update->shelf);

	update->next = (struct list_version){
		.serial = newest ? newest->serial + 1 : 1,
		.time = outcome->time, .bytes = outcome->bytes,
	};
	memcpy(update->next.digest, outcome->digest,
	       sizeof(update->next.digest));
	for (unsigned i = 0; i < update->options->source_count; i++)
		version_add_source(&update->next,
				   update->options->sources[i]);
}

/* The options of a list, as fetch wants them. */
static struct fetch_source *fetch_what(const struct list_options *list,
				       struct fetch_options *options)
{
	struct fetch_source *sources = calloc(list->source_count + 1u,
					      sizeof(*sources));

	for (unsigned i = 0; sources && i < list->source_count; i++)
		sources[i].where = list->sources[i];
	options->name = list->name;
	options->sources = sources;
	options->count = list->source_count;
	options->sha256 = list->sha256;
	options->key = list->key;
	options->limit = list->limit;
	/* Never by itself: a long life. */
	options->refresh = list->refresh ? (uint32_t)list->refresh
					 : UINT32_MAX;
	return sources;
}

int update_fetch(struct update *update, const struct fetch_options *how)
{
	struct fetch_options options = *how;
	struct fetch_source *sources = fetch_what(update->options, &options);
	struct fetch_outcome outcome;
	int error;

	if (!sources)
		return -ENOMEM;
	options.force = update->force;
	if (update->now)
		options.refresh = 0;
	update->fresh_fd = spool_open(update->state);
	error = update->fresh_fd < 0 ? update->fresh_fd :
		fetch_list(&options, update->state, update->fresh_fd,
			   &outcome);
	free(sources);
	if (error < 0)
		return error;
	update->report->next = outcome.next;
	trouble(update, "%s", outcome.trouble);
	if (outcome.fate != FETCH_NEW)
		return 0;
	plan_version(update, &outcome);
	return spool_map(update->fresh_fd, &update->fresh);
}

static int extract(struct update *update, uint64_t serial)
{
	int error = ftruncate(update->kept_fd, 0) == 0 ? 0 : -errno;

	if (error == 0)
		error = shelf_extract(&update->shelf, serial,
				      update->kept_fd);
	if (error == 0)
		error = spool_map(update->kept_fd, &update->kept);
	return error;
}

void update_choose(struct update *update)
{
	const struct list_version *version =
		update->held ? shelf_find(&update->shelf, update->held)
			     : shelf_newest(&update->shelf);

	if (version)
		update->report->version = *version;
}

/* What was chosen, or else the newest that can still be read. */
int update_keep(struct update *update)
{
	const struct shelf *shelf = &update->shelf;
	struct list_version *version = &update->report->version;
	int error;

	if (shelf->count == 0)
		return 0;
	update->kept_fd = spool_open(update->state);
	if (update->kept_fd < 0)
		return update->kept_fd;
	error = extract(update, version->serial);
	for (unsigned i = shelf->count; i-- > 0 && error < 0;) {
		*version = shelf->at[i];
		error = extract(update, version->serial);
	}
	if (error < 0)
		version->serial = 0;
	return error == -ENOMEM ? error : 0;
}

/* Is it the fresh text that is to be read, as far as is known? */
static bool is_fresh(const struct update *update)
{
	return update->fresh.len > 0 && !update->held &&
	       !update->report->refused;
}

void update_digest(const struct update *update, uint8_t digest[32])
{
	const struct list_options *options = update->options;
	struct {
		char name[IMAGE_LIST_NAME];
		uint8_t text[32];
		uint64_t serial;
		uint8_t format, subdomains;
	} what;

	memset(&what, 0, sizeof(what));
	memcpy(what.name, options->name, strlen(options->name));
	what.format = options->format;
	what.subdomains = options->subdomains;
	what.serial = is_fresh(update) ? update->next.serial
				       : update->report->version.serial;
	memcpy(what.text, is_fresh(update) ? update->next.digest
					   : update->report->version.digest,
	       sizeof(what.text));
	sha256_of(&what, sizeof(what), digest);
}

/* --- reading --- */

static void keep_report(const struct update *update,
			const struct reading *reading)
{
	struct update_report *report = update->report;

	report->version = *reading->version;
	report->version.rules = reading->rules;
	report->rules = reading->rules;
	report->rejected = reading->rejected;
	report->first_rejected = reading->first_rejected;
	report->left_out = reading->left_out;
	report->regexes = reading->regexes;
	report->surplus = reading->surplus;
	report->format = reading->format;
}

static int build_text(struct update *update, struct build *build,
		      struct reading_budget *budget,
		      const struct file_map *map)
{
	bool fresh = map == &update->fresh;
	struct list_version version = fresh ? update->next
					    : update->report->version;
	struct reading reading = {
		.options = update->options, .build = build,
		.budget = budget, .version = &version,
	};
	int error = reading_text(&reading, bytes_of(map->at, map->len));

	if (error < 0)
		return error;
	if (reading.listed) {
		build_rejected(build, reading.rejected);
		build_lines(build, reading.lines_before);
	}
	budget->regexes -= reading.regexes;
	keep_report(update, &reading);
	return 0;
}

/* --- judging --- */

static bool refuse(struct update *update)
{
	update->report->refused = true;
	return false;
}

static bool is_shrunk(struct update *update, uint64_t rules)
{
	const struct list_version *newest = shelf_newest(&update->shelf);

	if (update->force || !newest || rules * 2 >= newest->rules)
		return false;
	trouble(update, "it has %" PRIu64 " rules, under half of the %" PRIu64
		" of version %" PRIu64 " (homebound lists update --force %s "
		"takes it all the same)", rules, newest->rules,
		newest->serial, update->options->name);
	return true;
}

static const char *distrust(struct bytes text)
{
	const char *words = NULL;

	while (text.len > 0 && !words) {
		struct bytes part = reading_part(&text);
		const uint8_t *end = memchr(part.at, '\n', part.len);

		if (part.at[0] == FETCH_SEPARATOR && end)
			part = bytes_of(end + 1, part.len -
					(size_t)(end + 1 - part.at));
		words = format_distrust(part);
	}
	return words;
}

/* 1: the fresh text is to be believed; 0: it is not; or an error. */
static int judge_fresh(struct update *update,
		       const struct reading_budget *budget)
{
	struct bytes text = bytes_of(update->fresh.at, update->fresh.len);
	struct reading reading = {
		.options = update->options, .budget = budget,
	};
	const char *words = distrust(text);
	int error;

	if (words) {
		trouble(update, "%s", words);
		return refuse(update);
	}
	error = reading_text(&reading, text);
	if (error < 0)
		return error;
	if (reading.rules > 0)
		return is_shrunk(update, reading.rules) ? refuse(update) : 1;
	if (reading.rejected > 0)
		trouble(update, "read as \"%s\", none of its %" PRIu64
			" lines is a rule", format_words(reading.format),
			reading.rejected);
	else
		trouble(update, "there is no rule in it");
	return refuse(update);
}

int update_read(struct update *update, struct build *build,
		struct reading_budget *budget)
{
	struct update_report *report = update->report;
	int good = is_fresh(update) ? judge_fresh(update, budget) : 0;

	if (good < 0)
		return good;
	if (good) {
		report->changed = true;
		return build_text(update, build, budget, &update->fresh);
	}
	if (report->version.serial == 0)
		return 0;
	return build_text(update, build, budget, &update->kept);
}

int update_commit(struct update *update)
{
	struct fetch_options options = { 0 };
	struct fetch_source *sources;
	int error = 0;

	if (update->report->changed)
		return shelf_put(&update->shelf, &update->report->version,
				 update->fresh_fd);
	if (!update->report->refused)
		return 0;
	sources = fetch_what(update->options, &options);
	if (sources)
		error = fetch_reject(&options, update->state,
				     update->report->trouble);
	free(sources);
	return sources ? error : -ENOMEM;
}
