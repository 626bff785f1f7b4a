/*
 * Rules are kept as they come, each in the form of a record with one rule
 * (build_state.h), so that writing the image is sorting and copying.  What
 * many rules have in common is a kind; a list has few, found by a table.
 */
#include "policy/build.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "policy/build_state.h"
#include "policy/spelling.h"

enum { ENTRY_ROOM = 6 * LAYOUT_NUMBER };	/* without its key */

struct build *build_new(void)
{
	struct build *build = calloc(1, sizeof(*build));

	if (!build)
		return NULL;
	build->lists = calloc(IMAGE_LISTS, sizeof(*build->lists));
	if (!build->lists) {
		free(build);
		return NULL;
	}
	hash_key_draw(&build->key);
	store_set_init(&build->terms, &build->key);
	wording_init(&build->wording, &build->key);
	return build;
}

void build_free(struct build *build)
{
	if (!build)
		return;
	free(build->lists);
	store_release(&build->entries);
	store_release(&build->names);
	store_release(&build->patterns);
	store_release(&build->kinds);
	store_set_release(&build->terms);
	wording_release(&build->wording);
	free(build);
}

/* --- lists --- */

/* What is behind the name's end does not go into the file. */
int build_list(struct build *build, const struct image_list *list)
{
	struct image_list *ours;

	if (build->list_count == IMAGE_LISTS)
		return ERROR_FULL;
	ours = &build->lists[build->list_count];
	*ours = *list;
	memset(ours->name, 0, sizeof(ours->name));
	memcpy(ours->name, list->name,
	       strnlen(list->name, sizeof(ours->name) - 1));
	memset(ours->reserved, 0, sizeof(ours->reserved));
	ours->rules = 0;
	ours->unique = 0;
	ours->rejected = 0;
	memset(build->kind, 0, sizeof(build->kind));
	wording_list(&build->wording);
	return (int)build->list_count++;
}

void build_rejected(struct build *build, uint64_t lines)
{
	if (build->list_count)
		build->lists[build->list_count - 1].rejected += lines;
}

void build_lines(struct build *build, uint64_t lines)
{
	if (build->list_count)
		build->lists[build->list_count - 1].lines += lines;
}

/* --- rules --- */

struct draft {
	const struct rule *rule;
	struct bytes terms;
	uint64_t hash;			/* of the key */
	size_t key_len;
	uint32_t kind;			/* its number */
	uint32_t terms_at, text_at;
	bool whole;			/* there is a text_at */
	uint8_t key[sizeof(struct build_pattern) + BUILD_PATTERN];
};

static bool is_foreign(const struct rule *rule)
{
	return rule->effect == RULE_FORWARD || rule->scope > RULE_CLIENT ||
	       rule->pattern.len > BUILD_PATTERN;
}

static void draft_name(const struct build *build, struct draft *draft)
{
	const struct name *name = &draft->rule->name;

	draft->key_len = spelling_write(name, draft->key);
	draft->hash = candidate_hash_name(&build->key, name);
}

/* Only what counts for the scope: the rest of a rule may be anything. */
static void draft_pattern(const struct build *build, struct draft *draft)
{
	const struct rule *rule = draft->rule;
	struct build_pattern pattern = { .invert = rule->invert };
	size_t len = 0;

	if (rule->scope >= RULE_ADDRESS) {
		pattern.family = rule->prefix.family;
		pattern.bits = rule->prefix.bits;
		memcpy(pattern.prefix, rule->prefix.at,
		       sizeof(pattern.prefix));
	} else {
		len = rule->pattern.len;
	}
	memcpy(draft->key, &pattern, sizeof(pattern));
	if (len > 0)
		memcpy(draft->key + sizeof(pattern), rule->pattern.at, len);
	draft->key_len = sizeof(pattern) + len;
	draft->hash = hash_bytes(&build->key, draft->key, draft->key_len);
}

