/*
 * Groups and arrays, down to their values.  What is not in the file is taken
 * from its fallback in the table: that is parsed by libconfig as well and goes
 * the same way, so that what the manual shows as the default is the default.
 */
#include "settings_group.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "dns/name.h"
#include "settings_value.h"

/* False, and told, when there are too many or too few. */
static bool is_good_count(const struct settings_value *value, size_t count)
{
	const struct settings_key *key = value->key;

	if (count > key->most)
		settings_reader_tell(value->reader, value->setting,
				     "\"%s\" has %zu entries: it can have %zu",
				     key->name, count, key->most);
	else if ((double)count < key->min)
		settings_reader_tell(value->reader, value->setting,
				     "\"%s\" is empty: %s = %s;", key->name,
				     key->name, settings_value_example(key));
	else
		return true;
	return false;
}

/* Room for all rows, zeroed, and stored with their count; NULL: told. */
static char *make_rows(const struct settings_value *value, size_t count)
{
	const struct settings_key *key = value->key;
	unsigned stored = (unsigned)count;
	char *rows;

	if (!is_good_count(value, count))
		return NULL;
	rows = calloc(count > 0 ? count : 1, key->row);
	if (rows == NULL) {
		settings_reader_tell(value->reader, value->setting, "%s",
				     error_words(-ENOMEM));
		return NULL;
	}
	memcpy(settings_value_field(value), &rows, sizeof(rows));
	memcpy((char *)value->base + key->count_at, &stored, sizeof(stored));
	return rows;
}

static bool is_array(const config_setting_t *setting)
{
	int type = config_setting_type(setting);

	return type == CONFIG_TYPE_ARRAY || type == CONFIG_TYPE_LIST;
}

static void take_domain(const struct settings_value *value, char **row)
{
	const char *text = config_setting_get_string(value->setting);
	char word[SETTINGS_SHOWN];
	struct name name;

	if (text == NULL)
		settings_value_tell_type(value);
	else if (name_parse(&name, bytes_of_string(text)) < 0)
		settings_reader_tell(value->reader, value->setting,
				     "\"%s\" is no name of a domain: write one "
				     "such as \"example.com\"",
				     settings_value_shown(text, word));
	else if ((*row = strdup(text)) == NULL)
		settings_reader_tell(value->reader, value->setting, "%s",
				     error_words(-ENOMEM));
}

static void take_element(const struct settings_value *value, void *row)
{
	switch (value->key->type) {
	case KEY_ADDRESSES:
		settings_value_take_address(value, row);
		break;
	case KEY_PREFIXES:
		settings_value_take_prefix(value, row);
		break;
	case KEY_CLIENTS:
		settings_value_take_client(value, row);
		break;
	case KEY_PATHS:
		settings_value_take_one_path(value, row);
		break;
	case KEY_NAMES:
		take_domain(value, row);
		break;
	default:
		settings_value_take_source(value, row);
	}
}

/* Some keys take one as well. */
static bool may_be_alone(const struct settings_value *value)
{
	return (value->key->type == KEY_SOURCES ||
		value->key->type == KEY_PATHS ||
		value->key->type == KEY_NAMES) &&
	       config_setting_type(value->setting) == CONFIG_TYPE_STRING;
}

static void take_array(const struct settings_value *value)
{
	size_t count = (size_t)config_setting_length(value->setting);
	struct settings_value element = *value;
	char *row;

	if (may_be_alone(value)) {
		row = make_rows(value, 1);
		if (row != NULL)
			take_element(value, row);
		return;
	}
	if (!is_array(value->setting)) {
		settings_value_tell_type(value);
		return;
	}
	row = make_rows(value, count);
	for (size_t i = 0; row != NULL && i < count; i++) {
		element.setting = config_setting_get_elem(value->setting,
							  (unsigned)i);
		take_element(&element, row);
		row += value->key->row;
	}
}

