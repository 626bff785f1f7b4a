/*
 * A key in the first line, a signature file behind it, any bytes.  No such
 * file makes a text of ours that was never signed a signed one.
 */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "subscribe/minisign.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const char *key, struct bytes signature)
{
	static const char never[] = "never.signed.example\n";
	char words[256];
	struct text trouble;
	int verdict;

	text_init(&trouble, words, sizeof(words));
	verdict = minisign_verify(key, bytes_of_string(never), signature,
				  &trouble);
	if (verdict != ERROR_REFUSED || trouble.len == 0)
		abort();
	for (size_t i = 0; i < trouble.len; i++)
		if (words[i] < ' ' || words[i] > '~')
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size ? memchr(data, '\n', size) : NULL;
	size_t len = end ? (size_t)(end - data) : 0;
	char *key = calloc(1, len + 1);

	if (!key)
		return 0;
	if (len)
		memcpy(key, data, len);
	minisign_is_key(key);
	if (end)
		check(key, bytes_of(end + 1,
				    size - (size_t)(end + 1 - data)));
	check("RWToKwv3vsRogPrRYwv/wyC0IPxGzremG8Wdhy2Mxh9UUSwfhv30ZFep",
	      bytes_of(data, size));
	free(key);
	return 0;
}
