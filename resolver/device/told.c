/*
 * A table of open places, half of it empty: the hash of a thing, never 0, and
 * the hash of the word.
 */
#include "device/told.h"

#include <stdlib.h>

#include "base/hash.h"

enum { PLACES = 2 * TOLD_ROOM };

struct told {
	struct hash_key key;
	unsigned count;
	struct {
		uint64_t what, word;
	} places[PLACES];
};

struct told *told_new(void)
{
	struct told *told = calloc(1, sizeof(*told));

	if (told != NULL)
		hash_key_draw(&told->key);
	return told;
}

void told_free(struct told *told)
{
	free(told);
}

void told_forget(struct told *told)
{
	told->count = 0;
	memset(told->places, 0, sizeof(told->places));
}

bool told_is_new(struct told *told, struct bytes what, struct bytes word)
{
	uint64_t thing = hash_bytes(&told->key, what.at, what.len) | 1;
	uint64_t said = hash_bytes(&told->key, word.at, word.len);
	uint64_t at;

	if (told->count == TOLD_ROOM)
		told_forget(told);
	for (at = thing >> 1; told->places[at % PLACES].what != 0; at++) {
		if (told->places[at % PLACES].what != thing)
			continue;
		if (told->places[at % PLACES].word == said)
			return false;
		told->places[at % PLACES].word = said;
		return true;
	}
	told->places[at % PLACES].what = thing;
	told->places[at % PLACES].word = said;
	told->count++;
	return true;
}
