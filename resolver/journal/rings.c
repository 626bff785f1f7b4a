/*
 * A ring file is removed only after its last entry was stored; a kill at any
 * moment leaves files behind that the next start drains, and the writer knows
 * which of their entries it has.
 *
 * Sources with a ring come first in the array, those that are only a gap (a
 * damaged ring) last.
 */
#include "journal/rings.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/log.h"

enum { RINGS_MAX = 1024 };

static char *path_of(const struct rings *rings, const char *name)
{
	char *path;

	return asprintf(&path, "%s/%s", rings->folder, name) < 0 ? NULL : path;
}

static int take_lock(struct rings *rings)
{
	char *path = path_of(rings, "lock");
	int error = 0;

	if (path == NULL)
		return -ENOMEM;
	rings->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
			   0600);
	if (rings->lock < 0)
		error = -errno;
	else if (flock(rings->lock, LOCK_EX | LOCK_NB) != 0)
		error = errno == EWOULDBLOCK ? ERROR_BUSY : -errno;
	free(path);
	return error;
}

/* "ring.0", but neither "ring.0.damaged" nor "ring.0.new". */
static bool is_ring_name(const char *name)
{
	return strncmp(name, "ring.", 5) == 0 && name[5] != '\0' &&
	       name[5 + strspn(name + 5, "0123456789")] == '\0';
}

/* Left by a kill in the middle of making one. */
static bool is_half_made(const char *name)
{
	size_t len = strlen(name);

	return strncmp(name, "ring.", 5) == 0 && len > 4 &&
	       strcmp(name + len - 4, ".new") == 0;
}

static int add(struct rings *rings, const struct writer_source *source)
{
	struct writer_source *more;

	more = realloc(rings->sources, (rings->count + 1) * sizeof(*more));
	if (more == NULL)
		return -ENOMEM;
	rings->sources = more;
	more[rings->count++] = *source;
	return 0;
}

/* Before the sources that are only a gap. */
static int add_ring(struct rings *rings, struct ring *ring, bool ended)
{
	struct writer_source source = {
		.ring = ring, .from = ring_tail(ring), .ended = ended,
	};
	unsigned at;

	if (add(rings, &source) < 0)
		return -ENOMEM;
	for (at = rings->count - 1;
	     at > 0 && rings->sources[at - 1].ring == NULL; at--)
		rings->sources[at] = rings->sources[at - 1];
	rings->sources[at] = source;
	return 0;
}

/* Its entries are lost from when it was written last until now. */
static void set_aside(struct rings *rings, const char *path, int why)
{
	struct writer_source source = { .ended = true };
	struct stat status;
	char *name;

	if (asprintf(&name, "%s.damaged", path) < 0)
		return;
	source.gap.until = (uint64_t)time(NULL) * 1000000;
	source.gap.since = source.gap.until;
	if (stat(path, &status) == 0 && status.st_mtime > 0)
		source.gap.since = (uint64_t)status.st_mtime * 1000000;
	if (source.gap.since > source.gap.until)
		source.gap.since = source.gap.until;
	if (rename(path, name) == 0)
		add(rings, &source);
	log_error("%s: %s; kept as %s", path, error_words(why), name);
	free(name);
}

static int load(struct rings *rings, const char *path)
{
	struct ring *ring = malloc(sizeof(*ring));
	int error = ring != NULL ? ring_open_existing(ring, path) : -ENOMEM;

	if (error == 0 && add_ring(rings, ring, true) == 0)
		return 0;
	if (error == ERROR_FOREIGN || error == ERROR_DAMAGED)
		set_aside(rings, path, error);
	else if (error < 0)
		log_error("%s: left alone: %s", path, error_words(error));
	else
		ring_close(ring);
	free(ring);
	return error == -ENOMEM ? error : 0;
}

static int look_at(struct rings *rings, const char *name)
{
	char *path;
	int error = 0;

	if (!is_ring_name(name) && !is_half_made(name))
		return 0;
	path = path_of(rings, name);
	if (path == NULL)
		return -ENOMEM;
	if (is_half_made(name))
		unlink(path);
	else if (rings->count < RINGS_MAX)
		error = load(rings, path);
	free(path);
	return error;
}

static int look_around(struct rings *rings)
{
	DIR *folder = opendir(rings->folder);
	struct dirent *entry;
	int error = 0;

	if (folder == NULL)
		return -errno;
	while (error == 0 && (entry = readdir(folder)) != NULL)
		error = look_at(rings, entry->d_name);
	closedir(folder);
	return error;
}

int rings_open(struct rings *rings, const char *folder)
{
	int error;

	*rings = (struct rings){ .folder = strdup(folder), .lock = -1 };
	if (rings->folder == NULL)
		return -ENOMEM;
	error = file_make_folder(folder, 0750);
	if (error == 0)
		error = take_lock(rings);
	if (error == 0)
		error = look_around(rings);
	if (error < 0)
		rings_close(rings);
	return error;
}

