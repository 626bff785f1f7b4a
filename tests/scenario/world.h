/*
 * world: all of homebound between a client's datagram and a server's, without
 * a socket and with a clock that stands until it is moved.
 *
 * The queries, policy, cache, upstream and ring are the real ones; the
 * channel to the clients and the carrier to the servers are played here.
 */
#ifndef SCENARIO_WORLD_H
#define SCENARIO_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/entry.h"
#include "policy/build.h"
#include "policy/house.h"

enum {
	WORLD_MESSAGES = 64, WORLD_SERVERS = 4, WORLD_LISTS = 16,
	WORLD_GROUPS = 4, WORLD_MEMBERS = 8,
};

struct lane;

/* A question on its way to a server, or an answer to a client. */
struct world_message {
	uint8_t at[65536];
	size_t len;
	struct lane *lane;	/* question */
	bool stream;
	unsigned server;	/* question: from 1 */
	char client[64];	/* answer */
};

/* Messages in the order they were sent. */
struct world_mail {
	struct world_message *messages[WORLD_MESSAGES];
	unsigned count;
};

struct world {
	struct house house;			/* the model of the next */
	struct house_list lists[WORLD_LISTS];
	struct prefix clients[8];
	struct house_group groups[WORLD_GROUPS];
	uint8_t actions[WORLD_GROUPS][WORLD_LISTS];
	struct house_member members[WORLD_MEMBERS];
	unsigned servers;
	struct build *build;
	unsigned serial;
	char folder[64];

	struct world_mail questions;		/* not answered yet */
	struct world_mail answers;		/* not looked at yet */
	struct world_parts *parts;
};

/* Nothing is running yet: the scenario sets house and lists up first. */
struct world *world_new(void);
void world_free(struct world *world);

/*
 * A list of this name and action, read in this format (subscribe/format.h);
 * world->build takes its rules then.
 */
void world_list(struct world *world, const char *name, int action,
		unsigned format);

/*
 * A group that has no list yet, after all lists were named; the first is made
 * with the one for everybody else, which has them all.
 */
struct house_group *world_group(struct world *world, const char *name);

/* The household's own rules from now on. */
void world_own(struct world *world, const char *text);

/* Makes the policy of what was set up, and the world on the first call. */
bool world_switch(struct world *world);

void world_query(struct world *world, const char *client, bool tcp,
		 struct bytes query);

/* Takes the question out of the mail: the server's answer arrives. */
void world_answer(struct world *world, unsigned question, uint8_t *at,
		  size_t len);

/* The server's machine says that nobody is there. */
void world_refuse(struct world *world, unsigned question);

void world_pass(struct world *world, uint64_t ms);

/* The next entry of the journal, and the alias behind it or NULL. */
const struct entry *world_entry(struct world *world,
				const struct entry **alias);

void world_mail_drop(struct world_mail *mail, unsigned number);

#endif
