/*
 * lookup: which addresses libcurl may connect to for one transfer.
 *
 * Every host is resolved by us (resolve.h) and handed over; whatever libcurl
 * would ask the system's resolver for is stopped before it asks.  Whether a
 * proxy of the environment is used (http_proxy, https_proxy, all_proxy,
 * no_proxy) is libcurl's to say; the proxy's host is resolved in the same way.
 */
#ifndef SUBSCRIBE_LOOKUP_H
#define SUBSCRIBE_LOOKUP_H

#include <curl/curl.h>
#include <stdbool.h>

#include "base/address.h"

struct text;

struct lookup {
	CURL *easy;
	CURLU *url;
	struct addresses upstreams;
	struct text *trouble;
	struct curl_slist *known;	/* as CURLOPT_RESOLVE takes them */
	bool target;			/* the host of the URL is known */
	bool bracket;			/* the proxy is an IPv6 address */
	bool open;			/* only literal addresses are left */
	bool stopped;			/* it wanted to ask for something */
};

/*
 * Prepares the transfer `lookup->easy` to `lookup->url`.  Of the rest only
 * `upstreams` and `trouble` are set before.  0 or, with words in `trouble`, a
 * negative number.  Then comes lookup_release, after the transfer is freed.
 */
int lookup_begin(struct lookup *lookup);

/* Did it fail for an address that is known now?  Then it is tried again. */
bool lookup_again(struct lookup *lookup, CURLcode code);

void lookup_release(struct lookup *lookup);

#endif
