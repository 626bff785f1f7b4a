/*
 * Entries from a ring of a process that is dead, or from nobody: whatever is
 * in them, each is a row or counted, the store does not fail, and what a
 * reader then gives can be printed.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/entry.h"
#include "base/ring.h"
#include "journal/reader.h"
#include "journal/writer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SLOTS = 32, DATABASE_MAX = 16 << 20 };

static char folder[64], database[96], ring_path[96];
static struct writer *writer;
static struct ring ring;

static void expect(bool holds)
{
	if (!holds)
		abort();
}

static void remove_files(void)
{
	static const char *const suffix[] = { "", "-wal", "-shm" };
	char path[128];

	for (unsigned i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s%s", database, suffix[i]);
		unlink(path);
	}
	unlink(ring_path);
	rmdir(folder);
}

static void open_all(void)
{
	struct writer_sqlite_options options = { .path = database,
						 .group = -1 };

	if (folder[0] == '\0') {
		snprintf(folder, sizeof(folder),
			 "%s/homebound-fuzz-entry-%d",
			 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp",
			 (int)getpid());
		snprintf(database, sizeof(database), "%s/db", folder);
		snprintf(ring_path, sizeof(ring_path), "%s/ring", folder);
		atexit(remove_files);
	}
	mkdir(folder, 0700);
	expect(ring_open(&ring, ring_path, SLOTS) == 0);
	expect(writer_sqlite(&writer, &options) == 0);
}

static struct writer_size measure(void)
{
	struct writer_size now;

	writer->ops->measure(writer, &now);
	return now;
}

static bool look(void *context, const struct reader_row *row)
{
	const char *texts[] = { row->name, row->alias, row->upstream };

	for (unsigned i = 0; i < 3; i++)
		for (const char *at = texts[i]; at != NULL && *at; at++)
			expect(*at >= ' ' && *at <= '~');
	++*(int64_t *)context;
	return true;
}

static void read_back(int64_t after, uint64_t rows)
{
	struct reader_filter filter = { .verdict = -1, .after = after };
	struct reader *reader;
	int64_t count = 0;

	expect(reader_open(&reader, database) == 0);
	expect(reader_rows(reader, &filter, look, &count) == (int64_t)rows);
	reader_close(reader);
}

static void start_over(void)
{
	writer->ops->close(writer);
	writer = NULL;
	ring_close(&ring);
	remove_files();
}

/* As many entries as there are bytes for; the last one may be cut. */
static unsigned fill(const uint8_t *data, size_t size)
{
	unsigned count = 0;
	uint64_t first;

	while (size > 0 && ring_claim(&ring, 1, 1, &first)) {
		struct entry *entry = ring_slot(&ring, first);
		size_t len = size < sizeof(*entry) ? size : sizeof(*entry);

		memset(entry, 0, sizeof(*entry));
		memcpy(entry, data, len);
		ring_publish(&ring, first, 1);
		data += len;
		size -= len;
		count++;
	}
	return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct writer_source source = { .ring = &ring };
	struct writer_size before, after;
	unsigned count;

	if (writer == NULL)
		open_all();
	before = measure();
	source.from = ring_tail(&ring);
	count = fill(data, size < SLOTS * sizeof(struct entry) ? size :
		     SLOTS * sizeof(struct entry));
	source.until = ring_head(&ring);
	expect(writer->ops->store(writer, &source, 1) == 0);
	ring_free_until(&ring, source.until);
	after = measure();
	expect(after.rows - before.rows + after.unreadable -
	       before.unreadable <= count);
	read_back(before.last_row, after.rows - before.rows);
	if (after.database > DATABASE_MAX)
		start_over();
	return 0;
}
