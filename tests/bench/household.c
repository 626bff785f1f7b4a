/*
 * Streams of questions, each with a queue of what it is about to ask: one for
 * what people do at a device, and one for each beacon.  The stream with the
 * earliest question is next.
 *
 * Nothing is drawn with functions of libm, whose last bits differ between
 * machines: exponential gaps come from comparisons alone (von Neumann 1951), a
 * normal one is a sum of uniform ones, and exp is a power.
 */
#include "household.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/entry.h"
#include "policy/verdict.h"

enum {
	NAMES = 12000, SHARED = 600, RANKS = 4000, LABELS = 80,
	DEVICES = HOUSEHOLD_DEVICES, BEACONS = 8, STREAMS = 64,
	LOOKUPS = 24, TYPES = 3, QUEUE = LOOKUPS * TYPES,
	NEW_IN_100000 = 370, IMAGE_ROWS = 250000,
};

enum { A = 1, AAAA = 28, HTTPS = 65 };

#define SECOND UINT64_C(1000000)
#define HOUR (3600 * SECOND)

enum habit { PEOPLE, EVENING, ALWAYS };

/* What people do in each hour of the day (UTC). */
static const uint8_t habits[][24] = {
	[PEOPLE] = { 10, 5, 4, 4, 4, 6, 15, 35, 50, 55, 55, 60,
		     65, 60, 55, 55, 60, 70, 85, 95, 100, 90, 60, 25 },
	[EVENING] = { 0, 0, 0, 0, 0, 0, 0, 5, 5, 5, 5, 10,
		      20, 15, 15, 20, 40, 60, 90, 100, 100, 90, 60, 0 },
	[ALWAYS] = { 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10,
		     10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10 },
};

/* Of each device: rows a day from people, names it asks, and its beacons. */
static const struct kind {
	uint16_t names;
	uint8_t burst;		/* look-ups at once, on average */
	uint8_t types;		/* A, AAAA, HTTPS: the first so many */
	uint8_t beacons;
	uint8_t habit;
	uint32_t rows;
	uint32_t period;	/* of the first beacon, seconds */
} kinds[DEVICES] = {
	{ 4000, 12, 3, 2, PEOPLE, 64000, 300 },
	{ 4000, 12, 3, 2, PEOPLE, 48000, 240 },
	{ 3000, 10, 2, 1, PEOPLE, 31000, 300 },
	{ 1500, 6, 3, 1, PEOPLE, 19000, 180 },
	{ 1500, 6, 3, 1, PEOPLE, 18000, 180 },
	{ 1500, 5, 3, 1, PEOPLE, 16000, 180 },
	{ 1200, 5, 2, 1, PEOPLE, 14000, 240 },
	{ 1200, 5, 2, 1, PEOPLE, 11000, 240 },
	{ 1000, 6, 3, 0, PEOPLE, 10000, 0 },
	{ 250, 4, 2, 2, PEOPLE, 14000, 60 },
	{ 250, 4, 2, 0, EVENING, 12000, 0 },
	{ 150, 4, 2, 1, EVENING, 7000, 120 },
	{ 150, 3, 1, 1, PEOPLE, 5000, 120 },
	{ 150, 1, 1, 2, ALWAYS, 200, 30 },
	{ 150, 1, 2, 1, ALWAYS, 100, 60 },
	{ 150, 1, 2, 3, ALWAYS, 100, 120 },
	{ 150, 1, 1, 8, ALWAYS, 100, 300 },
	{ 150, 1, 2, 2, ALWAYS, 100, 60 },
	{ 150, 1, 1, 4, ALWAYS, 100, 60 },
	{ 150, 1, 2, 5, ALWAYS, 100, 900 },
};

static const uint16_t types[TYPES] = { A, AAAA, HTTPS };

struct question {
	uint64_t time;
	uint32_t name;		/* >= NAMES: a new one */
	uint8_t type;		/* of `types` */
};

struct stream {
	struct question queue[QUEUE];
	unsigned at, count;	/* the next, and the end */
	unsigned device;
	uint64_t period;	/* 0: people */
	uint64_t now;		/* when it asked last, or was to */
	uint32_t beacon;	/* its name */
	bool six;		/* asks from its IPv6 address */
};

