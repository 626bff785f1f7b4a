/*
 * Rules stay as they were read; beside them is an array of pointers with all
 * rules of one name in a row, the one that goes first in front:
 *
 *	slots	[hash, first, count]       open addressing, half empty
 *	               |
 *	order	[. . . = =* = * | p p p]   by name and rank; then the pauses
 *
 * A name that is asked for is looked for with all its suffixes whose number of
 * labels some rule has; the last that is found is the most specific.
 */
#include "policy/own.h"

#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/text.h"
#include "policy/own_line.h"

struct slot {
	uint64_t hash;
	uint32_t first, count;		/* in `order`; count 0: free */
};

struct own {
	struct own_rule *rules;
	const struct own_rule **order;
	unsigned count, named;		/* of all; of those with a name */
	struct slot *slots;
	uint32_t mask;			/* slots - 1 */
	unsigned deepest;
	uint64_t depths[2];		/* bit n: there are names of n labels */
	struct hash_key key;
};

/* Who asks, and when. */
struct asker {
	const struct address *client;
	int64_t now;
};

unsigned own_count(const struct own *own)
{
	return own->count;
}

const struct own_rule *own_rule(const struct own *own, unsigned number)
{
	return number < own->count ? &own->rules[number] : NULL;
}

static bool applies(const struct own_rule *rule, const struct asker *asker)
{
	if (rule->until != 0 && rule->until <= asker->now)
		return false;
	return !rule->has_client ||
	       (asker->client != NULL &&
		prefix_holds(&rule->client, asker->client));
}

static bool is_of(const struct own_rule *rule, struct bytes name)
{
	return rule->name.len == name.len &&
	       memcmp(rule->name.wire, name.at, name.len) == 0;
}

/* The slot of that name, or the free one where it would be. */
static struct slot *slot_find(const struct own *own, uint64_t hash,
			      struct bytes name)
{
	uint32_t at = (uint32_t)hash & own->mask;

	while (own->slots[at].count > 0 &&
	       (own->slots[at].hash != hash ||
		!is_of(own->order[own->slots[at].first], name)))
		at = (at + 1) & own->mask;
	return &own->slots[at];
}

static const struct own_rule *slot_judge(const struct own *own,
					 const struct slot *slot, bool whole,
					 const struct asker *asker)
{
	for (uint32_t i = 0; i < slot->count; i++) {
		const struct own_rule *rule = own->order[slot->first + i];

		if ((whole || !rule->exact) && applies(rule, asker))
			return rule;
	}
	return NULL;
}

static bool has_depth(const struct own *own, unsigned labels)
{
	return own->depths[labels / 64] >> labels % 64 & 1;
}

const struct own_rule *own_judge(const struct own *own,
				 const struct name *name,
				 const struct address *client, int64_t now)
{
	const struct asker asker = { client, now };
	const struct own_rule *found = NULL;
	struct hash_walk walk;

	if (own->named == 0)
		return NULL;
	hash_walk_init(&walk, &own->key);
	for (unsigned labels = 0; labels <= name->labels &&
				  labels <= own->deepest; labels++) {
		unsigned first = name->labels - labels;
		const struct own_rule *rule;

		if (labels > 0)
			hash_walk_label(&walk,
					name->wire + name->label[first]);
		if (!has_depth(own, labels))
			continue;
		rule = slot_judge(own, slot_find(own, hash_walk_value(&walk),
						 name_suffix(name, first)),
				  first == 0, &asker);
		if (rule != NULL)
			found = rule;
	}
	return found;
}

static bool is_longer(const struct own_rule *one, const struct own_rule *than)
{
	if (than == NULL || one->until == 0)
		return true;
	return than->until != 0 && one->until > than->until;
}

const struct own_rule *own_pause(const struct own *own,
				 const struct address *client, int64_t now)
{
	const struct asker asker = { client, now };
	const struct own_rule *longest = NULL;

	for (unsigned i = own->named; i < own->count; i++)
		if (applies(own->order[i], &asker) &&
		    is_longer(own->order[i], longest))
			longest = own->order[i];
	return longest;
}

/* Below 0: `one` stands in front. */
static int compare_rank(const struct own_rule *one,
			const struct own_rule *other)
{
	int bits = one->has_client ? one->client.bits : -1;
	int other_bits = other->has_client ? other->client.bits : -1;

	if (one->exact != other->exact)
		return one->exact ? -1 : 1;
	if (bits != other_bits)
		return bits > other_bits ? -1 : 1;
	if (one->allow != other->allow)
		return one->allow ? -1 : 1;
	return one->line < other->line ? -1 : one->line > other->line;
}

