/*
 * made: images and houses for the tests of policy, made in a line or two.
 */
#ifndef TESTS_POLICY_MADE_H
#define TESTS_POLICY_MADE_H

#include <criterion/criterion.h>
#include <stdlib.h>
#include <unistd.h>

#include "plain.h"
#include "policy/build.h"
#include "policy/policy.h"

/* A folder of its own with room for one image. */
struct made {
	char folder[32];
	char path[64];
	struct build *build;
};

static const uint8_t made_inputs[32] = { 'i', 'n', 'p', 'u', 't', 's' };

static inline void made_init(struct made *made)
{
	strcpy(made->folder, "/tmp/policy-XXXXXX");
	cr_assert_not_null(mkdtemp(made->folder));
	snprintf(made->path, sizeof(made->path), "%s/image", made->folder);
	made->build = build_new();
	cr_assert_not_null(made->build);
}

static inline void made_release(struct made *made)
{
	build_free(made->build);
	unlink(made->path);
	cr_assert_eq(rmdir(made->folder), 0, "something was left behind");
}

static inline struct name made_name(const char *words)
{
	struct name name;

	cr_assert_eq(name_parse(&name, bytes_of_string(words)), 0, "%s",
		     words);
	return name;
}

static inline int made_list(struct made *made, const char *name)
{
	struct image_list list = { .version = 3, .time = 1700000000 };

	strcpy(list.name, name);
	return build_list(made->build, &list);
}

static inline void made_rule(struct made *made, const char *words, bool exact,
			     uint32_t line)
{
	struct name name = made_name(words);

	cr_assert_eq(plain_rule(made->build, &name, exact, line), 0);
}

/* Any rule; what a test does not set is as for a plain one. */
static inline struct rule made_rule_of(unsigned scope, const char *words,
				       uint32_t line)
{
	struct rule rule = { .scope = (uint8_t)scope, .line = line };

	if (scope <= RULE_BELOW)
		rule.name = made_name(words);
	else
		rule.pattern = bytes_of_string(words);
	return rule;
}

static inline void made_keep(struct made *made, const struct rule *rule,
			     const char *terms)
{
	cr_assert_eq(build_rule(made->build, rule, bytes_of_string(terms)),
		     0);
}

static inline struct image *made_open(struct made *made)
{
	struct image *image;

	cr_assert_eq(plain_write(made->build, made->path, 7, made_inputs), 0);
	cr_assert_eq(image_open(&image, made->path), 0);
	return image;
}

/* Names of few labels, so that they often are the same or below another. */
static inline void made_random(char words[64], unsigned labels)
{
	static const char *const label[] = { "a", "b", "c", "dd", "eee",
					     "longer-than-eight", "F" };

	words[0] = '\0';
	for (unsigned i = 0; i < labels; i++) {
		if (i)
			strcat(words, ".");
		strcat(words, label[random() % (i + 1 == labels ? 2 : 7)]);
		if (strlen(words) > 40)
			break;
	}
}

#endif