static int kind_add(struct build *build, const struct rule *rule, bool terms,
		    int form)
{
	uint32_t at, text = (uint32_t)form;
	struct layout_kind kind = {
		.list = (uint16_t)(build->list_count - 1),
		.scope = rule->scope, .terms = terms,
	};
	int error;

	if (form >= LAYOUT_TEMPLATE)
		text += build->wording.first;
	kind.text = text;
	if (rule->bad)
		kind.list = LAYOUT_NO_LIST;
	error = store_add(&build->kinds, bytes_of(&kind, sizeof(kind)), &at);
	return error < 0 ? error : (int)(at / sizeof(kind)) + 1;
}

/* Kind, text and terms. */
static int draft_rest(struct build *build, struct draft *draft)
{
	const struct rule *rule = draft->rule;
	bool terms = draft->terms.len > 0;
	int form = wording_keep(&build->wording, rule, &draft->text_at);
	int number, error = 0;
	uint32_t *kind;

	if (form < 0)
		return form;
	if (terms)
		error = store_set_put(&build->terms, draft->terms,
				      &draft->terms_at);
	if (error < 0)
		return error;
	draft->whole = form == LAYOUT_WHOLE_TEXT;
	kind = &build->kind[rule->scope][terms][rule->bad][form];
	number = *kind ? (int)*kind : kind_add(build, rule, terms, form);
	if (number < 0)
		return number;
	*kind = (uint32_t)number;
	draft->kind = *kind - 1;
	return 0;
}

static uint8_t *entry_write(const struct draft *draft, uint8_t *to)
{
	to = layout_number_write(to, (uint32_t)draft->key_len);
	memcpy(to, draft->key, draft->key_len);
	to = layout_number_write(to + draft->key_len,
				 draft->kind << LAYOUT_KIND_SHIFT);
	if (draft->terms.len > 0)
		to = layout_number_write(to, draft->terms_at);
	if (draft->whole)
		to = layout_number_write(to, draft->text_at);
	return layout_number_write(to, draft->rule->line);
}

static int draft_keep(struct build *build, const struct draft *draft,
		      struct store *candidates)
{
	struct store *entries = &build->entries;
	struct candidate candidate = candidate_of(draft->hash,
						  (uint32_t)entries->len);
	uint8_t *end;
	uint32_t unused;
	int error = store_reserve(entries, draft->key_len + ENTRY_ROOM);

	if (error == 0)
		error = store_add(candidates,
				  bytes_of(&candidate, sizeof(candidate)),
				  &unused);
	if (error < 0)
		return error;
	end = entry_write(draft, entries->at + entries->len);
	entries->len = (size_t)(end - entries->at);
	return 0;
}

int build_rule(struct build *build, const struct rule *rule,
	       struct bytes terms)
{
	bool is_name = rule->scope <= RULE_BELOW;
	struct draft draft;
	int error;

	if (!build->list_count)
		return ERROR_ABSENT;
	if (is_foreign(rule))
		return ERROR_FOREIGN;
	draft.rule = rule;
	draft.terms = terms;
	error = draft_rest(build, &draft);
	if (error < 0)
		return error;
	if (!is_name) {
		draft_pattern(build, &draft);
		return draft_keep(build, &draft, &build->patterns);
	}
	draft_name(build, &draft);
	if (!rule->bad)
		build->depths[rule->name.labels / 64] |=
			1ull << rule->name.labels % 64;
	return draft_keep(build, &draft, &build->names);
}

struct build_entry build_entry(const struct build *build, uint32_t at)
{
	const struct layout_kind *kinds = (const void *)build->kinds.at;
	struct build_entry entry = { .terms = 0 };
	const uint8_t *from;
	uint32_t len;

	from = layout_number_read(build->entries.at + at, &len);
	entry.key = bytes_of(from, len);
	entry.rule.at = from + len;
	from = layout_number_read(entry.rule.at, &entry.head);
	entry.kind = &kinds[entry.head >> LAYOUT_KIND_SHIFT];
	if (entry.kind->terms)
		from = layout_number_read(from, &entry.terms);
	if (entry.kind->text == LAYOUT_WHOLE_TEXT)
		from = layout_number_read(from, &entry.text);
	from = layout_number_read(from, &entry.line);
	entry.rule.len = (size_t)(from - entry.rule.at);
	return entry;
}
