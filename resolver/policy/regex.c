/*
 * How a strange expression is kept from costing much: its length and size are
 * limited when it is compiled, its steps, depth and memory when it is tried.
 * PCRE2 counts the steps anew for each place in the text where a match might
 * begin, so a longer text has fewer for each.  Machine code is made where the
 * system lets us (not under MemoryDenyWriteExecute=); without it PCRE2
 * interprets, ten times slower and within the same limits.
 *
 * PCRE2 wants memory for its interpreter while it matches.  It gets it from a
 * block of the scratch:
 *
 *	| contexts, match data | frames, again and twice as large | free |
 *	                       base                               used
 *
 * Callouts are never set, so (?C) does nothing.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "policy/regex.h"

#include <errno.h>
#ifdef HAVE_PCRE2
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#endif
#include <stdlib.h>

#include "base/error.h"
#include "base/text.h"

#ifdef HAVE_PCRE2

enum {
	SIZE_LIMIT = 16384,		/* bytes, compiled */
	FRAME_LIMIT = 1024,		/* bytes that a step back can take */
	NESTING_LIMIT = 50,		/* brackets in brackets */
	STEPS_LIMIT = 10000,		/* from one place in the text */
	STEPS_IN_ALL = 200000,		/* from all places */
	DEPTH_LIMIT = 2000,
	HEAP_LIMIT = 256,		/* kilobytes of frames */
	PATIENCE = 4,			/* that may give up on one name */
	ALIGNMENT = 16,
	BLOCK_SIZE = (2 * HEAP_LIMIT + 64) * 1024,
};

struct regex {
	pcre2_code *code;
	uint32_t shortest;		/* text that can match, in bytes */
	bool anchored;
};

struct block {
	size_t used, live;		/* bytes; pieces that are in use */
	size_t base_used, base_live;	/* before any match */
	_Alignas(ALIGNMENT) uint8_t at[BLOCK_SIZE];
};

struct regex_scratch {
	pcre2_general_context *general;
	pcre2_match_context *context;
	pcre2_match_data *data;
	uint64_t given_up, patience_until;
	struct block block;
};

static void *block_take(size_t size, void *context)
{
	struct block *block = context;
	uint8_t *at = block->at + block->used;

	if (size > BLOCK_SIZE - block->used)
		return NULL;
	size = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
	block->used += size;
	block->live++;
	return at;
}

/* Some versions keep their frames for the next match, others do not. */
static void block_give(void *at, void *context)
{
	struct block *block = context;

	if (!at)
		return;
	block->live--;
	if (block->live == block->base_live)
		block->used = block->base_used;
}

struct regex_scratch *regex_scratch_new(void)
{
	struct regex_scratch *scratch = malloc(sizeof(*scratch));
	struct block *block;

	if (!scratch)
		return NULL;
	block = &scratch->block;
	block->used = block->live = block->base_used = block->base_live = 0;
	scratch->given_up = scratch->patience_until = 0;
	scratch->general = pcre2_general_context_create(block_take, block_give,
							block);
	scratch->context = pcre2_match_context_create(scratch->general);
	scratch->data = pcre2_match_data_create(1, scratch->general);
	if (!scratch->context || !scratch->data) {
		free(scratch);
		return NULL;
	}
	pcre2_set_depth_limit(scratch->context, DEPTH_LIMIT);
	pcre2_set_heap_limit(scratch->context, HEAP_LIMIT);
	block->base_used = block->used;
	block->base_live = block->live;
	return scratch;
}

void regex_scratch_free(struct regex_scratch *scratch)
{
	free(scratch);
}

/*
 * Groups need not be remembered unless something refers to them.  What is
 * taken for a reference and is none costs a little time.
 */
static bool has_references(struct bytes pattern)
{
	for (size_t i = 0; i + 1 < pattern.len; i++) {
		const uint8_t *at = pattern.at + i;

		if (at[0] == '\\' && strchr("123456789gk", at[1]))
			return true;
		if (at[0] == '(' && at[1] == '?' &&
		    (i + 2 == pattern.len || at[2] != ':'))
			return true;
	}
	return false;
}

static uint32_t options_of(struct bytes pattern)
{
	uint32_t options = PCRE2_CASELESS | PCRE2_DOLLAR_ENDONLY |
			   PCRE2_NEVER_UTF | PCRE2_NEVER_UCP |
			   PCRE2_NEVER_BACKSLASH_C;

	if (!has_references(pattern))
		options |= PCRE2_NO_AUTO_CAPTURE;
	return options;
}

