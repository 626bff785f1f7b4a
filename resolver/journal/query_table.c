/*
 * What SQLite asks of a virtual table, in its order: xBestIndex is told what
 * a statement wants to know and says what of it a scan can do; xFilter opens
 * that scan; xColumn gives a row's words.
 *
 * Between the first two goes a string of two characters for each value: what
 * it is compared with, and how.
 *
 *	WHERE at >= ? AND below = ?	"ag" "b="
 *
 * What is compared as DNS compares (names in any case, a device by any of its
 * names) is final; of the rest SQLite looks at the rows again.
 */
#include "journal/query_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "journal/legend.h"
#include "journal/query_words.h"
#include "journal/scan.h"
#include "journal/schema.h"
#include "policy/verdict.h"

enum { CONSTRAINTS = 32, BACKWARDS = 1 };

struct table {
	sqlite3_vtab base;
	sqlite3 *db;
	struct query_table_options options;
	struct legend legend;
};

struct cursor {
	sqlite3_vtab_cursor base;
	struct scan *scan;
	bool end;
	struct row row;
};

static int fail(struct table *table, int rc, const char *words)
{
	sqlite3_free(table->base.zErrMsg);
	table->base.zErrMsg = sqlite3_mprintf("%s", words);
	return rc;
}

/* --- the table --- */

static int check_version(sqlite3 *db, char **words)
{
	enum schema_kind kind = SCHEMA_STRANGE;
	int version, rc = schema_look(db, &kind, &version);

	if (rc == SQLITE_OK && kind != SCHEMA_CURRENT) {
		*words = sqlite3_mprintf("not a journal of homebound, or of "
					 "another version than %d",
					 SCHEMA_VERSION);
		return SQLITE_ERROR;
	}
	return rc;
}

static int table_disconnect(sqlite3_vtab *base)
{
	struct table *table = (struct table *)base;

	legend_release(&table->legend);
	sqlite3_free(table);
	return SQLITE_OK;
}

static int table_connect(sqlite3 *db, void *options, int argc,
			 const char *const *argv, sqlite3_vtab **made,
			 char **words)
{
	struct table *table;
	int rc = check_version(db, words);

	(void)argc, (void)argv;
	if (rc == SQLITE_OK)
		rc = sqlite3_declare_vtab(db, query_words_declaration);
	if (rc != SQLITE_OK)
		return rc;
	table = sqlite3_malloc64(sizeof(*table));
	if (table == NULL)
		return SQLITE_NOMEM;
	memset(table, 0, sizeof(*table));
	table->db = db;
	table->options = *(const struct query_table_options *)options;
	rc = legend_init(&table->legend, db);
	*made = &table->base;
	if (rc != SQLITE_OK) {
		*words = sqlite3_mprintf("%s", sqlite3_errmsg(db));
		*made = NULL;
		table_disconnect(&table->base);
	}
	return rc;
}

static int table_open(sqlite3_vtab *table, sqlite3_vtab_cursor **opened)
{
	struct cursor *cursor = sqlite3_malloc64(sizeof(*cursor));

	(void)table;
	if (cursor == NULL)
		return SQLITE_NOMEM;
	memset(cursor, 0, sizeof(*cursor));
	*opened = &cursor->base;
	return SQLITE_OK;
}

static int table_close(sqlite3_vtab_cursor *base)
{
	struct cursor *cursor = (struct cursor *)base;

	scan_close(cursor->scan);
	sqlite3_free(cursor);
	return SQLITE_OK;
}

/* --- the plan --- */

/* How a column can be asked for, and what is left of the rows then. */
static const struct asked {
	int column;
	char key;
	bool range;		/* else by = alone, and that is final */
	double left;
} asked[] = {
	{ -1, 'n', true, 0.3 },
	{ QUERY_NUMBER, 'n', true, 0.3 },
	{ QUERY_AT, 'a', true, 0.1 },
	{ QUERY_NAME, 'N', false, 0.001 },
	{ QUERY_BELOW, 'b', false, 0.002 },
	{ QUERY_CLIENT, 'c', false, 0.05 },
	{ QUERY_DEVICE, 'd', false, 0.05 },
	{ QUERY_VERDICT, 'v', false, 0.3 },
};

