/*
 * house: what the household decided and a compile is not needed for: what
 * each list does and in which order, the sink, who may ask, whom we ask.
 *
 * Made by the main thread, immutable afterwards, swapped as a whole.
 */
#ifndef POLICY_HOUSE_H
#define POLICY_HOUSE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"
#include "policy/image.h"

struct house_list {
	char name[IMAGE_LIST_NAME];
	uint8_t action;			/* enum action */
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
	struct prefix *clients;		/* who may ask */
	unsigned client_count;
	struct address *upstreams;	/* whom we ask, with ports */
	unsigned upstream_count;
};

/* A copy on the heap that owns all it points to; NULL: no memory. */
struct house *house_new(const struct house *model);
void house_free(struct house *house);

bool house_admits(const struct house *house, const struct address *client);

#endif
