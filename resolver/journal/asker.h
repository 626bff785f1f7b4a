/*
 * asker: whose question a row is.
 */
#ifndef JOURNAL_ASKER_H
#define JOURNAL_ASKER_H

#include "base/address.h"
#include "journal/devices.h"
#include "journal/row.h"

/* False: the row does not say. */
static inline bool asker_address(const struct row *row,
				 struct address *address)
{
	*address = (struct address){ .family = 0 };
	if (row->client_len != 4 && row->client_len != 16)
		return false;
	address_from_raw(address, row->client, row->client_len, 0);
	return true;
}

/* The device it was then; 0: nobody knows it. */
static inline int64_t asker_device(const struct row *row,
				   const struct devices *devices)
{
	struct address address;

	return asker_address(row, &address)
	       ? devices_at(devices, &address, row->time) : 0;
}

#endif
