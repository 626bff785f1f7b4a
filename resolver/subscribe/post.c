/*
 * What comes back is not kept: only its status counts, and who sends much has
 * said that before.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "subscribe/post.h"

#include <errno.h>
#include <strings.h>

#include "base/error.h"
#include "base/text.h"
#include "subscribe/status.h"

#ifdef HAVE_CURL

#include "subscribe/lookup.h"
#include "subscribe/trust.h"

enum { TROUBLE = 256, ANSWER_MOST = 1 << 16 };

struct posting {
	const struct post *post;
	CURL *easy;
	CURLU *url;
	struct curl_slist *headers;
	struct text *trouble;
	size_t got;
	char words[CURL_ERROR_SIZE];
};

static size_t pass_over(char *at, size_t size, size_t count, void *context)
{
	struct posting *posting = context;

	(void)at;
	posting->got += size * count;
	return posting->got <= ANSWER_MOST ? size * count : 0;
}

static void set_up(struct posting *posting)
{
	const struct post *post = posting->post;
	CURL *easy = posting->easy;

	trust_set(easy);
	curl_easy_setopt(easy, CURLOPT_CURLU, posting->url);
	curl_easy_setopt(easy, CURLOPT_USERAGENT,
			 "homebound/" PACKAGE_VERSION);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, posting->words);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, posting->headers);
	curl_easy_setopt(easy, CURLOPT_POST, 1L);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDS, post->body.at);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
			 (curl_off_t)post->body.len);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)post->total_ms);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, pass_over);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, posting);
}

/* libcurl's own words may quote what a server sent. */
static int judge(struct posting *posting, CURLcode code)
{
	long status = 0;

	curl_easy_getinfo(posting->easy, CURLINFO_RESPONSE_CODE, &status);
	if (code == CURLE_WRITE_ERROR)
		code = CURLE_OK;
	if (code == CURLE_OK && status >= 200 && status < 300)
		return 0;
	if (code == CURLE_OK)
		text_put(posting->trouble, "%ld %s", status,
			 status_words(status));
	else
		text_put_hostile(posting->trouble, bytes_of_string(
			posting->words[0] ? posting->words
					  : curl_easy_strerror(code)));
	return ERROR_REFUSED;
}

static int transfer(struct posting *posting)
{
	struct lookup lookup = {
		.easy = posting->easy, .url = posting->url,
		.upstreams = posting->post->upstreams,
		.trouble = posting->trouble,
	};
	CURLcode code;
	int error;

	set_up(posting);
	error = lookup_begin(&lookup);
	if (error == 0) {
		do
			code = curl_easy_perform(posting->easy);
		while (lookup_again(&lookup, code));
		error = judge(posting, code);
	}
	curl_easy_cleanup(posting->easy);
	lookup_release(&lookup);
	return error;
}

static bool is_web(const char *url)
{
	return strncasecmp(url, "https://", 8) == 0 ||
	       strncasecmp(url, "http://", 7) == 0;
}

int post_send(const struct post *post, char trouble[TROUBLE])
{
	struct posting posting = { .post = post };
	struct text text;
	int error = -ENOMEM;

	text_init(&text, trouble, TROUBLE);
	posting.trouble = &text;
	posting.headers = curl_slist_append(NULL,
					    "Content-Type: application/json");
	posting.url = curl_url();
	posting.easy = posting.url && posting.headers ? curl_easy_init()
						      : NULL;
	if (posting.easy && is_web(post->url) &&
	    curl_url_set(posting.url, CURLUPART_URL, post->url, 0) == 0)
		error = transfer(&posting);
	else if (posting.easy)
		text_put(&text, "it is no URL of http or https");
	curl_slist_free_all(posting.headers);
	curl_url_cleanup(posting.url);
	return error;
}

#else

int post_send(const struct post *post, char trouble[256])
{
	struct text text;

	(void)post;
	text_init(&text, trouble, 256);
	text_put(&text, "built without libcurl");
	return ERROR_ABSENT;
}

#endif
