/*
 * query_state: what the two halves of a query's life share: query.c, the way
 * it goes, and query_policy.c, what policy says on that way.
 */
#ifndef QUERY_STATE_H
#define QUERY_STATE_H

#include "base/entry.h"
#include "dns/answer.h"
#include "dns/message.h"
#include "query.h"

struct query {
	struct waiter waiter;		/* first: a waiter is its query */
	struct query *next;		/* in the list of free slots */
	struct queries *queries;
	struct channel *channel;
	struct peer peer;
	uint64_t wall, mono;		/* when it arrived */
	struct verdict verdict;
	uint8_t source;			/* enum entry_source */
	bool has_alias;			/* judged through `alias` */
	bool follows;	/* a rule's alias: message.question asks for it now */
	uint16_t group;			/* of the client */
	struct entry_address upstream;	/* who answered */
	struct message message;
	/* Not taken along into a slot: */
	struct name alias;
	uint8_t wire[NAME_MAX_WIRE + 4];	/* a slot's own question */
};

/* --- query.c --- */

/* The one place where a query ends; `answer` NULL: nothing is sent. */
void query_reply(struct query *query, struct answer *answer, unsigned rcode);

/*
 * Room for an answer, limited to what this client takes by this transport.
 * Returns how much room there really is.
 */
size_t query_open_answer(struct query *query, struct answer *answer);

/* An error of our own making. */
void query_fail(struct query *query, unsigned rcode, int ede,
		const char *words);

/* From the cache, or else from upstream. */
void query_recall(struct query *query);

/* --- query_policy.c --- */

/* May this client ask, and what does policy say of the name? */
void query_judge(struct query *query);

/* A verdict that answers does so. */
void query_sink(struct query *query);

/* Nothing in an answer changes what was decided of the name itself. */
bool query_is_settled(const struct query *query);

/*
 * Does policy mind what is in an answer?  True: the query is sunk.  The
 * message may become shorter.
 */
bool query_inspect(struct query *query, uint8_t *message, size_t *len);

/* Must answers be looked at that have no alias? */
bool query_minds(const struct query *query);

/* An answer for the name that a rule led to; it lies in the answer's room. */
void query_append(struct query *query, struct answer *answer, size_t len);

#endif
