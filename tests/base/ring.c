#include "base/ring.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/entry.h"
#include "base/error.h"

enum {
	SLOTS = 8,
	FILE_SIZE = 384 + SLOTS * 384,

	/* Where things lie in the file. */
	AT_VERSION = 8, AT_ENTRY_SIZE = 12, AT_SLOTS = 16,
	AT_HEAD = 128, AT_LOST = 136, AT_SETTLED = 144, AT_CLOSER = 152,
	AT_CLOSER_SETTLED = 160, AT_TAIL = 256,
};

static char folder[] = "/tmp/homebound-ring-XXXXXX";
static char path[sizeof(folder) + 8];
static struct ring ring;

static void make_ring(void)
{
	cr_assert_not_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/ring", folder);
	cr_assert_eq(ring_open(&ring, path, SLOTS), 0);
}

static void remove_ring(void)
{
	char command[64];

	ring_close(&ring);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	cr_assert_eq(system(command), 0);
}

TestSuite(ring, .init = make_ring, .fini = remove_ring);

/* Claims, fills in and publishes; the wall says which one it is. */
static bool put(uint64_t wall, unsigned count)
{
	uint64_t first;

	if (!ring_claim(&ring, count, wall, &first))
		return false;
	for (unsigned i = 0; i < count; i++) {
		struct entry *entry = ring_slot(&ring, first + i);

		memset(entry, 0, sizeof(*entry));
		entry->kind = i == 0 ? ENTRY_QUERY : ENTRY_ALIAS;
		entry->wall = wall;
	}
	ring_publish(&ring, first, count);
	return true;
}

static void assert_gap(const struct entry *entry, uint64_t since,
		       uint64_t until, uint32_t count)
{
	cr_assert_eq(entry->kind, ENTRY_GAP);
	cr_assert_eq(entry->since, since);
	cr_assert_eq(entry->wall, until);
	cr_assert_eq(entry->count, count);
	cr_assert_eq(entry->list, ENTRY_NO_LIST);
	cr_assert_eq(entry->name_len, 0);
}

static void poke(off_t at, uint64_t value, size_t size)
{
	int fd = open(path, O_WRONLY);

	cr_assert_eq(pwrite(fd, &value, size, at), (ssize_t)size);
	close(fd);
}

Test(ring, a_new_one_is_empty_and_whole)
{
	struct stat status;

	cr_assert_eq(stat(path, &status), 0);
	cr_assert_eq(status.st_mode & 07777, 0600);
	cr_assert_eq(status.st_size, FILE_SIZE);
	cr_assert(status.st_blocks * 512 >= FILE_SIZE);
	cr_assert_eq(ring_head(&ring), 0);
	cr_assert_eq(ring_tail(&ring), 0);
	cr_assert_eq(ring_lost(&ring), 0);
	cr_assert_eq(ring_take_gap(&ring).count, 0);
	cr_assert_not(ring_settle_gap(&ring, 1));
	cr_assert_eq((uintptr_t)ring.slots % 64, 0);
}

Test(ring, each_has_an_identity_that_stays)
{
	struct ring other;
	uint8_t identity[16];
	char *other_path;

	memcpy(identity, ring_identity(&ring), sizeof(identity));
	ring_close(&ring);
	cr_assert_eq(ring_open(&ring, path, SLOTS), 0);
	cr_assert_eq(memcmp(identity, ring_identity(&ring), 16), 0);
	cr_assert(asprintf(&other_path, "%s2", path) > 0);
	cr_assert_eq(ring_open(&other, other_path, SLOTS), 0);
	cr_assert_neq(memcmp(identity, ring_identity(&other), 16), 0);
	ring_close(&other);
	free(other_path);
}

Test(ring, what_is_claimed_is_not_seen_before_it_is_published)
{
	uint64_t first;

	cr_assert(ring_claim(&ring, 2, 1, &first));
	cr_assert_eq(first, 0);
	cr_assert_eq(ring_head(&ring), 0);
	ring_publish(&ring, first, 2);
	cr_assert_eq(ring_head(&ring), 2);
}

Test(ring, gap_is_counted_when_full)
{
	for (uint64_t i = 0; i < SLOTS; i++)
		cr_assert(put(i, 1));
	cr_assert_not(put(100, 1));
	cr_assert_not(put(101, 2));
	cr_assert_not(put(102, 1));
	cr_assert_eq(ring_lost(&ring), 3);
	cr_assert_eq(ring_head(&ring), SLOTS);
	cr_assert_not(ring_settle_gap(&ring, 103));

	ring_free_until(&ring, 2);
	cr_assert(put(104, 1));
	cr_assert_eq(ring_head(&ring), SLOTS + 2);
	assert_gap(ring_slot(&ring, SLOTS), 100, 102, 3);
	cr_assert_eq(ring_slot(&ring, SLOTS + 1)->wall, 104);
	cr_assert_eq(ring_lost(&ring), 3);
	ring_free_until(&ring, 3);
	cr_assert(put(105, 1));
	cr_assert_eq(ring_take_gap(&ring).count, 0);
}

