/*
 * checksum: XXH64 with seed 0 (the xxHash specification, version 0.1.1).
 *
 * It notices what disks and cut-off copies do to a file; it is no defence
 * against somebody who means it.
 */
#ifndef POLICY_CHECKSUM_H
#define POLICY_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

struct checksum {
	uint64_t lane[4];
	uint64_t total;		/* bytes taken in */
	uint8_t rest[32];	/* the total % 32 that wait for company */
};

void checksum_init(struct checksum *sum);
void checksum_add(struct checksum *sum, const void *at, size_t len);

/* Of all that was added so far; more can be added afterwards. */
uint64_t checksum_value(const struct checksum *sum);

#endif
