/*
 * Why the settings are what they are:
 *
 *	WAL, synchronous FULL	readers never wait for the writer, and what a
 *				commit said is stored is on the disk: the log
 *				is synced once a commit
 *	page size 4096		a quiet house commits a few rows at a time, and
 *				whole pages go to the SD card; at flood rates
 *				8192 would save 5 % of the time
 *	cache 1 MB		rows are only appended; nothing is gained by
 *				remembering more of them
 *	auto_vacuum		what retention deletes can be given back
 *				in small steps
 *	secure_delete FAST	what was deleted is gone, but for whole pages
 *				that became free: overwriting those too, which
 *				the tail leaves at every sealing, is 32 of 223
 *				MB a day at 300,000 rows; who forgets something
 *				vacuums them
 *	PERSIST_WAL		-wal and -shm stay when the writer has ended:
 *				who may only read cannot make them
 *
 * The file is never opened here while SQLite has it open: closing it would
 * drop the locks that SQLite holds (a trap of POSIX).
 */
#include "journal/database.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "journal/block.h"
#include "journal/schema.h"

enum {
	MODE = 0640,
	AT_WRITE_VERSION = 18, WRITE_VERSION_MOST = 2,	/* of a database */
	WRITER_PATIENCE = 250,	/* ms that a lock is waited for */
	READER_PATIENCE = 2000,
	/* Bytes of a value a reader takes: a block and its padding. */
	VALUE_MAX = BLOCK_BYTES + 2 * DATABASE_PAGE,
};

static const char *const beside[] = { "", "-wal", "-shm", "-journal" };

enum { BESIDE = sizeof(beside) / sizeof(beside[0]) };

/* What the kernel said, where SQLite remembers it. */
static int kernel_error(sqlite3 *db, int usual)
{
	int number = db != NULL ? sqlite3_system_errno(db) : 0;

	return number != 0 ? -number : usual;
}

int database_error(sqlite3 *db, int rc)
{
	static const struct {
		int rc, error;
	} same[] = {
		{ SQLITE_OK, 0 },
		{ SQLITE_NOMEM, -ENOMEM },
		{ SQLITE_FULL, -ENOSPC },
		{ SQLITE_READONLY, -EROFS },
		{ SQLITE_PERM, -EACCES },
		{ SQLITE_BUSY, ERROR_BUSY },
		{ SQLITE_LOCKED, ERROR_BUSY },
		{ SQLITE_MISMATCH, ERROR_FOREIGN },
		{ SQLITE_CORRUPT, ERROR_DAMAGED },
		{ SQLITE_NOTADB, ERROR_DAMAGED },
		{ SQLITE_NOTFOUND, ERROR_ABSENT },
	};

	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		if (same[i].rc == (rc & 0xff))
			return same[i].error;
	if ((rc & 0xff) == SQLITE_CANTOPEN)
		return kernel_error(db, -ENOENT);
	if ((rc & 0xff) == SQLITE_IOERR)
		return kernel_error(db, -EIO);
	return ERROR_DATABASE;
}

void database_explain(sqlite3 *db, int rc, char *words, size_t room)
{
	int error = database_error(db, rc);
	struct text text;

	text_init(&text, words, room);
	if (rc == SQLITE_MISMATCH)
		text_put(&text, "made by a later version of homebound, or not "
			 "by homebound at all: it is left alone");
	else if (db == NULL || error > ERROR_MALFORMED)
		text_put(&text, "%s", error_words(error));
	else
		text_put_hostile(&text, bytes_of_string(sqlite3_errmsg(db)));
}

int database_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **stmt)
{
	return sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT,
				  stmt, NULL);
}

int database_run(sqlite3_stmt *stmt)
{
	while (sqlite3_step(stmt) == SQLITE_ROW)
		;
	return sqlite3_reset(stmt);
}

int database_ask(sqlite3_stmt *stmt, sqlite3_int64 *value)
{
	*value = 0;
	if (sqlite3_step(stmt) == SQLITE_ROW)
		*value = sqlite3_column_int64(stmt, 0);
	return sqlite3_reset(stmt);
}

int database_has_moved(sqlite3 *db)
{
	int moved = 0;

	sqlite3_file_control(db, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
	return moved;
}

static char *path_beside(const char *path, const char *suffix)
{
	char *name;

	return asprintf(&name, "%s%s", path, suffix) < 0 ? NULL : name;
}

uint64_t database_bytes(const char *path, const char *suffix)
{
	char *name = path_beside(path, suffix);
	struct stat status;
	bool there = name != NULL && stat(name, &status) == 0;

	free(name);
	return there ? (uint64_t)status.st_size : 0;
}

/*
 * SQLite gives the files beside the database its mode, but their group only
 * when it runs as root.
 */
static void give_to_group(const char *path, gid_t group)
{
	for (unsigned i = 0; i < BESIDE; i++) {
		char *name = path_beside(path, beside[i]);

		if (name == NULL)
			return;
		if (chmod(name, MODE) != 0 && errno != ENOENT)
			log_warning("%s: cannot set its mode: %s", name,
				    error_words(-errno));
		if (group != (gid_t)-1 &&
		    chown(name, (uid_t)-1, group) != 0 && errno != ENOENT)
			log_warning("%s: cannot give it to its group: %s",
				    name, error_words(-errno));
		free(name);
	}
}

/* Made by us and not by SQLite, so that it is never readable for all. */
static void make_file(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, MODE);

	if (fd >= 0)
		close(fd);
}