/* A name that no file has; those that could not be opened keep theirs. */
static char *free_path(const struct rings *rings)
{
	char name[32];

	for (unsigned i = 0; i < 2 * RINGS_MAX; i++) {
		char *path;

		snprintf(name, sizeof(name), "ring.%u", i);
		path = path_of(rings, name);
		if (path == NULL || access(path, F_OK) != 0)
			return path;
		free(path);
	}
	return NULL;
}

static int make(struct rings *rings, uint32_t slots)
{
	struct ring *ring = malloc(sizeof(*ring));
	char *path = free_path(rings);
	int error = -ENOMEM;

	if (ring != NULL && path != NULL)
		error = ring_open(ring, path, slots);
	if (error == 0 && add_ring(rings, ring, false) < 0) {
		ring_close(ring);
		error = -ENOMEM;
	}
	if (error < 0) {
		log_error("%s: %s", path != NULL ? path : rings->folder,
			  error_words(error));
		free(ring);
	}
	free(path);
	return error;
}

static unsigned ring_count(const struct rings *rings)
{
	unsigned count = 0;

	while (count < rings->count && rings->sources[count].ring != NULL)
		count++;
	return count;
}

int rings_make(struct rings *rings, unsigned workers, uint32_t slots)
{
	int error = 0;

	while (ring_count(rings) < workers && error == 0)
		error = make(rings, slots);
	if (error < 0)
		return error;
	rings->workers = workers;
	for (unsigned i = 0; i < workers; i++)
		rings->sources[i].ended = false;
	return 0;
}

void rings_end(struct rings *rings)
{
	for (unsigned i = 0; i < rings->workers; i++)
		rings->sources[i].ended = true;
	rings->workers = 0;
}

/* A gap that was taken and not stored yet is kept, and grows no more. */
static void collect(struct writer_source *source)
{
	source->until = ring_head(source->ring);
	if (source->ended && source->gap.count == 0)
		source->gap = ring_take_gap(source->ring);
}

bool rings_collect(struct rings *rings)
{
	bool any = false;

	for (unsigned i = 0; i < rings->count; i++) {
		struct writer_source *source = &rings->sources[i];

		if (source->ring != NULL)
			collect(source);
		any = any || source->until != source->from || source->ended;
	}
	return any;
}

static bool remove_ring(struct ring *ring)
{
	bool removed = unlink(ring->path) == 0;

	if (!removed)
		log_error("%s: cannot be removed: %s", ring->path,
			  error_words(-errno));
	ring_close(ring);
	free(ring);
	return removed;
}

/*
 * The writer keeps the places of ring files that are there, and only those:
 * all of them go in one transaction when no ring is left.
 */
static void remove_ended(struct rings *rings, struct writer *writer)
{
	bool all = rings->count > 0;

	for (unsigned i = rings->workers; i < rings->count; i++) {
		struct ring *ring = rings->sources[i].ring;

		if (ring != NULL)
			all &= remove_ring(ring);
	}
	rings->count = rings->workers;
	if (all && rings->count == 0)
		writer->ops->forget(writer);
}

void rings_stored(struct rings *rings, struct writer *writer)
{
	for (unsigned i = 0; i < rings->count; i++) {
		struct writer_source *source = &rings->sources[i];

		if (source->ring != NULL)
			ring_free_until(source->ring, source->until);
		source->from = source->until;
		source->gap = (struct ring_gap){ 0 };
	}
	remove_ended(rings, writer);
}

uint64_t rings_waiting(const struct rings *rings)
{
	uint64_t waiting = 0;

	for (unsigned i = 0; i < rings->count; i++)
		if (rings->sources[i].ring != NULL)
			waiting += ring_head(rings->sources[i].ring) -
				   rings->sources[i].from;
	return waiting;
}

uint64_t rings_lost(const struct rings *rings)
{
	uint64_t lost = 0;

	for (unsigned i = 0; i < rings->workers; i++)
		lost += ring_lost(rings->sources[i].ring);
	return lost;
}

bool rings_any_full(const struct rings *rings)
{
	for (unsigned i = 0; i < rings->workers; i++)
		if (rings_is_full(rings->sources[i].ring))
			return true;
	return false;
}

void rings_close(struct rings *rings)
{
	for (unsigned i = 0; i < rings->count; i++) {
		if (rings->sources[i].ring == NULL)
			continue;
		ring_close(rings->sources[i].ring);
		free(rings->sources[i].ring);
	}
	free(rings->sources);
	free(rings->folder);
	if (rings->lock >= 0)
		close(rings->lock);
	*rings = (struct rings){ .lock = -1 };
}
