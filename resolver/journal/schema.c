/*
 * A database is made or migrated in one transaction: whoever opens it finds
 * all of the old version or all of the new one.
 *
 * steps[n] takes version n + 1 to n + 2.  A step is never changed once it was
 * released, and a change of the tables is always a new step; tests/journal
 * checks that old and new databases end up the same.
 */
#include "journal/schema.h"

#include <stddef.h>
#include <stdio.h>

/*
 * Narrow rows matter more than tidy ones: 0, 1 and NULL cost no byte beyond
 * the row's header, and there is no index besides the row's own number.
 */
static const char tables[] =
"CREATE TABLE tail ("
"	number INTEGER PRIMARY KEY,"
"	time INTEGER NOT NULL,"
"	client BLOB,"
"	transport INTEGER,"
"	name TEXT,"
"	type INTEGER,"
"	class INTEGER,"
"	verdict INTEGER,"
"	action INTEGER,"
"	source INTEGER,"
"	rcode INTEGER,"
"	alias TEXT,"
"	image INTEGER,"
"	list INTEGER,"
"	line INTEGER,"
"	upstream INTEGER,"
"	duration INTEGER,"
"	answered INTEGER NOT NULL DEFAULT 1,"
"	ttl INTEGER"
") STRICT;"
"CREATE TABLE gap ("
"	number INTEGER PRIMARY KEY,"
"	from_time INTEGER,"
"	until_time INTEGER,"
"	count INTEGER,"
"	reason TEXT"
") STRICT;"
"CREATE TABLE clock ("
"	number INTEGER PRIMARY KEY,"
"	time INTEGER,"
"	mono INTEGER,"
"	step INTEGER,"
"	boot TEXT"
") STRICT;"
"CREATE TABLE image ("
"	id INTEGER PRIMARY KEY,"
"	serial INTEGER,"
"	time INTEGER,"
"	rules INTEGER,"
"	inputs BLOB"
") STRICT;"
"CREATE TABLE image_list ("
"	image INTEGER,"
"	list INTEGER,"
"	name TEXT,"
"	version INTEGER,"
"	version_time INTEGER,"
"	digest BLOB,"
"	rules INTEGER,"
"	rejected INTEGER,"
"	PRIMARY KEY (image, list)"
") WITHOUT ROWID, STRICT;"
"CREATE TABLE upstream ("
"	id INTEGER PRIMARY KEY,"
"	address TEXT UNIQUE"
") STRICT;"
"CREATE TABLE ring ("
"	identity BLOB PRIMARY KEY,"
"	position INTEGER,"
"	lost INTEGER"
") WITHOUT ROWID, STRICT;";

/* Since version 4: what rows become, and what is kept beside them. */
static const char archive[] =
"CREATE TABLE block ("
"	number INTEGER PRIMARY KEY,"
"	last INTEGER NOT NULL,"
"	rows INTEGER NOT NULL,"
"	from_time INTEGER NOT NULL,"
"	until_time INTEGER NOT NULL,"
"	bytes INTEGER NOT NULL,"
"	filter BLOB"
") STRICT;"
"CREATE INDEX block_time ON block (from_time, until_time);"
"CREATE TABLE block_data ("
"	number INTEGER PRIMARY KEY,"
"	data BLOB NOT NULL"
") STRICT;"
"CREATE TABLE chain ("
"	link INTEGER PRIMARY KEY,"
"	number INTEGER NOT NULL,"
"	last INTEGER NOT NULL,"
"	rows INTEGER NOT NULL,"
"	from_time INTEGER NOT NULL,"
"	until_time INTEGER NOT NULL,"
"	hash BLOB NOT NULL,"
"	sealed BLOB NOT NULL"
") STRICT;"
"CREATE TABLE redaction ("
"	id INTEGER PRIMARY KEY,"
"	link INTEGER NOT NULL,"
"	time INTEGER NOT NULL,"
"	reason TEXT NOT NULL,"
"	gone INTEGER NOT NULL,"
"	hash BLOB"
") STRICT;"
"CREATE INDEX redaction_link ON redaction (link);"
"CREATE TABLE progress ("
"	what TEXT PRIMARY KEY,"
"	number INTEGER NOT NULL,"
"	time INTEGER"
") WITHOUT ROWID, STRICT;"
"CREATE TABLE ledger ("
"	device INTEGER NOT NULL,"
"	name TEXT NOT NULL,"
"	first INTEGER NOT NULL,"
"	last INTEGER NOT NULL,"
"	count INTEGER NOT NULL,"
"	sunk INTEGER NOT NULL,"
"	PRIMARY KEY (device, name)"
") WITHOUT ROWID, STRICT;"
"CREATE TABLE ledger_more ("
"	device INTEGER NOT NULL,"
"	receiver TEXT NOT NULL,"
"	first INTEGER NOT NULL,"
"	last INTEGER NOT NULL,"
"	count INTEGER NOT NULL,"
"	sunk INTEGER NOT NULL,"
"	names INTEGER NOT NULL,"
"	PRIMARY KEY (device, receiver)"
") WITHOUT ROWID, STRICT;"
"CREATE TABLE hours ("
"	day INTEGER NOT NULL,"
"	part INTEGER NOT NULL,"
"	rows INTEGER NOT NULL,"
"	data BLOB NOT NULL,"
"	PRIMARY KEY (day, part)"
") STRICT;"
"CREATE TABLE device ("
"	id INTEGER PRIMARY KEY,"
"	mac BLOB UNIQUE,"
"	first INTEGER NOT NULL,"
"	last INTEGER NOT NULL"
") STRICT;"
"CREATE TABLE device_address ("
"	address BLOB NOT NULL,"
"	since INTEGER NOT NULL,"
"	device INTEGER NOT NULL,"
"	PRIMARY KEY (address, since)"
") WITHOUT ROWID, STRICT;"
"CREATE TABLE device_name ("
"	device INTEGER NOT NULL,"
"	source TEXT NOT NULL,"
"	since INTEGER NOT NULL,"
"	name TEXT NOT NULL,"
"	PRIMARY KEY (device, source, since)"
") WITHOUT ROWID, STRICT;"
"CREATE TABLE mark ("
"	id INTEGER PRIMARY KEY,"
"	time INTEGER NOT NULL,"
"	label TEXT NOT NULL,"
"	device INTEGER,"
"	mode TEXT"
") STRICT;"
"CREATE TABLE decision ("
"	name TEXT PRIMARY KEY,"
"	verdict TEXT NOT NULL,"
"	note TEXT,"
"	time INTEGER NOT NULL"
") WITHOUT ROWID, STRICT;";

