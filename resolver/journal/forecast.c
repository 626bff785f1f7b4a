/*
 * A question is a name with a type and a class: what was answered to it last
 * says whether the cache has it still, and with which TTL.  Questions are
 * found by a hash with a secret of the process's own, which is no part of the
 * form: nobody can choose names and types that fall together.
 */
#include "journal/forecast.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/entry.h"
#include "base/error.h"
#include "base/hash.h"

enum {
	PLACES = 2 * FORECAST_ROWS,
	PLACE_BITS = 15, TYPES = 32, CONTEXTS = 4096, SOURCES = 256,
};

#define SECOND UINT64_C(1000000)
#define NONE UINT32_MAX

/* Codes of what is numbered by first use, and of plain values. */
enum { AS_FIRST, AS_NEW, AS_SECOND, NUMBERED };
enum { AS_EXPECTED, VALUE };

/* Two to choose from, and how many there are. */
struct guess {
	uint32_t first, second;
	uint32_t *used;
};

struct question {
	uint64_t key;			/* name << 32 | asked */
	uint64_t expires;		/* 0: not known to be in the cache */
	uint64_t from;
	uint32_t ttl;			/* that was given last */
};

struct forecast {
	int64_t number;
	uint64_t time;
	uint32_t client, client_before, answer, image, transport;
	uint32_t clients, names, answers, questions;	/* used so far */
	uint64_t far;			/* the last that was an upstream */
	uint64_t salt;
	uint32_t given[SOURCES];	/* the last TTL of each source */
	uint32_t next_asked[CONTEXTS];
	struct {
		uint32_t name, asked;
	} of_client[FORECAST_ROWS];
	struct {
		uint32_t next, answer;
	} of_name[FORECAST_ROWS];
	uint64_t from_of[FORECAST_ROWS + 1];	/* of answers, and a new one */
	struct question question[FORECAST_ROWS];
	uint16_t places[PLACES];	/* a question's number + 1; 0: free */
};

struct forecast *forecast_new(void)
{
	struct forecast *forecast = calloc(1, sizeof(*forecast));
	struct hash_key key;

	if (forecast == NULL)
		return NULL;
	hash_key_draw(&key);
	forecast->salt = key.word[0] | 1;
	return forecast;
}

void forecast_free(struct forecast *forecast)
{
	free(forecast);
}

void forecast_begin(struct forecast *forecast, int64_t number)
{
	forecast->number = (int64_t)((uint64_t)number - 1);
	forecast->time = 0;
	forecast->client = forecast->client_before = 0;
	forecast->answer = forecast->image = forecast->transport = 0;
	memset(forecast->of_client, 0xff, sizeof(forecast->of_client));
	memset(forecast->of_name, 0xff, sizeof(forecast->of_name));
	forecast->clients = forecast->names = forecast->answers = 0;
	forecast->questions = 0;
	forecast->from_of[0] = forecast->far = ENTRY_FROM_UPSTREAM;
	memset(forecast->given, 0, sizeof(forecast->given));
	memset(forecast->next_asked, 0, sizeof(forecast->next_asked));
	memset(forecast->places, 0, sizeof(forecast->places));
}

/* --- codes --- */

static uint64_t fold(uint64_t difference)
{
	return difference << 1 ^ (0 - (difference >> 63));
}

static uint64_t unfold(uint64_t code)
{
	return code >> 1 ^ (0 - (code & 1));
}

static uint64_t code_of(uint64_t expected, uint64_t value)
{
	return value == expected ? AS_EXPECTED : value + VALUE;
}

static uint64_t value_of(uint64_t expected, uint64_t code)
{
	return code == AS_EXPECTED ? expected : code - VALUE;
}

static uint64_t number_code(struct guess guess, uint32_t number)
{
	if (number == *guess.used) {
		++*guess.used;
		return AS_NEW;
	}
	if (number == guess.first)
		return AS_FIRST;
	return number == guess.second ? AS_SECOND : NUMBERED + number;
}

/* --- what is expected --- */

static uint32_t asked_of(const struct forecast_row *row)
{
	return (uint32_t)(row->class ^ 1) << 16 | row->type;
}

