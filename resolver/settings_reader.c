/*
 * libconfig reads the files, but is not left alone with them: a folder that is
 * included ends the process, of a file that is missing it does not tell the
 * name, and a number that does not fit into 32 bits it cuts without a word.
 * So all files are gone over first; and when it says no more than "syntax
 * error", settings_grammar looks for what it means.
 */
#include "settings_reader.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "settings_grammar.h"
#include "settings_syntax.h"
#include "subscribe/source.h"

#ifndef DOCDIR
#define DOCDIR "/usr/local/share/doc/homebound"
#endif

enum {
	LARGEST = 4 << 20,	/* what is larger is no configuration */
	DEEPEST = 10,		/* includes inside includes; libconfig's own */
};

static void tell(struct settings_reader *reader,
		 struct settings_trouble *trouble, const char *file)
{
	snprintf(trouble->file, sizeof(trouble->file), "%s", file);
	reader->troubles++;
	reader->report(reader->context, trouble);
}

__attribute__((format(printf, 4, 5)))
static void tell_line(struct settings_reader *reader, const char *file,
		      unsigned line, const char *format, ...)
{
	struct settings_trouble trouble = { .line = line };
	va_list args;

	va_start(args, format);
	vsnprintf(trouble.words, sizeof(trouble.words), format, args);
	va_end(args);
	tell(reader, &trouble, file);
}

/*
 * libconfig has to read the token after a text to know its end and tells the
 * line of that one: when the text is the last in its array, often a line too
 * far.  The nearest such text above is the one that is meant.
 */
static unsigned line_of(const config_setting_t *setting, const char *file)
{
	unsigned line = config_setting_source_line(setting), above = 0;
	const char *string = config_setting_get_string(setting);
	uint8_t *at;
	size_t len;

	if (string == NULL || config_setting_name(setting) != NULL ||
	    file_read(file, LARGEST, &at, &len) < 0)
		return line;
	above = settings_syntax_line_of(bytes_of(at, len),
					bytes_of_string(string), line);
	free(at);
	return above > 0 ? above : line;
}

void settings_reader_tell(struct settings_reader *reader,
			  const config_setting_t *setting,
			  const char *format, ...)
{
	struct settings_trouble trouble = { 0 };
	const char *file = NULL;
	va_list args;

	if (setting != NULL)
		file = config_setting_source_file(setting);
	if (file != NULL)
		trouble.line = line_of(setting, file);
	va_start(args, format);
	vsnprintf(trouble.words, sizeof(trouble.words), format, args);
	va_end(args);
	tell(reader, &trouble, file != NULL ? file : reader->path);
}

char *settings_reader_resolve(const struct settings_reader *reader,
			      const char *path)
{
	char *resolved;

	if (path[0] == '/' || source_is_remote(path))
		return strdup(path);
	if (asprintf(&resolved, "%s%s%s", reader->folder,
		     strcmp(reader->folder, "/") == 0 ? "" : "/", path) < 0)
		return NULL;
	return resolved;
}

static bool survey(struct settings_reader *reader, const char *path,
		   struct bytes text, unsigned depth);

static void tell_include(struct settings_reader *reader, const char *path,
			 const struct settings_token *token, int error)
{
	char name[128];
	struct text text;

	text_init(&text, name, sizeof(name));
	text_put_hostile(&text, token->text);
	tell_line(reader, path, token->line, "@include \"%s\": %s", name,
		  error == ERROR_FULL ? "too large, or too many files inside "
					"each other" : error_words(error));
}

/* libconfig knows no escapes in a path but \\ and \"; nobody writes them. */
static bool survey_include(struct settings_reader *reader, const char *path,
			   const struct settings_token *token, unsigned depth)
{
	char *name = strndup((const char *)token->text.at, token->text.len);
	char *file = name != NULL ? settings_reader_resolve(reader, name)
				  : NULL;
	uint8_t *at = NULL;
	size_t len;
	int error = depth < DEEPEST ? -ENOMEM : ERROR_FULL;
	bool good = false;

	if (file != NULL && depth < DEEPEST)
		error = file_read(file, LARGEST, &at, &len);
	if (error < 0)
		tell_include(reader, path, token, error);
	else
		good = survey(reader, file, bytes_of(at, len), depth + 1);
	free(at);
	free(file);
	free(name);
	return good;
}

