/*
 * Whatever the journal holds: a table fits its terminal, CSV and JSON can be
 * read back, and no byte of it steers anything.
 */
#include "review/print.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/address.h"
#include "base/error.h"
#include "base/utf8.h"
#include "journal/reader.h"
#include "policy/verdict.h"

enum { FIELDS = 25, STEP = 22, SECOND = 1000000 };

/* 2026-11-22 10:00:30.123456 UTC */
#define MOMENT ((uint64_t)1795341630123456)

static void set_up(void)
{
	setenv("TZ", "UTC0", 1);
	tzset();
}

TestSuite(print, .init = set_up, .timeout = 60);

static struct reader_row a_row(void)
{
	struct reader_row row = {
		.number = 7, .time = MOMENT, .transport = 1,
		.name = "www.example", .qtype = 1, .qclass = 1,
		.verdict = VERDICT_SINK, .action = ACTION_NULL, .source = 1,
		.answered = true, .list = "trackers", .list_version = 3,
		.line = 17, .duration = 12345,
	};

	address_parse(&row.client, "192.0.2.1", 0);
	return row;
}

static struct reader_note a_gap(uint64_t count)
{
	return (struct reader_note){
		.number = 8, .from = MOMENT, .until = MOMENT + 8 * SECOND,
		.count = count, .reason = "full",
	};
}

/* What it wrote; free(3). */
struct written {
	struct print *print;
	FILE *out;
	char *at;
	size_t len;
};

static void begin(struct written *written, enum print_form form,
		  unsigned width, bool colour)
{
	struct print_options options = {
		.form = form, .width = width, .colour = colour,
	};

	written->out = open_memstream(&written->at, &written->len);
	options.out = written->out;
	cr_assert_eq(print_open(&written->print, &options), 0);
}

static void end(struct written *written)
{
	cr_assert(print_flush(written->print));
	print_close(written->print);
	fclose(written->out);
}

static void expect(enum print_form form, const struct reader_row *row,
		   const struct reader_note *note, const char *expected)
{
	struct written written;

	begin(&written, form, 0, false);
	if (row != NULL)
		cr_assert(print_row(written.print, row));
	if (note != NULL)
		cr_assert(print_note(written.print, note));
	end(&written);
	cr_assert_str_eq(written.at, expected);
	free(written.at);
}

Test(print, a_table)
{
	struct reader_row row = a_row();
	struct reader_note gap = a_gap(1234);

	expect(PRINT_TABLE, &row, &gap,
	       "time                 client     type  name         "
	       "verdict           rcode    from      ms\n"
	       "2026-11-22 10:00:30  192.0.2.1  A     www.example  "
	       "sunk trackers:17  NOERROR  policy  12.3\n"
	       "-- 1,234 queries between 2026-11-22 10:00:30 and 10:00:38 are "
	       "not in the journal: the memory for what waits was full --\n");
}

