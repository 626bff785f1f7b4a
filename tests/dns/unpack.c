/* Names in data: written out whole, in their case, and never past the room. */
#include "dns/unpack.h"

#include <criterion/criterion.h>

#include "base/error.h"
#include "dns/message.h"
#include "sample.h"

enum { ROOM = 600 };

/* An answer to "wWw.Example.com" with one record; its data is at the end. */
static struct record put(struct sample *sample, unsigned type, const char *at,
			 size_t len)
{
	struct record record;
	size_t owner;

	sample_begin(sample, FLAG_QR);
	sample_question(sample, "wWw.Example.com", TYPE_A);
	owner = sample->len;
	sample_put16(sample, 0xc00c);
	sample_fixed(sample, type, 300, bytes_of(at, len));
	sample_count(sample, 1, 1);
	cr_assert_eq(record_read(&record, sample_bytes(sample), owner), 0);
	return record;
}

/* Into memory of just that size. */
static int write_to(size_t room, const struct sample *sample,
		    const struct record *record, uint8_t *out)
{
	uint8_t *message = sample_exact(sample->at, sample->len);
	uint8_t *to = sample_exact(NULL, 0);
	int len;

	to = realloc(to, room > 0 ? room : 1);
	len = unpack_rdata((struct unpack_room){ to, room },
			  bytes_of(message, sample->len), record);
	if (len > 0)
		memcpy(out, to, (size_t)len);
	free(message);
	free(to);
	return len;
}

#define WWW "\3wWw\7Example\3com"
#define EXAMPLE "\7Example\3com"
#define TIMES "\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\5"
#define KEYTAG "\0\1\10\2\0\0\1\54\1\2\3\4\5\6\7\10\0\7"
#define ROW(at) (at), sizeof(at) - 1

Test(unpack, names_are_written_out)
{
	static const struct {
		const char *words;
		unsigned type;
		const char *came;
		size_t came_len;
		const char *want;
		size_t want_len;
	} rows[] = {
		{ "A", 1, ROW("\300\0\2\1"), ROW("\300\0\2\1") },
		{ "CNAME", 5, ROW("\3cDn\300\20"), ROW("\3cDn" EXAMPLE "\0") },
		{ "NS", 2, ROW("\300\14"), ROW(WWW "\0") },
		{ "PTR", 12, ROW("\1X\300\30"), ROW("\1X\3com\0") },
		{ "SOA", 6, ROW("\300\20\1h\300\14" TIMES),
		  ROW(EXAMPLE "\0\1h" WWW "\0" TIMES) },
		{ "MX", 15, ROW("\0\12\300\14"), ROW("\0\12" WWW "\0") },
		{ "SRV", 33, ROW("\0\1\0\2\0\3\300\20"),
		  ROW("\0\1\0\2\0\3" EXAMPLE "\0") },
		{ "RRSIG", 46, ROW(KEYTAG "\300\30sig"),
		  ROW(KEYTAG "\3com\0sig") },
		{ "HTTPS", 65, ROW("\0\1\300\20\0\3\0\2\1\273"),
		  ROW("\0\1" EXAMPLE "\0\0\3\0\2\1\273") },
		{ "not compressed", 5, ROW("\1A\1b\0"), ROW("\1A\1b\0") },
		{ "the root", 2, ROW("\0"), ROW("\0") },
		{ "TXT: bytes", 16, ROW("\2\300\14"), ROW("\2\300\14") },
		{ "unknown: bytes", 65280, ROW("\300\14"), ROW("\300\14") },
		{ "nothing", 10, ROW(""), ROW("") },
	};
	struct sample sample;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct record record = put(&sample, rows[i].type,
					   rows[i].came, rows[i].came_len);
		uint8_t out[ROOM];

		cr_expect_eq(write_to(ROOM, &sample, &record, out),
			     (int)rows[i].want_len, "%s", rows[i].words);
		cr_expect_arr_eq(out, rows[i].want, rows[i].want_len, "%s",
				 rows[i].words);
		for (size_t room = 0; room < rows[i].want_len; room++)
			cr_expect_eq(write_to(room, &sample, &record, out),
				     ERROR_FULL, "%s in %zu", rows[i].words,
				     room);
	}
}

Test(unpack, names_that_are_not_whole)
{
	static const struct {
		const char *words;
		unsigned type;
		const char *came;
		size_t len;
	} rows[] = {
		{ "no name", 5, ROW("") },
		{ "MX without one", 15, ROW("\0\12") },
		{ "MX too short", 15, ROW("\0") },
		{ "SOA with one", 6, ROW("\300\14") },
		{ "half a pointer", 2, ROW("\300") },
		{ "no end", 2, ROW("\3abc") },
		{ "forward", 2, ROW("\300\140") },
		{ "to itself", 2, ROW("\300\55") },
		{ "into the header", 2, ROW("\300\4") },
		{ "a label of 64", 2, ROW("\100abc\0") },
	};
	struct sample sample;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct record record = put(&sample, rows[i].type,
					   rows[i].came, rows[i].len);
		uint8_t out[ROOM];

		cr_expect_eq(write_to(ROOM, &sample, &record, out),
			     ERROR_MALFORMED, "%s", rows[i].words);
	}
}

/* A name may be whole and yet not end within its record. */
Test(unpack, a_name_that_goes_on_behind_its_record)
{
	struct sample sample;
	struct record record = put(&sample, 2, "\3abc\0", 5);
	uint8_t out[ROOM];

	record.end--;
	record.rdata_len--;
	cr_expect_eq(write_to(ROOM, &sample, &record, out), ERROR_MALFORMED);
}

Test(unpack, shapes_of_types)
{
	static const struct unpack_shape rows[] = {
		{ 1, 0, 0 }, { 2, 0, 1 }, { 5, 0, 1 }, { 6, 0, 2 },
		{ 10, 0, 0 }, { 12, 0, 1 }, { 15, 2, 1 }, { 16, 0, 0 },
		{ 28, 0, 0 }, { 33, 6, 1 }, { 35, 0, 0 }, { 39, 0, 1 },
		{ 64, 2, 1 }, { 65, 2, 1 }, { 66, 0, 0 }, { 107, 2, 1 },
		{ 108, 0, 0 }, { 65535, 0, 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct unpack_shape shape = unpack_shape(rows[i].type);

		cr_expect_eq(shape.type, rows[i].type);
		cr_expect_eq(shape.before, rows[i].before, "%u", shape.type);
		cr_expect_eq(shape.names, rows[i].names, "%u", shape.type);
	}
}
