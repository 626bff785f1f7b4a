/*
 * Two things may be changing the file at once, the daemon and a command, so
 * there is a lock, and a change is short.  Who stops half way with the lock in
 * hand must not stop the other for ever.
 */
#include "policy/own_disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "policy/checksum.h"
#include "policy/own_line.h"

enum { FILE_MODE = 0640, LOCK_MODE = 0600, TRIES = 200, TRY_MS = 10 };

int own_disk_path(char path[OWN_PATH], const char *state, const char *suffix)
{
	struct text text;

	text_init(&text, path, OWN_PATH);
	text_put(&text, "%s/own.rules%s", state, suffix);
	return text.cut ? -ENAMETOOLONG : 0;
}

/* All of a plain file that is open, and a byte of room more. */
static int read_whole(int fd, uint8_t **at, size_t *len)
{
	struct stat status;
	size_t size;

	if (fstat(fd, &status) != 0)
		return -errno;
	if (!S_ISREG(status.st_mode))
		return ERROR_FOREIGN;
	if (status.st_size > OWN_FILE)
		return ERROR_FULL;
	size = (size_t)status.st_size;
	*at = malloc(size + 1);
	if (*at == NULL)
		return -ENOMEM;
	while (*len < size) {
		ssize_t got = read(fd, *at + *len, size - *len);

		if (got < 0 && errno != EINTR)
			return -errno;
		if (got == 0)
			break;
		*len += got > 0 ? (size_t)got : 0;
	}
	return 0;
}

int own_disk_read(const char *state, const char *suffix, uint8_t **at,
		  size_t *len)
{
	char path[OWN_PATH];
	int error = own_disk_path(path, state, suffix), fd;

	*at = NULL;
	*len = 0;
	if (error < 0)
		return error;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	error = read_whole(fd, at, len);
	close(fd);
	if (error < 0) {
		free(*at);
		*at = NULL;
	}
	return error;
}

/* Nobody but root can, and nobody but root has to. */
static int hand_over(int fd, const char *state)
{
	struct stat folder;

	if (geteuid() != 0)
		return 0;
	if (stat(state, &folder) != 0 ||
	    fchown(fd, folder.st_uid, folder.st_gid) != 0)
		return -errno;
	return 0;
}

/* As it was: people may have let others read it. */
static mode_t mode_of(const char *path)
{
	struct stat status;

	if (lstat(path, &status) != 0 || !S_ISREG(status.st_mode))
		return FILE_MODE;
	return status.st_mode & 0777;
}

static bool is_link(const char *path)
{
	struct stat status;

	return lstat(path, &status) == 0 && S_ISLNK(status.st_mode);
}

int own_disk_write(const char *state, const char *suffix, struct bytes head,
		   struct bytes text)
{
	struct file_replacement new;
	char path[OWN_PATH];
	int error = own_disk_path(path, state, suffix);

	if (error == 0 && is_link(path))
		error = -ELOOP;
	if (error == 0)
		error = file_replace(&new, path, mode_of(path));
	if (error < 0)
		return error;
	error = hand_over(fileno(new.stream), state);
	if (error < 0) {
		file_replace_abort(&new);
		return error;
	}
	if (head.len > 0)
		fwrite(head.at, 1, head.len, new.stream);
	if (text.len > 0)
		fwrite(text.at, 1, text.len, new.stream);
	return file_replace_commit(&new);
}

int own_disk_lock(const char *state)
{
	static const struct timespec pause = { 0, TRY_MS * 1000000 };
	char path[OWN_PATH];
	int error = own_disk_path(path, state, ".lock"), fd;

	if (error < 0)
		return error;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK,
		  LOCK_MODE);
	if (fd < 0)
		return -errno;
	error = hand_over(fd, state);
	for (unsigned i = 0; error == 0 && i < TRIES; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return fd;
		if (errno != EWOULDBLOCK && errno != EINTR)
			error = -errno;
		else
			nanosleep(&pause, NULL);
	}
	close(fd);
	return error < 0 ? error : ERROR_BUSY;
}

uint64_t own_disk_sum(struct bytes text)
{
	struct checksum sum;

	checksum_init(&sum);
	if (text.len > 0)
		checksum_add(&sum, text.at, text.len);
	return checksum_value(&sum);
}
