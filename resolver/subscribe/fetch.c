/*
 *	memory, shelf	what do we have?
 *	expand		the parts; are they those that are remembered?
 *	is_due		else nobody is asked
 *	take_all	each part, if it is not as it is remembered.  One
 *			that is new makes the text new: then all are taken
 *	check_whole	the digest that is wanted; is it new after all?
 *	conclude	remembered, whatever became of it
 *
 * What is remembered counts only as long as it is of the newest version on
 * the shelf, of the same parts, and was checked with the same key: otherwise
 * a 304 would vouch for a text that we do not have or never checked.
 */
#include "subscribe/fetch.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/sha256.h"
#include "base/text.h"
#include "subscribe/field.h"
#include "subscribe/memory.h"
#include "subscribe/part.h"
#include "subscribe/shelf.h"
#include "subscribe/source.h"
#include "subscribe/spool.h"

struct look {
	struct fetch_options options;	/* with limits for zeros */
	int fd;
	struct fetch_outcome *outcome;
	struct text trouble;		/* in the outcome */
	struct source_parts parts;
	struct memory memory;
	struct memory fresh;		/* parts as they are now */
	struct list_version newest;	/* on the shelf; serial 0: none */
	bool known;			/* the memory is of these parts */
};

static int refuse(struct look *look, const char *words)
{
	text_put(&look->trouble, "%s", words);
	return ERROR_REFUSED;
}

/* --- what do we have? --- */

static uint64_t or_else(uint64_t value, uint64_t usual)
{
	return value > 0 ? value : usual;
}

static int read_newest(struct look *look, const char *state)
{
	const struct list_version *newest;
	struct shelf shelf;
	int error = shelf_open(&shelf, state, look->options.name);

	if (error < 0)
		return error;
	newest = shelf_newest(&shelf);
	if (newest)
		look->newest = *newest;
	shelf_release(&shelf);
	return 0;
}

/* A digest of what a text is checked with. */
static void digest_trust(const struct fetch_options *options,
			 uint8_t digest[32])
{
	char both[512];
	struct text text;

	text_init(&text, both, sizeof(both));
	text_put(&text, "%s %s", options->key ? options->key : "",
		 options->sha256 ? options->sha256 : "");
	sha256_of(both, text.len, digest);
}

static bool is_newest(const struct look *look, const uint8_t digest[32])
{
	return look->newest.serial > 0 &&
	       memcmp(look->newest.digest, digest, 32) == 0;
}

/* --- parts --- */

static bool is_known(const struct look *look, const uint8_t trust[32])
{
	const struct memory *memory = &look->memory;

	if (memory->count != look->parts.count ||
	    memcmp(memory->trust, trust, sizeof(memory->trust)) != 0)
		return false;
	for (unsigned i = 0; i < memory->count; i++)
		if (strcmp(memory->parts[i].where,
			   look->parts.at[i].where) != 0)
			return false;
	return true;
}

/* From here on it is these that were tried, whatever becomes of it. */
static int remember_names(struct look *look, const uint8_t trust[32])
{
	struct memory_part part = { 0 };
	int error = 0;

	memory_forget_parts(&look->memory);
	memset(look->memory.digest, 0, sizeof(look->memory.digest));
	memcpy(look->memory.trust, trust, sizeof(look->memory.trust));
	for (unsigned i = 0; i < look->parts.count && error == 0; i++) {
		part.where = look->parts.at[i].where;
		error = memory_add(&look->memory, &part);
	}
	return error;
}

static int expand(struct look *look)
{
	const struct fetch_options *options = &look->options;
	uint8_t trust[32];
	int error = 0;

	for (unsigned i = 0; i < options->count && error == 0; i++)
		error = source_expand(&look->parts, options->sources[i].where,
				      &look->trouble);
	if (error == 0 && look->parts.count == 0)
		error = refuse(look, "it has no source");
	if (error < 0)
		return error;
	digest_trust(options, trust);
	look->known = is_known(look, trust);
	return look->known ? 0 : remember_names(look, trust);
}

static bool has_remote(const struct look *look)
{
	for (unsigned i = 0; i < look->parts.count; i++)
		if (look->parts.at[i].remote)
			return true;
	return false;
}

static bool has_changed_file(const struct look *look)
{
	for (unsigned i = 0; i < look->parts.count; i++)
		if (part_changed(&look->parts.at[i], &look->memory.parts[i]))
			return true;
	return false;
}

/*
 * Files are looked at any time.  After a failure only time counts: whatever
 * was wrong would be wrong again, at every start of the program.
 */
static bool is_due(const struct look *look)
{
	const struct memory *memory = &look->memory;

	if (look->options.force || !has_remote(look) || !look->known ||
	    memory_due(memory, look->outcome->time, look->options.refresh))
		return true;
	return memory->failures == 0 &&
	       (!is_newest(look, memory->digest) || has_changed_file(look));
}

/* --- taking --- */

/* 1: new; 0: as it was; or a negative number. */
static int take_one(struct look *look, unsigned i, bool conditional)
{
	struct part_taking taking = {
		.options = &look->options, .fd = look->fd,
		.now = look->outcome->time, .framed = look->parts.count > 1,
		.trouble = &look->trouble,
	};
	const struct memory_part *old = &look->memory.parts[i];
	struct memory_part part;
	int taken = part_take(&taking, &look->parts.at[i],
			      conditional ? old : NULL, &part);
	int error = taken < 0 ? taken : memory_add(&look->fresh, &part);

	return error < 0 ? error : taken;
}

