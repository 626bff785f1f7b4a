/*
 * Files are opened by their name below the folder's descriptor: whoever moves
 * the folder about meanwhile moves all of it.
 */
#include "review/evidence_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/sha256.h"
#include "base/text.h"

static void release(struct evidence_folder *folder)
{
	if (folder->fd >= 0)
		close(folder->fd);
	free(folder->path);
	free(folder->temporary);
	*folder = (struct evidence_folder){ .fd = -1 };
}

/* Without slashes at its end, so that ".tmp" is a neighbour. */
static int take_path(struct evidence_folder *folder, const char *path)
{
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/')
		len--;
	folder->path = strndup(path, len);
	if (folder->path == NULL ||
	    asprintf(&folder->temporary, "%s.tmp", folder->path) < 0) {
		folder->temporary = NULL;
		return -ENOMEM;
	}
	return 0;
}

static int make_temporary(struct evidence_folder *folder,
			  struct text *trouble)
{
	struct stat status;

	if (lstat(folder->path, &status) == 0)
		return -EEXIST;
	if (errno != ENOENT)
		return -errno;
	if (mkdir(folder->temporary, 0700) != 0) {
		if (errno == EEXIST) {
			text_put_line(trouble,
				      bytes_of_string(folder->temporary));
			text_put(trouble, " is in the way: another export is "
				 "making it, or one that was interrupted left "
				 "it; then remove it");
		}
		return -errno;
	}
	folder->fd = open(folder->temporary, O_RDONLY | O_DIRECTORY |
			  O_NOFOLLOW | O_CLOEXEC);
	return folder->fd >= 0 ? 0 : -errno;
}

int evidence_folder_make(struct evidence_folder *folder, const char *path,
			 struct text *trouble)
{
	int error;

	*folder = (struct evidence_folder){ .fd = -1 };
	error = take_path(folder, path);
	if (error == 0)
		error = make_temporary(folder, trouble);
	if (error < 0)
		release(folder);
	return error;
}

FILE *evidence_folder_open(struct evidence_folder *folder, const char *name)
{
	FILE *file;
	int fd;

	if (folder->count == EVIDENCE_FILES) {
		errno = EMFILE;
		return NULL;
	}
	fd = openat(folder->fd, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW |
		    O_CLOEXEC, 0600);
	if (fd < 0)
		return NULL;
	folder->files[folder->count++] = name;
	file = fdopen(fd, "w");
	if (file == NULL)
		close(fd);
	return file;
}

int evidence_folder_close(FILE *file)
{
	int error = ferror(file) ? -EIO : 0;

	if (error == 0 && (fflush(file) != 0 || fsync(fileno(file)) != 0))
		error = -errno;
	if (fclose(file) != 0 && error == 0)
		error = -errno;
	return error;
}

static int put_line(const struct evidence_folder *folder, const char *name,
		    struct text *out)
{
	uint8_t digest[SHA256_SIZE];
	struct file_map map;
	char *path;
	int error;

	if (asprintf(&path, "%s/%s", folder->temporary, name) < 0)
		return -ENOMEM;
	error = file_map_open(&map, path);
	free(path);
	if (error < 0)
		return error;
	sha256_of(map.at, map.len, digest);
	file_map_close(&map);
	for (unsigned i = 0; i < sizeof(digest); i++)
		text_put(out, "%02x", digest[i]);
	text_put(out, "  %s\n", name);
	return out->cut ? ERROR_FULL : 0;
}

static int compare(const void *one, const void *other)
{
	const char *const *first = one, *const *second = other;

	return strcmp(*first, *second);
}

int evidence_folder_manifest(const struct evidence_folder *folder,
			     struct text *out)
{
	const char *names[EVIDENCE_FILES];
	int error = 0;

	memcpy(names, folder->files, sizeof(names));
	qsort(names, folder->count, sizeof(*names), compare);
	for (unsigned i = 0; i < folder->count && error == 0; i++)
		error = put_line(folder, names[i], out);
	return error;
}

/* What root made in somebody's folder is theirs. */
static int give_away(const struct evidence_folder *folder)
{
	struct stat around;

	if (geteuid() != 0)
		return 0;
	if (fstatat(folder->fd, "..", &around, 0) != 0)
		return -errno;
	for (unsigned i = 0; i < folder->count; i++)
		if (fchownat(folder->fd, folder->files[i], around.st_uid,
			     around.st_gid, AT_SYMLINK_NOFOLLOW) != 0)
			return -errno;
	if (fchown(folder->fd, around.st_uid, around.st_gid) != 0)
		return -errno;
	return 0;
}

static int sync_around(const char *path)
{
	char *copy = strdup(path), *slash;
	int fd;

	if (copy == NULL)
		return -ENOMEM;
	slash = strrchr(copy, '/');
	if (slash != NULL)
		slash[slash == copy ? 1 : 0] = '\0';
	fd = open(slash != NULL ? copy : ".", O_RDONLY | O_DIRECTORY |
		  O_CLOEXEC);
	free(copy);
	if (fd < 0)
		return -errno;
	/* A file system that cannot sync a folder has nothing to lose. */
	fsync(fd);
	close(fd);
	return 0;
}

/* rename(2) takes an empty folder's place; a full one stays. */
int evidence_folder_finish(struct evidence_folder *folder)
{
	int error = give_away(folder);

	if (error == 0 && fsync(folder->fd) != 0 && errno != EINVAL)
		error = -errno;
	if (error == 0 && rename(folder->temporary, folder->path) != 0)
		error = -errno;
	if (error < 0) {
		evidence_folder_abandon(folder);
		return error;
	}
	error = sync_around(folder->path);
	release(folder);
	return error;
}

void evidence_folder_abandon(struct evidence_folder *folder)
{
	for (unsigned i = 0; folder->fd >= 0 && i < folder->count; i++)
		unlinkat(folder->fd, folder->files[i], 0);
	if (folder->fd >= 0)
		rmdir(folder->temporary);
	release(folder);
}