static int set_up(sqlite3 *db)
{
	int on = 1, rc;
	char sql[512];

	snprintf(sql, sizeof(sql),
		 "PRAGMA page_size = %d;"
		 "PRAGMA auto_vacuum = INCREMENTAL;"
		 "PRAGMA cache_size = -1024;"
		 "PRAGMA mmap_size = 0;"
		 "PRAGMA temp_store = MEMORY;"
		 "PRAGMA secure_delete = FAST;"
		 "PRAGMA cell_size_check = ON;"
		 "PRAGMA trusted_schema = OFF;"
		 "PRAGMA journal_mode = WAL;"
		 "PRAGMA synchronous = FULL;"
		 "PRAGMA wal_autocheckpoint = 0;"
		 "PRAGMA journal_size_limit = %d;",
		 DATABASE_PAGE, DATABASE_WAL_PAGES * (DATABASE_PAGE + 32));
	sqlite3_busy_timeout(db, WRITER_PATIENCE);
	rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_file_control(db, "main", SQLITE_FCNTL_PERSIST_WAL,
					  &on);
	return rc;
}

/* Before anything is changed: WAL mode alone would be a change. */
static int look_and_prepare(sqlite3 *db,
			    const struct database_options *options)
{
	enum schema_kind kind = SCHEMA_STRANGE;
	int version, rc;

	rc = schema_look(db, &kind, &version);
	if (rc != SQLITE_OK)
		return rc;
	if (kind == SCHEMA_NEWER || kind == SCHEMA_STRANGE)
		return SQLITE_MISMATCH;
	rc = set_up(db);
	if (rc == SQLITE_OK)
		rc = schema_prepare(db);
	if (rc == SQLITE_OK && kind == SCHEMA_OLDER)
		log_notice("%s: brought from version %d to version %d",
			   options->path, version, SCHEMA_VERSION);
	return rc;
}

/*
 * A header that tells SQLite not to write is not ours any more: we write 1 or
 * 2 (https://www.sqlite.org/fileformat2.html, section 1.3.3).  Looked at
 * before SQLite has the file open, as above.
 */
static bool forbids_writing(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint8_t version = 0;
	bool is_there = fd >= 0 &&
			pread(fd, &version, 1, AT_WRITE_VERSION) == 1;

	if (fd >= 0)
		close(fd);
	return is_there && version > WRITE_VERSION_MOST;
}

int database_open(sqlite3 **db, const struct database_options *options)
{
	bool forbidden;
	int rc;

	make_file(options->path);
	forbidden = forbids_writing(options->path);
	rc = sqlite3_open_v2(options->path, db,
			     SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
			     NULL);
	if (rc == SQLITE_OK) {
		sqlite3_extended_result_codes(*db, 0);
		rc = look_and_prepare(*db, options);
		if (rc == SQLITE_READONLY && forbidden)
			rc = SQLITE_CORRUPT;
	}
	if (rc == SQLITE_OK) {
		give_to_group(options->path, (gid_t)options->group);
		return SQLITE_OK;
	}
	database_explain(*db, rc, options->words, options->room);
	sqlite3_close(*db);
	*db = NULL;
	return rc;
}

/* A name nobody has yet; two in one second are told apart by a number. */
static char *free_name(const char *path)
{
	time_t now = time(NULL);
	char stamp[32], *name;
	struct tm tm;

	localtime_r(&now, &tm);
	strftime(stamp, sizeof(stamp), "%Y%m%d-%H%M%S", &tm);
	for (unsigned i = 0; i < 1000; i++) {
		int len = i == 0 ? asprintf(&name, "%s.damaged-%s", path,
					    stamp)
				 : asprintf(&name, "%s.damaged-%s-%u", path,
					    stamp, i);

		if (len < 0)
			return NULL;
		if (access(name, F_OK) != 0)
			return name;
		free(name);
	}
	return NULL;
}

static int move_beside(const char *path, const char *name, const char *suffix)
{
	char *from = path_beside(path, suffix), *to = path_beside(name, suffix);
	int error = 0;

	if (from == NULL || to == NULL)
		error = -ENOMEM;
	else if (rename(from, to) != 0 && errno != ENOENT)
		error = -errno;
	free(from);
	free(to);
	return error;
}

/*
 * A link that says what is to be carried over, made before anything is
 * renamed, so that a kill in between forgets nothing.
 */
