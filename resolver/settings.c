/*
 * A file becomes a struct in three steps: libconfig parses it (reader), the
 * table of keys says where each value goes and whether it is right (table,
 * group, value), and what no single key can know is checked here.
 */
#include "settings.h"

#include <errno.h>
#include <libconfig.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "settings_group.h"
#include "settings_overlay.h"
#include "settings_reader.h"
#include "settings_table.h"
#include "subscribe/compiler.h"
#include "upstream/system.h"

static config_setting_t *element_of(struct settings_reader *reader,
				    const char *key, unsigned i)
{
	config_setting_t *setting = config_lookup(&reader->file, key);

	return setting != NULL ? config_setting_get_elem(setting, i) : NULL;
}

static void check_listen(struct settings_reader *reader)
{
	const struct settings *settings = reader->settings;
	char word[ADDRESS_TEXT];
	struct text text;

	for (unsigned i = 0; i < settings->listen_count; i++) {
		for (unsigned j = 0; j < i; j++) {
			if (settings->listen[i].family == 0 ||
			    !address_equal(&settings->listen[i],
					   &settings->listen[j]))
				continue;
			text_init(&text, word, sizeof(word));
			address_print(&settings->listen[i], 0, &text);
			settings_reader_tell(reader,
					     element_of(reader, "listen", i),
					     "%s is given twice", word);
			break;
		}
	}
}

/* The address we listen at where a question to `server` would come back. */
static const struct address *find_loop(const struct settings *settings,
				       const struct address *server)
{
	for (unsigned i = 0; i < settings->listen_count; i++) {
		struct addresses one = { &settings->listen[i], 1 };

		if (one.at->family != 0 && system_is_ours(server, one))
			return one.at;
	}
	return NULL;
}

static void check_upstream(struct settings_reader *reader, unsigned i)
{
	const struct settings *settings = reader->settings;
	const struct address *server = &settings->upstreams[i], *ours;
	config_setting_t *setting = element_of(reader, "upstreams", i);
	char word[ADDRESS_TEXT], listen[ADDRESS_TEXT];
	struct text text;

	text_init(&text, word, sizeof(word));
	address_print(server, 53, &text);
	ours = find_loop(settings, server);
	if (ours != NULL) {
		text_init(&text, listen, sizeof(listen));
		address_print(ours, 0, &text);
		settings_reader_tell(reader, setting, "the upstream %s is "
				     "homebound itself, which listens at %s: "
				     "questions would go round in a circle",
				     word, listen);
	}
	for (unsigned j = 0; j < i; j++)
		if (address_equal(server, &settings->upstreams[j]))
			settings_reader_tell(reader, setting, "the upstream "
					     "%s is given twice", word);
}

static bool is_hex(const char *text)
{
	return strlen(text) == 64 && strspn(text, "0123456789abcdefABCDEF")
		== 64;
}

/* What makes sure that a text is the right one is itself made sure of. */
static void check_list(struct settings_reader *reader, unsigned i)
{
	const struct list_options *list = &reader->settings->lists[i];
	config_setting_t *setting = element_of(reader, "lists", i);

	if (list->sha256 != NULL && !is_hex(list->sha256))
		settings_reader_tell(reader, setting, "\"sha256\" of \"%s\" "
				     "is no SHA-256: it has 64 hexadecimal "
				     "digits, as sha256sum(1) prints them",
				     list->name);
	if (list->key != NULL && (strlen(list->key) != 56 ||
				  strncmp(list->key, "RW", 2) != 0))
		settings_reader_tell(reader, setting, "\"key\" of \"%s\" is "
				     "no public key of minisign(1): it has 56 "
				     "characters and begins with RW",
				     list->name);
}

static void check_lists(struct settings_reader *reader)
{
	struct list_options *lists = reader->settings->lists;
	config_setting_t *setting;

	for (unsigned i = 0; i < reader->settings->list_count; i++) {
		setting = element_of(reader, "lists", i);
		lists[i].line = config_setting_source_line(setting);
		check_list(reader, i);
		for (unsigned j = 0; j < i && lists[i].name[0] != '\0'; j++)
			if (strcmp(lists[i].name, lists[j].name) == 0)
				settings_reader_tell(reader, setting,
					"there is another list with the name "
					"\"%s\", in line %u", lists[i].name,
					lists[j].line);
	}
}

static void check_group(struct settings_reader *reader, unsigned i)
{
	const struct settings_group *groups = reader->settings->groups;
	config_setting_t *setting = element_of(reader, "groups", i);

	for (unsigned j = 0; j < i; j++)
		if (strcmp(groups[i].name, groups[j].name) == 0)
			settings_reader_tell(reader, setting, "there is "
				"another group with the name \"%s\"",
				groups[i].name);
	if (groups[i].client_count == 0 &&
	    strcmp(groups[i].name, "default") != 0)
		settings_reader_tell(reader, setting, "the group \"%s\" has "
				     "no clients: only \"default\" needs "
				     "none", groups[i].name);
	for (unsigned j = 0; j < groups[i].list_count; j++)
		if (!settings_find_list(reader->settings,
					groups[i].lists[j].name))
			settings_reader_tell(reader, setting, "the group "
				"\"%s\" has the list \"%s\", which \"lists\" "
				"does not have", groups[i].name,
				groups[i].lists[j].name);
}

static void check_zone(struct settings_reader *reader)
{
	const char *zone = reader->settings->timezone;

	if (zone != NULL && *zone != '\0' && schedule_zone(zone) < 0)
		settings_reader_tell(reader,
				     config_lookup(&reader->file, "timezone"),
				     "there is no time zone \"%s\" here: "
				     "write one such as \"Europe/Berlin\"",
				     zone);
}

