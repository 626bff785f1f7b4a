/*
 *	http_get
 *	   visit, at most six times		one URL, one connection
 *	      lookup_begin			addresses for it
 *	      curl_easy_perform
 *	         take_header			ETag, Last-Modified
 *	         take_body			counted, and looked at once
 *	   200  done			304  we have it
 *	   30x  the next URL, if it may be	else words
 *
 * Redirects are followed here and not by libcurl, because each host on the
 * way is resolved by us.  A new handle for each: nothing is carried over.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "subscribe/http.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "subscribe/source.h"
#include "subscribe/spool.h"
#include "subscribe/status.h"

#ifdef HAVE_CURL

#include "subscribe/lookup.h"
#include "subscribe/trust.h"

enum { REDIRECTS = 5, IGNORED_MOST = 1 << 20 };

struct transfer {
	const struct http_request *request;
	struct http_reply *reply;
	struct text trouble;		/* in the reply */
	struct lookup lookup;
	CURLU *url;			/* where we are */
	CURL *easy;
	uint64_t deadline;		/* milliseconds since boot */
	uint64_t got;			/* bytes of the body */
	uint64_t ignored;		/* bytes of other bodies */
	int64_t start;			/* where it begins in the file */
	int error;			/* why we ended it, or 0 */
	bool looked;			/* its first letter was seen */
	char words[CURL_ERROR_SIZE];
};

/* --- what comes in --- */

/* A value of printable ASCII that has room; else it stays empty. */
static void take_value(char *to, size_t room, struct bytes value)
{
	size_t len = 0;

	while (value.len > 0 && value.at[0] == ' ') {
		value.at++;
		value.len--;
	}
	while (len < value.len && value.at[len] >= ' ' && value.at[len] < 0x7f)
		len++;
	to[0] = '\0';
	if (len >= room || (len < value.len && value.at[len] != '\r'))
		return;
	memcpy(to, value.at, len);
	to[len] = '\0';
}

static bool is_named(struct bytes *line, const char *name)
{
	size_t len = strlen(name);

	if (line->len < len ||
	    strncasecmp((const char *)line->at, name, len) != 0)
		return false;
	line->at += len;
	line->len -= len;
	return true;
}

/* A status line begins anew: what came before was a 100, or a proxy's. */
static size_t take_header(char *at, size_t size, size_t count, void *context)
{
	struct http_reply *reply = ((struct transfer *)context)->reply;
	struct bytes line = bytes_of(at, size * count);

	if (is_named(&line, "http/"))
		reply->etag[0] = reply->modified[0] = '\0';
	else if (is_named(&line, "etag:"))
		take_value(reply->etag, sizeof(reply->etag), line);
	else if (is_named(&line, "last-modified:"))
		take_value(reply->modified, sizeof(reply->modified), line);
	return size * count;
}

static long status_of(CURL *easy)
{
	long status = 0;

	curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
	return status;
}

static bool says_html(CURL *easy)
{
	char *type = NULL;

	curl_easy_getinfo(easy, CURLINFO_CONTENT_TYPE, &type);
	return type && (strncasecmp(type, "text/html", 9) == 0 ||
			strncasecmp(type, "application/xhtml", 17) == 0);
}

/* Behind white space and a byte order mark. */
static void look(struct transfer *transfer, struct bytes piece)
{
	static const char blank[] = " \t\r\n\f\v\xef\xbb\xbf";

	for (size_t i = 0; i < piece.len && !transfer->looked; i++) {
		if (memchr(blank, piece.at[i], sizeof(blank) - 1))
			continue;
		transfer->looked = true;
		if (piece.at[i] == '<' && says_html(transfer->easy))
			transfer->error = ERROR_FOREIGN;
	}
}

/*
 * 0 ends the transfer.  What comes with a redirect or a 404 is for people; a
 * little of it is listened to, since libcurl tells of a Location at the end.
 */
static size_t take_body(char *at, size_t size, size_t count, void *context)
{
	struct transfer *transfer = context;
	struct bytes piece = bytes_of(at, size * count);

	if (status_of(transfer->easy) != 200) {
		transfer->ignored += piece.len;
		return transfer->ignored <= IGNORED_MOST ? piece.len : 0;
	}
	if (piece.len > transfer->request->limit - transfer->got)
		transfer->error = ERROR_FULL;
	else if (!transfer->looked)
		look(transfer, piece);
	if (transfer->error == 0)
		transfer->error = spool_write(transfer->request->fd, piece);
	if (transfer->error < 0)
		return 0;
	transfer->got += piece.len;
	return piece.len;
}

