/*
 * salvage_first: what has to be in a new database before anything new is
 * stored there.
 */
#ifndef JOURNAL_SALVAGE_FIRST_H
#define JOURNAL_SALVAGE_FIRST_H

#include <sqlite3.h>

/* progress: this and the name of the file. */
#define SALVAGE_KEY "carry "

/*
 * Where a database was set aside just now (DATABASE_MARK): all of it in one
 * transaction, then the mark is gone.  Else nothing.
 */
int salvage_first(sqlite3 *db, const char *path);

#endif
