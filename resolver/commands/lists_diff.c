/*
 * Two versions of a list, by their rules and not by their lines: what is
 * written differently and means the same is the same.
 */
#include "commands/lists.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "subscribe/canon.h"
#include "subscribe/format.h"
#include "subscribe/reading.h"
#include "subscribe/shelf.h"
#include "subscribe/update.h"

enum { SHOWN = 512 };

#define RED "\033[31m"
#define GREEN "\033[32m"
#define PLAIN "\033[0m"

/* The rules of a version, a sorted line each. */
struct rules {
	char *text;
	size_t len;
};

static int add(void *context, const struct rule *rule)
{
	return canon_add(context, rule);
}

static int read_parts(const struct list_options *options, struct bytes text,
		      struct canon *canon)
{
	const struct format_sink sink = { .rule = add, .context = canon };

	return reading_rules(options, text, &sink);
}

static int print_rules(const struct list_options *options, struct bytes text,
		       struct rules *rules)
{
	struct canon *canon = canon_new();
	FILE *out = canon ? open_memstream(&rules->text, &rules->len) : NULL;
	int error = out ? read_parts(options, text, canon) : -ENOMEM;

	if (error == 0)
		canon_print(canon, out);
	if (out && fclose(out) != 0)
		error = -ENOMEM;
	canon_free(canon);
	return error;
}

static int read_version(const struct list_options *options,
			const struct shelf *shelf, uint64_t serial,
			struct rules *rules)
{
	struct file_map map;
	int error = shelf_map(shelf, serial, &map);

	if (error < 0)
		return error;
	error = print_rules(options, bytes_of(map.at, map.len), rules);
	file_map_close(&map);
	return error;
}

/* --- comparing --- */

static struct bytes take_line(struct bytes *text)
{
	const uint8_t *end = text->len ? memchr(text->at, '\n', text->len)
				       : NULL;
	struct bytes line = *text;

	if (end)
		line.len = (size_t)(end - text->at);
	*text = end ? bytes_of(end + 1, text->len - line.len - 1)
		    : bytes_of(NULL, 0);
	return line;
}

static int compare(struct bytes one, struct bytes other)
{
	size_t len = one.len < other.len ? one.len : other.len;
	int order = memcmp(one.at, other.at, len);

	return order ? order : (one.len > other.len) - (one.len < other.len);
}

static void print_line(char sign, struct bytes line)
{
	bool colour = isatty(STDOUT_FILENO);
	char shown[SHOWN];
	struct text text;

	text_init(&text, shown, sizeof(shown));
	while (line.len > 0) {
		const uint8_t *tab = memchr(line.at, '\t', line.len);
		size_t len = tab ? (size_t)(tab - line.at) : line.len;

		if (len && text.len)
			text_put(&text, " ");
		text_put_line(&text, bytes_of(line.at, len));
		len += tab != NULL;
		line = bytes_of(line.at + len, line.len - len);
	}
	printf("%s%c %s%s\n", colour ? sign == '+' ? GREEN : RED : "", sign,
	       shown, colour ? PLAIN : "");
}

static void print_difference(const struct rules *old,
			     const struct rules *new)
{
	struct bytes was = bytes_of(old->text, old->len);
	struct bytes is = bytes_of(new->text, new->len);
	uint64_t came = 0, went = 0;

	while (was.len > 0 || is.len > 0) {
		struct bytes a = was, b = is;
		struct bytes one = take_line(&a), other = take_line(&b);
		int order = was.len == 0 ? 1 : is.len == 0 ? -1
						: compare(one, other);

		if (order < 0)
			print_line('-', one);
		if (order > 0)
			print_line('+', other);
		went += order < 0;
		came += order > 0;
		if (order <= 0)
			was = a;
		if (order >= 0)
			is = b;
	}
	printf("%" PRIu64 " rule%s came, %" PRIu64 " went\n", came,
	       came == 1 ? "" : "s", went);
}

/* --- which versions --- */

/* The newest, and the one that was said or the one before. */
static bool choose(const struct shelf *shelf, const char *word,
		   uint64_t serials[2])
{
	const struct list_version *old = NULL;

	if (shelf->count == 0)
		return false;
	serials[1] = shelf->at[shelf->count - 1].serial;
	if (word)
		old = shelf_find(shelf, strtoull(word, NULL, 10));
	else if (shelf->count > 1)
		old = &shelf->at[shelf->count - 2];
	serials[0] = old ? old->serial : 0;
	return old != NULL;
}

static int diff(const struct list_options *options, const struct shelf *shelf,
		const uint64_t serials[2])
{
	struct rules old = { 0 }, new = { 0 };
	int error = read_version(options, shelf, serials[0], &old);

	if (error == 0)
		error = read_version(options, shelf, serials[1], &new);
	if (error == 0) {
		printf("%s, from version %" PRIu64 " to version %" PRIu64
		       ":\n", options->name, serials[0], serials[1]);
		print_difference(&old, &new);
	} else {
		log_error("%s: %s", options->name, error_words(error));
	}
	free(old.text);
	free(new.text);
	return error < 0 ? EXIT_FAILED : EXIT_DONE;
}

static int diff_settings(const struct command_call *call,
			 const struct settings *settings)
{
	const char *name = call->operands[1];
	const struct list_options *options = settings_find_list(settings, name);
	struct shelf shelf;
	uint64_t serials[2];
	int code = EXIT_FAILED;

	if (!options || shelf_open(&shelf, settings->state, name) < 0) {
		log_error("there is no list \"%s\"", name);
		return EXIT_FAILED;
	}
	if (choose(&shelf, call->operand_count > 2 ? call->operands[2]
						   : NULL, serials))
		code = diff(options, &shelf, serials);
	else
		log_error("%s of \"%s\" is kept (homebound lists versions %s "
			  "shows what is)", call->operand_count > 2
			  ? "no such version" : "no second version", name,
			  name);
	shelf_release(&shelf);
	return code;
}

int lists_diff_run(struct command_call *call)
{
	struct settings *settings;
	int code = commands_settings(call, &settings);

	if (code != 0)
		return code;
	code = diff_settings(call, settings);
	settings_free(settings);
	return code;
}
