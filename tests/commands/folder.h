/*
 * folder: a household under /tmp with a configuration and lists, commands
 * that are called in it, and what they said.
 */
#ifndef TESTS_COMMANDS_FOLDER_H
#define TESTS_COMMANDS_FOLDER_H

#include <criterion/criterion.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands/commands.h"

struct folder {
	char path[32];
	char config[64];
	char said[16384];	/* by the last call, on both streams */
};

static inline void folder_write(struct folder *folder, const char *name,
				const char *text)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder->path, name);
	file = fopen(path, "w");
	cr_assert_not_null(file);
	fputs(text, file);
	cr_assert_eq(fclose(file), 0);
}

static inline void folder_configure(struct folder *folder, const char *lists)
{
	char text[4096];

	snprintf(text, sizeof(text),
		 "user = \"\";\nstate = \"%s/state\";\n"
		 "control = \"%s/control\";\n"
		 "upstreams = ( { address = \"127.0.0.1:1\"; } );\n"
		 "sink = { address4 = \"192.0.2.5\"; };\n"
		 "lists = ( %s );\n", folder->path, folder->path, lists);
	folder_write(folder, "conf", text);
}

static inline void folder_make(struct folder *folder)
{
	strcpy(folder->path, "/tmp/commands-XXXXXX");
	cr_assert_not_null(mkdtemp(folder->path));
	snprintf(folder->config, sizeof(folder->config), "%s/conf",
		 folder->path);
}

static inline int folder_drop_one(const char *path, const struct stat *status,
				  int kind, struct FTW *at)
{
	(void)status;
	(void)kind;
	(void)at;
	return remove(path);
}

static inline void folder_drop(struct folder *folder)
{
	cr_assert_eq(nftw(folder->path, folder_drop_one, 8,
			  FTW_DEPTH | FTW_PHYS), 0);
}

enum { FOLDER_WORDS = 8 };

/* Calls it with -c and more words, NULL behind them if they are fewer. */
static inline int folder_call(struct folder *folder,
			      const struct command *command,
			      const char *const more[])
{
	char *line[3 + FOLDER_WORDS] = { (char *)(uintptr_t)command->name,
					 "-c", folder->config };
	int count = 3, out = dup(1), err = dup(2), code;
	FILE *heard = tmpfile();
	size_t len;

	for (int i = 0; i < FOLDER_WORDS && more[i]; i++)
		line[count++] = (char *)(uintptr_t)more[i];
	fflush(NULL);
	dup2(fileno(heard), 1);
	dup2(fileno(heard), 2);
	code = commands_call(command, "homebound", count, line);
	fflush(NULL);
	dup2(out, 1);
	dup2(err, 2);
	close(out);
	close(err);
	rewind(heard);
	len = fread(folder->said, 1, sizeof(folder->said) - 1, heard);
	folder->said[len] = '\0';
	fclose(heard);
	return code;
}

#endif
