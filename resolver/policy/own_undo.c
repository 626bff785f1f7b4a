/*
 * What is kept is written before the change and dropped after it was taken
 * back; in between there may be a power cut.  So the last one that is kept may
 * be the text as it is: then there is nothing to take back, and own_file.c
 * goes on to the one before.
 */
#include "policy/own_undo.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "policy/own.h"
#include "policy/own_disk.h"

enum { SUFFIX = 32, SUM_DIGITS = 16 };

struct numbers {
	uint32_t first, last;
	unsigned count;
};

/* "own.rules.undo.17", as it would be printed; false: another file. */
static bool number_parse(const char *file, uint32_t *number)
{
	static const char head[] = "own.rules.undo.";
	char again[SUFFIX];

	if (strncmp(file, head, sizeof(head) - 1) != 0)
		return false;
	file += sizeof(head) - 1;
	if (sscanf(file, "%9" SCNu32, number) != 1)
		return false;
	snprintf(again, sizeof(again), "%" PRIu32, *number);
	return strcmp(file, again) == 0;
}

static int numbers_read(struct numbers *numbers, const char *state)
{
	DIR *folder = opendir(state);
	const struct dirent *entry;
	uint32_t number;

	*numbers = (struct numbers){ .first = UINT32_MAX };
	if (folder == NULL)
		return -errno;
	while ((entry = readdir(folder)) != NULL) {
		if (!number_parse(entry->d_name, &number))
			continue;
		numbers->count++;
		if (number < numbers->first)
			numbers->first = number;
		if (number > numbers->last)
			numbers->last = number;
	}
	closedir(folder);
	return 0;
}

static const char *suffix_of(uint32_t number, char suffix[SUFFIX])
{
	snprintf(suffix, SUFFIX, ".undo.%" PRIu32, number);
	return suffix;
}

int own_undo_drop(const char *state, uint32_t number)
{
	char path[OWN_PATH], suffix[SUFFIX];
	int error = own_disk_path(path, state, suffix_of(number, suffix));

	if (error == 0 && unlink(path) != 0)
		error = -errno;
	return error;
}

/* One too many each time; more when a drop failed before. */
static int drop_oldest(const char *state)
{
	struct numbers numbers;
	int error = numbers_read(&numbers, state);

	while (error == 0 && numbers.count > OWN_UNDO) {
		error = own_undo_drop(state, numbers.first);
		if (error == 0)
			error = numbers_read(&numbers, state);
	}
	return error;
}

int own_undo_keep(const char *state, const struct own_kept *kept)
{
	char head[SUM_DIGITS + OWN_LINE + 3], suffix[SUFFIX];
	struct numbers numbers;
	struct text text;
	int error = numbers_read(&numbers, state);

	if (error < 0)
		return error;
	text_init(&text, head, sizeof(head));
	text_put(&text, "%016" PRIx64 " %s\n", kept->after, kept->what);
	error = own_disk_write(state, suffix_of(numbers.last + 1, suffix),
			       bytes_of(head, text.len), kept->old);
	return error < 0 ? error : drop_oldest(state);
}

/* The head line; what is behind it is the old text. */
static int kept_parse(struct own_kept *kept, size_t len)
{
	struct bytes rest = bytes_of(kept->at, len);
	struct own_line line;
	struct text text;
	char digits[SUM_DIGITS + 1];

	if (!own_line_next(&rest, &line) || line.words.len < SUM_DIGITS + 1 ||
	    line.words.at[SUM_DIGITS] != ' ')
		return ERROR_DAMAGED;
	memcpy(digits, line.words.at, SUM_DIGITS);
	digits[SUM_DIGITS] = '\0';
	if (strspn(digits, "0123456789abcdef") != SUM_DIGITS)
		return ERROR_DAMAGED;
	kept->after = strtoull(digits, NULL, 16);
	text_init(&text, kept->what, sizeof(kept->what));
	text_put(&text, "%.*s", (int)(line.words.len - SUM_DIGITS - 1),
		 (const char *)line.words.at + SUM_DIGITS + 1);
	kept->old = rest;
	return 0;
}

int own_undo_last(const char *state, struct own_kept *kept)
{
	char suffix[SUFFIX];
	struct numbers numbers;
	int error = numbers_read(&numbers, state);
	size_t len;

	kept->at = NULL;
	if (error < 0)
		return error;
	if (numbers.count == 0)
		return ERROR_ABSENT;
	kept->number = numbers.last;
	error = own_disk_read(state, suffix_of(numbers.last, suffix),
			      &kept->at, &len);
	if (error == 0)
		error = kept_parse(kept, len);
	if (error < 0)
		own_undo_release(kept);
	return error;
}

void own_undo_release(struct own_kept *kept)
{
	free(kept->at);
	kept->at = NULL;
}
