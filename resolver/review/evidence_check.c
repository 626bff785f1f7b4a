/*
 * Rows are numbered as links are, and both rise: one walk over rows.jsonl
 * counts them into the links.  With --device, or at the edges of the time,
 * there are fewer rows than a block had, and nothing can be said.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "review/evidence_check.h"

#ifdef HAVE_JANSSON

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "journal/reader.h"
#include "review/cells.h"
#include "review/evidence_links.h"

/* The chain of ten years is not larger. */
enum { LINE = 16384, WORDS = 1024, TABLE = 64 << 20 };

struct contents {
	struct evidence_check *check;
	json_t *about, *gaps, *chain_file;
	struct evidence_chain chain;
	struct counted {
		int64_t rows, gone;
		bool tampered;
	} *counted;			/* of each link */
	unsigned link;			/* where the walk is */
	int64_t number;			/* of the row before */
	int64_t rows, newer, outside;
	int64_t since, until;
	bool only_one_device;
};

/* NULL: it was told. */
static json_t *load(struct evidence_check *check, const char *name)
{
	char *path = evidence_manifest_path(check, name);
	json_error_t error = { .line = 1 };
	json_t *json = NULL;
	uint8_t *at;
	size_t len;
	int failed;

	if (path == NULL)
		return NULL;
	failed = file_read(path, TABLE, &at, &len);
	free(path);
	if (failed == 0)
		json = json_loadb((const char *)at, len,
				  JSON_REJECT_DUPLICATES, &error);
	free(at);
	if (json == NULL)
		evidence_tell(check, EVIDENCE_WRONG, "%s:%d: it is no JSON",
			      name, error.line > 0 ? error.line : 1);
	return json;
}

static bool take_about(struct contents *contents)
{
	const json_t *since = json_object_get(contents->about, "since_us");
	const json_t *until = json_object_get(contents->about, "until_us");

	contents->since = json_integer_value(since);
	contents->until = json_integer_value(until);
	contents->only_one_device =
		json_is_object(json_object_get(contents->about, "device"));
	if (json_is_integer(since) && json_is_integer(until))
		return true;
	evidence_tell(contents->check, EVIDENCE_WRONG, "export.json: it does "
		      "not say of what time it is");
	return false;
}

/* --- the chain --- */

static void tell_link(void *context, const struct evidence_finding *finding)
{
	struct contents *contents = context;
	struct counted *counted;
	char words[WORDS];
	struct text text;

	if (finding->link != NULL) {
		counted = &contents->counted[finding->link -
					     contents->chain.links];
		counted->gone = finding->gone;
		counted->tampered = finding->state == EVIDENCE_TAMPERED;
	}
	if (finding->state == EVIDENCE_WHOLE)
		return;
	text_init(&text, words, sizeof(words));
	evidence_chain_words(finding, &text);
	evidence_tell(contents->check, finding->state == EVIDENCE_TAMPERED ?
		      EVIDENCE_WRONG : EVIDENCE_NOTE, "chain.json: %s",
		      words);
}

static bool check_chain(struct contents *contents)
{
	struct evidence_chain *chain = &contents->chain;
	char words[256];
	struct text trouble;
	int error;

	text_init(&trouble, words, sizeof(words));
	error = evidence_links_read(chain, contents->chain_file, &trouble);
	if (error < 0) {
		evidence_tell(contents->check, EVIDENCE_WRONG,
			      "chain.json: %s", trouble.len > 0 ? words :
			      error_words(error));
		return false;
	}
	contents->counted = calloc(chain->link_count + 1,
				   sizeof(*contents->counted));
	if (contents->counted == NULL) {
		evidence_tell(contents->check, EVIDENCE_WRONG, "chain.json: "
			      "%s", error_words(-ENOMEM));
		return false;
	}
	if (evidence_chain_check(chain, tell_link, contents) == 0)
		evidence_tell(contents->check, EVIDENCE_GOOD, "chain.json: "
			      "%u links, each follows from the one before",
			      chain->link_count);
	return true;
}

/* --- rows --- */

static void count_row(struct contents *contents, int64_t number)
{
	const struct evidence_chain *chain = &contents->chain;

	contents->rows++;
	while (contents->link < chain->link_count &&
	       chain->links[contents->link].last < number)
		contents->link++;
	if (contents->link == chain->link_count)
		contents->newer++;
	else if (chain->links[contents->link].number <= number)
		contents->counted[contents->link].rows++;
	else
		contents->outside++;
}

/* False: it was told, and the rest of the file is not read. */
static bool take_line(struct contents *contents, const char *line,
		      unsigned place)
{
	json_t *row = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
	const json_t *value = json_object_get(row, "number");
	json_int_t number = json_integer_value(value);
	const char *words = NULL;

	if (row == NULL)
		words = "this is no row";
	else if (json_object_get(row, "gap") || json_object_get(row, "clock"))
		words = NULL;
	else if (!json_is_integer(value))
		words = "this row has no number";
	else if (contents->rows > 0 && number <= contents->number)
		words = "this row's number is not higher than the one before";
	else
		count_row(contents, number);
	if (json_is_integer(value))
		contents->number = number;
	json_decref(row);
	if (words != NULL)
		evidence_tell(contents->check, EVIDENCE_WRONG,
			      "rows.jsonl:%u: %s", place, words);
	return words == NULL;
}

