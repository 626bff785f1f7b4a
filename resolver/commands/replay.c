/*
 * replay: what the questions in the journal would get with other lists.
 *
 * The lists as they are, with the candidate added or in the place of one of
 * them, become an image in a file that nobody else sees; then two judges, the
 * present one and that one, are asked the same questions.
 */
#include "commands/why.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "journal/tally.h"
#include "policy/build.h"
#include "policy/verdict.h"
#include "subscribe/format.h"
#include "subscribe/reading.h"
#include "subscribe/shelf.h"
#include "subscribe/update.h"

enum { DIGEST = 32 };

static const char candidate_name[] = "candidate";

/* What one device would get differently. */
struct change {
	char *name;
	struct address client;
	uint64_t count;
	bool sunk;			/* now, and not before; or the other
					 * way round */
	struct verdict verdict;		/* the one that sinks */
};

struct replay {
	struct settings *settings;	/* with the candidate */
	struct why before, after;
	struct name name;
	struct change *changes;
	size_t count, room;
	uint64_t questions, different;
	bool full;			/* of memory */
};

/* --- the candidate's image --- */

static int read_kept(const struct list_options *list, const char *state,
		     struct reading *reading)
{
	uint64_t held = update_held(state, list->name);
	const struct list_version *version;
	struct file_map map;
	struct shelf shelf;
	int error = shelf_open(&shelf, state, list->name);

	if (error < 0)
		return error;
	version = shelf_find(&shelf, held);
	if (!version)
		version = shelf_newest(&shelf);
	if (version)
		error = shelf_map(&shelf, version->serial, &map);
	if (version && error == 0) {
		reading->version = version;
		error = reading_text(reading, bytes_of(map.at, map.len));
		file_map_close(&map);
	}
	shelf_release(&shelf);
	return error;
}

static int read_file(const char *path, struct reading *reading)
{
	struct list_version version = { .serial = 0 };
	struct file_map map;
	int error = file_map_open(&map, path);

	if (error < 0)
		return error;
	reading->version = &version;
	if (format_distrust(bytes_of(map.at, map.len)))
		error = ERROR_FOREIGN;
	else
		error = reading_text(reading, bytes_of(map.at, map.len));
	file_map_close(&map);
	return error;
}

static int read_list(const struct list_options *list, const char *state,
		     struct build *build, struct reading_budget *budget)
{
	struct reading reading = {
		.options = list, .build = build, .budget = budget,
	};
	bool candidate = list->line == UINT32_MAX;
	int error = candidate ? read_file(list->sources[0], &reading)
			      : read_kept(list, state, &reading);

	budget->regexes -= reading.regexes;
	if (candidate && error == 0)
		printf("%s, read as \"%s\": %" PRIu64 " rules, %" PRIu64
		       " lines rejected\n", list->sources[0],
		       format_words(reading.format), reading.rules,
		       reading.rejected);
	if (error < 0)
		log_error("%s: %s", candidate ? list->sources[0]
			  : list->name, error_words(error));
	return error;
}

static int build_all(const struct settings *settings, int fd)
{
	struct reading_budget budget = { settings->regexes };
	struct build *build = build_new();
	uint8_t inputs[DIGEST] = { 0 };
	int error = build ? 0 : -ENOMEM;

	for (unsigned i = 0; i < settings->list_count && error == 0; i++)
		if (settings->lists[i].enabled)
			error = read_list(&settings->lists[i],
					  settings->state, build, &budget);
	if (error == 0)
		error = build_write(build, fd, 1, inputs);
	build_free(build);
	return error;
}

static int make_image(const struct settings *settings, struct image **image)
{
	const char *folder = getenv("TMPDIR");
	char path[4096];
	int fd, error;

	snprintf(path, sizeof(path), "%s/homebound.XXXXXX",
		 folder ? folder : "/tmp");
	fd = mkstemp(path);
	if (fd < 0)
		return -errno;
	error = build_all(settings, fd);
	if (error == 0)
		error = image_open(image, path);
	unlink(path);
	close(fd);
	return error;
}

/* --- what is asked --- */

static bool add_change(struct replay *replay,
		       const struct tally_question *question,
		       const struct verdict *verdict, bool sunk)
{
	struct change *more = replay->changes;

	if (replay->count == replay->room) {
		replay->room = replay->room ? replay->room * 2 : 256;
		more = reallocarray(more, replay->room, sizeof(*more));
		if (!more)
			return false;
		replay->changes = more;
	}
	more[replay->count] = (struct change){
		.name = strdup(question->name), .client = question->client,
		.count = question->count, .sunk = sunk, .verdict = *verdict,
	};
	return more[replay->count++].name != NULL;
}

