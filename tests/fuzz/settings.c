/*
 * A configuration file of any bytes: it is read and freed, or it is told what
 * is wrong with it.  Includes are left out: what they name is read as it is.
 */
#include "settings.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/text.h"
#include "settings_grammar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__lsan_default_suppressions(void);

/* libconfig loses the text it was reading when a file is wrong. */
const char *__lsan_default_suppressions(void)
{
	return "leak:strbuf_append\nleak:libconfig_yylex\n";
}

static void count(void *context, const struct settings_trouble *trouble)
{
	unsigned *troubles = context;

	++*troubles;
	if (strlen(trouble->words) == 0)
		abort();
	for (const char *at = trouble->words; *at != '\0'; at++)
		if (*at < ' ' || *at > '~')
			abort();
}

static void explain(struct bytes text)
{
	char words[256];
	struct text out;

	text_init(&out, words, sizeof(words));
	if ((settings_grammar_explain(text, &out) > 0) != (out.len > 0))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	struct settings *settings;
	unsigned troubles = 0;
	char path[64];

	explain(bytes_of(data, size));
	if (memmem(data, size, "@include", 8) != NULL)
		return 0;
	if (fd < 0)
		fd = memfd_create("settings", MFD_CLOEXEC);
	if (ftruncate(fd, 0) < 0 || pwrite(fd, data, size, 0) < 0)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (settings_read(&settings, path, count, &troubles) == 0)
		settings_free(settings);
	else if (troubles == 0)
		abort();
	return 0;
}
