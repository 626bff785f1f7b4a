/*
 * Such a file may as well be a blocklist of a million names: addresses that
 * lead nowhere are no devices, and neither is the Internet.
 */
#include "device/hosts.h"

#include "device/lines.h"

static void read_line(struct bytes line, struct founds *founds)
{
	const uint8_t *comment = line.len > 0
				 ? memchr(line.at, '#', line.len) : NULL;
	struct found found = { .has_mac = false };
	struct bytes address, name;

	if (comment != NULL)
		line.len = (size_t)(comment - line.at);
	if (!lines_word(&line, &address) || !lines_word(&line, &name) ||
	    !lines_address(address, &found.address) ||
	    !address_is_private(&found.address) ||
	    !found_name(name, found.name) ||
	    founds_find(founds, &found.address) != NULL)
		return;
	founds_put(founds, &found);
}

void hosts_read(struct bytes text, struct founds *founds)
{
	struct bytes line;

	while (lines_next(&text, &line))
		read_line(line, founds);
}
