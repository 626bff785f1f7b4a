/*
 * Fetching: what is new comes whole and checked, and nothing else is asked
 * for or kept.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "subscribe/fetch.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "base/error.h"
#include "folder.h"
#include "server.h"
#include "signed.h"
#include "subscribe/memory.h"
#include "subscribe/minisign.h"
#include "subscribe/shelf.h"
#include "subscribe/spool.h"

/* What the server has, by path; `stage` is the version it is at. */
enum { FIRST, SECOND, BROKEN, HTML };

static char state[32], here[32], url[64], other_url[64];
static struct server http;
static struct fetch_source sources[3];
static struct fetch_options options;
static struct fetch_outcome outcome;
static char text[4096];

static void say_version(FILE *out, int stage, const char *request,
			bool marked)
{
	const char *etag = stage == FIRST ? "\"1\"" : "\"2\"";
	char line[64], asked[64];

	snprintf(line, sizeof(line), "ETag: %s\r\n", etag);
	snprintf(asked, sizeof(asked), "\r\nIf-None-Match: %s\r\n", etag);
	if (stage == BROKEN)
		server_say(out, "500 Oops", "", "");
	else if (stage == HTML)
		server_say(out, "200 OK", "Content-Type: text/html\r\n",
			   "<html>");
	else if (marked && strstr(request, asked))
		server_say(out, "304 Not Modified", line, "");
	else
		server_say(out, "200 OK", marked ? line : "",
			   stage == FIRST ? SIGNED_TEXT : "other.example");
}

static void answer(FILE *out, const struct server *server,
		   const char *request)
{
	int stage = server->seen->stage;

	if (server_asked(request, "/list"))
		say_version(out, stage, request, true);
	else if (server_asked(request, "/unmarked"))
		say_version(out, stage, request, false);
	else if (server_asked(request, "/fixed"))
		say_version(out, FIRST, request, true);
	else if (server_asked(request, "/list.minisig"))
		server_say(out, "200 OK", "", SIGNED_SIGNATURE);
	else if (server_asked(request, "/list.minisig?q=1"))
		server_say(out, "200 OK", "", SIGNED_SIGNATURE);
	else if (server_asked(request, "/list?q=1"))
		say_version(out, FIRST, request, false);
	else if (server_asked(request, "/fixed.minisig"))
		server_say(out, "200 OK", "", SIGNED_BY_OTHER);
	else
		server_say(out, "404 Not Found", "", "");
}

static void follow(const char *path)
{
	snprintf(url, sizeof(url), "http://127.0.0.1:%u%s", http.port, path);
	sources[0].where = url;
	options.count = 1;
}

static void follow_also(const char *path)
{
	snprintf(other_url, sizeof(other_url), "http://127.0.0.1:%u%s",
		 http.port, path);
	sources[1].where = other_url;
	options.count = 2;
}

static void setup(void)
{
	unsetenv("http_proxy");
	unsetenv("all_proxy");
	unsetenv("ALL_PROXY");
	folder_make(state);
	folder_make(here);
	server_start(&http, answer);
	options = (struct fetch_options){
		.name = "one", .sources = sources,
		.connect_ms = 5000, .total_ms = 20000,
	};
	follow("/list");
}

static void teardown(void)
{
	server_stop(&http);
	folder_drop(state);
	folder_drop(here);
}

TestSuite(fetch, .init = setup, .fini = teardown, .timeout = 30);

/* As a caller does it: what is new is put on the shelf. */
static void keep(int fd)
{
	struct list_version version = { .bytes = outcome.bytes };
	struct shelf shelf;
	uint8_t digest[32];

	cr_assert_eq(spool_digest(fd, 0, digest), 0);
	cr_expect_arr_eq(digest, outcome.digest, sizeof(digest));
	memcpy(version.digest, digest, sizeof(digest));
	cr_assert_eq(shelf_open(&shelf, state, "one"), 0);
	version.serial = shelf.count ? shelf_newest(&shelf)->serial + 1 : 1;
	cr_assert_eq(shelf_put(&shelf, &version, fd), 0);
	shelf_release(&shelf);
}

static enum fetch_fate look_without_keeping(void)
{
	FILE *file = tmpfile();
	ssize_t len;