/* "/run/homebound" of "/run/homebound/control". */
static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return strdup(".");
	return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

/* What one key says and several modules want to know. */
static void share(struct settings *settings)
{
	if (settings->journal_rings == NULL && settings->control != NULL)
		settings->journal_rings = folder_of(settings->control);
	settings->journal.rings = settings->journal_rings;
	settings->journal.workers = settings->workers;
	settings->journal.group = (gid_t)-1;
	settings->upstream.flights = settings->query.waiting;
	settings->upstream.payload = settings->query.payload;
}

static void take(struct settings_reader *reader)
{
	struct settings *settings = reader->settings;

	settings_group_take(reader, settings_table,
			    config_root_setting(&reader->file), settings);
	settings->allow_default = settings->allow_clients == NULL;
	share(settings);
	check_listen(reader);
	for (unsigned i = 0; i < settings->upstream_count; i++)
		if (settings->upstreams[i].family != 0)
			check_upstream(reader, i);
	check_lists(reader);
	if (settings->state != NULL)
		settings_overlay_take(reader);
	for (unsigned i = 0; i < settings->group_count; i++)
		check_group(reader, i);
	check_zone(reader);
	if (reader->troubles == 0 && settings->journal_rings == NULL)
		settings_reader_tell(reader, NULL, "%s",
				     error_words(-ENOMEM));
}

/* Absolute, so that it holds after a change of folder. */
static char *absolute(const char *path)
{
	char *here, *whole = NULL;

	if (path[0] == '/')
		return strdup(path);
	here = getcwd(NULL, 0);
	if (here != NULL &&
	    asprintf(&whole, "%s/%s", strcmp(here, "/") == 0 ? "" : here,
		     path) < 0)
		whole = NULL;
	free(here);
	return whole;
}

static bool begin(struct settings_reader *reader)
{
	config_init(&reader->file);
	reader->settings = calloc(1, sizeof(*reader->settings));
	if (reader->settings != NULL)
		reader->settings->path = absolute(reader->path);
	if (reader->settings == NULL || reader->settings->path == NULL)
		return false;
	reader->folder = folder_of(reader->settings->path);
	return reader->folder != NULL;
}

int settings_read(struct settings **settings, const char *path,
		  void (*report)(void *context,
				 const struct settings_trouble *trouble),
		  void *context)
{
	struct settings_reader reader = {
		.path = path, .report = report, .context = context,
	};

	if (!begin(&reader))
		settings_reader_tell(&reader, NULL, "%s",
				     error_words(-ENOMEM));
	else if (settings_reader_load(&reader))
		take(&reader);
	config_destroy(&reader.file);
	free(reader.folder);
	if (reader.troubles > 0) {
		settings_free(reader.settings);
		return ERROR_SETTINGS;
	}
	*settings = reader.settings;
	return 0;
}

static void ignore(void *context, const struct settings_trouble *trouble)
{
	(void)context;
	(void)trouble;
}

int settings_read_control(const char *path, char **control)
{
	const struct settings_key keys[] = {
		*settings_table_find(settings_table, "control"),
		{ .name = NULL },
	};
	struct settings_reader reader = { .path = path, .report = ignore };
	const config_setting_t *root = NULL;

	*control = NULL;
	if (begin(&reader)) {
		if (settings_reader_load(&reader))
			root = config_root_setting(&reader.file);
		settings_group_take(&reader, keys, root, reader.settings);
		*control = reader.settings->control;
		reader.settings->control = NULL;
	}
	config_destroy(&reader.file);
	free(reader.folder);
	settings_free(reader.settings);
	return root != NULL ? 0 : ERROR_SETTINGS;
}

static void free_paths(char **paths, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		free(paths[i]);
	free(paths);
}

/* What was made here is const for who reads it. */
static void free_keeping(struct privacy_options *privacy)
{
	free_paths((char **)(uintptr_t)privacy->never_names,
		   privacy->never_name_count);
	free((void *)(uintptr_t)privacy->never_clients);
}

void settings_free(struct settings *settings)
{
	if (settings == NULL)
		return;
	for (unsigned i = 0; i < settings->list_count; i++)
		list_options_release(&settings->lists[i]);
	for (unsigned i = 0; i < settings->group_count; i++) {
		free(settings->groups[i].clients);
		free(settings->groups[i].lists);
	}
	free(settings->groups);
	free(settings->alerts.command);
	free(settings->alerts.webhook);
	free(settings->alerts.mail);
	free(settings->alerts.sendmail);
	free(settings->timezone);
	free(settings->lists);
	free(settings->upstreams);
	free(settings->listen);
	free(settings->allow_clients);
	free_paths(settings->leases, settings->lease_count);
	free_paths(settings->hosts, settings->host_count);
	free_keeping(&settings->journal.keeping.privacy);
	free(settings->journal_rings);
	free(settings->control);
	free(settings->state);
	free(settings->user);
	free(settings->path);
	free(settings);
}

struct list_options *settings_find_list(const struct settings *settings,
					const char *name)
{
	for (unsigned i = 0; i < settings->list_count; i++)
		if (strcmp(settings->lists[i].name, name) == 0)
			return &settings->lists[i];
	return NULL;
}

void settings_compiler(const struct settings *settings,
		       struct compiler_options *options)
{
	*options = (struct compiler_options){
		.state = settings->state,
		.lists = settings->lists,
		.list_count = settings->list_count,
		.regexes = settings->regexes,
	};
}

void settings_report_log(void *context, const struct settings_trouble *trouble)
{
	(void)context;
	if (trouble->line > 0)
		log_error("%s:%u: %s", trouble->file, trouble->line,
			  trouble->words);
	else
		log_error("%s: %s", trouble->file, trouble->words);
}
