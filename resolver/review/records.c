/*
 * A spreadsheet takes a field that begins with = + - or @ for a formula: such
 * a text is written with its first character escaped.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "review/records.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#ifdef HAVE_JANSSON
#include <jansson.h>
#endif

#include "base/error.h"
#include "base/text.h"
#include "base/utf8.h"
#include "review/words.h"

enum { TEXT = 8192, TEXT_MOST = 2000 };

struct records {
	FILE *out;
	bool json;
	const char *const *names;
	unsigned next;		/* name; 0: a new record */
#ifdef HAVE_JANSSON
	json_t *object;
#endif
};

static void write_names(const struct records *records)
{
	for (const char *const *name = records->names; *name != NULL; name++)
		fprintf(records->out, "%s%s", name > records->names ? "," : "",
			*name);
	fputs("\r\n", records->out);
}

int records_open(struct records **opened, FILE *out, enum print_form form,
		 const char *const *names)
{
	struct records *records;

#ifndef HAVE_JANSSON
	if (form == PRINT_JSON)
		return ERROR_ABSENT;
#endif
	records = calloc(1, sizeof(*records));
	if (records == NULL)
		return -ENOMEM;
	records->out = out;
	records->json = form == PRINT_JSON;
	records->names = names;
	if (!records->json)
		write_names(records);
	*opened = records;
	return 0;
}

/* --- a value --- */

#ifdef HAVE_JANSSON

static void put_json(struct records *records, json_t *value)
{
	const char *name = records->names[records->next];

	if (records->object == NULL)
		records->object = json_object();
	json_object_set_new(records->object, name, value);
	records->next++;
}

static void end_json(struct records *records)
{
	if (records->object == NULL ||
	    json_dumpf(records->object, records->out, JSON_COMPACT) != 0)
		fputs("{}", records->out);
	fputc('\n', records->out);
	json_decref(records->object);
	records->object = NULL;
}

#define JSON(records, value) put_json(records, value)

#else

static void end_json(struct records *records)
{
	(void)records;
}

#define JSON(records, value) ((void)(records))

#endif

/* Between quotes whatever has a quote, a comma or a line end. */
static void put_csv(struct records *records, const char *field)
{
	FILE *out = records->out;

	if (records->next++ > 0)
		fputc(',', out);
	if (strpbrk(field, "\",\r\n") == NULL) {
		fputs(field, out);
		return;
	}
	fputc('"', out);
	for (; *field != '\0'; field++) {
		if (*field == '"')
			fputc('"', out);
		fputc(*field, out);
	}
	fputc('"', out);
}

static void put_people(const char *text, struct text *out)
{
	utf8_put_hostile(out, bytes_of(text, strnlen(text, TEXT_MOST)));
}

static void put_words(struct records *records, const char *text,
		      void (*print)(const char *text, struct text *out))
{
	char field[TEXT];
	struct text out;

	if (text == NULL) {
		records_nothing(records);
		return;
	}
	text_init(&out, field, sizeof(field));
	if (!records->json && *text != '\0' &&
	    strchr("=+-@", *text) != NULL) {
		text_put(&out, "\\%03u", (unsigned char)*text);
		text++;
	}
	print(text, &out);
	if (records->json)
		JSON(records, json_string(field));
	else
		put_csv(records, field);
}

void records_text(struct records *records, const char *text)
{
	put_words(records, text, put_people);
}

void records_stored(struct records *records, const char *text)
{
	put_words(records, text, words_put);
}

void records_number(struct records *records, int64_t number)
{
	char field[32];

	snprintf(field, sizeof(field), "%" PRId64, number);
	if (records->json)
		JSON(records, json_integer((json_int_t)number));
	else
		put_csv(records, field);
}

void records_real(struct records *records, double number)
{
	char field[32];

	snprintf(field, sizeof(field), "%.6g", number);
	if (records->json)
		JSON(records, json_real(number));
	else
		put_csv(records, field);
}

void records_flag(struct records *records, bool flag)
{
	if (records->json)
		JSON(records, json_boolean(flag));
	else
		put_csv(records, flag ? "1" : "0");
}

void records_time(struct records *records, uint64_t wall)
{
	char field[64];
	struct text out;

	text_init(&out, field, sizeof(field));
	words_time(wall, &out);
	if (records->json)
		JSON(records, json_string(field));
	else
		put_csv(records, field);
}

void records_nothing(struct records *records)
{
	if (records->json)
		JSON(records, json_null());
	else
		put_csv(records, "");
}

/* --- a record --- */

void records_end(struct records *records)
{
	while (records->names[records->next] != NULL)
		records_nothing(records);
	if (records->json)
		end_json(records);
	else
		fputs("\r\n", records->out);
	records->next = 0;
}

bool records_close(struct records *records)
{
	bool good;

	if (records == NULL)
		return true;
	good = fflush(records->out) == 0 && !ferror(records->out);
	free(records);
	return good;
}
