/*
 * folder: a folder under /tmp that a test fills and that goes with it.
 */
#ifndef TESTS_SUBSCRIBE_FOLDER_H
#define TESTS_SUBSCRIBE_FOLDER_H

#include <criterion/criterion.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

static inline void folder_make(char path[32])
{
	strcpy(path, "/tmp/subscribe-XXXXXX");
	cr_assert_not_null(mkdtemp(path));
}

static inline int folder_drop_one(const char *path, const struct stat *status,
				  int kind, struct FTW *at)
{
	(void)status;
	(void)kind;
	(void)at;
	return remove(path);
}

static inline void folder_drop(const char *path)
{
	cr_assert_eq(nftw(path, folder_drop_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

/* With the folders that are missing. */
static inline void folder_write(const char *folder, const char *name,
				const char *text)
{
	char path[256], *slash;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	slash = strrchr(path, '/');
	*slash = '\0';
	cr_assert_eq(file_make_folder(path, 0700), 0);
	*slash = '/';
	file = fopen(path, "w");
	cr_assert_not_null(file);
	fputs(text, file);
	cr_assert_eq(fclose(file), 0);
}

static inline void folder_remove(const char *folder, const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	cr_assert_eq(unlink(path), 0);
}

#endif