struct household_trace {
	uint64_t random;
	int64_t number;
	uint32_t new_names;
	unsigned streams;
	struct stream stream[STREAMS];
	double weight[RANKS + 1];	/* of the first n ranks */
	uint64_t expires[NAMES * TYPES];
	char name[LABELS];
};

static uint64_t mix(uint64_t word)
{
	word = (word ^ word >> 30) * 0xbf58476d1ce4e5b9u;
	word = (word ^ word >> 27) * 0x94d049bb133111ebu;
	return word ^ word >> 31;
}

static uint64_t draw(struct household_trace *trace)
{
	trace->random += 0x9e3779b97f4a7c15u;
	return mix(trace->random);
}

static uint64_t below(struct household_trace *trace, uint64_t limit)
{
	return draw(trace) % limit;
}

/* From 0 to 1. */
static double uniform(struct household_trace *trace)
{
	return (double)(draw(trace) >> 11) / 9007199254740992.0;
}

/* With a mean of 1: runs of falling numbers, of which an odd one counts. */
static double exponential(struct household_trace *trace)
{
	for (double whole = 0;; whole++) {
		double first = uniform(trace), last = first, next;
		unsigned run = 1;

		while ((next = uniform(trace)) < last) {
			last = next;
			run++;
		}
		if (run % 2)
			return whole + first;
	}
}

/* exp of a normal one with the deviation `sigma` around 0. */
static double log_normal(struct household_trace *trace, double sigma)
{
	double sum = -6, power;

	for (unsigned i = 0; i < 12; i++)
		sum += uniform(trace);
	power = 1 + sum * sigma / 1024;
	for (unsigned i = 0; i < 10; i++)
		power *= power;
	return power;
}

/* --- names --- */

static const char *const tops[] = {
	"com", "com", "com", "net", "org", "io", "de", "co.uk", "tv", "app",
};
static const char *const hosts[] = {
	"www", "api", "cdn", "img", "static", "telemetry", "events", "login",
	"assets", "push", "metrics", "update", "time", "edge", "media", "m",
};

static unsigned put_word(char *out, uint64_t random, unsigned syllables)
{
	static const char first[] = "bcdfghklmnprstvw", next[] = "aeiouaei";
	unsigned len = 0;

	for (unsigned i = 0; i < syllables; i++, random /= 128) {
		out[len++] = first[random % 16];
		out[len++] = next[random / 16 % 8];
	}
	out[len] = '\0';
	return len;
}

static void put_domain(char *out, uint32_t domain)
{
	uint64_t random = mix(domain + 1);
	unsigned len = put_word(out, random >> 8, 2 + domain % 3);

	snprintf(out + len, LABELS / 2 - len, ".%s", tops[random % 10]);
}

static void put_name(char *out, uint32_t name)
{
	uint64_t random = mix(name + UINT64_C(0x100000000));
	char domain[LABELS / 2];

	put_domain(domain, name < NAMES ? name / 8 : name);
	if (name >= NAMES && name % 3)
		snprintf(out, LABELS, "r%u---sn-%08x%04x.cdn%u.example.net",
			 (unsigned)(random % 20), (unsigned)(random >> 32),
			 (unsigned)(random >> 8 & 0xffff),
			 (unsigned)(random % 4));
	else if (name % 8 == 0)
		snprintf(out, LABELS, "%s", domain);
	else if (name % 8 < 4)
		snprintf(out, LABELS, "%s.%s", hosts[random % 16], domain);
	else
		snprintf(out, LABELS, "%s-%u.%s", hosts[random % 16],
			 (unsigned)(random >> 8) % 100, domain);
}

/* The n-th that a device likes best; what is sunk is sunk for everybody. */
static uint32_t name_of(unsigned device, unsigned rank)
{
	uint64_t random = mix((uint64_t)device << 32 | rank / 10);
	uint32_t ten = rank / 10;

	if (random % 10 >= 4 || ten >= SHARED / 10)
		ten = SHARED / 10 +
		      (uint32_t)(random >> 8) % ((NAMES - SHARED) / 10);
	return ten * 10 + rank % 10;
}

