/*
 * The bytes on the socket: what is written is read again, whatever the pieces
 * it comes in; what is no frame is said to be none, and soon.
 */
#include "control/frame.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "base/error.h"

static size_t put(uint8_t *at, unsigned kind, const char *body)
{
	frame_write_head(at, kind, (uint32_t)strlen(body));
	memcpy(at + FRAME_HEAD, body, strlen(body));
	return FRAME_HEAD + strlen(body);
}

Test(frame, what_is_written_is_read)
{
	uint8_t bytes[64];
	size_t len = put(bytes, FRAME_OUT, "hello");
	struct bytes in;
	struct frame frame;

	len += put(bytes + len, FRAME_ERR, "");
	in = bytes_of(bytes, len);
	cr_assert_eq(frame_read(&frame, &in), 1);
	cr_assert_eq(frame.kind, FRAME_OUT);
	cr_assert_eq(frame.body.len, 5);
	cr_assert_arr_eq(frame.body.at, "hello", 5);
	cr_assert_eq(frame_read(&frame, &in), 1);
	cr_assert_eq(frame.kind, FRAME_ERR);
	cr_assert_eq(frame.body.len, 0);
	cr_assert_eq(in.len, 0);
	cr_assert_eq(frame_read(&frame, &in), 0);
}

Test(frame, a_part_of_one_is_none_yet)
{
	uint8_t bytes[64];
	size_t whole = put(bytes, FRAME_OUT, "hello");
	struct frame frame;

	for (size_t len = 0; len < whole; len++) {
		struct bytes in = bytes_of(bytes, len);

		cr_assert_eq(frame_read(&frame, &in), 0, "%zu bytes", len);
		cr_assert_eq(in.len, len, "and nothing is taken");
	}
}

Test(frame, what_can_be_none_is_told_at_once)
{
	struct frame frame;
	struct bytes in;
	uint8_t bytes[FRAME_HEAD];

	for (unsigned kind = 0; kind < 256; kind++) {
		bytes[0] = (uint8_t)kind;
		in = bytes_of(bytes, 1);
		cr_assert_eq(frame_read(&frame, &in),
			     kind >= 1 && kind <= 3 ? 0 : ERROR_MALFORMED);
	}
	frame_write_head(bytes, FRAME_OUT, FRAME_BODY + 1);
	in = bytes_of(bytes, sizeof(bytes));
	cr_assert_eq(frame_read(&frame, &in), ERROR_MALFORMED);
	frame_write_head(bytes, FRAME_OUT, UINT32_MAX);
	cr_assert_eq(frame_read(&frame, &in), ERROR_MALFORMED);
	frame_write_head(bytes, FRAME_OUT, FRAME_BODY);
	cr_assert_eq(frame_read(&frame, &in), 0);
}

Test(frame, an_exit_code_is_four_bytes_and_small)
{
	uint8_t code[5] = { 0, 0, 0, 7, 0 };
	struct frame frame = { FRAME_EXIT, bytes_of(code, 4) };

	cr_assert_eq(frame_exit_code(&frame), 7);
	code[2] = 1;
	cr_assert_eq(frame_exit_code(&frame), ERROR_MALFORMED);
	code[2] = 0;
	frame.body.len = 3;
	cr_assert_eq(frame_exit_code(&frame), ERROR_MALFORMED);
	frame.body.len = 5;
	cr_assert_eq(frame_exit_code(&frame), ERROR_MALFORMED);
	frame = (struct frame){ FRAME_OUT, bytes_of(code, 4) };
	cr_assert_eq(frame_exit_code(&frame), ERROR_MALFORMED);
}

Test(frame, words_come_through_empty_ones_too)
{
	static char *words[] = { "log", "", "--name", "x y\n", "" };
	char *argv[FRAME_WORDS + 1];
	uint8_t bytes[64];
	int len = frame_write_request(bytes, sizeof(bytes), 5, words);

	cr_assert_eq(len, 4 + 4 + 1 + 7 + 5 + 1);
	cr_assert_eq(bytes_get32(bytes), (uint32_t)len - 4);
	cr_assert_eq(frame_read_request((char *)bytes + 4, (size_t)len - 4,
					argv), 5);
	for (int i = 0; i < 5; i++)
		cr_assert_str_eq(argv[i], words[i]);
	cr_assert_null(argv[5]);
}

Test(frame, a_request_that_does_not_fit_is_refused)
{
	static char *words[] = { "1234567890", "1234567890" };
	uint8_t bytes[26];

	for (size_t room = 0; room < sizeof(bytes); room++)
		cr_assert_eq(frame_write_request(bytes, room, 2, words),
			     ERROR_FULL, "room for %zu", room);
	cr_assert_eq(frame_write_request(bytes, sizeof(bytes), 2, words), 26);
}

Test(frame, words_without_an_end_or_without_number_are_none)
{
	char *argv[FRAME_WORDS + 1], empty[FRAME_WORDS + 1] = { 0 };
	char open[] = { 'a', '\0', 'b' };

	cr_assert_eq(frame_read_request(open, 3, argv), ERROR_MALFORMED);
	cr_assert_eq(frame_read_request(open, 2, argv), 1);
	cr_assert_eq(frame_read_request(open, 0, argv), ERROR_MALFORMED);
	cr_assert_eq(frame_read_request(empty, FRAME_WORDS, argv),
		     FRAME_WORDS);
	cr_assert_null(argv[FRAME_WORDS]);
	cr_assert_eq(frame_read_request(empty, FRAME_WORDS + 1, argv),
		     ERROR_MALFORMED);
}
