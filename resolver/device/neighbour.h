/*
 * neighbour: which addresses stand behind a MAC address, as the kernel's
 * neighbour table has it (ARP, RFC 826; neighbour discovery, RFC 4861).
 *
 * Only devices on our own links are in it.  An address that the kernel lets
 * go of, or that does not answer any more, stays known for 24 hours unless
 * another MAC claims it; at most 4,096 are known (device/sightings.h).  Who is
 * on the link can say what it wants: a MAC is a name, not a proof.
 *
 * Linux; elsewhere the table is empty.
 */
#ifndef DEVICE_NEIGHBOUR_H
#define DEVICE_NEIGHBOUR_H

#include <stdbool.h>
#include <uv.h>

struct address;
struct mac;
struct neighbours;
struct sighting;

/*
 * Main thread.  What the kernel knows is known when this returns.  From then
 * on `changed` is called, at most once a second, after addresses have
 * appeared under a MAC, moved to another or gone.  NULL on failure (logged).
 */
struct neighbours *neighbours_watch(uv_loop_t *loop,
				    void (*changed)(void *context),
				    void *context);

/* Closes its handles; freed by the loop when the last is.  NULL is fine. */
void neighbours_unwatch(struct neighbours *neighbours);

/* One look without a loop, for commands.  NULL on failure (logged). */
struct neighbours *neighbours_read(void);
void neighbours_free(struct neighbours *neighbours);	/* NULL is fine */

/*
 * The addresses of a MAC, those heard of last first, without port and scope:
 * how many, at most `room`.
 */
unsigned neighbours_of(const struct neighbours *neighbours,
		       const struct mac *mac, struct address *at,
		       unsigned room);

/* Port and scope of the address are not looked at. */
bool neighbours_mac(const struct neighbours *neighbours,
		    const struct address *address, struct mac *mac);

/*
 * All addresses that are known with their MAC, those that have left, too, and
 * how long ago each was heard of; the kernel's whole table is looked at every
 * ten minutes.  `each` gives false to stop.
 */
void neighbours_each(const struct neighbours *neighbours,
		     bool (*each)(void *context,
				  const struct sighting *sighting),
		     void *context);

#endif
