/*
 * Forecasts: codes lead back to the rows, and stay what they are: blocks that
 * were written once are read for years.
 */
#include "journal/forecast.h"

#include <criterion/criterion.h>
#include <string.h>

#include "base/error.h"
#include "journal/block_layout.h"
#include "rows.h"

enum { COUNT = 4000 };

static struct forecast *forecast;
static struct forecast_row made[COUNT];
static uint64_t streams[FORECAST_STREAMS][COUNT];
static struct forecast_codes codes;

/* One that was there, or the next new one. */
static uint32_t draw_number(struct rows *rows, uint32_t *used, unsigned most)
{
	uint32_t number = (uint32_t)(rows_draw(rows) % most);

	if (number < *used)
		return number;
	return (*used)++;
}

/* Few of everything, so that much of it is as it was expected. */
static void make_rows(uint64_t seed)
{
	static const uint16_t types[] = { 1, 28, 65, 65535 };
	struct rows rows = { .random = seed };
	uint32_t clients = 0, names = 0, answers = 0;
	uint64_t time = 1000000000;

	for (unsigned i = 0; i < COUNT; i++) {
		time += rows_draw(&rows) % 3000000 - 100000;
		made[i] = (struct forecast_row){
			.number = i * 2, .time = time,
			.client = draw_number(&rows, &clients, 5),
			.name = draw_number(&rows, &names, 4 + i / 8),
			.answer = draw_number(&rows, &answers, 4),
			.type = types[rows_draw(&rows) % 4],
			.class = rows_draw(&rows) % 50 ? 1 : 3,
			.upstream = (uint32_t)(rows_draw(&rows) % 2),
			.image = i / 900,
			.duration = (uint32_t)(rows_draw(&rows) % 100000),
			.ttl = (uint32_t)(rows_draw(&rows) % 9),
			.source = (uint8_t)(1 + rows_draw(&rows) % 4),
			.transport = rows_draw(&rows) % 20 ? 1 : 2,
		};
	}
}

static void setup(void)
{
	forecast = forecast_new();
	cr_assert_not_null(forecast);
}

static void teardown(void)
{
	forecast_free(forecast);
}

TestSuite(forecast, .init = setup, .fini = teardown);

static void write_rows(void)
{
	for (unsigned i = 0; i < FORECAST_STREAMS; i++)
		codes.at[i] = streams[i];
	forecast_begin(forecast, made[0].number);
	for (unsigned i = 0; i < COUNT; i++)
		forecast_write(forecast, &made[i], &codes);
	for (unsigned i = 0; i < FORECAST_STREAMS; i++) {
		codes.end[i] = codes.at[i];
		codes.at[i] = streams[i];
	}
}

static bool same(const struct forecast_row *one,
		 const struct forecast_row *other)
{
	return one->number == other->number && one->time == other->time &&
	       one->client == other->client && one->name == other->name &&
	       one->answer == other->answer && one->type == other->type &&
	       one->class == other->class &&
	       one->upstream == other->upstream &&
	       one->image == other->image &&
	       one->duration == other->duration &&
	       one->ttl == other->ttl && one->source == other->source &&
	       one->transport == other->transport;
}

Test(forecast, leads_back_to_the_rows)
{
	for (unsigned seed = 0; seed < 20; seed++) {
		make_rows(seed);
		write_rows();
		forecast_begin(forecast, made[0].number);
		for (unsigned i = 0; i < COUNT; i++) {
			struct forecast_row row;

			cr_assert_eq(forecast_read(forecast, &codes, &row),
				     0);
			cr_assert(same(&row, &made[i]), "row %u", i);
		}
		for (unsigned i = 0; i < FORECAST_STREAMS; i++)
			cr_expect_eq(codes.at[i], codes.end[i]);
	}
}

/* Another sum: blocks that people have would no longer be read. */
Test(forecast, has_the_codes_of_version_1)
{
	struct checksum sum;
	uint64_t value;

	make_rows(1);
	write_rows();
	checksum_init(&sum);
	for (unsigned i = 0; i < FORECAST_STREAMS; i++)
		for (uint64_t *at = streams[i]; at < codes.end[i]; at++) {
			uint8_t bytes[sizeof(*at)];

			block_put64(bytes, *at);
			checksum_add(&sum, bytes, sizeof(bytes));
		}
	value = checksum_value(&sum);
	cr_expect_eq(value, UINT64_C(0x9c25aaa8249d817f), "%#llx",
		     (unsigned long long)value);
}

Test(forecast, notices_a_stream_that_ends)
{
	make_rows(2);
	for (unsigned which = 0; which < FORECAST_STREAMS; which++) {
		struct forecast_row row;
		int error = 0;

		write_rows();
		codes.end[which]--;
		forecast_begin(forecast, made[0].number);
		for (unsigned i = 0; i < COUNT && error == 0; i++)
			error = forecast_read(forecast, &codes, &row);
		cr_expect_eq(error, ERROR_DAMAGED, "stream %u", which);
	}
}

Test(forecast, notices_what_nobody_has_yet)
{
	static const enum forecast_stream guessed[] = {
		FORECAST_CLIENT, FORECAST_NAME, FORECAST_ANSWER,
	};

	for (unsigned i = 0; i < 3; i++) {
		static const uint64_t wrong[] = { 0, 2, 3, 4, UINT64_MAX };

		for (unsigned j = 0; j < 5; j++) {
			struct forecast_row row;

			make_rows(3);
			write_rows();
			streams[guessed[i]][0] = wrong[j];
			forecast_begin(forecast, made[0].number);
			cr_expect_eq(forecast_read(forecast, &codes, &row),
				     ERROR_DAMAGED, "%u, %u", i, j);
		}
	}
}
