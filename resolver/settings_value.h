/*
 * settings_value: one value of the file, checked and put where its row of the
 * table says.
 *
 * For settings*.c alone.
 */
#ifndef SETTINGS_VALUE_H
#define SETTINGS_VALUE_H

#include "settings_reader.h"

struct settings_value {
	struct settings_reader *reader;
	const struct settings_key *key;
	const config_setting_t *setting;
	void *base;		/* of the struct that has the field */
};

/* All types but arrays and groups.  What is wrong is told. */
void settings_value_take(const struct settings_value *value);

/* An element of an array of text, into its row. */
void settings_value_take_address(const struct settings_value *value,
				 struct address *row);
void settings_value_take_prefix(const struct settings_value *value,
				struct prefix *row);
void settings_value_take_source(const struct settings_value *value,
				char **row);
void settings_value_take_one_path(const struct settings_value *value,
				  char **row);
void settings_value_take_client(const struct settings_value *value,
				struct settings_client *row);
/* Into the schedule that is the field. */
void settings_value_take_times(const struct settings_value *value);

void *settings_value_field(const struct settings_value *value);
const char *settings_value_example(const struct settings_key *key);
void settings_value_tell_type(const struct settings_value *value);

/* Text from the file as it can be shown. */
enum { SETTINGS_SHOWN = 81 };
const char *settings_value_shown(const char *text, char word[SETTINGS_SHOWN]);

#endif
