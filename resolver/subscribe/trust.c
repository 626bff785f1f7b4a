/*
 * libcurl's defaults are the same today; they are said because they must not
 * change under us.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#ifdef HAVE_CURL

#include "subscribe/trust.h"

#include <stdlib.h>

void trust_set(CURL *easy)
{
	const char *authorities = getenv("SSL_CERT_FILE");

	curl_easy_setopt(easy, CURLOPT_SSLVERSION,
			 (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	if (authorities && authorities[0] != '\0')
		curl_easy_setopt(easy, CURLOPT_CAINFO, authorities);
}

#else

/* An empty file is none (C11, 6.9). */
extern const int trust_is_not_built;

#endif
