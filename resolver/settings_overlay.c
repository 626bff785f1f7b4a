/*
 * The same reader and the same keys as for the configuration itself, on a
 * file of its own; changes go through libconfig, which knows how to write
 * what it reads.
 */
#include "settings_overlay.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "settings_group.h"

enum { PATH_ROOM = 4096, FILE_MODE = 0640 };

/* A list that is on or off, whatever its `enabled` says. */
struct overlay_switch {
	char name[IMAGE_LIST_NAME];
	bool enabled;
};

struct overlay {
	struct list_options *lists;
	unsigned list_count;
	struct overlay_switch *switches;
	unsigned switch_count;
};

#define SWITCH_FIELD(field) \
	.at = offsetof(struct overlay_switch, field), \
	.size = sizeof(((struct overlay_switch *)NULL)->field)
#define OVERLAY_ARRAY(field, count) \
	.at = offsetof(struct overlay, field), \
	.size = sizeof(((struct overlay *)NULL)->field), \
	.count_at = offsetof(struct overlay, count), \
	.row = sizeof(*((struct overlay *)NULL)->field)

static const struct settings_key switch_keys[] = {
	{ "name", KEY_NAME, SWITCH_FIELD(name), .required = true,
	  .example = "\"phone-home\"" },
	{ "enabled", KEY_BOOL, SWITCH_FIELD(enabled), .fallback = "true" },
	{ .name = NULL }
};

static const struct settings_key overlay_keys[] = {
	{ "lists", KEY_GROUPS, OVERLAY_ARRAY(lists, list_count),
	  .most = IMAGE_LISTS, .keys = settings_list_keys,
	  .example = "( )" },
	{ "switches", KEY_GROUPS, OVERLAY_ARRAY(switches, switch_count),
	  .most = IMAGE_LISTS, .keys = switch_keys, .example = "( )" },
	{ .name = NULL }
};

static void overlay_path(char path[PATH_ROOM], const char *state)
{
	snprintf(path, PATH_ROOM, "%s/lists.conf", state);
}

/* --- reading --- */

/* The lists move into the settings; a name that is taken stays behind. */
static bool lay_lists(struct settings *settings, struct overlay *overlay)
{
	unsigned room = settings->list_count + overlay->list_count;
	struct list_options *lists = reallocarray(settings->lists, room + 1u,
						  sizeof(*lists));

	if (lists == NULL)
		return false;
	settings->lists = lists;
	for (unsigned i = 0; i < overlay->list_count; i++) {
		struct list_options *list = &overlay->lists[i];

		list->line = 0;
		if (settings_find_list(settings, list->name) != NULL ||
		    settings->list_count == IMAGE_LISTS)
			list_options_release(list);
		else
			lists[settings->list_count++] = *list;
	}
	overlay->list_count = 0;
	return true;
}

static void lay_switches(struct settings *settings,
			 const struct overlay *overlay)
{
	for (unsigned i = 0; i < overlay->switch_count; i++) {
		struct list_options *list =
			settings_find_list(settings, overlay->switches[i].name);

		if (list != NULL)
			list->enabled = overlay->switches[i].enabled;
	}
}

static void overlay_release(struct overlay *overlay)
{
	for (unsigned i = 0; i < overlay->list_count; i++)
		list_options_release(&overlay->lists[i]);
	free(overlay->lists);
	free(overlay->switches);
}

void settings_overlay_take(struct settings_reader *reader)
{
	struct settings *settings = reader->settings;
	struct overlay overlay = { 0 };
	char path[PATH_ROOM];
	struct settings_reader inner = {
		.settings = settings, .path = path, .folder = settings->state,
		.report = reader->report, .context = reader->context,
	};

	overlay_path(path, settings->state);
	if (access(path, F_OK) != 0)
		return;
	config_init(&inner.file);
	if (settings_reader_load(&inner))
		settings_group_take(&inner, overlay_keys,
				    config_root_setting(&inner.file),
				    &overlay);
	if (inner.troubles == 0 && !lay_lists(settings, &overlay))
		settings_reader_tell(&inner, NULL, "%s",
				     error_words(-ENOMEM));
	if (inner.troubles == 0)
		lay_switches(settings, &overlay);
	reader->troubles += inner.troubles;
	config_destroy(&inner.file);
	overlay_release(&overlay);
}

/* --- changing --- */

/* The file as it is; an empty one where there is none. */
static int open_file(config_t *file, char path[PATH_ROOM], const char *state)
{
	overlay_path(path, state);
	config_init(file);
	if (access(path, F_OK) != 0 || config_read_file(file, path))
		return 0;
	config_destroy(file);
	return ERROR_DAMAGED;
}

static int write_file(config_t *file, const char *path)
{
	struct file_replacement new;
	int error = file_replace(&new, path, FILE_MODE);

	if (error == 0) {
		fputs("# Written by homebound lists.  Lists of your own go "
		      "into homebound.conf.\n", new.stream);
		config_write(file, new.stream);
		error = file_replace_commit(&new);
	}
	config_destroy(file);
	return error;
}

