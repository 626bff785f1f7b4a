/*
 * settings_table: the keys of the configuration file, each a row that says
 * where its value goes, what is allowed, what holds without it and what the
 * manual says of it.
 *
 * For settings*.c alone.  A table ends with a row without a name.
 */
#ifndef SETTINGS_TABLE_H
#define SETTINGS_TABLE_H

#include <stdbool.h>
#include <stddef.h>

enum settings_type {
	KEY_BOOL,
	KEY_NUMBER,
	KEY_POWER,		/* a number that is a power of two */
	KEY_SECONDS,	/* kept in milliseconds */
	KEY_BYTES,
	KEY_TEXT,
	KEY_PATH,		/* relative: to the folder of the file */
	KEY_WORD,		/* one of a few */
	KEY_NAME,		/* of a list: a char array */
	KEY_SINK4,		/* of struct house_sink */
	KEY_SINK6,
	KEY_ADDRESS,
	KEY_ADDRESSES,
	KEY_PREFIXES,
	KEY_SOURCES,		/* paths and URLs; one or an array */
	KEY_PATHS,		/* likewise, without URLs */
	KEY_NAMES,		/* domain names; likewise */
	KEY_CLIENTS,		/* prefixes and MAC addresses */
	KEY_TIMES,		/* a struct schedule; one or an array */
	KEY_DURATION,	/* kept in seconds */
	KEY_GROUP,		/* its keys go into the same struct */
	KEY_GROUPS,	/* an array of structs, one for each group */
};

struct settings_key {
	const char *name;
	enum settings_type type;
	size_t at, size;	/* the field; an array: its pointer, and */
	size_t count_at;	/* where an array's count (unsigned) goes, */
	size_t most;		/* how many there may be, */
	size_t row;		/* and the size of one */
	double min, max;
	const char *fallback;	/* as a person would write it; NULL: none */
	const char *example;	/* where there is no fallback to show */
	const char *unit;
	const char *words;	/* "auto|yes|no" */
	int (*parse)(const char *word);
	const struct settings_key *keys;	/* of a group */
	bool required;
	const char *text;	/* for the manual: mdoc */
};

extern const struct settings_key settings_table[];
extern const struct settings_key settings_list_keys[];
extern const struct settings_key settings_group_keys[];
extern const struct settings_key settings_alert_keys[];

const struct settings_key *settings_table_find(const struct settings_key *keys,
					       const char *name);

/* The nearest name or word, near enough to have been meant; or NULL. */
const char *settings_table_near(const struct settings_key *keys,
				const char *name);

/* Does `word` stand in "a|b|c"?  And which one was meant, into near[64]. */
bool settings_table_has_word(const char *words, const char *word);
bool settings_table_near_word(const char *words, const char *word,
			      char near[64]);

/* "true or false", "a whole number": what a key of this type takes. */
const char *settings_table_takes(enum settings_type type);

#endif
