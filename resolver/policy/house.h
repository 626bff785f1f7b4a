/*
 * house: what the household decided and a compile is not needed for: what
 * each list does for whom, the household's own rules, the sink, who may ask,
 * whom we ask.
 *
 * Made by the main thread, immutable afterwards, swapped as a whole.  What
 * depends on the time of the week is decided when it is made: it is made
 * anew when that changes.
 */
#ifndef POLICY_HOUSE_H
#define POLICY_HOUSE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"
#include "policy/image.h"

enum { HOUSE_GROUPS = 256, HOUSE_GROUP_NAME = 64 };

struct own;

struct house_list {
	char name[IMAGE_LIST_NAME];
	uint8_t action;			/* enum action; of the first group */
};

/* Clients that share lists; the first is for all that are in no other. */
struct house_group {
	char name[HOUSE_GROUP_NAME];
	uint8_t *actions;		/* of each list; ACTION_NONE: off */
};

struct house_member {
	struct prefix prefix;
	uint16_t group;
};

struct house_sink {
	uint8_t address4[4];
	uint8_t address6[16];
	bool has4, has6;
	uint32_t ttl;			/* seconds, of every sunk answer */
};

struct house {
	struct house_sink sink;
	struct house_list *lists;	/* in the order of the configuration */
	unsigned list_count;
	struct house_group *groups;	/* none: one, as the lists say */
	unsigned group_count;
	struct house_member *members;
	unsigned member_count;
	struct prefix *clients;		/* who may ask */
	unsigned client_count;
	struct address *upstreams;	/* whom we ask, with ports */
	unsigned upstream_count;
	struct own *own;		/* or NULL */
};

/*
 * A copy on the heap that owns all it points to; `own` is taken over.  NULL:
 * no memory, and `own` still the caller's.
 */
struct house *house_new(const struct house *model);
void house_free(struct house *house);

bool house_admits(const struct house *house, const struct address *client);

/* The group of a client: the longest prefix that holds it; 0 for none. */
unsigned house_group_of(const struct house *house,
			const struct address *client);

#endif
