/*
 * A stream of framed messages in pieces: the first byte says how large the
 * pieces are, the rest is the stream.  What comes out, put together again,
 * must be what went in, up to an unfinished message.
 */
#include <stdlib.h>

#include "transport/framed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct check {
	const uint8_t *at;	/* the stream; what came out stands before */
	size_t left;
};

static void take(struct framed *framed, struct check *check)
{
	struct bytes message;

	while (framed_next(framed, &message)) {
		if (check->left < 2 + message.len ||
		    bytes_get16(check->at) != message.len ||
		    memcmp(check->at + 2, message.at, message.len) != 0)
			abort();
		check->at += 2 + message.len;
		check->left -= 2 + message.len;
	}
}

/* Is there really no whole message left? */
static void check_end(const struct check *check)
{
	if (check->left >= 2 &&
	    check->left - 2 >= bytes_get16(check->at))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t memory[FRAMED_ROOM];
	struct framed framed;
	struct check check;
	size_t piece;

	if (size == 0)
		return 0;
	piece = data[0] + 1u;
	check = (struct check){ data + 1, size - 1 };
	framed_init(&framed, memory, sizeof(memory));
	for (size_t at = 1, part; at < size; at += part) {
		size_t room;
		uint8_t *to = framed_room(&framed, &room);

		if (room == 0)
			abort();
		part = size - at < piece ? size - at : piece;
		if (part > room)
			part = room;
		memcpy(to, data + at, part);
		framed_filled(&framed, part);
		take(&framed, &check);
	}
	check_end(&check);
	return 0;
}
