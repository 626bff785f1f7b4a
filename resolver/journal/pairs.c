/*
 *	slots  [ . 3 . 1 . . 2 . ]	twice as many as there is room for
 *	at     [ pair | pair | pair | ]	in the order they came
 *	text   [ name\0name\0name\0 ]
 *
 * A slot is found by the keyed hash of the name and by who; the hash says
 * quickly that a pair is another one, its bytes that it is the same.
 */
#include "journal/pairs.h"

#include <errno.h>
#include <stdlib.h>

#include "dns/name.h"

int pairs_init(struct pairs *pairs, uint32_t room, size_t text_room)
{
	*pairs = (struct pairs){
		.at = malloc(room * sizeof(*pairs->at)),
		.slots = calloc(2 * (size_t)room, sizeof(*pairs->slots)),
		.text = malloc(text_room),
		.room = room,
		.mask = 2 * room - 1,
		.text_room = text_room,
	};
	hash_key_draw(&pairs->key);
	if (pairs->at && pairs->slots && pairs->text)
		return 0;
	pairs_release(pairs);
	return -ENOMEM;
}

void pairs_release(struct pairs *pairs)
{
	free(pairs->at);
	free(pairs->slots);
	free(pairs->text);
	*pairs = (struct pairs){ .count = 0 };
}

void pairs_clear(struct pairs *pairs)
{
	memset(pairs->slots, 0,
	       ((size_t)pairs->mask + 1) * sizeof(*pairs->slots));
	pairs->count = 0;
	pairs->used = 0;
}

/* A name on its way: in lower case, with its hash and its place. */
struct look {
	int64_t who;
	struct bytes name;
	uint32_t hash, slot;
	uint8_t lower[NAME_TEXT];
};

static inline bool is_it(const struct pair *pair, const struct look *look)
{
	return pair->hash == look->hash && pair->who == look->who &&
	       pair->len == look->name.len &&
	       memcmp(pair->name, look->name.at, look->name.len) == 0;
}

/* The pair, or NULL with the empty slot where it belongs. */
static inline struct pair *look_up(struct pairs *pairs, struct look *look,
				   struct bytes name)
{
	uint64_t mixed;

	if (name.len >= NAME_TEXT)
		name.len = NAME_TEXT - 1;
	name_lower_run(look->lower, name);
	look->name = bytes_of(look->lower, name.len);
	look->hash = pairs_hash(pairs, look->name);
	mixed = (look->hash ^ (uint64_t)look->who * 0x9e3779b97f4a7c15) *
		0xff51afd7ed558ccd;
	look->slot = (uint32_t)(mixed >> 32) & pairs->mask;
	while (pairs->slots[look->slot] != 0) {
		struct pair *pair = &pairs->at[pairs->slots[look->slot] - 1];

		if (is_it(pair, look))
			return pair;
		look->slot = (look->slot + 1) & pairs->mask;
	}
	return NULL;
}

struct pair *pairs_find(struct pairs *pairs, int64_t who, struct bytes name)
{
	struct look look;

	look.who = who;
	return look_up(pairs, &look, name);
}

static struct pair *put(struct pairs *pairs, const struct look *look)
{
	size_t len = look->name.len;
	char *text = pairs->text + pairs->used;
	struct pair *pair;

	if (pairs->count == pairs->room ||
	    pairs->text_room - pairs->used <= len)
		return NULL;
	pair = &pairs->at[pairs->count++];
	*pair = (struct pair){
		.who = look->who,
		.name = text,
		.hash = look->hash,
		.len = (uint16_t)len,
	};
	memcpy(text, look->name.at, len);
	text[len] = '\0';
	pairs->used += len + 1;
	pairs->slots[look->slot] = pairs->count;
	return pair;
}

struct pair *pairs_take(struct pairs *pairs, int64_t who, struct bytes name)
{
	struct look look;
	struct pair *pair;

	look.who = who;
	pair = look_up(pairs, &look, name);
	return pair != NULL ? pair : put(pairs, &look);
}

int pair_compare(const struct pair *one, const struct pair *other)
{
	size_t len = one->len < other->len ? one->len : other->len;
	int order;

	if (one->who != other->who)
		return one->who < other->who ? -1 : 1;
	order = memcmp(one->name, other->name, len);
	return order != 0 ? order : (int)one->len - (int)other->len;
}
