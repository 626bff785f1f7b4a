/*
 * fake: all servers, played by a test, behind the narrow door of carrier.h;
 * and around it an upstream whose clock and wheel the test moves.  No socket
 * is opened and nothing sleeps.
 *
 *	fake_init(&fake, &options)      two servers, "one" and "two": 0 and 1
 *	fake_ask(&fake, "a.example", TYPE_A, &ear)
 *	fake_sent(&fake, 0)             the first question that went out
 *	fake_answer(&fake, 0, rcode)    its answer arrives
 *	fake_pass(&fake, 400)           time passes, deadlines fire
 *	fake_release(&fake)
 *
 * Questions are kept in the order they were sent; each remembers its lane.
 */
#ifndef TESTS_UPSTREAM_FAKE_H
#define TESTS_UPSTREAM_FAKE_H

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "dns/message.h"
#include "upstream/carrier.h"
#include "upstream/upstream.h"

enum {
	FAKE_QUESTIONS = 4096,
	FAKE_LANES = 512,
	FAKE_SERVERS = 2,
	FAKE_START_MS = 1000000,
};

struct fake_lane {
	struct lane lane;	/* first */
	bool used;
};

struct fake_question {
	struct lane *lane;	/* NULL: nobody waits on it any more */
	unsigned server;
	bool stream;
	uint8_t at[CARRIER_ROOM];
	size_t len;
};

struct fake {
	struct carrier carrier;	/* first */
	struct upstream *upstream;
	struct wheel wheel;
	struct clock clock;
	struct fake_lane lanes[FAKE_LANES];
	struct lane *turn[UPSTREAM_SERVERS];
	struct fake_question *questions;
	unsigned count;
	unsigned streams;	/* how many more may be opened */
	int refuse[UPSTREAM_SERVERS];	/* what lane() says; 0: a lane */
	bool served[UPSTREAM_SERVERS];
	unsigned freed;
};

/* Who asks: what it was told, and how often. */
struct fake_ear {
	struct waiter waiter;	/* first */
	unsigned told;
	int error;
	unsigned rcode;
	bool first;
	size_t len;
	uint8_t at[4096];
	struct address from;
	void (*then)(struct fake_ear *ear);
	struct fake *fake;
};

static inline int fake_serve(struct carrier *carrier, unsigned server,
			     const struct address *address)
{
	struct fake *fake = (struct fake *)carrier;

	cr_assert(server < UPSTREAM_SERVERS);
	cr_assert_not(fake->served[server]);
	cr_assert_neq(address->family, 0);
	fake->served[server] = true;
	return 0;
}

static inline void fake_forget(struct carrier *carrier, unsigned server)
{
	struct fake *fake = (struct fake *)carrier;

	cr_assert(fake->served[server]);
	fake->served[server] = false;
	fake->turn[server] = NULL;
	for (unsigned i = 0; i < FAKE_LANES; i++)
		if (fake->lanes[i].used &&
		    fake->lanes[i].lane.server == server)
			cr_assert_null(fake->lanes[i].lane.waiting);
}

static inline struct lane *fake_lane(struct carrier *carrier, unsigned server,
				     bool stream, int *error)
{
	struct fake *fake = (struct fake *)carrier;
	struct fake_lane *lane = fake->lanes;

	cr_assert(fake->served[server]);
	if (!stream && fake->refuse[server] < 0) {
		*error = fake->refuse[server];
		return NULL;
	}
	if (!stream && fake->turn[server] != NULL)
		return fake->turn[server];
	if (stream && fake->streams == 0) {
		*error = ERROR_FULL;
		return NULL;
	}
	while (lane->used)
		lane++;
	cr_assert(lane < fake->lanes + FAKE_LANES);
	lane->used = true;
	lane->lane = (struct lane){ .server = server, .stream = stream };
	if (stream)
		fake->streams--;
	else
		fake->turn[server] = &lane->lane;
	return &lane->lane;
}

static inline uint8_t *fake_room(struct carrier *carrier, struct lane *lane)
{
	struct fake *fake = (struct fake *)carrier;

	(void)lane;
	cr_assert(fake->count < FAKE_QUESTIONS);
	return fake->questions[fake->count].at;
}

