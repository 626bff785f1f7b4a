/*
 * By hand, so that an error there is seen, and so that the log cannot grow
 * without end while somebody reads all the time: then the readers are waited
 * for, briefly.
 *
 * A page that is in the log ten times goes into the database once, and SQLite
 * does not tell how many it were: so the page numbers are read from the log's
 * frames (https://sqlite.org/fileformat2.html#walformat).
 *
 *	[ header, 32 | frame header, 24 | page | frame header, 24 | page ...
 *
 * No lock of SQLite is on the log, so it may be opened and closed here.
 */
#include "journal/wal.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/log.h"
#include "journal/database.h"

enum { HEADER = 32, FRAME = 24 + DATABASE_PAGE };

/* A log that has fewer pages than were taken back has begun anew. */
static int note_pages(void *context, sqlite3 *db, const char *name, int pages)
{
	struct wal *wal = context;

	(void)db;
	(void)name;
	if (pages < wal->taken)
		wal->taken = 0;
	wal->pages = pages;
	return SQLITE_OK;
}

void wal_watch(struct wal *wal, sqlite3 *db)
{
	wal->pages = wal->tried = wal->taken = 0;
	sqlite3_wal_hook(db, note_pages, wal);
}

static int compare(const void *one, const void *other)
{
	uint32_t a = *(const uint32_t *)one, b = *(const uint32_t *)other;

	return (a > b) - (a < b);
}

static size_t read_numbers(int log, int from, uint32_t *numbers, size_t room)
{
	size_t count = 0;
	uint8_t raw[4];

	for (; count < room; count++) {
		off_t at = HEADER + ((off_t)from + (off_t)count) * FRAME;

		if (pread(log, raw, sizeof(raw), at) != sizeof(raw))
			break;
		numbers[count] = bytes_get32(raw);
	}
	return count;
}

static size_t count_different(uint32_t *numbers, size_t count)
{
	size_t different = count > 0;

	qsort(numbers, count, sizeof(*numbers), compare);
	for (size_t i = 1; i < count; i++)
		different += numbers[i] != numbers[i - 1];
	return different;
}

static int open_log(const char *path)
{
	char name[PATH_MAX];
	int len = snprintf(name, sizeof(name), "%s-wal", path);

	if (len < 0 || (size_t)len >= sizeof(name))
		return -1;
	return open(name, O_RDONLY | O_CLOEXEC);
}

/* Where they cannot be read, each page counts. */
static size_t count_pages(const char *path, int from, size_t room)
{
	uint32_t *numbers = malloc(room * sizeof(*numbers));
	int log = open_log(path);
	size_t count = 0;

	if (numbers != NULL && log >= 0)
		count = read_numbers(log, from, numbers, room);
	count = count == room ? count_different(numbers, count) : room;
	if (log >= 0)
		close(log);
	free(numbers);
	return count;
}

static void count_commit(struct wal *wal, sqlite3 *db)
{
	int pages = 0, unused;

	sqlite3_db_status(db, SQLITE_DBSTATUS_CACHE_WRITE, &pages, &unused, 1);
	wal->written += (uint64_t)pages * FRAME;
}

static void count_checkpoint(struct wal *wal, int back)
{
	int new = back - wal->taken;

	if (new <= 0)
		return;
	wal->written += count_pages(wal->path, wal->taken, (size_t)new) *
			DATABASE_PAGE;
	wal->taken = back;
}

/*
 * Usually one try is enough, and the next commit begins the log anew.  But
 * readers that come and go can keep a page of it in use all the time: then,
 * whenever it has grown by a quarter, they are waited for, briefly; new ones
 * read the database itself meanwhile.  An error here loses nothing: the rows
 * are in the log.
 */
void wal_take_back(struct wal *wal, sqlite3 *db)
{
	int how = SQLITE_CHECKPOINT_PASSIVE, back = 0, rc;

	count_commit(wal, db);
	if (wal->pages < DATABASE_WAL_PAGES) {
		wal->tried = 0;
		return;
	}
	if (wal->pages - wal->tried < wal->tried / 4)
		return;
	if (wal->tried > 0)
		how = SQLITE_CHECKPOINT_RESTART;
	wal->tried = wal->pages;
	rc = sqlite3_wal_checkpoint_v2(db, "main", how, NULL, &back);
	count_checkpoint(wal, back);
	if (rc != SQLITE_OK && rc != SQLITE_BUSY)
		log_debug("%s: its log cannot be taken back: %d", wal->path,
			  rc);
}
