/*
 * The text is written first and the index after it, each by a rename: a
 * version that is in the index is whole.  A text without a line in the index
 * is what a power cut left; the next version of that serial replaces it.
 */
#include "subscribe/shelf.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "dns/record.h"

enum {
	INDEX_LIMIT = 1 << 20,
	TEXT_LIMIT = 1 << 30,
	FOLDER_MODE = 0750,
	FILE_MODE = 0640,
};

_Static_assert(sizeof((struct list_version){ 0 }.digest) == RECORD_DIGEST,
	       "SHA-256");

/* A name becomes a part of a path, so it is looked at here too. */
static bool is_list_name(const char *name)
{
	static const char good[] = "abcdefghijklmnopqrstuvwxyz0123456789._-";
	size_t len = strlen(name);

	return len > 0 && len < IMAGE_LIST_NAME && name[0] != '.' &&
	       strspn(name, good) == len;
}

static int digit_value(char digit)
{
	static const char digits[] = "0123456789abcdef";
	const char *found = digit ? strchr(digits, digit) : NULL;

	return found ? (int)(found - digits) : -1;
}

static bool digest_parse(uint8_t digest[RECORD_DIGEST], const char *text)
{
	for (unsigned i = 0; i < RECORD_DIGEST; i++) {
		int high = digit_value(text[2 * i]);
		int low = high < 0 ? -1 : digit_value(text[2 * i + 1]);

		if (low < 0)
			return false;
		digest[i] = (uint8_t)(high << 4 | low);
	}
	return text[2 * RECORD_DIGEST] == '\0';
}

static bool version_parse(struct list_version *version, const char *line)
{
	char digest[2 * RECORD_DIGEST + 1];

	return sscanf(line, "%" SCNu64 " %" SCNu64 " %64s %" SCNu64
		      " %" SCNu64, &version->serial, &version->time, digest,
		      &version->bytes, &version->rules) == 5 &&
	       version->serial > 0 && digest_parse(version->digest, digest);
}

static void version_print(const struct list_version *version, FILE *out)
{
	fprintf(out, "%" PRIu64 " %" PRIu64 " ", version->serial,
		version->time);
	for (unsigned i = 0; i < RECORD_DIGEST; i++)
		fprintf(out, "%02x", version->digest[i]);
	fprintf(out, " %" PRIu64 " %" PRIu64 "\n", version->bytes,
		version->rules);
}

/* NULL: no memory. */
static char *file_of(const struct shelf *shelf, uint64_t serial)
{
	char *path;

	if (asprintf(&path, "%s/%" PRIu64 ".txt", shelf->folder, serial) < 0)
		return NULL;
	return path;
}

static char *index_of(const struct shelf *shelf)
{
	char *path;

	if (asprintf(&path, "%s/index", shelf->folder) < 0)
		return NULL;
	return path;
}

/* The oldest makes room; its serial, or 0. */
static uint64_t append(struct shelf *shelf, const struct list_version *version)
{
	uint64_t dropped = 0;

	if (shelf->count == SHELF_VERSIONS) {
		dropped = shelf->at[0].serial;
		shelf->count--;
		memmove(shelf->at, shelf->at + 1,
			shelf->count * sizeof(*shelf->at));
	}
	shelf->at[shelf->count++] = *version;
	return dropped;
}

/* A line that is none is passed over; serials only rise. */
static int index_read(struct shelf *shelf)
{
	char *path = index_of(shelf), *line, *rest;
	const struct list_version *newest;
	struct list_version version;
	uint8_t *text;
	size_t len;
	int error;

	if (!path)
		return -ENOMEM;
	error = file_read(path, INDEX_LIMIT, &text, &len);
	free(path);
	if (error < 0)
		return error == -ENOENT ? 0 : error;
	rest = (char *)text;
	while ((line = strsep(&rest, "\n"))) {
		newest = shelf_newest(shelf);
		if (version_parse(&version, line) &&
		    (!newest || version.serial > newest->serial))
			append(shelf, &version);
	}
	free(text);
	return 0;
}

int shelf_open(struct shelf *shelf, const char *state, const char *name)
{
	int error;

	*shelf = (struct shelf){ 0 };
	if (!is_list_name(name))
		return ERROR_MALFORMED;
	if (asprintf(&shelf->folder, "%s/lists/%s", state, name) < 0) {
		shelf->folder = NULL;
		return -ENOMEM;
	}
	error = index_read(shelf);
	if (error < 0)
		shelf_release(shelf);
	return error;
}

void shelf_release(struct shelf *shelf)
{
	free(shelf->folder);
	shelf->folder = NULL;
}

const struct list_version *shelf_newest(const struct shelf *shelf)
{
	return shelf->count ? &shelf->at[shelf->count - 1] : NULL;
}

static const struct list_version *find(const struct shelf *shelf,
				       uint64_t serial)
{
	for (unsigned i = 0; i < shelf->count; i++)
		if (shelf->at[i].serial == serial)
			return &shelf->at[i];
	return NULL;
}

int shelf_read(const struct shelf *shelf, uint64_t serial, uint8_t **at,
	       size_t *len)
{
	const struct list_version *version = find(shelf, serial);
	uint8_t digest[RECORD_DIGEST];
	char *path;
	int error;

	*at = NULL;
	*len = 0;
	if (!version)
		return ERROR_ABSENT;
	path = file_of(shelf, serial);
	if (!path)
		return -ENOMEM;
	error = file_read(path, TEXT_LIMIT, at, len);
	free(path);
	if (error < 0)
		return error == -ENOENT ? ERROR_ABSENT : error;
	record_digest(*at, *len, digest);
	if (memcmp(digest, version->digest, sizeof(digest)) == 0)
		return 0;
	free(*at);
	*at = NULL;
	*len = 0;
	return ERROR_DAMAGED;
}

static int text_write(const struct shelf *shelf, uint64_t serial,
		      struct bytes text)
{
	char *path = file_of(shelf, serial);
	struct file_replacement file;
	int error;

	if (!path)
		return -ENOMEM;
	error = file_replace(&file, path, FILE_MODE);
	free(path);
	if (error < 0)
		return error;
	fwrite(text.at, 1, text.len, file.stream);
	return file_replace_commit(&file);
}

static int index_write(const struct shelf *shelf)
{
	char *path = index_of(shelf);
	struct file_replacement file;
	int error;

	if (!path)
		return -ENOMEM;
	error = file_replace(&file, path, FILE_MODE);
	free(path);
	if (error < 0)
		return error;
	for (unsigned i = 0; i < shelf->count; i++)
		version_print(&shelf->at[i], file.stream);
	return file_replace_commit(&file);
}

/* Nobody misses it: when it stays, it is only in the way. */
static void text_drop(const struct shelf *shelf, uint64_t serial)
{
	char *path = file_of(shelf, serial);

	if (path)
		unlink(path);
	free(path);
}

int shelf_put(struct shelf *shelf, const struct list_version *version,
	      struct bytes text)
{
	uint64_t dropped;
	int error = file_make_folder(shelf->folder, FOLDER_MODE);

	if (error == 0)
		error = text_write(shelf, version->serial, text);
	if (error < 0)
		return error;
	dropped = append(shelf, version);
	error = index_write(shelf);
	if (error == 0 && dropped)
		text_drop(shelf, dropped);
	return error;
}