static bool read_rows(struct contents *contents)
{
	char *path = evidence_manifest_path(contents->check, "rows.jsonl");
	FILE *file = path != NULL ? fopen(path, "re") : NULL;
	unsigned place = 0;
	char line[LINE];
	bool good = file != NULL;

	if (path != NULL && file == NULL)
		evidence_tell(contents->check, EVIDENCE_WRONG,
			      "rows.jsonl: %s", error_words(-errno));
	while (good && fgets(line, sizeof(line), file) != NULL)
		good = take_line(contents, line, ++place);
	if (file != NULL)
		fclose(file);
	free(path);
	return good;
}

static bool is_inside(const struct contents *contents,
		      const struct evidence_link *link)
{
	return link->from >= contents->since && link->until < contents->until;
}

/* False: it was told. */
static bool check_count(struct contents *contents, unsigned at)
{
	const struct evidence_link *link = &contents->chain.links[at];
	const struct counted *counted = &contents->counted[at];
	int64_t expected = link->rows - counted->gone;

	if (counted->rows == expected)
		return true;
	evidence_tell(contents->check, EVIDENCE_WRONG, "rows.jsonl: of link %"
		      PRId64 " (rows %" PRId64 " to %" PRId64 ") there are %"
		      PRId64 " rows instead of %" PRId64, link->link,
		      link->number, link->last, counted->rows, expected);
	return false;
}

static void check_counts(struct contents *contents)
{
	unsigned checked = 0;
	bool good = true;

	for (unsigned i = 0; i < contents->chain.link_count; i++) {
		if (contents->counted[i].tampered ||
		    !is_inside(contents, &contents->chain.links[i]))
			continue;
		good = check_count(contents, i) && good;
		checked++;
	}
	if (good && checked > 0)
		evidence_tell(contents->check, EVIDENCE_GOOD, "rows.jsonl: "
			      "%u blocks lie in that time as a whole, and all "
			      "their rows are there", checked);
}

static void check_rows(struct contents *contents)
{
	const json_t *rows = json_object_get(contents->about, "rows");

	if (!read_rows(contents))
		return;
	if (json_integer_value(rows) != contents->rows)
		evidence_tell(contents->check, EVIDENCE_WRONG, "rows.jsonl: "
			      "it has %" PRId64 " rows, but export.json says %"
			      JSON_INTEGER_FORMAT, contents->rows,
			      json_integer_value(rows));
	if (contents->only_one_device)
		evidence_tell(contents->check, EVIDENCE_NOTE, "rows.jsonl: %"
			      PRId64 " rows of one device; they cannot be "
			      "counted against the chain, which is of all",
			      contents->rows);
	else
		check_counts(contents);
	if (contents->newer + contents->outside > 0)
		evidence_tell(contents->check, EVIDENCE_NOTE, "rows.jsonl: %"
			      PRId64 " rows are in no link: they were not yet "
			      "sealed when they were exported",
			      contents->newer + contents->outside);
}

/* --- gaps --- */

static uint64_t unsigned_of(const json_t *object, const char *key)
{
	json_int_t value = json_integer_value(json_object_get(object, key));

	return value > 0 ? (uint64_t)value : 0;
}

static void tell_gaps(struct contents *contents)
{
	const json_t *gap;
	char words[WORDS];
	struct text text;
	size_t i;

	json_array_foreach(contents->gaps, i, gap) {
		struct reader_note note = {
			.from = unsigned_of(gap, "from_us"),
			.until = unsigned_of(gap, "until_us"),
			.count = unsigned_of(gap, "count"),
			.reason = json_string_value(
				json_object_get(gap, "reason")),
		};

		text_init(&text, words, sizeof(words));
		cells_print_note(&note, &text);
		evidence_tell(contents->check, EVIDENCE_NOTE, "gaps.json: %s",
			      words);
	}
}

static void check_contents(struct contents *contents)
{
	if (contents->about != NULL && contents->chain_file != NULL &&
	    take_about(contents) && check_chain(contents))
		check_rows(contents);
	tell_gaps(contents);
	evidence_links_release(&contents->chain);
	free(contents->counted);
	json_decref(contents->about);
	json_decref(contents->gaps);
	json_decref(contents->chain_file);
}

bool evidence_check(struct evidence_check *check)
{
	struct contents contents = { .check = check };

	evidence_manifest_check(check);
	contents.about = load(check, "export.json");
	contents.gaps = load(check, "gaps.json");
	contents.chain_file = load(check, "chain.json");
	check_contents(&contents);
	return check->wrong == 0;
}

#else

bool evidence_check(struct evidence_check *check)
{
	evidence_manifest_check(check);
	evidence_tell(check, EVIDENCE_NOTE, "chain.json: this homebound was "
		      "built without jansson and did not look into it");
	return check->wrong == 0;
}

#endif
