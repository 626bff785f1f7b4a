/*
 * Nothing is unpacked before somebody asks, and then as little as it takes to
 * know that no row is wanted: names and clients first.  When one may be, all
 * of the block is unpacked at once, so that damage is known before the first
 * row is given.
 */
#include "journal/block.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "dns/name.h"
#include "journal/block_layout.h"
#include "journal/column.h"
#include "journal/forecast.h"

/* How much of a block is unpacked. */
enum state { CLOSED, OPEN, NAMED, UNPACKED };

/* Texts of a dictionary: where each begins; one more than there are. */
struct texts {
	uint8_t *at;
	size_t room;
	uint32_t begin[BLOCK_ROWS + 1];
	uint32_t count;
};

struct answer {
	uint8_t verdict, action;
	bool answered;
	uint16_t rcode, list;
	uint32_t line, alias;		/* number of the alias + 1 */
};

struct block {
	enum state state;
	struct block_summary summary;
	struct bytes packed[BLOCK_COLUMNS];
	uint32_t count[BLOCK_COLUMNS];
	struct column_unpacker *unpacker;
	struct forecast *forecast;
	struct texts clients, names, aliases;
	uint32_t answer_count;
	struct answer *answers;
	struct forecast_row *rows;
	uint64_t *values;		/* of all streams, or of a column */
	uint64_t since, until;		/* what is wanted, both in it */
	int64_t first, last;
	bool client_wanted[BLOCK_ROWS], name_wanted[BLOCK_ROWS];
	bool none;			/* no row is wanted */
	int64_t at;			/* the row that was given last */
	bool started;
};

struct block *block_new(void)
{
	struct block *block = calloc(1, sizeof(*block));

	if (block == NULL)
		return NULL;
	block->unpacker = column_unpacker_new();
	block->forecast = forecast_new();
	block->answers = calloc(BLOCK_ROWS, sizeof(*block->answers));
	block->rows = calloc(BLOCK_ROWS, sizeof(*block->rows));
	block->values = calloc((size_t)FORECAST_STREAMS * BLOCK_ROWS,
			       sizeof(*block->values));
	if (block->unpacker == NULL || block->forecast == NULL ||
	    block->answers == NULL || block->rows == NULL ||
	    block->values == NULL) {
		block_free(block);
		return NULL;
	}
	return block;
}

void block_free(struct block *block)
{
	if (block == NULL)
		return;
	column_unpacker_free(block->unpacker);
	forecast_free(block->forecast);
	free(block->clients.at);
	free(block->names.at);
	free(block->aliases.at);
	free(block->answers);
	free(block->rows);
	free(block->values);
	free(block);
}

const struct block_summary *block_summary(const struct block *block)
{
	return &block->summary;
}

/* --- the header --- */

static bool all_zero(const uint8_t *at, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (at[i] != 0)
			return false;
	return true;
}

static int check_header(struct bytes data)
{
	uint32_t len;

	if (data.len < BLOCK_HEADER)
		return ERROR_DAMAGED;
	if (memcmp(data.at, BLOCK_MAGIC, sizeof(BLOCK_MAGIC)) != 0 ||
	    block_get32(data.at + BLOCK_AT_VERSION) != BLOCK_VERSION)
		return ERROR_FOREIGN;
	len = block_get32(data.at + BLOCK_AT_LENGTH);
	if (len < BLOCK_HEADER || len > data.len || len > BLOCK_BYTES ||
	    !all_zero(data.at + len, data.len - len))
		return ERROR_DAMAGED;
	if (block_get64(data.at + BLOCK_AT_SUM) !=
	    block_sum(bytes_of(data.at + BLOCK_AT_VERSION,
			       len - BLOCK_AT_VERSION)))
		return ERROR_DAMAGED;
	return 0;
}

static int read_summary(struct block *block, const uint8_t *at)
{
	struct block_summary *summary = &block->summary;

	*summary = (struct block_summary){
		.number = (int64_t)block_get64(at + BLOCK_AT_NUMBER),
		.last = (int64_t)block_get64(at + BLOCK_AT_LAST),
		.rows = block_get32(at + BLOCK_AT_ROWS),
		.from_time = block_get64(at + BLOCK_AT_FROM),
		.until_time = block_get64(at + BLOCK_AT_UNTIL),
	};
	if (summary->rows == 0 || summary->rows > BLOCK_ROWS ||
	    summary->number < 0 || summary->last < summary->number ||
	    summary->last - summary->number < summary->rows - 1 ||
	    summary->from_time > summary->until_time ||
	    block_get32(at + BLOCK_AT_COLUMNS) != BLOCK_COLUMNS)
		return ERROR_DAMAGED;
	return 0;
}

