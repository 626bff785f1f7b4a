/*
 * Interfaces that are up, as libuv finds them; an address that two of them
 * have is there once.
 */
#include "device/self.h"

#include <unistd.h>
#include <uv.h>

enum { LOCALLY_GIVEN = 2 };	/* a bit of the first byte (IEEE 802) */

static struct mac mac_of(const uv_interface_address_t *interface)
{
	struct mac mac;

	memcpy(mac.at, interface->phys_addr, sizeof(mac.at));
	return mac;
}

/* 0: none; more is better. */
static unsigned worth(const struct self *before, const struct mac *mac)
{
	static const struct mac none;

	if (mac_equal(mac, &none))
		return 0;
	if (before->looked && mac_equal(mac, &before->mac))
		return 3;
	return (mac->at[0] & LOCALLY_GIVEN) != 0 ? 1 : 2;
}

static struct mac best_mac(const struct self *before,
			   const uv_interface_address_t *interfaces, int count)
{
	struct mac best = { { 0 } };

	for (int i = 0; i < count; i++) {
		struct mac mac = mac_of(&interfaces[i]);

		if (!interfaces[i].is_internal &&
		    worth(before, &mac) > worth(before, &best))
			best = mac;
	}
	return best;
}

bool self_has(const struct self *self, const struct address *address)
{
	for (unsigned i = 0; i < self->count; i++)
		if (address_equal_host(&self->at[i], address))
			return true;
	return false;
}

static void add(struct self *self, const uv_interface_address_t *interface)
{
	struct address address = { .family = 0 }, bare;
	const uint8_t *raw;
	size_t len;

	memcpy(&address, &interface->address, sizeof(interface->address));
	raw = address_raw(&address, &len);
	if (raw == NULL || self->count == SELF_ROOM)
		return;
	address_from_raw(&bare, raw, len, 0);
	if (!self_has(self, &bare))
		self->at[self->count++] = bare;
}

static void find_name(struct self *self)
{
	char name[256] = "";

	if (gethostname(name, sizeof(name) - 1) != 0)
		name[0] = '\0';
	found_name(bytes_of_string(name), self->name);
}

int self_look(struct self *self)
{
	uv_interface_address_t *interfaces;
	int count, error = uv_interface_addresses(&interfaces, &count);

	self->count = 0;
	if (error < 0)
		return error;
	self->mac = best_mac(self, interfaces, count);
	self->looked = true;
	for (int i = 0; i < count; i++)
		add(self, &interfaces[i]);
	uv_free_interface_addresses(interfaces, count);
	find_name(self);
	return 0;
}
