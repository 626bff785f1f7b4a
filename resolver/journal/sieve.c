/*
 * A search goes through all rows of a time, so the cheap tests come first and
 * nothing is copied.  A name is compared as text from its end; only where the
 * row's name has escapes is it taken apart to be sure (a dot can be a byte of
 * a label).
 */
#include "journal/sieve.h"

#include <string.h>
#include <strings.h>

#include "base/error.h"

static bool fits_time(const struct sieve *sieve, sqlite3_value *value)
{
	sqlite3_int64 time = sqlite3_value_int64(value);

	if (time < 0 || (uint64_t)time < sieve->since)
		return false;
	return sieve->until == 0 || (uint64_t)time <= sieve->until;
}

static bool fits_client(const struct sieve *sieve, sqlite3_value *value)
{
	const uint8_t *raw = sqlite3_value_blob(value);
	int len = sqlite3_value_bytes(value);
	struct address address;

	if (!sieve->has_client)
		return true;
	if (raw == NULL || (len != 4 && len != 16))
		return false;
	address_from_raw(&address, raw, (size_t)len, 0);
	return prefix_holds(&sieve->client, &address);
}

static bool ends_like(const struct sieve *sieve, const char *text, size_t len)
{
	size_t before = len - sieve->name_len;

	if (len < sieve->name_len ||
	    strncasecmp(text + before, sieve->name_text, sieve->name_len) != 0)
		return false;
	return before == 0 || text[before - 1] == '.';
}

static bool fits_name(const struct sieve *sieve, sqlite3_value *value)
{
	const char *text = (const char *)sqlite3_value_text(value);
	int len = sqlite3_value_bytes(value);
	struct name name;

	if (!sieve->has_name)
		return true;
	if (text == NULL || !ends_like(sieve, text, (size_t)len))
		return false;
	if (memchr(text, '\\', (size_t)len) == NULL)
		return true;
	return name_parse(&name, bytes_of(text, (size_t)len)) == 0 &&
	       name_is_below(&name, &sieve->name);
}

static bool fits_verdict(const struct sieve *sieve, sqlite3_value *value)
{
	return sieve->verdict < 0 ||
	       sqlite3_value_int(value) == sieve->verdict;
}

static void sieve_function(sqlite3_context *context, int argc,
			   sqlite3_value **argv)
{
	const struct sieve *sieve = sqlite3_user_data(context);

	(void)argc;
	sqlite3_result_int(context, fits_time(sieve, argv[0]) &&
			   fits_verdict(sieve, argv[3]) &&
			   fits_client(sieve, argv[1]) &&
			   fits_name(sieve, argv[2]));
}

int sieve_init(struct sieve *sieve, sqlite3 *db)
{
	return sqlite3_create_function(db, "sieve", 4, SQLITE_UTF8, sieve,
				       sieve_function, NULL, NULL);
}

int sieve_set(struct sieve *sieve, const struct reader_filter *filter)
{
	struct text text;

	*sieve = (struct sieve){
		.since = filter->since,
		.until = filter->until,
		.has_client = filter->has_client,
		.client = filter->client,
		.verdict = filter->verdict,
	};
	if (filter->name == NULL)
		return 0;
	if (name_parse(&sieve->name, bytes_of_string(filter->name)) < 0)
		return ERROR_MALFORMED;
	text_init(&text, sieve->name_text, sizeof(sieve->name_text));
	name_print(&sieve->name, &text);
	sieve->name_len = text.len;
	sieve->has_name = sieve->name.labels > 0;
	return 0;
}