static int refuse(struct text *why, int error, size_t at)
{
	unsigned char words[256];

	if (error == PCRE2_ERROR_HEAP_FAILED)
		return -ENOMEM;
	pcre2_get_error_message(error, words, sizeof(words));
	text_put(why, "%s (at byte %zu)", (const char *)words, at);
	return ERROR_MALFORMED;
}

static int compile(pcre2_code **code, struct bytes pattern, struct text *why)
{
	pcre2_compile_context *context = pcre2_compile_context_create(NULL);
	int error;
	size_t at;

	if (!context)
		return -ENOMEM;
	pcre2_set_parens_nest_limit(context, NESTING_LIMIT);
	*code = pcre2_compile(pattern.at, pattern.len, options_of(pattern),
			      &error, &at, context);
	pcre2_compile_context_free(context);
	return *code ? 0 : refuse(why, error, at);
}

static bool is_too_large(const pcre2_code *code)
{
	size_t size, frame;

	return pcre2_pattern_info(code, PCRE2_INFO_SIZE, &size) != 0 ||
	       pcre2_pattern_info(code, PCRE2_INFO_FRAMESIZE, &frame) != 0 ||
	       size > SIZE_LIMIT || frame > FRAME_LIMIT;
}

/* Machine code is welcome, and its absence no reason to refuse. */
static void prepare(struct regex *regex)
{
	uint32_t options = 0;

	pcre2_jit_compile(regex->code, PCRE2_JIT_COMPLETE);
	pcre2_pattern_info(regex->code, PCRE2_INFO_ALLOPTIONS, &options);
	pcre2_pattern_info(regex->code, PCRE2_INFO_MINLENGTH,
			   &regex->shortest);
	regex->anchored = options & PCRE2_ANCHORED;
}

int regex_new(struct regex **regex, struct bytes pattern, struct text *why)
{
	struct regex *new;
	int error;

	if (pattern.len == 0 || pattern.len > REGEX_LEN) {
		text_put(why, "it is empty, or longer than %d bytes",
			 REGEX_LEN);
		return ERROR_MALFORMED;
	}
	new = calloc(1, sizeof(*new));
	if (!new)
		return -ENOMEM;
	error = compile(&new->code, pattern, why);
	if (error == 0 && is_too_large(new->code)) {
		text_put(why, "it says too much: repeat less");
		error = ERROR_MALFORMED;
	}
	if (error < 0) {
		regex_free(new);
		return error;
	}
	prepare(new);
	*regex = new;
	return 0;
}

void regex_free(struct regex *regex)
{
	if (!regex)
		return;
	pcre2_code_free(regex->code);
	free(regex);
}

void regex_begin(struct regex_scratch *scratch)
{
	scratch->patience_until = scratch->given_up + PATIENCE;
}

static enum regex_outcome give_up(struct regex_scratch *scratch)
{
	scratch->given_up++;
	return REGEX_GAVE_UP;
}

static uint32_t steps(const struct regex *regex, size_t len)
{
	size_t share = STEPS_IN_ALL / (len + 1);

	return regex->anchored || share > STEPS_LIMIT ? STEPS_LIMIT
						       : (uint32_t)share;
}

enum regex_outcome regex_match(const struct regex *regex,
			       struct regex_scratch *scratch,
			       struct bytes text)
{
	int found;

	if (text.len < regex->shortest)
		return REGEX_NO;
	if (scratch->given_up >= scratch->patience_until)
		return give_up(scratch);
	pcre2_set_match_limit(scratch->context, steps(regex, text.len));
	found = pcre2_match(regex->code, text.at, text.len, 0, 0,
			    scratch->data, scratch->context);
	if (found >= 0)
		return REGEX_MATCHES;
	return found == PCRE2_ERROR_NOMATCH ? REGEX_NO : give_up(scratch);
}

#else

/* One that nobody looks into: there is no expression to try. */
struct regex_scratch {
	uint64_t given_up;
};

int regex_new(struct regex **regex, struct bytes pattern, struct text *why)
{
	(void)regex;
	(void)pattern;
	text_put(why, "regular expressions want PCRE2, which this program was "
		 "built without");
	return ERROR_MALFORMED;
}

void regex_free(struct regex *regex)
{
	(void)regex;
}

struct regex_scratch *regex_scratch_new(void)
{
	return calloc(1, sizeof(struct regex_scratch));
}

void regex_scratch_free(struct regex_scratch *scratch)
{
	free(scratch);
}

void regex_begin(struct regex_scratch *scratch)
{
	(void)scratch;
}

enum regex_outcome regex_match(const struct regex *regex,
			       struct regex_scratch *scratch,
			       struct bytes text)
{
	(void)regex;
	(void)scratch;
	(void)text;
	return REGEX_NO;
}

#endif

uint64_t regex_given_up(const struct regex_scratch *scratch)
{
	return scratch->given_up;
}