static uint64_t from_of(const struct forecast_row *row)
{
	return (uint64_t)row->upstream << 8 | row->source;
}

static struct guess guess_client(struct forecast *forecast)
{
	return (struct guess){ forecast->client, forecast->client_before,
			       &forecast->clients };
}

static struct guess guess_name(struct forecast *forecast, uint32_t client)
{
	uint32_t name = forecast->of_client[client].name;

	if (name == NONE)
		return (struct guess){ NONE, NONE, &forecast->names };
	return (struct guess){ name, forecast->of_name[name].next,
			       &forecast->names };
}

static struct guess guess_answer(struct forecast *forecast, uint32_t name)
{
	uint32_t answer = forecast->of_name[name].answer;

	if (answer == NONE)
		return (struct guess){ forecast->answer, NONE,
				       &forecast->answers };
	return (struct guess){ answer, forecast->answer, &forecast->answers };
}

/*
 * By the client, what it asked before, and whether that was for the same name.
 * Where many clients share a place, they only disturb each other.
 */
static uint32_t *expected_asked(struct forecast *forecast,
				const struct forecast_row *row)
{
	uint32_t before = forecast->of_client[row->client].asked;
	bool same = forecast->of_client[row->client].name == row->name;

	return &forecast->next_asked[(row->client * 2 + same) * TYPES %
				     CONTEXTS + before % TYPES];
}

/* NULL: it was not asked yet; it is now. */
static struct question *find_question(struct forecast *forecast,
				      const struct forecast_row *row)
{
	uint64_t key = (uint64_t)row->name << 32 | asked_of(row);
	uint64_t hash = (key ^ key >> 29) * forecast->salt;
	uint32_t place = (uint32_t)((hash ^ hash >> 32) *
				    UINT64_C(0x9e3779b97f4a7c15) >>
				    (64 - PLACE_BITS));
	struct question *question;

	for (; forecast->places[place]; place = (place + 1) % PLACES) {
		question = &forecast->question[forecast->places[place] - 1];
		if (question->key == key)
			return question;
	}
	question = &forecast->question[forecast->questions++];
	question->key = key;
	forecast->places[place] = (uint16_t)forecast->questions;
	return NULL;
}

static bool is_kept(uint8_t source)
{
	return source == ENTRY_FROM_CACHE || source == ENTRY_FROM_UPSTREAM;
}

/* A new question goes where others went that were answered so. */
static uint64_t expected_from(const struct forecast *forecast,
			      const struct question *question,
			      const struct forecast_row *row)
{
	uint64_t from = question != NULL ? question->from
					 : forecast->from_of[row->answer];

	if (!is_kept((uint8_t)from))
		return from;
	return question != NULL && question->expires > row->time
	       ? ENTRY_FROM_CACHE : forecast->far;
}

/* Was it put into the cache, and is there still? */
static bool ages(const struct question *question,
		 const struct forecast_row *row)
{
	return question != NULL && row->source == ENTRY_FROM_CACHE &&
	       question->expires > row->time;
}

static uint64_t seconds_left(const struct question *question, uint64_t time)
{
	return (question->expires - time + SECOND - 1) / SECOND;
}

static uint32_t expected_ttl(const struct forecast *forecast,
			     const struct question *question, uint8_t source)
{
	return question != NULL ? question->ttl : forecast->given[source];
}

/* --- afterwards --- */

static void note_question(struct forecast *forecast,
			  struct question *question,
			  const struct forecast_row *row)
{
	bool new = question == NULL;

	if (new) {
		question = &forecast->question[forecast->questions - 1];
		question->expires = 0;
	}
	question->from = from_of(row);
	if (!new && ages(question, row)) {
		uint64_t left = seconds_left(question, row->time);

		if (row->ttl + UINT64_C(1) >= left && row->ttl <= left + 1)
			return;
	} else {
		question->ttl = forecast->given[row->source] = row->ttl;
	}
	if (is_kept(row->source))
		question->expires = row->time + row->ttl * SECOND;
	if (row->source == ENTRY_FROM_UPSTREAM)
		question->expires += row->duration;
}

