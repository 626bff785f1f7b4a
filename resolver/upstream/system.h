/*
 * system: the resolvers this machine was given, and when they change.
 *
 * Read from /etc/resolv.conf; where that names only a local stub
 * (systemd-resolved and its like), from the files that hold the real ones
 * (/run/systemd/resolve/resolv.conf, /run/NetworkManager/no-stub-resolv.conf,
 * and so on).  Main thread.
 */
#ifndef UPSTREAM_SYSTEM_H
#define UPSTREAM_SYSTEM_H

#include <uv.h>

#include "base/address.h"
#include "base/bytes.h"

/* "nameserver" lines only; how many were found, at most `room`. */
unsigned system_parse(struct bytes text, struct address *servers,
		      unsigned room);

/*
 * The servers to use, never one of `ours` (the addresses we listen on, a
 * wildcard standing for every address of this machine).  *file says where
 * they were read.  How many; 0: none.
 */
unsigned system_servers(struct addresses ours, struct address *servers,
			unsigned room, const char **file);

/* Calls `changed` when one of those files may have changed. */
struct system_watch;
struct system_watch *system_watch(uv_loop_t *loop, void (*changed)(void *),
				  void *context);
void system_unwatch(struct system_watch *watch);	/* closes in the loop */

/* Would asking `server` come back to one of `ours`? */
bool system_is_ours(const struct address *server, struct addresses ours);

#endif