	cr_assert_not_null(file);
	cr_assert_eq(fetch_list(&options, state, fileno(file), &outcome), 0);
	len = pread(fileno(file), text, sizeof(text) - 1, 0);
	cr_assert_geq(len, 0);
	text[len] = '\0';
	cr_expect_eq(outcome.fate == FETCH_NEW, len > 0);
	cr_expect_eq(outcome.bytes,
		     outcome.fate == FETCH_NEW ? (uint64_t)len : outcome.bytes);
	cr_expect_eq(outcome.fate == FETCH_FAILED,
		     outcome.trouble[0] != '\0' &&
		     outcome.fate != FETCH_NOT_DUE);
	fclose(file);
	return outcome.fate;
}

static enum fetch_fate look(void)
{
	FILE *file = tmpfile();

	if (look_without_keeping() == FETCH_NEW) {
		fputs(text, file);
		fflush(file);
		keep(fileno(file));
	}
	fclose(file);
	return outcome.fate;
}

static void expect_trouble(const char *words)
{
	cr_expect_eq(look(), FETCH_FAILED);
	cr_expect_not_null(strstr(outcome.trouble, words), "%s",
			   outcome.trouble);
}

static void need_curl(void)
{
#ifndef HAVE_CURL
	cr_skip_test("built without libcurl");
#endif
}

static void need_sodium(void)
{
	if (!minisign_is_built())
		cr_skip_test("built without libsodium");
}

/* As if the last look was so long ago. */
static void wait_for(uint64_t seconds)
{
	struct memory memory;

	cr_assert_eq(memory_read(&memory, state, "one"), 0);
	memory.tried -= seconds;
	cr_assert_eq(memory_write(&memory, state, "one"), 0);
	memory_release(&memory);
}

/* --- one URL --- */

Test(fetch, new_and_then_the_same)
{
	need_curl();
	cr_assert_eq(look(), FETCH_NEW, "%s", outcome.trouble);
	cr_expect_str_eq(text, SIGNED_TEXT);
	cr_expect_eq(outcome.bytes, strlen(SIGNED_TEXT));
	cr_expect_eq(look(), FETCH_SAME);
	cr_expect_eq(http.seen->count, 2);
	cr_expect_not_null(strstr(http.seen->last, "If-None-Match: \"1\""));
	http.seen->stage = SECOND;
	cr_expect_eq(look(), FETCH_NEW);
	cr_expect_str_eq(text, "other.example", "one part is as it came");
	cr_expect_eq(look(), FETCH_SAME);
}

Test(fetch, a_server_without_marks)
{
	need_curl();
	follow("/unmarked");
	cr_assert_eq(look(), FETCH_NEW);
	cr_expect_eq(look(), FETCH_SAME);
	http.seen->stage = SECOND;
	cr_expect_eq(look(), FETCH_NEW);
}

Test(fetch, force_asks_without_conditions)
{
	need_curl();
	options.refresh = 86400;
	cr_assert_eq(look(), FETCH_NEW);
	options.force = true;
	cr_expect_eq(look(), FETCH_SAME);
	cr_expect_eq(http.seen->count, 2);
	cr_expect_null(strstr(http.seen->last, "If-None-Match"));
}

Test(fetch, asks_when_it_is_due)
{
	need_curl();
	options.refresh = 86400;
	cr_assert_eq(look(), FETCH_NEW);
	cr_expect_geq(outcome.next, outcome.time + 86400);
	cr_expect_leq(outcome.next, outcome.time + 86400 + 8640);
	cr_expect_eq(look(), FETCH_NOT_DUE);
	cr_expect_eq(http.seen->count, 1);
	wait_for(86399);
	cr_expect_eq(look(), FETCH_NOT_DUE);
	wait_for(8642);
	cr_expect_eq(look(), FETCH_SAME);
}

Test(fetch, after_a_failure_it_waits_a_little)
{
	need_curl();
	options.refresh = 86400;
	http.seen->stage = BROKEN;
	expect_trouble("500 Internal Server Error: http://127.0.0.1:");
	cr_expect_leq(outcome.next, outcome.time + 331);
	cr_expect_eq(look(), FETCH_NOT_DUE);
	cr_expect_not_null(strstr(outcome.trouble, "500"), "of the last try");
	wait_for(331);
	expect_trouble("500");
	wait_for(331);
	cr_expect_eq(look(), FETCH_NOT_DUE);
	wait_for(331);
	http.seen->stage = FIRST;
	cr_expect_eq(look(), FETCH_NEW);
	cr_expect_eq(http.seen->count, 3);
}

