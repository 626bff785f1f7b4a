/*
 * A ring file from a stranger's hand: refused, or read and written safely and
 * without a promise that is broken by what was in it.
 */
#include "base/ring.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/entry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char path[64];
static volatile uint8_t sink;	/* so that what is read is not left out */

static void remove_file(void)
{
	unlink(path);
}

static void write_file(const uint8_t *data, size_t size)
{
	FILE *stream;

	if (path[0] == '\0') {
		snprintf(path, sizeof(path), "/tmp/homebound-fuzz-ring-%d",
			 (int)getpid());
		atexit(remove_file);
	}
	stream = fopen(path, "w");
	if (stream == NULL || fwrite(data, 1, size, stream) != size)
		abort();
	fclose(stream);
}

static void expect(bool holds)
{
	if (!holds)
		abort();
}

/* A reader: all that was published, and the gap. */
static void read_all(struct ring *ring)
{
	for (uint64_t i = ring_tail(ring); i < ring_head(ring); i++) {
		const struct entry *entry = ring_slot(ring, i);

		sink = entry->kind;
		for (unsigned j = 0; j < entry->name_len; j++)
			sink = entry->name[j];
	}
	expect(ring_take_gap(ring).count <= ring_lost(ring));
	expect(ring_take_gap(ring).count == 0);
	ring_free_until(ring, ring_head(ring));
	expect(ring_tail(ring) == ring_head(ring));
}

/* A writer that goes on where the file says it was. */
static void write_some(struct ring *ring)
{
	uint64_t first, room = ring->mask + 1, lost = ring_lost(ring);

	for (uint64_t i = 0; i < 2 * room; i++) {
		if (ring_claim(ring, 1 + i % 2, i, &first)) {
			memset(ring_slot(ring, first), 0, sizeof(struct entry));
			ring_publish(ring, first, 1 + i % 2);
		}
		expect(ring_head(ring) - ring_tail(ring) <= room);
	}
	expect(ring_lost(ring) > lost);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ring ring;

	write_file(data, size);
	if (ring_open(&ring, path, 4) == 0) {
		write_some(&ring);
		ring_close(&ring);
		write_file(data, size);
		expect(ring_open_existing(&ring, path) == 0);
		read_all(&ring);
		ring_settle_gap(&ring, 1);
		ring_close(&ring);
	}
	return 0;
}
