/*
 * A list comes into the image with its first rule, so that a text without any
 * leaves no trace there.
 */
#include "subscribe/reading.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "policy/build.h"
#include "policy/matcher.h"
#include "policy/rule.h"
#include "policy/terms.h"
#include "subscribe/fetch.h"
#include "subscribe/format.h"

enum { DROP_BEHIND = 4 << 20 };

/* `line` is counted in its part; they do not come in order. */
static void reject(struct reading *reading, uint64_t count, uint32_t line)
{
	line += reading->lines_before;
	if (count && (!reading->first_rejected ||
		      line < reading->first_rejected))
		reading->first_rejected = line;
	reading->rejected += count;
}

/*
 * The pages of a text that was read are given back: a list is then never in
 * memory as a whole.
 */
static void drop_behind(struct reading *reading, const uint8_t *at)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t from, until;

	if (at < reading->part.at ||
	    at > reading->part.at + reading->part.len ||
	    at - reading->dropped < DROP_BEHIND)
		return;
	from = ((uintptr_t)reading->dropped + page - 1) / page * page;
	until = (uintptr_t)at / page * page;
	if (until > from)
		madvise((void *)from, until - from, MADV_DONTNEED);
	reading->dropped = at;
}

static int add_list(struct reading *reading)
{
	struct image_list list = {
		.version = reading->version->serial,
		.time = reading->version->time,
		.format = reading->format,
	};
	int number;

	if (reading->format == LIST_FORMAT_RPZ)
		list.flags = IMAGE_LIST_NEAREST | IMAGE_LIST_ZONE;
	else if (format_is_nearest(reading->format))
		list.flags = IMAGE_LIST_NEAREST;
	memcpy(list.name, reading->options->name, sizeof(list.name));
	memcpy(list.digest, reading->version->digest, sizeof(list.digest));
	number = build_list(reading->build, &list);
	reading->listed = number >= 0;
	return number < 0 ? number : 0;
}

static int add_rule(struct reading *reading, const struct rule *rule)
{
	uint8_t terms[TERMS_MAX];
	const char *why;
	int len = 0, error = 0;

	if (!rule_is_plain(rule))
		len = terms_write(rule, terms, sizeof(terms), &why);
	if (len < 0) {
		reject(reading, 1, rule->line - reading->lines_before);
		return 0;
	}
	reading->rules++;
	if (!reading->build)
		return 0;
	if (!reading->listed)
		error = add_list(reading);
	return error < 0 ? error : build_rule(reading->build, rule,
					      bytes_of(terms, (size_t)len));
}

/* A regex that is a name in disguise becomes that name. */
static int add_regex(struct reading *reading, const struct rule *rule)
{
	struct rule reduced = *rule;
	int scope = rule->invert ? -1
				 : matcher_reduce(rule->pattern, &reduced.name);

	if (scope >= 0) {
		reduced.scope = (uint8_t)scope;
		return add_rule(reading, &reduced);
	}
	if (reading->regexes >= reading->budget->regexes) {
		reading->surplus++;
		return 0;
	}
	reading->regexes++;
	return add_rule(reading, rule);
}

static bool is_pattern(const struct rule *rule)
{
	return rule->scope >= RULE_SUFFIX && rule->scope <= RULE_REGEX;
}

static int read_rule(void *context, const struct rule *given)
{
	struct reading *reading = context;
	struct rule rule = *given;
	char words[128];

	drop_behind(reading, given->text.at);
	rule.line += reading->lines_before;
	if (rule.effect == RULE_FORWARD || rule.scope >= RULE_NSIP) {
		reading->left_out++;
		return 0;
	}
	if (is_pattern(&rule) && matcher_check(rule.scope, rule.pattern,
					       words, sizeof(words)) < 0) {
		reject(reading, 1, given->line);
		return 0;
	}
	if (rule.scope == RULE_REGEX)
		return add_regex(reading, &rule);
	return add_rule(reading, &rule);
}

/* One source's text; each can have a format of its own. */
static int read_part(struct reading *reading, struct bytes part)
{
	const struct list_options *options = reading->options;
	const struct format_sink sink = { .rule = read_rule,
					  .context = reading };
	const struct format_source source = {
		.format = options->format ? options->format
					  : format_guess(part),
		.subdomains = options->subdomains, .text = part,
	};
	struct format_counts counts;
	int error;

	reading->part = part;
	reading->dropped = part.at;
	reading->format = source.format;
	error = format_read(&source, &sink, &counts);
	if (error < 0)
		return error;
	reject(reading, counts.rejected, counts.first_rejected);
	reading->lines_before += (uint32_t)counts.lines;
	return 0;
}

struct bytes reading_part(struct bytes *text)
{
	const uint8_t *at = text->at, *end = at + text->len;
	struct bytes part = *text;

	while (at < end && (at = memchr(at + 1, FETCH_SEPARATOR,
					(size_t)(end - at) - 1)))
		if (at[-1] == '\n')
			break;
	if (at && at < end)
		part.len = (size_t)(at - part.at);
	*text = bytes_of(part.at + part.len, text->len - part.len);
	return part;
}

int reading_text(struct reading *reading, struct bytes text)
{
	int error = 0;

	while (text.len > 0 && error == 0)
		error = read_part(reading, reading_part(&text));
	return error;
}

int reading_rules(const struct list_options *options, struct bytes text,
		  const struct format_sink *sink)
{
	struct format_source source = {
		.format = options->format, .subdomains = options->subdomains,
	};
	struct format_counts counts;
	int error = 0;

	while (text.len > 0 && error == 0) {
		source.text = reading_part(&text);
		error = format_read(&source, sink, &counts);
	}
	return error;
}