Test(fetch, a_failure_costs_nothing)
{
	need_curl();
	cr_assert_eq(look(), FETCH_NEW);
	http.seen->stage = HTML;
	expect_trouble("a page of HTML and no list: ");
	http.seen->stage = FIRST;
	cr_expect_eq(look(), FETCH_SAME);
	cr_expect_not_null(strstr(http.seen->last, "If-None-Match: \"1\""));
}

/* Otherwise a 304 would stand for a text that nobody has. */
Test(fetch, what_is_not_on_the_shelf_is_asked_for_again)
{
	need_curl();
	options.refresh = 86400;
	cr_assert_eq(look_without_keeping(), FETCH_NEW);
	cr_expect_eq(look_without_keeping(), FETCH_NEW);
	cr_expect_null(strstr(http.seen->last, "If-None-Match"));
	cr_assert_eq(fetch_reject(&options, state, "no rule is in it"), 0);
	cr_expect_eq(look_without_keeping(), FETCH_NOT_DUE);
	cr_expect_str_eq(outcome.trouble, "no rule is in it");
	wait_for(331);
	cr_expect_eq(look(), FETCH_NEW);
	cr_expect_eq(look(), FETCH_NOT_DUE);
}

Test(fetch, another_url_is_another_text)
{
	need_curl();
	options.refresh = 86400;
	cr_assert_eq(look(), FETCH_NEW);
	follow("/fixed");
	cr_expect_eq(look(), FETCH_SAME, "the same words");
	cr_expect_eq(http.seen->count, 2);
	cr_expect_null(strstr(http.seen->last, "If-None-Match"));
	follow("/nowhere");
	expect_trouble("404 Not Found: ");
	cr_expect_eq(look(), FETCH_NOT_DUE);
}

Test(fetch, names_that_are_no_names)
{
	FILE *file = tmpfile();

	options.name = "../one";
	cr_expect_eq(fetch_list(&options, state, fileno(file), &outcome),
		     ERROR_MALFORMED);
	cr_expect_eq(fetch_reject(&options, state, "x"), ERROR_MALFORMED);
	fclose(file);
	options.name = "one";
	options.count = 0;
	expect_trouble("it has no source");
}

/* --- what it is checked with --- */

/* Of nothing at all. */
#define SHA256	"e3b0c44298fc1c149afbf4c8996fb924" \
		"27ae41e4649b934ca495991b7852b855"

Test(fetch, a_pinned_digest)
{
	struct shelf shelf;
	char words[65];

	need_curl();
	options.sha256 = "00";
	expect_trouble("the SHA-256 wanted is none");
	options.sha256 = SHA256;
	expect_trouble("its SHA-256 is not the one wanted, but ");
	snprintf(words, sizeof(words), "%s",
		 strstr(outcome.trouble, "but ") + 4);
	cr_assert_eq(shelf_open(&shelf, state, "one"), 0);
	cr_expect_eq(shelf.count, 0);
	shelf_release(&shelf);
	options.sha256 = words;
	cr_expect_eq(look(), FETCH_NEW, "%s", outcome.trouble);
	http.seen->stage = SECOND;
	expect_trouble("its SHA-256 is not the one wanted, but ");
}

Test(fetch, signed_by_the_key)
{
	need_curl();
	need_sodium();
	options.key = SIGNED_KEY;
	cr_assert_eq(look(), FETCH_NEW, "%s", outcome.trouble);
	cr_expect_str_eq(text, SIGNED_TEXT, "the signature is not in it");
	cr_expect_eq(http.seen->count, 2);
	cr_expect_eq(look(), FETCH_SAME);
	cr_expect_eq(http.seen->count, 3, "a 304 needs no signature");
	http.seen->stage = SECOND;
	expect_trouble("the signature is not of this text: http://");
	options.key = SIGNED_OTHER_KEY;
	http.seen->stage = FIRST;
	expect_trouble("signed by another key: 8068C4BEF70B2BE8");
}

Test(fetch, a_signature_belongs_to_the_path)
{
	need_curl();
	need_sodium();
	options.key = SIGNED_KEY;
	follow("/list?q=1");
	cr_assert_eq(look(), FETCH_NEW, "%s", outcome.trouble);
	follow("/fixed");
	expect_trouble("signed by another key: A20002676322D2D3");
	follow("/unmarked");
	expect_trouble("404 Not Found: ");
	cr_expect_not_null(strstr(outcome.trouble, "/unmarked.minisig"));
}

