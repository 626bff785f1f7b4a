/*
 * A row is taken apart when it comes: what it has in common with others goes
 * into lexicons, and the rest into streams of codes.  At the end these are
 * packed, column after column, behind a header that says where each begins.
 */
#include "journal/block.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "dns/name.h"
#include "journal/block_filter.h"
#include "journal/block_layout.h"
#include "journal/column.h"
#include "journal/forecast.h"
#include "journal/lexicon.h"

_Static_assert((int)BLOCK_ROWS == (int)FORECAST_ROWS &&
	       (int)BLOCK_ROWS == (int)COLUMN_VALUES &&
	       (int)BLOCK_ROWS == (int)LEXICON_ENTRIES, "one size for all");

/* What many rows have in common besides their question; no gaps in it. */
struct answer {
	uint32_t outcome;		/* answered, action, verdict */
	uint16_t rcode, list;		/* list + 1 */
	uint32_t line;
	uint32_t alias;			/* its number + 1; 0: none */
};

struct block_builder {
	int error;			/* of an earlier block_add */
	struct block_summary summary;
	struct forecast *forecast;
	struct forecast_codes codes;
	struct column_packer *packer;
	struct block_filter *filter;
	struct lexicon clients, names, aliases, answers;
	uint64_t streams[FORECAST_STREAMS][BLOCK_ROWS];
	uint64_t values[BLOCK_ROWS];	/* of what is being packed */
	uint8_t header[BLOCK_HEADER];
	uint8_t *data;
};

struct block_builder *block_builder_new(void)
{
	struct block_builder *builder = calloc(1, sizeof(*builder));

	if (builder == NULL)
		return NULL;
	lexicon_init(&builder->clients);
	lexicon_init(&builder->names);
	lexicon_init(&builder->aliases);
	lexicon_init(&builder->answers);
	builder->forecast = forecast_new();
	builder->packer = column_packer_new();
	builder->filter = block_filter_new();
	if (builder->forecast == NULL || builder->packer == NULL ||
	    builder->filter == NULL) {
		block_builder_free(builder);
		return NULL;
	}
	block_begin(builder);
	return builder;
}

void block_builder_free(struct block_builder *builder)
{
	if (builder == NULL)
		return;
	lexicon_release(&builder->clients);
	lexicon_release(&builder->names);
	lexicon_release(&builder->aliases);
	lexicon_release(&builder->answers);
	forecast_free(builder->forecast);
	column_packer_free(builder->packer);
	block_filter_free(builder->filter);
	free(builder->data);
	free(builder);
}

void block_begin(struct block_builder *builder)
{
	builder->error = 0;
	builder->summary = (struct block_summary){ 0 };
	lexicon_clear(&builder->clients);
	lexicon_clear(&builder->names);
	lexicon_clear(&builder->aliases);
	lexicon_clear(&builder->answers);
	for (unsigned i = 0; i < FORECAST_STREAMS; i++)
		builder->codes.at[i] = builder->streams[i];
}

/* --- rows --- */

static struct bytes cut(struct bytes text)
{
	return text.len > NAME_TEXT ? bytes_of(text.at, NAME_TEXT) : text;
}

static bool has_room(const struct block_builder *builder,
		     const struct row *row)
{
	const struct block_summary *summary = &builder->summary;

	if (summary->rows == 0)
		return true;
	return summary->rows < BLOCK_ROWS && row->number > summary->last &&
	       builder->names.len + cut(row->name).len <= COLUMN_TEXT &&
	       builder->aliases.len + cut(row->alias).len <= COLUMN_TEXT;
}

/* The number of what stands there; 0 and an error when it cannot. */
static uint32_t put(struct block_builder *builder, struct lexicon *lexicon,
		    struct bytes bytes)
{
	int number = lexicon_put(lexicon, bytes);

	if (number < 0)
		builder->error = number;
	return number < 0 ? 0 : (uint32_t)number;
}

