/*
 * extension: the virtual table `query` for anybody's sqlite3(1).
 *
 *	$ sqlite3 -readonly /var/lib/homebound/journal.db
 *	sqlite> .load /usr/lib/homebound/homebound_journal
 *	sqlite> SELECT * FROM query WHERE below = 'example.com';
 *
 * All that goes into the module is compiled with this header before anything
 * else: what it calls of SQLite is then whatever copy of SQLite has loaded
 * it, which need not be the system's.
 */
#ifndef JOURNAL_EXTENSION_H
#define JOURNAL_EXTENSION_H

#include <sqlite3ext.h>

SQLITE_EXTENSION_INIT3

/*
 * What SQLite calls after it has loaded homebound_journal.so: it makes the name
 * of the letters of the file.
 */
__attribute__((visibility("default")))
int sqlite3_homeboundjournal_init(sqlite3 *db, char **words,
				   const sqlite3_api_routines *api);

#endif
