/*
 * unsynced: a disk that can be slow, full, read-only or broken, and that tells
 * what it would have kept without power; it stands between a program and one
 * folder (LD_PRELOAD).
 *
 *	UNSYNCED_DIR	the folder; absolute, as the program spells it
 *	UNSYNCED_LOG	what happens to the files below it is told here
 *	UNSYNCED_SWITCH	a file that is looked at before every call:
 *		slow MS		each write and each sync takes so long, or
 *				until the switch says something else
 *		ENOSPC		no file grows and none is made
 *		EROFS		nothing is changed
 *		EIO		nothing is changed or synced
 *		(nothing)	all is well
 *
 * The log is a row of records: a header (struct record) and `len` bytes.
 * tests/system/power.py makes of it, and of a copy of the folder from before,
 * what a power cut at any of its records could have left.  A call is told
 * after it was carried out: what a kill keeps from being told was not synced
 * as far as anybody knows.
 *
 * Not seen are mapped memory and what stdio writes.  SQLite maps only -shm,
 * which it makes anew after a power cut; a file that is synced and that was
 * not written to by a call of ours is told as a whole.  -shm is left alone.
 *
 * For glibc; elsewhere it is empty, and the tests that need it are skipped.
 */
#undef _FORTIFY_SOURCE		/* its open() and our own are two */
#undef _FILE_OFFSET_BITS

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#ifdef __GLIBC__

enum { FDS = 4096, PAUSE_MS = 20, WORD = 32 };

struct record {
	char kind;		/* see enum kind */
	char pad[3];
	uint32_t len;
	uint64_t inode, time, offset;	/* time: CLOCK_REALTIME, in us */
};

enum kind {
	OPENED = 'o',		/* data: its name, below the folder */
	WRITTEN = 'w',		/* data at offset */
	SIZED = 't',		/* offset: the size it has now */
	GROWN = 'a',		/* offset: the size it has at least */
	WHOLE = 'c',		/* data: all that is in it; synced */
	SYNCED = 's',		/* a file or a folder */
	REMOVED = 'u',		/* data: the name */
	RENAMED = 'r',		/* data: from, NUL, to */
	MADE = 'm',		/* data: the name of a new folder */
};

/* The functions that stand behind ours. */
static struct real {
	int (*openat)(int at, const char *path, int flags, ...);
	ssize_t (*write)(int fd, const void *data, size_t len);
	ssize_t (*writev)(int fd, const struct iovec *parts, int count);
	ssize_t (*pwrite)(int fd, const void *data, size_t len, off64_t at);
	ssize_t (*pwritev)(int fd, const struct iovec *parts, int count,
			   off64_t at);
	int (*ftruncate)(int fd, off64_t size);
	int (*fallocate)(int fd, int mode, off64_t at, off64_t len);
	int (*posix_fallocate)(int fd, off64_t at, off64_t len);
	int (*sync_file_range)(int fd, off64_t at, off64_t len,
			       unsigned flags);
	int (*fsync)(int fd);
	int (*fdatasync)(int fd);
	int (*renameat)(int from_at, const char *from, int to_at,
			const char *to);
	int (*unlinkat)(int at, const char *path, int flags);
	int (*mkdirat)(int at, const char *path, mode_t mode);
	int (*faccessat)(int at, const char *path, int mode, int flags);
} real;

/* Which file of the folder a descriptor was opened for. */
static struct hold {
	ino64_t inode;		/* 0: none */
	bool written;
} holds[FDS];

static char folder[PATH_MAX];
static size_t folder_len;
static const char *switch_path;
static int log_fd = -1;

static void find(void *function, const char *name)
{
	void *found = dlsym(RTLD_NEXT, name);

	memcpy(function, &found, sizeof(found));
}

