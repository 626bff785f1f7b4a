/*
 * bypass: names by which software shows that it goes, or would go, round the
 * resolver it was given.
 *
 * A canary is asked for by software that is about to use a resolver of its
 * own and lets the network object: use-application-dns.net (Firefox,
 * support.mozilla.org "Canary domain"), mask.icloud.com and mask-h2.icloud.com
 * (iCloud Private Relay, developer.apple.com).  The name of a public DoH or
 * DoT server is asked for by whoever is about to use it.  Neither proves that
 * it was used.
 */
#ifndef REVIEW_BYPASS_H
#define REVIEW_BYPASS_H

#include <stdbool.h>

#include "base/bytes.h"

/* Lower case, without the last dot. */
bool bypass_is_canary(struct bytes name);

/* A server's name, or one below it. */
bool bypass_is_resolver(struct bytes name);

#endif