static int compare(const void *left, const void *right)
{
	const struct own_rule *one = *(const struct own_rule *const *)left;
	const struct own_rule *other = *(const struct own_rule *const *)right;
	int order;

	if (one->pause != other->pause)
		return one->pause ? 1 : -1;
	if (one->pause)
		return compare_rank(one, other);
	if (one->name.len != other->name.len)
		return one->name.len < other->name.len ? -1 : 1;
	order = memcmp(one->name.wire, other->name.wire, one->name.len);
	return order != 0 ? order : compare_rank(one, other);
}

static uint64_t name_hash(const struct own *own, const struct name *name)
{
	struct hash_walk walk;

	hash_walk_init(&walk, &own->key);
	for (unsigned i = name->labels; i-- > 0;)
		hash_walk_label(&walk, name->wire + name->label[i]);
	return hash_walk_value(&walk);
}

/* Rules of one name come one after the other: the last goes to its slot. */
static void slot_put(struct own *own, unsigned number)
{
	const struct name *name = &own->order[number]->name;
	uint64_t hash = name_hash(own, name);
	struct slot *slot = slot_find(own, hash,
				      bytes_of(name->wire, name->len));

	if (slot->count++ > 0)
		return;
	slot->hash = hash;
	slot->first = number;
	own->depths[name->labels / 64] |= (uint64_t)1 << name->labels % 64;
	if (name->labels > own->deepest)
		own->deepest = name->labels;
}

static int table_build(struct own *own)
{
	uint32_t slots = 2;

	while (slots < 2 * own->count)
		slots *= 2;
	own->order = calloc(own->count + 1, sizeof(*own->order));
	own->slots = calloc(slots, sizeof(*own->slots));
	if (own->order == NULL || own->slots == NULL)
		return -ENOMEM;
	own->mask = slots - 1;
	hash_key_draw(&own->key);
	for (unsigned i = 0; i < own->count; i++) {
		own->order[i] = &own->rules[i];
		own->named += !own->rules[i].pause;
	}
	qsort(own->order, own->count, sizeof(*own->order), compare);
	for (unsigned i = 0; i < own->named; i++)
		slot_put(own, i);
	return 0;
}

/* Makes room in steps; a rule that is not one takes none. */
static int room_make(struct own *own, unsigned *room)
{
	struct own_rule *more;

	if (own->count < *room)
		return 0;
	more = realloc(own->rules, 2u * *room * sizeof(*more));
	if (more == NULL)
		return -ENOMEM;
	own->rules = more;
	*room *= 2;
	return 0;
}

/* Whom to tell about lines that make no sense. */
struct listener {
	void (*report)(void *context, unsigned line, const char *words);
	void *context;
};

/* 0, or -ENOMEM. */
static int rules_read(struct own *own, struct bytes text,
		      const struct listener *listener)
{
	unsigned room = 8, number = 0;
	struct own_line line;
	int error = 0;

	own->rules = malloc(room * sizeof(*own->rules));
	if (own->rules == NULL)
		return -ENOMEM;
	while (error == 0 && own_line_next(&text, &line)) {
		struct own_rule *rule = &own->rules[own->count];
		char words[256];
		struct text why;
		int got;

		text_init(&why, words, sizeof(words));
		got = own_line_parse(rule, line.words, &why);
		rule->line = ++number;
		if (got > 0 && own->count == OWN_RULES) {
			text_put(&why, "more than %d rules", OWN_RULES);
			text.len = 0;
		}
		if (why.len > 0)
			listener->report(listener->context, number, words);
		else if (got > 0 && ++own->count <= OWN_RULES)
			error = room_make(own, &room);
	}
	return error;
}

int own_read(struct own **own, const char *state,
	     void (*report)(void *context, unsigned line, const char *words),
	     void *context)
{
	const struct listener listener = { report, context };
	struct own *new = calloc(1, sizeof(*new));
	uint8_t *text = NULL;
	char path[4096];
	struct text words;
	size_t len = 0;
	int error = -ENOMEM;

	*own = NULL;
	text_init(&words, path, sizeof(path));
	text_put(&words, "%s/own.rules", state);
	if (new != NULL)
		error = words.cut ? -ENAMETOOLONG
				  : file_read(path, OWN_FILE, &text, &len);
	if (error == -ENOENT)
		error = 0;
	if (error == 0)
		error = rules_read(new, bytes_of(text, len), &listener);
	if (error == 0)
		error = table_build(new);
	free(text);
	if (error < 0) {
		own_free(new);
		return error;
	}
	*own = new;
	return 0;
}

void own_free(struct own *own)
{
	if (own == NULL)
		return;
	free(own->rules);
	free(own->order);
	free(own->slots);
	free(own);
}