static void find_all(void)
{
	find(&real.write, "write");
	find(&real.writev, "writev");
	find(&real.pwrite, "pwrite64");
	find(&real.pwritev, "pwritev64");
	find(&real.ftruncate, "ftruncate64");
	find(&real.fallocate, "fallocate64");
	find(&real.posix_fallocate, "posix_fallocate64");
	find(&real.sync_file_range, "sync_file_range");
	find(&real.fsync, "fsync");
	find(&real.fdatasync, "fdatasync");
	find(&real.renameat, "renameat");
	find(&real.unlinkat, "unlinkat");
	find(&real.mkdirat, "mkdirat");
	find(&real.faccessat, "faccessat");
	find(&real.openat, "openat64");
}

/* A library that was loaded before us may open files before we are ready. */
static const struct real *behind(void)
{
	if (real.openat == NULL)
		find_all();
	return &real;
}

__attribute__((constructor))
static void begin(void)
{
	const char *path = getenv("UNSYNCED_DIR");
	const char *log = getenv("UNSYNCED_LOG");

	if (log != NULL)
		log_fd = behind()->openat(AT_FDCWD, log, O_WRONLY | O_APPEND |
					  O_CREAT | O_CLOEXEC, 0600);
	switch_path = getenv("UNSYNCED_SWITCH");
	if (path != NULL && strlen(path) < sizeof(folder))
		strcpy(folder, path);
	folder_len = strlen(folder);
}

/* --- telling --- */

static uint64_t now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_REALTIME, &at);
	return (uint64_t)at.tv_sec * 1000000 + (uint64_t)at.tv_nsec / 1000;
}

/* In one call, so that the records of two threads do not mix. */
static void tell(enum kind kind, uint64_t inode, uint64_t offset,
		 struct iovec data)
{
	struct record record = {
		.kind = (char)kind, .len = (uint32_t)data.iov_len,
		.inode = inode, .time = now(), .offset = offset,
	};
	struct iovec parts[] = { { &record, sizeof(record) }, data };

	if (log_fd >= 0 && behind()->writev(log_fd, parts, 2) < 0)
		abort();
}

static struct iovec text(char *words)
{
	return (struct iovec){ words, strlen(words) };
}

/* What stdio wrote, which nobody has seen. */
static void tell_whole(int fd, const struct stat64 *status)
{
	struct iovec all = { .iov_len = (size_t)status->st_size };
	char name[32];
	int again;

	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	again = behind()->openat(AT_FDCWD, name, O_RDONLY | O_CLOEXEC);
	if (again < 0)
		return;
	all.iov_base = mmap64(NULL, all.iov_len, PROT_READ, MAP_SHARED, again,
			      0);
	close(again);
	if (all.iov_base == MAP_FAILED)
		return;
	tell(WHOLE, status->st_ino, 0, all);
	munmap(all.iov_base, all.iov_len);
}

/* --- whose file it is --- */

/* A descriptor may have been closed and be another file by now. */
static struct hold *held(int fd, struct stat64 *status)
{
	if (fd < 0 || fd >= FDS || holds[fd].inode == 0 ||
	    fstat64(fd, status) != 0 || status->st_ino != holds[fd].inode)
		return NULL;
	return &holds[fd];
}

/* Where a path leads from an open folder. */
static bool is_whole_path(int at, const char *path, char whole[2 * PATH_MAX])
{
	char link[32];
	ssize_t len = 0;

	if (path[0] != '/') {
		snprintf(link, sizeof(link), "/proc/self/fd/%d", at);
		len = at == AT_FDCWD ? -1 : readlink(link, whole, PATH_MAX);
		if (len <= 0 || len >= PATH_MAX)
			return false;
		whole[len++] = '/';
	}
	return snprintf(whole + len, PATH_MAX, "%s", path) < PATH_MAX;
}

/* The name below our folder; "" is the folder itself. */
static bool is_ours(int at, const char *path, char name[PATH_MAX])
{
	char whole[2 * PATH_MAX];
	size_t len;

	if (folder_len == 0 || !is_whole_path(at, path, whole) ||
	    strncmp(whole, folder, folder_len) != 0 ||
	    (whole[folder_len] != '/' && whole[folder_len] != '\0'))
		return false;
	len = strlen(whole);
	while (len > folder_len && whole[len - 1] == '/')
		whole[--len] = '\0';
	if (len >= 4 && strcmp(whole + len - 4, "-shm") == 0)
		return false;
	snprintf(name, PATH_MAX, "%s",
		 whole + folder_len + (len > folder_len));
	return true;
}

