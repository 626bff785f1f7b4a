/*
 * plain: rules that only block a name, and images in files, for tests that
 * need an image and are about something else.
 */
#ifndef TESTS_POLICY_PLAIN_H
#define TESTS_POLICY_PLAIN_H

#include <stdbool.h>

#include "base/file.h"
#include "policy/build.h"
#include "policy/rule.h"

static inline int plain_rule(struct build *build, const struct name *name,
			     bool exact, uint32_t line)
{
	struct rule rule = {
		.scope = exact ? RULE_EXACT : RULE_SUBTREE, .line = line,
		.name = *name,
	};

	return build_rule(build, &rule, bytes_of(NULL, 0));
}

static inline int plain_write(struct build *build, const char *path,
			      uint32_t serial, const uint8_t *inputs)
{
	struct file_replacement file;
	int error = file_replace(&file, path, 0640);

	if (error < 0)
		return error;
	error = build_write(build, fileno(file.stream), serial, inputs);
	if (error == 0)
		return file_replace_commit(&file);
	file_replace_abort(&file);
	return error;
}

#endif