/* What was taken without a key is not trusted when there is one. */
Test(fetch, a_new_key_is_used_at_once)
{
	need_curl();
	need_sodium();
	options.refresh = 86400;
	cr_assert_eq(look(), FETCH_NEW);
	options.key = SIGNED_OTHER_KEY;
	expect_trouble("signed by another key");
	options.key = SIGNED_KEY;
	cr_expect_eq(look(), FETCH_SAME);
	cr_expect_eq(look(), FETCH_NOT_DUE);
}

Test(fetch, without_libsodium_a_key_is_refused)
{
	if (minisign_is_built())
		cr_skip_test("built with libsodium");
	folder_write(here, "list", SIGNED_TEXT);
	folder_write(here, "list.minisig", SIGNED_SIGNATURE);
	options.key = SIGNED_KEY;
	sources[0].where = here;
	expect_trouble("without libsodium");
}

Test(fetch, without_libcurl_urls_are_refused)
{
#ifdef HAVE_CURL
	cr_skip_test("built with libcurl");
#endif
	expect_trouble("without libcurl");
}

Test(fetch, larger_than_the_limit)
{
	need_curl();
	options.limit = 10;
	expect_trouble("larger than 10 bytes");
	follow("/fixed");
	folder_write(here, "a", "123456789\n");
	sources[0].where = here;
	cr_expect_eq(look(), FETCH_NEW);
	folder_write(here, "a", "1234567890\n");
	expect_trouble("larger than 10 bytes");
}

/* --- files --- */

static char path[64];

static void follow_file(const char *name)
{
	snprintf(path, sizeof(path), "%s/%s", here, name);
	sources[0].where = path;
	options.count = 1;
}

Test(fetch, a_file_and_what_becomes_of_it)
{
	options.refresh = 86400;
	folder_write(here, "list", "one.example");
	follow_file("list");
	cr_assert_eq(look(), FETCH_NEW);
	cr_expect_str_eq(text, "one.example");
	cr_expect_eq(outcome.next, 0);
	cr_expect_eq(look(), FETCH_SAME);
	folder_write(here, "list", "two.example");
	cr_expect_eq(look(), FETCH_NEW, "the same size, a moment later");
	folder_remove(here, "list");
	expect_trouble("No such file or directory: /tmp/");
	folder_write(here, "list", "two.example");
	cr_expect_eq(look(), FETCH_SAME);
	cr_expect_eq(http.seen->count, 0);
}

/* Were it read, it would be too large. */
Test(fetch, a_file_that_has_settled_is_not_read)
{
	struct memory memory;
	struct stat status;

	folder_write(here, "list", "one.example");
	follow_file("list");
	cr_assert_eq(look(), FETCH_NEW);
	cr_assert_eq(memory_read(&memory, state, "one"), 0);
	cr_assert_eq(memory.count, 1);
	cr_expect_str_empty(memory.parts[0].stamp, "it may change yet");
	cr_assert_eq(stat(path, &status), 0);
	snprintf(memory.parts[0].stamp, sizeof(memory.parts[0].stamp),
		 "%lld %lld.%09ld %lld.%09ld", (long long)status.st_size,
		 (long long)status.st_mtim.tv_sec, status.st_mtim.tv_nsec,
		 (long long)status.st_ctim.tv_sec, status.st_ctim.tv_nsec);
	cr_assert_eq(memory_write(&memory, state, "one"), 0);
	memory_release(&memory);
	options.limit = 5;
	cr_expect_eq(look(), FETCH_SAME, "%s", outcome.trouble);
	options.force = true;
	expect_trouble("larger than 5 bytes: /tmp/");
}

/* Its times are remembered when they can be trusted. */
Test(fetch, a_file_settles)
{
	struct timespec pause = { .tv_sec = 3, .tv_nsec = 100000000 };
	struct memory memory;

	folder_write(here, "list", "one.example");
	follow_file("list");
	nanosleep(&pause, NULL);
	cr_assert_eq(look(), FETCH_NEW);
	cr_assert_eq(memory_read(&memory, state, "one"), 0);
	cr_assert_eq(memory.count, 1);
	cr_expect_str_not_empty(memory.parts[0].stamp);
	memory_release(&memory);
	options.limit = 5;
	cr_expect_eq(look(), FETCH_SAME, "%s", outcome.trouble);
}

