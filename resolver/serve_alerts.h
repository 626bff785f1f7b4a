/*
 * serve_alerts: every few minutes a process of its own looks whether there is
 * something to tell the household (homebound alerts run).
 *
 * Main thread.
 */
#ifndef SERVE_ALERTS_H
#define SERVE_ALERTS_H

struct serve;
struct serve_alerts;

/* NULL: no memory (logged); then nobody is told anything. */
struct serve_alerts *serve_alerts_begin(struct serve *serve);

/* Closes its handles and ends the child; freed by the loop.  NULL is fine. */
void serve_alerts_end(struct serve_alerts *alerts);

#endif
