/*
 * http: one text from one URL, if it is new.
 *
 * HTTP and HTTPS through libcurl: certificates are checked (SSL_CERT_FILE
 * names the authorities where the system's are not wanted), TLS is 1.2 or
 * newer, at most five redirects, none of them from https to http; no cookies,
 * no .netrc.  Hosts are resolved by resolve.h.  It waits: for the compiler.
 */
#ifndef SUBSCRIBE_HTTP_H
#define SUBSCRIBE_HTTP_H

#include <stdint.h>

#include "base/address.h"
#include "subscribe/memory.h"

struct http_request {
	const char *url;
	const char *etag;		/* of what we have; "" or NULL: none */
	const char *modified;		/* its Last-Modified, likewise */
	int fd;				/* the text goes to its end: spool.h */
	uint64_t limit;			/* bytes, as sent and unpacked */
	uint32_t connect_ms;		/* silence that is too long, too */
	uint32_t total_ms;
	struct addresses upstreams;
	void (*progress)(void *context, const char *url, uint64_t got,
			 uint64_t expected);	/* or NULL; 0: not known */
	void *context;
};

struct http_reply {
	char etag[MEMORY_ETAG];		/* "": it has none, or a strange one */
	char modified[MEMORY_DATE];
	char trouble[256];
};

/*
 * 1: it is behind the end of the file; 0: 304, what we have is still it; or a
 * negative number and words in reply->trouble, and the file is as it was.
 */
int http_get(const struct http_request *request, struct http_reply *reply);

#endif
