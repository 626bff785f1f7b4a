/*
 *	homebound memory 1
 *	jitter 2953134701
 *	tried 1700000000
 *	...
 *	part DIGEST WHERE
 *	etag "5f-1"			of the part above
 *	end
 *
 * The first line and the last say that it is whole.  What was half written
 * or is not understood costs one full fetch and nothing else.
 */
#include "subscribe/memory.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "subscribe/field.h"
#include "subscribe/shelf.h"
#include "subscribe/source.h"
#include "upstream/dice.h"

enum {
	FILE_LIMIT = 8 << 20,
	FOLDER_MODE = 0750,
	FILE_MODE = 0640,
	FIRST_DELAY = 300,
};

static const char first_line[] = "homebound memory 1";
static const char last_line[] = "end";

enum kind { NUMBER, DIGEST, WORDS };

/* A word, and the member its value belongs to. */
struct word {
	const char *word;
	enum kind kind;
	size_t offset;
	size_t room;		/* of WORDS */
};

static const struct word list_words[] = {
	{ "jitter ", NUMBER, offsetof(struct memory, jitter), 0 },
	{ "tried ", NUMBER, offsetof(struct memory, tried), 0 },
	{ "succeeded ", NUMBER, offsetof(struct memory, succeeded), 0 },
	{ "next ", NUMBER, offsetof(struct memory, next), 0 },
	{ "failures ", NUMBER, offsetof(struct memory, failures), 0 },
	{ "trouble ", WORDS, offsetof(struct memory, trouble),
	  sizeof(((struct memory *)0)->trouble) },
	{ "trust ", DIGEST, offsetof(struct memory, trust), 0 },
	{ "digest ", DIGEST, offsetof(struct memory, digest), 0 },
	{ 0 },
};

static const struct word part_words[] = {
	{ "etag ", WORDS, offsetof(struct memory_part, etag), MEMORY_ETAG },
	{ "modified ", WORDS, offsetof(struct memory_part, modified),
	  MEMORY_DATE },
	{ "stamp ", WORDS, offsetof(struct memory_part, stamp), MEMORY_STAMP },
	{ 0 },
};

/* --- parts --- */

int memory_add(struct memory *memory, const struct memory_part *part)
{
	struct memory_part *more;
	size_t size = (memory->count + 1) * sizeof(*more);

	if (memory->count == SOURCE_PARTS)
		return ERROR_FULL;
	more = realloc(memory->parts, size);
	if (!more)
		return -ENOMEM;
	memory->parts = more;
	more[memory->count] = *part;
	more[memory->count].where = strdup(part->where);
	if (!more[memory->count].where)
		return -ENOMEM;
	memory->count++;
	return 0;
}

void memory_forget_parts(struct memory *memory)
{
	for (unsigned i = 0; i < memory->count; i++)
		free(memory->parts[i].where);
	free(memory->parts);
	memory->parts = NULL;
	memory->count = 0;
}

void memory_release(struct memory *memory)
{
	memory_forget_parts(memory);
	*memory = (struct memory){ 0 };
}

/* --- reading --- */

static bool value_parse(void *owner, const struct word *word,
			const char *value)
{
	char *member = (char *)owner + word->offset;
	size_t len = strlen(value);
	uint64_t number;

	switch (word->kind) {
	case NUMBER:
		if (!field_number(&value, &number) || *value != '\0')
			return false;
		memcpy(member, &number, sizeof(number));
		return true;
	case DIGEST:
		return field_digest(&value, (uint8_t *)member) &&
		       *value == '\0';
	default:
		if (len >= word->room)
			return false;
		memcpy(member, value, len + 1);
		return true;
	}
}

static const struct word *word_find(const struct word *words,
				    const char *line)
{
	for (; words->word; words++)
		if (strncmp(line, words->word, strlen(words->word)) == 0)
			return words;
	return NULL;
}

static int part_parse(struct memory *memory, const char *value)
{
	struct memory_part part = { 0 };
	char where[SOURCE_WHERE];
	size_t len;

	if (!field_digest(&value, part.digest))
		return ERROR_DAMAGED;
	len = strlen(value);
	if (len == 0 || len >= sizeof(where))
		return ERROR_DAMAGED;
	memcpy(where, value, len + 1);
	part.where = where;
	return memory_add(memory, &part);
}

static int line_parse(struct memory *memory, const char *line)
{
	void *owner = memory;
	const struct word *word = word_find(list_words, line);

	if (strncmp(line, "part ", 5) == 0)
		return part_parse(memory, line + 5);
	if (!word && memory->count > 0) {
		word = word_find(part_words, line);
		owner = &memory->parts[memory->count - 1];
	}
	if (!word)
		return 0;
	return value_parse(owner, word, line + strlen(word->word))
		       ? 0 : ERROR_DAMAGED;
}

static int lines_parse(struct memory *memory, char *rest)
{
	char *line = strsep(&rest, "\n");
	int error = 0;

	if (!line || strcmp(line, first_line) != 0)
		return ERROR_DAMAGED;
	while (error == 0) {
		line = strsep(&rest, "\n");
		if (!line)
			return ERROR_DAMAGED;
		if (strcmp(line, last_line) == 0)
			return 0;
		error = line_parse(memory, line);
	}
	return error == ERROR_FULL ? ERROR_DAMAGED : error;
}