/* The next new answer, too, is thought to come from where this one did. */
static void note_from(struct forecast *forecast,
		      const struct forecast_row *row)
{
	uint64_t from = from_of(row);

	forecast->from_of[row->answer] = from;
	if (row->answer + 1 == forecast->answers)
		forecast->from_of[forecast->answers] = from;
	if (row->source == ENTRY_FROM_UPSTREAM)
		forecast->far = from;
}

static void note(struct forecast *forecast, struct question *question,
		 const struct forecast_row *row)
{
	uint32_t before = forecast->of_client[row->client].name;

	note_question(forecast, question, row);
	*expected_asked(forecast, row) = asked_of(row);
	if (before != NONE && before != row->name)
		forecast->of_name[before].next = row->name;
	forecast->of_client[row->client].name = row->name;
	forecast->of_client[row->client].asked = asked_of(row);
	forecast->of_name[row->name].answer = row->answer;
	if (row->client != forecast->client)
		forecast->client_before = forecast->client;
	forecast->client = row->client;
	forecast->answer = row->answer;
	note_from(forecast, row);
	forecast->image = row->image;
	forecast->transport = row->transport;
	forecast->number = row->number;
	forecast->time = row->time;
}

/* --- rows --- */

static void put(struct forecast_codes *codes, enum forecast_stream stream,
		uint64_t code)
{
	*codes->at[stream]++ = code;
}

static enum forecast_stream duration_stream(uint8_t source)
{
	return source == ENTRY_FROM_UPSTREAM ? FORECAST_DURATION_FAR
					     : FORECAST_DURATION_HERE;
}

static uint64_t ttl_code(const struct forecast *forecast,
			 const struct question *question,
			 const struct forecast_row *row)
{
	if (ages(question, row))
		return fold(row->ttl - seconds_left(question, row->time));
	return code_of(expected_ttl(forecast, question, row->source),
		       row->ttl);
}

void forecast_write(struct forecast *forecast, const struct forecast_row *row,
		    struct forecast_codes *codes)
{
	struct question *question = find_question(forecast, row);

	put(codes, FORECAST_NUMBER,
	    (uint64_t)row->number - (uint64_t)forecast->number - 1);
	put(codes, FORECAST_TIME, fold(row->time - forecast->time));
	put(codes, FORECAST_CLIENT,
	    number_code(guess_client(forecast), row->client));
	put(codes, FORECAST_NAME,
	    number_code(guess_name(forecast, row->client), row->name));
	put(codes, FORECAST_ASKED,
	    code_of(*expected_asked(forecast, row), asked_of(row)));
	put(codes, FORECAST_ANSWER,
	    number_code(guess_answer(forecast, row->name), row->answer));
	put(codes, FORECAST_FROM,
	    code_of(expected_from(forecast, question, row), from_of(row)));
	put(codes, ages(question, row) ? FORECAST_TTL_AGED
				       : FORECAST_TTL_GIVEN,
	    ttl_code(forecast, question, row));
	put(codes, duration_stream(row->source), row->duration);
	put(codes, FORECAST_TRANSPORT,
	    code_of(forecast->transport, row->transport));
	put(codes, FORECAST_IMAGE, code_of(forecast->image, row->image));
	note(forecast, question, row);
}

static int take(struct forecast_codes *codes, enum forecast_stream stream,
		uint64_t *code)
{
	if (codes->at[stream] == codes->end[stream])
		return ERROR_DAMAGED;
	*code = *codes->at[stream]++;
	return 0;
}

static int take_number(struct forecast_codes *codes,
		       enum forecast_stream stream, struct guess guess,
		       uint32_t *number)
{
	uint64_t code;

	if (take(codes, stream, &code) < 0)
		return ERROR_DAMAGED;
	if (code == AS_NEW)
		code = (*guess.used)++;
	else if (code == AS_FIRST)
		code = guess.first;
	else if (code == AS_SECOND)
		code = guess.second;
	else
		code -= NUMBERED;
	*number = (uint32_t)code;
	return code < *guess.used && code < FORECAST_ROWS ? 0 : ERROR_DAMAGED;
}

