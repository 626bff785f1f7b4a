/*
 * post: a message to a URL of the household's choice (a webhook).
 *
 * HTTP or HTTPS POST of JSON through libcurl; certificates are checked, hosts
 * are resolved by resolve.h, no redirect is followed: a message goes to whom
 * the configuration names and to nobody else.  It waits; not for the daemon's
 * threads.
 */
#ifndef SUBSCRIBE_POST_H
#define SUBSCRIBE_POST_H

#include <stdint.h>

#include "base/address.h"
#include "base/bytes.h"

struct post {
	const char *url;
	struct bytes body;
	uint32_t total_ms;
	struct addresses upstreams;
};

/*
 * 0: it was taken (any 2xx); ERROR_REFUSED or another error, with words;
 * ERROR_ABSENT: built without libcurl.
 */
int post_send(const struct post *post, char trouble[256]);

#endif