/* --- the switch --- */

static void read_switch(char word[WORD])
{
	ssize_t len = -1;
	int fd = -1;

	if (switch_path != NULL)
		fd = behind()->openat(AT_FDCWD, switch_path,
				      O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		len = read(fd, word, WORD - 1);
		close(fd);
	}
	word[len > 0 ? len : 0] = '\0';
	word[strcspn(word, "\n")] = '\0';
}

static void wait_for(const char *slow)
{
	struct timespec pause = { .tv_nsec = PAUSE_MS * 1000000L };
	char word[WORD];
	long left = strtol(slow + strlen("slow"), NULL, 10);

	for (; left > 0; left -= PAUSE_MS) {
		nanosleep(&pause, NULL);
		read_switch(word);
		if (strcmp(word, slow) != 0)
			return;
	}
}

enum call { CHANGES, GROWS, SYNCS, MAY_WRITE };

/* Waits, or says with errno why it cannot be done. */
static bool is_refused(enum call call)
{
	static const struct {
		const char *word;
		int error;
		bool refused[MAY_WRITE + 1];
	} troubles[] = {
		{ "ENOSPC", ENOSPC, { [GROWS] = true } },
		{ "EROFS", EROFS, { [CHANGES] = true, [GROWS] = true,
				    [MAY_WRITE] = true } },
		{ "EIO", EIO, { [CHANGES] = true, [GROWS] = true,
				[SYNCS] = true } },
	};
	char word[WORD];

	read_switch(word);
	if (strncmp(word, "slow", 4) == 0 && call != MAY_WRITE)
		wait_for(word);
	for (size_t i = 0; i < sizeof(troubles) / sizeof(*troubles); i++)
		if (strcmp(word, troubles[i].word) == 0 &&
		    troubles[i].refused[call]) {
			errno = troubles[i].error;
			return true;
		}
	return false;
}

static enum call call_of(const struct stat64 *status, off64_t end)
{
	return end > status->st_size ? GROWS : CHANGES;
}

/* --- names --- */

static bool is_there(int at, const char *path)
{
	return behind()->faccessat(at, path, F_OK, 0) == 0;
}

static bool is_open_refused(int at, const char *path, int flags)
{
	if ((flags & O_CREAT) != 0 && !is_there(at, path))
		return is_refused(GROWS);
	if ((flags & O_TRUNC) != 0)
		return is_refused(CHANGES);
	return (flags & O_ACCMODE) != O_RDONLY && is_refused(MAY_WRITE);
}

static void hold(int fd, int flags, char *name)
{
	struct stat64 status;

	if (fd < 0 || fd >= FDS || fstat64(fd, &status) != 0)
		return;
	holds[fd] = (struct hold){ .inode = status.st_ino };
	tell(OPENED, status.st_ino, 0, text(name));
	if ((flags & O_TRUNC) != 0)
		tell(SIZED, status.st_ino, 0, text(""));
}

static int open_any(int at, const char *path, int flags, mode_t mode)
{
	char name[PATH_MAX];
	int fd;

	if (!is_ours(at, path, name))
		return behind()->openat(at, path, flags, mode);
	if (is_open_refused(at, path, flags))
		return -1;
	fd = behind()->openat(at, path, flags, mode);
	hold(fd, flags, name);
	return fd;
}

static bool has_mode(int flags)
{
	return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
}

int open(const char *path, int flags, ...)
{
	va_list more;
	mode_t mode = 0;

	va_start(more, flags);
	if (has_mode(flags))
		mode = va_arg(more, mode_t);
	va_end(more);
	return open_any(AT_FDCWD, path, flags, mode);
}

int openat(int at, const char *path, int flags, ...)
{
	va_list more;
	mode_t mode = 0;

	va_start(more, flags);
	if (has_mode(flags))
		mode = va_arg(more, mode_t);
	va_end(more);
	return open_any(at, path, flags, mode);
}

