#include "transport/framed.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "../dns/sample.h"

enum { ROOM = 64 };

/* Messages of these lengths, each filled with its number. */
struct row {
	size_t count;
	size_t lens[6];
};

static size_t row_write(const struct row *row, uint8_t *at)
{
	size_t len = 0;

	for (size_t i = 0; i < row->count; i++) {
		bytes_put16(at + len, (uint16_t)row->lens[i]);
		memset(at + len + 2, (int)(i + 1), row->lens[i]);
		len += 2 + row->lens[i];
	}
	return len;
}

/* What is whole by now; the number of the next message that must come. */
static size_t take(struct framed *framed, const struct row *row, size_t next)
{
	struct bytes message;

	while (framed_next(framed, &message)) {
		cr_assert_lt(next, row->count);
		cr_assert_eq(message.len, row->lens[next]);
		for (size_t i = 0; i < message.len; i++)
			cr_assert_eq(message.at[i], next + 1);
		next++;
	}
	return next;
}

/* At most `most` of these bytes; how many there was room for. */
static size_t put(struct framed *framed, struct bytes bytes, size_t most)
{
	size_t room;
	uint8_t *to = framed_room(framed, &room);

	cr_assert_gt(room, 0, "an unfinished message fills it");
	if (room > most)
		room = most;
	if (room > bytes.len)
		room = bytes.len;
	memcpy(to, bytes.at, room);
	framed_filled(framed, room);
	return room;
}

static const struct row rows[] = {
	{ 1, { 1 } },
	{ 1, { 0 } },
	{ 3, { 0, 0, 0 } },
	{ 3, { 5, 7, 1 } },
	{ 2, { ROOM - 2, ROOM - 2 } },
	{ 6, { 1, 0, ROOM - 2, 2, 0, 9 } },
};

/* In pieces of every size, from single bytes on. */
Test(framed, finds_every_message_however_it_is_split)
{
	uint8_t stream[512], memory[ROOM];

	for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
		size_t len = row_write(&rows[r], stream);

		for (size_t piece = 1; piece <= len; piece++) {
			struct framed framed;
			size_t next = 0;

			framed_init(&framed, memory, ROOM);
			for (size_t at = 0, part; at < len; at += part) {
				part = put(&framed, bytes_of(stream + at,
							     len - at), piece);
				next = take(&framed, &rows[r], next);
			}
			cr_assert_eq(next, rows[r].count,
				     "row %zu in pieces of %zu", r, piece);
		}
	}
}

Test(framed, agrees_with_itself_on_random_streams)
{
	uint8_t *memory = malloc(ROOM), stream[512];
	uint64_t random = SAMPLE_SEED;

	for (unsigned round = 0; round < 3000; round++) {
		struct row row = { .count = 1 + sample_below(&random, 6) };
		struct framed framed;
		size_t len, next = 0;

		for (size_t i = 0; i < row.count; i++)
			row.lens[i] = sample_below(&random, ROOM - 1);
		len = row_write(&row, stream);
		framed_init(&framed, memory, ROOM);
		for (size_t at = 0, part; at < len; at += part) {
			part = put(&framed, bytes_of(stream + at, len - at),
				   1 + sample_below(&random, ROOM));
			next = take(&framed, &row, next);
		}
		cr_assert_eq(next, row.count, "round %u", round);
	}
	free(memory);
}

Test(framed, keeps_what_it_gave_out_until_room_is_asked_for)
{
	uint8_t memory[ROOM], stream[] = { 0, 2, 'a', 'b', 0, 2, 'c', 'd', 0 };
	struct bytes one, other;
	struct framed framed;
	size_t room;

	framed_init(&framed, memory, ROOM);
	put(&framed, bytes_of(stream, sizeof(stream)), ROOM);
	cr_assert(framed_next(&framed, &one));
	cr_assert(framed_next(&framed, &other));
	cr_assert_not(framed_next(&framed, &one));
	cr_assert_eq(memcmp(one.at, "ab", 2), 0);
	cr_assert_eq(memcmp(other.at, "cd", 2), 0);
	framed_room(&framed, &room);
	cr_assert_eq(room, ROOM - 1);
}

Test(framed, holds_the_longest_message)
{
	static uint8_t memory[FRAMED_ROOM];
	struct framed framed;
	struct bytes message;
	size_t room;
	uint8_t *to;

	framed_init(&framed, memory, FRAMED_ROOM);
	to = framed_room(&framed, &room);
	cr_assert_eq(room, FRAMED_ROOM);
	memset(to, 0xff, FRAMED_ROOM - 1);
	framed_filled(&framed, FRAMED_ROOM - 1);
	cr_assert_not(framed_next(&framed, &message));
	framed_room(&framed, &room);
	cr_assert_eq(room, 1);
	framed_filled(&framed, 1);
	cr_assert(framed_next(&framed, &message));
	cr_assert_eq(message.len, 65535);
}
