/*
 * file: reading a file whole, mapping one, and replacing one so that a power
 * cut leaves the old or the new one and nothing between.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "base/bytes.h"

/* Read-only, shared with everyone who maps the same file. */
struct file_map {
	const uint8_t *at;
	size_t len;
};

int file_map_open(struct file_map *map, const char *path);
void file_map_close(struct file_map *map);

/*
 * The whole file, at most `limit` bytes (ERROR_FULL), into memory that the
 * caller frees.  There is a NUL after the last byte, not counted in *len.
 */
int file_read(const char *path, size_t limit, uint8_t **at, size_t *len);

/*
 * A new file beside the old one, "<path>.new": write to `stream`, then commit
 * (flush, fsync, rename, fsync of the folder) or abort.  Both release
 * everything.  `mode` is exact, whatever the umask.  ERROR_BUSY: somebody
 * else is replacing that file now.
 */
struct file_replacement {
	FILE *stream;
	char *path;
	char *temporary;
};

int file_replace(struct file_replacement *new, const char *path, mode_t mode);
int file_replace_commit(struct file_replacement *new);
void file_replace_abort(struct file_replacement *new);

/*
 * The folder and those above it that are missing, as mkdir -p -m: those above
 * get 0755 less the umask.  A folder that is there is left as it is.
 */
int file_make_folder(const char *path, mode_t mode);

#endif
