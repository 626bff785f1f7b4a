/*
 * Any bytes as chain.json: it is read or refused with words, and what is
 * found has words that steer nothing.  The same bytes as text of a page: no
 * markup comes of them.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <stdio.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "base/text.h"
#include "review/html.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#ifdef HAVE_JANSSON

#include "review/evidence_links.h"

static void check_words(void *context, const struct evidence_finding *finding)
{
	char words[512];
	struct text text;

	(void)context;
	text_init(&text, words, sizeof(words));
	evidence_chain_words(finding, &text);
	for (size_t i = 0; i < text.len; i++)
		if (words[i] < ' ' || words[i] > '~')
			abort();
}

static void check_chain(struct bytes file)
{
	json_t *json = json_loadb((const char *)file.at, file.len, 0, NULL);
	struct evidence_chain chain;
	char words[256];
	struct text trouble;

	text_init(&trouble, words, sizeof(words));
	if (evidence_links_read(&chain, json, &trouble) == 0)
		evidence_chain_check(&chain, check_words, NULL);
	else if (trouble.len == 0)
		abort();
	evidence_links_release(&chain);
	json_decref(json);
}

#else

static void check_chain(struct bytes file)
{
	(void)file;
}

#endif

static void check_page(struct bytes text)
{
	FILE *out;
	size_t len;
	char *at;

	out = open_memstream(&at, &len);
	if (out == NULL)
		return;
	html_text(out, text);
	fclose(out);
	for (size_t i = 0; i < len; i++)
		if (strchr("<>\"'", at[i]) != NULL || (uint8_t)at[i] < ' ')
			abort();
	free(at);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_chain(bytes_of(data, size));
	check_page(bytes_of(data, size));
	return 0;
}
