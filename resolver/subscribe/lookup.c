/*
 * Without a proxy in the environment the host of the URL is resolved at once.
 * With one, only the proxy's: it resolves for us.  If no_proxy makes libcurl
 * want the host after all, it is stopped, and tried again with its addresses.
 *
 * IPv6 addresses in a URL cannot be handed over (the list's own form has no
 * place for the colons), so there the stop is lifted.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#ifdef HAVE_CURL

#include "subscribe/lookup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "subscribe/resolve.h"

enum { ENTRY = 2048 };

static int stop(void *resolver, void *reserved, void *context)
{
	struct lookup *lookup = context;

	(void)resolver;
	(void)reserved;
	lookup->stopped = true;
	return !lookup->open;
}

static const char *words_of(int error)
{
	switch (error) {
	case ERROR_MALFORMED:
		return "it is no host name (other scripts: as xn--...)";
	case ERROR_ABSENT:
		return "the upstreams know no address of it";
	case ERROR_UNREACHABLE:
		return "there is no upstream to ask for its address";
	case ERROR_TIMEOUT:
		return "no upstream answered for its address in time";
	case ERROR_REFUSED:
		return "the upstreams could not find its address";
	default:
		return error_words(error);
	}
}

static int refuse(struct lookup *lookup, const char *host, int error)
{
	text_put_hostile(lookup->trouble, bytes_of_string(host));
	text_put(lookup->trouble, ": %s", words_of(error));
	return error;
}

/* "HOST:PORT:ADDRESS,ADDRESS"; replaces the list that libcurl has. */
static int hand_over(struct lookup *lookup, const char *entry)
{
	struct curl_slist *more = curl_slist_append(lookup->known, entry);

	if (!more)
		return -ENOMEM;
	lookup->known = more;
	curl_easy_setopt(lookup->easy, CURLOPT_RESOLVE, lookup->known);
	return 0;
}

static void print_addresses(const struct resolved *found, struct text *entry)
{
	char words[ADDRESS_TEXT];

	for (unsigned i = 0; i < found->count; i++) {
		const struct address *address = &found->at[i];
		bool six = address->family == AF_INET6;

		text_put(entry, "%s%s%s%s", i ? "," : "", six ? "[" : "",
			 address_words(address, 0, words), six ? "]" : "");
	}
}

static int add_host(struct lookup *lookup, const char *host, const char *port)
{
	struct resolved found = { .count = 0 };
	char entry[ENTRY];
	struct text text;
	int error;

	if (host[0] == '[')
		return 0;
	error = resolve_host(lookup->upstreams, host, &found);
	if (error < 0)
		return refuse(lookup, host, error);
	text_init(&text, entry, sizeof(entry));
	text_put(&text, "%s:%s:", host, port);
	print_addresses(&found, &text);
	error = text.cut ? ERROR_MALFORMED : hand_over(lookup, entry);
	return error < 0 ? refuse(lookup, host, error) : 0;
}

static int add_host_of(struct lookup *lookup, CURLU *url, const char *usual)
{
	unsigned flags = usual ? 0 : CURLU_DEFAULT_PORT;
	char *host = NULL, *port = NULL;
	int error = ERROR_MALFORMED;

	curl_url_get(url, CURLUPART_HOST, &host, 0);
	curl_url_get(url, CURLUPART_PORT, &port, flags);
	if (host && (port || usual))
		error = add_host(lookup, host, port ? port : usual);
	else
		text_put(lookup->trouble, "there is no host in the URL");
	curl_free(host);
	curl_free(port);
	return error;
}

static bool is_bracket(CURLU *url)
{
	char *host = NULL;
	bool bracket;

	curl_url_get(url, CURLUPART_HOST, &host, 0);
	bracket = host && host[0] == '[';
	curl_free(host);
	return bracket;
}

static int add_target(struct lookup *lookup)
{
	lookup->target = true;
	lookup->open = is_bracket(lookup->url);
	return add_host_of(lookup, lookup->url, NULL);
}

/* --- proxies --- */

static const char *value_of(const char *const names[])
{
	const char *value = NULL;

	for (; *names && (!value || *value == '\0'); names++)
		value = getenv(*names);
	return value && *value != '\0' ? value : NULL;
}

/*
 * As libcurl reads it: HTTP_PROXY in capitals is what a web server hands a
 * program it runs, and does not count.
 */
static const char *proxy_of(CURLU *url)
{
	static const char *const plain[] = {
		"http_proxy", "all_proxy", "ALL_PROXY", NULL,
	};
	static const char *const secure[] = {
		"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", NULL,
	};
	char *scheme = NULL;
	bool is_secure;

	curl_url_get(url, CURLUPART_SCHEME, &scheme, 0);
	is_secure = scheme && strcmp(scheme, "https") == 0;
	curl_free(scheme);
	return value_of(is_secure ? secure : plain);
}

static int add_proxy(struct lookup *lookup, const char *proxy)
{
	const char *usual = strncmp(proxy, "https:", 6) == 0 ? "443" : "1080";
	CURLU *url = curl_url();
	int error = ERROR_MALFORMED;

	if (!url)
		return refuse(lookup, "proxy", -ENOMEM);
	if (curl_url_set(url, CURLUPART_URL, proxy, CURLU_GUESS_SCHEME |
			 CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK) {
		lookup->bracket = is_bracket(url);
		error = add_host_of(lookup, url, usual);
	} else {
		text_put(lookup->trouble, "the proxy of the environment is no "
			 "URL");
	}
	curl_url_cleanup(url);
	return error;
}

/* --- a transfer --- */

int lookup_begin(struct lookup *lookup)
{
	const char *proxy = proxy_of(lookup->url);

	curl_easy_setopt(lookup->easy, CURLOPT_RESOLVER_START_FUNCTION, stop);
	curl_easy_setopt(lookup->easy, CURLOPT_RESOLVER_START_DATA, lookup);
	return proxy ? add_proxy(lookup, proxy) : add_target(lookup);
}

bool lookup_again(struct lookup *lookup, CURLcode code)
{
	if (!lookup->stopped || lookup->open)
		return false;
	lookup->stopped = false;
	if (code == CURLE_COULDNT_RESOLVE_PROXY) {
		lookup->open = lookup->bracket;
		return lookup->open;
	}
	return code == CURLE_COULDNT_RESOLVE_HOST && !lookup->target &&
	       add_target(lookup) == 0;
}

void lookup_release(struct lookup *lookup)
{
	curl_slist_free_all(lookup->known);
	lookup->known = NULL;
}

#endif
