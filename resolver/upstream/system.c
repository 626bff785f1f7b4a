/*
 * resolv.conf(5) is written by many: DHCP clients, NetworkManager, resolvconf,
 * systemd-resolved, people.  Whoever runs a resolver on this machine puts its
 * own address there (so do we), and the real servers stand in another file.
 *
 * Which file counts: resolv.conf if it names a server that is neither us nor
 * on this machine; else the first of the others that does; else, with nothing
 * better, a local server in resolv.conf that is not us.
 */
#include "upstream/system.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "upstream/system_files.h"

enum {
	FILE_LIMIT = 64 << 10,
	SERVERS = 32,
	DNS_PORT = 53,
};

static struct bytes line_take(struct bytes *text)
{
	const uint8_t *end = memchr(text->at, '\n', text->len);
	size_t len = end != NULL ? (size_t)(end - text->at) : text->len;
	struct bytes line = bytes_of(text->at, len);

	len += end != NULL;
	*text = bytes_of(text->at + len, text->len - len);
	return line;
}

static bool is_space(uint8_t byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r';
}

static struct bytes word_take(struct bytes *line)
{
	size_t from = 0, to;

	while (from < line->len && is_space(line->at[from]))
		from++;
	for (to = from; to < line->len && !is_space(line->at[to]); to++)
		;
	*line = bytes_of(line->at + to, line->len - to);
	return bytes_of(line->at - (to - from), to - from);
}

static bool line_parse(struct bytes line, struct address *server)
{
	static const char keyword[] = "nameserver";
	struct bytes word = word_take(&line);
	char text[ADDRESS_TEXT];

	if (word.len != strlen(keyword) ||
	    memcmp(word.at, keyword, word.len) != 0)
		return false;
	word = word_take(&line);
	if (word.len == 0 || word.len >= sizeof(text))
		return false;
	memcpy(text, word.at, word.len);
	text[word.len] = '\0';
	return strlen(text) == word.len &&
	       address_parse(server, text, DNS_PORT) == 0 &&
	       address_port(server) != 0;
}

static bool is_among(const struct address *server,
		     const struct address *servers, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if (address_equal(server, &servers[i]))
			return true;
	return false;
}

unsigned system_parse(struct bytes text, struct address *servers,
		      unsigned room)
{
	unsigned count = 0;

	while (text.len > 0 && count < room)
		if (line_parse(line_take(&text), &servers[count]) &&
		    !is_among(&servers[count], servers, count))
			count++;
	return count;
}

/* Is it one of the addresses of this machine's interfaces? */
static bool is_of_this_machine(const struct address *address)
{
	struct ifaddrs *all, *one;
	bool found = false;

	if (address_is_loopback(address) || address_is_wildcard(address))
		return true;
	if (getifaddrs(&all) < 0)
		return false;
	for (one = all; one != NULL && !found; one = one->ifa_next) {
		struct address own = { .family = 0 };

		if (one->ifa_addr == NULL ||
		    one->ifa_addr->sa_family != address->family)
			continue;
		own.family = address->family;
		memcpy(&own.any, one->ifa_addr, address_size(&own));
		found = address_equal_host(&own, address);
	}
	freeifaddrs(all);
	return found;
}

/* Asking a wildcard address is asking this machine (all of Linux does so). */
static bool is_one(const struct address *server, const struct address *own)
{
	if (server->family != own->family ||
	    address_port(server) != address_port(own))
		return false;
	if (address_is_wildcard(own))
		return is_of_this_machine(server);
	return address_equal_host(server, own) ||
	       (address_is_wildcard(server) && address_is_loopback(own));
}

bool system_is_ours(const struct address *server, struct addresses ours)
{
	for (unsigned i = 0; i < ours.count; i++)
		if (is_one(server, &ours.at[i]))
			return true;
	return false;
}

static bool is_local(const struct address *server)
{
	return address_is_loopback(server) || address_is_wildcard(server);
}

static unsigned file_servers(const char *path, struct address *servers,
			     unsigned room)
{
	unsigned count;
	uint8_t *at;
	size_t len;

	if (file_read(path, FILE_LIMIT, &at, &len) < 0)
		return 0;
	count = system_parse(bytes_of(at, len), servers, room);
	free(at);
	return count;
}

/* Those that are not us, and not on this machine unless `local`. */
static unsigned file_usable(const char *path, struct addresses ours,
			    bool local, struct address servers[SERVERS])
{
	unsigned found = file_servers(path, servers, SERVERS), count = 0;

	for (unsigned i = 0; i < found; i++)
		if ((local || !is_local(&servers[i])) &&
		    !system_is_ours(&servers[i], ours))
			servers[count++] = servers[i];
	return count;
}

unsigned system_servers(struct addresses ours, struct address *servers,
			unsigned room, const char **file)
{
	struct address found[SERVERS];
	unsigned count = 0, from;

	for (from = 0; system_files[from] != NULL && count == 0; from++)
		count = file_usable(system_files[from], ours, false, found);
	if (count == 0) {
		count = file_usable(system_files[0], ours, true, found);
		from = 1;
	}
	*file = system_files[from - 1];
	if (count > room)
		count = room;
	memcpy(servers, found, count * sizeof(*servers));
	return count;
}
