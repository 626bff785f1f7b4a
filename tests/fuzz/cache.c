/*
 * An upstream's answer with anything in it goes into the cache and comes out
 * again: not at all, or of the same length and not stale.
 *
 *	data: flags, qtype, then the message
 */
#include "cache/cache.h"

#include <stdlib.h>
#include <string.h>

#include "dns/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TTL_MAX = 1000 };

static void expect(bool holds)
{
	if (!holds)
		abort();
}

static struct cache *the_cache(void)
{
	static const struct cache_options options = {
		.bytes = 64 << 10, .ttl_max = TTL_MAX,
		.negative_ttl_max = TTL_MAX / 2
	};
	static struct cache *cache;

	if (cache == NULL)
		cache = cache_new(&options);
	expect(cache != NULL);
	return cache;
}

static void put_and_find(const struct question *question, struct bytes message)
{
	static uint8_t room[MESSAGE_MAX];
	struct cache_hit hit = { .at = room, .room = sizeof(room) };
	struct cache *cache = the_cache();
	static uint64_t now;

	now += 1000 * TTL_MAX;
	expect(!cache_find(cache, question, now, &hit));
	cache_put(cache, question, now, message);
	if (!cache_find(cache, question, now + 500, &hit))
		return;
	expect(hit.len == message.len);
	expect(memcmp(room, message.at, MESSAGE_HEADER) == 0);
	hit.room = hit.len - 1;
	expect(!cache_find(cache, question, now + 500, &hit));
	expect(!cache_find(cache, question, now + 1000 * TTL_MAX, &hit));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct question question = { .class = CLASS_IN };

	if (size < 3 || size > MESSAGE_MAX)
		return 0;
	question.rd = data[0] & 1;
	question.cd = data[0] & 2;
	question.dnssec_ok = data[0] & 4;
	question.type = bytes_get16(data + 1);
	if (name_parse(&question.name, bytes_of_string("example")) < 0)
		abort();
	put_and_find(&question, bytes_of(data + 3, size - 3));
	return 0;
}
