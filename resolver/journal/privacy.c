/*
 * Names that are never recorded lie in a table of their hashes; a row's name
 * is looked up with all that is above it, from its first label to its last.
 * A dot that is a byte of a label is taken for one between labels: it is
 * refused then what might have been kept, never the other way.
 */
#include "journal/privacy.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/hash.h"
#include "journal/asker.h"
#include "journal/sheet.h"
#include "journal/subtree.h"
#include "journal/transaction.h"
#include "policy/verdict.h"

enum { BLUR_IPV4 = 3, BLUR_IPV6 = 7 };	/* bytes that are kept */

struct privacy {
	enum privacy_level level;
	struct hash_key key;
	struct entry {
		uint64_t hash;
		char *name;		/* NULL: empty */
		size_t len;
	} *entries;
	size_t mask;
	unsigned name_count;
	bool never_any;			/* the root is among them */
	struct prefix *clients;
	unsigned client_count;
};

static const char *const words[PRIVACY_LEVELS] = {
	"everything", "blurred", "sunk", "counts",
};

const char *privacy_words(enum privacy_level level)
{
	return words[level];
}

int privacy_parse(const char *word)
{
	for (int i = 0; i < PRIVACY_LEVELS; i++)
		if (strcmp(word, words[i]) == 0)
			return i;
	return ERROR_MALFORMED;
}

/* --- names --- */

static struct entry *find(const struct privacy *privacy, struct bytes name)
{
	uint64_t hash = hash_bytes(&privacy->key, name.at, name.len);
	size_t at = hash & privacy->mask;

	while (privacy->entries[at].name != NULL) {
		const struct entry *entry = &privacy->entries[at];

		if (entry->hash == hash && entry->len == name.len &&
		    memcmp(entry->name, name.at, name.len) == 0)
			break;
		at = (at + 1) & privacy->mask;
	}
	return &privacy->entries[at];
}

static int add_name(struct privacy *privacy, const char *text)
{
	struct subtree subtree;
	struct entry *entry;
	struct bytes name;
	int error = subtree_parse(&subtree, bytes_of_string(text));

	if (error < 0)
		return error;
	if (subtree.name.labels == 0)
		privacy->never_any = true;
	name = bytes_of(subtree.text, subtree.len);
	entry = find(privacy, name);
	if (entry->name != NULL)
		return 0;
	entry->name = strdup(subtree.text);
	if (entry->name == NULL)
		return -ENOMEM;
	entry->len = subtree.len;
	entry->hash = hash_bytes(&privacy->key, name.at, name.len);
	privacy->name_count++;
	return 0;
}

static bool is_never_named(const struct privacy *privacy, struct bytes name)
{
	uint8_t lower[NAME_TEXT];
	const uint8_t *dot;

	if (privacy->name_count == 0 || name.len == 0)
		return false;
	if (privacy->never_any || name.len > sizeof(lower))
		return true;
	name_lower_run(lower, name);
	name.at = lower;
	while (find(privacy, name)->name == NULL) {
		dot = memchr(name.at, '.', name.len);
		if (dot == NULL)
			return false;
		name.len -= (size_t)(dot + 1 - name.at);
		name.at = dot + 1;
	}
	return true;
}

/* --- making --- */

static int copy_names(struct privacy *privacy,
		      const struct privacy_options *options)
{
	size_t room = 4;
	int error = 0;

	while (room < 2 * (size_t)options->never_name_count + 1)
		room *= 2;
	hash_key_draw(&privacy->key);
	privacy->mask = room - 1;
	privacy->entries = calloc(room, sizeof(*privacy->entries));
	if (privacy->entries == NULL)
		return -ENOMEM;
	for (unsigned i = 0; i < options->never_name_count && error == 0; i++)
		error = add_name(privacy, options->never_names[i]);
	return error;
}

static int copy_clients(struct privacy *privacy,
			const struct privacy_options *options)
{
	size_t size = options->never_client_count * sizeof(*privacy->clients);

	if (size == 0)
		return 0;
	privacy->clients = malloc(size);
	if (privacy->clients == NULL)
		return -ENOMEM;
	memcpy(privacy->clients, options->never_clients, size);
	privacy->client_count = options->never_client_count;
	return 0;
}

int privacy_new(struct privacy **made, const struct privacy_options *options)
{
	struct privacy *privacy = calloc(1, sizeof(*privacy));
	int error;

	if (privacy == NULL)
		return -ENOMEM;
	privacy->level = options->level;
	error = copy_names(privacy, options);
	if (error == 0)
		error = copy_clients(privacy, options);
	if (error < 0) {
		privacy_free(privacy);
		return error;
	}
	*made = privacy;
	return 0;
}

void privacy_free(struct privacy *privacy)
{
	if (privacy == NULL)
		return;
	for (size_t i = 0; privacy->entries && i <= privacy->mask; i++)
		free(privacy->entries[i].name);
	free(privacy->entries);
	free(privacy->clients);
	free(privacy);
}

/* --- rows --- */

static bool is_never_client(const struct privacy *privacy,
			    const struct row *row)
{
	struct address address;

	if (privacy->client_count == 0 || !asker_address(row, &address))
		return false;
	for (unsigned i = 0; i < privacy->client_count; i++)
		if (prefix_holds(&privacy->clients[i], &address))
			return true;
	return false;
}

static void blur(struct row *row)
{
	size_t kept = row->client_len == 4 ? BLUR_IPV4 : BLUR_IPV6;

	memset(row->client + kept, 0, sizeof(row->client) - kept);
}

/* What is not named here tells something of the name. */
static void strip(struct row *row)
{
	struct row bare = {
		.number = row->number,
		.time = row->time - row->time % SHEET_HOUR,
		.client_len = row->client_len,
		.transport = row->transport,
		.verdict = row->verdict,
		.action = row->action,
		.source = row->source,
		.answered = row->answered,
		.list = ROW_NO_LIST,
	};

	memcpy(bare.client, row->client, sizeof(bare.client));
	*row = bare;
}

bool privacy_admit(const struct privacy *privacy, struct row *row)
{
	if (privacy == NULL)
		return true;
	if (is_never_client(privacy, row) ||
	    is_never_named(privacy, row->name) ||
	    is_never_named(privacy, row->alias))
		return false;
	switch (privacy->level) {
	case PRIVACY_BLURRED:
		blur(row);
		return true;
	case PRIVACY_SUNK:
		return row->verdict == VERDICT_SINK;
	case PRIVACY_COUNTS:
		strip(row);
		return true;
	default:
		return true;
	}
}

bool privacy_knows_devices(enum privacy_level level)
{
	return level != PRIVACY_BLURRED;
}

/* --- what was refused --- */

int privacy_withhold(sqlite3 *db, uint64_t more)
{
	sqlite3_int64 number = (sqlite3_int64)more;

	if (more == 0)
		return SQLITE_OK;
	return transaction_do(db, "INSERT INTO progress (what, number)"
			      " VALUES ('withheld', ?1) ON CONFLICT (what)"
			      " DO UPDATE SET number = number + ?1", 1,
			      &number);
}

int privacy_withheld(sqlite3 *db, uint64_t *count)
{
	sqlite3_int64 number;
	int rc = transaction_progress(db, "withheld", &number);

	*count = number > 0 ? (uint64_t)number : 0;
	return rc;
}
