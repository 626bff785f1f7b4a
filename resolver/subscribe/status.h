/*
 * status: the words of HTTP status codes (RFC 9110, section 15).
 */
#ifndef SUBSCRIBE_STATUS_H
#define SUBSCRIBE_STATUS_H

#include <stdbool.h>

/* "Not Found"; for one that is not known "not what was asked for". */
const char *status_words(long status);

/* 301, 302, 303, 307, 308: a GET goes on elsewhere. */
bool status_is_redirect(long status);

#endif