static inline void fake_send(struct carrier *carrier, struct lane *lane,
			     size_t len)
{
	struct fake *fake = (struct fake *)carrier;
	struct fake_question *question = &fake->questions[fake->count++];

	cr_assert(len > MESSAGE_HEADER && len <= CARRIER_ROOM);
	question->lane = lane;
	question->server = lane->server;
	question->stream = lane->stream;
	question->len = len;
}

/* A lane of UDP stays while its turn lasts; others are gone. */
static inline void fake_idle(struct carrier *carrier, struct lane *lane)
{
	struct fake *fake = (struct fake *)carrier;

	cr_assert_null(lane->waiting);
	for (unsigned i = 0; i < fake->count; i++)
		if (fake->questions[i].lane == lane)
			fake->questions[i].lane = NULL;
	if (fake->turn[lane->server] == lane)
		return;
	if (lane->stream)
		fake->streams++;
	((struct fake_lane *)lane)->used = false;
}

static inline void fake_flush(struct carrier *carrier)
{
	struct fake *fake = (struct fake *)carrier;

	for (unsigned i = 0; i < UPSTREAM_SERVERS; i++) {
		struct lane *lane = fake->turn[i];

		fake->turn[i] = NULL;
		if (lane != NULL && lane->waiting == NULL)
			((struct fake_lane *)lane)->used = false;
	}
}

static inline void fake_close(struct carrier *carrier)
{
	struct fake *fake = (struct fake *)carrier;

	for (unsigned i = 0; i < FAKE_LANES; i++)
		cr_assert_null(fake->lanes[i].lane.waiting);
}

static inline void fake_free(struct carrier *carrier)
{
	((struct fake *)carrier)->freed++;
}

static const struct carrier_ops fake_ops = {
	.serve = fake_serve,
	.forget = fake_forget,
	.lane = fake_lane,
	.room = fake_room,
	.send = fake_send,
	.idle = fake_idle,
	.flush = fake_flush,
	.close = fake_close,
	.free = fake_free,
};

static inline struct address fake_address(const char *text)
{
	struct address address;

	cr_assert_eq(address_parse(&address, text, 53), 0, "%s", text);
	return address;
}

static inline bool fake_is_from(const struct fake_ear *ear, const char *text)
{
	struct address address = fake_address(text);

	return address_equal(&ear->from, &address);
}

static inline void fake_init_alone(struct fake *fake,
				   const struct upstream_options *options)
{
	memset(fake, 0, sizeof(*fake));
	fake->carrier.ops = &fake_ops;
	fake->questions = calloc(FAKE_QUESTIONS, sizeof(*fake->questions));
	fake->streams = 4;
	fake->clock = (struct clock){
		.wall = 1700000000000000,
		.mono = FAKE_START_MS * UINT64_C(1000),
		.fixed = true,
	};
	wheel_init(&fake->wheel, clock_ms(&fake->clock));
	fake->upstream = upstream_new_with(options, &fake->carrier,
					   &fake->wheel, &fake->clock);
	cr_assert_not_null(fake->upstream);
}

static inline void fake_init(struct fake *fake,
			     const struct upstream_options *options)
{
	struct address servers[FAKE_SERVERS];

	fake_init_alone(fake, options);
	servers[0] = fake_address("192.0.2.1");
	servers[1] = fake_address("192.0.2.2");
	cr_assert_eq(upstream_serve(fake->upstream, servers, FAKE_SERVERS), 0);
}

static inline void fake_release(struct fake *fake)
{
	upstream_close(fake->upstream);
	cr_assert_eq(upstream_flying(fake->upstream), 0);
	cr_assert_eq(fake->wheel.running, 0);
	upstream_free(fake->upstream);
	cr_assert_eq(fake->freed, 1);
	free(fake->questions);
}

static inline void fake_told(struct waiter *waiter, struct reply *reply)
{
	struct fake_ear *ear = (struct fake_ear *)waiter;

	ear->told++;
	ear->error = reply->error;
	ear->first = reply->first;
	ear->len = reply->len;
	ear->from = (struct address){ .family = 0 };
	if (reply->from != NULL)
		ear->from = *reply->from;
	if (reply->error == 0) {
		cr_assert(reply->len <= sizeof(ear->at));
		memcpy(ear->at, reply->at, reply->len);
		ear->rcode = bytes_get16(ear->at + 2) & FLAG_RCODE;
		memset(reply->at, 0xdb, reply->len);
	}
	if (ear->then != NULL)
		ear->then(ear);
}