static const struct asked *asked_for(int column)
{
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++)
		if (asked[i].column == column)
			return &asked[i];
	return NULL;
}

static char way_of(unsigned char op, bool range)
{
	switch (op) {
	case SQLITE_INDEX_CONSTRAINT_EQ:
		return '=';
	case SQLITE_INDEX_CONSTRAINT_GT:
		return range ? '>' : '\0';
	case SQLITE_INDEX_CONSTRAINT_GE:
		return range ? 'g' : '\0';
	case SQLITE_INDEX_CONSTRAINT_LT:
		return range ? '<' : '\0';
	case SQLITE_INDEX_CONSTRAINT_LE:
		return range ? 'l' : '\0';
	default:
		return '\0';
	}
}

struct plan {
	sqlite3_index_info *info;
	char steps[2 * CONSTRAINTS + 1];
	int count;
	bool below;		/* it is asked for */
	double rows;
};

/*
 * Of what is final only one is taken: SQLite looks at a second itself.  A scan
 * knows one name, and `below` is nothing SQLite could look at.
 */
static bool is_taken(const struct plan *plan, char key)
{
	return memchr(plan->steps, key, 2 * (size_t)plan->count) != NULL ||
	       (key == 'N' && plan->below);
}

static void plan_one(struct plan *plan, int i)
{
	const struct asked *column =
		asked_for(plan->info->aConstraint[i].iColumn);
	char way;

	if (column == NULL || plan->count == CONSTRAINTS)
		return;
	way = way_of(plan->info->aConstraint[i].op, column->range);
	if (way == '\0' || (!column->range && is_taken(plan, column->key)))
		return;
	plan->steps[2 * plan->count] = column->key;
	plan->steps[2 * plan->count + 1] = way;
	plan->info->aConstraintUsage[i].argvIndex = ++plan->count;
	plan->info->aConstraintUsage[i].omit = !column->range;
	plan->rows *= column->range && way == '=' ? 1e-6 : column->left;
}

/* `below` is nothing a row has: a plan that cannot ask for it is none. */
static bool find_below(struct plan *plan)
{
	const sqlite3_index_info *info = plan->info;

	for (int i = 0; i < info->nConstraint; i++) {
		if (info->aConstraint[i].iColumn != QUERY_BELOW)
			continue;
		if (!info->aConstraint[i].usable)
			return false;
		plan->below = true;
	}
	return true;
}

static void plan_order(sqlite3_index_info *info)
{
	if (info->nOrderBy != 1 || (info->aOrderBy[0].iColumn != -1 &&
				    info->aOrderBy[0].iColumn != QUERY_NUMBER))
		return;
	info->orderByConsumed = 1;
	info->idxNum = info->aOrderBy[0].desc ? BACKWARDS : 0;
}

static int table_plan(sqlite3_vtab *table, sqlite3_index_info *info)
{
	struct plan plan = { .info = info, .rows = 1e7 };

	(void)table;
	if (!find_below(&plan))
		return SQLITE_CONSTRAINT;
	for (int i = 0; i < info->nConstraint; i++)
		if (info->aConstraint[i].usable)
			plan_one(&plan, i);
	plan_order(info);
	info->idxStr = sqlite3_mprintf("%s", plan.steps);
	if (info->idxStr == NULL)
		return SQLITE_NOMEM;
	info->needToFreeIdxStr = 1;
	info->estimatedRows = plan.rows > 1 ? (sqlite3_int64)plan.rows : 1;
	info->estimatedCost = 1000 + plan.rows;
	return SQLITE_OK;
}

