/*
 * Who writes the statement is trusted with his own terminal; who filled the
 * database is not.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "review/result.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "base/utf8.h"
#include "review/result_form.h"

static bool is_built(enum print_form form)
{
#ifdef HAVE_JANSSON
	(void)form;
	return true;
#else
	return form != PRINT_JSON;
#endif
}

int result_open(struct result **opened, sqlite3_stmt *stmt,
		const struct print_options *options)
{
	size_t columns = (size_t)sqlite3_column_count(stmt);
	struct result *result;

	if (!is_built(options->form))
		return ERROR_ABSENT;
	result = calloc(1, sizeof(*result));
	if (result == NULL)
		return -ENOMEM;
	*result = (struct result){
		.stmt = stmt, .out = options->out, .form = options->form,
		.limit = options->width, .colour = options->colour,
		.columns = (unsigned)columns,
		.widest = calloc(columns + 1, sizeof(unsigned)),
		.width = calloc(columns + 1, sizeof(unsigned)),
		.right = calloc(columns + 1, sizeof(bool)),
		.cells = calloc((RESULT_HELD + 1) * (columns + 1),
				sizeof(char *)),
	};
	if (result->widest == NULL || result->width == NULL ||
	    result->right == NULL || result->cells == NULL) {
		result_close(result);
		return -ENOMEM;
	}
	*opened = result;
	return 0;
}

void result_close(struct result *result)
{
	if (result == NULL)
		return;
	for (size_t i = 0; result->cells != NULL &&
	     i < (RESULT_HELD + 1) * (size_t)result->columns; i++)
		free(result->cells[i]);
	free(result->cells);
	free(result->widest);
	free(result->width);
	free(result->right);
	free(result);
}

/* --- words --- */

static char *text_words(struct bytes stored)
{
	bool plain = utf8_is_plain(stored);
	size_t room = (plain ? 1 : 4) * stored.len + 1;
	char *words = malloc(room);
	struct text text;

	if (words == NULL)
		return NULL;
	text_init(&text, words, room);
	if (plain)
		text_put(&text, "%.*s", (int)stored.len,
			 (const char *)stored.at);
	else
		utf8_put_hostile(&text, stored);
	return words;
}

static char *blob_words(struct bytes blob)
{
	char *words = malloc(2 * blob.len + 1), *to = words;

	if (words == NULL)
		return NULL;
	*to = '\0';
	for (size_t i = 0; i < blob.len; i++)
		to += sprintf(to, "%02x", blob.at[i]);
	return words;
}

char *result_words(const struct result *result, unsigned column)
{
	sqlite3_stmt *stmt = result->stmt;
	const void *at;

	if (sqlite3_column_type(stmt, (int)column) == SQLITE_BLOB) {
		at = sqlite3_column_blob(stmt, (int)column);
		return blob_words(bytes_of(at, (size_t)sqlite3_column_bytes(
						   stmt, (int)column)));
	}
	at = sqlite3_column_text(stmt, (int)column);
	if (at == NULL)
		return strdup("");
	return text_words(bytes_of(at, (size_t)sqlite3_column_bytes(
					   stmt, (int)column)));
}

char *result_title(const struct result *result, unsigned column)
{
	const char *title = sqlite3_column_name(result->stmt, (int)column);

	return title != NULL ? text_words(bytes_of_string(title)) : NULL;
}

/* --- rows --- */

/* Once a stream has failed, later calls need not say why again. */
static bool goes_on(struct result *result, bool done)
{
	if (!done)
		errno = ENOMEM;
	if (done && !ferror(result->out))
		return true;
	if (result->error == 0)
		result->error = errno;
	errno = result->error;
	return false;
}

bool result_row(struct result *result)
{
	switch (result->form) {
	case PRINT_TABLE:
		return goes_on(result, result_table_row(result));
	case PRINT_CSV:
		return goes_on(result, result_csv_row(result));
	case PRINT_JSON:
		return goes_on(result, result_json_row(result));
	case PRINT_LINES:	/* has no form for what is no row of ours */
		break;
	}
	return false;
}

bool result_flush(struct result *result)
{
	bool done = true;

	if (result->form == PRINT_TABLE)
		done = result_table_flush(result);
	if (result->form == PRINT_CSV)
		result_csv_titles(result);
	fflush(result->out);
	return goes_on(result, done);
}
