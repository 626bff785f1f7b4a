/*
 * settings_overlay: what people changed about lists with `homebound lists`,
 * beside the configuration file, which is theirs to write.
 *
 *	STATE/lists.conf	lists = ( ... ); switches = ( ... );
 *
 * Read with the configuration and laid over it; written whole, by the program
 * alone, in the same syntax.
 */
#ifndef SETTINGS_OVERLAY_H
#define SETTINGS_OVERLAY_H

#include <stdbool.h>

#include "settings_reader.h"

struct text;

/* Lays it over reader->settings, whose `state` is known.  What is wrong in it
 * is told. */
void settings_overlay_take(struct settings_reader *reader);

/*
 * Changes of the file.  0; ERROR_ABSENT or ERROR_BUSY with a sentence in
 * `why`; or another error.  A name is given to one list alone, also over the
 * configuration file, which is what `settings` were read from.
 */
struct settings_new_list {
	const char *name;
	const char *const *sources;
	unsigned source_count;
	const char *action, *format, *key;	/* words as the configuration
						 * has them; or NULL */
};

int settings_overlay_add(const struct settings *settings,
			 const struct settings_new_list *list,
			 struct text *why);
int settings_overlay_remove(const struct settings *settings, const char *name,
			    struct text *why);
int settings_overlay_switch(const struct settings *settings, const char *name,
			    bool on, struct text *why);

#endif