/* Columns lie one behind the other, to the end. */
static int read_directory(struct block *block, struct bytes data)
{
	struct bytes rest = bytes_of(data.at + BLOCK_HEADER,
				     block_get32(data.at + BLOCK_AT_LENGTH) -
					     BLOCK_HEADER);

	for (unsigned i = 0; i < BLOCK_COLUMNS; i++) {
		const uint8_t *entry = data.at + BLOCK_AT_DIRECTORY +
				       i * BLOCK_DIRECTORY_ENTRY;
		uint32_t len = block_get32(entry + 4);

		block->count[i] = block_get32(entry);
		if (len > rest.len || (i < BLOCK_CLIENTS &&
				       block->count[i] > BLOCK_ROWS))
			return ERROR_DAMAGED;
		block->packed[i] = bytes_of(rest.at, len);
		rest = bytes_of(rest.at + len, rest.len - len);
	}
	return rest.len == 0 ? 0 : ERROR_DAMAGED;
}

int block_open(struct block *block, struct bytes data)
{
	int error = check_header(data);

	block->state = CLOSED;
	block->none = true;
	if (error < 0)
		return error;
	if (read_summary(block, data.at) < 0 ||
	    read_directory(block, data) < 0)
		return ERROR_DAMAGED;
	block->state = OPEN;
	return 0;
}

/* --- unpacking --- */

static int unpack(struct block *block, unsigned column, uint64_t *values)
{
	return column_get(block->unpacker, block->packed[column], values,
			  block->count[column]);
}

static int reserve(struct texts *texts, size_t len)
{
	uint8_t *at;

	if (len < texts->room)
		return 0;
	at = realloc(texts->at, len + 1);
	if (at == NULL)
		return -ENOMEM;
	texts->at = at;
	texts->room = len + 1;
	return 0;
}

/* Its lengths stand in one column, the bytes in another. */
static int unpack_texts(struct block *block, struct texts *texts,
			unsigned lengths, unsigned column)
{
	uint32_t len = block->count[column];
	uint64_t sum = 0;
	int error;

	if (len > COLUMN_TEXT || unpack(block, lengths, block->values) < 0)
		return ERROR_DAMAGED;
	texts->count = block->count[lengths];
	for (uint32_t i = 0; i < texts->count; i++) {
		if (block->values[i] > NAME_TEXT)
			return ERROR_DAMAGED;
		texts->begin[i] = (uint32_t)sum;
		sum += block->values[i];
	}
	texts->begin[texts->count] = (uint32_t)sum;
	if (sum != len)
		return ERROR_DAMAGED;
	error = reserve(texts, len);
	if (error < 0)
		return error;
	return column_get_text(block->unpacker, block->packed[column],
			       texts->at, len);
}

static struct bytes text(const struct texts *texts, uint32_t number)
{
	uint32_t from = texts->begin[number];

	return bytes_of(texts->at + from, texts->begin[number + 1] - from);
}

static int unpack_names(struct block *block)
{
	int error;

	if (block->state >= NAMED)
		return 0;
	error = unpack_texts(block, &block->names, BLOCK_NAME_LENGTHS,
			     BLOCK_NAMES);
	if (error == 0)
		error = unpack_texts(block, &block->clients,
				     BLOCK_CLIENT_LENGTHS, BLOCK_CLIENTS);
	if (error < 0)
		return error;
	if (block->names.count == 0 || block->clients.count == 0)
		return ERROR_DAMAGED;
	for (uint32_t i = 0; i < block->clients.count; i++)
		if (text(&block->clients, i).len >
		    sizeof(((struct row *)NULL)->client))
			return ERROR_DAMAGED;
	block->state = NAMED;
	return 0;
}

/* A value that is too large for its field is damage. */
static bool set_field(struct answer *answer, unsigned column, uint64_t value)
{
	switch (column) {
	case BLOCK_ANSWER_OUTCOME:
		answer->verdict = (uint8_t)value;
		answer->action = (uint8_t)(value >> 8);
		answer->answered = value >> 16;
		return value >> 17 == 0;
	case BLOCK_ANSWER_RCODE:
		answer->rcode = (uint16_t)value;
		return value <= UINT16_MAX;
	case BLOCK_ANSWER_LIST:
		answer->list = (uint16_t)(value - 1);
		return value <= UINT16_MAX;
	case BLOCK_ANSWER_LINE:
		answer->line = (uint32_t)value;
		return value <= UINT32_MAX;
	default:
		answer->alias = (uint32_t)value;
		return value <= UINT32_MAX;
	}
}

static int unpack_answers(struct block *block)
{
	block->answer_count = block->count[BLOCK_ANSWER_OUTCOME];
	for (unsigned column = BLOCK_ANSWER_OUTCOME;
	     column <= BLOCK_ANSWER_ALIAS; column++) {
		if (block->count[column] != block->answer_count ||
		    unpack(block, column, block->values) < 0)
			return ERROR_DAMAGED;
		for (uint32_t i = 0; i < block->answer_count; i++)
			if (!set_field(&block->answers[i], column,
				       block->values[i]))
				return ERROR_DAMAGED;
	}
	for (uint32_t i = 0; i < block->answer_count; i++)
		if (block->answers[i].alias > block->aliases.count)
			return ERROR_DAMAGED;
	return 0;
}

static int unpack_streams(struct block *block, struct forecast_codes *codes)
{
	for (unsigned i = 0; i < FORECAST_STREAMS; i++) {
		uint64_t *values = block->values + (size_t)i * BLOCK_ROWS;

		if (unpack(block, i, values) < 0)
			return ERROR_DAMAGED;
		codes->at[i] = values;
		codes->end[i] = values + block->count[i];
	}
	return 0;
}