/* The array of that name, made if it is not there; NULL: no memory. */
static config_setting_t *rows_of(config_t *file, const char *name)
{
	config_setting_t *rows = config_lookup(file, name);

	return rows != NULL ? rows :
		config_setting_add(config_root_setting(file), name,
				   CONFIG_TYPE_LIST);
}

/* The place of the row with that name; -1: there is none. */
static int find_row(const config_setting_t *rows, const char *name)
{
	const char *its;

	for (int i = 0; rows != NULL && i < config_setting_length(rows); i++)
		if (config_setting_lookup_string(
			    config_setting_get_elem(rows, (unsigned)i),
			    "name", &its) && strcmp(its, name) == 0)
			return i;
	return -1;
}

static config_setting_t *add_row(config_t *file, const char *rows,
				 const char *name)
{
	config_setting_t *all = rows_of(file, rows), *row, *key;

	if (all == NULL)
		return NULL;
	row = config_setting_add(all, NULL, CONFIG_TYPE_GROUP);
	key = row != NULL ? config_setting_add(row, "name",
					       CONFIG_TYPE_STRING) : NULL;
	if (key == NULL || !config_setting_set_string(key, name))
		return NULL;
	return row;
}

static void drop_row(config_t *file, const char *rows, const char *name)
{
	config_setting_t *all = config_lookup(file, rows);
	int at = find_row(all, name);

	if (at >= 0)
		config_setting_remove_elem(all, (unsigned)at);
}

static bool add_word(config_setting_t *row, const char *key, const char *word)
{
	config_setting_t *setting;

	if (word == NULL)
		return true;
	setting = config_setting_add(row, key, CONFIG_TYPE_STRING);
	return setting != NULL && config_setting_set_string(setting, word);
}

static bool add_sources(config_setting_t *row,
			const struct settings_new_list *list)
{
	config_setting_t *sources = config_setting_add(row, "source",
						       CONFIG_TYPE_ARRAY);

	for (unsigned i = 0; sources != NULL && i < list->source_count; i++)
		if (config_setting_set_string_elem(sources, -1,
						   list->sources[i]) == NULL)
			return false;
	return sources != NULL;
}

int settings_overlay_add(const struct settings *settings,
			 const struct settings_new_list *list,
			 struct text *why)
{
	config_setting_t *row;
	char path[PATH_ROOM];
	config_t file;
	int error;

	if (settings_find_list(settings, list->name) != NULL) {
		text_put(why, "there is a list \"%s\" already", list->name);
		return ERROR_BUSY;
	}
	error = open_file(&file, path, settings->state);
	if (error < 0)
		return error;
	row = add_row(&file, "lists", list->name);
	if (row != NULL && add_sources(row, list) &&
	    add_word(row, "action", list->action) &&
	    add_word(row, "format", list->format) &&
	    add_word(row, "key", list->key))
		return write_file(&file, path);
	config_destroy(&file);
	return -ENOMEM;
}

/* A group of the configuration that names the list; or NULL. */
static const char *find_group(const struct settings *settings,
			      const char *name)
{
	for (unsigned i = 0; i < settings->group_count; i++) {
		const struct settings_group *group = &settings->groups[i];

		for (unsigned j = 0; j < group->list_count; j++)
			if (strcmp(group->lists[j].name, name) == 0)
				return group->name;
	}
	return NULL;
}

/* True, and said: it is not ours to take away. */
static bool is_fixed(const struct settings *settings, const char *name,
		     struct text *why)
{
	const struct list_options *list = settings_find_list(settings, name);
	const char *group = find_group(settings, name);

	if (list == NULL)
		text_put(why, "there is no list \"%s\"", name);
	else if (list->line > 0)
		text_put(why, "\"%s\" stands in the configuration (%s, line "
			 "%u): take it out there, or: homebound lists disable "
			 "%s", name, settings->path, list->line, name);
	else if (group != NULL)
		text_put(why, "the group \"%s\" of the configuration (%s) has "
			 "\"%s\": take it out there first", group,
			 settings->path, name);
	return list == NULL || list->line > 0 || group != NULL;
}

int settings_overlay_remove(const struct settings *settings, const char *name,
			    struct text *why)
{
	char path[PATH_ROOM];
	config_t file;
	int error;

	if (is_fixed(settings, name, why))
		return ERROR_ABSENT;
	error = open_file(&file, path, settings->state);
	if (error < 0)
		return error;
	drop_row(&file, "lists", name);
	drop_row(&file, "switches", name);
	return write_file(&file, path);
}

int settings_overlay_switch(const struct settings *settings, const char *name,
			    bool on, struct text *why)
{
	config_setting_t *row, *key = NULL;
	char path[PATH_ROOM];
	config_t file;
	int error;

	if (settings_find_list(settings, name) == NULL) {
		text_put(why, "there is no list \"%s\"", name);
		return ERROR_ABSENT;
	}
	error = open_file(&file, path, settings->state);
	if (error < 0)
		return error;
	drop_row(&file, "switches", name);
	row = add_row(&file, "switches", name);
	if (row != NULL)
		key = config_setting_add(row, "enabled", CONFIG_TYPE_BOOL);
	if (key != NULL && config_setting_set_bool(key, on))
		return write_file(&file, path);
	config_destroy(&file);
	return -ENOMEM;
}
