/*
 * confine: gives up everything but computing, for the process that reads
 * what strangers wrote.
 *
 * Afterwards it can use memory, and the files that are open; it can open
 * none, reach no network, start no program and look at no other process
 * (seccomp(2), a filter of system calls by name; what is not on the list fails
 * with EPERM).  There is no way back; children inherit it.
 */
#ifndef SUBSCRIBE_CONFINE_H
#define SUBSCRIBE_CONFINE_H

/*
 * For a process with one thread.  0; ERROR_ABSENT where the kernel or the
 * machine's kind has no such thing; or -errno.
 */
int confine_enter(void);

#endif
