/*
 * settings_group: the keys of a group and what is in them.
 *
 * For settings*.c alone.
 */
#ifndef SETTINGS_GROUP_H
#define SETTINGS_GROUP_H

#include "settings_reader.h"

/*
 * Reads a group by its table into the struct at `base`.  NULL for a group
 * that is not in the file: then all in it is as the table says.
 */
void settings_group_take(struct settings_reader *reader,
			 const struct settings_key *keys,
			 const config_setting_t *group, void *base);

#endif
