/*
 *	which (1)  message
 *
 * Of one of the services in a message: what is read of it lies in it, and
 * when its ech has gone, the message is whole, every name in it is what it
 * was, and nothing else is missing.
 */
#include "names.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The service at that place among those of the message. */
static bool find(struct bytes message, unsigned which, struct record *record)
{
	struct message_walk walk;

	if (message_walk(&walk, message) < 0)
		return false;
	while (message_next(&walk, record) > 0)
		if (svcb_is(record->type) && which-- == 0)
			return true;
	return false;
}

static void read(struct bytes message, const struct record *record)
{
	const uint8_t *start = message.at + record->rdata;
	const uint8_t *end = message.at + record->end;
	struct svcb_param param;
	struct svcb svcb, hints;
	struct bytes raw;
	int last = -1;

	if (svcb_read(&svcb, message, record) < 0)
		return;
	hints = svcb;
	while (svcb_param(&svcb, &param)) {
		must(param.key > last);
		must(param.value.at > start &&
		     param.value.at + param.value.len <= end);
		last = param.key;
	}
	must(svcb.params.len == 0);
	while (svcb_hint(&hints, &raw)) {
		must(raw.len == 4 || raw.len == 16);
		must(raw.at > start && raw.at + raw.len <= end);
	}
}

/* `place` is where the record was that lost its ech. */
static void compare(struct bytes before, struct bytes after, size_t place)
{
	struct message_walk old, new;
	struct record was, is;
	int more;

	must(message_walk(&old, before) == 0);
	must(message_walk(&new, after) == 0);
	while ((more = message_next(&old, &was)) > 0) {
		must(message_next(&new, &is) > 0);
		must_be_same_head(before, &was, after, &is);
		if (was.owner != place) {
			must(was.rdata_len == is.rdata_len);
			must_be_same_data(before, &was, after, &is);
			continue;
		}
		must_be_same_service(before, &was, after, &is);
		must(!has_ech(after, &is));
	}
	must(more == 0 && message_next(&new, &is) == 0);
	must(before.len - old.at == after.len - new.at);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct record record;
	struct bytes before;
	uint8_t *at;
	int len;

	if (size < 1 || size > MESSAGE_MAX)
		return 0;
	before = bytes_of(data + 1, size - 1);
	if (!find(before, data[0], &record))
		return 0;
	read(before, &record);
	at = malloc(before.len);
	if (!at)
		abort();
	memcpy(at, before.at, before.len);
	len = svcb_strip_ech(at, before.len, &record);
	if (len < 0 || (size_t)len == before.len)
		must(memcmp(at, before.at, before.len) == 0);
	else
		compare(before, bytes_of(at, (size_t)len), record.owner);
	free(at);
	return 0;
}