static void judge(struct why *why, const struct replay *replay,
		  const struct tally_question *question)
{
	why->question.name = &replay->name;
	why->question.type = question->type;
	why->question.client = question->client.family ? &question->client
						       : NULL;
	why->question.group = (uint16_t)house_group_of(
		policy_house(why->policy), &question->client);
	policy_judge(why->policy, &why->question, &why->verdict);
}

static bool take_question(void *context,
			  const struct tally_question *question)
{
	struct replay *replay = context;
	const struct verdict *was = &replay->before.verdict;
	const struct verdict *is = &replay->after.verdict;
	bool sunk_before, sunk_after;

	if (name_parse(&replay->name,
		       bytes_of_string(question->name)) < 0)
		return true;
	judge(&replay->before, replay, question);
	judge(&replay->after, replay, question);
	replay->questions += question->count;
	replay->different++;
	sunk_before = verdict_answers(was);
	sunk_after = verdict_answers(is);
	if (sunk_before == sunk_after)
		return true;
	replay->full = !add_change(replay, question, sunk_after ? is : was,
				   sunk_after);
	return !replay->full;
}

/* --- what comes of it --- */

static int compare_addresses(const struct address *one,
			     const struct address *other)
{
	size_t len, other_len;
	const uint8_t *at = address_raw(one, &len);
	const uint8_t *other_at = address_raw(other, &other_len);

	if (len != other_len)
		return len < other_len ? -1 : 1;
	return len ? memcmp(at, other_at, len) : 0;
}

/* By device, then by how often. */
static int compare_changes(const void *one, const void *other)
{
	const struct change *a = one, *b = other;
	int order = compare_addresses(&a->client, &b->client);

	if (a->sunk != b->sunk)
		return a->sunk ? -1 : 1;
	if (order)
		return order;
	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return strcmp(a->name, b->name);
}

static void print_change(const struct replay *replay,
			 const struct change *change)
{
	const struct why *why = change->sunk ? &replay->after
					     : &replay->before;
	const struct image *image = policy_image(why->policy);
	const struct image_list *list = image ?
		image_list(image, change->verdict.list) : NULL;

	printf("  %8" PRIu64 "  %s  (%s, line %" PRIu32 ")\n", change->count,
	       change->name, list ? list->name : "household",
	       change->verdict.line);
}

static uint64_t print_changes(const struct replay *replay, bool sunk)
{
	const struct address *device = NULL;
	char words[ADDRESS_TEXT];
	uint64_t sum = 0;

	for (size_t i = 0; i < replay->count; i++) {
		const struct change *change = &replay->changes[i];

		if (change->sunk != sunk)
			continue;
		if (sum == 0)
			printf("%s:\n", sunk ? "Newly sunk"
					     : "No longer sunk");
		if (!device || compare_addresses(device, &change->client))
			printf(" %s\n", address_words(&change->client, 0,
						      words));
		device = &change->client;
		print_change(replay, change);
		sum += change->count;
	}
	return sum;
}

static void print_result(struct replay *replay)
{
	uint64_t newly, no_longer;

	if (replay->count)
		qsort(replay->changes, replay->count,
		      sizeof(*replay->changes), compare_changes);
	newly = print_changes(replay, true);
	no_longer = print_changes(replay, false);
	printf("Of %" PRIu64 " questions, %" PRIu64 " would be newly sunk and "
	       "%" PRIu64 " no longer.\n", replay->questions, newly,
	       no_longer);
}

/* --- the command --- */

/* "NAME=FILE" takes the place of a list, "FILE" is one more. */
static int add_candidate(struct settings *settings, const char *word,
			 const char *action)
{
	const char *file = strchr(word, '=');
	size_t len = file ? (size_t)(file - word) : 0;
	struct list_options *list = NULL;
	char **sources = calloc(1, sizeof(*sources));
	int number = action ? action_parse(action) : ACTION_SINK;

	for (unsigned i = 0; i < settings->list_count; i++)
		if (len && strlen(settings->lists[i].name) == len &&
		    memcmp(settings->lists[i].name, word, len) == 0)
			list = &settings->lists[i];
	if (!list) {
		file = NULL;
		list = &settings->lists[settings->list_count++];
		memset(list, 0, sizeof(*list));
		memcpy(list->name, candidate_name, sizeof(candidate_name));
	} else {
		list_options_release(list);
		list->key = list->sha256 = NULL;
	}
	if (!sources || number < 0) {
		free(sources);
		list->source_count = 0;
		list->sources = NULL;
		return number < 0 ? ERROR_MALFORMED : -ENOMEM;
	}
	sources[0] = strdup(file ? file + 1 : word);
	list->sources = sources;
	list->source_count = 1;
	list->enabled = true;
	list->line = UINT32_MAX;
	if (action || !list->action)
		list->action = (uint8_t)number;
	return sources[0] ? 0 : -ENOMEM;
}

