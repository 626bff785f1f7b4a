/*
 * An object a line; what a row does not have is null, so that every row has
 * the same keys.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#ifdef HAVE_JANSSON

#include "review/form.h"

#include <jansson.h>

#include "base/address.h"
#include "base/text.h"
#include "base/utf8.h"
#include "dns/name.h"
#include "dns/record.h"
#include "journal/marks.h"
#include "journal/reader.h"
#include "policy/verdict.h"
#include "review/cells.h"
#include "review/print.h"
#include "review/value.h"
#include "review/words.h"
#include "review/words_mark.h"

/* It keeps nothing but where to write to. */
static void *json_open(const struct print_options *options)
{
	return options->out;
}

static void json_close(void *form)
{
	(void)form;
}

static void write_line(FILE *out, json_t *object)
{
	if (object == NULL || json_dumpf(object, out, JSON_COMPACT) != 0)
		fputs("{}", out);
	fputc('\n', out);
	json_decref(object);
}

static json_t *client_of(const struct reader_row *row)
{
	char buffer[ADDRESS_TEXT];
	struct text out;

	if (row->client.family == 0)
		return json_null();
	text_init(&out, buffer, sizeof(buffer));
	address_print(&row->client, 0, &out);
	return json_string(buffer);
}

static json_t *device_of(const struct reader_row *row)
{
	char buffer[CELL_CLIENT_TEXT];
	struct text out;

	if (row->device_name == NULL)
		return json_null();
	text_init(&out, buffer, sizeof(buffer));
	utf8_put_hostile(&out, bytes_of_string(row->device_name));
	return json_string(buffer);
}

static json_t *time_of(uint64_t wall)
{
	char buffer[64];
	struct text out;

	text_init(&out, buffer, sizeof(buffer));
	words_time(wall, &out);
	return json_string(buffer);
}

static json_t *word_of(uint16_t value,
		       void (*print)(uint16_t value, struct text *out))
{
	char buffer[32];
	struct text out;

	text_init(&out, buffer, sizeof(buffer));
	print(value, &out);
	return json_string(buffer);
}

/* "" is no word. */
static json_t *constant(const char *word)
{
	return *word != '\0' ? json_string(word) : json_null();
}

static json_t *rule_number(const struct reader_row *row, uint64_t number)
{
	return row->list != NULL ? json_integer((json_int_t)number)
				 : json_null();
}

/* jansson keeps the order in which keys are put. */
static void json_row(void *form, const struct reader_row *row)
{
	json_t *object = json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
		"number", (json_int_t)row->number,
		"time", time_of(row->time),
		"client", client_of(row),
		"transport", constant(words_transport(row->transport)),
		"name", value_stored(row->name),
		"type", word_of(row->qtype, record_print_type),
		"class", word_of(row->qclass, words_class),
		"rcode", word_of(row->rcode, record_print_rcode));
	json_t *more = json_pack("{s:s, s:o, s:o, s:b, s:o, s:o, s:o, s:o, "
				 "s:o, s:I, s:o, s:I}",
		"verdict", verdict_words(row->verdict),
		"action", constant(action_words(row->action)),
		"source", constant(words_source(row->source)),
		"answered", row->answered,
		"alias", value_stored(row->alias),
		"list", value_stored(row->list),
		"list_version", rule_number(row, row->list_version),
		"line", rule_number(row, row->line),
		"upstream", value_stored(row->upstream),
		"duration_us", (json_int_t)row->duration,
		"device", device_of(row),
		"ttl", (json_int_t)row->ttl);

	json_object_update(object, more);
	json_decref(more);
	write_line(form, object);
}

static void json_note(void *form, const struct reader_note *note)
{
	if (note->step != 0)
		write_line(form, json_pack("{s:{s:I, s:o, s:I}}", "clock",
			"number", (json_int_t)note->number,
			"time", time_of(note->from),
			"step_us", (json_int_t)note->step));
	else
		write_line(form, json_pack("{s:{s:I, s:o, s:o, s:o, s:o}}",
			"gap",
			"number", (json_int_t)note->number,
			"from", time_of(note->from),
			"until", time_of(note->until),
			"count", note->count > 0 ?
			json_integer((json_int_t)note->count) : json_null(),
			"reason", value_stored(note->reason)));
}

static void json_mark(void *form, const struct mark *mark)
{
	char label[4 * MARK_LABEL + 1];
	struct text text;

	text_init(&text, label, sizeof(label));
	words_mark_label(mark, &text);
	write_line(form, json_pack("{s:{s:I, s:o, s:s, s:o}}", "mark",
		"number", (json_int_t)mark->id,
		"time", time_of(mark->time),
		"label", label,
		"mode", value_stored(mark->mode)));
}

static void json_flush(void *form)
{
	(void)form;
}

const struct form form_json = {
	.open = json_open,
	.close = json_close,
	.row = json_row,
	.note = json_note,
	.mark = json_mark,
	.flush = json_flush,
};

#else

/* An empty file is none (C11, 6.9). */
extern const int json_is_not_built;

#endif
