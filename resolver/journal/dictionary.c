/*
 * Rows name an image by a number of the journal's own and not by its serial:
 * a serial begins at 1 again when a household starts over, and old rows must
 * go on meaning what they meant.
 *
 * A house has one or two upstreams and images at a time, so the memory is an
 * array that is looked through, and the oldest place is overwritten.
 */
#include "journal/dictionary.h"

#include <stdbool.h>
#include <string.h>

#include "base/address.h"
#include "base/text.h"
#include "journal/database.h"
#include "journal/writer.h"

int dictionary_init(struct dictionary *dictionary, sqlite3 *db)
{
	const struct {
		sqlite3_stmt **stmt;
		const char *sql;
	} all[] = {
		{ &dictionary->find_upstream,
		  "SELECT id FROM upstream WHERE address = ?" },
		{ &dictionary->put_upstream,
		  "INSERT INTO upstream (address) VALUES (?)" },
		{ &dictionary->find_image,
		  "SELECT id FROM image WHERE serial = ?"
		  " ORDER BY id DESC LIMIT 1" },
		{ &dictionary->find_same,
		  "SELECT id FROM image WHERE time = ?2 AND inputs = ?3"
		  " AND id = (SELECT max(id) FROM image WHERE serial = ?1)" },
		{ &dictionary->put_image,
		  "INSERT INTO image (serial, time, rules, inputs)"
		  " VALUES (?, ?, ?, ?)" },
		{ &dictionary->put_list,
		  "INSERT INTO image_list VALUES (?, ?, ?, ?, ?, ?, ?, ?)" },
	};
	int rc = SQLITE_OK;

	*dictionary = (struct dictionary){ 0 };
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]) && rc == 0; i++)
		rc = database_prepare(db, all[i].sql, all[i].stmt);
	return rc;
}

void dictionary_release(struct dictionary *dictionary)
{
	sqlite3_finalize(dictionary->find_upstream);
	sqlite3_finalize(dictionary->put_upstream);
	sqlite3_finalize(dictionary->find_image);
	sqlite3_finalize(dictionary->find_same);
	sqlite3_finalize(dictionary->put_image);
	sqlite3_finalize(dictionary->put_list);
	*dictionary = (struct dictionary){ 0 };
}

void dictionary_forget(struct dictionary *dictionary)
{
	memset(dictionary->upstreams, 0, sizeof(dictionary->upstreams));
	memset(dictionary->images, 0, sizeof(dictionary->images));
}

/* With its port where that is not 53. */
static void print_upstream(const struct entry_address *raw, struct text *out)
{
	struct address address;

	address_from_raw(&address, raw->raw, raw->len, raw->port);
	address_print(&address, 53, out);
}

static int look_up_upstream(struct dictionary *dictionary,
			    const struct entry_address *address,
			    sqlite3_int64 *id)
{
	char buffer[ADDRESS_TEXT];
	struct text text;
	int rc;

	text_init(&text, buffer, sizeof(buffer));
	print_upstream(address, &text);
	sqlite3_bind_text(dictionary->find_upstream, 1, buffer, -1,
			  SQLITE_TRANSIENT);
	rc = database_ask(dictionary->find_upstream, id);
	if (rc != SQLITE_OK || *id != 0)
		return rc;
	sqlite3_bind_text(dictionary->put_upstream, 1, buffer, -1,
			  SQLITE_TRANSIENT);
	rc = database_run(dictionary->put_upstream);
	*id = sqlite3_last_insert_rowid(
		sqlite3_db_handle(dictionary->put_upstream));
	return rc;
}

static bool is_same(const struct entry_address *one,
		    const struct entry_address *other)
{
	return one->len == other->len && one->port == other->port &&
	       memcmp(one->raw, other->raw, one->len) == 0;
}

int dictionary_upstream(struct dictionary *dictionary,
			const struct entry_address *address,
			sqlite3_int64 *id)
{
	struct dictionary_upstream *place;
	int rc;

	for (unsigned i = 0; i < DICTIONARY_RECENT; i++) {
		place = &dictionary->upstreams[i];
		if (place->id != 0 && is_same(&place->address, address)) {
			*id = place->id;
			return SQLITE_OK;
		}
	}
	rc = look_up_upstream(dictionary, address, id);
	if (rc != SQLITE_OK)
		return rc;
	place = &dictionary->upstreams[dictionary->next_upstream++ %
				       DICTIONARY_RECENT];
	place->address = *address;
	place->id = *id;
	return SQLITE_OK;
}

