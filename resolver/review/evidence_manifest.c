/*
 * The signature is looked at first, then every file that the manifest names,
 * then every file that it does not.  A check goes on after what is wrong, so
 * that a person sees all of it; only without a manifest there is no more.
 */
#include "review/evidence_manifest.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/file.h"
#include "base/sha256.h"
#include "base/text.h"
#include "review/evidence_folder.h"

enum { HEX = 2 * SHA256_SIZE, NAME = 64, SENTENCE = 1024, SPACES = 2 };

struct manifest {
	struct line {
		char hex[HEX + 1];
		char name[NAME];
	} lines[EVIDENCE_FILES];
	unsigned count;
};

void evidence_tell(struct evidence_check *check, enum evidence_said said,
		   const char *format, ...)
{
	char sentence[SENTENCE];
	struct text text;
	va_list args;

	text_init(&text, sentence, sizeof(sentence));
	va_start(args, format);
	text_put_list(&text, format, args);
	va_end(args);
	check->wrong += said == EVIDENCE_WRONG;
	check->tell(check->context, said, sentence);
}

static void tell_wrong(struct evidence_check *check, const char *name,
		       const char *words)
{
	char shown[4 * NAME_MAX + 1];
	struct text text;

	text_init(&text, shown, sizeof(shown));
	text_put_hostile(&text, bytes_of_string(name));
	evidence_tell(check, EVIDENCE_WRONG, "%s: %s", shown, words);
}

char *evidence_manifest_path(struct evidence_check *check, const char *name)
{
	struct stat status;
	char *path;

	if (asprintf(&path, "%s/%s", check->folder, name) < 0) {
		tell_wrong(check, name, error_words(-ENOMEM));
		return NULL;
	}
	if (lstat(path, &status) != 0)
		tell_wrong(check, name, errno == ENOENT ? "it is missing" :
			   error_words(-errno));
	else if (!S_ISREG(status.st_mode))
		tell_wrong(check, name, "it is no plain file");
	else
		return path;
	free(path);
	return NULL;
}

/* False: it was told.  free(3). */
static bool read_small(struct evidence_check *check, const char *name,
		       struct bytes *file)
{
	char *path = evidence_manifest_path(check, name);
	uint8_t *at;
	size_t len;
	int error;

	if (path == NULL)
		return false;
	error = file_read(path, EVIDENCE_MANIFEST, &at, &len);
	free(path);
	if (error < 0)
		tell_wrong(check, name, error == ERROR_FULL ?
			   "it is larger than any that was exported" :
			   error_words(error));
	*file = bytes_of(at, error < 0 ? 0 : len);
	return error == 0;
}

/* --- the signature --- */

/*
 * Four lines, each with its end, and the first as it always is: minisign
 * itself looks neither at that nor at how lines end.
 */
static bool has_form(const struct evidence_check *check, struct bytes file)
{
	size_t len = strlen(check->untrusted);
	unsigned lines = 0;

	for (size_t i = 0; i < file.len; i++) {
		if (file.at[i] == '\r')
			return false;
		lines += file.at[i] == '\n';
	}
	return lines == 4 && file.at[file.len - 1] == '\n' &&
	       file.len > len && file.at[len] == '\n' &&
	       memcmp(file.at, check->untrusted, len) == 0;
}

static void check_signature(struct evidence_check *check, struct bytes text)
{
	char words[512];
	struct text trouble;
	struct bytes file;

	if (!read_small(check, EVIDENCE_SIGNATURE_NAME, &file))
		return;
	text_init(&trouble, words, sizeof(words));
	if (!has_form(check, file))
		tell_wrong(check, EVIDENCE_SIGNATURE_NAME, "it is not as it "
			   "was exported");
	else if (check->verify(check->context, text, file, &trouble) < 0)
		tell_wrong(check, EVIDENCE_SIGNATURE_NAME, words);
	free((void *)(uintptr_t)file.at);
}

/* --- the manifest --- */

static bool is_name(const char *name)
{
	return name[0] != '\0' && name[0] != '.' &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz"
		      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") ==
	       strlen(name);
}

