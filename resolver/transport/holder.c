/*
 * Who holds a port: the kernel's tables of sockets name an inode, and the
 * descriptors of some process lead to the same inode.
 *
 *	/proc/net/udp   "..: 3500007F:0035 00000000:0000 07 ... inode"
 *	/proc/312/fd/13 -> "socket:[inode]"
 *	/proc/312/comm  "systemd-resolve"
 */
#include "transport/listener.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

enum { TCP_STATE_LISTEN = 0x0a };

struct holder {
	unsigned long inode;	/* of its socket; 0: nobody holds the port */
	long pid;		/* 0: it may not be seen */
	char comm[32];
};

/* What each of them can do about it; names as comm has them, 15 letters. */
static const struct {
	const char *comm;
	const char *name;
	const char *advice;
} advices[] = {
	{ "systemd-resolve", "systemd-resolved",
	  "put \"[Resolve]\" and \"DNSStubListener=no\" into "
	  "/etc/systemd/resolved.conf.d/homebound.conf and run \"systemctl "
	  "restart systemd-resolved\", or listen on single addresses instead "
	  "of all (it holds 127.0.0.53 and 127.0.0.54)" },
	{ "dnsmasq", "dnsmasq",
	  "set \"port=0\" in its configuration if it is only to serve DHCP "
	  "(under libvirt or NetworkManager, listen on single addresses "
	  "instead of all), or stop it" },
	{ "named", "BIND (named)",
	  "stop it, or leave it an address of its own with \"listen-on\" in "
	  "named.conf" },
	{ "unbound", "unbound",
	  "stop it, or give it another port with \"port:\" in unbound.conf "
	  "and let homebound ask it there" },
	{ "pihole-FTL", "Pi-hole (pihole-FTL)",
	  "stop it, or give it another port" },
	{ "AdGuardHome", "AdGuard Home",
	  "stop it, or give it another port" },
	{ "homebound", "another homebound",
	  "stop it, or give this one another address" },
};

/* "0100007F" is a word in the machine's byte order. */
static bool parse_words(const char *text, uint8_t *raw, size_t len)
{
	for (size_t i = 0; i < len; i += 4, text += 8) {
		unsigned word;

		if (sscanf(text, "%8x", &word) != 1)
			return false;
		memcpy(raw + i, &word, sizeof(word));
	}
	return true;
}

static bool parse_local(struct address *local, const char *text)
{
	const char *colon = strchr(text, ':');
	size_t len = colon != NULL ? (size_t)(colon - text) / 2 : 0;
	uint8_t raw[16];
	unsigned port;

	if ((len != 4 && len != 16) || !parse_words(text, raw, len) ||
	    sscanf(colon + 1, "%4x", &port) != 1)
		return false;
	address_from_raw(local, raw, len, (uint16_t)port);
	return true;
}

/* A socket on all IPv6 addresses may have all IPv4 addresses as well. */
static bool collides(const struct address *held, const struct address *wanted)
{
	if (address_port(held) != address_port(wanted))
		return false;
	if (held->family == AF_INET6 && address_is_wildcard(held))
		return true;
	return held->family == wanted->family &&
	       (address_is_wildcard(held) || address_is_wildcard(wanted) ||
		address_equal_host(held, wanted));
}

/* One line of a table; 0, or the inode of a socket that is in the way. */
static unsigned long line_collides(const char *line, bool stream,
				   const struct address *wanted)
{
	struct address held;
	char local[64];
	unsigned state;
	unsigned long inode;

	if (sscanf(line, " %*d: %63s %*s %x %*s %*s %*s %*s %*s %lu", local,
		   &state, &inode) != 3)
		return 0;
	if (stream && state != TCP_STATE_LISTEN)
		return 0;
	return parse_local(&held, local) && collides(&held, wanted) ? inode
								    : 0;
}

static unsigned long table_find(const char *path, bool stream,
				const struct address *wanted)
{
	FILE *stream_of = fopen(path, "re");
	unsigned long inode = 0;
	char line[512];

	if (stream_of == NULL)
		return 0;
	while (inode == 0 && fgets(line, sizeof(line), stream_of) != NULL)
		inode = line_collides(line, stream, wanted);
	fclose(stream_of);
	return inode;
}

static unsigned long find_inode(const struct address *wanted)
{
	static const struct {
		const char *path;
		bool stream;
	} tables[] = {
		{ "/proc/net/udp", false },
		{ "/proc/net/udp6", false },
		{ "/proc/net/tcp", true },
		{ "/proc/net/tcp6", true },
	};
	unsigned long inode = 0;

	for (size_t i = 0; inode == 0 && i < 4; i++)
		inode = table_find(tables[i].path, tables[i].stream, wanted);
	return inode;
}

/* Does one of the descriptors in `folder` lead to that socket? */
static bool folder_has(const char *folder, const char *socket)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	bool found = false;

	if (dir == NULL)
		return false;
	while (!found && (entry = readdir(dir)) != NULL) {
		char target[64];
		ssize_t len = readlinkat(dirfd(dir), entry->d_name, target,
					 sizeof(target) - 1);

		if (len < 0)
			continue;
		target[len] = '\0';
		found = strcmp(target, socket) == 0;
	}
	closedir(dir);
	return found;
}

static void read_comm(struct holder *holder)
{
	char path[64];
	FILE *stream;

	snprintf(path, sizeof(path), "/proc/%ld/comm", holder->pid);
	stream = fopen(path, "re");
	if (stream == NULL)
		return;
	if (fgets(holder->comm, sizeof(holder->comm), stream) != NULL)
		holder->comm[strcspn(holder->comm, "\n")] = '\0';
	fclose(stream);
}

static void find_process(struct holder *holder)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	char socket[64], folder[64];

	if (proc == NULL)
		return;
	snprintf(socket, sizeof(socket), "socket:[%lu]", holder->inode);
	while (holder->pid == 0 && (entry = readdir(proc)) != NULL) {
		long pid = strtol(entry->d_name, NULL, 10);

		if (pid <= 0)
			continue;
		snprintf(folder, sizeof(folder), "/proc/%ld/fd", pid);
		if (folder_has(folder, socket))
			holder->pid = pid;
	}
	closedir(proc);
	if (holder->pid != 0)
		read_comm(holder);
}

static void put_holder(const struct holder *holder, struct text *out)
{
	for (size_t i = 0; i < sizeof(advices) / sizeof(advices[0]); i++) {
		if (strcmp(advices[i].comm, holder->comm) != 0)
			continue;
		text_put(out, "held by %s (pid %ld): %s", advices[i].name,
			 holder->pid, advices[i].advice);
		return;
	}
	text_put(out, "held by ");
	text_put_hostile(out, bytes_of_string(holder->comm));
	text_put(out, " (pid %ld): stop it, or listen on another address",
		 holder->pid);
}

void listener_explain(const struct address *address, struct text *out)
{
	struct holder holder = { .inode = find_inode(address) };

	if (holder.inode != 0)
		find_process(&holder);
	if (holder.inode == 0)
		text_put(out, "nobody seems to hold it any more: try again");
	else if (holder.pid == 0)
		text_put(out, "held by another program (run as root to see "
			 "which)");
	else
		put_holder(&holder, out);
}