int memory_parse(struct memory *memory, struct bytes text)
{
	char *copy;
	int error;

	if (text.len == 0 || memchr(text.at, '\0', text.len))
		return ERROR_DAMAGED;
	copy = malloc(text.len + 1);
	if (!copy)
		return -ENOMEM;
	memcpy(copy, text.at, text.len);
	copy[text.len] = '\0';
	error = lines_parse(memory, copy);
	free(copy);
	if (error < 0)
		memory_release(memory);
	return error;
}

static int path_of(char **path, const char *state, const char *name)
{
	char *folder;
	int error = shelf_folder(&folder, state, name);

	if (error < 0)
		return error;
	if (asprintf(path, "%s/memory", folder) < 0)
		error = -ENOMEM;
	free(folder);
	return error;
}

int memory_read(struct memory *memory, const char *state, const char *name)
{
	struct dice dice = { 0 };
	uint8_t *text = NULL;
	size_t len = 0;
	char *path;
	int error;

	*memory = (struct memory){ 0 };
	error = path_of(&path, state, name);
	if (error < 0)
		return error;
	if (file_read(path, FILE_LIMIT, &text, &len) == 0)
		error = memory_parse(memory, bytes_of(text, len));
	free(text);
	free(path);
	if (error == -ENOMEM)
		return error;
	if (memory->jitter == 0)
		memory->jitter = dice_64(&dice) >> 32;
	return 0;
}

/* --- writing --- */

/* An empty line of words is left out; no word has a line's end in it. */
static void value_print(const void *owner, const struct word *word, FILE *out)
{
	const char *member = (const char *)owner + word->offset;
	char digest[FIELD_DIGEST];
	uint64_t number;

	if (word->kind == NUMBER) {
		memcpy(&number, member, sizeof(number));
		fprintf(out, "%s%" PRIu64 "\n", word->word, number);
	} else if (word->kind == DIGEST) {
		fprintf(out, "%s%s\n", word->word,
			field_digest_words((const uint8_t *)member, digest));
	} else if (*member != '\0') {
		fprintf(out, "%s%s\n", word->word, member);
	}
}

static void print(const struct memory *memory, FILE *out)
{
	char digest[FIELD_DIGEST];

	fprintf(out, "%s\n", first_line);
	for (const struct word *word = list_words; word->word; word++)
		value_print(memory, word, out);
	for (unsigned i = 0; i < memory->count; i++) {
		const struct memory_part *part = &memory->parts[i];

		fprintf(out, "part %s %s\n",
			field_digest_words(part->digest, digest), part->where);
		for (const struct word *word = part_words; word->word; word++)
			value_print(part, word, out);
	}
	fprintf(out, "%s\n", last_line);
}

static int write_to(const struct memory *memory, const char *folder)
{
	struct file_replacement file;
	int error = file_make_folder(folder, FOLDER_MODE);
	char *path;

	if (error < 0)
		return error;
	if (asprintf(&path, "%s/memory", folder) < 0)
		return -ENOMEM;
	error = file_replace(&file, path, FILE_MODE);
	free(path);
	if (error < 0)
		return error;
	print(memory, file.stream);
	return file_replace_commit(&file);
}

int memory_write(const struct memory *memory, const char *state,
		 const char *name)
{
	char *folder;
	int error = shelf_folder(&folder, state, name);

	if (error == 0)
		error = write_to(memory, folder);
	free(folder);
	return error;
}

/* --- the schedule --- */

static uint64_t delay_of(const struct memory *memory, uint32_t refresh)
{
	uint64_t delay = FIRST_DELAY;

	if (memory->failures == 0)
		return refresh;
	for (uint64_t i = 1; i < memory->failures && delay < refresh; i++)
		delay *= 2;
	return delay < refresh ? delay : refresh;
}

int64_t memory_next(const struct memory *memory, uint32_t refresh)
{
	uint64_t delay = delay_of(memory, refresh);
	uint64_t tenth = delay / 10 * (memory->jitter & UINT32_MAX) >> 32;

	if (memory->tried == 0 || memory->tried > INT64_MAX - 2 * delay)
		return 0;
	return (int64_t)(memory->tried + delay + tenth);
}

bool memory_due(const struct memory *memory, uint64_t now, uint32_t refresh)
{
	return now < memory->tried ||
	       now >= (uint64_t)memory_next(memory, refresh);
}

static void tried(struct memory *memory, uint64_t now, uint32_t refresh)
{
	memory->tried = now;
	memory->next = (uint64_t)memory_next(memory, refresh);
}

void memory_succeeded(struct memory *memory, uint64_t now, uint32_t refresh)
{
	memory->succeeded = now;
	memory->failures = 0;
	memory->trouble[0] = '\0';
	tried(memory, now, refresh);
}

void memory_failed(struct memory *memory, uint64_t now, uint32_t refresh,
		   const char *trouble)
{
	struct text text;

	if (memory->failures < UINT32_MAX)
		memory->failures++;
	text_init(&text, memory->trouble, sizeof(memory->trouble));
	text_put(&text, "%s", trouble);
	tried(memory, now, refresh);
}
