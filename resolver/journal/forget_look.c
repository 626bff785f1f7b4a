/*
 * forget_look: what there is to forget, for somebody who is asked whether it
 * should be.
 */
#include "journal/forget.h"

#include "journal/database.h"
#include "journal/devices.h"
#include "journal/forget_state.h"
#include "journal/known.h"
#include "journal/row.h"
#include "journal/scan.h"

static int look_at_rows(struct forget *forget, sqlite3 *db)
{
	struct scan_filter filter = { .until = forget->what.before };
	struct scan *scan = NULL;
	struct row row;
	int got = scan_open(&scan, db, &filter);

	if (got < 0)
		return got;
	while ((got = scan_next(scan, &row)) > 0)
		forget->counts.rows += forget_has_row(forget, &row);
	scan_close(scan);
	return got;
}

static bool look_at_name(void *context, const struct known_name *name)
{
	struct forget *forget = context;

	if (forget->what.before != 0)
		forget->counts.names += name->last < forget->what.before;
	else if (forget->what.device != 0)
		forget->counts.names += name->device == forget->what.device;
	else if (forget->what.name != NULL)
		forget->counts.names += forget_has_name(forget,
						bytes_of_string(name->name));
	return true;
}

static int look(struct forget *forget, sqlite3 *db)
{
	struct known *known = NULL;
	int error = database_error(db, devices_load(&forget->devices, db));

	if (error == 0)
		error = look_at_rows(forget, db);
	if (error == 0)
		error = known_open(&known, db);
	if (error == 0)
		error = known_each(known, forget->what.device, 0,
				   look_at_name, forget);
	known_close(known);
	return error;
}

int forget_look(sqlite3 *db, const struct forget_what *what,
		struct forget_counts *counts)
{
	struct forget *forget;
	int error = forget_new(&forget, what, 0);

	if (error < 0)
		return error;
	error = look(forget, db);
	*counts = forget->counts;
	forget_free(forget);
	return error;
}
