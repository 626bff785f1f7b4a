/*
 * notify: telling systemd how we are (the protocol of sd_notify(3)), without
 * its library.  Does nothing where nobody listens.
 */
#ifndef NOTIFY_H
#define NOTIFY_H

/*
 * Lines such as "READY=1\nSTATUS=...".  1: sent; 0: nobody listens
 * (NOTIFY_SOCKET is not set); negative: it could not be sent.
 */
int notify_send(const char *state);

/* How often WATCHDOG=1 must be sent at least, in ms; 0: nobody waits for it. */
unsigned notify_watchdog_ms(void);

#endif
