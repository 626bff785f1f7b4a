/*
 *	1795000000 aa:bb:cc:dd:ee:ff 192.168.1.20 tablet 01:aa:bb:cc:dd:ee:ff
 *	0 06-01:02:03:04:05:06 192.168.1.21 * *
 *	duid 00:01:00:01:...
 *	1795000000 1234567 fd00::20 tablet 00:01:00:01:...
 *
 * 0 never ends.  A MAC that is not of an Ethernet has its kind before it;
 * DHCPv6 knows no MAC: what stands there is a number that the client chose.
 * Where the machine has no clock of its own the first number is how long the
 * lease runs, which no date of our time looks like.
 */
#include "device/leases.h"
#include "device/lines.h"

enum { LONG_AGO = 1000000000 };	/* 2001 */

static void read_line(struct bytes line, int64_t now, struct founds *founds)
{
	struct bytes expiry, link, address, name;
	struct found found = { .has_mac = false };
	uint64_t until;

	if (!lines_word(&line, &expiry) || !lines_word(&line, &link) ||
	    !lines_word(&line, &address) || !lines_word(&line, &name) ||
	    !lines_number(expiry, &until) ||
	    !lines_address(address, &found.address))
		return;
	found.has_mac = lines_mac(link, &found.mac);
	found_name(name, found.name);
	leases_note(founds, &found,
		    until < LONG_AGO || (int64_t)until > now);
}

void leases_read_dnsmasq(struct bytes text, int64_t now,
			 struct founds *founds)
{
	struct bytes line;

	while (lines_next(&text, &line))
		read_line(line, now, founds);
}
