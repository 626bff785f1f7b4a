/*
 * The options of a list own their strings; nothing else does.
 */
#include "subscribe/list.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "subscribe/format.h"

static const char *const subdomains[] = {
	[LIST_SUBDOMAINS_AUTO] = "auto",
	[LIST_SUBDOMAINS_YES] = "yes",
	[LIST_SUBDOMAINS_NO] = "no",
};

int list_subdomains_parse(const char *word)
{
	const int count = sizeof(subdomains) / sizeof(*subdomains);

	for (int i = 0; i < count; i++)
		if (strcmp(subdomains[i], word) == 0)
			return i;
	return ERROR_MALFORMED;
}

void list_options_release(struct list_options *options)
{
	for (unsigned i = 0; i < options->source_count; i++)
		free(options->sources[i]);
	free(options->sources);
	free(options->key);
	free(options->sha256);
}