static void take_times(const struct settings_value *value)
{
	int count = config_setting_length(value->setting);
	struct settings_value element = *value;

	if (!is_array(value->setting)) {
		settings_value_take_times(value);
		return;
	}
	for (int i = 0; i < count; i++) {
		element.setting = config_setting_get_elem(value->setting,
							  (unsigned)i);
		settings_value_take_times(&element);
	}
}

static void take_groups(const struct settings_value *value)
{
	size_t count = (size_t)config_setting_length(value->setting);
	struct settings_value element = *value;
	char *row;

	if (config_setting_type(value->setting) != CONFIG_TYPE_LIST) {
		settings_value_tell_type(value);
		return;
	}
	row = make_rows(value, count);
	for (size_t i = 0; row != NULL && i < count; i++) {
		element.setting = config_setting_get_elem(value->setting,
							  (unsigned)i);
		if (config_setting_is_group(element.setting))
			settings_group_take(value->reader, value->key->keys,
					    element.setting, row);
		else
			settings_value_tell_type(&element);
		row += value->key->row;
	}
}

static void take(const struct settings_value *value)
{
	switch (value->key->type) {
	case KEY_ADDRESSES:
	case KEY_PREFIXES:
	case KEY_CLIENTS:
	case KEY_SOURCES:
	case KEY_PATHS:
	case KEY_NAMES:
		take_array(value);
		break;
	case KEY_TIMES:
		take_times(value);
		break;
	case KEY_GROUPS:
		take_groups(value);
		break;
	case KEY_GROUP:
		if (config_setting_is_group(value->setting))
			settings_group_take(value->reader, value->key->keys,
					    value->setting, value->base);
		else
			settings_value_tell_type(value);
		break;
	default:
		settings_value_take(value);
	}
}

static void take_fallback(struct settings_value *value)
{
	char line[512];
	config_t written;

	snprintf(line, sizeof(line), "v = %s;", value->key->fallback);
	config_init(&written);
	if (config_read_string(&written, line))
		value->setting = config_lookup(&written, "v");
	if (value->setting != NULL)
		take(value);
	config_destroy(&written);
}

static void take_nothing(struct settings_value *value,
			 const config_setting_t *group)
{
	const struct settings_key *key = value->key;

	if (key->type == KEY_GROUP)
		settings_group_take(value->reader, key->keys, NULL,
				    value->base);
	else if (key->fallback != NULL)
		take_fallback(value);
	else if (key->required)
		settings_reader_tell(value->reader, group,
				     "\"%s\" is missing: %s = %s;", key->name,
				     key->name, settings_value_example(key));
}

static void tell_unknown(struct settings_reader *reader,
			 const struct settings_key *keys,
			 const config_setting_t *setting)
{
	const char *name = config_setting_name(setting);
	const char *near = settings_table_near(keys, name);
	char word[SETTINGS_SHOWN];

	settings_value_shown(name, word);
	if (near != NULL)
		settings_reader_tell(reader, setting, "unknown key \"%s\": "
				     "did you mean \"%s\"?", word, near);
	else
		settings_reader_tell(reader, setting, "unknown key \"%s\"",
				     word);
}

/* Those in the file in its order, then those that are not in it. */
void settings_group_take(struct settings_reader *reader,
			 const struct settings_key *keys,
			 const config_setting_t *group, void *base)
{
	int count = group != NULL ? config_setting_length(group) : 0;
	struct settings_value value = { .reader = reader, .base = base };

	for (int i = 0; i < count; i++) {
		value.setting = config_setting_get_elem(group, (unsigned)i);
		value.key = settings_table_find(
			keys, config_setting_name(value.setting));
		if (value.key != NULL)
			take(&value);
		else
			tell_unknown(reader, keys, value.setting);
	}
	for (value.key = keys; value.key->name != NULL; value.key++) {
		value.setting = NULL;
		if (group == NULL || !config_setting_get_member(
					     group, value.key->name))
			take_nothing(&value, group);
	}
}