static bool is_same_part(const struct look *look, unsigned i)
{
	return memcmp(look->memory.parts[i].digest,
		      look->fresh.parts[i].digest, 32) == 0;
}

static int restart(struct look *look)
{
	memory_forget_parts(&look->fresh);
	return spool_cut(look->fd, 0);
}

/*
 * 1: all of the text is in the file; 0: it is as it was.  A server without
 * ETag and date sends a text that we have: it stays in the file, and only if
 * one before it was left out there, all begins again.
 */
static int take_all(struct look *look)
{
	bool conditional = look->known && !look->options.force &&
			   is_newest(look, look->memory.digest);
	unsigned i = 0, left_out = 0;
	int taken = 0;

	while (i < look->parts.count && taken >= 0) {
		taken = take_one(look, i, conditional);
		left_out += taken == 0;
		if (taken < 1 || !conditional || is_same_part(look, i)) {
			i++;
			continue;
		}
		conditional = false;
		i = left_out > 0 ? 0 : i + 1;
		if (left_out > 0)
			taken = restart(look);
	}
	return taken < 0 ? taken : !conditional;
}

static int check_wanted(struct look *look)
{
	const char *wanted_words = look->options.sha256;
	char words[FIELD_DIGEST];
	uint8_t wanted[32];

	if (!wanted_words)
		return 0;
	if (!field_digest(&wanted_words, wanted) || *wanted_words != '\0')
		return refuse(look, "the SHA-256 wanted is none");
	if (memcmp(wanted, look->outcome->digest, sizeof(wanted)) == 0)
		return 0;
	text_put(&look->trouble, "its SHA-256 is not the one wanted, but %s",
		 field_digest_words(look->outcome->digest, words));
	return ERROR_REFUSED;
}

/* 1: new; 0: the newest version has the same text. */
static int check_whole(struct look *look)
{
	uint8_t *digest = look->outcome->digest;
	int64_t length = spool_length(look->fd);
	int error = spool_digest(look->fd, 0, digest);

	if (error < 0 || length < 0)
		return refuse(look, error_words(error < 0 ? error
							  : (int)length));
	if (length == 0)
		return refuse(look, "there is nothing in it");
	error = check_wanted(look);
	if (error < 0)
		return error;
	memcpy(look->memory.digest, digest, sizeof(look->memory.digest));
	look->outcome->bytes = (uint64_t)length;
	return !is_newest(look, digest);
}

/* --- what became of it --- */

static void remember(struct look *look)
{
	struct memory_part *parts = look->memory.parts;
	unsigned count = look->memory.count;

	look->memory.parts = look->fresh.parts;
	look->memory.count = look->fresh.count;
	look->fresh.parts = parts;
	look->fresh.count = count;
}

static void conclude(struct look *look, int taken)
{
	struct fetch_outcome *outcome = look->outcome;
	uint32_t refresh = look->options.refresh;

	if (taken < 0) {
		if (look->trouble.len == 0)
			refuse(look, error_words(taken));
		outcome->fate = FETCH_FAILED;
		memory_failed(&look->memory, outcome->time, refresh,
			      outcome->trouble);
	} else {
		outcome->fate = taken > 0 ? FETCH_NEW : FETCH_SAME;
		remember(look);
		memory_succeeded(&look->memory, outcome->time, refresh);
	}
	outcome->next = has_remote(look) ? look->memory.next : 0;
}

static void leave(struct look *look)
{
	struct fetch_outcome *outcome = look->outcome;

	outcome->fate = FETCH_NOT_DUE;
	outcome->next = (uint64_t)memory_next(&look->memory,
					      look->options.refresh);
	text_put(&look->trouble, "%s", look->memory.trouble);
}

static int look_at(struct look *look, const char *state)
{
	int taken = expand(look);

	if (taken == 0 && !is_due(look)) {
		leave(look);
		return 0;
	}
	if (taken == 0)
		taken = take_all(look);
	if (taken > 0)
		taken = check_whole(look);
	conclude(look, taken);
	if (taken <= 0)
		taken = spool_cut(look->fd, 0);
	if (taken < 0)
		return taken;
	return memory_write(&look->memory, state, look->options.name);
}

int fetch_list(const struct fetch_options *options, const char *state, int fd,
	       struct fetch_outcome *outcome)
{
	struct look look = { .options = *options, .fd = fd };
	int error;

	*outcome = (struct fetch_outcome){ .time = (uint64_t)clock_seconds() };
	look.outcome = outcome;
	text_init(&look.trouble, outcome->trouble, sizeof(outcome->trouble));
	look.options.limit = or_else(options->limit, FETCH_LIMIT);
	look.options.connect_ms =
		(uint32_t)or_else(options->connect_ms, FETCH_CONNECT_MS);
	look.options.total_ms =
		(uint32_t)or_else(options->total_ms, FETCH_TOTAL_MS);
	error = memory_read(&look.memory, state, options->name);
	if (error == 0)
		error = read_newest(&look, state);
	if (error == 0)
		error = look_at(&look, state);
	source_release(&look.parts);
	memory_release(&look.memory);
	memory_release(&look.fresh);
	return error;
}

int fetch_reject(const struct fetch_options *options, const char *state,
		 const char *trouble)
{
	struct memory memory;
	int error = memory_read(&memory, state, options->name);

	if (error < 0)
		return error;
	memory_failed(&memory, (uint64_t)clock_seconds(), options->refresh,
		      trouble);
	error = memory_write(&memory, state, options->name);
	memory_release(&memory);
	return error;
}
