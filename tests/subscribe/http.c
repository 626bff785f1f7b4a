/*
 * HTTP: real transfers from a server that does what servers do, and worse.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "subscribe/http.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "base/error.h"
#include "server.h"

#define LIST	"track.example\nmeter.example\n"
#define PLAIN	"Content-Type: text/plain\r\n"
#define HTML	"Content-Type: text/html; charset=utf-8\r\n"

static struct server http, dns;
static FILE *file;
static struct http_reply reply;

/* The same LIST, and 10,000 times "a". */
static const char gzip_list[] =
	"\037\213\010\000\000\000\000\000\002\003\053\051\112\114\316\326\113"
	"\255\110\314\055\310\111\345\312\115\055\111\055\202\363\000\172\273"
	"\334\314\034\000\000\000";
static const char gzip_bomb[] =
	"\037\213\010\000\000\000\000\000\002\003\355\301\001\015\000\000\000"
	"\302\240\254\357\137\302\034\156\100\001\000\000\000\000\000\000\000"
	"\000\300\277\001\227\324\176\106\020\047\000";

static const struct page {
	const char *path;
	const char *status;
	const char *headers;
	const char *body;
} pages[] = {
	{ "/list", "200 OK", PLAIN "ETag: \"1\"\r\n"
	  "Last-Modified: Sun, 22 Nov 2026 10:00:00 GMT\r\n", LIST },
	{ "/untyped", "200 OK", "", LIST },
	{ "/empty", "200 OK", PLAIN, "" },
	{ "/html", "200 OK", HTML, "\xef\xbb\xbf \n\t<html>no</html>" },
	{ "/html-list", "200 OK", HTML, "# <b>\n" LIST },
	{ "/angle", "200 OK", PLAIN, "<html>\n" },
	{ "/strange-etag", "200 OK", "ETag: \"\x80\"\r\n"
	  "Last-Modified:   Sun  \r\n", LIST },
	{ "/404", "404 Whatever", HTML, "<html>no</html>" },
	{ "/500", "500 Oops", "", "" }, { "/503", "503 x", "", "" },
	{ "/403", "403 x", "", "" }, { "/410", "410 x", "", "" },
	{ "/429", "429 x", "", "" }, { "/204", "204 x", "", "" },
	{ "/206", "206 x", "", LIST }, { "/299", "299 x", "", LIST },
	{ "/304", "304 x", "", "" },
	{ "/hop", "302 Found", "Location: /list\r\n", "<html>moved" },
	{ "/hop/301", "301 x", "Location: ../list?x=1\r\n", "" },
	{ "/hop/307", "307 x", "Location: /hop\r\n", "" },
	{ "/hop/308", "308 x", "Location: /hop\r\n", "" },
	{ "/nowhere", "302 Found", "", "" },
	{ "/ftp", "302 Found", "Location: ftp://127.0.0.1/list\r\n", "" },
	{ "/file", "302 Found", "Location: file:///etc/passwd\r\n", "" },
	{ "/rubbish", "302 Found", "Location: http://[::1/\r\n", "" },
	{ "/loop", "302 Found", "Location: /loop\r\n", "" },
	{ "/5", "302 Found", "Location: /4\r\n", "" },
	{ "/4", "302 Found", "Location: /3\r\n", "" },
	{ "/3", "302 Found", "Location: /2\r\n", "" },
	{ "/2", "302 Found", "Location: /1\r\n", "" },
	{ "/1", "302 Found", "Location: /list?x=1\r\n", "" },
	{ "/6", "302 Found", "Location: /5\r\n", "" },
	{ "/list?x=1", "200 OK", PLAIN, LIST },
};

static void say_gzip(FILE *out, const char *at, size_t len)
{
	fprintf(out, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n"
		"Content-Encoding: gzip\r\n\r\n", len);
	fwrite(at, 1, len, out);
}

static void say_for_ever(FILE *out)
{
	fprintf(out, "HTTP/1.1 200 OK\r\n\r\n");
	while (fputs("track.example\n", out) >= 0 && !ferror(out))
		;
}