int open64(const char *path, int flags, ...)
	__attribute__((alias("open")));
int openat64(int at, const char *path, int flags, ...)
	__attribute__((alias("openat")));

int creat(const char *path, mode_t mode)
{
	return open_any(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, mode);
}

int creat64(const char *path, mode_t mode) __attribute__((alias("creat")));

/* What an optimizing program calls when no mode is needed. */
int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);
int __openat_2(int at, const char *path, int flags);
int __openat64_2(int at, const char *path, int flags);

int __open_2(const char *path, int flags)
{
	return open_any(AT_FDCWD, path, flags, 0);
}

int __open64_2(const char *path, int flags)
	__attribute__((alias("__open_2")));

int __openat_2(int at, const char *path, int flags)
{
	return open_any(at, path, flags, 0);
}

int __openat64_2(int at, const char *path, int flags)
	__attribute__((alias("__openat_2")));

int renameat(int from_at, const char *from, int to_at, const char *to)
{
	char names[2][PATH_MAX], both[2 * PATH_MAX];
	struct iovec data = { both, 0 };

	if (!is_ours(from_at, from, names[0]) ||
	    !is_ours(to_at, to, names[1]))
		return behind()->renameat(from_at, from, to_at, to);
	if (is_refused(CHANGES) ||
	    behind()->renameat(from_at, from, to_at, to) != 0)
		return -1;
	data.iov_len = (size_t)snprintf(both, sizeof(both), "%s%c%s",
					names[0], '\0', names[1]);
	tell(RENAMED, 0, 0, data);
	return 0;
}

int rename(const char *from, const char *to)
{
	return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

int unlinkat(int at, const char *path, int flags)
{
	char name[PATH_MAX];

	if (!is_ours(at, path, name))
		return behind()->unlinkat(at, path, flags);
	if (is_refused(CHANGES) || behind()->unlinkat(at, path, flags) != 0)
		return -1;
	tell(REMOVED, 0, 0, text(name));
	return 0;
}

int unlink(const char *path)
{
	return unlinkat(AT_FDCWD, path, 0);
}

int rmdir(const char *path)
{
	return unlinkat(AT_FDCWD, path, AT_REMOVEDIR);
}

int mkdirat(int at, const char *path, mode_t mode)
{
	char name[PATH_MAX];

	if (!is_ours(at, path, name))
		return behind()->mkdirat(at, path, mode);
	/* That it is there already is said by any disk. */
	if (!is_there(at, path) && is_refused(GROWS))
		return -1;
	if (behind()->mkdirat(at, path, mode) != 0)
		return -1;
	tell(MADE, 0, 0, text(name));
	return 0;
}

int mkdir(const char *path, mode_t mode)
{
	return mkdirat(AT_FDCWD, path, mode);
}

int faccessat(int at, const char *path, int mode, int flags)
{
	char name[PATH_MAX];

	if ((mode & W_OK) != 0 && is_ours(at, path, name) &&
	    is_refused(MAY_WRITE))
		return -1;
	return behind()->faccessat(at, path, mode, flags);
}

int access(const char *path, int mode)
{
	return faccessat(AT_FDCWD, path, mode, 0);
}

/* --- what is in them --- */

static void tell_written(struct hold *file, const void *data, ssize_t len,
			 off64_t at)
{
	struct iovec part = { (void *)(uintptr_t)data, (size_t)len };

	file->written = true;
	if (len > 0)
		tell(WRITTEN, file->inode, (uint64_t)at, part);
}

/* Where the next write() goes. */
static off64_t place_of(int fd, const struct stat64 *status)
{
	if ((fcntl(fd, F_GETFL) & O_APPEND) != 0)
		return status->st_size;
	return lseek64(fd, 0, SEEK_CUR);
}

ssize_t write(int fd, const void *data, size_t len)
{
	struct stat64 status;
	struct hold *file = held(fd, &status);
	off64_t at;
	ssize_t put;

	if (file == NULL)
		return behind()->write(fd, data, len);
	at = place_of(fd, &status);
	if (is_refused(call_of(&status, at + (off64_t)len)))
		return -1;
	put = behind()->write(fd, data, len);
	tell_written(file, data, put, at);
	return put;
}

ssize_t pwrite64(int fd, const void *data, size_t len, off64_t at)
{
	struct stat64 status;
	struct hold *file = held(fd, &status);
	ssize_t put;

	if (file == NULL)
		return behind()->pwrite(fd, data, len, at);
	if (is_refused(call_of(&status, at + (off64_t)len)))
		return -1;
	put = behind()->pwrite(fd, data, len, at);
	tell_written(file, data, put, at);
	return put;
}

ssize_t pwrite(int fd, const void *data, size_t len, off_t at)
{
	return pwrite64(fd, data, len, at);
}

/* Of several parts the first is enough: any write may be a short one. */
ssize_t writev(int fd, const struct iovec *parts, int count)
{
	struct stat64 status;

	if (held(fd, &status) == NULL || count < 1)
		return behind()->writev(fd, parts, count);
	return write(fd, parts->iov_base, parts->iov_len);
}

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t at)
{
	struct stat64 status;

	if (held(fd, &status) == NULL || count < 1)
		return behind()->pwritev(fd, parts, count, at);
	return pwrite64(fd, parts->iov_base, parts->iov_len, at);
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at)
{
	return pwritev64(fd, parts, count, at);
}