static inline struct question fake_question(const char *name, uint16_t type)
{
	struct question question = { .type = type, .class = CLASS_IN,
				     .rd = true };

	cr_assert_eq(name_parse(&question.name, bytes_of_string(name)), 0);
	return question;
}

static inline int fake_ask(struct fake *fake, const char *name, uint16_t type,
			   struct fake_ear *ear)
{
	struct question question = fake_question(name, type);

	ear->waiter.answer = fake_told;
	ear->fake = fake;
	return upstream_ask(fake->upstream, &question, &ear->waiter);
}

static inline struct fake_question *fake_sent(struct fake *fake, unsigned n)
{
	cr_assert(n < fake->count, "question %u of %u", n, fake->count);
	return &fake->questions[n];
}

static inline size_t fake_question_end(const struct fake_question *question)
{
	int end = name_skip(bytes_of(question->at, question->len),
			    MESSAGE_HEADER);

	cr_assert(end > 0);
	return (size_t)end + 4;
}

static inline bool fake_has_edns(const struct fake_question *question)
{
	return bytes_get16(question->at + 10) == 1;
}

/*
 * Writes the answer to a question: one A record for NOERROR, an OPT where the
 * question had one and `opt` says so.  Its length; room for 1024.
 */
static inline size_t fake_write(const struct fake_question *question,
				unsigned flags, bool opt, uint8_t *at)
{
	static const uint8_t record[] = {
		0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 198, 51, 100, 1,
	};
	static const uint8_t edns[] = { 0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0 };
	size_t len = fake_question_end(question);

	memcpy(at, question->at, len);
	bytes_put16(at + 2, (uint16_t)(FLAG_QR | FLAG_RD | FLAG_RA | flags));
	memset(at + 6, 0, 6);
	if ((flags & (FLAG_RCODE | FLAG_TC)) == 0) {
		memcpy(at + len, record, sizeof(record));
		len += sizeof(record);
		at[7] = 1;
	}
	if (opt && fake_has_edns(question)) {
		memcpy(at + len, edns, sizeof(edns));
		len += sizeof(edns);
		at[11] = 1;
	}
	return len;
}

/* Any bytes by the lane of question `n`; false: its lane is gone. */
static inline bool fake_bring(struct fake *fake, unsigned n, uint8_t *at,
			      size_t len)
{
	struct lane *lane = fake_sent(fake, n)->lane;

	if (lane == NULL)
		return false;
	fake->carrier.owner->arrived(fake->carrier.owner, lane, at, len);
	upstream_flush(fake->upstream);
	return true;
}

static inline bool fake_answer(struct fake *fake, unsigned n, unsigned flags)
{
	uint8_t at[1024];
	size_t len = fake_write(fake_sent(fake, n), flags, true, at);

	return fake_bring(fake, n, at, len);
}

static inline bool fake_fail(struct fake *fake, unsigned n, int error)
{
	struct lane *lane = fake_sent(fake, n)->lane;

	if (lane == NULL)
		return false;
	fake->carrier.owner->failed(fake->carrier.owner, lane, error);
	upstream_flush(fake->upstream);
	return true;
}

/* In steps of a tick, as the worker turns its wheel. */
static inline void fake_pass(struct fake *fake, unsigned ms)
{
	while (ms > 0) {
		unsigned step = ms < WHEEL_TICK ? ms : WHEEL_TICK;

		fake->clock.mono += step * UINT64_C(1000);
		fake->clock.wall += step * UINT64_C(1000);
		ms -= step;
		wheel_turn(&fake->wheel, clock_ms(&fake->clock));
		upstream_flush(fake->upstream);
	}
}

static inline struct upstream_row fake_row(struct fake *fake, unsigned n)
{
	struct upstream_row rows[UPSTREAM_SERVERS];
	unsigned count = upstream_rows(fake->upstream, rows, UPSTREAM_SERVERS);

	cr_assert(n < count);
	return rows[n];
}

#endif
