/*
 * A database's file and its log, looked through page by page:
 *
 *	pages of the file (1)  the file  the log
 *
 * Whatever they are, every blob that is found can be read to its end.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "journal/database.h"
#include "journal/pages.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char folder[] = "/dev/shm/fuzz-pages-XXXXXX";
static char file[64], log_file[64];

static void remove_all(void)
{
	unlink(file);
	unlink(log_file);
	rmdir(folder);
}

static void make_folder(void)
{
	if (file[0] != '\0')
		return;
	if (mkdtemp(folder) == NULL)
		abort();
	snprintf(file, sizeof(file), "%s/db", folder);
	snprintf(log_file, sizeof(log_file), "%s/db-wal", folder);
	atexit(remove_all);
}

static void put(const char *path, const uint8_t *at, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, at, len) != (ssize_t)len)
		abort();
	close(fd);
}

static int read_all(void *context, int64_t number, struct bytes blob)
{
	unsigned *sum = context;

	if (number < 0)
		abort();
	for (size_t i = 0; i < blob.len; i++)
		*sum += blob.at[i];
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pages pages;
	unsigned sum = 0;
	size_t len;

	if (size == 0)
		return 0;
	make_folder();
	len = (size_t)data[0] * DATABASE_PAGE;
	if (len > size - 1)
		len = size - 1;
	put(file, data + 1, len);
	put(log_file, data + 1 + len, size - 1 - len);
	if (pages_open(&pages, file) < 0)
		abort();
	for (uint64_t at = 0; at < pages_end(&pages); at++)
		pages_look(&pages, at, read_all, &sum);
	pages_close(&pages);
	return 0;
}
