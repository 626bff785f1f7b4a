/*
 * own_disk: own.rules and the files beside it, on the disk.  For own_file.c
 * and own_undo.c, and for nobody else.
 *
 * Who runs the program may be root, in a folder of the one that the daemon
 * runs as: no link is followed, and what is made is handed over.
 */
#ifndef POLICY_OWN_DISK_H
#define POLICY_OWN_DISK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

/* "STATE/own.rules" and `suffix`; 0 or -ENAMETOOLONG. */
enum { OWN_PATH = 4096 };
int own_disk_path(char path[OWN_PATH], const char *state, const char *suffix);

/* Nothing where there is no file; the caller frees *at.  0 or an error. */
int own_disk_read(const char *state, const char *suffix, uint8_t **at,
		  size_t *len);

/* Replaced as a whole, `head` first. */
int own_disk_write(const char *state, const char *suffix, struct bytes head,
		   struct bytes text);

/* Waits two seconds at most.  A descriptor to close; ERROR_BUSY, -errno. */
int own_disk_lock(const char *state);

uint64_t own_disk_sum(struct bytes text);

#endif