static void remember_image(struct dictionary *dictionary, uint32_t serial,
			   sqlite3_int64 id)
{
	unsigned i = 0;

	while (i < DICTIONARY_RECENT && dictionary->images[i].serial != serial)
		i++;
	if (i == DICTIONARY_RECENT)
		i = dictionary->next_image++ % DICTIONARY_RECENT;
	dictionary->images[i].serial = serial;
	dictionary->images[i].id = id;
}

static int put_unknown_image(struct dictionary *dictionary, uint32_t serial,
			     sqlite3_int64 *id)
{
	sqlite3_stmt *put = dictionary->put_image;
	int rc;

	sqlite3_clear_bindings(put);
	sqlite3_bind_int64(put, 1, serial);
	rc = database_run(put);
	*id = sqlite3_last_insert_rowid(sqlite3_db_handle(put));
	return rc;
}

int dictionary_image(struct dictionary *dictionary, uint32_t serial,
		     sqlite3_int64 *id)
{
	int rc;

	for (unsigned i = 0; i < DICTIONARY_RECENT; i++) {
		if (dictionary->images[i].serial == serial &&
		    dictionary->images[i].id != 0) {
			*id = dictionary->images[i].id;
			return SQLITE_OK;
		}
	}
	sqlite3_bind_int64(dictionary->find_image, 1, serial);
	rc = database_ask(dictionary->find_image, id);
	if (rc == SQLITE_OK && *id == 0)
		rc = put_unknown_image(dictionary, serial, id);
	if (rc == SQLITE_OK)
		remember_image(dictionary, serial, *id);
	return rc;
}

static int put_list(sqlite3_stmt *put, sqlite3_int64 image, unsigned number,
		    const struct image_list *list)
{
	sqlite3_bind_int64(put, 1, image);
	sqlite3_bind_int64(put, 2, number);
	sqlite3_bind_text(put, 3, list->name,
			  (int)strnlen(list->name, sizeof(list->name)),
			  SQLITE_STATIC);
	sqlite3_bind_int64(put, 4, (sqlite3_int64)list->version);
	sqlite3_bind_int64(put, 5, (sqlite3_int64)list->time);
	sqlite3_bind_blob(put, 6, list->digest, sizeof(list->digest),
			  SQLITE_STATIC);
	sqlite3_bind_int64(put, 7, (sqlite3_int64)list->rules);
	sqlite3_bind_int64(put, 8, (sqlite3_int64)list->rejected);
	return database_run(put);
}

static int put_image(struct dictionary *dictionary,
		     const struct writer_image *image, sqlite3_int64 *id)
{
	sqlite3_stmt *put = dictionary->put_image;
	int rc;

	sqlite3_bind_int64(put, 1, image->serial);
	sqlite3_bind_int64(put, 2, (sqlite3_int64)image->time);
	sqlite3_bind_int64(put, 3, (sqlite3_int64)image->rules);
	sqlite3_bind_blob(put, 4, image->inputs, sizeof(image->inputs),
			  SQLITE_STATIC);
	rc = database_run(put);
	*id = sqlite3_last_insert_rowid(sqlite3_db_handle(put));
	for (unsigned i = 0; i < image->list_count && rc == SQLITE_OK; i++)
		rc = put_list(dictionary->put_list, *id, i, &image->lists[i]);
	return rc;
}

int dictionary_note_image(struct dictionary *dictionary,
			  const struct writer_image *image)
{
	sqlite3_stmt *find = dictionary->find_same;
	sqlite3_int64 id;
	int rc;

	sqlite3_bind_int64(find, 1, image->serial);
	sqlite3_bind_int64(find, 2, (sqlite3_int64)image->time);
	sqlite3_bind_blob(find, 3, image->inputs, sizeof(image->inputs),
			  SQLITE_STATIC);
	rc = database_ask(find, &id);
	if (rc == SQLITE_OK && id == 0)
		rc = put_image(dictionary, image, &id);
	if (rc == SQLITE_OK)
		remember_image(dictionary, image->serial, id);
	return rc;
}