static int tell(void *context, curl_off_t expected, curl_off_t got,
		curl_off_t upload, curl_off_t uploaded)
{
	const struct http_request *request =
		((struct transfer *)context)->request;

	(void)upload;
	(void)uploaded;
	if (request->progress)
		request->progress(request->context, request->url,
				  (uint64_t)got, (uint64_t)expected);
	return 0;
}

/* --- words --- */

static void put_url(struct transfer *transfer)
{
	char *url = NULL;

	curl_url_get(transfer->url, CURLUPART_URL, &url, 0);
	text_put(&transfer->trouble, ": ");
	source_print(url ? url : transfer->request->url, &transfer->trouble);
	curl_free(url);
}

/* "WORDS: URL" */
__attribute__((format(printf, 2, 3)))
static int refuse(struct transfer *transfer, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	text_put_list(&transfer->trouble, format, args);
	va_end(args);
	put_url(transfer);
	return ERROR_REFUSED;
}

static int refuse_status(struct transfer *transfer, long status)
{
	return refuse(transfer, "%ld %s", status, status_words(status));
}

static int refuse_large(struct transfer *transfer)
{
	uint64_t limit = transfer->request->limit;

	if (limit < 1 << 20)
		return refuse(transfer, "larger than %llu bytes",
			      (unsigned long long)limit);
	return refuse(transfer, "larger than %llu MB",
		      (unsigned long long)(limit >> 20));
}

/* libcurl's own words may quote what a server sent. */
static int refuse_code(struct transfer *transfer, CURLcode code)
{
	const char *words = transfer->words[0] != '\0'
				    ? transfer->words
				    : curl_easy_strerror(code);

	switch (code) {
	case CURLE_OPERATION_TIMEDOUT:
		return refuse(transfer, "no answer in time");
	case CURLE_PARTIAL_FILE:
		return refuse(transfer, "it ended before it was complete");
	case CURLE_FILESIZE_EXCEEDED:
		return refuse_large(transfer);
	case CURLE_OUT_OF_MEMORY:
		return refuse(transfer, "%s", error_words(-ENOMEM));
	case CURLE_PEER_FAILED_VERIFICATION:
		text_put(&transfer->trouble, "its certificate is not good: ");
		break;
	default:
		break;
	}
	text_put_hostile(&transfer->trouble, bytes_of_string(words));
	put_url(transfer);
	return ERROR_REFUSED;
}

static int refuse_own(struct transfer *transfer)
{
	switch (transfer->error) {
	case ERROR_FULL:
		return refuse_large(transfer);
	case ERROR_FOREIGN:
		return refuse(transfer, "a page of HTML and no list");
	default:
		return refuse(transfer, "it cannot be stored: %s",
			      error_words(transfer->error));
	}
}

/* --- one transfer --- */

static struct curl_slist *headers_of(const struct http_request *request)
{
	struct curl_slist *headers = NULL;
	char line[MEMORY_ETAG + 32];
	struct text text;

	if (request->etag && request->etag[0] != '\0') {
		text_init(&text, line, sizeof(line));
		text_put(&text, "If-None-Match: %s", request->etag);
		headers = curl_slist_append(headers, line);
	}
	if (request->modified && request->modified[0] != '\0') {
		text_init(&text, line, sizeof(line));
		text_put(&text, "If-Modified-Since: %s", request->modified);
		headers = curl_slist_append(headers, line);
	}
	return headers;
}

static long left_ms(const struct transfer *transfer)
{
	struct clock clock = { 0 };

	clock_update(&clock);
	return transfer->deadline > clock_ms(&clock)
		       ? (long)(transfer->deadline - clock_ms(&clock)) : 1;
}

static void set_limits(struct transfer *transfer)
{
	const struct http_request *request = transfer->request;
	CURL *easy = transfer->easy;

	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
			 (long)request->connect_ms);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, left_ms(transfer));
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME,
			 (long)(request->connect_ms + 999) / 1000);
	curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE,
			 (curl_off_t)request->limit);
}

static void set_callbacks(struct transfer *transfer)
{
	CURL *easy = transfer->easy;

	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->words);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, tell);
	curl_easy_setopt(easy, CURLOPT_XFERINFODATA, transfer);
}

static void set_request(struct transfer *transfer)
{
	CURL *easy = transfer->easy;

	curl_easy_setopt(easy, CURLOPT_CURLU, transfer->url);
	curl_easy_setopt(easy, CURLOPT_USERAGENT,
			 "homebound/" PACKAGE_VERSION);
	curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
	set_limits(transfer);
	trust_set(easy);
	set_callbacks(transfer);
}

