/*
 * What the tests of the journal share: a folder that is gone afterwards,
 * entries and rings; questions to the database are in ask.h.
 */
#ifndef TESTS_JOURNAL_FIXTURE_H
#define TESTS_JOURNAL_FIXTURE_H

#include <criterion/criterion.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/entry.h"
#include "base/error.h"
#include "base/log.h"
#include "base/ring.h"
#include "base/text.h"
#include "dns/name.h"
#include "journal/journal.h"
#include "journal/reader.h"
#include "journal/writer.h"
#include "policy/verdict.h"

#define UNUSED __attribute__((unused))

struct fixture {
	char folder[64];
	char database[128];
	char rings[128];
};

/* In memory where that is possible: a disk would be waited for, often. */
static UNUSED void fixture_make(struct fixture *fixture)
{
	strcpy(fixture->folder, "/dev/shm/journal-XXXXXX");
	if (mkdtemp(fixture->folder) == NULL) {
		strcpy(fixture->folder, "/tmp/journal-XXXXXX");
		cr_assert_not_null(mkdtemp(fixture->folder));
	}
	snprintf(fixture->database, sizeof(fixture->database),
		 "%s/journal.db", fixture->folder);
	snprintf(fixture->rings, sizeof(fixture->rings), "%s/rings",
		 fixture->folder);
	cr_assert_eq(mkdir(fixture->rings, 0750), 0);
}

static UNUSED int fixture_unlink(const char *path, const struct stat *status,
				 int kind, struct FTW *walk)
{
	(void)status, (void)kind, (void)walk;
	return remove(path);
}

static UNUSED void fixture_remove(const struct fixture *fixture)
{
	nftw(fixture->folder, fixture_unlink, 8, FTW_DEPTH | FTW_PHYS);
}

static UNUSED uint64_t fixture_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static UNUSED uint8_t fixture_name(uint8_t wire[ENTRY_NAME], const char *text)
{
	struct name name;

	cr_assert_eq(name_parse(&name, bytes_of_string(text)), 0);
	memcpy(wire, name.wire, name.len);
	return name.len;
}

/* A query that was answered from the cache. */
static UNUSED struct entry fixture_query(const char *name, uint64_t at)
{
	struct entry entry = {
		.wall = 1700000000000000 + at,
		.mono = 5000000000 + at,
		.duration = 100,
		.client = { .raw = { 192, 168, 0, 2 }, .port = 4000,
			    .len = 4 },
		.list = ENTRY_NO_LIST,
		.qtype = 1, .qclass = 1,
		.kind = ENTRY_QUERY,
		.transport = ENTRY_UDP,
		.verdict = VERDICT_PASS,
		.source = ENTRY_FROM_CACHE,
		.answered = 1,
	};

	entry.name_len = fixture_name(entry.name, name);
	return entry;
}

static UNUSED bool fixture_put(struct ring *ring, const struct entry *entry)
{
	uint64_t first;

	if (!ring_claim(ring, 1, entry->wall, &first))
		return false;
	*ring_slot(ring, first) = *entry;
	ring_publish(ring, first, 1);
	return true;
}

static UNUSED void fixture_ring(const struct fixture *fixture,
				struct ring *ring, unsigned number,
				uint32_t slots)
{
	char path[192];

	snprintf(path, sizeof(path), "%s/ring.%u", fixture->rings, number);
	cr_assert_eq(ring_open(ring, path, slots), 0);
}

static UNUSED struct writer *fixture_writer(const struct fixture *fixture)
{
	struct writer_sqlite_options options = {
		.path = fixture->database, .group = -1,
	};
	struct writer *writer;

	cr_assert_eq(writer_sqlite(&writer, &options), 0);
	return writer;
}

/* All that is in the ring, as a living worker's. */
static UNUSED int fixture_store(struct writer *writer, struct ring *ring)
{
	struct writer_source source = {
		.ring = ring, .from = ring_tail(ring),
		.until = ring_head(ring),
	};
	int error = writer->ops->store(writer, &source, 1);

	if (error == 0)
		ring_free_until(ring, source.until);
	return error;
}

#endif