/* One of 32 bits. */
static int take_value(struct forecast_codes *codes,
		      enum forecast_stream stream, uint32_t expected,
		      uint32_t *value)
{
	uint64_t code;

	if (take(codes, stream, &code) < 0)
		return ERROR_DAMAGED;
	code = value_of(expected, code);
	*value = (uint32_t)code;
	return code <= UINT32_MAX ? 0 : ERROR_DAMAGED;
}

static int read_when(struct forecast *forecast, struct forecast_codes *codes,
		     struct forecast_row *row)
{
	uint64_t code;

	if (take(codes, FORECAST_NUMBER, &code) < 0 ||
	    code >= (uint64_t)INT64_MAX - (uint64_t)forecast->number)
		return ERROR_DAMAGED;
	row->number = forecast->number + 1 + (int64_t)code;
	if (take(codes, FORECAST_TIME, &code) < 0)
		return ERROR_DAMAGED;
	row->time = forecast->time + unfold(code);
	return 0;
}

static int read_question(struct forecast *forecast,
			 struct forecast_codes *codes,
			 struct forecast_row *row)
{
	uint32_t asked;

	if (take_number(codes, FORECAST_CLIENT, guess_client(forecast),
			&row->client) < 0 ||
	    take_number(codes, FORECAST_NAME,
			guess_name(forecast, row->client), &row->name) < 0 ||
	    take_value(codes, FORECAST_ASKED,
		       *expected_asked(forecast, row), &asked) < 0)
		return ERROR_DAMAGED;
	row->type = (uint16_t)asked;
	row->class = (uint16_t)(asked >> 16) ^ 1;
	return take_number(codes, FORECAST_ANSWER,
			   guess_answer(forecast, row->name), &row->answer);
}

static int read_ttl(struct forecast *forecast, struct forecast_codes *codes,
		    struct forecast_row *row, const struct question *question)
{
	uint64_t code;

	if (!ages(question, row))
		return take_value(codes, FORECAST_TTL_GIVEN,
				  expected_ttl(forecast, question,
					       row->source), &row->ttl);
	if (take(codes, FORECAST_TTL_AGED, &code) < 0)
		return ERROR_DAMAGED;
	code = seconds_left(question, row->time) + unfold(code);
	row->ttl = (uint32_t)code;
	return code <= UINT32_MAX ? 0 : ERROR_DAMAGED;
}

static int read_answer(struct forecast *forecast,
		       struct forecast_codes *codes,
		       struct forecast_row *row,
		       const struct question *question)
{
	uint64_t code;

	if (take(codes, FORECAST_FROM, &code) < 0)
		return ERROR_DAMAGED;
	code = value_of(expected_from(forecast, question, row), code);
	if (code >> 8 > UINT32_MAX)
		return ERROR_DAMAGED;
	row->source = (uint8_t)code;
	row->upstream = (uint32_t)(code >> 8);
	if (read_ttl(forecast, codes, row, question) < 0 ||
	    take(codes, duration_stream(row->source), &code) < 0 ||
	    code > UINT32_MAX)
		return ERROR_DAMAGED;
	row->duration = (uint32_t)code;
	return 0;
}

static int read_rest(struct forecast *forecast, struct forecast_codes *codes,
		     struct forecast_row *row)
{
	uint32_t transport;

	if (take_value(codes, FORECAST_TRANSPORT, forecast->transport,
		       &transport) < 0 || transport > UINT8_MAX)
		return ERROR_DAMAGED;
	row->transport = (uint8_t)transport;
	return take_value(codes, FORECAST_IMAGE, forecast->image,
			  &row->image);
}

int forecast_read(struct forecast *forecast, struct forecast_codes *codes,
		  struct forecast_row *row)
{
	struct question *question;

	if (read_when(forecast, codes, row) < 0 ||
	    read_question(forecast, codes, row) < 0)
		return ERROR_DAMAGED;
	question = find_question(forecast, row);
	if (read_answer(forecast, codes, row, question) < 0 ||
	    read_rest(forecast, codes, row) < 0)
		return ERROR_DAMAGED;
	note(forecast, question, row);
	return 0;
}
