/*
 * serve_devices: who is in the house, watched by the main thread and written
 * down by the journal.
 */
#ifndef SERVE_DEVICES_H
#define SERVE_DEVICES_H

struct serve;

/*
 * The neighbour table is watched where a group names a device, or a journal
 * wants to know them; for the start, and after the configuration was read
 * anew.
 */
void serve_watch_devices(struct serve *serve);

/* The addresses of this machine, or its upstreams, are others. */
void serve_look_at_self(struct serve *serve);

/* Closes its handles in the loop. */
void serve_unwatch_devices(struct serve *serve);

#endif
