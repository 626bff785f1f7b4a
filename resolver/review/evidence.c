/*
 *	open	the journal, its devices, the folder
 *	take	rows (counted for the report on the way), then all tables
 *	write	the tables, the page, the words, the manifest
 *	sign	and give the folder its name
 *
 * Rows are read first: what the tables say of the chain afterwards is never
 * older than they are.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "review/evidence.h"

#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/sha256.h"
#include "base/text.h"

#ifdef HAVE_JANSSON

#include "base/clock.h"
#include "base/file.h"
#include "dns/name.h"
#include "journal/database.h"
#include "journal/devices.h"
#include "review/evidence_state.h"
#include "review/report.h"
#include "review/value.h"

bool evidence_is_built(void)
{
	return true;
}

/* --- opening --- */

static int find_device(struct evidence *evidence)
{
	const char *what = evidence->options->device;

	if (what == NULL)
		return 0;
	evidence->stretch.device = devices_find(evidence->devices, what);
	if (evidence->stretch.device != 0)
		return 0;
	if (address_parse(&evidence->client, what, 0) == 0) {
		evidence->stretch.device = EVIDENCE_CLIENT;
		return 0;
	}
	text_put(evidence->trouble, "there is no device \"");
	text_put_line(evidence->trouble, bytes_of_string(what));
	text_put(evidence->trouble, "\": give its name, its MAC address, an "
		 "address it has, or # and its number");
	return ERROR_ABSENT;
}

static int open_all(struct evidence *evidence)
{
	const struct evidence_options *options = evidence->options;
	struct evidence_stretch *stretch = &evidence->stretch;
	int error = database_open_reader(&stretch->db, options->database);

	if (error < 0)
		return error;
	if (devices_load(&evidence->devices, stretch->db) != SQLITE_OK)
		return database_error(stretch->db,
				      sqlite3_errcode(stretch->db));
	error = find_device(evidence);
	if (error < 0)
		return error;
	stretch->since = options->since;
	stretch->until = options->until;
	evidence->report = report_new(options->since, options->until);
	if (evidence->report == NULL)
		return -ENOMEM;
	return evidence_folder_make(&evidence->folder, options->folder,
				    evidence->trouble);
}

/* --- what it is about --- */

static json_t *hash_of(const char *path)
{
	uint8_t digest[SHA256_SIZE];
	struct file_map map;

	if (file_map_open(&map, path) < 0)
		return json_null();
	sha256_of(map.at, map.len, digest);
	file_map_close(&map);
	return value_hex(digest, sizeof(digest));
}

static json_t *configuration(const struct evidence *evidence)
{
	const struct evidence_file *file = evidence->options->files;
	json_t *array = json_array();
	bool room = array != NULL;

	for (; room && file->path != NULL; file++)
		room = json_array_append_new(array, json_pack(
			"{s:s, s:o, s:o}", "what", file->what,
			"path", value_stored(file->path),
			"sha256", hash_of(file->path))) == 0;
	return array;
}

static json_t *device(const struct evidence *evidence)
{
	char words[NAME_TEXT];
	struct text text;

	if (evidence->stretch.device == 0)
		return json_null();
	text_init(&text, words, sizeof(words));
	if (evidence->stretch.device == EVIDENCE_CLIENT)
		address_print(&evidence->client, 0, &text);
	else
		devices_words(evidence->devices, evidence->stretch.device,
			      &text);
	return json_pack("{s:I, s:o}", "id",
			 (json_int_t)evidence->stretch.device,
			 "called", value_stored(words));
}

static int take_about(struct evidence *evidence, json_t **into)
{
	const struct evidence_options *options = evidence->options;
	struct clock clock = { 0 };

	clock_update(&clock);
	*into = json_pack("{s:s, s:o, s:I, s:o, s:o, s:I, s:I, s:o, s:I, "
			  "s:o, s:{s:s, s:s}}",
		"program", options->program,
		"exported", value_time(clock.wall),
		"exported_us", (json_int_t)clock.wall,
		"since", value_time(options->since),
		"until", value_time(options->until),
		"since_us", (json_int_t)options->since,
		"until_us", (json_int_t)options->until,
		"device", device(evidence),
		"rows", (json_int_t)evidence->outcome->rows,
		"configuration", configuration(evidence),
		"key", "public_key", options->public_key,
		"fingerprint", options->fingerprint);
	return *into != NULL ? 0 : -ENOMEM;
}

