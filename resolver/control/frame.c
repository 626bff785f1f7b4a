/*
 * The other end may be anybody who can open the socket: a length is held
 * against its limit before anything is made or waited for because of it, and
 * what cannot become a frame is said to be malformed at its first byte.
 */
#include "control/frame.h"

#include "base/error.h"

void frame_write_head(uint8_t at[FRAME_HEAD], enum frame_kind kind,
		      uint32_t len)
{
	at[0] = (uint8_t)kind;
	bytes_put32(at + 1, len);
}

int frame_read(struct frame *frame, struct bytes *in)
{
	uint32_t len;

	if (in->len > 0 && (in->at[0] < FRAME_OUT || in->at[0] > FRAME_EXIT))
		return ERROR_MALFORMED;
	if (in->len < FRAME_HEAD)
		return 0;
	len = bytes_get32(in->at + 1);
	if (len > FRAME_BODY)
		return ERROR_MALFORMED;
	if (in->len - FRAME_HEAD < len)
		return 0;
	frame->kind = in->at[0];
	frame->body = bytes_of(in->at + FRAME_HEAD, len);
	in->at += FRAME_HEAD + len;
	in->len -= FRAME_HEAD + len;
	return 1;
}

int frame_exit_code(const struct frame *frame)
{
	uint32_t code;

	if (frame->kind != FRAME_EXIT || frame->body.len != 4)
		return ERROR_MALFORMED;
	code = bytes_get32(frame->body.at);
	return code <= 255 ? (int)code : ERROR_MALFORMED;
}

int frame_write_request(uint8_t *at, size_t room, int argc, char *const *argv)
{
	size_t len = FRAME_REQUEST_HEAD;

	if (room < len)
		return ERROR_FULL;
	for (int i = 0; i < argc; i++) {
		size_t word = strlen(argv[i]) + 1;

		if (word > room - len)
			return ERROR_FULL;
		memcpy(at + len, argv[i], word);
		len += word;
	}
	bytes_put32(at, (uint32_t)(len - FRAME_REQUEST_HEAD));
	return (int)len;
}

int frame_read_request(char *body, size_t len, char *argv[FRAME_WORDS + 1])
{
	int count = 0;

	if (len == 0 || body[len - 1] != '\0')
		return ERROR_MALFORMED;
	for (size_t at = 0; at < len; at += strlen(body + at) + 1) {
		if (count == FRAME_WORDS)
			return ERROR_MALFORMED;
		argv[count++] = body + at;
	}
	argv[count] = NULL;
	return count;
}
