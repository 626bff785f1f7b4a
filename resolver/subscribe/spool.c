/*
 * Texts may be larger than the memory of a small router: they are written
 * piece by piece and looked at through a mapping, which the kernel can take
 * back.
 */
#include "subscribe/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/sha256.h"

enum { PIECE = 32768 };

int spool_open(const char *folder)
{
	char path[PATH_MAX];
	int fd = open(folder, O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);

	if (fd >= 0)
		return fd;
	snprintf(path, sizeof(path), "%s/text.XXXXXX", folder);
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	unlink(path);
	return fd;
}

int64_t spool_length(int fd)
{
	struct stat status;

	return fstat(fd, &status) != 0 ? -errno : (int64_t)status.st_size;
}

int spool_write(int fd, struct bytes piece)
{
	while (piece.len > 0) {
		ssize_t written = write(fd, piece.at, piece.len);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return -errno;
		piece.at += written;
		piece.len -= (size_t)written;
	}
	return 0;
}

int spool_copy(int fd, int from, uint64_t limit)
{
	uint8_t piece[PIECE];
	int error = 0;
	ssize_t got;

	while (error == 0) {
		got = read(from, piece, sizeof(piece));
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? -errno : 0;
		if ((uint64_t)got > limit)
			return ERROR_FULL;
		limit -= (uint64_t)got;
		error = spool_write(fd, bytes_of(piece, (size_t)got));
	}
	return error;
}

int spool_cut(int fd, uint64_t length)
{
	if (ftruncate(fd, (off_t)length) != 0 ||
	    lseek(fd, (off_t)length, SEEK_SET) < 0)
		return -errno;
	return 0;
}

int spool_map(int fd, struct file_map *map)
{
	int64_t length = spool_length(fd);
	void *at;

	*map = (struct file_map){ .at = (const uint8_t *)"" };
	if (length <= 0)
		return (int)length;
	if ((uint64_t)length > SIZE_MAX)
		return -EFBIG;
	at = mmap(NULL, (size_t)length, PROT_READ, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		return -errno;
	*map = (struct file_map){ at, (size_t)length };
	return 0;
}

int spool_digest(int fd, uint64_t from, uint8_t digest[32])
{
	struct file_map map;
	int error = spool_map(fd, &map);

	if (error < 0)
		return error;
	if (from > map.len)
		from = map.len;
	sha256_of(map.at + from, map.len - from, digest);
	file_map_close(&map);
	return 0;
}
