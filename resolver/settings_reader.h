/*
 * settings_reader: what is shared while a file is read: where its values go,
 * and whom troubles are told.
 *
 * For settings*.c alone.
 */
#ifndef SETTINGS_READER_H
#define SETTINGS_READER_H

#include <libconfig.h>
#include <stdbool.h>

#include "settings.h"
#include "settings_table.h"

struct settings_reader {
	struct settings *settings;
	const char *path;	/* as it was given */
	char *folder;		/* of the file; absolute */
	config_t file;
	unsigned troubles;	/* told so far */
	void (*report)(void *context, const struct settings_trouble *trouble);
	void *context;
};

/* Tells a trouble with a setting; NULL: with the file as a whole. */
__attribute__((format(printf, 3, 4)))
void settings_reader_tell(struct settings_reader *reader,
			  const config_setting_t *setting,
			  const char *format, ...);

/* The path as it is meant in the file: absolute, or a URL; to be freed. */
char *settings_reader_resolve(const struct settings_reader *reader,
			      const char *path);

/*
 * Parses the file and all that it includes into reader->file.  False: it
 * could not, and that was told.
 */
bool settings_reader_load(struct settings_reader *reader);

#endif
