/*
 * Nothing on the way of a sunk or a cached answer allocates: malloc and its
 * kin are counted while a thousand of each are given.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../policy/plain.h"
#include "base/wheel.h"
#include "dns/answer.h"
#include "policy/build.h"
#include "query.h"
#include "upstream/carrier.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED
#endif

#ifndef SANITIZED

static bool counting;
static unsigned counted;

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *at, size_t size);

void *malloc(size_t size)
{
	counted += counting;
	return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	counted += counting;
	return __libc_calloc(count, size);
}

void *realloc(void *at, size_t size)
{
	counted += counting;
	return __libc_realloc(at, size);
}

/* --- a client that counts its answers --- */

static uint8_t room[CHANNEL_ROOM];
static unsigned answers, noerrors;

static uint8_t *give_room(struct channel *channel, size_t *size)
{
	(void)channel;
	*size = sizeof(room);
	return room;
}

static void count_answer(struct channel *channel, const struct peer *peer,
			 size_t len)
{
	(void)channel;
	(void)peer;
	answers++;
	noerrors += len > 16 && (room[3] & FLAG_RCODE) == RCODE_NOERROR &&
		    room[7] == 1;
}

static const struct channel_ops channel_ops = { 1, give_room, count_answer };
static struct channel channel = { &channel_ops };

/* --- a house with one list --- */

static char folder[] = "/tmp/homebound-allocation-XXXXXX";

static const char *in_folder(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static struct policy *make_policy(void)
{
	static const uint8_t inputs[32];
	struct house_list lists[] = { { "list", ACTION_SINK } };
	struct house model = {
		.sink = { .address4 = { 192, 0, 2, 1 }, .has4 = true },
		.lists = lists, .list_count = 1,
	};
	struct prefix everybody;
	struct image_list list = { .name = "list", .version = 1 };
	struct build *build = build_new();
	struct image *image;
	struct name name;

	prefix_parse(&everybody, "0.0.0.0/0");
	model.clients = &everybody;
	model.client_count = 1;
	name_parse(&name, bytes_of_string("upload.example"));
	build_list(build, &list);
	plain_rule(build, &name, true, 1);
	cr_assert_eq(plain_write(build, in_folder("image"), 1, inputs), 0);
	build_free(build);
	cr_assert_eq(image_open(&image, in_folder("image")), 0);
	return policy_new(image, house_new(&model));
}

static size_t write_query(uint8_t *at, const char *text)
{
	struct question question = { .type = TYPE_A, .class = CLASS_IN,
				     .rd = true };

	name_parse(&question.name, bytes_of_string(text));
	return answer_write_query(at, &question, 4711, 1232);
}

static void keep_answer(struct queries *queries)
{
	struct question question = { .type = TYPE_A, .class = CLASS_IN,
				     .rd = true };
	struct message message;
	struct answer answer = { .at = room, .limit = 512 };
	uint8_t query[512];
	size_t len = write_query(query, "www.example");

	name_parse(&question.name, bytes_of_string("www.example"));
	cr_assert_eq(message_read_query(&message, bytes_of(query, len)),
		     MESSAGE_QUERY);
	message.edns.present = false;
	answer_begin(&answer, &message, RCODE_NOERROR);
	answer_put_address(&answer, TYPE_A, bytes_of("\1\2\3\4", 4), 300);
	len = answer_finish(&answer, RCODE_NOERROR, 1232);
	cache_put(queries->cache, &question, clock_ms(queries->clock),
		  bytes_of(room, len));
}

static unsigned allocations_of(struct queries *queries, const char *name)
{
	struct peer peer = { .connection = 0 };
	uint8_t query[512];
	size_t len = write_query(query, name);
	unsigned i;

	address_parse(&peer.client, "127.0.0.1", 4711);
	answers = noerrors = counted = 0;
	counting = true;
	for (i = 0; i < 1000; i++)
		queries->receiver.arrive(&queries->receiver, &channel, &peer,
					 bytes_of(query, len));
	counting = false;
	cr_assert_eq(answers, 1000);
	cr_assert_eq(noerrors, 1000, "%s: not all were answered", name);
	return counted;
}

#endif

Test(query, sunk_and_cached_answers_allocate_nothing)
{
#ifdef SANITIZED
	cr_skip_test("a sanitizer has its own malloc");
#else
	struct cache_options cache = { .bytes = 1 << 20, .ttl_max = 86400,
				       .negative_ttl_max = 3600 };
	struct clock clock = { 0 };
	struct ring ring;
	struct queries queries = {
		.ring = &ring,
		.clock = &clock,
		.options = { .waiting = 16, .payload = 1232 },
	};

	cr_assert_neq(mkdtemp(folder), NULL);
	clock_update(&clock);
	queries.policy = make_policy();
	queries.cache = cache_new(&cache);
	cr_assert_eq(ring_open(&ring, in_folder("ring"), 4096), 0);
	cr_assert_eq(queries_init(&queries), 0);
	keep_answer(&queries);

	cr_expect_eq(allocations_of(&queries, "upload.example"), 0);
	cr_expect_eq(allocations_of(&queries, "www.example"), 0);
	cr_expect_eq(ring_head(&ring), 2000, "each has an entry");

	queries_release(&queries);
	cache_free(queries.cache);
	policy_free((struct policy *)queries.policy);
	ring_close(&ring);
	unlink(in_folder("ring"));
	unlink(in_folder("image"));
	rmdir(folder);
#endif
}