/* The same house as now, but for the lists. */
static bool open_after(struct replay *replay)
{
	struct image *image = NULL;
	int error = make_image(replay->settings, &image);

	if (error < 0) {
		log_error("%s", error_words(error));
		return false;
	}
	replay->after.settings = replay->settings;
	replay->after.question.now = replay->before.question.now;
	return why_open_image(&replay->after, image);
}

static int compare(struct replay *replay, uint64_t since)
{
	char path[4096];
	int error;

	commands_commit(replay->settings);
	snprintf(path, sizeof(path), "%s/journal.db",
		 replay->settings->state);
	error = tally_questions(path, since, take_question, replay);
	if (error == 0 && replay->full)
		error = -ENOMEM;
	if (error == 0)
		print_result(replay);
	else
		log_error("%s", error_words(error));
	for (size_t i = 0; i < replay->count; i++)
		free(replay->changes[i].name);
	free(replay->changes);
	return error < 0 ? EXIT_FAILED : EXIT_DONE;
}

/* 0, or an exit code. */
static int read_call(struct replay *replay, const struct command_call *call,
		     uint64_t *since)
{
	const char *lists = command_option(call, "lists");
	const char *word = command_option(call, "since");
	struct clock clock = { 0 };
	struct list_options *more;

	clock_update(&clock);
	replay->before.question.now = (int64_t)(clock.wall / 1000000);
	if (!lists) {
		log_error("--lists says what is to be tried: a file, or "
			  "NAME=FILE in the place of a list");
		return EXIT_USAGE;
	}
	if (clock_parse(word ? word : "7d", clock.wall, since) < 0) {
		log_error("--since takes a time such as 7d, yesterday or "
			  "2026-11-22");
		return EXIT_USAGE;
	}
	more = reallocarray(replay->settings->lists,
			    replay->settings->list_count + 1u, sizeof(*more));
	if (!more)
		return EXIT_FAILED;
	replay->settings->lists = more;
	return 0;
}

static int replay_run(struct command_call *call)
{
	struct replay *replay = calloc(1, sizeof(*replay));
	uint64_t since;
	int code = replay ? commands_settings(call, &replay->settings)
			  : EXIT_FAILED;

	if (code != 0) {
		free(replay);
		return code;
	}
	code = read_call(replay, call, &since);
	replay->before.settings = replay->settings;
	if (code == 0 && !why_open(&replay->before))
		code = EXIT_FAILED;
	if (code == 0 && add_candidate(replay->settings,
				       command_option(call, "lists"),
				       command_option(call, "action")) < 0) {
		log_error("there is no such action");
		code = EXIT_USAGE;
	}
	if (code == 0)
		code = open_after(replay) ? compare(replay, since)
					  : EXIT_FAILED;
	why_close(&replay->after);
	why_close(&replay->before);
	settings_free(replay->settings);
	free(replay);
	return code;
}

static const struct command_option options[] = {
	COMMAND_CONFIG,
	{ 0, "lists", "[NAME=]FILE", ARGUMENT_FILE, NULL,
	  "the list to try: one more, or in the place of the list NAME" },
	{ 0, "since", "TIME", ARGUMENT_TIME, NULL,
	  "the questions since then; 7d unless given" },
	{ 0, "action", "ACTION", ARGUMENT_WORD,
	  ACTION_WORDS,
	  "what the list would do; sink unless given, or as the list it "
	  "stands for" },
	{ 0 },
};

const struct command command_replay = {
	.name = "replay",
	.operands = "",
	.summary = "try a list on the questions in the journal",
	.details =
	"Shows which questions of the last week would have been sunk with the "
	"list and were not, and which would no longer be, by device and with "
	"their counts, before anything is switched. All other lists, groups "
	"and rules are those of now; the times of the week too.\n\n"
	"It judges the names that were asked for. What only an alias or an "
	"address in an answer would have brought about is not seen, since "
	"answers are not in the journal.",
	.example =
	"homebound replay --lists new-list.txt\n"
	"homebound replay --lists ads=ads-new.txt --since 30d",
	.options = options,
	.run = replay_run,
};