/* The status, 0 if it never came to one, or a negative number with words. */
static long perform(struct transfer *transfer)
{
	CURLcode code;

	do
		code = curl_easy_perform(transfer->easy);
	while (lookup_again(&transfer->lookup, code));
	if (transfer->trouble.len > 0)
		return ERROR_REFUSED;
	if (transfer->error < 0)
		return refuse_own(transfer);
	if (code == CURLE_WRITE_ERROR && status_of(transfer->easy) != 200)
		code = CURLE_OK;
	if (code != CURLE_OK)
		return refuse_code(transfer, code);
	return status_of(transfer->easy);
}

/* Moves to where the answer sends us. */
static int follow(struct transfer *transfer)
{
	char *to = NULL, *scheme = NULL;
	bool was_secure, is_known, is_secure;

	curl_easy_getinfo(transfer->easy, CURLINFO_REDIRECT_URL, &to);
	if (!to)
		return refuse(transfer, "a redirect to nowhere");
	curl_url_get(transfer->url, CURLUPART_SCHEME, &scheme, 0);
	was_secure = scheme && strcmp(scheme, "https") == 0;
	curl_free(scheme);
	is_known = source_is_remote(to);
	is_secure = strncasecmp(to, "https:", 6) == 0;
	if (is_known && was_secure && !is_secure)
		return refuse(transfer, "a redirect from https to http");
	if (!is_known ||
	    curl_url_set(transfer->url, CURLUPART_URL, to, 0) != CURLUE_OK)
		return refuse(transfer, "a redirect to what is no http URL");
	return 0;
}

/* 1: moved on; 0 or 304: done; or a negative number. */
static long visit_with(struct transfer *transfer)
{
	struct curl_slist *headers = headers_of(transfer->request);
	bool is_conditional = headers != NULL;
	long status;

	curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, headers);
	set_request(transfer);
	status = lookup_begin(&transfer->lookup);
	if (status == 0)
		status = perform(transfer);
	curl_slist_free_all(headers);
	if (status < 0)
		return status;
	if (status_is_redirect(status))
		return follow(transfer) < 0 ? ERROR_REFUSED : 1;
	if (status == 304 && is_conditional)
		return status;
	return status == 200 ? 0 : refuse_status(transfer, status);
}

static long visit(struct transfer *transfer)
{
	long verdict;

	transfer->easy = curl_easy_init();
	if (!transfer->easy)
		return refuse(transfer, "%s", error_words(-ENOMEM));
	transfer->lookup = (struct lookup){
		.easy = transfer->easy,
		.url = transfer->url,
		.upstreams = transfer->request->upstreams,
		.trouble = &transfer->trouble,
	};
	verdict = visit_with(transfer);
	curl_easy_cleanup(transfer->easy);
	lookup_release(&transfer->lookup);
	return verdict;
}

/* The same from visit; 1 is left only after too many of them. */
static int travel(struct transfer *transfer)
{
	long verdict = 1;

	for (int i = 0; i <= REDIRECTS && verdict == 1; i++)
		verdict = visit(transfer);
	if (verdict == 1)
		return refuse(transfer, "more than %d redirects", REDIRECTS);
	if (verdict < 0)
		return (int)verdict;
	return verdict == 304 ? 0 : 1;
}

static int prepare(struct transfer *transfer)
{
	const struct http_request *request = transfer->request;
	struct clock clock = { 0 };

	clock_update(&clock);
	transfer->deadline = clock_ms(&clock) + request->total_ms;
	transfer->start = spool_length(request->fd);
	transfer->url = curl_url();
	if (!transfer->url || transfer->start < 0)
		return refuse(transfer, "%s",
			      error_words(transfer->url
					  ? (int)transfer->start : -ENOMEM));
	if (!source_is_remote(request->url) ||
	    curl_url_set(transfer->url, CURLUPART_URL, request->url, 0) !=
	    CURLUE_OK)
		return refuse(transfer, "this is no URL");
	return 0;
}

int http_get(const struct http_request *request, struct http_reply *reply)
{
	struct transfer transfer = { .request = request, .reply = reply };
	int verdict;

	*reply = (struct http_reply){ 0 };
	text_init(&transfer.trouble, reply->trouble, sizeof(reply->trouble));
	verdict = prepare(&transfer);
	if (verdict == 0)
		verdict = travel(&transfer);
	if (verdict < 0 && transfer.start >= 0)
		spool_cut(request->fd, (uint64_t)transfer.start);
	curl_url_cleanup(transfer.url);
	return verdict;
}

#else

int http_get(const struct http_request *request, struct http_reply *reply)
{
	struct text text;

	*reply = (struct http_reply){ 0 };
	text_init(&text, reply->trouble, sizeof(reply->trouble));
	text_put(&text, "this homebound was built without libcurl and fetches "
		 "nothing: ");
	source_print(request->url, &text);
	return ERROR_REFUSED;
}

#endif
