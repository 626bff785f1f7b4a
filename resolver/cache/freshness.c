/*
 * An answer is negative when its rcode is NXDOMAIN, or when nothing in its
 * answer section is of the type that was asked for: also a chain of aliases
 * that ends in nothing (RFC 2308, sections 2.1 and 2.2).
 */
#include "cache/freshness.h"

#include "cache/cache.h"
#include "dns/message.h"
#include "dns/ttl.h"

/* What is seen on the way through the records. */
struct findings {
	uint16_t qtype;
	bool has_answer;
	uint32_t lowest;		/* TTL of all records */
	uint32_t soa;			/* what the SOA allows */
};

static uint32_t least(uint32_t one, uint32_t other)
{
	return one < other ? one : other;
}

static unsigned rcode_of(struct bytes message)
{
	return bytes_get16(message.at + 2) & FLAG_RCODE;
}

static bool may_be_kept(struct bytes message)
{
	return message.len >= MESSAGE_HEADER && message.len <= MESSAGE_MAX &&
	       (bytes_get16(message.at + 2) & FLAG_TC) == 0 &&
	       (rcode_of(message) == RCODE_NOERROR ||
		rcode_of(message) == RCODE_NXDOMAIN);
}

static void note(struct freshness *freshness, struct findings *found,
		 const struct record *record, const struct message_walk *walk)
{
	freshness->ttl_at[freshness->count++] = (uint16_t)record->ttl_at;
	found->lowest = least(found->lowest, ttl_seconds(record->ttl));
	if (walk->section == IN_ANSWER) {
		if (record->type == found->qtype || found->qtype == TYPE_ANY)
			found->has_answer = true;
		if (record->type == TYPE_CNAME)
			freshness->has_alias = true;
	} else if (walk->section == IN_AUTHORITY && record->type == TYPE_SOA) {
		found->soa = least(found->soa,
				   ttl_of_soa(record, walk->message));
		freshness->soa_ttl_at = (uint16_t)record->ttl_at;
	}
}

static bool find(struct freshness *freshness, struct findings *found,
		 struct bytes message)
{
	struct message_walk walk;
	struct record record;
	int more;

	if (message_walk(&walk, message) < 0)
		return false;
	while ((more = message_next(&walk, &record)) > 0) {
		if (freshness->count == FRESHNESS_TTLS)
			return false;
		note(freshness, found, &record, &walk);
	}
	return more == 0;
}

bool freshness_read(struct freshness *freshness,
		    const struct question *question, struct bytes message,
		    const struct cache_options *options)
{
	struct findings found = {
		.qtype = question->type,
		.lowest = options->ttl_max,
		.soa = options->negative_ttl_max,
	};

	freshness->ttl_max = options->ttl_max;
	freshness->soa_ttl_at = freshness->count = 0;
	freshness->has_alias = false;
	if (!may_be_kept(message) || !find(freshness, &found, message))
		return false;
	if (found.has_answer && rcode_of(message) == RCODE_NOERROR) {
		freshness->soa_ttl_at = 0;
		freshness->lifetime = found.lowest;
		return found.lowest > 0;
	}
	if (freshness->soa_ttl_at == 0)
		return false;
	freshness->soa_ttl = least(found.soa, freshness->ttl_max);
	freshness->lifetime = least(found.lowest, found.soa);
	return freshness->lifetime > 0;
}

void freshness_cut(const struct freshness *freshness, uint8_t *message)
{
	for (unsigned i = 0; i < freshness->count; i++) {
		uint8_t *ttl = message + freshness->ttl_at[i];

		if (bytes_get32(ttl) > freshness->ttl_max)
			bytes_put32(ttl, freshness->ttl_max);
	}
	if (freshness->soa_ttl_at != 0)
		bytes_put32(message + freshness->soa_ttl_at,
			    freshness->soa_ttl);
}

void freshness_age(uint8_t *message, const uint16_t *ttl_at, unsigned count,
		   uint32_t age)
{
	for (unsigned i = 0; i < count; i++) {
		uint8_t *ttl = message + ttl_at[i];

		bytes_put32(ttl, bytes_get32(ttl) - age);
	}
}
