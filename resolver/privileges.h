/*
 * privileges: what is opened as root, and then given up.
 *
 * Main thread, before any other thread is started: the kernel keeps
 * capabilities for each thread by itself.
 */
#ifndef PRIVILEGES_H
#define PRIVILEGES_H

#include <sys/types.h>

/*
 * Becomes `user` for good: no way back, no capability, nothing to be gained
 * by running another program.  Who is not root stays who they are and gives
 * up the rest; so does root with "", who keeps root's capabilities.
 * Negative, and the sentence was logged: there is no such user, or the kernel
 * said no.
 */
int privileges_drop(const char *user);

/*
 * Makes a folder that `user` can use after the drop; one that is there and
 * that the user cannot write to is given to the user if it is root's and
 * empty.  What has files of others in it is never given away: negative, and
 * the sentence was logged.
 */
int privileges_own(const char *path, const char *user, mode_t mode);

/* ERROR_ABSENT: there is no such group. */
int privileges_group(const char *name, gid_t *gid);

#endif
