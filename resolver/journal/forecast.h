/*
 * forecast: what the rows before let one expect of the next.
 *
 * Every field of a row is written as a code, in a stream of its own: small
 * numbers for what was to be expected, and larger ones that say what it is
 * instead.  Writer and reader keep the same forecast of a block, row by row,
 * so that the codes lead back to the fields, exactly.  What is expected, and
 * the codes, are written down in journal/FORMAT.
 *
 * Clients, names and answers are numbers in the order of their first use in
 * the block, so that the next new one is known, too.
 */
#ifndef JOURNAL_FORECAST_H
#define JOURNAL_FORECAST_H

#include <stdint.h>

enum { FORECAST_ROWS = 16384 };

enum forecast_stream {
	FORECAST_NUMBER,
	FORECAST_TIME,
	FORECAST_CLIENT,
	FORECAST_NAME,
	FORECAST_ASKED,
	FORECAST_ANSWER,
	FORECAST_FROM,
	FORECAST_TTL_GIVEN,
	FORECAST_TTL_AGED,	/* from the cache, when it was seen put there */
	FORECAST_DURATION_HERE,
	FORECAST_DURATION_FAR,	/* of what an upstream was asked for */
	FORECAST_TRANSPORT,
	FORECAST_IMAGE,
	FORECAST_STREAMS
};

struct forecast_row {
	int64_t number;
	uint64_t time;
	uint32_t client, name, answer;	/* in the order of first use */
	uint16_t type, class;
	uint32_t upstream, image;
	uint32_t duration, ttl;
	uint8_t source, transport;
};

/* Where each stream is at, and where it ends. */
struct forecast_codes {
	uint64_t *at[FORECAST_STREAMS], *end[FORECAST_STREAMS];
};

struct forecast;

struct forecast *forecast_new(void);	/* NULL: no memory */
void forecast_free(struct forecast *forecast);

/* `number` is that of the first row. */
void forecast_begin(struct forecast *forecast, int64_t number);

/* At most one code in each stream; there must be room. */
void forecast_write(struct forecast *forecast, const struct forecast_row *row,
		    struct forecast_codes *codes);

/*
 * 0, or ERROR_DAMAGED: a stream is at its end, or a code leads to nothing.
 * Clients, names and answers are below how many were there until then.
 */
int forecast_read(struct forecast *forecast, struct forecast_codes *codes,
		  struct forecast_row *row);

#endif
