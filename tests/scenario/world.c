/*
 * world: all of homebound between a client's datagram and a server's.
 */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../policy/plain.h"
#include "base/address.h"
#include "base/ring.h"
#include "base/text.h"
#include "base/wheel.h"
#include "policy/matcher.h"
#include "policy/own.h"
#include "query.h"
#include "subscribe/format.h"
#include "upstream/carrier.h"

/* A lane for each question, so that an id is a question. */
struct world_carrier {
	struct carrier carrier;
	struct world *world;
	unsigned number[UPSTREAM_SERVERS];	/* what the scenario calls it */
	uint8_t room[CARRIER_ROOM];
};

struct world_channel {
	struct channel channel;
	struct world *world;
	uint8_t room[65535];
};

struct world_parts {
	struct world_carrier *carrier;
	struct world_channel udp, tcp;
	struct queries queries;
	struct policy *policy;
	struct clock clock;
	struct wheel wheel;
	struct ring ring;
	uint64_t read;			/* entries of the ring */
};

static struct world_message *mail_add(struct world_mail *mail,
				      const uint8_t *at, size_t len)
{
	struct world_message *message = calloc(1, sizeof(*message));

	if (!message || mail->count == WORLD_MESSAGES)
		abort();
	memcpy(message->at, at, len);
	message->len = len;
	mail->messages[mail->count++] = message;
	return message;
}

void world_mail_drop(struct world_mail *mail, unsigned number)
{
	free(mail->messages[number]);
	mail->count--;
	memmove(&mail->messages[number], &mail->messages[number + 1],
		(mail->count - number) * sizeof(mail->messages[0]));
}

/* --- the servers --- */

static int play_serve(struct carrier *carrier, unsigned server,
		      const struct address *address)
{
	struct world_carrier *play = (struct world_carrier *)carrier;

	play->number[server] = address_port(address);
	return 0;
}

static void play_forget(struct carrier *carrier, unsigned server)
{
	(void)carrier;
	(void)server;
}

static struct lane *play_lane(struct carrier *carrier, unsigned server,
			      bool stream, int *error)
{
	struct lane *lane = calloc(1, sizeof(*lane));

	(void)carrier;
	(void)error;
	if (!lane)
		abort();
	lane->server = server;
	lane->stream = stream;
	return lane;
}

static uint8_t *play_room(struct carrier *carrier, struct lane *lane)
{
	(void)lane;
	return ((struct world_carrier *)carrier)->room;
}

static void play_send(struct carrier *carrier, struct lane *lane, size_t len)
{
	struct world_carrier *play = (struct world_carrier *)carrier;
	struct world_message *question =
		mail_add(&play->world->questions, play->room, len);

	question->lane = lane;
	question->stream = lane->stream;
	question->server = play->number[lane->server];
}

/* Nobody waits on it: questions that went by it will not be answered. */
static void play_idle(struct carrier *carrier, struct lane *lane)
{
	struct world_carrier *play = (struct world_carrier *)carrier;
	struct world_mail *mail = &play->world->questions;
	unsigned i;

	for (i = 0; i < mail->count; i++)
		if (mail->messages[i]->lane == lane)
			mail->messages[i]->lane = NULL;
	free(lane);
}

static void play_nothing(struct carrier *carrier)
{
	(void)carrier;
}

static const struct carrier_ops play_ops = {
	.serve = play_serve,
	.forget = play_forget,
	.lane = play_lane,
	.room = play_room,
	.send = play_send,
	.idle = play_idle,
	.flush = play_nothing,
	.close = play_nothing,
	.free = play_nothing,
};

void world_answer(struct world *world, unsigned number, uint8_t *at,
		  size_t len)
{
	struct carrier *carrier = &world->parts->carrier->carrier;
	struct lane *lane = world->questions.messages[number]->lane;

	world_mail_drop(&world->questions, number);
	if (lane)
		carrier->owner->arrived(carrier->owner, lane, at, len);
	upstream_flush(world->parts->queries.upstream);
}

void world_refuse(struct world *world, unsigned number)
{
	struct carrier *carrier = &world->parts->carrier->carrier;
	struct lane *lane = world->questions.messages[number]->lane;

	world_mail_drop(&world->questions, number);
	if (lane)
		carrier->owner->failed(carrier->owner, lane, -111);
	upstream_flush(world->parts->queries.upstream);
}

/* --- the clients --- */

