/*
 * The client is called by its device's name, where it had one.  The verdict
 * tells all of what policy did: "sunk trackers:17 via cdn.example".  "From"
 * is the server that was asked, or where else the answer came from.
 */
#include "review/cells.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/entry.h"
#include "base/text.h"
#include "base/utf8.h"
#include "dns/record.h"
#include "journal/reader.h"
#include "policy/verdict.h"
#include "review/words.h"

enum { DAY_LEN = sizeof("2026-11-22") };

const char *const cells_titles[CELLS] = {
	[CELL_TIME] = "time",
	[CELL_CLIENT] = "client",
	[CELL_TYPE] = "type",
	[CELL_NAME] = "name",
	[CELL_VERDICT] = "verdict",
	[CELL_RCODE] = "rcode",
	[CELL_FROM] = "from",
	[CELL_MS] = "ms",
};

static void fill_client(struct cells *cells, const struct reader_row *row)
{
	struct text text;

	text_init(&text, cells->client, sizeof(cells->client));
	if (row->device_name != NULL)
		utf8_put_hostile(&text, bytes_of_string(row->device_name));
	else if (row->client.family != 0)
		address_print(&row->client, 0, &text);
}

static void fill_verdict(struct cells *cells, const struct reader_row *row)
{
	struct text text;

	text_init(&text, cells->verdict, sizeof(cells->verdict));
	text_put(&text, "%s", verdict_words(row->verdict));
	if (row->list != NULL) {
		text_put(&text, " ");
		words_put(row->list, &text);
	}
	if (row->list != NULL && row->line > 0)
		text_put(&text, ":%u", row->line);
	if (row->alias != NULL) {
		text_put(&text, " via ");
		words_put(row->alias, &text);
	}
}

static void fill_rcode(struct cells *cells, const struct reader_row *row)
{
	struct text text;

	text_init(&text, cells->rcode, sizeof(cells->rcode));
	if (row->answered)
		record_print_rcode(row->rcode, &text);
	else
		text_put(&text, "no answer");
}

static void fill_from(struct cells *cells, const struct reader_row *row)
{
	struct text text;

	text_init(&text, cells->from, sizeof(cells->from));
	if (row->source == ENTRY_FROM_UPSTREAM && row->upstream != NULL)
		words_put(row->upstream, &text);
	else
		text_put(&text, "%s", words_source(row->source));
}

void cells_fill(struct cells *cells, const struct reader_row *row)
{
	struct text text;

	text_init(&text, cells->time, sizeof(cells->time));
	clock_print(row->time, false, &text);
	text_init(&text, cells->type, sizeof(cells->type));
	record_print_type(row->qtype, &text);
	text_init(&text, cells->name, sizeof(cells->name));
	words_put(row->name, &text);
	snprintf(cells->ms, sizeof(cells->ms), "%u.%u", row->duration / 1000,
		 row->duration % 1000 / 100);
	fill_client(cells, row);
	fill_verdict(cells, row);
	fill_rcode(cells, row);
	fill_from(cells, row);
}

const char *cells_text(const struct cells *cells, enum cell cell)
{
	switch (cell) {
	case CELL_TIME:
		return cells->time;
	case CELL_CLIENT:
		return cells->client;
	case CELL_TYPE:
		return cells->type;
	case CELL_NAME:
		return cells->name;
	case CELL_VERDICT:
		return cells->verdict;
	case CELL_RCODE:
		return cells->rcode;
	case CELL_FROM:
		return cells->from;
	default:
		return cells->ms;
	}
}

/* "at A", or "between A and B", the day of B only where it is another. */
static void print_when(const struct reader_note *note, struct text *out)
{
	char from[48], until[48];
	struct text text;
	bool same_day;

	text_init(&text, from, sizeof(from));
	clock_print(note->from, false, &text);
	text_init(&text, until, sizeof(until));
	clock_print(note->until, false, &text);
	same_day = strncmp(from, until, DAY_LEN) == 0;
	if (strcmp(from, until) == 0)
		text_put(out, "at %s", from);
	else
		text_put(out, "between %s and %s", from,
			 same_day ? until + DAY_LEN : until);
}

static const char *reason_words(const char *reason)
{
	static const char *const known[][2] = {
		{ "full", "the memory for what waits was full" },
		{ "damaged", "what was kept of them was damaged" },
		{ "unreadable", "the memory for what waits held nonsense" },
	};

	for (unsigned i = 0; reason != NULL && i < 3; i++)
		if (strcmp(reason, known[i][0]) == 0)
			return known[i][1];
	return "the reason is not known";
}

static bool is_damaged_block(const struct reader_note *note)
{
	return note->reason != NULL &&
	       strcmp(note->reason, READER_DAMAGED_BLOCK) == 0;
}

/* They were stored; so no word of what is not in the journal. */
static void print_damaged_block(const struct reader_note *note,
				struct text *out)
{
	words_number(note->count, out);
	text_put(out, note->count == 1 ? " row " : " rows ");
	print_when(note, out);
	text_put(out, " cannot be read: block %" PRId64 " is damaged",
		 note->number);
}

static void print_gap(const struct reader_note *note, struct text *out)
{
	if (note->count == 0)
		text_put(out, "an unknown number of queries");
	else
		words_number(note->count, out);
	if (note->count > 0)
		text_put(out, note->count == 1 ? " query" : " queries");
	text_put(out, " ");
	print_when(note, out);
	text_put(out, note->count == 1 ? " is" : " are");
	text_put(out, " not in the journal: %s", reason_words(note->reason));
}

static void print_step(const struct reader_note *note, struct text *out)
{
	uint64_t by = note->step < 0 ? -(uint64_t)note->step
				     : (uint64_t)note->step;

	text_put(out, "the clock was set %s by ",
		 note->step < 0 ? "back" : "forward");
	words_span(by, out);
	text_put(out, " at ");
	clock_print(note->from, false, out);
}

void cells_print_note(const struct reader_note *note, struct text *out)
{
	text_put(out, "-- ");
	if (note->step != 0)
		print_step(note, out);
	else if (is_damaged_block(note))
		print_damaged_block(note, out);
	else
		print_gap(note, out);
	text_put(out, " --");
}
