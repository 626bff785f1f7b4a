/*
 * Stars cut a pattern into pieces.  The first place where a piece fits is as
 * good as any later one for all that follow, so each is looked for once, from
 * where the one before it ended; only a last piece that must stand at the end
 * is looked for there.
 *
 *	||ads*.example^		"ads" behind a dot; ".example" at the end
 */
#include "policy/pattern.h"

#include <stdint.h>

#include "policy/literal.h"

enum from { FROM_ANYWHERE, FROM_START, FROM_LABEL };

struct shape {
	enum from from;
	bool to_end;
	struct bytes middle;		/* pieces and stars */
};

static struct shape shape_of(struct bytes pattern)
{
	static const enum from from[] = {
		FROM_ANYWHERE, FROM_START, FROM_LABEL
	};
	struct shape shape = { FROM_ANYWHERE, false, pattern };
	struct bytes *middle = &shape.middle;
	size_t bars = 0;
	uint8_t last;

	while (bars < 2 && bars < pattern.len && pattern.at[bars] == '|')
		bars++;
	shape.from = from[bars];
	*middle = bytes_of(pattern.at + bars, pattern.len - bars);
	if (middle->len == 0)
		return shape;
	last = middle->at[middle->len - 1];
	shape.to_end = last == '^' || last == '|';
	middle->len -= shape.to_end;
	return shape;
}

/* The bytes up to the first star; all, if there is none. */
static struct bytes piece_of(struct bytes rest)
{
	const uint8_t *star = NULL;

	if (rest.len > 0)
		star = memchr(rest.at, '*', rest.len);
	return bytes_of(rest.at, star ? (size_t)(star - rest.at) : rest.len);
}

static struct bytes behind(struct bytes bytes, size_t len)
{
	return bytes_of(bytes.at + len, bytes.len - len);
}

static bool stands(struct bytes piece, struct bytes text, size_t at)
{
	return text.len - at >= piece.len &&
	       memcmp(text.at + at, piece.at, piece.len) == 0;
}

/* The first place from `at` on, or SIZE_MAX. */
static size_t find(struct bytes piece, struct bytes text, size_t at)
{
	const uint8_t *found = memmem(text.at + at, text.len - at, piece.at,
				      piece.len);

	return found ? (size_t)(found - text.at) : SIZE_MAX;
}

static bool may_start(enum from from, struct bytes text, size_t at)
{
	switch (from) {
	case FROM_START:
		return at == 0;
	case FROM_LABEL:
		return at == 0 || text.at[at - 1] == '.';
	default:
		return true;
	}
}

/* The first place where the first piece may stand, or SIZE_MAX. */
static size_t find_first(enum from from, struct bytes piece,
			 struct bytes text)
{
	size_t at = find(piece, text, 0);

	while (at != SIZE_MAX && !may_start(from, text, at))
		at = at < text.len ? find(piece, text, at + 1) : SIZE_MAX;
	return at;
}

/* The last piece, not before `at`. */
static bool ends(const struct shape *shape, struct bytes piece,
		 struct bytes text, size_t at)
{
	if (!shape->to_end)
		return find(piece, text, at) != SIZE_MAX;
	return text.len - at >= piece.len &&
	       stands(piece, text, text.len - piece.len);
}

bool pattern_matches(struct bytes pattern, struct bytes text)
{
	struct shape shape = shape_of(pattern);
	struct bytes rest = shape.middle, piece = piece_of(rest);
	size_t at;

	if (piece.len == rest.len && shape.to_end)
		return text.len >= piece.len &&
		       may_start(shape.from, text, text.len - piece.len) &&
		       stands(piece, text, text.len - piece.len);
	at = find_first(shape.from, piece, text);
	while (at != SIZE_MAX && piece.len < rest.len) {
		at += piece.len;
		rest = behind(rest, piece.len + 1);
		piece = piece_of(rest);
		if (piece.len == rest.len)
			return ends(&shape, piece, text, at);
		at = find(piece, text, at);
	}
	return at != SIZE_MAX;
}

const char *pattern_check(struct bytes pattern)
{
	struct shape shape = shape_of(pattern);

	if (pattern.len == 0)
		return "the pattern is empty";
	for (size_t i = 0; i < shape.middle.len; i++)
		if (shape.middle.at[i] == '|' || shape.middle.at[i] == '^')
			return "| and ^ stand at the start and the end only";
	return NULL;
}

void pattern_literals(struct bytes pattern, struct literals *literals)
{
	struct shape shape = shape_of(pattern);
	struct bytes rest = shape.middle;
	uint8_t place = shape.from == FROM_START ? LITERAL_STARTS : 0;

	literals->count = 0;
	for (;;) {
		struct bytes piece = piece_of(rest);
		struct literal literal = { .place = place };

		for (size_t i = 0; i < piece.len; i++)
			literal_put(&literal, piece.at[i]);
		if (piece.len == rest.len && shape.to_end)
			literal.place |= LITERAL_ENDS;
		literals_offer(literals, &literal);
		if (piece.len == rest.len)
			return;
		rest = behind(rest, piece.len + 1);
		place = 0;
	}
}