/* --- the scan --- */

/* What all values together leave. */
struct wanted {
	struct table *table;
	struct scan_filter filter;
	int64_t number[2], at[2];	/* the lowest and the highest */
	struct prefix client;
	struct scan_client one, *clients;
	bool nothing;
};

/* Never beyond what a double tells apart: a wider range does no harm. */
static int64_t whole(double value)
{
	if (!(value > -9e18))
		return INT64_MIN;
	return value < 9e18 ? (int64_t)value : INT64_MAX;
}

/* Text is above all numbers: SQLite says what becomes of that. */
static void take_range(struct wanted *wanted, int64_t range[2], char way,
		       sqlite3_value *value)
{
	int type = sqlite3_value_numeric_type(value);
	int64_t low, high;

	if (type == SQLITE_NULL)
		wanted->nothing = true;
	if (type != SQLITE_INTEGER && type != SQLITE_FLOAT)
		return;
	low = high = sqlite3_value_int64(value);
	if (type == SQLITE_FLOAT) {
		low = whole(sqlite3_value_double(value) - 1);
		high = whole(sqlite3_value_double(value) + 1);
	}
	if (strchr("=>g", way) != NULL && low > range[0])
		range[0] = low;
	if (strchr("=<l", way) != NULL && high < range[1])
		range[1] = high;
}

static int take_device(struct wanted *wanted, const char *device)
{
	int count = legend_clients(&wanted->table->legend, device,
				   &wanted->clients);

	wanted->nothing = wanted->nothing || count < 0;
	wanted->filter.client_count = count > 0 ? (unsigned)count : 0;
	return count < 0 && count != ERROR_ABSENT ? SQLITE_NOMEM : SQLITE_OK;
}

static void take_verdict(struct wanted *wanted, const char *word)
{
	int verdict = verdict_parse(word);

	wanted->nothing = wanted->nothing || verdict < 0;
	wanted->filter.verdicts = verdict < 0 ? 0 : 1u << verdict;
}

static int take_text(struct wanted *wanted, char key, sqlite3_value *value)
{
	const char *text = (const char *)sqlite3_value_text(value);

	wanted->nothing = wanted->nothing || text == NULL;
	if (text == NULL)
		return SQLITE_OK;
	switch (key) {
	case 'v':
		take_verdict(wanted, text);
		return SQLITE_OK;
	case 'd':
		return take_device(wanted, text);
	case 'c':
		if (prefix_parse(&wanted->client, text) < 0)
			wanted->nothing = true;
		return SQLITE_OK;
	default:
		wanted->filter.name = text;
		wanted->filter.below = key == 'b';
		return SQLITE_OK;
	}
}

static int take_values(struct wanted *wanted, const char *steps, int argc,
		       sqlite3_value **argv)
{
	int rc = SQLITE_OK;

	for (int i = 0; i < argc && rc == SQLITE_OK; i++) {
		char key = steps[2 * i], way = steps[2 * i + 1];

		if (key == 'n')
			take_range(wanted, wanted->number, way, argv[i]);
		else if (key == 'a')
			take_range(wanted, wanted->at, way, argv[i]);
		else
			rc = take_text(wanted, key, argv[i]);
	}
	return rc;
}

static void join_clients(struct wanted *wanted)
{
	struct scan_filter *filter = &wanted->filter;

	filter->clients = wanted->clients;
	if (wanted->client.family == 0)
		return;
	if (wanted->clients != NULL) {
		filter->client_count =
			legend_within(&wanted->client, wanted->clients,
				      filter->client_count);
		return;
	}
	wanted->one.prefix = wanted->client;
	filter->clients = &wanted->one;
	filter->client_count = 1;
}

