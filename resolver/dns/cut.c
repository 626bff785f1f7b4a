/*
 *	question  records  | owner .. length | data .. | changes | records ...
 *	                                     rdata     from      end
 *
 * Pointers lead back.  So only a pointer behind `end` can lead behind `end`,
 * and only such a one has to be corrected, by as much as the cut takes away.
 * All of them that end a name which stands in a record (an owner, or a name
 * in data of a known type) are marked first.
 *
 * Then each name is followed to its end, for a stranger may have knotted
 * names in other ways: through bytes that are no name of any record, where a
 * pointer must not be touched because it may be text; through bytes that are
 * about to change; or across somebody else's pointer.  No server does that,
 * and a message with such a name is refused.
 */
#include "dns/cut.h"

#include <stdbool.h>

#include "base/error.h"
#include "dns/message.h"
#include "dns/unpack.h"

enum { LABEL_MAX = 63, POINTER = 0xc0, POINTER_OFFSET = 0x3fff };

static bool is_marked(const struct cut *cut, size_t at)
{
	return (cut->marks[at >> 3] >> (at & 7) & 1) != 0;
}

static void mark(struct cut *cut, size_t at)
{
	cut->marks[at >> 3] |= (uint8_t)(1u << (at & 7));
}

static size_t target_of(const uint8_t *message, size_t at)
{
	return bytes_get16(message + at) & POINTER_OFFSET;
}

/* Where the labels from `at` on end: at a 0 or at a whole pointer. */
static int run_end(struct bytes message, size_t at)
{
	size_t start = at;

	while (at < message.len && at - start < NAME_MAX_WIRE) {
		uint8_t byte = message.at[at];

		if (byte == 0)
			return (int)at;
		if (byte >= POINTER)
			return at + 1 < message.len ? (int)at
						    : ERROR_MALFORMED;
		if (byte > LABEL_MAX)
			break;
		at += 1u + byte;
	}
	return ERROR_MALFORMED;
}

/* Are there bytes that change among the labels from `at` to `end`? */
static bool run_changes(const struct cut *cut, size_t at, size_t end)
{
	if (at < cut->rdata && end >= cut->rdata - 2)
		return true;
	if (at < cut->end && end >= cut->from)
		return true;
	for (size_t i = at - 1; i < end; i++)
		if (is_marked(cut, i))
			return true;
	return false;
}

/* The pointer at `at` ends a run that began at `start`: where it leads. */
static int pointer_check(const struct cut *cut, size_t at, size_t start)
{
	size_t target = target_of(cut->message.at, at);

	if (target < MESSAGE_HEADER || target >= start)
		return ERROR_MALFORMED;
	if (is_marked(cut, at))
		return (int)target;
	if (target >= cut->end || is_marked(cut, at + 1) ||
	    run_changes(cut, at, at + 1))
		return ERROR_MALFORMED;
	return (int)target;
}

static int name_mark(struct cut *cut, size_t at)
{
	int end = run_end(cut->message, at);

	if (end < 0 || cut->names++ >= CUT_NAMES)
		return ERROR_MALFORMED;
	if (at >= cut->end && cut->message.at[end] >= POINTER &&
	    target_of(cut->message.at, (size_t)end) >= cut->end)
		mark(cut, (size_t)end);
	return 0;
}

static int name_check(struct cut *cut, size_t at)
{
	size_t len = 1;
	int start = (int)at;

	for (unsigned runs = 0; runs <= NAME_MAX_LABELS; runs++) {
		int end = run_end(cut->message, (size_t)start);

		if (end < 0 || run_changes(cut, (size_t)start, (size_t)end))
			return ERROR_MALFORMED;
		len += (size_t)(end - start);
		if (len > NAME_MAX_WIRE)
			return ERROR_MALFORMED;
		if (cut->message.at[end] == 0)
			return 0;
		start = pointer_check(cut, (size_t)end, (size_t)start);
		if (start < 0)
			return start;
	}
	return ERROR_MALFORMED;
}

/* The owner and the names in the data of one record. */
static int record_names(struct cut *cut, const struct record *record,
			int (*step)(struct cut *cut, size_t at))
{
	struct unpack_shape shape = unpack_shape(record->type);
	size_t at = record->rdata + shape.before;
	int error = step(cut, record->owner);

	for (; error == 0 && shape.names > 0; shape.names--) {
		int end;

		if (at >= record->end)
			return ERROR_MALFORMED;
		end = name_skip(cut->message, at);
		if (end < 0 || (size_t)end > record->end)
			return ERROR_MALFORMED;
		error = step(cut, at);
		at = (size_t)end;
	}
	return error;
}

/* The question's own name stands first and has no pointer. */
static int names_each(struct cut *cut,
		      int (*step)(struct cut *cut, size_t at))
{
	struct message_walk walk;
	struct record record;
	int more;

	if (message_walk(&walk, cut->message) < 0)
		return ERROR_MALFORMED;
	while ((more = message_next(&walk, &record)) > 0)
		if (record_names(cut, &record, step) < 0)
			return ERROR_MALFORMED;
	return more;
}

int cut_plan(struct cut *cut, struct bytes message,
	     const struct record *record, size_t from)
{
	if (message.len < MESSAGE_HEADER || bytes_get16(message.at + 4) > 1)
		return ERROR_MALFORMED;
	cut->message = message;
	cut->rdata = record->rdata;
	cut->from = from;
	cut->end = record->end;
	cut->names = 0;
	memset(cut->marks, 0, sizeof(cut->marks));
	if (names_each(cut, name_mark) < 0)
		return ERROR_MALFORMED;
	return names_each(cut, name_check);
}

size_t cut_carry_out(const struct cut *cut, uint8_t *message, size_t end)
{
	size_t gone = cut->end - end, len = cut->message.len;

	for (size_t at = cut->end; at < len; at++)
		if (is_marked(cut, at)) {
			size_t target = target_of(message, at) - gone;

			bytes_put16(message + at,
				    (uint16_t)(POINTER << 8 | target));
		}
	bytes_put16(message + cut->rdata - 2, (uint16_t)(end - cut->rdata));
	memmove(message + end, message + cut->end, len - cut->end);
	return len - gone;
}
