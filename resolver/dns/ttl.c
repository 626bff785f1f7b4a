/*
 * A client that keeps its answers asks again when the first record of them
 * has run out, so the lowest TTL is the one that counts.
 */
#include "dns/ttl.h"

#include "dns/message.h"

enum { SOA_LEAST = 22 };

/*
 * MINIMUM is the last field of an SOA (RFC 1035, section 3.3.13), behind two
 * names of a byte at least and four other numbers.
 */
uint32_t ttl_of_soa(const struct record *soa, struct bytes message)
{
	uint32_t ttl = ttl_seconds(soa->ttl), minimum;

	if (soa->rdata_len < SOA_LEAST)
		return 0;
	minimum = ttl_seconds(bytes_get32(message.at + soa->end - 4));
	return ttl < minimum ? ttl : minimum;
}

uint32_t ttl_of_message(struct bytes message)
{
	struct message_walk walk;
	struct record record;
	uint32_t ttl = UINT32_MAX;

	if (message_walk(&walk, message) < 0)
		return 0;
	for (unsigned i = 0; i < TTL_RECORDS; i++) {
		if (message_next(&walk, &record) <= 0)
			break;
		if (walk.section != IN_ANSWER && ttl != UINT32_MAX)
			break;
		if (walk.section == IN_ANSWER &&
		    ttl_seconds(record.ttl) < ttl)
			ttl = ttl_seconds(record.ttl);
		if (walk.section == IN_AUTHORITY &&
		    record.type == TYPE_SOA)
			ttl = ttl_of_soa(&record, message);
	}
	return ttl != UINT32_MAX ? ttl : 0;
}
