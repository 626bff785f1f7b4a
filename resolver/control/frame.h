/*
 * frame: the bytes on the control socket, as pure functions.
 *
 *	request   u32 length, then each word and a NUL
 *	answer    u8 kind, u32 length, bytes; the last one is FRAME_EXIT, and
 *	          its bytes are the exit code as a u32
 *
 * Numbers are in network order.
 */
#ifndef CONTROL_FRAME_H
#define CONTROL_FRAME_H

#include "base/bytes.h"

enum frame_kind {
	FRAME_OUT = 1,		/* for standard output */
	FRAME_ERR = 2,		/* for standard error */
	FRAME_EXIT = 3,
};

enum {
	FRAME_HEAD = 5,
	FRAME_BODY = 65536,	/* of one frame of an answer, at most */
	FRAME_REQUEST_HEAD = 4,
	FRAME_WORDS = 64,	/* of a request, at most */
};

struct frame {
	uint8_t kind;
	struct bytes body;
};

void frame_write_head(uint8_t at[FRAME_HEAD], enum frame_kind kind,
		      uint32_t len);

/*
 * Takes a frame from the start of *in: 1, and *in is what comes after it; 0
 * when there is only a part of one; ERROR_MALFORMED when it cannot be one.
 */
int frame_read(struct frame *frame, struct bytes *in);

/* The code of a FRAME_EXIT, 0 to 255; or ERROR_MALFORMED. */
int frame_exit_code(const struct frame *frame);

/* Head and words; their length, or ERROR_FULL. */
int frame_write_request(uint8_t *at, size_t room, int argc,
			char *const *argv);

/*
 * The words of a request, its head left out: points argv into `body`, ends it
 * with NULL, and returns how many there are.  ERROR_MALFORMED: none, more
 * than FRAME_WORDS, or the last one does not end.
 */
int frame_read_request(char *body, size_t len, char *argv[FRAME_WORDS + 1]);

#endif
