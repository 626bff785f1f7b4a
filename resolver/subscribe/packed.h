/*
 * packed: texts in zstd frames (RFC 8878), as a stream, in little memory.
 *
 * The home of libzstd here.
 */
#ifndef SUBSCRIBE_PACKED_H
#define SUBSCRIBE_PACKED_H

#include <stdint.h>
#include <stdio.h>

/* The whole file `from`, packed, to `out`.  0 or -errno. */
int packed_write(FILE *out, int from);

/*
 * What is packed in the file `from`, to the end of the spool `to`.
 * ERROR_DAMAGED: it is not packed well, or there is more than `limit`.
 */
int packed_read(int from, int to, uint64_t limit);

#endif
