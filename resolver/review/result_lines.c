/*
 * CSV and JSON, a line for each row.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "review/result_form.h"

#include <stdlib.h>
#include <string.h>

#ifdef HAVE_JANSSON
#include <jansson.h>
#endif

#include "review/words.h"

/*
 * RFC 4180; a spreadsheet takes = + - and @ for the beginning of a formula,
 * so text that begins so has its first character escaped.
 */
static void put_field(FILE *out, const char *text, bool is_text)
{
	if (is_text && *text != '\0' && strchr("=+-@", *text) != NULL)
		fprintf(out, "\\%03u", (unsigned)(unsigned char)*text++);
	words_put_field(out, text);
}

static void put_csv(struct result *result, unsigned column, char *words,
		    bool is_text)
{
	if (column > 0)
		fputc(',', result->out);
	put_field(result->out, words != NULL ? words : "", is_text);
	free(words);
}

void result_csv_titles(struct result *result)
{
	if (result->begun)
		return;
	result->begun = true;
	for (unsigned i = 0; i < result->columns; i++)
		put_csv(result, i, result_title(result, i), true);
	fputs("\r\n", result->out);
}

static bool is_text(const struct result *result, unsigned column)
{
	return sqlite3_column_type(result->stmt, (int)column) == SQLITE_TEXT;
}

bool result_csv_row(struct result *result)
{
	result_csv_titles(result);
	for (unsigned i = 0; i < result->columns; i++)
		put_csv(result, i, result_words(result, i),
			is_text(result, i));
	fputs("\r\n", result->out);
	return true;
}

#ifdef HAVE_JANSSON

/* NULL where there is no memory, or a number that JSON does not have. */
static json_t *value_of(const struct result *result, unsigned column)
{
	sqlite3_stmt *stmt = result->stmt;
	json_t *value;
	char *words;

	switch (sqlite3_column_type(stmt, (int)column)) {
	case SQLITE_NULL:
		return json_null();
	case SQLITE_INTEGER:
		return json_integer(sqlite3_column_int64(stmt, (int)column));
	case SQLITE_FLOAT:
		value = json_real(sqlite3_column_double(stmt, (int)column));
		return value != NULL ? value : json_null();
	default:
		words = result_words(result, column);
		value = words != NULL ? json_string(words) : NULL;
		free(words);
		return value;
	}
}

bool result_json_row(struct result *result)
{
	json_t *object = json_object();
	bool done = object != NULL;

	for (unsigned i = 0; i < result->columns && done; i++) {
		char *title = result_title(result, i);

		done = title != NULL &&
		       json_object_set_new(object, title,
					   value_of(result, i)) == 0;
		free(title);
	}
	if (done)
		json_dumpf(object, result->out, JSON_COMPACT);
	fputc('\n', result->out);
	json_decref(object);
	return done;
}

#else

bool result_json_row(struct result *result)
{
	(void)result;
	return false;
}

#endif
