/*
 * The file is a header and the slots.  Writer and reader have a line each,
 * two cache lines apart, as processors like to fetch them in pairs.
 *
 *	0	kind and version, size, identity
 *	128	writer: head, and what was lost
 *	256	reader: tail
 *	384	slots
 *
 * The process may be killed between any two instructions, so every change is
 * one store that says yes to what was prepared before it: `head` for entries,
 * and for the gap:
 *
 *	lost	queries without an entry since the file was made
 *	settled	how many of those stand in gap entries; the rest is the gap
 *
 * A gap entry and `settled` cannot be stored at once.  So before an entry
 * that closes the gap is published, its number goes to `closer` and what
 * `settled` is to be to `closer_settled`: while `closer` is not below `head`,
 * `settled` counts, from then on `closer_settled`, whether or not the writer
 * lived to copy it.
 *
 * The order of stores is kept by release; a load that crosses threads is an
 * acquire.  Only the writer stores to its line, only the reader to its own.
 */
#include "base/ring.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/entry.h"
#include "base/error.h"

enum { SLOTS_MIN = 4, SLOTS_MAX = 1 << 24, LINES = 128 };

#define MAGIC 0x31474e4952424821	/* in the machine's byte order */

struct ring_header {
	uint64_t magic;
	uint32_t version;		/* ENTRY_VERSION */
	uint32_t entry_size;
	uint64_t slots;
	uint8_t identity[16];

	_Alignas(LINES) _Atomic uint64_t head;
	_Atomic uint64_t lost;
	_Atomic uint64_t settled;
	_Atomic uint64_t closer;
	_Atomic uint64_t closer_settled;
	_Atomic uint64_t since;		/* of the open gap */
	_Atomic uint64_t until;

	_Alignas(LINES) _Atomic uint64_t tail;
};

_Static_assert(sizeof(struct ring_header) == 3 * LINES, "see above");

static uint64_t look(_Atomic uint64_t *word)
{
	return atomic_load_explicit(word, memory_order_relaxed);
}

static void set(_Atomic uint64_t *word, uint64_t value)
{
	atomic_store_explicit(word, value, memory_order_release);
}

static size_t size_of(uint64_t slots)
{
	return sizeof(struct ring_header) + slots * sizeof(struct entry);
}

static bool is_slots(uint64_t slots)
{
	return slots >= SLOTS_MIN && slots <= SLOTS_MAX &&
	       (slots & (slots - 1)) == 0;
}

static bool adds_up(struct ring_header *header)
{
	uint64_t head = look(&header->head), tail = look(&header->tail);

	return head <= INT64_MAX && tail <= head &&
	       head - tail <= header->slots &&
	       look(&header->closer) <= head &&
	       look(&header->settled) <= look(&header->closer_settled) &&
	       look(&header->closer_settled) <= look(&header->lost);
}

/* Nothing in the file is believed before this. */
static int check_file(int fd, size_t size)
{
	struct ring_header header;

	if (pread(fd, &header, sizeof(header), 0) != sizeof(header) ||
	    header.magic != MAGIC || header.version != ENTRY_VERSION ||
	    header.entry_size != sizeof(struct entry))
		return ERROR_FOREIGN;
	if (!is_slots(header.slots) || size_of(header.slots) != size)
		return ERROR_DAMAGED;
	return adds_up(&header) ? 0 : ERROR_DAMAGED;
}

/*
 * All blocks are taken now: a full tmpfs is an error here and no SIGBUS
 * later, also under a file with holes.
 */
static int map_file(struct ring *ring, int fd, size_t size)
{
	int error = posix_fallocate(fd, 0, (off_t)size);
	void *at;

	if (error != 0)
		return -error;
	at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		return -errno;
	ring->header = at;
	ring->slots = (struct entry *)(ring->header + 1);
	ring->mapped = size;
	return 0;
}

static void start(struct ring *ring)
{
	ring->mask = ring->header->slots - 1;
	ring->seen_tail = look(&ring->header->tail);
}

static int open_file(struct ring *ring, int fd)
{
	struct stat status;
	int error;

	if (fstat(fd, &status) != 0)
		return -errno;
	if (!S_ISREG(status.st_mode))
		return ERROR_FOREIGN;
	error = check_file(fd, (size_t)status.st_size);
	if (error == 0)
		error = map_file(ring, fd, (size_t)status.st_size);
	if (error == 0)
		start(ring);
	return error;
}

static int fill_file(struct ring *ring, int fd, uint32_t slots)
{
	int error = map_file(ring, fd, size_of(slots));

	if (error < 0)
		return error;
	*ring->header = (struct ring_header){
		.magic = MAGIC,
		.version = ENTRY_VERSION,
		.entry_size = sizeof(struct entry),
		.slots = slots,
	};
	if (getentropy(ring->header->identity,
		       sizeof(ring->header->identity)) != 0)
		return -errno;
	start(ring);
	return 0;
}

static int begin(struct ring *ring, const char *path)
{
	*ring = (struct ring){ .path = strdup(path) };
	return ring->path != NULL ? 0 : -ENOMEM;
}

/* Made under another name: a kill leaves a whole ring or none. */
static int make_file(struct ring *ring, const char *path, uint32_t slots)
{
	char *temporary;
	int fd, error;

	if (!is_slots(slots))
		return -EINVAL;
	if (asprintf(&temporary, "%s.new", path) < 0)
		return -ENOMEM;
	unlink(temporary);
	fd = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	error = fd < 0 ? -errno : fill_file(ring, fd, slots);
	if (error == 0 && rename(temporary, path) != 0)
		error = -errno;
	if (fd >= 0)
		close(fd);
	if (error < 0)
		unlink(temporary);
	free(temporary);
	return error;
}

