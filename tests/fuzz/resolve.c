/*
 * An answer from whoever sits between us and an upstream: addresses of the
 * right family come out of it, and not too many.
 */
#include <stdlib.h>

#include "dns/message.h"
#include "subscribe/resolve.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct bytes answer, uint16_t type, int family)
{
	struct question question = { .type = type, .class = CLASS_IN };
	struct resolved found = { .count = 0 };

	if (name_parse(&question.name, bytes_of_string("list.test")) < 0)
		abort();
	resolve_read(&found, answer, &question);
	if (found.count > RESOLVE_ROOM)
		abort();
	for (unsigned i = 0; i < found.count; i++)
		if (found.at[i].family != family)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check(bytes_of(data, size), TYPE_A, AF_INET);
	check(bytes_of(data, size), TYPE_AAAA, AF_INET6);
	return 0;
}