Test(ring, a_gap_and_what_closes_it_need_room_together)
{
	for (uint64_t i = 0; i < SLOTS; i++)
		cr_assert(put(i, 1));
	cr_assert_not(put(100, 1));
	ring_free_until(&ring, 1);
	cr_assert_not(put(101, 1));
	ring_free_until(&ring, 2);
	cr_assert_not(put(102, 2));
	ring_free_until(&ring, 3);
	cr_assert(put(103, 2));
	assert_gap(ring_slot(&ring, SLOTS), 100, 102, 3);
}

Test(ring, two_do_not_fit_where_one_is_free)
{
	for (uint64_t i = 0; i < SLOTS - 1; i++)
		cr_assert(put(i, 1));
	cr_assert_not(put(100, 2));
	cr_assert_eq(ring_lost(&ring), 1);
	cr_assert_eq(ring_head(&ring), SLOTS - 1);
}

Test(ring, an_idle_writer_can_settle_its_gap)
{
	for (uint64_t i = 0; i < SLOTS; i++)
		cr_assert(put(i, 1));
	cr_assert_not(put(100, 1));
	ring_free_until(&ring, SLOTS);
	cr_assert(ring_settle_gap(&ring, 200));
	cr_assert_not(ring_settle_gap(&ring, 201));
	assert_gap(ring_slot(&ring, SLOTS), 100, 100, 1);
	cr_assert(put(202, 1));
	cr_assert_eq(ring_head(&ring), SLOTS + 2);
}

Test(ring, a_gap_does_not_end_in_the_future)
{
	for (uint64_t i = 0; i < SLOTS; i++)
		cr_assert(put(i, 1));
	cr_assert_not(put(100, 1));
	ring_free_until(&ring, SLOTS);
	cr_assert(ring_settle_gap(&ring, 50));
	assert_gap(ring_slot(&ring, SLOTS), 50, 50, 1);
}

Test(ring, an_open_gap_outlives_the_writer)
{
	struct ring_gap gap;

	for (uint64_t i = 0; i < SLOTS; i++)
		cr_assert(put(i, 1));
	cr_assert_not(put(100, 1));
	cr_assert_not(put(101, 1));
	ring_close(&ring);
	cr_assert_eq(ring_open_existing(&ring, path), 0);
	gap = ring_take_gap(&ring);
	cr_assert_eq(gap.since, 100);
	cr_assert_eq(gap.until, 101);
	cr_assert_eq(gap.count, 2);
	cr_assert_eq(ring_take_gap(&ring).count, 0);
	cr_assert_eq(ring_lost(&ring), 2);

	cr_assert_not(put(102, 1));
	ring_free_until(&ring, SLOTS);
	cr_assert(put(103, 1));
	assert_gap(ring_slot(&ring, SLOTS), 102, 102, 1);
}

Test(ring, a_gap_too_large_for_an_entry_makes_two)
{
	ring_close(&ring);
	poke(AT_LOST, UINT64_C(0x100000004), 8);
	cr_assert_eq(ring_open(&ring, path, SLOTS), 0);
	cr_assert(put(9, 1));
	assert_gap(ring_slot(&ring, 0), 0, 0, UINT32_MAX);
	cr_assert(put(10, 1));
	assert_gap(ring_slot(&ring, 2), 0, 0, 5);
	cr_assert(put(11, 1));
	cr_assert_eq(ring_head(&ring), 5);
}

Test(ring, what_is_freed_is_checked)
{
	put(1, 2);
	ring_free_until(&ring, 3);
	cr_assert_eq(ring_tail(&ring), 0);
	ring_free_until(&ring, 2);
	cr_assert_eq(ring_tail(&ring), 2);
	ring_free_until(&ring, 1);
	cr_assert_eq(ring_tail(&ring), 2);
}

Test(ring, a_whole_one_is_opened_as_it_is)
{
	put(7, 1);
	ring_close(&ring);
	cr_assert_eq(ring_open(&ring, path, 4 * SLOTS), 0);
	cr_assert_eq(ring.mask, SLOTS - 1);
	cr_assert_eq(ring_slot(&ring, 0)->wall, 7);
	cr_assert_eq(ring_head(&ring), 1);
}

Test(ring, what_a_kill_left_half_made_is_no_hindrance)
{
	char *half;
	FILE *stream;

	ring_close(&ring);
	cr_assert_eq(unlink(path), 0);
	cr_assert(asprintf(&half, "%s.new", path) > 0);
	stream = fopen(half, "w");
	fputs("half", stream);
	fclose(stream);
	cr_assert_eq(ring_open_existing(&ring, path), ERROR_ABSENT);
	cr_assert_eq(ring_open(&ring, path, SLOTS), 0);
	cr_assert_neq(access(half, F_OK), 0);
	free(half);
}

Test(ring, sizes_that_cannot_be)
{
	static const uint32_t sizes[] = { 0, 1, 2, 3, 5, 100, 1u << 25 };

	ring_close(&ring);
	cr_assert_eq(unlink(path), 0);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		cr_assert_eq(ring_open(&ring, path, sizes[i]), -EINVAL, "%u",
			     sizes[i]);
	cr_assert_neq(access(path, F_OK), 0);
}