static uint8_t *channel_room(struct channel *channel, size_t *size)
{
	*size = channel->ops->transport == ENTRY_TCP ? 65535 : CHANNEL_ROOM;
	return ((struct world_channel *)channel)->room;
}

static void channel_send(struct channel *channel, const struct peer *peer,
			 size_t len)
{
	struct world_channel *play = (struct world_channel *)channel;
	struct world_message *answer;
	struct text text;

	if (len == 0)
		return;
	answer = mail_add(&play->world->answers, play->room, len);
	text_init(&text, answer->client, sizeof(answer->client));
	address_print(&peer->client, 0, &text);
}

static const struct channel_ops udp_ops = { ENTRY_UDP, channel_room,
					    channel_send };
static const struct channel_ops tcp_ops = { ENTRY_TCP, channel_room,
					    channel_send };

void world_query(struct world *world, const char *client, bool tcp,
		 struct bytes query)
{
	struct world_parts *parts = world->parts;
	struct receiver *receiver = &parts->queries.receiver;
	struct peer peer = { .connection = 0 };

	if (address_parse(&peer.client, client, 0))
		abort();
	receiver->arrive(receiver, tcp ? &parts->tcp.channel
				       : &parts->udp.channel, &peer,
			 query);
	upstream_flush(parts->queries.upstream);
}

/* --- time, journal --- */

void world_pass(struct world *world, uint64_t ms)
{
	struct world_parts *parts = world->parts;

	while (ms > 0) {
		uint64_t step = ms < WHEEL_TICK ? ms : WHEEL_TICK;

		parts->clock.wall += step * 1000;
		parts->clock.mono += step * 1000;
		wheel_turn(&parts->wheel, clock_ms(&parts->clock));
		upstream_flush(parts->queries.upstream);
		ms -= step;
	}
}

const struct entry *world_entry(struct world *world,
				const struct entry **alias)
{
	struct world_parts *parts = world->parts;
	uint64_t head = ring_head(&parts->ring);
	const struct entry *entry;

	*alias = NULL;
	if (parts->read == head)
		return NULL;
	entry = ring_slot(&parts->ring, parts->read++);
	if (parts->read < head) {
		*alias = ring_slot(&parts->ring, parts->read);
		if ((*alias)->kind == ENTRY_ALIAS)
			parts->read++;
		else
			*alias = NULL;
	}
	return entry;
}

/* --- policy --- */

void world_list(struct world *world, const char *name, int action,
		unsigned format)
{
	struct house_list *list = &world->lists[world->house.list_count++];
	struct image_list image = { .version = 1 };

	snprintf(list->name, sizeof(list->name), "%s", name);
	list->action = (uint8_t)action;
	memcpy(image.name, list->name, sizeof(image.name));
	if (format_is_nearest(format))
		image.flags = IMAGE_LIST_NEAREST;
	if (format == LIST_FORMAT_RPZ)
		image.flags |= IMAGE_LIST_ZONE;
	if (!world->build)
		world->build = build_new();
	build_list(world->build, &image);
}

static struct house_group *add_group(struct world *world, const char *name)
{
	struct house *house = &world->house;
	struct house_group *group = &world->groups[house->group_count];

	if (house->group_count == WORLD_GROUPS)
		abort();
	group->actions = world->actions[house->group_count++];
	snprintf(group->name, sizeof(group->name), "%s", name);
	memset(group->actions, 0, WORLD_LISTS);
	return group;
}

struct house_group *world_group(struct world *world, const char *name)
{
	struct house *house = &world->house;

	if (house->group_count == 0) {
		struct house_group *rest = add_group(world, "default");

		for (unsigned i = 0; i < house->list_count; i++)
			rest->actions[i] = world->lists[i].action;
	}
	return add_group(world, name);
}

void world_own(struct world *world, const char *text)
{
	char path[96];
	FILE *file;

	snprintf(path, sizeof(path), "%s/own.rules", world->folder);
	file = fopen(path, "w");
	if (!file)
		abort();
	fputs(text, file);
	fclose(file);
}

static void report_own(void *context, unsigned line, const char *words)
{
	(void)context;
	printf("own.rules:%u: %s\n", line, words);
}

static struct policy *make_policy(struct world *world)
{
	static const uint8_t inputs[32];
	struct address servers[WORLD_SERVERS];
	struct house *house;
	struct image *image = NULL;
	char path[96];
	unsigned i;

