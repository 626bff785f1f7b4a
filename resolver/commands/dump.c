/*
 * dump: the rules of one file as they would be understood, for people who
 * want to see, and for tests that compare us with others.
 */
#include "commands/commands.h"

#include <errno.h>

#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "subscribe/canon.h"
#include "subscribe/format.h"

static int add(void *context, const struct rule *rule)
{
	return canon_add(context, rule);
}

static int read_rules(const struct format_source *source)
{
	struct canon *canon = canon_new();
	const struct format_sink sink = { add, NULL, canon };
	struct format_counts counts;
	int error = canon ? format_read(source, &sink, &counts) : -ENOMEM;

	if (error == 0)
		canon_print(canon, stdout);
	canon_free(canon);
	return error;
}

int dump_run(const char *path, unsigned format, unsigned subdomains)
{
	struct format_source source = { format, subdomains, { 0 } };
	const char *trouble = NULL;
	struct file_map map;
	int error = file_map_open(&map, path);

	if (error == 0) {
		source.text = bytes_of(map.at, map.len);
		trouble = format_distrust(source.text);
		if (!trouble)
			error = read_rules(&source);
		file_map_close(&map);
	}
	if (error < 0)
		trouble = error_words(error);
	if (trouble)
		log_error("%s: %s", path, trouble);
	return trouble ? EXIT_FAILED : EXIT_DONE;
}
