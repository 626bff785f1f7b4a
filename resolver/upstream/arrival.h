/*
 * arrival: what came back by a lane, and whether it is an answer.
 *
 * The two functions of struct carrier_owner.  Only for upstream.c.
 */
#ifndef UPSTREAM_ARRIVAL_H
#define UPSTREAM_ARRIVAL_H

#include <stddef.h>
#include <stdint.h>

struct carrier_owner;
struct lane;

void arrival_take(struct carrier_owner *owner, struct lane *lane, uint8_t *at,
		  size_t len);
void arrival_fail(struct carrier_owner *owner, struct lane *lane, int error);

#endif
