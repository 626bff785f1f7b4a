/*
 * Sources come last in a line and are what is left of it: they may have
 * spaces in them, and are read by people only.
 */
#include "subscribe/version.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "subscribe/field.h"
#include "subscribe/source.h"

void version_add_source(struct list_version *version, const char *where)
{
	size_t len = strnlen(version->sources, sizeof(version->sources) - 1);
	struct text text;

	text_init(&text, version->sources + len,
		  sizeof(version->sources) - len);
	if (len > 0)
		text_put(&text, " ");
	source_print(where, &text);
}

bool version_parse(struct list_version *version, const char *line)
{
	size_t len;

	*version = (struct list_version){ 0 };
	if (!field_number(&line, &version->serial) ||
	    !field_number(&line, &version->time) ||
	    !field_digest(&line, version->digest) ||
	    !field_number(&line, &version->bytes) ||
	    !field_number(&line, &version->rules) || version->serial == 0)
		return false;
	len = strnlen(line, sizeof(version->sources) - 1);
	memcpy(version->sources, line, len);
	return true;
}

void version_print(const struct list_version *version, FILE *out)
{
	char digest[FIELD_DIGEST];

	fprintf(out, "%" PRIu64 " %" PRIu64 " %s %" PRIu64 " %" PRIu64,
		version->serial, version->time,
		field_digest_words(version->digest, digest), version->bytes,
		version->rules);
	if (version->sources[0] != '\0')
		fprintf(out, " %s", version->sources);
	putc('\n', out);
}
