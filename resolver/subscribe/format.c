/*
 * The table of formats, and the walk over the lines of those that have lines.
 */
#include "subscribe/format.h"

#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "subscribe/encoding.h"
#include "subscribe/guess.h"
#include "subscribe/line.h"
#include "subscribe/reader.h"

static const struct {
	const char *word;
	bool nearest;
	int (*line)(struct reader *reader, struct bytes line);
	int (*text)(struct reader *reader, struct bytes text);
} formats[LIST_FORMATS] = {
	[LIST_FORMAT_AUTO] = { "auto", false, NULL, NULL },
	[LIST_FORMAT_DOMAINS] = { "domains", false, plain_line, NULL },
	[LIST_FORMAT_HOSTS] = { "hosts", false, plain_line, NULL },
	[LIST_FORMAT_WILDCARD] = { "wildcard", false, plain_line, NULL },
	[LIST_FORMAT_ADBLOCK] = { "adblock", false, plain_line, NULL },
	[LIST_FORMAT_LIST] = { "list", false, plain_line, NULL },
	[LIST_FORMAT_DNSMASQ] = { "dnsmasq", true, dnsmasq_line, NULL },
	[LIST_FORMAT_UNBOUND] = { "unbound", true, NULL, unbound_text },
	[LIST_FORMAT_RPZ] = { "rpz", true, NULL, rpz_text },
	[LIST_FORMAT_REGEX] = { "regex", false, regex_line, NULL },
	[LIST_FORMAT_DNSCRYPT] = { "dnscrypt", false, dnscrypt_line, NULL },
	[LIST_FORMAT_BIND] = { "bind", false, bind_line, NULL },
};

int format_parse(const char *word)
{
	for (int i = 0; i < LIST_FORMATS; i++)
		if (strcmp(formats[i].word, word) == 0)
			return i;
	return ERROR_MALFORMED;
}

const char *format_words(unsigned format)
{
	return format < LIST_FORMATS ? formats[format].word : "unknown";
}

bool format_is_nearest(unsigned format)
{
	return format < LIST_FORMATS && formats[format].nearest;
}

/* --- what a text is --- */

unsigned format_guess(struct bytes text)
{
	unsigned format = LIST_FORMAT_LIST;
	uint8_t *memory;

	if (encoding_read(text, &text, &memory) == 0)
		format = guess_format(text);
	free(memory);
	return format;
}

bool format_says_subdomains(struct bytes text)
{
	bool subdomains = false;
	uint8_t *memory;

	if (encoding_read(text, &text, &memory) == 0)
		subdomains = guess_subdomains(text);
	free(memory);
	return subdomains;
}

const char *format_distrust(struct bytes text)
{
	struct line_walk walk;
	struct bytes line = { 0 };

	line_walk(&walk, text);
	while (line.len == 0 && line_next(&walk, &line))
		;
	if (line.len == 0)
		return "there is nothing in it";
	if (line.at[0] == '<')
		return "it is a page of HTML, not a list";
	if (!encoding_is_utf16(text) && line_has(text, '\0'))
		return "it is not text (there are NUL bytes in it)";
	return NULL;
}

/* --- reading --- */

static int read_lines(struct reader *reader, struct bytes text,
		      int (*read)(struct reader *reader, struct bytes line))
{
	struct line_walk walk;
	struct bytes line;
	int error = 0;

	line_walk(&walk, text);
	while (error >= 0 && line_next(&walk, &line)) {
		reader_begin(reader, walk.number, line);
		error = read(reader, line);
	}
	reader->counts->lines = walk.number;
	return error;
}

static int read_text(struct reader *reader, struct bytes text)
{
	unsigned format = reader->counts->format;

	return formats[format].line
		? read_lines(reader, text, formats[format].line)
		: formats[format].text(reader, text);
}

/* AUTO in either becomes what the text says. */
static void decide(struct format_counts *counts,
		   const struct format_source *source, struct bytes text)
{
	counts->format = source->format;
	counts->subdomains = source->subdomains == LIST_SUBDOMAINS_YES;
	if (source->format == LIST_FORMAT_AUTO ||
	    source->format >= LIST_FORMATS)
		counts->format = guess_format(text);
	if (source->subdomains == LIST_SUBDOMAINS_AUTO)
		counts->subdomains = guess_subdomains(text);
}

/* The reader is too large for the stack of a thread that is not the first. */
static struct reader *reader_new(const struct format_sink *sink,
				 struct format_counts *counts)
{
	struct reader *reader = malloc(sizeof(*reader));

	if (!reader)
		return NULL;
	reader->sink = sink;
	reader->counts = counts;
	reader->special = true;
	reader->rule.name = (struct name){ .len = 0 };
	reader->subtree = counts->subdomains;
	reader->adblock = counts->format == LIST_FORMAT_ADBLOCK;
	return reader;
}

int format_read(const struct format_source *source,
		const struct format_sink *sink, struct format_counts *counts)
{
	struct reader *reader;
	struct bytes text;
	uint8_t *memory;
	int error;

	*counts = (struct format_counts){ 0 };
	error = encoding_read(source->text, &text, &memory);
	if (error < 0)
		return error;
	decide(counts, source, text);
	reader = reader_new(sink, counts);
	error = reader ? read_text(reader, text) : -ENOMEM;
	free(reader);
	free(memory);
	return error < 0 ? error : 0;
}
