/*
 * system_files: where the machine's resolvers may stand.  Only for system.c
 * and system_watch.c.
 */
#ifndef UPSTREAM_SYSTEM_FILES_H
#define UPSTREAM_SYSTEM_FILES_H

/*
 * The first is what programs read; behind it those that hold the real servers
 * where the first names a local stub.  NULL ends it.
 */
extern const char *const system_files[];

#endif
