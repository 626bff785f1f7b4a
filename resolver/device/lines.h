/*
 * lines: text that a file of another program has, line by line and word by
 * word, in place; any bytes.
 */
#ifndef DEVICE_LINES_H
#define DEVICE_LINES_H

#include <stdbool.h>

#include "base/bytes.h"

struct address;
struct mac;

/* The next line without its end (LF, CR LF), off the front of *text. */
bool lines_next(struct bytes *text, struct bytes *line);

/* The next word between blanks, off the front of *line. */
bool lines_word(struct bytes *line, struct bytes *word);

bool lines_equal(struct bytes word, const char *other);

/* Decimal digits and nothing else, below 2^63. */
bool lines_number(struct bytes word, uint64_t *number);

/* An address without port and scope; the MAC of an Ethernet. */
bool lines_address(struct bytes word, struct address *address);
bool lines_mac(struct bytes word, struct mac *mac);

#endif
