/*
 * What is remembered of a list, any bytes: all of it or nothing, and within
 * its bounds.
 */
#include <stdlib.h>
#include <string.h>

#include "subscribe/memory.h"
#include "subscribe/source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_parts(const struct memory *memory)
{
	for (unsigned i = 0; i < memory->count; i++) {
		const struct memory_part *part = &memory->parts[i];

		if (strlen(part->where) == 0 ||
		    strlen(part->where) >= SOURCE_WHERE ||
		    !memchr(part->etag, '\0', sizeof(part->etag)) ||
		    !memchr(part->modified, '\0', sizeof(part->modified)) ||
		    !memchr(part->stamp, '\0', sizeof(part->stamp)))
			abort();
	}
}

/* Whatever was read, there is a time when it is due. */
static void check_times(const struct memory *memory)
{
	static const uint32_t refreshes[] = { 0, 1, 86400, UINT32_MAX };

	for (unsigned i = 0; i < sizeof(refreshes) / sizeof(*refreshes); i++) {
		int64_t next = memory_next(memory, refreshes[i]);

		if (next < 0 ||
		    !memory_due(memory, (uint64_t)next, refreshes[i]))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct memory memory = { 0 };
	int error = memory_parse(&memory, bytes_of(data, size));

	if (error < 0 && (memory.parts || memory.count || memory.tried))
		abort();
	if (memory.count > SOURCE_PARTS ||
	    !memchr(memory.trouble, '\0', sizeof(memory.trouble)))
		abort();
	check_parts(&memory);
	check_times(&memory);
	memory_release(&memory);
	return 0;
}
