/*
 * own: a folder with a file of rules, made in a line or two.
 */
#ifndef TESTS_POLICY_OWN_H
#define TESTS_POLICY_OWN_H

#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "policy/own.h"

struct made_own {
	char state[32];
	unsigned reports;
	unsigned line;			/* of the last report */
	char words[256];
};

static inline void made_path(const struct made_own *made, const char *name,
			     char path[512])
{
	snprintf(path, 512, "%s/%s", made->state, name);
}

static inline void made_init(struct made_own *made)
{
	*made = (struct made_own){ .state = "/tmp/own-XXXXXX" };
	cr_assert_not_null(mkdtemp(made->state));
}

static inline void made_release(struct made_own *made)
{
	DIR *folder = opendir(made->state);
	struct dirent *entry;
	char path[512];

	cr_assert_not_null(folder);
	while ((entry = readdir(folder)) != NULL)
		if (entry->d_name[0] != '.') {
			made_path(made, entry->d_name, path);
			cr_assert_eq(unlink(path), 0);
		}
	closedir(folder);
	cr_assert_eq(rmdir(made->state), 0);
}

static inline void made_bytes_write(struct made_own *made, const char *name,
				    struct bytes bytes)
{
	char path[512];
	FILE *file;

	made_path(made, name, path);
	file = fopen(path, "w");
	cr_assert_not_null(file);
	fwrite(bytes.at, 1, bytes.len, file);
	cr_assert_eq(fclose(file), 0);
}

static inline void made_write(struct made_own *made, const char *text)
{
	made_bytes_write(made, "own.rules", bytes_of_string(text));
}

static inline void made_report(void *context, unsigned line, const char *words)
{
	struct made_own *made = context;

	made->reports++;
	made->line = line;
	snprintf(made->words, sizeof(made->words), "%s", words);
}

static inline struct own *made_read(struct made_own *made)
{
	struct own *own;

	made->reports = 0;
	cr_assert_eq(own_read(&own, made->state, made_report, made), 0);
	return own;
}

static inline struct name made_name(const char *words)
{
	struct name name;

	cr_assert_eq(name_parse(&name, bytes_of_string(words)), 0, "%s",
		     words);
	return name;
}

static inline struct address made_address(const char *words)
{
	struct address address;

	cr_assert_eq(address_parse(&address, words, 53), 0, "%s", words);
	return address;
}

/* The file must have that text. */
static inline void made_expect(struct made_own *made, const char *text)
{
	char path[512];
	uint8_t *at;
	size_t len;

	made_path(made, "own.rules", path);
	cr_assert_eq(file_read(path, 1 << 20, &at, &len), 0);
	cr_expect_str_eq((const char *)at, text);
	free(at);
}

static inline struct own_rule made_rule(const char *name, bool allow)
{
	struct own_rule rule = { .allow = allow };
	const char *why;

	cr_assert_eq(own_parse_name(&rule, name, &why), 0, "%s", name);
	return rule;
}

static inline void made_client(struct own_rule *rule, const char *prefix)
{
	cr_assert_eq(prefix_parse(&rule->client, prefix), 0);
	rule->has_client = true;
}

#endif