static bool is_within(const struct block *block,
		      const struct forecast_row *row)
{
	return row->name < block->names.count &&
	       row->client < block->clients.count &&
	       row->answer < block->answer_count &&
	       row->time >= block->summary.from_time &&
	       row->time <= block->summary.until_time;
}

static int unpack_rows(struct block *block)
{
	const struct block_summary *summary = &block->summary;
	struct forecast_codes codes;

	if (unpack_streams(block, &codes) < 0)
		return ERROR_DAMAGED;
	forecast_begin(block->forecast, summary->number);
	for (uint32_t i = 0; i < summary->rows; i++)
		if (forecast_read(block->forecast, &codes,
				  &block->rows[i]) < 0 ||
		    !is_within(block, &block->rows[i]))
			return ERROR_DAMAGED;
	for (unsigned i = 0; i < FORECAST_STREAMS; i++)
		if (codes.at[i] != codes.end[i])
			return ERROR_DAMAGED;
	return block->rows[0].number == summary->number &&
	       block->rows[summary->rows - 1].number == summary->last
	       ? 0 : ERROR_DAMAGED;
}

static int unpack_all(struct block *block)
{
	int error;

	if (block->state == UNPACKED)
		return 0;
	error = unpack_texts(block, &block->aliases, BLOCK_ALIAS_LENGTHS,
			     BLOCK_ALIASES);
	if (error == 0)
		error = unpack_answers(block);
	if (error == 0)
		error = unpack_rows(block);
	if (error == 0)
		block->state = UNPACKED;
	return error;
}

/* --- what is wanted --- */

static bool mark_wanted(const struct texts *texts, bool *wanted,
			bool (*wants)(void *context, struct bytes text),
			void *context)
{
	bool any = false;

	for (uint32_t i = 0; i < texts->count; i++) {
		wanted[i] = wants == NULL || wants(context, text(texts, i));
		any |= wanted[i];
	}
	return any;
}

static bool is_outside(struct block *block, const struct block_wanted *wanted)
{
	const struct block_summary *summary = &block->summary;

	block->since = wanted->since;
	block->until = wanted->until ? wanted->until : UINT64_MAX;
	block->first = wanted->after ? wanted->after : -1;
	block->last = wanted->through ? wanted->through : INT64_MAX;
	return summary->until_time < block->since ||
	       summary->from_time > block->until ||
	       summary->last <= block->first || summary->number > block->last;
}

int block_select(struct block *block, const struct block_wanted *wanted)
{
	int error;

	block->none = true;
	block->started = false;
	if (block->state == CLOSED)
		return ERROR_DAMAGED;
	if (is_outside(block, wanted))
		return 0;
	error = unpack_names(block);
	if (error < 0)
		return error;
	if (!mark_wanted(&block->names, block->name_wanted,
			 wanted->wants_name, wanted->context) ||
	    !mark_wanted(&block->clients, block->client_wanted,
			 wanted->wants_client, wanted->context))
		return 0;
	error = unpack_all(block);
	block->none = error < 0;
	return error;
}

/* --- rows --- */

static bool is_wanted(const struct block *block,
		      const struct forecast_row *row)
{
	return block->name_wanted[row->name] &&
	       block->client_wanted[row->client] &&
	       row->time >= block->since && row->time <= block->until &&
	       row->number > block->first && row->number <= block->last;
}

static void give(const struct block *block, const struct forecast_row *from,
		 struct row *row)
{
	const struct answer *answer = &block->answers[from->answer];
	struct bytes client = text(&block->clients, from->client);

	*row = (struct row){
		.number = from->number, .time = from->time,
		.name = text(&block->names, from->name),
		.client_len = (uint8_t)client.len,
		.transport = from->transport, .source = from->source,
		.verdict = answer->verdict, .action = answer->action,
		.answered = answer->answered, .rcode = answer->rcode,
		.type = from->type, .class = from->class,
		.list = answer->list, .line = answer->line,
		.image = from->image, .upstream = from->upstream,
		.duration = from->duration, .ttl = from->ttl,
	};
	if (client.len > 0)
		memcpy(row->client, client.at, client.len);
	if (answer->alias > 0)
		row->alias = text(&block->aliases, answer->alias - 1);
}

static int step(struct block *block, struct row *row, int by)
{
	int64_t end = by > 0 ? (int64_t)block->summary.rows : -1;

	if (block->none)
		return 0;
	if (!block->started)
		block->at = by > 0 ? -1 : (int64_t)block->summary.rows;
	block->started = true;
	while (block->at != end && (block->at += by) != end) {
		if (!is_wanted(block, &block->rows[block->at]))
			continue;
		give(block, &block->rows[block->at], row);
		return 1;
	}
	return 0;
}

int block_next(struct block *block, struct row *row)
{
	return step(block, row, 1);
}

int block_previous(struct block *block, struct row *row)
{
	return step(block, row, -1);
}
