/*
 * A file is replaced through "<path>.new" beside it.  The name is fixed, so
 * that a kill half way leaves one orphan that the next try takes over, not a
 * new one each time; a lock on it keeps two writers apart.
 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

enum { READ_AT_FIRST = 4096 };

int file_map_open(struct file_map *map, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat status;
	void *at;
	int error = 0;

	*map = (struct file_map){ .at = (const uint8_t *)"" };
	if (fd < 0)
		return -errno;
	if (fstat(fd, &status) != 0) {
		error = -errno;
	} else if (!S_ISREG(status.st_mode)) {
		error = ERROR_FOREIGN;
	} else if (status.st_size > 0) {
		at = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_SHARED,
			  fd, 0);
		if (at == MAP_FAILED)
			error = -errno;
		else
			*map = (struct file_map){ at, (size_t)status.st_size };
	}
	close(fd);
	return error;
}

void file_map_close(struct file_map *map)
{
	if (map->len > 0)
		munmap((void *)(uintptr_t)map->at, map->len);
	*map = (struct file_map){ 0 };
}

static ssize_t read_some(int fd, uint8_t *at, size_t room)
{
	ssize_t got;

	do
		got = read(fd, at, room);
	while (got < 0 && errno == EINTR);
	return got;
}

/* A guess from the file's size; a pipe or a file of /proc tells none. */
static size_t first_room(int fd, size_t limit)
{
	struct stat status;

	if (fstat(fd, &status) != 0 || status.st_size <= 0)
		return READ_AT_FIRST;
	if ((uint64_t)status.st_size > limit)
		return limit + 2;
	return (size_t)status.st_size + 2;
}

/* Room for the NUL is kept all the time. */
static int read_all(int fd, size_t limit, uint8_t **at, size_t *len)
{
	size_t room = first_room(fd, limit);
	uint8_t *more;
	ssize_t got;

	for (;; room *= 2) {
		more = realloc(*at, room);
		if (more == NULL)
			return -ENOMEM;
		*at = more;
		while (*len + 1 < room) {
			got = read_some(fd, *at + *len, room - *len - 1);
			if (got < 0)
				return -errno;
			if (got == 0)
				return 0;
			*len += (size_t)got;
			if (*len > limit)
				return ERROR_FULL;
		}
	}
}

int file_read(const char *path, size_t limit, uint8_t **at, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int error;

	*at = NULL;
	*len = 0;
	if (fd < 0)
		return -errno;
	error = read_all(fd, limit, at, len);
	close(fd);
	if (error < 0) {
		free(*at);
		*at = NULL;
		*len = 0;
		return error;
	}
	(*at)[*len] = '\0';
	return 0;
}

/* Between our open and our lock its last owner may have renamed it. */
static bool is_still_there(int fd, const char *path)
{
	struct stat ours, theirs;

	return fstat(fd, &ours) == 0 && stat(path, &theirs) == 0 &&
	       ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino;
}

/* An empty file of that mode that is ours alone; its number. */
static int open_alone(const char *path, mode_t mode)
{
	int error = ERROR_BUSY;
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW |
		      O_NONBLOCK, mode & 0600);

	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0 && is_still_there(fd, path)) {
		if (ftruncate(fd, 0) == 0 && fchmod(fd, mode) == 0)
			return fd;
		error = -errno;
	}
	close(fd);
	return error;
}

static void replacement_release(struct file_replacement *new)
{
	if (new->stream != NULL)
		fclose(new->stream);
	free(new->path);
	free(new->temporary);
	*new = (struct file_replacement){ 0 };
}

int file_replace(struct file_replacement *new, const char *path, mode_t mode)
{
	int fd = -ENOMEM;

	*new = (struct file_replacement){ .path = strdup(path) };
	if (asprintf(&new->temporary, "%s.new", path) < 0)
		new->temporary = NULL;
	if (new->path != NULL && new->temporary != NULL)
		fd = open_alone(new->temporary, mode);
	if (fd < 0) {
		replacement_release(new);
		return fd;
	}
	new->stream = fdopen(fd, "w");
	if (new->stream == NULL) {
		close(fd);
		file_replace_abort(new);
		return -ENOMEM;
	}
	return 0;
}

/* A file system that cannot sync a folder says EINVAL; it is not an error. */
static int sync_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int error = 0;

	if (fd < 0)
		return -errno;
	if (fsync(fd) != 0 && errno != EINVAL)
		error = -errno;
	close(fd);
	return error;
}

static int sync_folder_of(char *path)
{
	char *slash = strrchr(path, '/');

	if (slash == NULL)
		return sync_folder(".");
	slash[1] = '\0';
	return sync_folder(path);
}

/* The lock goes with the stream, so that is closed after the rename. */
int file_replace_commit(struct file_replacement *new)
{
	int error = 0;

	if (ferror(new->stream))
		error = -EIO;
	else if (fflush(new->stream) != 0 || fsync(fileno(new->stream)) != 0 ||
		 rename(new->temporary, new->path) != 0)
		error = -errno;
	if (error < 0) {
		file_replace_abort(new);
		return error;
	}
	error = sync_folder_of(new->path);
	replacement_release(new);
	return error;
}

void file_replace_abort(struct file_replacement *new)
{
	if (new->temporary != NULL)
		unlink(new->temporary);
	replacement_release(new);
}

static int make_one(const char *path, mode_t mode)
{
	struct stat status;

	if (mkdir(path, mode) == 0)
		return 1;
	if (errno != EEXIST)
		return -errno;
	if (stat(path, &status) != 0)
		return -errno;
	return S_ISDIR(status.st_mode) ? 0 : -ENOTDIR;
}

/* The umask takes from those above, not from the folder that was named. */
int file_make_folder(const char *path, mode_t mode)
{
	char *copy = strdup(path);
	int made = 0;

	if (copy == NULL)
		return -ENOMEM;
	for (char *at = copy + 1; made >= 0 && *copy && *at != '\0'; at++) {
		if (*at != '/' || at[1] == '/' || at[1] == '\0')
			continue;
		*at = '\0';
		made = make_one(copy, 0755);
		*at = '/';
	}
	if (made >= 0)
		made = make_one(copy, mode);
	if (made > 0 && chmod(copy, mode) != 0)
		made = -errno;
	free(copy);
	return made < 0 ? made : 0;
}