/* The ranges as a scan wants them, where 0 is open. */
static void join_ranges(struct wanted *wanted)
{
	struct scan_filter *filter = &wanted->filter;
	const int64_t *number = wanted->number, *at = wanted->at;

	if (number[0] > number[1] || number[1] < 1 || at[0] > at[1] ||
	    at[1] < 0) {
		wanted->nothing = true;
		return;
	}
	filter->after = number[0] > 0 ? number[0] - 1 : 0;
	filter->through = number[1] < INT64_MAX ? number[1] : 0;
	filter->since = at[0] > 0 ? (uint64_t)at[0] : 0;
	filter->until = at[1] < INT64_MAX ? (uint64_t)at[1] + 1 : 0;
}

static int next(struct cursor *cursor)
{
	struct table *table = (struct table *)cursor->base.pVtab;
	int given = scan_next(cursor->scan, &cursor->row);

	cursor->end = given != 1;
	if (given >= 0)
		return SQLITE_OK;
	return fail(table, given == ERROR_DAMAGED ? SQLITE_CORRUPT
						  : SQLITE_ERROR,
		    error_words(given));
}

static int open_scan(struct cursor *cursor, const struct wanted *wanted)
{
	int error = scan_open(&cursor->scan, wanted->table->db,
			      &wanted->filter);

	/* No name, so nothing is called so. */
	if (error == ERROR_MALFORMED)
		return SQLITE_OK;
	if (error < 0)
		return fail(wanted->table, SQLITE_ERROR, error_words(error));
	return next(cursor);
}

static int table_filter(sqlite3_vtab_cursor *base, int plan,
			const char *steps, int argc, sqlite3_value **argv)
{
	struct cursor *cursor = (struct cursor *)base;
	struct wanted wanted = {
		.table = (struct table *)base->pVtab,
		.number = { INT64_MIN, INT64_MAX },
		.at = { INT64_MIN, INT64_MAX },
	};
	int rc = legend_refresh(&wanted.table->legend);

	scan_close(cursor->scan);
	cursor->scan = NULL;
	cursor->end = true;
	wanted.filter.backwards = plan == BACKWARDS;
	wanted.filter.damaged = wanted.table->options.damaged;
	wanted.filter.context = wanted.table->options.context;
	if (rc == SQLITE_OK)
		rc = take_values(&wanted, steps, argc, argv);
	join_clients(&wanted);
	join_ranges(&wanted);
	if (rc == SQLITE_OK && !wanted.nothing)
		rc = open_scan(cursor, &wanted);
	free(wanted.clients);
	return rc;
}

/* --- rows --- */

static int table_next(sqlite3_vtab_cursor *base)
{
	return next((struct cursor *)base);
}

static int table_end(sqlite3_vtab_cursor *base)
{
	return ((struct cursor *)base)->end;
}

static int table_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *rowid)
{
	*rowid = ((struct cursor *)base)->row.number;
	return SQLITE_OK;
}

static int table_column(sqlite3_vtab_cursor *base, sqlite3_context *context,
			int column)
{
	struct table *table = (struct table *)base->pVtab;

	query_words_put(&((struct cursor *)base)->row, &table->legend, column,
			context);
	return SQLITE_OK;
}

/* Without xCreate there is nothing to be made: it is there by its name. */
static const sqlite3_module module = {
	.xConnect = table_connect,
	.xDisconnect = table_disconnect,
	.xBestIndex = table_plan,
	.xOpen = table_open,
	.xClose = table_close,
	.xFilter = table_filter,
	.xNext = table_next,
	.xEof = table_end,
	.xColumn = table_column,
	.xRowid = table_rowid,
};

int query_table_register(sqlite3 *db,
			 const struct query_table_options *options)
{
	struct query_table_options *copy = sqlite3_malloc64(sizeof(*copy));

	if (copy == NULL)
		return SQLITE_NOMEM;
	*copy = options != NULL ? *options : (struct query_table_options){ 0 };
	return sqlite3_create_module_v2(db, "query", &module, copy,
					sqlite3_free);
}
