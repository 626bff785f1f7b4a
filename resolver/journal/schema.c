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
"	answered INTEGER NOT NULL DEFAULT 1"
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

/* One byte of an address as a number; SQL has no shorter way. */
#define HEX_DIGIT(at) \
	"(instr('0123456789ABCDEF', substr(hex(client), " #at ", 1)) - 1)"
#define BYTE(high, low) HEX_DIGIT(high) " * 16 + " HEX_DIGIT(low)
#define HEX_GROUP(at) "substr(hex(client), " #at ", 4)"

/*
 * For people with a shell: `query` is a row in words.  Views cost nothing
 * until they are used, and are made anew by every migration.
 */
static const char views[] =
"DROP VIEW IF EXISTS query;"
"CREATE VIEW query AS SELECT"
"	number,"
"	strftime('%Y-%m-%d %H:%M:%f', time / 1e6, 'unixepoch', 'localtime')"
"		AS time,"
"	CASE length(client)"
"	WHEN 4 THEN printf('%d.%d.%d.%d', " BYTE(1, 2) ", " BYTE(3, 4) ", "
		BYTE(5, 6) ", " BYTE(7, 8) ")"
"	WHEN 16 THEN lower(printf('%s:%s:%s:%s:%s:%s:%s:%s', "
		HEX_GROUP(1) ", " HEX_GROUP(5) ", " HEX_GROUP(9) ", "
		HEX_GROUP(13) ", " HEX_GROUP(17) ", " HEX_GROUP(21) ", "
		HEX_GROUP(25) ", " HEX_GROUP(29) "))"
"	END AS client,"
"	CASE transport WHEN 1 THEN 'udp' WHEN 2 THEN 'tcp' END AS transport,"
"	tail.name AS name,"
"	CASE type WHEN 1 THEN 'A' WHEN 2 THEN 'NS' WHEN 5 THEN 'CNAME'"
"	WHEN 6 THEN 'SOA' WHEN 12 THEN 'PTR' WHEN 15 THEN 'MX'"
"	WHEN 16 THEN 'TXT' WHEN 28 THEN 'AAAA' WHEN 33 THEN 'SRV'"
"	WHEN 43 THEN 'DS' WHEN 48 THEN 'DNSKEY' WHEN 64 THEN 'SVCB'"
"	WHEN 65 THEN 'HTTPS' WHEN 255 THEN 'ANY'"
"	ELSE 'TYPE' || type END AS type,"
"	CASE verdict WHEN 0 THEN 'pass' WHEN 1 THEN 'sunk'"
"	WHEN 2 THEN 'allowed' WHEN 3 THEN 'observed' WHEN 4 THEN 'denied'"
"	WHEN 5 THEN 'rewritten' WHEN 6 THEN 'paused'"
"	END AS verdict,"
"	CASE action WHEN 1 THEN 'sink' WHEN 2 THEN 'nxdomain'"
"	WHEN 3 THEN 'nodata' WHEN 4 THEN 'null' WHEN 5 THEN 'refuse'"
"	WHEN 6 THEN 'drop' WHEN 7 THEN 'allow' WHEN 8 THEN 'observe'"
"	WHEN 9 THEN 'rewrite' WHEN 10 THEN 'truncate'"
"	END AS action,"
"	CASE source WHEN 1 THEN 'policy' WHEN 2 THEN 'cache'"
"	WHEN 3 THEN 'upstream' WHEN 4 THEN 'self' END AS source,"
"	CASE rcode WHEN 0 THEN 'NOERROR' WHEN 1 THEN 'FORMERR'"
"	WHEN 2 THEN 'SERVFAIL' WHEN 3 THEN 'NXDOMAIN' WHEN 4 THEN 'NOTIMP'"
"	WHEN 5 THEN 'REFUSED' ELSE 'RCODE' || rcode END AS rcode,"
"	answered, alias,"
"	" SCHEMA_LIST_NAME " AS list, image_list.version AS version, line,"
"	upstream.address AS upstream,"
"	duration / 1e3 AS ms"
" FROM tail"
" LEFT JOIN image_list"
"	ON image_list.image = tail.image AND image_list.list = tail.list"
" LEFT JOIN upstream ON upstream.id = tail.upstream;";

static const char step_to_2[] =
"ALTER TABLE tail ADD COLUMN answered INTEGER NOT NULL DEFAULT 1;"
"ALTER TABLE gap ADD COLUMN reason TEXT;"
"UPDATE gap SET reason = 'full';"
"ALTER TABLE ring ADD COLUMN lost INTEGER;";

/* Only the views: a verdict and two actions more, the household's own rules. */
static const char step_to_3[] = "";

static const char *const steps[] = { step_to_2, step_to_3 };

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
	int rc = SQLITE_OK;

	if (kind == SCHEMA_EMPTY)
		rc = run(db, tables);
	else
		for (; version < SCHEMA_VERSION && rc == SQLITE_OK; version++)
			rc = run(db, steps[version - 1]);
	if (rc == SQLITE_OK)
		rc = run(db, views);
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
