/*
 * spool: a text that grows at the end of an open file of ours.
 *
 * The file is open for reading and writing, nobody else writes to it, and
 * its position is its end.  Errors are -errno.
 */
#ifndef SUBSCRIBE_SPOOL_H
#define SUBSCRIBE_SPOOL_H

#include <stdint.h>

#include "base/bytes.h"
#include "base/file.h"

/* A file without a name in that folder: gone when it is closed. */
int spool_open(const char *folder);

/* How long it is, and where the next byte goes. */
int64_t spool_length(int fd);

int spool_write(int fd, struct bytes piece);

/* All that is left in `from`; ERROR_FULL: that is more than `limit`. */
int spool_copy(int fd, int from, uint64_t limit);

/* Takes away what is behind the first `length` bytes. */
int spool_cut(int fd, uint64_t length);

/* The whole text in memory, until file_map_close. */
int spool_map(int fd, struct file_map *map);

/* SHA-256 of what stands behind the first `from` bytes. */
int spool_digest(int fd, uint64_t from, uint8_t digest[32]);

#endif
