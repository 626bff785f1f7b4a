/*
 * Names and patterns are sorted, those that are the same put together, and
 * what is left of each becomes a record, or an entry of the patterns.
 *
 * A record's rules are copied as they are.  Only their first number changes:
 * it says whether another one follows.  Patterns are put back into the order
 * in which they came.
 */
#include "policy/build.h"

#include "base/error.h"
#include "policy/merge.h"
#include "policy/output.h"

struct writing {
	struct build *build;
	struct output out;
	struct store kept;		/* patterns that are left: candidates */
};

/* --- names --- */

static void put_rule(struct writing *writing, uint32_t at, uint32_t more)
{
	struct build_entry entry = build_entry(writing->build, at);
	uint8_t head[LAYOUT_NUMBER], *end;
	size_t old;

	end = layout_number_write(head, entry.head);
	old = (size_t)(end - head);
	end = layout_number_write(head, entry.head | more);
	output_put(&writing->out, bytes_of(head, (size_t)(end - head)));
	output_put(&writing->out, bytes_of(entry.rule.at + old,
					   entry.rule.len - old));
	writing->out.header.rules++;
}

static int write_name(void *context, const struct merge *merge)
{
	struct writing *writing = context;
	const struct merge_rule *rules = merge_rules(merge);
	size_t left = merge->left;
	int error = output_record(&writing->out, merge->hash);

	if (error < 0)
		return error;
	output_put(&writing->out, merge->key);
	for (size_t i = 0; left > 0; i++)
		if (!rules[i].gone)
			put_rule(writing, rules[i].entry,
				 --left > 0 ? LAYOUT_MORE : 0);
	output_record_end(&writing->out);
	return writing->out.error;
}

/* --- patterns --- */

static int keep_pattern(void *context, const struct merge *merge)
{
	struct writing *writing = context;
	const struct merge_rule *rules = merge_rules(merge);
	struct candidate kept;
	uint32_t unused;
	int error = 0;

	for (size_t i = 0; i < merge_count(merge) && error == 0; i++) {
		if (rules[i].gone)
			continue;
		kept = candidate_of(0, rules[i].entry);
		error = store_add(&writing->kept,
				  bytes_of(&kept, sizeof(kept)), &unused);
	}
	return error;
}

static int put_pattern(struct writing *writing, uint32_t at)
{
	struct build *build = writing->build;
	struct build_entry entry = build_entry(build, at);
	struct build_pattern key;
	struct layout_pattern pattern = {
		.kind = entry.head >> LAYOUT_KIND_SHIFT, .line = entry.line,
		.terms = entry.terms, .text = entry.text,
		.len = (uint32_t)(entry.key.len - sizeof(key)),
	};
	struct bytes rest = bytes_of(entry.key.at + sizeof(key), pattern.len);
	int error = store_add(&build->wording.texts, rest, &pattern.at);

	if (error < 0)
		return error;
	memcpy(&key, entry.key.at, sizeof(key));
	pattern.invert = key.invert;
	pattern.family = key.family;
	pattern.bits = key.bits;
	memcpy(pattern.prefix, key.prefix, sizeof(pattern.prefix));
	output_put(&writing->out, bytes_of(&pattern, sizeof(pattern)));
	writing->out.header.rules++;
	return writing->out.error;
}

static int write_patterns(struct writing *writing)
{
	struct build *build = writing->build;
	struct candidate *kept;
	int error = merge_all(build, &build->patterns, keep_pattern, writing);

	if (error < 0)
		return error;
	kept = (void *)writing->kept.at;
	candidates_sort(kept, build_candidates(&writing->kept));
	output_begin(&writing->out, LAYOUT_PATTERNS);
	for (size_t i = 0; i < build_candidates(&writing->kept); i++) {
		error = put_pattern(writing, kept[i].at);
		if (error < 0)
			return error;
	}
	output_end(&writing->out, LAYOUT_PATTERNS);
	return 0;
}

/* --- all --- */

static struct bytes whole(const struct store *store)
{
	return bytes_of(store->at, store->len);
}

static int write_rest(struct writing *writing)
{
	struct build *build = writing->build;
	struct output *out = &writing->out;

	output_part(out, LAYOUT_KINDS, whole(&build->kinds));
	output_part(out, LAYOUT_TEMPLATES, whole(&build->wording.templates));
	output_part(out, LAYOUT_LISTS,
		    bytes_of(build->lists,
			     build->list_count * sizeof(*build->lists)));
	output_part(out, LAYOUT_TERMS, whole(&build->terms.strings));
	output_part(out, LAYOUT_TEXTS, whole(&build->wording.texts));
	return output_finish(out);
}

static int write_all(struct writing *writing)
{
	struct build *build = writing->build;
	int error = merge_all(build, &build->names, write_name, writing);

	if (error < 0)
		return error;
	store_release(&build->names);
	output_index(&writing->out);
	error = write_patterns(writing);
	return error < 0 ? error : write_rest(writing);
}

/* How many names there are; those of one hash count as one. */
static size_t sort_all(struct build *build)
{
	struct candidate *names = (void *)build->names.at;
	struct candidate *patterns = (void *)build->patterns.at;

	candidates_sort(names, build_candidates(&build->names));
	candidates_sort(patterns, build_candidates(&build->patterns));
	return candidates_hashes(names, build_candidates(&build->names));
}

int build_write(struct build *build, int fd, uint32_t serial,
		const uint8_t *inputs)
{
	struct writing writing = { .build = build };
	struct layout_header *header = &writing.out.header;
	int error = output_init(&writing.out, fd, sort_all(build));

	header->key = build->key;
	header->serial = serial;
	header->list_count = build->list_count;
	memcpy(header->depths, build->depths, sizeof(header->depths));
	memcpy(header->inputs, inputs, sizeof(header->inputs));
	if (error == 0)
		error = write_all(&writing);
	output_release(&writing.out);
	store_release(&writing.kept);
	return error;
}