static int open_old(struct ring *ring, const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	int error;

	if (fd < 0)
		return errno == ENOENT ? ERROR_ABSENT : -errno;
	error = open_file(ring, fd);
	close(fd);
	return error;
}

/* What is settled, counting a settling that was cut off by a kill. */
static uint64_t settled(struct ring_header *header)
{
	if (look(&header->closer) < look(&header->head))
		return look(&header->closer_settled);
	return look(&header->settled);
}

/* Only for a writer: a reader may have opened what is still written to. */
static void finish_settling(struct ring_header *header)
{
	set(&header->settled, settled(header));
}

int ring_open(struct ring *ring, const char *path, uint32_t slots)
{
	int error = begin(ring, path);

	if (error == 0)
		error = open_old(ring, path);
	if (error == ERROR_ABSENT)
		error = make_file(ring, path, slots);
	if (error < 0)
		ring_close(ring);
	else
		finish_settling(ring->header);
	return error;
}

int ring_open_existing(struct ring *ring, const char *path)
{
	int error = begin(ring, path);

	if (error == 0)
		error = open_old(ring, path);
	if (error < 0)
		ring_close(ring);
	return error;
}

void ring_close(struct ring *ring)
{
	if (ring->header != NULL)
		munmap(ring->header, ring->mapped);
	free(ring->path);
	*ring = (struct ring){ 0 };
}

const uint8_t *ring_identity(const struct ring *ring)
{
	return ring->header->identity;
}

struct entry *ring_slot(const struct ring *ring, uint64_t number)
{
	return &ring->slots[number & ring->mask];
}

uint64_t ring_head(const struct ring *ring)
{
	return atomic_load_explicit(&ring->header->head, memory_order_acquire);
}

uint64_t ring_tail(const struct ring *ring)
{
	return atomic_load_explicit(&ring->header->tail, memory_order_acquire);
}

uint64_t ring_lost(const struct ring *ring)
{
	return look(&ring->header->lost);
}

/*
 * The reader's line is looked at only when the tail seen last is not enough.
 * A tail beyond the head would be a broken promise: it reads as no room.
 */
static bool has_room(struct ring *ring, uint64_t count)
{
	uint64_t head = look(&ring->header->head);

	if (head - ring->seen_tail + count <= ring->mask + 1)
		return true;
	ring->seen_tail = ring_tail(ring);
	return head - ring->seen_tail + count <= ring->mask + 1;
}

/* `lost` says yes: it is stored last. */
static void count_lost(struct ring_header *header, uint64_t wall)
{
	uint64_t lost = look(&header->lost);

	if (lost == settled(header))
		set(&header->since, wall);
	set(&header->until, wall);
	set(&header->lost, lost + 1);
}

/* Clamped: whatever the clock did, a gap does not end in the future. */
static void write_gap(struct ring_header *header, struct entry *entry,
		      uint64_t count, uint64_t wall)
{
	uint64_t since = look(&header->since), until = look(&header->until);

	memset(entry, 0, sizeof(*entry));
	entry->kind = ENTRY_GAP;
	entry->list = ENTRY_NO_LIST;
	entry->count = (uint32_t)count;
	entry->wall = until < wall ? until : wall;
	entry->since = since < entry->wall ? since : entry->wall;
}

/* An entry counts to 2^32 - 1; of a larger gap the rest stays open. */
bool ring_settle_gap(struct ring *ring, uint64_t wall)
{
	struct ring_header *header = ring->header;
	uint64_t head = look(&header->head);
	uint64_t before = settled(header);
	uint64_t count = look(&header->lost) - before;

	if (count == 0 || !has_room(ring, 1))
		return false;
	if (count > UINT32_MAX)
		count = UINT32_MAX;
	write_gap(header, ring_slot(ring, head), count, wall);
	set(&header->settled, before);
	set(&header->closer, head);
	set(&header->closer_settled, before + count);
	set(&header->head, head + 1);
	set(&header->settled, before + count);
	return true;
}

bool ring_has_gap(const struct ring *ring)
{
	struct ring_header *header = ring->header;

	return look(&header->lost) != look(&header->settled);
}

/* Rare, and so out of the way of ring_claim. */
static bool claim_after_gap(struct ring *ring, unsigned count, uint64_t wall,
			    uint64_t *first)
{
	if (!has_room(ring, count + 1)) {
		count_lost(ring->header, wall);
		return false;
	}
	ring_settle_gap(ring, wall);
	*first = look(&ring->header->head);
	return true;
}

bool ring_claim(struct ring *ring, unsigned count, uint64_t wall,
		uint64_t *first)
{
	struct ring_header *header = ring->header;

	if (ring_has_gap(ring))
		return claim_after_gap(ring, count, wall, first);
	if (!has_room(ring, count)) {
		count_lost(header, wall);
		return false;
	}
	*first = look(&header->head);
	return true;
}

void ring_publish(struct ring *ring, uint64_t first, unsigned count)
{
	set(&ring->header->head, first + count);
}

void ring_free_until(struct ring *ring, uint64_t tail)
{
	if (tail >= look(&ring->header->tail) && tail <= ring_head(ring))
		set(&ring->header->tail, tail);
}

struct ring_gap ring_take_gap(struct ring *ring)
{
	struct ring_header *header = ring->header;
	uint64_t lost = look(&header->lost);
	struct ring_gap gap = {
		.since = look(&header->since),
		.until = look(&header->until),
		.count = lost - settled(header),
	};

	if (gap.count == 0)
		return (struct ring_gap){ 0 };
	set(&header->closer_settled, lost);
	set(&header->settled, lost);
	return gap;
}