/* One line without its end, into the next place. */
static bool take_line(struct manifest *manifest, struct bytes text)
{
	struct line *line = &manifest->lines[manifest->count];
	size_t len;

	if (manifest->count == EVIDENCE_FILES || text.len <= HEX + SPACES ||
	    text.len - HEX - SPACES >= NAME ||
	    memcmp(text.at + HEX, "  ", SPACES) != 0)
		return false;
	len = text.len - HEX - SPACES;
	memcpy(line->hex, text.at, HEX);
	line->hex[HEX] = '\0';
	memcpy(line->name, text.at + HEX + SPACES, len);
	line->name[len] = '\0';
	if (strspn(line->hex, "0123456789abcdef") != HEX ||
	    memchr(text.at, '\0', text.len) != NULL || !is_name(line->name))
		return false;
	manifest->count++;
	/* Sorted, so that none comes twice. */
	return manifest->count == 1 || strcmp(line[-1].name, line->name) < 0;
}

static bool parse(struct evidence_check *check, struct manifest *manifest,
		  struct bytes text)
{
	while (text.len > 0) {
		const uint8_t *end = memchr(text.at, '\n', text.len);
		size_t len = end != NULL ? (size_t)(end - text.at) : text.len;

		if (end == NULL || !take_line(manifest,
					      bytes_of(text.at, len))) {
			evidence_tell(check, EVIDENCE_WRONG, "%s:%u: this is "
				      "no line that was exported",
				      EVIDENCE_MANIFEST_NAME,
				      manifest->count + 1);
			return false;
		}
		text.at += len + 1;
		text.len -= len + 1;
	}
	return true;
}

/* --- the files --- */

static void check_file(struct evidence_check *check, const struct line *line,
		       unsigned number)
{
	char *path = evidence_manifest_path(check, line->name);
	uint8_t digest[SHA256_SIZE];
	char hex[HEX + 1];
	struct text text;
	struct file_map map;
	int error;

	if (path == NULL)
		return;
	error = file_map_open(&map, path);
	free(path);
	if (error < 0) {
		tell_wrong(check, line->name, error_words(error));
		return;
	}
	sha256_of(map.at, map.len, digest);
	file_map_close(&map);
	text_init(&text, hex, sizeof(hex));
	for (unsigned i = 0; i < sizeof(digest); i++)
		text_put(&text, "%02x", digest[i]);
	if (strcmp(hex, line->hex) != 0)
		evidence_tell(check, EVIDENCE_WRONG, "%s: it was changed: "
			      "its SHA-256 is not the one in MANIFEST:%u",
			      line->name, number);
}

static bool is_known(const struct manifest *manifest, const char *name)
{
	for (unsigned i = 0; i < manifest->count; i++)
		if (strcmp(manifest->lines[i].name, name) == 0)
			return true;
	return strcmp(name, EVIDENCE_MANIFEST_NAME) == 0 ||
	       strcmp(name, EVIDENCE_SIGNATURE_NAME) == 0 ||
	       strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static void check_others(struct evidence_check *check,
			 const struct manifest *manifest)
{
	DIR *folder = opendir(check->folder);
	const struct dirent *entry;

	if (folder == NULL) {
		tell_wrong(check, check->folder, error_words(-errno));
		return;
	}
	while ((entry = readdir(folder)) != NULL)
		if (!is_known(manifest, entry->d_name))
			tell_wrong(check, entry->d_name,
				   "it is not in MANIFEST: somebody put it "
				   "there later");
	closedir(folder);
}

void evidence_manifest_check(struct evidence_check *check)
{
	struct manifest manifest = { .count = 0 };
	unsigned before = check->wrong;
	struct bytes text;

	if (!read_small(check, EVIDENCE_MANIFEST_NAME, &text))
		return;
	check_signature(check, text);
	if (parse(check, &manifest, text)) {
		for (unsigned i = 0; i < manifest.count; i++)
			check_file(check, &manifest.lines[i], i + 1);
		check_others(check, &manifest);
	}
	if (check->wrong == before)
		evidence_tell(check, EVIDENCE_GOOD, "MANIFEST: signed, and "
			      "all %u files are as they were then",
			      manifest.count);
	free((void *)(uintptr_t)text.at);
}