static uint32_t put_answer(struct block_builder *builder,
			   const struct row *row)
{
	struct answer answer = {
		.outcome = (uint32_t)row->answered << 16 |
			   (uint32_t)row->action << 8 | row->verdict,
		.rcode = row->rcode, .list = (uint16_t)(row->list + 1),
		.line = row->line,
	};

	if (row->alias.len > 0)
		answer.alias = 1 + put(builder, &builder->aliases,
				       cut(row->alias));
	return put(builder, &builder->answers,
		   bytes_of(&answer, sizeof(answer)));
}

static void put_row(struct block_builder *builder, const struct row *row)
{
	size_t client_len = row->client_len < sizeof(row->client)
			    ? row->client_len : sizeof(row->client);
	struct forecast_row known = {
		.number = row->number, .time = row->time,
		.client = put(builder, &builder->clients,
			      bytes_of(row->client, client_len)),
		.name = put(builder, &builder->names, cut(row->name)),
		.answer = put_answer(builder, row),
		.type = row->type, .class = row->class,
		.upstream = row->upstream, .image = row->image,
		.duration = row->duration, .ttl = row->ttl,
		.source = row->source, .transport = row->transport,
	};

	if (builder->error == 0)
		forecast_write(builder->forecast, &known, &builder->codes);
}

bool block_add(struct block_builder *builder, const struct row *row)
{
	struct block_summary *summary = &builder->summary;

	if (!has_room(builder, row))
		return false;
	if (summary->rows == 0) {
		summary->number = row->number;
		summary->from_time = summary->until_time = row->time;
		forecast_begin(builder->forecast, row->number);
	}
	if (row->number < 0)
		builder->error = ERROR_MALFORMED;
	if (builder->error == 0)
		put_row(builder, row);
	summary->rows++;
	summary->last = row->number;
	if (row->time < summary->from_time)
		summary->from_time = row->time;
	if (row->time > summary->until_time)
		summary->until_time = row->time;
	return true;
}

/* --- columns --- */

static void note_column(struct block_builder *builder, unsigned column,
			size_t count, int len)
{
	uint8_t *entry = builder->header + BLOCK_AT_DIRECTORY +
			 column * BLOCK_DIRECTORY_ENTRY;

	if (len < 0) {
		builder->error = len;
		return;
	}
	block_put32(entry, (uint32_t)count);
	block_put32(entry + 4, (uint32_t)len);
}

static void pack(struct block_builder *builder, unsigned column,
		 const uint64_t *values, size_t count)
{
	note_column(builder, column, count,
		    column_put(builder->packer, values, count));
}

static uint64_t answer_field(const struct answer *answer, unsigned column)
{
	switch (column) {
	case BLOCK_ANSWER_OUTCOME:
		return answer->outcome;
	case BLOCK_ANSWER_RCODE:
		return answer->rcode;
	case BLOCK_ANSWER_LIST:
		return answer->list;
	case BLOCK_ANSWER_LINE:
		return answer->line;
	default:
		return answer->alias;
	}
}

static void pack_answers(struct block_builder *builder, unsigned column)
{
	const struct lexicon *answers = &builder->answers;
	struct answer answer;

	for (uint32_t i = 0; i < answers->count; i++) {
		memcpy(&answer, lexicon_get(answers, i).at, sizeof(answer));
		builder->values[i] = answer_field(&answer, column);
	}
	pack(builder, column, builder->values, answers->count);
}

static void pack_lengths(struct block_builder *builder, unsigned column,
			 const struct lexicon *lexicon)
{
	for (uint32_t i = 0; i < lexicon->count; i++)
		builder->values[i] = lexicon_get(lexicon, i).len;
	pack(builder, column, builder->values, lexicon->count);
}

static void pack_text(struct block_builder *builder, unsigned column,
		      const struct lexicon *lexicon)
{
	struct bytes text = bytes_of(lexicon->text, lexicon->len);

	note_column(builder, column, text.len,
		    column_put_text(builder->packer, text));
}

