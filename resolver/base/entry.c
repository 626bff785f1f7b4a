/*
 * entry: an address is packed, so that an entry has no holes.
 */
#include "base/entry.h"

#include <string.h>

#include "base/address.h"

void entry_put_address(struct entry_address *entry,
		       const struct address *address)
{
	size_t len;
	const uint8_t *raw = address_raw(address, &len);

	entry->len = (uint8_t)len;
	entry->port = address_port(address);
	if (len)
		memcpy(entry->raw, raw, len);
}

const char *entry_transport_words(unsigned transport)
{
	switch (transport) {
	case ENTRY_UDP:
		return "udp";
	case ENTRY_TCP:
		return "tcp";
	default:
		return "";
	}
}

const char *entry_source_words(unsigned source)
{
	switch (source) {
	case ENTRY_FROM_POLICY:
		return "policy";
	case ENTRY_FROM_CACHE:
		return "cache";
	case ENTRY_FROM_UPSTREAM:
		return "upstream";
	case ENTRY_FROM_SELF:
		return "self";
	default:
		return "";
	}
}