static int make_mark(const char *path, const char *name)
{
	char *mark = path_beside(path, DATABASE_MARK);
	const char *last = strrchr(name, '/');
	int error = 0;

	if (mark == NULL)
		return -ENOMEM;
	if (unlink(mark) != 0 && errno != ENOENT)
		error = -errno;
	else if (symlink(last != NULL ? last + 1 : name, mark) != 0)
		error = -errno;
	free(mark);
	return error;
}

/* The database last: while it is there, its log belongs to it. */
int database_set_aside(const char *path)
{
	char *name = free_name(path);
	int error = name != NULL ? make_mark(path, name) : -ENOMEM;

	for (unsigned i = BESIDE; i-- > 0 && error == 0; )
		error = move_beside(path, name, beside[i]);
	if (error < 0)
		log_error("%s: damaged, and cannot be renamed: %s", path,
			  error_words(error));
	else
		log_error("%s: damaged; kept as %s, a new one is begun", path,
			  name);
	free(name);
	return error;
}

/* The path as a URI: what has a meaning there is written as %XX. */
static char *uri_of(const char *path, const char *parameters)
{
	size_t room = 3 * strlen(path) + strlen(parameters) + 8;
	char *uri = malloc(room), *to;

	if (uri == NULL)
		return NULL;
	to = stpcpy(uri, path[0] == '/' ? "file://" : "file:");
	for (; *path != '\0'; path++) {
		if (strchr("%?#", *path) != NULL)
			to += sprintf(to, "%%%02X", (unsigned char)*path);
		else
			*to++ = *path;
	}
	strcpy(to, parameters);
	return uri;
}

static int open_uri(sqlite3 **db, const char *path, const char *parameters)
{
	char *uri = uri_of(path, parameters);
	int rc;

	if (uri == NULL)
		return SQLITE_NOMEM;
	rc = sqlite3_open_v2(uri, db, SQLITE_OPEN_READONLY |
			     SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI, NULL);
	free(uri);
	return rc;
}

/* Whoever wrote the file, it must not do more than give rows. */
static int set_up_reader(sqlite3 *db)
{
	sqlite3_limit(db, SQLITE_LIMIT_LENGTH, VALUE_MAX);
	sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
	sqlite3_busy_timeout(db, READER_PATIENCE);
	return sqlite3_exec(db, "PRAGMA trusted_schema = OFF;"
			    "PRAGMA cell_size_check = ON;"
			    "PRAGMA cache_size = -1024;", NULL, NULL, NULL);
}

static int try_reader(sqlite3 **db, const char *path, const char *parameters,
		      enum schema_kind *kind)
{
	int version, rc = open_uri(db, path, parameters);

	if (rc == SQLITE_OK)
		rc = schema_look(*db, kind, &version);
	if (rc == SQLITE_OK)
		rc = set_up_reader(*db);
	return rc;
}

/*
 * A copy of a journal, in a folder one may not write to and without the files
 * SQLite wants beside it, is read as it stands: nobody writes to it.
 */
static int open_any_way(sqlite3 **db, const char *path,
			enum schema_kind *kind)
{
	int rc = try_reader(db, path, "?mode=ro", kind);

	if ((rc != SQLITE_CANTOPEN && rc != SQLITE_READONLY) ||
	    database_bytes(path, "-wal") > 0)
		return rc;
	sqlite3_close(*db);
	return try_reader(db, path, "?mode=ro&immutable=1", kind);
}

int database_open_damaged(sqlite3 **db, const char *path)
{
	int rc = open_uri(db, path, "?mode=ro");

	if (rc == SQLITE_OK)
		rc = set_up_reader(*db);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(*db, "SELECT count(*) FROM sqlite_schema",
				  NULL, NULL, NULL);
	if (rc != SQLITE_OK) {
		sqlite3_close(*db);
		*db = NULL;
	}
	return rc;
}

static int complain(const char *path, int error, const char *words)
{
	log_error("%s: %s", path, words);
	return error;
}

static int judge_kind(const char *path, enum schema_kind kind)
{
	switch (kind) {
	case SCHEMA_CURRENT:
		return 0;
	case SCHEMA_EMPTY:
		return complain(path, ERROR_ABSENT, "nothing in it yet");
	case SCHEMA_OLDER:
		return complain(path, ERROR_FOREIGN, "written by an older "
				"version; the daemon brings it up to date "
				"when it starts");
	case SCHEMA_NEWER:
		return complain(path, ERROR_FOREIGN,
				"written by a newer version");
	default:
		return complain(path, ERROR_FOREIGN,
				"not a journal of homebound");
	}
}

int database_open_reader(sqlite3 **db, const char *path)
{
	enum schema_kind kind = SCHEMA_STRANGE;
	char words[256];
	int error, rc;

	*db = NULL;
	if (access(path, R_OK) != 0)
		return complain(path, -errno, error_words(-errno));
	rc = open_any_way(db, path, &kind);
	if (rc != SQLITE_OK) {
		database_explain(*db, rc, words, sizeof(words));
		error = complain(path, database_error(*db, rc), words);
	} else {
		error = judge_kind(path, kind);
	}
	if (error < 0) {
		sqlite3_close(*db);
		*db = NULL;
	}
	return error;
}
