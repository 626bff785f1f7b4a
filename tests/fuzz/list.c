/*
 * The text of a list, any bytes: the first says which format, and what plain
 * names mean.  What is given as a rule must be what its scope promises.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "subscribe/canon.h"
#include "subscribe/format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct heard {
	uint64_t rules, implied, skipped;
	struct canon *canon;
};

static void claim(bool good)
{
	if (!good)
		abort();
}

static void check_name(const struct name *name)
{
	struct name again;

	claim(name_from_wire(&again, bytes_of(name->wire, name->len)) == 0);
	claim(name_equal(&again, name) && again.labels == name->labels);
	for (unsigned i = 0; i < name->labels; i++)
		claim(again.label[i] == name->label[i]);
}

static void check_prefix(const struct prefix *prefix)
{
	claim(prefix->family == AF_INET || prefix->family == AF_INET6);
	claim(prefix->bits <= (prefix->family == AF_INET ? 32 : 128));
}

/* Everything is read, so that a sanitizer sees what is not there. */
static volatile unsigned all;

static void touch(struct bytes text)
{
	unsigned sum = 0;

	for (size_t i = 0; i < text.len; i++)
		sum += text.at[i];
	all = sum;
}

static int check_rule(void *context, const struct rule *rule)
{
	struct heard *heard = context;

	touch(rule->text);
	touch(rule->answer);
	touch(rule->word);
	claim(rule->line > 0 && rule->effect <= RULE_FORWARD);
	switch (rule->scope) {
	case RULE_SUFFIX:
	case RULE_PATTERN:
	case RULE_GLOB:
	case RULE_REGEX:
		touch(rule->pattern);
		break;
	case RULE_ADDRESS:
	case RULE_CLIENT:
	case RULE_NSIP:
		check_prefix(&rule->prefix);
		break;
	default:
		claim(rule->scope <= RULE_NSDNAME_BELOW);
		check_name(&rule->name);
	}
	for (unsigned i = 0; i < RULE_CONDITIONS; i++) {
		claim(rule->has[i] || rule->condition[i].len == 0);
		touch(rule->condition[i]);
	}
	heard->rules += !rule->implied;
	heard->implied += rule->implied;
	return canon_add(heard->canon, rule);
}

static void check_skipped(void *context, const char *reason, uint32_t line,
			  struct bytes text)
{
	struct heard *heard = context;

	touch(text);
	claim(strlen(reason) > 0 && line > 0);
	heard->skipped++;
}

static void check_counts(const struct format_counts *counts,
			 const struct heard *heard, size_t size)
{
	claim(counts->rules == heard->rules);
	claim(counts->rejected + counts->ignored == heard->skipped);
	claim(counts->lines <= size + 1);
	claim((counts->rejected == 0) == (counts->first_rejected == 0));
	claim(counts->first_rejected <= counts->lines);
	claim(counts->format > LIST_FORMAT_AUTO &&
	      counts->format < LIST_FORMATS);
	claim(counts->format == LIST_FORMAT_RPZ || heard->implied == 0);
}

static void check_text(struct heard *heard, const struct format_source *source)
{
	struct format_sink sink = { check_rule, check_skipped, heard };
	const char *distrust = format_distrust(source->text);
	struct format_counts counts;
	FILE *out = fopen("/dev/null", "w");

	claim(out && (!distrust || strlen(distrust) > 0));
	claim(format_read(source, &sink, &counts) == 0);
	check_counts(&counts, heard, source->text.len);
	claim(canon_print(heard->canon, out) <= heard->rules);
	fclose(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct heard heard = { .canon = canon_new() };
	struct format_source source = { 0 };

	if (size > 0) {
		source.format = data[0] % LIST_FORMATS;
		source.subdomains = data[0] / LIST_FORMATS % 3;
		source.text = bytes_of(data + 1, size - 1);
		check_text(&heard, &source);
	}
	canon_free(heard.canon);
	return 0;
}
