/*
 *	7.zst	written beside, synced, renamed
 *	index	likewise: from here on version 7 is there
 *	...	texts that are not in the index are removed
 *
 * A version that is in the index is whole.  A text without a line is what a
 * kill left: the next version of that serial replaces it, or the next sweep
 * takes it.
 */
#include "subscribe/shelf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "policy/image.h"
#include "subscribe/packed.h"
#include "subscribe/spool.h"

enum {
	INDEX_LIMIT = 1 << 20,
	TEXT_LIMIT = 1 << 30,
	FOLDER_MODE = 0750,
	FILE_MODE = 0640,
};

static const char packed_end[] = ".zst", plain_end[] = ".txt";

/* A name becomes a part of a path, so it is looked at here too. */
static bool is_list_name(const char *name)
{
	static const char good[] = "abcdefghijklmnopqrstuvwxyz0123456789._-";
	size_t len = strlen(name);

	return len > 0 && len < IMAGE_LIST_NAME && name[0] != '.' &&
	       strspn(name, good) == len;
}

int shelf_folder(char **folder, const char *state, const char *name)
{
	*folder = NULL;
	if (!is_list_name(name))
		return ERROR_MALFORMED;
	if (asprintf(folder, "%s/lists/%s", state, name) >= 0)
		return 0;
	*folder = NULL;
	return -ENOMEM;
}

/* NULL: no memory. */
static char *file_of(const struct shelf *shelf, uint64_t serial,
		     const char *end)
{
	char *path;

	if (asprintf(&path, "%s/%" PRIu64 "%s", shelf->folder, serial, end) < 0)
		return NULL;
	return path;
}

static char *index_of(const struct shelf *shelf)
{
	char *path;

	if (asprintf(&path, "%s/index", shelf->folder) < 0)
		return NULL;
	return path;
}

