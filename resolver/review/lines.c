/*
 * A line for syslog(3) or journald, which write the time themselves: KEY=VALUE
 * with a space between, as most programs that read logs can take apart.  What
 * has a space stands in quotes.
 */
#include "review/form.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "journal/marks.h"
#include "journal/reader.h"
#include "policy/verdict.h"
#include "review/cells.h"
#include "review/print.h"
#include "review/words.h"

/* It keeps nothing but where to write to. */
static void *lines_open(const struct print_options *options)
{
	return options->out;
}

static void lines_close(void *form)
{
	(void)form;
}

/* A quote in it is escaped; a name has no other. */
static void put_quoted(FILE *out, const char *key, const char *value)
{
	fprintf(out, " %s=\"", key);
	for (; *value != '\0'; value++) {
		if (*value == '"')
			fputc('\\', out);
		fputc(*value, out);
	}
	fputc('"', out);
}

static void put_device(FILE *out, const struct reader_row *row)
{
	char words[CELL_CLIENT_TEXT];
	struct text text;

	if (row->device_name == NULL)
		return;
	text_init(&text, words, sizeof(words));
	text_put_hostile(&text, bytes_of_string(row->device_name));
	put_quoted(out, "device", words);
}

static void put_client(FILE *out, const struct reader_row *row)
{
	char words[ADDRESS_TEXT];

	if (row->client.family != 0)
		fprintf(out, " client=%s",
			address_words(&row->client, 0, words));
}

static void lines_row(void *form, const struct reader_row *row)
{
	struct cells cells;
	FILE *out = form;

	cells_fill(&cells, row);
	fprintf(out, "query=%s type=%s", cells.name, cells.type);
	put_client(out, row);
	put_device(out, row);
	fprintf(out, " verdict=%s", verdict_words(row->verdict));
	if (row->list != NULL)
		put_quoted(out, "by", cells.verdict);
	fprintf(out, " rcode=%s from=%s ms=%s\n", cells.rcode, cells.from,
		cells.ms);
}

static void lines_note(void *form, const struct reader_note *note)
{
	char words[512];
	struct text text;

	text_init(&text, words, sizeof(words));
	cells_print_note(note, &text);
	fprintf(form, "note count=%" PRIu64, note->count);
	put_quoted(form, "words", words);
	fputc('\n', form);
}

static void lines_mark(void *form, const struct mark *mark)
{
	fprintf(form, "mark id=%" PRId64, mark->id);
	put_quoted(form, "label", mark->label);
	fputc('\n', form);
}

/* A line at a time, for who waits for it. */
static void lines_flush(void *form)
{
	fflush(form);
}

const struct form form_lines = {
	.open = lines_open,
	.close = lines_close,
	.row = lines_row,
	.note = lines_note,
	.mark = lines_mark,
	.flush = lines_flush,
};
