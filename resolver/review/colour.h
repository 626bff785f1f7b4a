/*
 * colour: what stands out on a terminal (ECMA-48, SGR).
 */
#ifndef REVIEW_COLOUR_H
#define REVIEW_COLOUR_H

#define COLOUR_RED "\033[31m"
#define COLOUR_GREEN "\033[32m"
#define COLOUR_YELLOW "\033[33m"
#define COLOUR_MAGENTA "\033[35m"
#define COLOUR_REVERSE "\033[7m"
#define COLOUR_BOLD "\033[1m"
#define COLOUR_PLAIN "\033[0m"

/* Of a row with that verdict; NULL: none. */
const char *colour_of_verdict(unsigned verdict);

#endif
