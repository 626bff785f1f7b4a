/*
 * A folder is looked into once and not below.  Its order is that of bytes,
 * so that it is the same in every locale and a text does not change because
 * the household moved.
 */
#include "subscribe/source.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/text.h"

bool source_is_remote(const char *where)
{
	return strncasecmp(where, "http://", 7) == 0 ||
	       strncasecmp(where, "https://", 8) == 0;
}

void source_print(const char *where, struct text *out)
{
	const char *host, *at;

	if (source_is_remote(where)) {
		host = strstr(where, "//") + 2;
		at = memrchr(host, '@', strcspn(host, "/?#\\"));
		text_put_hostile(out, bytes_of(where, (size_t)(host - where)));
		where = at ? at + 1 : host;
	}
	text_put_hostile(out, bytes_of_string(where));
}

static int refuse(struct text *trouble, const char *where, const char *words)
{
	source_print(where, trouble);
	text_put(trouble, ": %s", words);
	return ERROR_REFUSED;
}

/* A line of ours begins with it: see fetch.h. */
static bool is_one_line(const char *where)
{
	for (; *where != '\0'; where++)
		if ((unsigned char)*where < ' ' || *where == 0x7f)
			return false;
	return true;
}

static int add(struct source_parts *parts, const char *where,
	       struct text *trouble)
{
	struct source_part *more;

	if (strlen(where) >= SOURCE_WHERE || !is_one_line(where))
		return refuse(trouble, where, "too long, or control "
			      "characters are in it");
	if (parts->count == SOURCE_PARTS)
		return refuse(trouble, where, "too many files for one list");
	more = realloc(parts->at, (parts->count + 1) * sizeof(*more));
	if (more)
		parts->at = more;
	if (more)
		more[parts->count].where = strdup(where);
	if (!more || !more[parts->count].where)
		return refuse(trouble, where, error_words(-ENOMEM));
	more[parts->count++].remote = source_is_remote(where);
	return 0;
}

void source_release(struct source_parts *parts)
{
	for (unsigned i = 0; i < parts->count; i++)
		free(parts->at[i].where);
	free(parts->at);
	*parts = (struct source_parts){ 0 };
}

/* --- folders --- */

static int is_list_file(const struct dirent *entry)
{
	static const char *const ends[] = {
		".txt", ".list", ".hosts", ".conf", ".rpz", ".zone",
	};
	const char *dot = strrchr(entry->d_name, '.');

	if (!dot)
		return 1;
	if (entry->d_name[0] == '.')
		return 0;
	for (unsigned i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		if (strcmp(dot, ends[i]) == 0)
			return 1;
	return 0;
}

static int by_bytes(const struct dirent **one, const struct dirent **other)
{
	return strcmp((*one)->d_name, (*other)->d_name);
}

/* What cannot be looked at is added, so that reading it says why. */
static int add_file(struct source_parts *parts, const char *folder,
		    const char *name, struct text *trouble)
{
	struct stat status;
	int error = 0;
	char *path;

	if (asprintf(&path, "%s/%s", folder, name) < 0)
		return refuse(trouble, folder, error_words(-ENOMEM));
	if (stat(path, &status) != 0 || S_ISREG(status.st_mode))
		error = add(parts, path, trouble);
	free(path);
	return error;
}

static int add_folder(struct source_parts *parts, const char *folder,
		      struct text *trouble)
{
	unsigned before = parts->count;
	struct dirent **entries;
	int count = scandir(folder, &entries, is_list_file, by_bytes);
	int error = 0;

	if (count < 0)
		return refuse(trouble, folder, error_words(-errno));
	for (int i = 0; i < count; i++) {
		if (error == 0)
			error = add_file(parts, folder, entries[i]->d_name,
					 trouble);
		free(entries[i]);
	}
	free(entries);
	if (error == 0 && parts->count == before)
		error = refuse(trouble, folder, "no list is in the folder");
	return error;
}

int source_expand(struct source_parts *parts, const char *where,
		  struct text *trouble)
{
	struct stat status;

	if (source_is_remote(where))
		return add(parts, where, trouble);
	if (strstr(where, "://"))
		return refuse(trouble, where,
			      "only http:// and https:// can be fetched");
	if (stat(where, &status) == 0 && S_ISDIR(status.st_mode))
		return add_folder(parts, where, trouble);
	return add(parts, where, trouble);
}
