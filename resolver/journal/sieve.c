/*
 * A search goes through all rows of a time, so the cheap tests come first and
 * nothing is copied.  A name is compared as text from its end; only where the
 * row's name has escapes is it taken apart to be sure (a dot can be a byte of
 * a label).
 */
#include "journal/sieve.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "base/text.h"

static int take_name(struct sieve *sieve, const char *words)
{
	struct text text;

	if (words == NULL)
		return 0;
	if (name_parse(&sieve->name, bytes_of_string(words)) < 0)
		return ERROR_MALFORMED;
	text_init(&text, sieve->name_text, sizeof(sieve->name_text));
	name_print(&sieve->name, &text);
	sieve->name_len = text.len;
	sieve->has_name = sieve->name.labels > 0 || !sieve->filter.below;
	sieve->filter.name = sieve->name_text;
	return 0;
}

static int take_clients(struct sieve *sieve)
{
	size_t size = sieve->filter.client_count * sizeof(*sieve->clients);

	if (size == 0)
		return 0;
	sieve->clients = malloc(size);
	if (sieve->clients == NULL)
		return -ENOMEM;
	memcpy(sieve->clients, sieve->filter.clients, size);
	sieve->filter.clients = sieve->clients;
	return 0;
}

int sieve_init(struct sieve *sieve, const struct scan_filter *filter)
{
	int error;

	sieve->filter = *filter;
	sieve->clients = NULL;
	sieve->has_name = false;
	error = take_name(sieve, filter->name);
	return error == 0 ? take_clients(sieve) : error;
}

void sieve_release(struct sieve *sieve)
{
	free(sieve->clients);
}

/* Does [since, until) touch [from, to]?  0 is open. */
static bool touches(uint64_t since, uint64_t until, uint64_t from,
		    uint64_t to)
{
	return to >= since && (until == 0 || from < until);
}

static bool name_may_be_in(const struct sieve *sieve, struct bytes filter)
{
	struct block_probe probe;

	if (!sieve->has_name)
		return true;
	probe = block_probe_name(bytes_of(sieve->name_text, sieve->name_len));
	return block_may_have(filter, &probe);
}

static bool is_one_address(const struct prefix *prefix)
{
	return prefix->bits == (prefix->family == AF_INET ? 32 : 128);
}

static bool client_may_be_in(const struct scan_client *client,
			     const struct block_summary *summary,
			     struct bytes filter)
{
	const struct prefix *prefix = &client->prefix;
	struct block_probe probe;

	if (!touches(client->since, client->until, summary->from_time,
		     summary->until_time))
		return false;
	if (!is_one_address(prefix))
		return true;
	probe = block_probe_client(bytes_of(prefix->at, prefix->bits / 8));
	return block_may_have(filter, &probe);
}

static bool clients_may_be_in(const struct sieve *sieve,
			      const struct block_summary *summary,
			      struct bytes filter)
{
	for (unsigned i = 0; i < sieve->filter.client_count; i++)
		if (client_may_be_in(&sieve->clients[i], summary, filter))
			return true;
	return sieve->filter.client_count == 0;
}

bool sieve_wants_block(const struct sieve *sieve,
		       const struct block_summary *summary,
		       struct bytes filter)
{
	return touches(sieve->filter.since, sieve->filter.until,
		       summary->from_time, summary->until_time) &&
	       name_may_be_in(sieve, filter) &&
	       clients_may_be_in(sieve, summary, filter);
}

static bool fits_client(const struct sieve *sieve, struct bytes raw,
			const uint64_t *time)
{
	struct address address;

	if (raw.len != 4 && raw.len != 16)
		return false;
	address_from_raw(&address, raw.at, raw.len, 0);
	for (unsigned i = 0; i < sieve->filter.client_count; i++) {
		const struct scan_client *client = &sieve->clients[i];

		if (prefix_holds(&client->prefix, &address) &&
		    (time == NULL || touches(client->since, client->until,
					     *time, *time)))
			return true;
	}
	return false;
}

static bool ends_like(const struct sieve *sieve, struct bytes text)
{
	size_t before = text.len - sieve->name_len;

	if (text.len < sieve->name_len ||
	    strncasecmp((const char *)text.at + before, sieve->name_text,
			sieve->name_len) != 0)
		return false;
	return before == 0 ||
	       (sieve->filter.below && text.at[before - 1] == '.');
}

static bool fits_name(const struct sieve *sieve, struct bytes text)
{
	struct name name;

	if (!ends_like(sieve, text))
		return false;
	if (memchr(text.at, '\\', text.len) == NULL)
		return true;
	return name_parse(&name, text) == 0 &&
	       name_is_below(&name, &sieve->name);
}

bool sieve_fits(const struct sieve *sieve, const struct row *row)
{
	const struct scan_filter *filter = &sieve->filter;

	if (!touches(filter->since, filter->until, row->time, row->time))
		return false;
	if (filter->verdicts != 0 &&
	    (row->verdict > 31 || (filter->verdicts >> row->verdict & 1) == 0))
		return false;
	if (filter->client_count != 0 &&
	    !fits_client(sieve, bytes_of(row->client, row->client_len),
			 &row->time))
		return false;
	return !sieve->has_name || fits_name(sieve, row->name);
}

static bool wants_name(void *context, struct bytes name)
{
	return fits_name(context, name);
}

static bool wants_client(void *context, struct bytes address)
{
	return fits_client(context, address, NULL);
}

struct block_wanted sieve_wanted(struct sieve *sieve)
{
	const struct scan_filter *filter = &sieve->filter;

	return (struct block_wanted){
		.since = filter->since,
		.until = filter->until > 0 ? filter->until - 1 : 0,
		.wants_name = sieve->has_name ? wants_name : NULL,
		.wants_client = filter->client_count != 0 ? wants_client
							  : NULL,
		.context = sieve,
	};
}