Test(fetch, what_is_no_file)
{
	follow_file("pipe");
	cr_assert_eq(mkfifo(path, 0600), 0);
	expect_trouble("this is not a file: ");
	sources[0].where = "/dev/zero";
	expect_trouble("this is not a file: ");
}

Test(fetch, files_are_signed_too)
{
	need_sodium();
	options.key = SIGNED_KEY;
	folder_write(here, "list", SIGNED_TEXT);
	follow_file("list");
	expect_trouble("No such file or directory: /tmp/");
	folder_write(here, "list.minisig", SIGNED_LEGACY);
	cr_expect_eq(look(), FETCH_NEW, "%s", outcome.trouble);
	folder_write(here, "list", "other.example\n");
	expect_trouble("the signature is not of this text: /tmp/");
}

/* --- several --- */

Test(fetch, a_folder_is_one_text)
{
	char wanted[512];

	folder_write(here, "b.txt", "two.example\n");
	folder_write(here, "a.txt", "one.example");
	folder_write(here, "c.txt", "");
	sources[0].where = here;
	cr_assert_eq(look(), FETCH_NEW);
	snprintf(wanted, sizeof(wanted), "\x1e %s/a.txt\none.example\n"
		 "\x1e %s/b.txt\ntwo.example\n\x1e %s/c.txt\n", here, here,
		 here);
	cr_expect_str_eq(text, wanted);
	cr_expect_eq(look(), FETCH_SAME);
	folder_remove(here, "c.txt");
	cr_expect_eq(look(), FETCH_NEW);
	folder_remove(here, "b.txt");
	cr_expect_eq(look(), FETCH_NEW);
	cr_expect_str_eq(text, "one.example", "one part is as it came");
}

Test(fetch, nobody_else_makes_a_separator)
{
	folder_write(here, "a.txt", "one.example\n\x1e /etc/mine\nx.example\n");
	sources[0].where = here;
	expect_trouble("a control character (30) is in it: /tmp/");
}

Test(fetch, several_urls)
{
	char wanted[512];

	need_curl();
	follow_also("/fixed");
	cr_assert_eq(look(), FETCH_NEW, "%s", outcome.trouble);
	snprintf(wanted, sizeof(wanted), "\x1e %s\n%s\x1e %s\n%s", url,
		 SIGNED_TEXT, other_url, SIGNED_TEXT);
	cr_expect_str_eq(text, wanted);
	cr_expect_eq(look(), FETCH_SAME);
	cr_expect_eq(http.seen->count, 4);
	http.seen->stage = SECOND;
	cr_expect_eq(look(), FETCH_NEW);
	snprintf(wanted, sizeof(wanted), "\x1e %s\nother.example\n\x1e %s\n%s",
		 url, other_url, SIGNED_TEXT);
	cr_expect_str_eq(text, wanted);
	cr_expect_eq(http.seen->count, 6, "the first is not asked twice");
	cr_expect_eq(look(), FETCH_SAME);
}

/* The first was a 304 and is not in the file yet. */
Test(fetch, the_last_of_several_is_new)
{
	need_curl();
	follow("/fixed");
	follow_also("/list");
	cr_assert_eq(look(), FETCH_NEW);
	http.seen->stage = SECOND;
	cr_expect_eq(look(), FETCH_NEW);
	cr_expect_not_null(strstr(text, SIGNED_TEXT));
	cr_expect_not_null(strstr(text, "other.example\n"));
	cr_expect_eq(look(), FETCH_SAME);
}

Test(fetch, one_that_fails_fails_all)
{
	need_curl();
	follow("/fixed");
	follow_also("/list");
	cr_assert_eq(look(), FETCH_NEW);
	http.seen->stage = BROKEN;
	expect_trouble("500 Internal Server Error: http://127.0.0.1:");
	cr_expect_not_null(strstr(outcome.trouble, "/list"));
	http.seen->stage = FIRST;
	cr_expect_eq(look(), FETCH_SAME);
}

/* A person who changed a file does not wait for a URL to be due. */
Test(fetch, files_beside_urls)
{
	need_curl();
	options.refresh = 86400;
	folder_write(here, "list", "one.example\n");
	follow_file("list");
	follow_also("/fixed");
	cr_assert_eq(look(), FETCH_NEW);
	folder_write(here, "list", "two.example\n");
	cr_expect_eq(look(), FETCH_NEW);
	cr_expect_not_null(strstr(text, "two.example"));
	cr_expect_not_null(strstr(text, SIGNED_TEXT));
}