static void say_strange(FILE *out, const char *request)
{
	if (server_asked(request, "/gzip"))
		say_gzip(out, gzip_list, sizeof(gzip_list) - 1);
	else if (server_asked(request, "/gzip-none"))
		say_gzip(out, LIST, sizeof(LIST) - 1);
	else if (server_asked(request, "/bomb"))
		say_gzip(out, gzip_bomb, sizeof(gzip_bomb) - 1);
	else if (server_asked(request, "/short"))
		fprintf(out, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
			LIST);
	else if (server_asked(request, "/for-ever"))
		say_for_ever(out);
	else if (server_asked(request, "/100"))
		fprintf(out, "HTTP/1.1 103 Early Hints\r\nETag: \"0\"\r\n\r\n"
			"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	else if (server_asked(request, "/rubbish-answer"))
		fprintf(out, LIST);
	else if (server_asked(request, "/long-etag"))
		fprintf(out, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"
			"ETag: \"%0300d\"\r\n\r\n", 0);
}

/* Half a page, and then nothing. */
static void stall(FILE *out)
{
	fprintf(out, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" LIST);
	fflush(out);
	sleep(60);
}

/* As a proxy is asked, with a whole URL. */
static const char *path_of(const char *request)
{
	const char *host = strstr(request, "://");

	return host && host < strchr(request, '\r') ? strchr(host + 3, '/')
						   : request + 4;
}

static void answer(FILE *out, const struct server *server,
		   const char *request)
{
	char plain[4096];

	(void)server;
	if (server_asked(request, "/stall"))
		stall(out);
	if (server_asked(request, "/list") &&
	    strstr(request, "\r\nIf-None-Match: \"1\"\r\n")) {
		fprintf(out, "HTTP/1.1 304 Not Modified\r\n\r\n");
		return;
	}
	snprintf(plain, sizeof(plain), "GET %s", path_of(request));
	for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++)
		if (server_asked(plain, pages[i].path)) {
			server_say(out, pages[i].status, pages[i].headers,
				   pages[i].body);
			return;
		}
	say_strange(out, request);
}

static void setup(void)
{
#ifndef HAVE_CURL
	cr_skip_test("built without libcurl");
#endif
	unsetenv("http_proxy");
	unsetenv("all_proxy");
	unsetenv("ALL_PROXY");
	unsetenv("no_proxy");
	unsetenv("NO_PROXY");
	server_start(&http, answer);
	file = tmpfile();
	cr_assert_not_null(file);
	cr_assert_eq(write(fileno(file), "kept\n", 5), 5);
}

static void teardown(void)
{
	server_stop(&http);
	server_stop(&dns);
	if (file)
		fclose(file);
}

TestSuite(http, .init = setup, .fini = teardown, .timeout = 30);

static struct http_request request_of(const char *url)
{
	return (struct http_request){
		.url = url, .fd = fileno(file), .limit = 5000,
		.connect_ms = 5000, .total_ms = 20000,
	};
}

static int get_from(const char *host, const char *path)
{
	struct address upstream;
	struct http_request request;
	char url[512];

	snprintf(url, sizeof(url), "http://%s:%u%s", host, http.port, path);
	request = request_of(url);
	if (dns.pid) {
		upstream = server_address(&dns);
		request.upstreams = (struct addresses){ &upstream, 1 };
	}
	return http_get(&request, &reply);
}

static int get(const char *path)
{
	return get_from("127.0.0.1", path);
}

/* What came in behind what was there. */
static const char *got(void)
{
	static char text[8192];
	ssize_t len = pread(fileno(file), text, sizeof(text) - 1, 0);

	cr_assert_geq(len, 5);
	text[len] = '\0';
	cr_expect_eq(strncmp(text, "kept\n", 5), 0);
	return text + 5;
}

static void expect_trouble(const char *path, const char *words)
{
	cr_expect_lt(get(path), 0, "%s", path);
	cr_expect_eq(strncmp(reply.trouble, words, strlen(words)), 0,
		     "%s: %s", path, reply.trouble);
	cr_expect_not_null(strstr(reply.trouble, "http://127.0.0.1:"), "%s",
			   reply.trouble);
	cr_expect_str_eq(got(), "", "%s", path);
}

Test(http, a_text_and_its_marks)
{
	cr_assert_eq(get("/list"), 1, "%s", reply.trouble);
	cr_expect_str_eq(got(), LIST);
	cr_expect_str_eq(reply.etag, "\"1\"");
	cr_expect_str_eq(reply.modified, "Sun, 22 Nov 2026 10:00:00 GMT");
	cr_expect_str_empty(reply.trouble);
}

Test(http, who_asks_and_how)
{
	static const char *const never[] = {
		"Cookie", "Authorization", "If-None-Match",
		"If-Modified-Since", "Referer",
	};
	const char *request = http.seen->last;

	cr_assert_eq(get("/list"), 1);
	cr_expect_not_null(strstr(request, "\r\nUser-Agent: homebound/"
				  PACKAGE_VERSION "\r\n"));
	cr_expect_not_null(strstr(request, "\r\nAccept-Encoding: "));
	for (size_t i = 0; i < sizeof(never) / sizeof(*never); i++)
		cr_expect_null(strstr(request, never[i]), "%s", never[i]);
}

Test(http, what_we_have_is_not_sent_again)
{
	char url[64];
	struct http_request request;

	snprintf(url, sizeof(url), "http://127.0.0.1:%u/list", http.port);
	request = request_of(url);
	request.etag = "\"1\"";
	request.modified = "Sun, 22 Nov 2026 10:00:00 GMT";
	cr_expect_eq(http_get(&request, &reply), 0, "%s", reply.trouble);
	cr_expect_str_eq(got(), "");
	cr_expect_not_null(strstr(http.seen->last, "\r\nIf-Modified-Since: "
				  "Sun, 22 Nov 2026 10:00:00 GMT\r\n"));
	request.etag = "\"0\"";
	cr_expect_eq(http_get(&request, &reply), 1);
	cr_expect_str_eq(got(), LIST);
}

Test(http, status_words)
{
	static const char *const rows[][2] = {
		{ "/404", "404 Not Found: " },
		{ "/500", "500 Internal Server Error: " },
		{ "/503", "503 Service Unavailable: " },
		{ "/403", "403 Forbidden: " }, { "/410", "410 Gone: " },
		{ "/429", "429 Too Many Requests: " },
		{ "/204", "204 No Content: " },
		{ "/206", "206 Partial Content: " },
		{ "/299", "299 not what was asked for: " },
		{ "/304", "304 Not Modified: " },
		{ "/no-such-page", "" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		expect_trouble(rows[i][0], rows[i][1]);
	get("/404");
	cr_expect_not_null(strstr(reply.trouble, "/404"));
}

Test(http, redirects_are_followed)
{
	static const char *const paths[] = {
		"/hop", "/hop/301", "/hop/307", "/hop/308", "/5",
	};

	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		cr_expect_eq(get(paths[i]), 1, "%s: %s", paths[i],
			     reply.trouble);
		cr_expect_str_eq(got(), LIST);
		cr_assert_eq(ftruncate(fileno(file), 5), 0);
		lseek(fileno(file), 5, SEEK_SET);
	}
}

Test(http, redirects_that_are_not_followed)
{
	static const char *const rows[][2] = {
		{ "/nowhere", "a redirect to nowhere: " },
		{ "/ftp", "a redirect to what is no http URL: " },
		{ "/file", "a redirect to what is no http URL: " },
		{ "/rubbish", "a redirect to " },
		{ "/loop", "more than 5 redirects: " },
		{ "/6", "more than 5 redirects: " },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		expect_trouble(rows[i][0], rows[i][1]);
}

Test(http, packed_texts_are_unpacked)
{
	cr_assert_eq(get("/gzip"), 1, "%s", reply.trouble);
	cr_expect_str_eq(got(), LIST);
}

Test(http, packed_badly)
{
	expect_trouble("/gzip-none", "");
}

Test(http, too_large)
{
	char url[64];
	struct http_request request;

	expect_trouble("/bomb", "larger than 5000 bytes: ");
	expect_trouble("/for-ever", "larger than 5000 bytes: ");
	snprintf(url, sizeof(url), "http://127.0.0.1:%u/list", http.port);
	request = request_of(url);
	request.limit = sizeof(LIST) - 2;
	cr_expect_lt(http_get(&request, &reply), 0);
	cr_expect_eq(strncmp(reply.trouble, "larger than 27 bytes", 20), 0);
	request.limit = sizeof(LIST) - 1;
	cr_expect_eq(http_get(&request, &reply), 1);
}

Test(http, half_a_body)
{
	expect_trouble("/short", "it ended before it was complete: ");
}

Test(http, a_page_of_html)
{
	expect_trouble("/html", "a page of HTML and no list: ");
	cr_expect_eq(get("/html-list"), 1, "%s", reply.trouble);
	cr_expect_eq(get("/angle"), 1, "the caller looks at it");
}

Test(http, marks_that_are_strange_are_not_kept)
{
	cr_assert_eq(get("/strange-etag"), 1);
	cr_expect_str_eq(reply.etag, "");
	cr_assert_eq(get("/long-etag"), 1);
	cr_expect_str_eq(reply.etag, "");
	cr_assert_eq(get("/untyped"), 1);
	cr_expect_str_eq(reply.etag, "");
	cr_assert_eq(get("/100"), 1);
	cr_expect_str_eq(reply.etag, "", "of another answer");
}

Test(http, what_is_no_answer)
{
	expect_trouble("/rubbish-answer", "");
	cr_expect_eq(get("/empty"), 1);
}

Test(http, a_server_that_stalls)
{
	char url[64];
	struct http_request request;

	snprintf(url, sizeof(url), "http://127.0.0.1:%u/stall", http.port);
	request = request_of(url);
	request.total_ms = 300;
	cr_expect_lt(http_get(&request, &reply), 0);
	cr_expect_eq(strncmp(reply.trouble, "no answer in time: ", 19), 0,
		     "%s", reply.trouble);
	cr_expect_str_eq(got(), "");
}

/* The total would last; it is the silence that is too long. */
Test(http, a_server_that_says_nothing_more)
{
	char url[64];
	struct http_request request;

	snprintf(url, sizeof(url), "http://127.0.0.1:%u/stall", http.port);
	request = request_of(url);
	request.connect_ms = 1000;
	cr_expect_lt(http_get(&request, &reply), 0);
	cr_expect_eq(strncmp(reply.trouble, "no answer in time: ", 19), 0,
		     "%s", reply.trouble);
}

Test(http, nobody_is_there)
{
	uint16_t port = http.port;

	server_stop(&http);
	http.port = port;
	expect_trouble("/list", "");
}

static void count_progress(void *context, const char *url, uint64_t bytes,
			   uint64_t expected)
{
	uint64_t *most = context;

	cr_expect_not_null(strstr(url, "/list"));
	if (bytes > most[0])
		most[0] = bytes;
	if (expected > most[1])
		most[1] = expected;
}

Test(http, tells_how_far_it_is)
{
	uint64_t most[2] = { 0, 0 };
	char url[64];
	struct http_request request;

	snprintf(url, sizeof(url), "http://127.0.0.1:%u/list", http.port);
	request = request_of(url);
	request.progress = count_progress;
	request.context = most;
	cr_assert_eq(http_get(&request, &reply), 1);
	cr_expect_eq(most[0], sizeof(LIST) - 1);
	cr_expect_eq(most[1], sizeof(LIST) - 1);
}

Test(http, what_is_no_url)
{
	static const char *const urls[] = {
		"ftp://127.0.0.1/x", "/etc/passwd", "http://", "http://[::1/x",
		"http://a b/", "file:///etc/passwd",
	};

	for (size_t i = 0; i < sizeof(urls) / sizeof(*urls); i++) {
		struct http_request request = request_of(urls[i]);

		cr_expect_lt(http_get(&request, &reply), 0, "%s", urls[i]);
		cr_expect_str_not_empty(reply.trouble);
	}
}

Test(http, passwords_are_not_shown)
{
	cr_expect_lt(get_from("me:secret@127.0.0.1", "/404"), 0);
	cr_expect_null(strstr(reply.trouble, "secret"), "%s", reply.trouble);
	cr_expect_not_null(strstr(http.seen->last, "\r\nAuthorization: "));
}

/* --- who is asked for hosts --- */

/* Nobody but our upstream knows list.test. */
Test(http, hosts_are_asked_of_our_upstreams)
{
	server_start_dns(&dns, "list.test");
	cr_assert_eq(get_from("list.test", "/list"), 1, "%s", reply.trouble);
	cr_expect_str_eq(got(), LIST);
	cr_expect_not_null(strstr(http.seen->last, "\r\nHost: list.test:"));
	cr_expect_eq(dns.seen->count, 2);
	cr_expect_lt(get_from("other.test", "/list"), 0);
	cr_expect_not_null(strstr(reply.trouble, "other.test: the upstreams "
				  "know no address of it"), "%s",
			   reply.trouble);
}

Test(http, the_systems_resolver_is_never_asked)
{
	cr_expect_lt(get_from("list.test", "/list"), 0);
	cr_expect_str_eq(reply.trouble, "list.test: there is no upstream to "
			 "ask for its address");
	cr_expect_eq(http.seen->count, 0);
	cr_expect_eq(get_from("localhost", "/list"), 1, "%s", reply.trouble);
}

static void set_proxy(const char *host)
{
	char url[64];

	snprintf(url, sizeof(url), "http://%s:%u", host, http.port);
	setenv("http_proxy", url, 1);
}

static int get_far(const char *host)
{
	struct address upstream;
	struct http_request request;
	char url[64];

	snprintf(url, sizeof(url), "http://%s/list", host);
	request = request_of(url);
	if (dns.pid) {
		upstream = server_address(&dns);
		request.upstreams = (struct addresses){ &upstream, 1 };
	}
	return http_get(&request, &reply);
}

/* It resolves for us: the host is not asked for. */
Test(http, a_proxy_is_asked)
{
	set_proxy("127.0.0.1");
	cr_assert_eq(get_far("list.test"), 1, "%s", reply.trouble);
	cr_expect_str_eq(got(), LIST);
	cr_expect_eq(strncmp(http.seen->last, "GET http://list.test/list ",
			     26), 0, "%s", http.seen->last);
}

Test(http, a_proxy_has_a_name)
{
	server_start_dns(&dns, "proxy.test");
	set_proxy("proxy.test");
	cr_assert_eq(get_far("list.test"), 1, "%s", reply.trouble);
	cr_expect_eq(dns.seen->count, 2);
	set_proxy("other.test");
	cr_expect_lt(get_far("list.test"), 0);
	cr_expect_eq(strncmp(reply.trouble, "other.test: ", 12), 0, "%s",
		     reply.trouble);
}

Test(http, no_proxy_is_heard)
{
	server_start_dns(&dns, "list.test");
	set_proxy("127.0.0.1");
	setenv("no_proxy", "list.test", 1);
	cr_assert_eq(get_from("list.test", "/list"), 1, "%s", reply.trouble);
	cr_expect_eq(strncmp(http.seen->last, "GET /list ", 10), 0, "%s",
		     http.seen->last);
	cr_expect_eq(dns.seen->count, 2);
}

Test(http, a_proxy_that_is_an_ipv6_address)
{
	setenv("http_proxy", "http://[::1]:1", 1);
	cr_expect_lt(get_far("list.test"), 0);
	cr_expect_null(strstr(reply.trouble, "resolve"), "%s", reply.trouble);
}
