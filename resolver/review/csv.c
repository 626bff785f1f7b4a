/*
 * RFC 4180, and what it does not think of: a spreadsheet takes a field that
 * begins with = + - or @ for a formula, and a name may begin so.  Such a name
 * is written with its first character escaped, which is the same name.
 */
#include "review/form.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

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
#include "review/words.h"
#include "review/words_mark.h"

struct csv {
	FILE *out;
	bool begun;	/* the line of names is written */
	bool field;	/* the line has a field already */
};

static const char header[] =
	"kind,number,time,client,transport,name,type,class,rcode,verdict,"
	"action,source,answered,alias,list,list_version,line,upstream,"
	"duration_us,until,count,reason,step_us,device,ttl\r\n";

static void *csv_open(const struct print_options *options)
{
	struct csv *csv = malloc(sizeof(*csv));

	if (csv != NULL)
		*csv = (struct csv){ .out = options->out };
	return csv;
}

static void csv_close(void *form)
{
	free(form);
}

static void put_field(struct csv *csv, const char *text)
{
	if (csv->field)
		fputc(',', csv->out);
	csv->field = true;
	words_put_field(csv->out, text);
}

static void put_nothing(struct csv *csv, unsigned fields)
{
	while (fields-- > 0)
		put_field(csv, "");
}

static void put_number(struct csv *csv, int64_t number)
{
	char buffer[32];

	snprintf(buffer, sizeof(buffer), "%" PRId64, number);
	put_field(csv, buffer);
}

static void put_count(struct csv *csv, uint64_t count)
{
	char buffer[32];

	snprintf(buffer, sizeof(buffer), "%" PRIu64, count);
	put_field(csv, buffer);
}

/* That of a formula, escaped and passed. */
static void put_beginning(const char **stored, struct text *text)
{
	if (*stored == NULL || **stored == '\0' ||
	    strchr("=+-@", **stored) == NULL)
		return;
	text_put(text, "\\%03u", (unsigned char)**stored);
	++*stored;
}

/* Text from the journal. */
static void put_stored(struct csv *csv, const char *stored)
{
	char buffer[NAME_TEXT];
	struct text text;

	text_init(&text, buffer, sizeof(buffer));
	put_beginning(&stored, &text);
	words_put(stored, &text);
	put_field(csv, buffer);
}

/* What people called a device, in their own language. */
static void put_name(struct csv *csv, const char *name)
{
	char buffer[CELL_CLIENT_TEXT];
	struct text text;

	text_init(&text, buffer, sizeof(buffer));
	put_beginning(&name, &text);
	utf8_put_hostile(&text, bytes_of_string(name != NULL ? name : ""));
	put_field(csv, buffer);
}

static void put_time(struct csv *csv, uint64_t wall)
{
	char buffer[64];
	struct text text;

	text_init(&text, buffer, sizeof(buffer));
	words_time(wall, &text);
	put_field(csv, buffer);
}

/* One of those that print into a text. */
static void put_word(struct csv *csv, uint16_t value,
		     void (*print)(uint16_t value, struct text *out))
{
	char buffer[32];
	struct text text;

	text_init(&text, buffer, sizeof(buffer));
	print(value, &text);
	put_field(csv, buffer);
}

static void put_client(struct csv *csv, const struct address *client)
{
	char buffer[ADDRESS_TEXT];
	struct text text;

	text_init(&text, buffer, sizeof(buffer));
	if (client->family != 0)
		address_print(client, 0, &text);
	put_field(csv, buffer);
}

static void begin(struct csv *csv, const char *kind)
{
	if (!csv->begun)
		fputs(header, csv->out);
	csv->begun = true;
	csv->field = false;
	put_field(csv, kind);
}

static void csv_row(void *form, const struct reader_row *row)
{
	struct csv *csv = form;

	begin(csv, "query");
	put_number(csv, row->number);
	put_time(csv, row->time);
	put_client(csv, &row->client);
	put_field(csv, words_transport(row->transport));
	put_stored(csv, row->name);
	put_word(csv, row->qtype, record_print_type);
	put_word(csv, row->qclass, words_class);
	put_word(csv, row->rcode, record_print_rcode);
	put_field(csv, verdict_words(row->verdict));
	put_field(csv, action_words(row->action));
	put_field(csv, words_source(row->source));
	put_field(csv, row->answered ? "1" : "0");
	put_stored(csv, row->alias);
	put_stored(csv, row->list);
	if (row->list != NULL) {
		put_count(csv, row->list_version);
		put_count(csv, row->line);
	} else {
		put_nothing(csv, 2);
	}
	put_stored(csv, row->upstream);
	put_count(csv, row->duration);
	put_nothing(csv, 4);
	put_name(csv, row->device_name);
	put_count(csv, row->ttl);
	fputs("\r\n", csv->out);
}

static void csv_note(void *form, const struct reader_note *note)
{
	struct csv *csv = form;

	begin(csv, note->step != 0 ? "clock" : "gap");
	put_number(csv, note->number);
	put_time(csv, note->from);
	put_nothing(csv, 16);
	if (note->step == 0) {
		put_time(csv, note->until);
		if (note->count > 0)
			put_count(csv, note->count);
		else
			put_nothing(csv, 1);
		put_stored(csv, note->reason);
		put_nothing(csv, 1);
	} else {
		put_nothing(csv, 3);
		put_number(csv, note->step);
	}
	put_nothing(csv, 2);
	fputs("\r\n", csv->out);
}

/* Its label stands where a note has its reason. */
static void csv_mark(void *form, const struct mark *mark)
{
	char label[4 * MARK_LABEL + 8];
	struct csv *csv = form;
	struct text text;

	text_init(&text, label, sizeof(label));
	if (*mark->label != '\0' && strchr("=+-@", *mark->label) != NULL)
		text_put(&text, "'");
	words_mark_label(mark, &text);
	begin(csv, "mark");
	put_number(csv, mark->id);
	put_time(csv, mark->time);
	put_nothing(csv, 18);
	put_field(csv, label);
	put_nothing(csv, 3);
	fputs("\r\n", csv->out);
}

/* Also when there was no row: whoever reads it gets the names. */
static void csv_flush(void *form)
{
	struct csv *csv = form;

	if (!csv->begun)
		fputs(header, csv->out);
	csv->begun = true;
}

const struct form form_csv = {
	.open = csv_open,
	.close = csv_close,
	.row = csv_row,
	.note = csv_note,
	.mark = csv_mark,
	.flush = csv_flush,
};
