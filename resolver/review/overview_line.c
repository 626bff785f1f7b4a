/*
 * What is cut off at the right end is words: a line is put together with what
 * matters most in front.
 */
#include <string.h>

#include "base/clock.h"
#include "review/overview_state.h"
#include "review/spark.h"
#include "review/words.h"

#define PLAIN "\033[0m"

enum { CLOCK_AT = 11, CLOCK_LEN = 5 };	/* in what clock_print writes */

void overview_begin(struct overview_line *line)
{
	text_init(&line->text, line->words, sizeof(line->words));
}

static void print(const struct overview *overview, const char *colour,
		  const char *words, size_t len)
{
	const struct overview_options *options = overview->options;

	if (options->colour && colour)
		fprintf(options->out, "%s%.*s", colour, (int)len, words);
	else
		fprintf(options->out, "%.*s", (int)len, words);
}

static void end_line(const struct overview *overview, const char *colour)
{
	fputs(overview->options->colour && colour ? PLAIN "\n" : "\n",
	      overview->options->out);
}

/* What is left of the line, and what stands behind it. */
static void cut(const struct overview *overview, const char *colour,
		const struct overview_line *line, unsigned room)
{
	print(overview, colour, line->words, words_length(line->words, room));
	fputs(overview->options->utf8 ? "…" : "~", overview->options->out);
}

void overview_put(const struct overview *overview, const char *colour,
		  const struct overview_line *line, const char *tail)
{
	unsigned room = overview->options->width;
	unsigned tail_width = tail ? words_width(tail) : 0;

	if (room == 0 || words_width(line->words) + tail_width <= room)
		print(overview, colour, line->words, line->text.len);
	else if (tail_width < room)
		cut(overview, colour, line, room - tail_width - 1);
	else
		tail = NULL;
	fputs(tail ? tail : "", overview->options->out);
	end_line(overview, colour);
}

void overview_say(const struct overview *overview, const char *colour,
		  const char *words)
{
	struct overview_line line;

	overview_begin(&line);
	text_put(&line.text, "%s", words);
	overview_wrap(overview, colour, &line, 0);
}

/* Up to the last space that fits; a word that is too long is broken. */
static size_t fitting(const char *words, unsigned width)
{
	size_t len = words_length(words, width), space = len;

	if (words[len] == '\0')
		return len;
	while (space > 0 && words[space] != ' ')
		space--;
	return space > 0 ? space : len;
}

void overview_wrap(const struct overview *overview, const char *colour,
		   const struct overview_line *line, unsigned indent)
{
	unsigned width = overview->options->width;
	const char *words = line->words;
	size_t len = width == 0 ? line->text.len : fitting(words, width);

	print(overview, colour, words, len);
	end_line(overview, colour);
	for (words += len; *words != '\0'; words += len) {
		words += strspn(words, " ");
		len = fitting(words, width > indent ? width - indent : 1);
		if (len == 0)
			break;
		fprintf(overview->options->out, "%*s", (int)indent, "");
		print(overview, colour, words, len);
		end_line(overview, colour);
	}
}

void overview_time(const struct overview *overview, uint64_t time,
		   struct text *out)
{
	char words[64];
	struct text text;

	text_init(&text, words, sizeof(words));
	clock_print(time, false, &text);
	if (overview->days || text.len < CLOCK_AT + CLOCK_LEN)
		text_put(out, "%.*s", CLOCK_AT + CLOCK_LEN, words);
	else
		text_put(out, "%.*s", CLOCK_LEN, words + CLOCK_AT);
}

void overview_spark(const struct overview *overview, const uint32_t *slots,
		    unsigned width, struct text *out)
{
	uint64_t counts[SUMMARY_SLOTS];
	const struct spark spark = {
		.counts = counts, .count = SUMMARY_SLOTS, .width = width,
		.utf8 = overview->options->utf8,
	};

	for (unsigned i = 0; i < SUMMARY_SLOTS; i++)
		counts[i] = slots[i];
	spark_print(&spark, out);
}