static void pack_all(struct block_builder *builder)
{
	for (unsigned i = 0; i < FORECAST_STREAMS; i++)
		pack(builder, i, builder->streams[i],
		     (size_t)(builder->codes.at[i] - builder->streams[i]));
	for (unsigned i = BLOCK_ANSWER_OUTCOME; i <= BLOCK_ANSWER_ALIAS; i++)
		pack_answers(builder, i);
	pack_lengths(builder, BLOCK_CLIENT_LENGTHS, &builder->clients);
	pack_lengths(builder, BLOCK_NAME_LENGTHS, &builder->names);
	pack_lengths(builder, BLOCK_ALIAS_LENGTHS, &builder->aliases);
	pack_text(builder, BLOCK_CLIENTS, &builder->clients);
	pack_text(builder, BLOCK_NAMES, &builder->names);
	pack_text(builder, BLOCK_ALIASES, &builder->aliases);
}

/* --- the whole --- */

static int assemble(struct block_builder *builder, struct bytes *data)
{
	struct bytes packed = column_packed(builder->packer);
	const struct block_summary *summary = &builder->summary;
	size_t len = BLOCK_HEADER + packed.len;
	uint8_t *at = realloc(builder->data, len);

	if (at == NULL)
		return -ENOMEM;
	builder->data = at;
	memcpy(at, builder->header, BLOCK_HEADER);
	memcpy(at + BLOCK_AT_MAGIC, BLOCK_MAGIC, sizeof(BLOCK_MAGIC));
	block_put32(at + BLOCK_AT_VERSION, BLOCK_VERSION);
	block_put32(at + BLOCK_AT_LENGTH, (uint32_t)len);
	block_put32(at + BLOCK_AT_ROWS, summary->rows);
	block_put32(at + BLOCK_AT_COLUMNS, BLOCK_COLUMNS);
	block_put64(at + BLOCK_AT_NUMBER, (uint64_t)summary->number);
	block_put64(at + BLOCK_AT_LAST, (uint64_t)summary->last);
	block_put64(at + BLOCK_AT_FROM, summary->from_time);
	block_put64(at + BLOCK_AT_UNTIL, summary->until_time);
	memcpy(at + BLOCK_HEADER, packed.at, packed.len);
	*data = bytes_of(at, len);
	block_put64(at + BLOCK_AT_SUM,
		    block_sum(bytes_of(at + BLOCK_AT_VERSION,
				       len - BLOCK_AT_VERSION)));
	return 0;
}

static int make_filter(struct block_builder *builder, struct bytes *filter)
{
	block_filter_begin(builder->filter);
	for (uint32_t i = 0; i < builder->clients.count; i++)
		block_filter_put_client(builder->filter,
					lexicon_get(&builder->clients, i));
	for (uint32_t i = 0; i < builder->names.count; i++)
		block_filter_put_name(builder->filter,
				      lexicon_get(&builder->names, i));
	return block_filter_end(builder->filter, filter);
}

int block_end(struct block_builder *builder, int level,
	      struct block_summary *summary, struct bytes *data,
	      struct bytes *filter)
{
	if (builder->summary.rows == 0)
		return ERROR_ABSENT;
	if (builder->error == 0) {
		column_packer_begin(builder->packer, level);
		pack_all(builder);
	}
	if (builder->error == 0)
		builder->error = assemble(builder, data);
	if (builder->error == 0)
		builder->error = make_filter(builder, filter);
	*summary = builder->summary;
	return builder->error;
}

/*
 * How SQLite divides a row that is too long for a leaf (its file format,
 * section 1.6): as much stays as makes the rest whole overflow pages, where
 * that is not too much; else the least.
 */
size_t block_padding(size_t len)
{
	enum {
		PAGE = 4096, OVERFLOW = PAGE - 4, MOST = PAGE - 35,
		LEAST = (PAGE - 12) * 32 / 255 - 23, HALF = PAGE / 2,
		RECORD = 6,		/* its header, and some */
	};
	size_t payload = len + RECORD, kept = payload;

	if (payload > MOST)
		kept = LEAST + (payload - LEAST) % OVERFLOW;
	if (kept > MOST)
		return HALF + OVERFLOW - kept;
	return kept < HALF ? HALF - kept : 0;
}
