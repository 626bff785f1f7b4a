/*
 * Only the head of a list is looked at, up to its first line that is no
 * comment.  A list is a stranger's text: printing makes it harmless.
 */
#include "commands/about.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "settings.h"
#include "subscribe/shelf.h"
#include "subscribe/update.h"

enum { WORDS = 400, LINES = 200 };

struct about {
	const struct settings *settings;
	unsigned count;
	struct of_list {
		bool known;
		char vendor[WORDS], sent[WORDS];
	} lists[];
};

struct about *about_new(const struct settings *settings)
{
	struct about *about = calloc(1, sizeof(*about) + settings->list_count *
				     sizeof(about->lists[0]));

	if (about) {
		about->settings = settings;
		about->count = settings->list_count;
	}
	return about;
}

void about_free(struct about *about)
{
	free(about);
}

static struct bytes take_line(struct bytes *text)
{
	const uint8_t *end = text->len ? memchr(text->at, '\n', text->len)
				       : NULL;
	size_t len = end ? (size_t)(end - text->at) : text->len;
	struct bytes line = bytes_of(text->at, len);

	*text = bytes_of(text->at + len, text->len - len);
	if (end)
		*text = bytes_of(text->at + 1, text->len - 1);
	while (line.len > 0 && line.at[line.len - 1] == '\r')
		line.len--;
	return line;
}

static bool begins(struct bytes line, const char *with)
{
	return line.len >= strlen(with) &&
	       memcmp(line.at, with, strlen(with)) == 0;
}

static void append(char *field, struct bytes words)
{
	size_t len = strlen(field);

	while (words.len > 0 && words.at[0] == ' ')
		words = bytes_of(words.at + 1, words.len - 1);
	if (len > 0 && len < WORDS - 1)
		field[len++] = ' ';
	if (words.len > WORDS - 1 - len)
		words.len = WORDS - 1 - len;
	memcpy(field + len, words.at, words.len);
	field[len + words.len] = '\0';
}

/* A field goes on in lines that begin with "#   ". */
static void read_head(struct of_list *list, struct bytes text)
{
	char *field = NULL;

	for (unsigned i = 0; i < LINES && text.len > 0; i++) {
		struct bytes line = take_line(&text);

		if (line.len == 0 || line.at[0] != '#')
			return;
		if (field && begins(line, "#   ")) {
			append(field, bytes_of(line.at + 4, line.len - 4));
			continue;
		}
		field = begins(line, "# Vendor:") ? list->vendor :
			begins(line, "# Sent:") ? list->sent : NULL;
		if (field && *field == '\0') {
			size_t colon = field == list->vendor ? 9 : 7;

			append(field, bytes_of(line.at + colon,
					       line.len - colon));
		} else {
			field = NULL;
		}
	}
}

static void read_list(struct about *about, const char *name,
		      struct of_list *list)
{
	const char *state = about->settings->state;
	const struct list_version *version;
	struct file_map map;
	struct shelf shelf;

	list->known = true;
	if (shelf_open(&shelf, state, name) < 0)
		return;
	version = shelf_find(&shelf, update_held(state, name));
	if (!version)
		version = shelf_newest(&shelf);
	if (version && shelf_map(&shelf, version->serial, &map) == 0) {
		read_head(list, bytes_of(map.at, map.len));
		file_map_close(&map);
	}
	shelf_release(&shelf);
}

void about_tell(void *context, const char *list,
		struct summary_about *words)
{
	struct about *about = context;
	const struct list_options *at =
		settings_find_list(about->settings, list);
	size_t place = at ? (size_t)(at - about->settings->lists) : 0;
	struct of_list *of = &about->lists[place];

	if (!at || place >= about->count)
		return;
	if (!of->known)
		read_list(about, list, of);
	words->vendor = of->vendor[0] ? of->vendor : NULL;
	words->sent = of->sent[0] ? of->sent : NULL;
}