static int append(struct shelf *shelf, const struct list_version *version)
{
	struct list_version *more;

	more = realloc(shelf->at, (shelf->count + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	shelf->at = more;
	shelf->at[shelf->count++] = *version;
	return 0;
}

static bool is_newer(const struct shelf *shelf,
		     const struct list_version *version)
{
	const struct list_version *newest = shelf_newest(shelf);

	return !newest || version->serial > newest->serial;
}

/* A line that is none is passed over; serials only rise. */
static int index_read(struct shelf *shelf)
{
	char *path = index_of(shelf), *line, *rest;
	struct list_version version;
	uint8_t *text;
	size_t len;
	int error;

	if (!path)
		return -ENOMEM;
	error = file_read(path, INDEX_LIMIT, &text, &len);
	free(path);
	if (error < 0)
		return error == -ENOENT ? 0 : error;
	rest = (char *)text;
	while (error == 0 && (line = strsep(&rest, "\n")))
		if (version_parse(&version, line) && is_newer(shelf, &version))
			error = append(shelf, &version);
	free(text);
	return error;
}

int shelf_open(struct shelf *shelf, const char *state, const char *name)
{
	int error;

	*shelf = (struct shelf){ .keep = SHELF_KEEP };
	error = shelf_folder(&shelf->folder, state, name);
	if (error == 0)
		error = index_read(shelf);
	if (error < 0)
		shelf_release(shelf);
	return error;
}

void shelf_release(struct shelf *shelf)
{
	free(shelf->folder);
	free(shelf->at);
	*shelf = (struct shelf){ 0 };
}

const struct list_version *shelf_newest(const struct shelf *shelf)
{
	return shelf->count ? &shelf->at[shelf->count - 1] : NULL;
}

const struct list_version *shelf_find(const struct shelf *shelf,
				      uint64_t serial)
{
	for (unsigned i = 0; i < shelf->count; i++)
		if (shelf->at[i].serial == serial)
			return &shelf->at[i];
	return NULL;
}

/* --- taking from it --- */

static int open_text(const struct shelf *shelf, uint64_t serial,
		     const char *end)
{
	char *path = file_of(shelf, serial, end);
	int fd;

	if (!path)
		return -ENOMEM;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		fd = -errno;
	free(path);
	return fd;
}

static int unpack(const struct shelf *shelf,
		  const struct list_version *version, int fd)
{
	uint64_t limit = version->bytes < TEXT_LIMIT ? version->bytes
						     : TEXT_LIMIT;
	int from = open_text(shelf, version->serial, packed_end), error;

	if (from >= 0) {
		error = packed_read(from, fd, limit);
	} else if (from == -ENOENT) {
		from = open_text(shelf, version->serial, plain_end);
		if (from < 0)
			return from == -ENOENT ? ERROR_ABSENT : from;
		error = spool_copy(fd, from, limit);
	} else {
		return from;
	}
	close(from);
	return error == ERROR_FULL ? ERROR_DAMAGED : error;
}

static int check(const struct list_version *version, int fd)
{
	uint8_t digest[32];
	int error = spool_digest(fd, 0, digest);

	if (error < 0)
		return error;
	return memcmp(digest, version->digest, sizeof(digest)) == 0
		       ? 0 : ERROR_DAMAGED;
}

int shelf_extract(const struct shelf *shelf, uint64_t serial, int fd)
{
	const struct list_version *version = shelf_find(shelf, serial);
	int error = spool_cut(fd, 0);

	if (error < 0)
		return error;
	if (!version)
		return ERROR_ABSENT;
	error = unpack(shelf, version, fd);
	if (error == 0)
		error = check(version, fd);
	if (error < 0)
		spool_cut(fd, 0);
	return error;
}

/* --- putting into it --- */

static int text_write(const struct shelf *shelf, uint64_t serial, int fd)
{
	char *path = file_of(shelf, serial, packed_end);
	struct file_replacement file;
	int error;

	if (!path)
		return -ENOMEM;
	error = file_replace(&file, path, FILE_MODE);
	free(path);
	if (error < 0)
		return error;
	error = packed_write(file.stream, fd);
	if (error == 0)
		return file_replace_commit(&file);
	file_replace_abort(&file);
	return error;
}

static int index_write(const struct shelf *shelf)
{
	char *path = index_of(shelf);
	struct file_replacement file;
	int error;

	if (!path)
		return -ENOMEM;
	error = file_replace(&file, path, FILE_MODE);
	free(path);
	if (error < 0)
		return error;
	for (unsigned i = 0; i < shelf->count; i++)
		version_print(&shelf->at[i], file.stream);
	return file_replace_commit(&file);
}

static void drop_oldest(struct shelf *shelf)
{
	unsigned keep = shelf->keep > 0 ? shelf->keep : 1;
	unsigned over = shelf->count > keep ? shelf->count - keep : 0;

	shelf->count -= over;
	memmove(shelf->at, shelf->at + over,
		shelf->count * sizeof(*shelf->at));
}

/* The serial in "7.zst" or "7.txt"; 0: it is another file. */
static uint64_t serial_of(const char *name)
{
	uint64_t serial = 0;
	char *end;

	if (name[0] >= '1' && name[0] <= '9') {
		serial = strtoull(name, &end, 10);
		if (strcmp(end, packed_end) != 0 && strcmp(end, plain_end) != 0)
			serial = 0;
	}
	return serial;
}

/* Nobody misses what is not in the index; what stays is only in the way. */
static void sweep(const struct shelf *shelf)
{
	DIR *folder = opendir(shelf->folder);
	struct dirent *entry;
	uint64_t serial;

	if (!folder)
		return;
	while ((entry = readdir(folder))) {
		serial = serial_of(entry->d_name);
		if (serial && !shelf_find(shelf, serial))
			unlinkat(dirfd(folder), entry->d_name, 0);
	}
	closedir(folder);
}

int shelf_put(struct shelf *shelf, const struct list_version *version, int fd)
{
	int error;

	if (version->serial == 0 || !is_newer(shelf, version))
		return ERROR_MALFORMED;
	error = file_make_folder(shelf->folder, FOLDER_MODE);
	if (error == 0)
		error = text_write(shelf, version->serial, fd);
	if (error == 0)
		error = append(shelf, version);
	if (error < 0)
		return error;
	drop_oldest(shelf);
	error = index_write(shelf);
	if (error == 0)
		sweep(shelf);
	return error;
}

int shelf_map(const struct shelf *shelf, uint64_t serial,
	      struct file_map *map)
{
	const char *folder = getenv("TMPDIR");
	int fd = spool_open(folder ? folder : "/tmp");
	int error = fd < 0 ? fd : shelf_extract(shelf, serial, fd);

	if (error == 0)
		error = spool_map(fd, map);
	if (fd >= 0)
		close(fd);
	return error;
}
