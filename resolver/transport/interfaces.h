/*
 * interfaces: hears when an address of this machine comes or goes
 * (rtnetlink(7)), so that those on its subnets may ask.  Main thread.
 */
#ifndef TRANSPORT_INTERFACES_H
#define TRANSPORT_INTERFACES_H

#include <uv.h>

struct interfaces;

/*
 * Calls `changed` half a second after the last of a row of changes.  NULL
 * where the kernel does not tell.
 */
struct interfaces *interfaces_watch(uv_loop_t *loop, void (*changed)(void *),
				    void *context);
void interfaces_unwatch(struct interfaces *interfaces);	/* NULL is fine */

#endif
