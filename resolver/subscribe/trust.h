/*
 * trust: whom a transfer believes that it is who it says: TLS 1.2 or later,
 * certificates checked against the system's authorities, or those of
 * SSL_CERT_FILE.
 */
#ifndef SUBSCRIBE_TRUST_H
#define SUBSCRIBE_TRUST_H

#include <curl/curl.h>

void trust_set(CURL *easy);

#endif