	/* A server's port is its number. */
	for (i = 0; i < world->servers; i++)
		address_parse(&servers[i], "192.0.2.53", (uint16_t)(i + 1));
	world->house.upstreams = servers;
	world->house.upstream_count = world->servers;
	world->house.lists = world->lists;
	world->house.clients = world->clients;
	world->house.groups = world->groups;
	world->house.members = world->members;
	if (own_read(&world->house.own, world->folder, report_own, NULL) < 0)
		return NULL;
	house = house_new(&world->house);
	snprintf(path, sizeof(path), "%s/image", world->folder);
	if (world->build &&
	    (plain_write(world->build, path, ++world->serial, inputs) ||
	     image_open(&image, path)))
		return NULL;
	if (world->build)
		build_free(world->build);
	world->build = NULL;
	return house ? policy_new(image, house) : NULL;
}

static bool make_parts(struct world *world, struct policy *policy)
{
	struct upstream_options options = {
		.flights = 64, .sockets = 4, .streams = 4,
		.deadline_ms = 5000, .payload = 1232,
	};
	struct cache_options cache = {
		.bytes = 1 << 20, .ttl_max = 86400, .negative_ttl_max = 3600,
	};
	struct world_parts *parts = calloc(1, sizeof(*parts));
	struct queries *queries = &parts->queries;
	char path[96];

	world->parts = parts;
	parts->clock = (struct clock){ 1700000000000000, 1000000000, true };
	wheel_init(&parts->wheel, clock_ms(&parts->clock));
	parts->carrier = calloc(1, sizeof(*parts->carrier));
	parts->carrier->carrier.ops = &play_ops;
	parts->carrier->world = world;
	parts->udp = (struct world_channel){ { &udp_ops }, world, "" };
	parts->tcp = (struct world_channel){ { &tcp_ops }, world, "" };
	snprintf(path, sizeof(path), "%s/ring", world->folder);
	if (ring_open(&parts->ring, path, 256))
		return false;
	queries->policy = policy;
	queries->cache = cache_new(&cache);
	queries->upstream = upstream_new_with(&options,
					      &parts->carrier->carrier,
					      &parts->wheel, &parts->clock);
	queries->ring = &parts->ring;
	queries->scratch = matcher_scratch_new();
	queries->clock = &parts->clock;
	queries->options = (struct query_options){ .waiting = 32,
						   .payload = 1232 };
	return queries->upstream && queries_init(queries) == 0;
}

bool world_switch(struct world *world)
{
	struct policy *policy = make_policy(world);
	const struct house *house;

	if (!policy || (!world->parts && !make_parts(world, policy)))
		return false;
	if (world->parts->policy)
		policy_free(world->parts->policy);
	world->parts->policy = policy;
	world->parts->queries.policy = policy;
	world->house.list_count = 0;
	world->house.group_count = world->house.member_count = 0;
	house = policy_house(policy);
	return upstream_serve(world->parts->queries.upstream,
			      house->upstreams, house->upstream_count) == 0;
}

/* --- its life --- */

struct world *world_new(void)
{
	struct world *world = calloc(1, sizeof(*world));

	if (!world)
		abort();
	snprintf(world->folder, sizeof(world->folder),
		 "/tmp/homebound-scenario-XXXXXX");
	if (!mkdtemp(world->folder))
		abort();
	return world;
}

static void remove_file(const struct world *world, const char *name)
{
	char path[96];

	snprintf(path, sizeof(path), "%s/%s", world->folder, name);
	unlink(path);
}

static void free_parts(struct world *world)
{
	struct world_parts *parts = world->parts;

	upstream_close(parts->queries.upstream);
	upstream_free(parts->queries.upstream);
	queries_release(&parts->queries);
	matcher_scratch_free(parts->queries.scratch);
	cache_free(parts->queries.cache);
	policy_free(parts->policy);
	ring_close(&parts->ring);
	free(parts->carrier);
	free(parts);
}

void world_free(struct world *world)
{
	if (world->parts)
		free_parts(world);
	if (world->build)
		build_free(world->build);
	while (world->questions.count)
		world_mail_drop(&world->questions, 0);
	while (world->answers.count)
		world_mail_drop(&world->answers, 0);
	remove_file(world, "ring");
	remove_file(world, "image");
	remove_file(world, "own.rules");
	rmdir(world->folder);
	free(world);
}