static int take_devices(struct evidence *evidence, json_t **into)
{
	struct evidence_devices devices = { .known = evidence->devices };

	devices.ids = report_devices(evidence->report, &devices.count);
	return evidence_tables_devices(&evidence->stretch, &devices, into);
}

static int take_tables(struct evidence *evidence)
{
	static int (*const take[TABLES])(const struct evidence_stretch *,
					 json_t **) = {
		[TABLE_MARKS] = evidence_tables_marks,
		[TABLE_GAPS] = evidence_tables_gaps,
		[TABLE_CLOCK] = evidence_tables_clock,
		[TABLE_LISTS] = evidence_tables_lists,
		[TABLE_CHAIN] = evidence_tables_chain,
	};
	json_t **tables = evidence->tables;
	int error = take_about(evidence, &tables[TABLE_ABOUT]);

	if (error == 0)
		error = take_devices(evidence, &tables[TABLE_DEVICES]);
	for (unsigned i = 0; i < TABLES && error == 0; i++)
		if (take[i] != NULL)
			error = take[i](&evidence->stretch, &tables[i]);
	evidence->outcome->gaps = json_array_size(tables[TABLE_GAPS]);
	return error;
}

/* How many redactions there were, ever. */
static int64_t count_redactions(const struct evidence *evidence)
{
	sqlite3 *db = evidence->stretch.db;
	sqlite3_int64 count = 0;
	sqlite3_stmt *stmt;
	int rc = database_prepare(db, "SELECT coalesce(max(id), 0) "
				  "FROM redaction", &stmt);

	if (rc != SQLITE_OK)
		return database_error(db, rc);
	rc = database_ask(stmt, &count);
	sqlite3_finalize(stmt);
	return rc == SQLITE_OK ? count : database_error(db, rc);
}

/* What is taken out between rows and chain would look like forgery. */
static int take_all(struct evidence *evidence)
{
	int64_t before = count_redactions(evidence);
	int error = before < 0 ? (int)before : evidence_write_rows(evidence);

	if (error == 0)
		error = take_tables(evidence);
	if (error < 0 || count_redactions(evidence) == before)
		return error;
	text_put(evidence->trouble, "rows were taken out of the journal "
		 "meanwhile: please export once more");
	return ERROR_BUSY;
}

static int make(struct evidence *evidence)
{
	int error = take_all(evidence);

	if (error == 0)
		error = evidence_write_tables(evidence);
	if (error == 0)
		error = evidence_write_words(evidence);
	if (error == 0)
		error = evidence_write_manifest(evidence);
	return error;
}

int evidence_export(const struct evidence_options *options,
		    struct evidence_outcome *outcome, struct text *trouble)
{
	struct evidence evidence = {
		.options = options, .outcome = outcome, .trouble = trouble,
		.folder = { .fd = -1 },
	};
	int error;

	*outcome = (struct evidence_outcome){ 0 };
	error = open_all(&evidence);
	if (error == 0)
		error = make(&evidence);
	if (error == 0)
		error = evidence_folder_finish(&evidence.folder);
	else
		evidence_folder_abandon(&evidence.folder);
	for (unsigned i = 0; i < TABLES; i++)
		json_decref(evidence.tables[i]);
	report_free(evidence.report);
	devices_free(evidence.devices);
	sqlite3_close(evidence.stretch.db);
	return error;
}

#else

bool evidence_is_built(void)
{
	return false;
}

int evidence_export(const struct evidence_options *options,
		    struct evidence_outcome *outcome, struct text *trouble)
{
	(void)options;
	*outcome = (struct evidence_outcome){ 0 };
	text_put(trouble, "this homebound was built without jansson and "
		 "cannot export evidence");
	return ERROR_ABSENT;
}

#endif
