/*
 * The text of a list, any bytes: read as each format, and what the text says
 * of itself.  What is given as a rule must be a name that can be asked for.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "subscribe/format.h"
#include "subscribe/list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int check_rule(void *context, const struct name *name, bool exact,
		      uint32_t line)
{
	uint64_t *rules = context;
	struct name again;

	(void)exact;
	if (line == 0 || name->labels == 0 ||
	    name_from_wire(&again, bytes_of(name->wire, name->len)) < 0 ||
	    !name_equal(&again, name))
		abort();
	++*rules;
	return 0;
}

static void check_counts(const struct format_counts *counts, uint64_t rules,
			 size_t size)
{
	if (counts->rules != rules || counts->lines > size + 1 ||
	    (counts->rejected == 0) != (counts->first_rejected == 0) ||
	    counts->first_rejected > counts->lines)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes text = bytes_of(data, size);
	struct format_counts counts;
	uint64_t rules = 0;
	struct format_sink sink = { check_rule, &rules };
	const char *distrust = format_distrust(text);
	unsigned format = format_guess(text);

	if (distrust && strlen(distrust) == 0)
		abort();
	if (format != LIST_FORMAT_DOMAINS && format != LIST_FORMAT_HOSTS)
		abort();
	format_read_domains(text, format_says_subdomains(text), &sink,
			    &counts);
	check_counts(&counts, rules, size);
	rules = 0;
	format_read_hosts(text, &sink, &counts);
	check_counts(&counts, rules, size);
	return 0;
}
