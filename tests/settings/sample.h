/*
 * sample: a folder with configuration files in it, and what was told of them.
 *
 * Each test program is of one file or more; all of this is static.
 */
#ifndef TESTS_SETTINGS_SAMPLE_H
#define TESTS_SETTINGS_SAMPLE_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "settings.h"

/* A line a trouble: "LINE: WORDS". */
static char folder[64], conf[96], told[65536], told_file[256];
static struct text out;
static unsigned troubles;

static inline void setup(void)
{
	strcpy(folder, "/tmp/settings.XXXXXX");
	cr_assert_not_null(mkdtemp(folder));
	snprintf(conf, sizeof(conf), "%s/homebound.conf", folder);
}

static inline void teardown(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	cr_assert_eq(system(command), 0);
}

static inline void write_file(const char *name, const char *text)
{
	char path[256];
	FILE *stream;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	stream = fopen(path, "w");
	cr_assert_not_null(stream);
	fputs(text, stream);
	cr_assert_eq(fclose(stream), 0);
}

static void report(void *context, const struct settings_trouble *trouble)
{
	cr_assert_eq(context, folder, "the context came through");
	troubles++;
	text_put(&out, "%u: %s\n", trouble->line, trouble->words);
	snprintf(told_file, sizeof(told_file), "%s", trouble->file);
}

static inline int read_path(struct settings **settings, const char *path)
{
	int error;

	text_init(&out, told, sizeof(told));
	troubles = 0;
	*settings = NULL;
	error = settings_read(settings, path, report, folder);
	cr_assert_eq(error, troubles > 0 ? ERROR_SETTINGS : 0, "%s", told);
	cr_assert_eq(*settings == NULL, error < 0);
	return error;
}

static inline struct settings *read_good(const char *text)
{
	struct settings *settings;

	write_file("homebound.conf", text);
	cr_assert_eq(read_path(&settings, conf), 0, "%s\n%s", text, told);
	return settings;
}

static inline void expect_trouble(const char *text, const char *words)
{
	struct settings *settings;

	write_file("homebound.conf", text);
	cr_assert_eq(read_path(&settings, conf), ERROR_SETTINGS,
		     "taken for good: %s", text);
	cr_assert_not_null(strstr(told, words), "of %s\nit said %s\nnot %s",
			   text, told, words);
}

#endif
