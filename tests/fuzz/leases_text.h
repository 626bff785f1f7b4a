/*
 * What holds for each reader of leases: whatever the bytes are, what is found
 * are addresses of devices with plain names, and nothing was written to.
 */
#ifndef TESTS_FUZZ_LEASES_TEXT_H
#define TESTS_FUZZ_LEASES_TEXT_H

#include <stdlib.h>

#include "device/found.h"

enum { LEASES_NOW = 1790000000 };

static inline void leases_must(bool holds)
{
	if (!holds)
		abort();
}

static inline bool leases_check(void *context, const struct found *found)
{
	struct founds *founds = context;
	char name[FOUND_NAME];

	leases_must(found->address.family == AF_INET ||
		    found->address.family == AF_INET6);
	leases_must(!address_is_loopback(&found->address) &&
		    !address_is_wildcard(&found->address));
	leases_must(founds_find(founds, &found->address) == found);
	leases_must(found->name[0] == '\0' ||
		    found_name(bytes_of_string(found->name), name));
	return true;
}

static inline int leases_try(const uint8_t *data, size_t size,
			     void (*take)(struct bytes text, int64_t now,
					  struct founds *founds))
{
	struct founds *founds = founds_new();

	leases_must(founds != NULL);
	take(bytes_of(data, size), LEASES_NOW, founds);
	founds_each(founds, leases_check, founds);
	founds_free(founds);
	return 0;
}

#endif
