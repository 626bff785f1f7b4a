/*
 * The words are those of `homebound log --json`; times are local, as people
 * with a shell read them, and `at` is for arithmetic.
 */
#include "journal/query_words.h"

#include <string.h>

#include "base/address.h"
#include "base/clock.h"
#include "base/entry.h"
#include "base/text.h"
#include "dns/record.h"
#include "journal/legend.h"
#include "journal/row.h"
#include "policy/verdict.h"

enum { WORDS = 96, DAY_LEN = 10 };

const char query_words_declaration[] =
	"CREATE TABLE query(number INTEGER, time TEXT, client TEXT,"
	" transport TEXT, name TEXT COLLATE NOCASE, type TEXT, verdict TEXT,"
	" action TEXT, source TEXT, rcode TEXT, answered INTEGER,"
	" alias TEXT COLLATE NOCASE, list TEXT, version INTEGER,"
	" line INTEGER, upstream TEXT, ms REAL, device TEXT, ttl INTEGER,"
	" at INTEGER, day TEXT, class TEXT HIDDEN, below TEXT HIDDEN)";

static void put_string(sqlite3_context *to, const char *string)
{
	if (string != NULL && *string != '\0')
		sqlite3_result_text(to, string, -1, SQLITE_TRANSIENT);
}

static void put_bytes(sqlite3_context *to, struct bytes text)
{
	sqlite3_result_text(to, (const char *)text.at, (int)text.len,
			    SQLITE_TRANSIENT);
}

static void put_word(sqlite3_context *to, uint16_t value,
		     void (*print)(uint16_t value, struct text *out))
{
	char words[WORDS];
	struct text text;

	text_init(&text, words, sizeof(words));
	print(value, &text);
	put_string(to, words);
}

static void put_client(sqlite3_context *to, const struct row *row)
{
	struct address client;
	char words[ADDRESS_TEXT];

	if (row->client_len == 0)
		return;
	address_from_raw(&client, row->client, row->client_len, 0);
	put_string(to, address_words(&client, 0, words));
}

static void put_time(sqlite3_context *to, uint64_t time, bool day)
{
	char words[WORDS];
	struct text text;

	text_init(&text, words, sizeof(words));
	clock_print(time, false, &text);
	if (day && text.len > DAY_LEN)
		words[DAY_LEN] = '\0';
	else
		text_put(&text, ".%03u", (unsigned)(time / 1000 % 1000));
	put_string(to, words);
}

static void put_rule(sqlite3_context *to, const struct row *row,
		     struct legend *legend, int column)
{
	uint64_t version;
	const char *list = legend_list(legend, row, &version);

	if (column == QUERY_LIST)
		put_string(to, list);
	if (column == QUERY_VERSION && list != NULL)
		sqlite3_result_int64(to, (sqlite3_int64)version);
	if (column == QUERY_LINE && (list != NULL || row->line > 0))
		sqlite3_result_int64(to, row->line);
}

static void put_device(sqlite3_context *to, const struct row *row,
		       struct legend *legend)
{
	put_string(to, legend_device_words(legend, legend_device(legend, row),
					   row->time));
}

/* What is looked up besides the row. */
static void put_looked_up(const struct row *row, struct legend *legend,
			  int column, sqlite3_context *to)
{
	switch (column) {
	case QUERY_LIST:
	case QUERY_VERSION:
	case QUERY_LINE:
		put_rule(to, row, legend, column);
		return;
	case QUERY_UPSTREAM:
		put_string(to, legend_upstream(legend, row->upstream));
		return;
	case QUERY_DEVICE:
		put_device(to, row, legend);
		return;
	default:
		return;
	}
}

static void put_number(const struct row *row, int column, sqlite3_context *to)
{
	switch (column) {
	case QUERY_NUMBER:
		sqlite3_result_int64(to, row->number);
		return;
	case QUERY_AT:
		sqlite3_result_int64(to, (sqlite3_int64)row->time);
		return;
	case QUERY_ANSWERED:
		sqlite3_result_int(to, row->answered);
		return;
	case QUERY_TTL:
		sqlite3_result_int64(to, row->ttl);
		return;
	case QUERY_MS:
		sqlite3_result_double(to, row->duration / 1e3);
		return;
	default:
		return;
	}
}

static void put_code(const struct row *row, int column, sqlite3_context *to)
{
	switch (column) {
	case QUERY_TRANSPORT:
		put_string(to, entry_transport_words(row->transport));
		return;
	case QUERY_TYPE:
		put_word(to, row->type, record_print_type);
		return;
	case QUERY_CLASS:
		put_word(to, row->class, record_print_class);
		return;
	case QUERY_RCODE:
		put_word(to, row->rcode, record_print_rcode);
		return;
	case QUERY_VERDICT:
		put_string(to, verdict_words(row->verdict));
		return;
	case QUERY_ACTION:
		put_string(to, action_words(row->action));
		return;
	case QUERY_SOURCE:
		put_string(to, entry_source_words(row->source));
		return;
	default:
		return;
	}
}

void query_words_put(const struct row *row, struct legend *legend,
		     int column, sqlite3_context *to)
{
	switch (column) {
	case QUERY_NAME:
		put_bytes(to, row->name);
		return;
	case QUERY_ALIAS:
		if (row->alias.len > 0)
			put_bytes(to, row->alias);
		return;
	case QUERY_CLIENT:
		put_client(to, row);
		return;
	case QUERY_TIME:
	case QUERY_DAY:
		put_time(to, row->time, column == QUERY_DAY);
		return;
	default:
		put_number(row, column, to);
		put_code(row, column, to);
		put_looked_up(row, legend, column, to);
		return;
	}
}
