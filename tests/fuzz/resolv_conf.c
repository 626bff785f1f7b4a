/* Files that other programs write: whatever is in them, only addresses. */
#include <stdlib.h>

#include "base/address.h"
#include "base/text.h"
#include "upstream/system.h"

enum { ROOM = 8 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was found can be printed and read back, and is there once. */
static void check(const struct address *servers, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		char buffer[ADDRESS_TEXT];
		struct address again;
		struct text text;

		text_init(&text, buffer, sizeof(buffer));
		address_print(&servers[i], 53, &text);
		if (text.cut || address_parse(&again, buffer, 53) < 0 ||
		    !address_equal(&again, &servers[i]))
			abort();
		for (unsigned j = 0; j < i; j++)
			if (address_equal(&servers[j], &servers[i]))
				abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct address servers[ROOM];
	unsigned count = system_parse(bytes_of(data, size), servers, ROOM);

	if (count > ROOM)
		abort();
	check(servers, count);
	return 0;
}
