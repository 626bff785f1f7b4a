/*
 * found: the rules of an image that match a name, for tests to look at.
 */
#ifndef TESTS_POLICY_FOUND_H
#define TESTS_POLICY_FOUND_H

#include "base/text.h"
#include "made.h"

enum { FOUND_MAX = 64 };

struct found {
	struct image_rule rules[FOUND_MAX];
	unsigned count, wanted;
};

static inline bool found_note(void *context, const struct image_rule *rule)
{
	struct found *found = context;

	cr_assert_lt(found->count, FOUND_MAX);
	found->rules[found->count++] = *rule;
	return found->count < found->wanted;
}

static inline struct found match(const struct image *image, const char *words)
{
	struct found found = { .wanted = FOUND_MAX };
	struct name name = made_name(words);

	image_match(image, &name, found_note, &found);
	return found;
}

/* The text of the first rule that matches; "" when there is none. */
static inline const char *found_text(const struct image *image,
				     const char *words, char room[1100])
{
	struct found found = match(image, words);
	struct name name = made_name(words);
	struct text text;

	text_init(&text, room, 1100);
	if (found.count)
		image_text(image, &found.rules[0], &name, &text);
	return room;
}

#endif