/* A comment without an end libconfig takes for the rest of the file. */
static bool survey_token(struct settings_reader *reader, const char *path,
			 const struct settings_token *token, unsigned depth)
{
	if (token->kind == SETTINGS_TOKEN_INCLUDE)
		return survey_include(reader, path, token, depth);
	if (token->kind == SETTINGS_TOKEN_OPEN_COMMENT)
		tell_line(reader, path, token->line, "the comment (/*) that "
			  "begins here never ends");
	else if (token->kind == SETTINGS_TOKEN_WORD &&
		 settings_syntax_is_huge(token->text))
		tell_line(reader, path, token->line, "%.*s is too large a "
			  "number; a size can be written as \"16G\"",
			  (int)token->text.len,
			  (const char *)token->text.at);
	else
		return true;
	return false;
}

static bool survey(struct settings_reader *reader, const char *path,
		   struct bytes text, unsigned depth)
{
	struct settings_syntax syntax;
	struct settings_token token;
	bool good = true;

	settings_syntax_init(&syntax, text);
	do {
		settings_syntax_next(&syntax, &token);
		good &= survey_token(reader, path, &token, depth);
	} while (token.kind != SETTINGS_TOKEN_END &&
		 token.kind != SETTINGS_TOKEN_OPEN_STRING &&
		 token.kind != SETTINGS_TOKEN_OPEN_COMMENT);
	return good;
}

/* libconfig's few sentences in words of ours; NULL: it is the grammar. */
static const char *better_words(const char *words)
{
	if (words == NULL)
		return "libconfig cannot read it";
	if (strstr(words, "duplicate") != NULL)
		return "this key was set before in the same group: each can "
		       "be set once";
	if (strstr(words, "mismatched") != NULL)
		return "the values in [ ] must all be of one kind";
	if (strstr(words, "memory exhausted") != NULL)
		return "too many brackets inside each other";
	return NULL;
}

static void explain_words(struct settings_reader *reader, const char *file,
			  struct bytes text)
{
	const char *words = better_words(config_error_text(&reader->file));
	unsigned line = (unsigned)config_error_line(&reader->file), found;
	char buffer[384];
	struct text out;

	if (words == NULL) {
		text_init(&out, buffer, sizeof(buffer));
		found = settings_grammar_explain(text, &out);
		words = found > 0 ? buffer : config_error_text(&reader->file);
		line = found > 0 ? found : line;
	}
	tell_line(reader, file, line, "%s", words);
}

static void explain(struct settings_reader *reader)
{
	const char *file = config_error_file(&reader->file);
	struct bytes text = { 0 };
	uint8_t *at = NULL;
	size_t len;

	if (file == NULL)
		file = reader->path;
	if (file_read(file, LARGEST, &at, &len) == 0)
		text = bytes_of(at, len);
	explain_words(reader, file, text);
	free(at);
}

static void tell_missing(struct settings_reader *reader, int error)
{
	if (error == -ENOENT)
		tell_line(reader, reader->path, 0, "there is no such file; "
			  "an example to begin with is "
			  DOCDIR "/examples/homebound.conf, and "
			  "homebound.conf(5) explains it");
	else if (error == ERROR_FULL)
		tell_line(reader, reader->path, 0, "it is too large to be a "
			  "configuration");
	else
		tell_line(reader, reader->path, 0, "it cannot be read: %s",
			  error_words(error));
}

bool settings_reader_load(struct settings_reader *reader)
{
	uint8_t *at = NULL;
	size_t len;
	int error = file_read(reader->path, LARGEST, &at, &len);
	bool good = false;

	if (error < 0) {
		tell_missing(reader, error);
		return false;
	}
	if (memchr(at, '\0', len) != NULL)
		tell_line(reader, reader->path, 0, "it has a NUL in it: this "
			  "is no text");
	else
		good = survey(reader, reader->path, bytes_of(at, len), 0);
	free(at);
	if (!good)
		return false;
	config_set_include_dir(&reader->file, reader->folder);
	if (config_read_file(&reader->file, reader->path))
		return true;
	explain(reader);
	return false;
}