Test(ring, no_room_for_the_file_is_an_error_at_once)
{
	struct rlimit limit = { FILE_SIZE - 1, RLIM_INFINITY };

	ring_close(&ring);
	cr_assert_eq(unlink(path), 0);
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &limit);
	cr_assert_eq(ring_open(&ring, path, SLOTS), -EFBIG);
	limit.rlim_cur = RLIM_INFINITY;
	setrlimit(RLIMIT_FSIZE, &limit);
	cr_assert_eq(rmdir(folder), 0);
	cr_assert_eq(mkdir(folder, 0700), 0);
}

Test(ring, holes_are_filled_when_it_is_opened)
{
	struct stat status;
	int fd;

	ring_close(&ring);
	fd = open(path, O_WRONLY);
	cr_assert_eq(ftruncate(fd, 384), 0);
	cr_assert_eq(ftruncate(fd, 384 + 1024 * 384), 0);
	close(fd);
	poke(AT_SLOTS, 1024, 8);
	cr_assert_eq(stat(path, &status), 0);
	cr_assert(status.st_blocks * 512 < status.st_size);
	cr_assert_eq(ring_open_existing(&ring, path), 0);
	cr_assert_eq(stat(path, &status), 0);
	cr_assert(status.st_blocks * 512 >= status.st_size);
}

Test(ring, what_does_not_add_up_is_refused)
{
	static const struct {
		const char *what;
		off_t at;
		uint64_t value;
		size_t size;
		int error;
	} rows[] = {
		{ "other kind", 0, 0x7f, 1, ERROR_FOREIGN },
		{ "other version", AT_VERSION, 2, 4, ERROR_FOREIGN },
		{ "other entries", AT_ENTRY_SIZE, 376, 4, ERROR_FOREIGN },
		{ "fewer slots", AT_SLOTS, SLOTS / 2, 8, ERROR_DAMAGED },
		{ "more slots", AT_SLOTS, SLOTS * 2, 8, ERROR_DAMAGED },
		{ "no slots", AT_SLOTS, 0, 8, ERROR_DAMAGED },
		{ "odd slots", AT_SLOTS, 7, 8, ERROR_DAMAGED },
		{ "huge slots", AT_SLOTS, UINT64_MAX, 8, ERROR_DAMAGED },
		{ "too full", AT_HEAD, SLOTS + 1, 8, ERROR_DAMAGED },
		{ "tail before head", AT_TAIL, 2, 8, ERROR_DAMAGED },
		{ "at its end", AT_HEAD, UINT64_MAX, 8, ERROR_DAMAGED },
		{ "settled too much", AT_SETTLED, 1, 8, ERROR_DAMAGED },
		{ "to settle too much", AT_CLOSER_SETTLED, 1, 8,
		  ERROR_DAMAGED },
		{ "closed by the future", AT_CLOSER, 2, 8, ERROR_DAMAGED },
	};
	uint64_t before;

	put(1, 1);
	ring_close(&ring);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int fd = open(path, O_RDONLY);

		cr_assert_eq(pread(fd, &before, 8, rows[i].at), 8);
		close(fd);
		poke(rows[i].at, rows[i].value, rows[i].size);
		cr_assert_eq(ring_open_existing(&ring, path), rows[i].error,
			     "%s", rows[i].what);
		cr_assert_eq(ring_open(&ring, path, SLOTS), rows[i].error,
			     "%s", rows[i].what);
		poke(rows[i].at, before, 8);
	}
	cr_assert_eq(ring_open(&ring, path, SLOTS), 0);
	cr_assert_eq(ring_head(&ring), 1);
}

Test(ring, files_of_the_wrong_size_are_refused)
{
	static const struct {
		off_t size;
		int error;
	} rows[] = {
		{ FILE_SIZE + 1, ERROR_DAMAGED },
		{ FILE_SIZE - 1, ERROR_DAMAGED },
		{ 384, ERROR_DAMAGED },
		{ 383, ERROR_FOREIGN },
		{ 0, ERROR_FOREIGN },
	};

	ring_close(&ring);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cr_assert_eq(truncate(path, rows[i].size), 0);
		cr_assert_eq(ring_open(&ring, path, SLOTS), rows[i].error,
			     "%lld", (long long)rows[i].size);
	}
}

Test(ring, what_is_no_file_is_refused)
{
	ring_close(&ring);
	cr_assert_eq(unlink(path), 0);
	cr_assert_eq(mkfifo(path, 0600), 0);
	cr_assert_eq(ring_open(&ring, path, SLOTS), ERROR_FOREIGN);
	cr_assert_eq(unlink(path), 0);
	cr_assert_eq(symlink("/dev/zero", path), 0);
	cr_assert_eq(ring_open(&ring, path, SLOTS), -ELOOP);
	cr_assert_eq(unlink(path), 0);
	cr_assert_eq(mkdir(path, 0700), 0);
	cr_assert_eq(ring_open(&ring, path, SLOTS), -EISDIR);
}