Test(print, what_a_note_says)
{
	const struct {
		struct reader_note note;
		const char *words;
	} rows[] = {
		{ { .from = MOMENT, .until = MOMENT, .count = 1,
		    .reason = "unreadable" },
		  "-- 1 query at 2026-11-22 10:00:30 is not in the journal: "
		  "the memory for what waits held nonsense --\n" },
		{ { .from = MOMENT, .until = MOMENT + (uint64_t)86400 * SECOND,
		    .reason = "damaged" },
		  "-- an unknown number of queries between 2026-11-22 10:00:30 "
		  "and 2026-11-23 10:00:30 are not in the journal: what was "
		  "kept of them was damaged --\n" },
		{ { .from = MOMENT, .until = MOMENT, .step = -5400 * (int64_t)
		    SECOND },
		  "-- the clock was set back by 1 h 30 min at 2026-11-22 "
		  "10:00:30 --\n" },
		{ { .from = MOMENT, .until = MOMENT, .step = INT64_MAX },
		  "-- the clock was set forward by 106,751,991 d 4 h at "
		  "2026-11-22 10:00:30 --\n" },
		{ { .from = MOMENT, .until = MOMENT, .step = INT64_MIN },
		  "-- the clock was set back by 106,751,991 d 4 h at "
		  "2026-11-22 10:00:30 --\n" },
		{ { .from = MOMENT, .until = MOMENT, .step = 1500000 },
		  "-- the clock was set forward by 1 s at 2026-11-22 10:00:30 "
		  "--\n" },
		{ { .number = 81, .from = MOMENT, .until = MOMENT + SECOND,
		    .count = 16384, .reason = READER_DAMAGED_BLOCK },
		  "-- 16,384 rows between 2026-11-22 10:00:30 and 10:00:31 "
		  "cannot be read: block 81 is damaged --\n" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect(PRINT_TABLE, NULL, &rows[i].note, rows[i].words);
}

Test(print, colours_only_where_wanted)
{
	struct reader_row row = a_row();
	struct reader_note gap = a_gap(2);
	struct written written;

	for (int colour = 0; colour < 2; colour++) {
		begin(&written, PRINT_TABLE, 80, colour == 1);
		print_row(written.print, &row);
		print_note(written.print, &gap);
		end(&written);
		cr_assert_eq(strchr(written.at, '\033') != NULL, colour == 1);
		free(written.at);
	}
}

static uint64_t next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

struct noise {
	char name[1024], alias[1024], list[256], upstream[80];
	char device[128];
};

static const char *noise_text(uint64_t *seed, char *at, size_t room)
{
	size_t len = next(seed) % (next(seed) % 8 == 0 ? room : 30);

	for (size_t i = 0; i < len; i++)
		at[i] = (char)(next(seed) % 3 == 0 ? 1 + next(seed) % 255
						   : 'a' + next(seed) % 26);
	at[len] = '\0';
	return next(seed) % 6 == 0 ? NULL : at;
}

static struct reader_row random_row(uint64_t *seed, struct noise *noise)
{
	struct reader_row row = {
		.number = (int64_t)next(seed),
		.time = next(seed) >> 1,
		.transport = (unsigned)(next(seed) % 5),
		.name = noise_text(seed, noise->name, sizeof(noise->name)),
		.qtype = (uint16_t)next(seed),
		.qclass = (uint16_t)next(seed),
		.rcode = (uint16_t)next(seed),
		.verdict = (unsigned)(next(seed) % 7),
		.action = (unsigned)next(seed),
		.source = (unsigned)(next(seed) % 6),
		.answered = next(seed) % 2 == 0,
		.alias = noise_text(seed, noise->alias, sizeof(noise->alias)),
		.list = noise_text(seed, noise->list, sizeof(noise->list)),
		.list_version = next(seed),
		.line = (uint32_t)next(seed),
		.upstream = noise_text(seed, noise->upstream,
				       sizeof(noise->upstream)),
		.device_name = noise_text(seed, noise->device,
					  sizeof(noise->device)),
		.duration = (uint32_t)next(seed),
	};
	static const char *const clients[] = {
		"192.168.100.200", "::1",
		"2001:db8:1234:5678:9abc:def0:1234:5678",
	};

	address_parse(&row.client, clients[next(seed) % 3], 0);
	if (next(seed) % 5 == 0)
		row.client = (struct address){ 0 };
	return row;
}

static void write_noise(struct written *written, uint64_t *seed,
			unsigned rows)
{
	for (unsigned i = 0; i < rows; i++) {
		static struct noise noise;
		struct reader_row row = random_row(seed, &noise);
		struct reader_note note = {
			.from = next(seed) >> 1, .until = next(seed) >> 1,
			.count = next(seed) >> (next(seed) % 64),
			.step = next(seed) % 2 == 0 ? 0 : (int64_t)next(seed),
			.reason = noise_text(seed, noise.name, 64),
		};

		if (next(seed) % 5 == 0)
			cr_assert(print_note(written->print, &note));
		else
			cr_assert(print_row(written->print, &row));
	}
}

Test(print, a_table_fits_any_terminal)
{
	uint64_t seed = 1122;

	for (unsigned width = 40; width < 240; width += 3) {
		struct written written;
		char *rest, *line;

		begin(&written, PRINT_TABLE, width, false);
		write_noise(&written, &seed, 100);
		end(&written);
		for (line = strtok_r(written.at, "\n", &rest); line != NULL;
		     line = strtok_r(NULL, "\n", &rest)) {
			struct bytes shown = bytes_of_string(line);

			cr_assert_leq(utf8_width(shown), width, "%s", line);
			cr_assert(utf8_is_plain(shown), "%s", line);
		}
		free(written.at);
	}
}

/* The end of a name says whose it is. */
Test(print, a_long_name_is_cut_at_its_left)
{
	struct reader_row row = a_row();
	struct written written;

	row.name = "a.very.long.name.that.nobody.wants.to.read.tracker.example";
	row.alias = "another.very.long.name.in.the.way.example";
	begin(&written, PRINT_TABLE, 80, false);
	print_row(written.print, &row);
	end(&written);
	cr_assert_not_null(strstr(written.at, ".tracker.example"));
	cr_assert_not_null(strstr(written.at, "sunk trackers"));
	free(written.at);
	begin(&written, PRINT_TABLE, 0, false);
	print_row(written.print, &row);
	end(&written);
	cr_assert_not_null(strstr(written.at, row.name));
	cr_assert_not_null(strstr(written.at, row.alias));
	free(written.at);
}

/* In place of the address, and as wide as it looks. */
Test(print, a_client_is_called_by_its_device)
{
	struct reader_row row = a_row(), other = a_row();

	row.device_name = "B\303\274ro";
	other.device_name = "\033[2Jx\xff";
	for (int i = 0; i < 2; i++) {
		struct written written;

		begin(&written, PRINT_TABLE, i == 0 ? 0 : 200, false);
		print_row(written.print, &row);
		print_row(written.print, &other);
		end(&written);
		cr_assert_not_null(strstr(written.at,
					  " B\303\274ro          A     www"),
				   "%s", written.at);
		cr_assert_not_null(strstr(written.at,
					  " \\027[2Jx\\255  A     www"));
		cr_assert_null(strstr(written.at, "192.0.2.1"));
		free(written.at);
	}
}

Test(print, csv)
{
	struct reader_row row = a_row();
	struct reader_note gap = a_gap(12), step = { .from = MOMENT,
						     .step = -7 };

	row.device_name = "\303\274ber";
	row.ttl = 300;
	expect(PRINT_CSV, &row, &gap,
	       "kind,number,time,client,transport,name,type,class,rcode,"
	       "verdict,action,source,answered,alias,list,list_version,line,"
	       "upstream,duration_us,until,count,reason,step_us,device,ttl\r\n"
	       "query,7,2026-11-22T10:00:30.123456Z,192.0.2.1,udp,www.example,"
	       "A,IN,NOERROR,sunk,null,policy,1,,trackers,3,17,,12345,,,,,"
	       "\303\274ber,300\r\n"
	       "gap,8,2026-11-22T10:00:30.123456Z,,,,,,,,,,,,,,,,,"
	       "2026-11-22T10:00:38.123456Z,12,full,,,\r\n");
	expect(PRINT_CSV, NULL, &step,
	       "kind,number,time,client,transport,name,type,class,rcode,"
	       "verdict,action,source,answered,alias,list,list_version,line,"
	       "upstream,duration_us,until,count,reason,step_us,device,ttl\r\n"
	       "clock,0,2026-11-22T10:00:30.123456Z,,,,,,,,,,,,,,,,,,,,-7,,"
	       "\r\n");
}

/* RFC 4180: the fields of the next line, or 0 at the end. */
static unsigned csv_line(const char **at, char fields[FIELDS + 1][4096])
{
	unsigned count = 0, len = 0;
	bool quoted = false;

	if (**at == '\0')
		return 0;
	for (;; ++*at) {
		if (quoted && **at == '"' && (*at)[1] != '"') {
			quoted = false;
		} else if (quoted || strchr("\",\r", **at) == NULL) {
			*at += quoted && **at == '"';
			cr_assert_neq(**at, '\0');
			fields[count][len++] = **at;
		} else if (**at == '"') {
			quoted = true;
		} else {
			fields[count++][len] = '\0';
			len = 0;
			cr_assert_leq(count, FIELDS);
			if (**at == '\r')
				break;
		}
	}
	cr_assert_eq((*at)[1], '\n');
	*at += 2;
	return count;
}

Test(print, csv_of_anything_can_be_read_back)
{
	static char fields[FIELDS + 1][4096];
	struct written written;
	uint64_t seed = 4180;
	unsigned lines = 0;
	const char *at;

	begin(&written, PRINT_CSV, 0, false);
	write_noise(&written, &seed, 2000);
	end(&written);
	at = written.at;
	for (unsigned count; (count = csv_line(&at, fields)) > 0; lines++) {
		cr_assert_eq(count, FIELDS);
		for (unsigned i = 3; i < FIELDS; i++)
			cr_assert(i == STEP || fields[i][0] == '\0' ||
				  strchr("=+-@\t", fields[i][0]) == NULL,
				  "%s", fields[i]);
	}
	cr_assert_eq(lines, 2001);
	free(written.at);
}

Test(print, csv_quotes_and_formulas)
{
	struct reader_row row = a_row();
	struct written written;

	row.name = "=cmd|' /C calc'!A0.example";
	row.alias = "say \"a,b\"";
	row.list = "@SUM(1)";
	begin(&written, PRINT_CSV, 0, false);
	print_row(written.print, &row);
	end(&written);
	cr_assert_not_null(strstr(written.at,
				  ",\\061cmd|' /C calc'!A0.example,"));
	cr_assert_not_null(strstr(written.at, ",\"say \"\"a,b\"\"\","));
	cr_assert_not_null(strstr(written.at, ",\\064SUM(1),"));
	free(written.at);
}

Test(print, json)
{
	struct reader_row row = a_row();
	struct reader_note gap = a_gap(0), step = { .from = MOMENT,
						    .number = 9, .step = 7 };

	row.alias = "t.example";
	row.device_name = "\303\274ber";
	row.ttl = 300;
	expect(PRINT_JSON, &row, &gap,
	       "{\"number\":7,\"time\":\"2026-11-22T10:00:30.123456Z\","
	       "\"client\":\"192.0.2.1\",\"transport\":\"udp\","
	       "\"name\":\"www.example\",\"type\":\"A\",\"class\":\"IN\","
	       "\"rcode\":\"NOERROR\",\"verdict\":\"sunk\","
	       "\"action\":\"null\",\"source\":\"policy\",\"answered\":true,"
	       "\"alias\":\"t.example\",\"list\":\"trackers\","
	       "\"list_version\":3,\"line\":17,\"upstream\":null,"
	       "\"duration_us\":12345,\"device\":\"\303\274ber\","
	       "\"ttl\":300}\n"
	       "{\"gap\":{\"number\":8,"
	       "\"from\":\"2026-11-22T10:00:30.123456Z\","
	       "\"until\":\"2026-11-22T10:00:38.123456Z\",\"count\":null,"
	       "\"reason\":\"full\"}}\n");
	expect(PRINT_JSON, NULL, &step,
	       "{\"clock\":{\"number\":9,"
	       "\"time\":\"2026-11-22T10:00:30.123456Z\",\"step_us\":7}}\n");
}

Test(print, json_of_anything_can_be_read_back)
{
	struct written written;
	uint64_t seed = 8259;
	unsigned lines = 0;
	char *rest, *line;

	begin(&written, PRINT_JSON, 0, false);
	write_noise(&written, &seed, 2000);
	end(&written);
	for (line = strtok_r(written.at, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest), lines++) {
		json_error_t error;
		json_t *object = json_loads(line, JSON_REJECT_DUPLICATES,
					    &error);

		cr_assert_not_null(object, "%s: %s", error.text, line);
		cr_assert_geq(json_object_size(object), 1, "%s", line);
		json_decref(object);
	}
	cr_assert_eq(lines, 2000);
	free(written.at);
}

Test(print, lines_for_syslog)
{
	struct reader_row row = a_row();
	struct reader_note gap = a_gap(3);
	struct written written;

	row.device_name = "the \"meter\"\n";
	begin(&written, PRINT_LINES, 0, false);
	cr_assert(print_row(written.print, &row));
	cr_assert(print_note(written.print, &gap));
	end(&written);
	cr_assert_not_null(strstr(written.at, "query=www.example type=A "
				  "client=192.0.2.1 device=\"the \\\"meter"
				  "\\\"\\010\" verdict=sunk by=\"sunk "
				  "trackers:17\" rcode=NOERROR from=policy "
				  "ms="));
	cr_assert_not_null(strstr(written.at, "\nnote count=3 words=\""));
	cr_assert_eq(written.at[written.len - 1], '\n');
	free(written.at);
}

Test(print, nothing_is_still_something)
{
	struct written written;

	begin(&written, PRINT_CSV, 0, false);
	end(&written);
	cr_assert_eq(strncmp(written.at, "kind,number,", 12), 0);
	free(written.at);
	expect(PRINT_TABLE, NULL, NULL, "");
	expect(PRINT_JSON, NULL, NULL, "");
}

/* Later rows are wider, and the title is there once. */
Test(print, more_than_a_screenful)
{
	struct reader_row row = a_row();
	struct written written;
	unsigned lines = 0;
	char *at;

	begin(&written, PRINT_TABLE, 0, false);
	for (int i = 0; i < 500; i++) {
		row.name = i < 300 ? "a" : "a.longer.example";
		cr_assert(print_row(written.print, &row));
	}
	end(&written);
	for (at = written.at; (at = strchr(at, '\n')) != NULL; at++)
		lines++;
	cr_assert_eq(lines, 501);
	cr_assert_eq(strncmp(written.at, "time ", 5), 0);
	cr_assert_null(strstr(written.at + 1, "time "));
	free(written.at);
}

Test(print, nobody_listens)
{
	struct reader_row row = a_row();
	struct print_options options = { .form = PRINT_CSV };
	struct print *print;
	bool more = true;

	options.out = fopen("/dev/full", "w");
	if (options.out == NULL)
		cr_skip_test("needs /dev/full");
	cr_assert_eq(print_open(&print, &options), 0);
	for (int i = 0; i < 1000 && more; i++)
		more = print_row(print, &row);
	errno = 0;
	cr_assert_not(print_flush(print));
	cr_assert_eq(errno, ENOSPC);
	print_close(print);
	fclose(options.out);
}