static const char step_to_2[] =
"ALTER TABLE tail ADD COLUMN answered INTEGER NOT NULL DEFAULT 1;"
"ALTER TABLE gap ADD COLUMN reason TEXT;"
"UPDATE gap SET reason = 'full';"
"ALTER TABLE ring ADD COLUMN lost INTEGER;";

/* Only a view of then: a verdict and two actions more. */
static const char step_to_3[] = "";

/* Rows in words were a view; see journal/query_table.h. */
static const char step_to_4[] =
"DROP VIEW IF EXISTS query;"
"ALTER TABLE tail ADD COLUMN ttl INTEGER;";

static const char *const steps[] = { step_to_2, step_to_3, step_to_4 };

enum { WITH_ARCHIVE = 4 };	/* the first version that has it */

_Static_assert(sizeof(steps) / sizeof(steps[0]) == SCHEMA_VERSION - 1,
	       "a step for every version but the first");

static int ask_number(sqlite3 *db, const char *sql, int *value)
{
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);

	if (rc != SQLITE_OK)
		return rc;
	if (sqlite3_step(stmt) == SQLITE_ROW)
		*value = sqlite3_column_int(stmt, 0);
	return sqlite3_finalize(stmt);
}

static enum schema_kind kind_of(int application, int version, int tables_in_it)
{
	if (application == 0 && version == 0 && tables_in_it == 0)
		return SCHEMA_EMPTY;
	if (application != SCHEMA_APPLICATION || version < 1)
		return SCHEMA_STRANGE;
	if (version > SCHEMA_VERSION)
		return SCHEMA_NEWER;
	return version < SCHEMA_VERSION ? SCHEMA_OLDER : SCHEMA_CURRENT;
}

int schema_look(sqlite3 *db, enum schema_kind *kind, int *version)
{
	int application = 0, count = 0, rc;

	*version = 0;
	rc = ask_number(db, "SELECT count(*) FROM sqlite_schema", &count);
	if (rc == SQLITE_OK)
		rc = ask_number(db, "PRAGMA application_id", &application);
	if (rc == SQLITE_OK)
		rc = ask_number(db, "PRAGMA user_version", version);
	if (rc == SQLITE_OK)
		*kind = kind_of(application, *version, count);
	return rc;
}

static int run(sqlite3 *db, const char *sql)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

static int set_numbers(sqlite3 *db)
{
	char sql[96];

	snprintf(sql, sizeof(sql),
		 "PRAGMA application_id = %d; PRAGMA user_version = %d",
		 SCHEMA_APPLICATION, SCHEMA_VERSION);
	return run(db, sql);
}

static int make_or_migrate(sqlite3 *db, enum schema_kind kind, int version)
{
	int before = version, rc = SQLITE_OK;

	if (kind == SCHEMA_EMPTY)
		rc = run(db, tables);
	else
		for (; version < SCHEMA_VERSION && rc == SQLITE_OK; version++)
			rc = run(db, steps[version - 1]);
	if (rc == SQLITE_OK && before < WITH_ARCHIVE)
		rc = run(db, archive);
	if (rc == SQLITE_OK)
		rc = set_numbers(db);
	return rc;
}

int schema_prepare(sqlite3 *db)
{
	enum schema_kind kind = SCHEMA_STRANGE;
	int version, rc = schema_look(db, &kind, &version);

	if (rc != SQLITE_OK || kind == SCHEMA_CURRENT)
		return rc;
	if (kind != SCHEMA_EMPTY && kind != SCHEMA_OLDER)
		return SQLITE_MISMATCH;
	rc = run(db, "BEGIN IMMEDIATE");
	if (rc != SQLITE_OK)
		return rc;
	rc = make_or_migrate(db, kind, version);
	if (rc == SQLITE_OK)
		rc = run(db, "COMMIT");
	if (rc != SQLITE_OK)
		run(db, "ROLLBACK");
	return rc;
}