static unsigned draw_rank(struct household_trace *trace, unsigned ranks)
{
	double point = uniform(trace) * trace->weight[ranks];
	unsigned low = 0, high = ranks;

	while (high - low > 1) {
		unsigned middle = (low + high) / 2;

		if (trace->weight[middle] <= point)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static uint32_t draw_name(struct household_trace *trace, unsigned device)
{
	if (below(trace, 100000) < NEW_IN_100000)
		return NAMES + trace->new_names++;
	return name_of(device, draw_rank(trace, kinds[device].names));
}

/* --- questions --- */

/* When the next thing happens whose rate a day is `rate`. */
static uint64_t after(struct household_trace *trace, uint64_t now,
		      enum habit habit, double rate)
{
	double need = exponential(trace), sum = 0;

	for (unsigned i = 0; i < 24; i++)
		sum += habits[habit][i];
	for (;;) {
		double weight = habits[habit][now / HOUR % 24];
		double speed = rate * weight / sum / (double)HOUR;
		uint64_t left = HOUR - now % HOUR;

		if (need < speed * (double)left)
			return now + (uint64_t)(need / speed);
		need -= speed * (double)left;
		now += left;
	}
}

/* Sorted by time; those of before are nearly always earlier. */
static void put_question(struct stream *stream, struct question question)
{
	unsigned at = stream->count++;

	for (; at > 0 && stream->queue[at - 1].time > question.time; at--)
		stream->queue[at] = stream->queue[at - 1];
	stream->queue[at] = question;
}

static void look_up(struct household_trace *trace, struct stream *stream,
		    uint64_t time, uint32_t name)
{
	for (uint8_t i = 0; i < kinds[stream->device].types; i++) {
		put_question(stream, (struct question){ time, name, i });
		time += 30 + below(trace, 170);
	}
}

static void fill(struct household_trace *trace, struct stream *stream)
{
	const struct kind *kind = &kinds[stream->device];
	uint64_t time, jitter = stream->period / 20;
	unsigned lookups;

	if (!stream->period && stream->count > 0)
		stream->now = stream->queue[stream->count - 1].time;
	stream->at = stream->count = 0;
	if (stream->period) {
		stream->now += stream->period;
		time = stream->now + below(trace, jitter) - jitter / 2;
		look_up(trace, stream, time, stream->beacon);
		return;
	}
	stream->now = time =
		after(trace, stream->now, kind->habit,
		      kind->rows / (double)(kind->burst * kind->types));
	stream->six = stream->device % 3 == 1 && below(trace, 10) < 3;
	lookups = kind->burst / 2 +
		  (unsigned)below(trace, kind->burst + 1);
	for (unsigned i = 0; i < lookups + (kind->burst == 1); i++) {
		look_up(trace, stream, time,
			draw_name(trace, stream->device));
		time += (uint64_t)(exponential(trace) * 40000);
	}
}

static struct stream *earliest(struct household_trace *trace)
{
	struct stream *found = NULL;

	for (unsigned i = 0; i < trace->streams; i++) {
		struct stream *stream = &trace->stream[i];

		while (stream->at == stream->count)
			fill(trace, stream);
		if (found == NULL || stream->queue[stream->at].time <
					     found->queue[found->at].time)
			found = stream;
	}
	return found;
}

/* --- answers --- */

static void put_client(struct row *row, const struct stream *stream)
{
	static const uint8_t four[4] = { 192, 168, 1, 20 };
	static const uint8_t six[16] = {
		0x20, 0x01, 0x0d, 0xb8, 0, 0x17, 0, 0, 0x5a, 0x31,
	};
	uint8_t device = (uint8_t)stream->device;

	row->client_len = stream->six ? 16 : 4;
	memcpy(row->client, stream->six ? six : four, row->client_len);
	row->client[row->client_len - 1] =
		(uint8_t)(row->client[row->client_len - 1] + device);
}

static void sink(struct household_trace *trace, struct row *row, uint32_t name)
{
	uint64_t random = mix(name);

	row->verdict = VERDICT_SINK;
	row->action = random % 3 ? ACTION_NULL : ACTION_NXDOMAIN;
	row->rcode = row->action == ACTION_NXDOMAIN ? 3 : 0;
	row->source = ENTRY_FROM_POLICY;
	row->list = (uint16_t)(random / 3 % 3);
	row->line = (uint32_t)(random >> 16) % 120000 + 1;
	row->duration = 12 + (uint32_t)(exponential(trace) * 9);
	row->ttl = 60;
}

static uint32_t first_ttl(struct household_trace *trace, uint32_t name)
{
	static const uint16_t ttls[] = {
		60, 300, 600, 3600, 600, 1800, 3600, 300, 7200, 60, 3600, 300,
	};
	uint32_t ttl = ttls[mix(name) / 7 % 12];

	if (below(trace, 10) < 4)
		return ttl;
	return 1 + (uint32_t)below(trace, ttl);
}

static void forward(struct household_trace *trace, struct row *row,
		    uint32_t name)
{
	double median = 14000;

	row->source = ENTRY_FROM_UPSTREAM;
	row->upstream = 1;
	if (below(trace, 10) < 2) {
		row->upstream = 2;
		median = 32000;
	}
	row->duration = (uint32_t)(median * log_normal(trace, 0.5));
	if (below(trace, 200) == 0)
		row->duration += 1000000 + (uint32_t)below(trace, 1000000);
	row->ttl = first_ttl(trace, name);
	if (below(trace, 2000) == 0) {
		row->rcode = 2;
		row->ttl = 0;
	}
}

static void answer(struct household_trace *trace, struct row *row,
		   const struct question *question)
{
	uint64_t fresh = 0, *expires = &fresh;

	if (question->name < NAMES)
		expires = &trace->expires[question->name * TYPES +
					      question->type];
	row->rcode = mix(question->name) / 5 % 33 == 0 ? 3 : 0;
	if (question->name % 10 == 3) {
		sink(trace, row, question->name);
	} else if (question->time < *expires) {
		row->source = ENTRY_FROM_CACHE;
		row->duration = 18 + (uint32_t)(exponential(trace) * 14);
		row->ttl = (uint32_t)((*expires - question->time + SECOND - 1)
				      / SECOND);
	} else {
		forward(trace, row, question->name);
		*expires = question->time + row->duration +
			   row->ttl * SECOND;
	}
}

void household_trace_next(struct household_trace *trace, struct row *row)
{
	struct stream *stream = earliest(trace);
	const struct question *question = &stream->queue[stream->at++];

	put_name(trace->name, question->name);
	*row = (struct row){
		.number = ++trace->number, .time = question->time,
		.name = bytes_of_string(trace->name),
		.transport = ENTRY_UDP, .answered = true, .class = 1,
		.type = types[question->type], .list = ROW_NO_LIST,
		.image = (uint32_t)(trace->number / IMAGE_ROWS) + 1,
	};
	if (below(trace, 1000) == 0)
		row->transport = ENTRY_TCP;
	put_client(row, stream);
	answer(trace, row, question);
}

static void put_stream(struct household_trace *trace, unsigned device,
		       uint64_t start, unsigned beacon)
{
	struct stream *stream = &trace->stream[trace->streams++];

	stream->device = device;
	stream->now = start;
	if (beacon == 0)
		return;
	stream->period = kinds[device].period * SECOND * (beacon + 2) / 3;
	stream->beacon = name_of(device, beacon - 1);
	stream->now += below(trace, stream->period);
}

struct household_trace *household_trace_new(uint64_t seed, uint64_t start)
{
	struct household_trace *trace = calloc(1, sizeof(*trace));

	if (trace == NULL)
		return NULL;
	trace->random = mix(seed + 1);
	for (unsigned i = 0; i < RANKS; i++)
		trace->weight[i + 1] = trace->weight[i] +
					   1 / (double)(i + 1);
	for (unsigned device = 0; device < DEVICES; device++)
		for (unsigned i = 0; i <= kinds[device].beacons; i++)
			put_stream(trace, device, start, i);
	return trace;
}

void household_trace_free(struct household_trace *trace)
{
	free(trace);
}