int ftruncate64(int fd, off64_t size)
{
	struct stat64 status;
	struct hold *file = held(fd, &status);

	if (file != NULL && is_refused(call_of(&status, size)))
		return -1;
	if (behind()->ftruncate(fd, size) != 0)
		return -1;
	if (file != NULL)
		tell(SIZED, file->inode, (uint64_t)size, text(""));
	return 0;
}

int ftruncate(int fd, off_t size)
{
	return ftruncate64(fd, size);
}

/* Holes that are punched and the like are not what this is about. */
int fallocate64(int fd, int mode, off64_t at, off64_t len)
{
	struct stat64 status;
	struct hold *file = held(fd, &status);

	if (file != NULL && mode != 0) {
		errno = EOPNOTSUPP;
		return -1;
	}
	if (file != NULL && is_refused(GROWS))
		return -1;
	if (behind()->fallocate(fd, mode, at, len) != 0)
		return -1;
	if (file != NULL)
		tell(GROWN, file->inode, (uint64_t)(at + len), text(""));
	return 0;
}

int fallocate(int fd, int mode, off_t at, off_t len)
{
	return fallocate64(fd, mode, at, len);
}

int posix_fallocate64(int fd, off64_t at, off64_t len)
{
	struct stat64 status;
	int saved = errno, error;

	if (held(fd, &status) == NULL)
		return behind()->posix_fallocate(fd, at, len);
	error = fallocate64(fd, 0, at, len) != 0 ? errno : 0;
	errno = saved;
	return error;
}

int posix_fallocate(int fd, off_t at, off_t len)
{
	return posix_fallocate64(fd, at, len);
}

/* --- what stays --- */

static int sync_any(int fd, int (*sync)(int fd))
{
	struct stat64 status;
	struct hold *file = held(fd, &status);

	if (file != NULL && is_refused(SYNCS))
		return -1;
	if (sync(fd) != 0)
		return -1;
	if (file == NULL)
		return 0;
	if (S_ISREG(status.st_mode) && !file->written && status.st_size > 0)
		tell_whole(fd, &status);
	tell(SYNCED, file->inode, 0, text(""));
	return 0;
}

int fsync(int fd)
{
	return sync_any(fd, behind()->fsync);
}

int fdatasync(int fd)
{
	return sync_any(fd, behind()->fdatasync);
}

/* It promises nothing: sync_file_range(2), "Warning". */
int sync_file_range(int fd, off64_t at, off64_t len, unsigned flags)
{
	struct stat64 status;

	if (held(fd, &status) != NULL && is_refused(SYNCS))
		return -1;
	return behind()->sync_file_range(fd, at, len, flags);
}

#else

/* An empty file is none (C11, 6.9). */
extern const int unsynced_is_not_built;

#endif
