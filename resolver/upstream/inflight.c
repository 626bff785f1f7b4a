/*
 *	by_question[hash]  -> flight -> flight          (same hash)
 *	by_id[lane ^ id]   -> attempt -> attempt
 *	lane->waiting     <-> attempt <-> attempt       (same lane)
 *
 * Names come from strangers, so the first table has a secret key.  Ids are
 * ours and random: the second needs no more than to tell lanes apart.
 */
#include "upstream/inflight.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The least power of two that is `least` or more. */
static uint64_t table_size(unsigned least)
{
	uint64_t size = 16;

	while (size < least)
		size *= 2;
	return size;
}

int inflight_init(struct inflight *inflight, unsigned flights)
{
	uint64_t size = table_size(flights);

	memset(inflight, 0, sizeof(*inflight));
	hash_key_draw(&inflight->key);
	inflight->size = flights;
	inflight->question_mask = size - 1;
	inflight->id_mask = 2 * size - 1;
	inflight->pool = calloc(flights, sizeof(*inflight->pool));
	inflight->by_question = calloc(size, sizeof(*inflight->by_question));
	inflight->by_id = calloc(2 * size, sizeof(*inflight->by_id));
	if (inflight->pool == NULL || inflight->by_question == NULL ||
	    inflight->by_id == NULL) {
		inflight_release(inflight);
		return -ENOMEM;
	}
	return 0;
}

void inflight_release(struct inflight *inflight)
{
	free(inflight->pool);
	free(inflight->by_question);
	free(inflight->by_id);
	memset(inflight, 0, sizeof(*inflight));
}

/* Types and flags of one name are spread by an odd factor. */
uint64_t inflight_hash(const struct inflight *inflight,
		       const struct question *question)
{
	const struct name *name = &question->name;
	uint64_t rest = (uint64_t)question->class << 19 |
			(uint64_t)question->type << 3 |
			(uint64_t)question->rd << 2 |
			(uint64_t)question->cd << 1 |
			(uint64_t)question->dnssec_ok;

	return hash_bytes(&inflight->key, name->wire, name->len) ^
	       rest * 0x9e3779b97f4a7c15;
}

static bool same_question(const struct question *one,
			  const struct question *other)
{
	return one->type == other->type && one->class == other->class &&
	       one->rd == other->rd && one->cd == other->cd &&
	       one->dnssec_ok == other->dnssec_ok &&
	       name_equal(&one->name, &other->name);
}

struct flight *inflight_find(const struct inflight *inflight,
			     const struct question *question, uint64_t hash)
{
	struct flight *flight;

	flight = inflight->by_question[hash & inflight->question_mask];
	while (flight != NULL && !(flight->hash == hash &&
				   same_question(&flight->question, question)))
		flight = flight->next;
	return flight;
}

static void name_copy(struct name *to, const struct name *from)
{
	to->len = from->len;
	to->labels = from->labels;
	memcpy(to->wire, from->wire, from->len);
	memcpy(to->label, from->label, from->labels);
}

/* Not as a whole: a name is short, and its room is 380 bytes. */
static void question_copy(struct question *to, const struct question *from)
{
	name_copy(&to->name, &from->name);
	to->type = from->type;
	to->class = from->class;
	to->rd = from->rd;
	to->cd = from->cd;
	to->dnssec_ok = from->dnssec_ok;
}

struct flight *inflight_take(struct inflight *inflight,
			     const struct question *question, uint64_t hash)
{
	struct flight *flight = inflight->free, **chain;

	if (flight != NULL)
		inflight->free = flight->next;
	else if (inflight->fresh < inflight->size)
		flight = &inflight->pool[inflight->fresh++];
	else
		return NULL;
	inflight->flying++;
	question_copy(&flight->question, question);
	flight->hash = hash;
	flight->waiters = NULL;
	flight->last = &flight->waiters;
	flight->current = NULL;
	flight->rcode = FLIGHT_NO_RCODE;
	flight->attempts = flight->out = 0;
	flight->failed = false;
	chain = &inflight->by_question[hash & inflight->question_mask];
	flight->next = *chain;
	*chain = flight;
	return flight;
}

void inflight_drop(struct inflight *inflight, struct flight *flight)
{
	struct flight **link;

	link = &inflight->by_question[flight->hash & inflight->question_mask];
	while (*link != flight)
		link = &(*link)->next;
	*link = flight->next;
	flight->waiters = NULL;
	flight->next = inflight->free;
	inflight->free = flight;
	inflight->flying--;
}

static struct attempt **id_chain(const struct inflight *inflight,
				 const struct lane *lane, uint16_t id)
{
	uint64_t way = (uint64_t)(uintptr_t)lane >> 4;

	way = (way * 0x9e3779b97f4a7c15) >> 32 ^ id;
	return &inflight->by_id[way & inflight->id_mask];
}

struct attempt *inflight_waits(const struct inflight *inflight,
			       const struct lane *lane, uint16_t id)
{
	struct attempt *attempt = *id_chain(inflight, lane, id);

	while (attempt != NULL && (attempt->lane != lane || attempt->id != id))
		attempt = attempt->next_id;
	return attempt;
}

void inflight_wait(struct inflight *inflight, struct attempt *attempt)
{
	struct lane *lane = attempt->lane;
	struct attempt **chain = id_chain(inflight, lane, attempt->id);

	attempt->next_id = *chain;
	*chain = attempt;
	attempt->prev = NULL;
	attempt->next = lane->waiting;
	if (lane->waiting != NULL)
		lane->waiting->prev = attempt;
	lane->waiting = attempt;
	attempt->flight->out++;
}

bool inflight_leave(struct inflight *inflight, struct attempt *attempt)
{
	struct lane *lane = attempt->lane;
	struct attempt **link = id_chain(inflight, lane, attempt->id);

	while (*link != attempt)
		link = &(*link)->next_id;
	*link = attempt->next_id;
	if (attempt->prev != NULL)
		attempt->prev->next = attempt->next;
	else
		lane->waiting = attempt->next;
	if (attempt->next != NULL)
		attempt->next->prev = attempt->prev;
	attempt->lane = NULL;
	attempt->flight->out--;
	return lane->waiting == NULL;
}
