/*
 * What is written in a file goes where it belongs, and what is wrong with it
 * is told with what would be right.
 */
#include "settings.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "policy/verdict.h"
#include "sample.h"
#include "subscribe/format.h"

TestSuite(settings, .init = setup, .fini = teardown);

static const char *print(const struct address *address)
{
	static char word[ADDRESS_TEXT];
	struct text text;

	text_init(&text, word, sizeof(word));
	address_print(address, 0, &text);
	return word;
}

Test(settings, an_empty_file_has_all_defaults)
{
	struct settings *settings = read_good("");
	const struct settings *s = settings;

	cr_assert_str_eq(s->path, conf);
	cr_assert_eq(s->log_level, LOG_LEVEL_INFO);
	cr_assert_eq(s->listen_count, 2);
	cr_assert_str_eq(print(&s->listen[0]), "127.0.0.1:53");
	cr_assert_str_eq(print(&s->listen[1]), "[::1]:53");
	cr_assert_eq(s->workers, 1);
	cr_assert_str_eq(s->user, "homebound");
	cr_assert_str_eq(s->state, "/var/lib/homebound");
	cr_assert_str_eq(s->control, "/run/homebound/control");
	cr_assert_str_eq(s->journal_rings, "/run/homebound");
	cr_assert_eq(s->upstream_count + s->list_count + s->allow_count, 0);
	cr_assert(s->allow_default && !s->sink.has4 && !s->sink.has6);
	cr_assert_eq(s->sink.ttl, 10);
	cr_assert_eq(s->group_count, 0);
	cr_assert_str_eq(s->timezone, "");
	cr_assert_eq(s->regexes, 5000);
	settings_free(settings);
}

Test(settings, limits_have_their_defaults_in_their_units)
{
	struct settings *settings = read_good("");
	const struct settings *s = settings;

	cr_assert(s->journal.enabled);
	cr_assert_eq(s->journal.slots, 16384);
	cr_assert_eq(s->journal.commit_ms, 10000);
	cr_assert_eq(s->journal.workers, 1);
	cr_assert_eq(s->cache.bytes, 16 << 20);
	cr_assert_eq(s->cache.ttl_max, 86400);
	cr_assert_eq(s->cache.negative_ttl_max, 3600);
	cr_assert_eq(s->query.waiting, 4096);
	cr_assert_eq(s->upstream.flights, 4096);
	cr_assert_eq(s->query.payload, 1232);
	cr_assert_eq(s->upstream.payload, 1232);
	cr_assert_eq(s->upstream.deadline_ms, 5000);
	cr_assert_eq(s->upstream.sockets, 16);
	cr_assert_eq(s->upstream.streams, 64);
	cr_assert_eq(s->tcp.connections, 256);
	cr_assert_eq(s->tcp.connections_per_client, 32);
	cr_assert_eq(s->tcp.waiting, 64);
	cr_assert_eq(s->tcp.idle_ms, 10000);
	settings_free(settings);
}

static const char everything[] =
	"log_level = \"debug\";\n"
	"listen = [ \"127.0.0.1:5353\", \"::1\" ];\n"
	"workers = 3;\n"
	"user = \"\";\n"
	"state = \"/srv/hb\";\n"
	"control = \"/srv/hb/sock\";\n"
	"upstreams = ( { address = \"9.9.9.9\"; },\n"
	"              { address = \"[2620:fe::fe]:5353\"; } );\n"
	"sink = { address4 = \"192.168.1.5\"; address6 = \"fd00::5\";\n"
	"         ttl = 0; };\n"
	"lists = (\n"
	"  { name = \"phone-home\"; source = \"/a/b.txt\";\n"
	"    format = \"hosts\"; subdomains = \"yes\";\n"
	"    action = \"nxdomain\"; },\n"
	"  { name = \"ads.2\"; source = \"ads.txt\"; }\n"
	");\n"
	"journal = { enabled = false; rings = \"/dev/shm/hb\";\n"
	"            slots = 1024; commit_seconds = 1.5; };\n"
	"allow_clients = [ \"192.168.0.0/16\", \"fd00::/8\" ];\n"
	"cache = { size = \"2G\"; ttl_max = 60; negative_ttl_max = 30; };\n"
	"queries = { waiting = 100; deadline = 2; };\n"
	"forward = { sockets = 4; streams = 8; };\n"
	"tcp = { connections = 9; connections_per_client = 8; waiting = 7;\n"
	"        idle = 2.5; };\n"
	"edns_payload = 512;\n"
	"regexes = 7;\n"
	"timezone = \"UTC\";\n"
	"groups = ( { name = \"den\"; clients = [ \"10.0.0.0/8\",\n"
	"  \"a4:83:e7:00:11:22\" ]; lists = ( { name = \"ads.2\";\n"
	"  action = \"drop\"; times = [ \"sat\", \"21:00-07:00\" ]; } );\n"
	"} );\n";

Test(settings, what_is_written_goes_where_it_belongs)
{
	struct settings *settings = read_good(everything);
	const struct settings *s = settings;

	cr_assert_eq(s->log_level, LOG_LEVEL_DEBUG);
	cr_assert_str_eq(print(&s->listen[0]), "127.0.0.1:5353");
	cr_assert_str_eq(print(&s->listen[1]), "[::1]:53");
	cr_assert_eq(s->workers, 3);
	cr_assert_str_eq(s->user, "");
	cr_assert_str_eq(s->state, "/srv/hb");
	cr_assert_eq(s->upstream_count, 2);
	cr_assert_str_eq(print(&s->upstreams[0]), "9.9.9.9:53");
	cr_assert_str_eq(print(&s->upstreams[1]), "[2620:fe::fe]:5353");
	cr_assert(s->sink.has4 && s->sink.has6);
	cr_assert_arr_eq(s->sink.address4, "\xc0\xa8\x01\x05", 4);
	cr_assert_eq(s->sink.address6[0], 0xfd);
	cr_assert_eq(s->sink.address6[15], 5);
	cr_assert_eq(s->sink.ttl, 0);
	cr_assert(!s->allow_default);
	cr_assert_eq(s->allow_count, 2);
	cr_assert_eq(s->allow_clients[0].bits, 16);
	settings_free(settings);
}

Test(settings, lists_and_limits_go_where_they_belong)
{
	struct settings *settings = read_good(everything);
	const struct settings *s = settings;
	char source[128];

	cr_assert_eq(s->list_count, 2);
	cr_assert_str_eq(s->lists[0].name, "phone-home");
	cr_assert_str_eq(s->lists[0].sources[0], "/a/b.txt");
	cr_assert_eq(s->lists[0].format, LIST_FORMAT_HOSTS);
	cr_assert_eq(s->lists[0].subdomains, LIST_SUBDOMAINS_YES);
	cr_assert_eq(s->lists[0].action, ACTION_NXDOMAIN);
	cr_assert_eq(s->lists[0].line, 12);
	snprintf(source, sizeof(source), "%s/ads.txt", folder);
	cr_assert_str_eq(s->lists[1].sources[0], source);
	cr_assert_eq(s->lists[1].action, ACTION_SINK);
	cr_assert_eq(s->lists[1].line, 15);
	cr_assert(!s->journal.enabled);
	cr_assert_str_eq(s->journal.rings, "/dev/shm/hb");
	cr_assert_eq(s->journal.slots, 1024);
	cr_assert_eq(s->journal.commit_ms, 1500);
	cr_assert_eq(s->journal.workers, 3);
	cr_assert_eq(s->cache.bytes, 2ul << 30);
	cr_assert_eq(s->cache.ttl_max, 60);
	cr_assert_eq(s->upstream.flights, 100);
	cr_assert_eq(s->upstream.deadline_ms, 2000);
	cr_assert_eq(s->upstream.sockets, 4);
	cr_assert_eq(s->upstream.payload, 512);
	cr_assert_eq(s->tcp.connections_per_client, 8);
	cr_assert_eq(s->tcp.idle_ms, 2500);
	settings_free(settings);
}

Test(settings, what_is_wrong_is_told_with_its_line_and_what_is_right)
{
	static const struct {
		const char *text, *words;
	} rows[] = {
		{ "\nupstream = ();", "2: unknown key \"upstream\": did you "
		  "mean \"upstreams\"?" },
		{ "zzz = 1;", "1: unknown key \"zzz\"\n" },
		{ "sink = {\n tll = 5; };", "2: unknown key \"tll\": did you "
		  "mean \"ttl\"?" },
		{ "lists = ( { name = \"a\"; source = \"b\";\n sauce = 1; } );",
		  "2: unknown key \"sauce\": did you mean \"source\"?" },
		{ "workers = \"two\";", "\"workers\" takes a whole number: "
		  "workers = 1;" },
		{ "workers = 1.5;", "\"workers\" takes a whole number" },
		{ "workers = 0;", "\"workers\" is 0: it can be 1 to 64" },
		{ "user = 5;", "\"user\" takes text in quotes" },
		{ "state = \"\";", "\"state\" is empty" },
		{ "log_level = \"inof\";", "did you mean \"info\"?" },
		{ "log_level = \"x\";", "it is one of error, warning, notice, "
		  "info, debug" },
		{ "listen = \"127.0.0.1\";", "\"listen\" takes addresses in "
		  "[ ]: listen = [" },
		{ "listen = [ ];", "\"listen\" is empty" },
		{ "listen = [ 53 ];", "takes addresses in [ ]" },
		{ "listen = [ \"1.2.3\" ];", "\"1.2.3\" is no address" },
		{ "listen = [ \"1.2.3.4:0\" ];", "there is no port 0" },
		{ "listen = [ \"fe80::1\" ];", "needs its interface" },
		{ "listen = [ \"fe80::1%nowhere0\" ];", "no such interface" },
		{ "listen = [ \"::1\", \"[::1]:53\" ];",
		  "[::1]:53 is given twice" },
		{ "upstreams = [ \"9.9.9.9\" ];", "\"upstreams\" takes groups, "
		  "each in { }, all in ( ): upstreams = ( { address = "
		  "\"9.9.9.9\"; } );" },
		{ "upstreams = ( { } );", "\"address\" is missing" },
		{ "upstreams = ( \"9.9.9.9\" );", "takes groups" },
		{ "upstreams = ( { address = \"9.9.9.9\"; },\n"
		  "{ address = \"9.9.9.9:53\"; } );",
		  "2: the upstream 9.9.9.9 is given twice" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect_trouble(rows[i].text, rows[i].words);
}

Test(settings, what_is_wrong_in_a_group_is_told_likewise)
{
	static const struct {
		const char *text, *words;
	} rows[] = {
		{ "sink = { address4 = \"fd00::5\"; };", "is an IPv6 address: "
		  "it belongs into \"address6\"" },
		{ "sink = { address6 = \"1.2.3.4\"; };", "is an IPv4 address: "
		  "it belongs into \"address4\"" },
		{ "sink = { address4 = \"1.2.3.4:53\"; };", "without a port" },
		{ "sink = [ \"1.2.3.4\" ];", "takes a group in { }" },
		{ "lists = ( { source = \"x\"; } );", "\"name\" is missing" },
		{ "lists = ( { name = \"x\"; } );", "\"source\" is missing" },
		{ "lists = ( { name = \"A\"; source = \"x\"; } );",
		  "no name for a list" },
		{ "lists = ( { name = \"../x\"; source = \"x\"; } );",
		  "no name for a list" },
		{ "lists = ( { name = \"..\"; source = \"x\"; } );",
		  "no name for a list" },
		{ "lists = ( { name = \"\"; source = \"x\"; } );",
		  "no name for a list" },
		{ "lists = ( { name = \"0123456789012345678901234567890123456"
		  "789012345678901234567890123\"; source = \"x\"; } );",
		  "too long: it can have 63 characters" },
		{ "lists = ( { name = \"x\"; source = \"a\"; },\n"
		  "{ name = \"x\"; source = \"b\"; } );", "2: there is another "
		  "list with the name \"x\", in line 1" },
		{ "lists = ( { name = \"x\"; source = \"a\"; action = "
		  "\"snik\"; } );", "did you mean \"sink\"?" },
		{ "lists = ( { name = \"x\"; source = \"a\"; subdomains = "
		  "true; } );", "takes a word in quotes" },
		{ "journal = { slots = 16000; };", "no power of two: the next "
		  "one is 16384" },
		{ "journal = { commit_seconds = 0.5; };", "1 to 3600 seconds" },
		{ "journal = { commit_seconds = 1e999; };", "1 to 3600" },
		{ "journal = { enabled = 1; };", "takes true or false" },
		{ "cache = { size = \"16MB\"; };", "is no size" },
		{ "cache = { size = \"\"; };", "is no size" },
		{ "cache = { size = \"-1\"; };", "is no size" },
		{ "cache = { size = \"99999999999999G\"; };", "it can be 0" },
		{ "cache = { size = -1; };", "is -1: it can be 0" },
		{ "allow_clients = [ \"10.0.0.0/33\" ];", "is no prefix" },
		{ "allow_clients = [ ];", "is empty" },
		{ "edns_payload = 511;", "512 to 4096" },
		{ "edns_payload = 4294968528;", "too large a number" },
		{ "edns_payload = 0x1000004d0;", "too large a number" },
		{ "workers = 9999999999L;", "it can be 1 to 64" },
		{ "/* the rest", "1: the comment (/*) that begins here never" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect_trouble(rows[i].text, rows[i].words);
}

Test(settings, every_trouble_is_told_in_one_go)
{
	struct settings *settings;

	write_file("homebound.conf", "workers = 0;\nfoo = 1;\n"
		   "cache = { size = \"x\"; ttl_max = 0; };\nuser = 1;\n");
	read_path(&settings, conf);
	cr_assert_eq(troubles, 5, "%s", told);
}

Test(settings, relative_paths_are_relative_to_the_folder_of_the_file)
{
	struct settings *settings;
	char expected[128];

	write_file("homebound.conf", "state = \"s\"; control = \"run/c\";");
	cr_assert_eq(chdir(folder), 0);
	cr_assert_eq(read_path(&settings, "homebound.conf"), 0, "%s", told);
	cr_assert_str_eq(settings->path, conf);
	snprintf(expected, sizeof(expected), "%s/s", folder);
	cr_assert_str_eq(settings->state, expected);
	snprintf(expected, sizeof(expected), "%s/run", folder);
	cr_assert_str_eq(settings->journal_rings, expected);
	settings_free(settings);
	cr_assert_eq(chdir("/"), 0);
}

Test(settings, the_path_of_a_socket_has_an_end)
{
	expect_trouble("control = \"/0123456789012345678901234567890123456789"
		       "012345678901234567890123456789012345678901234567890123"
		       "45678901234567890123456789\";",
		       "a socket's can have");
}

Test(settings, an_upstream_that_is_ourselves_is_a_circle)
{
	struct settings *settings;

	expect_trouble("upstreams = ( { address = \"127.0.0.1\"; } );",
		       "the upstream 127.0.0.1 is homebound itself, which "
		       "listens at 127.0.0.1:53");
	expect_trouble("listen = [ \"0.0.0.0:5353\" ];\n"
		       "upstreams = ( { address = \"9.9.9.9\"; },\n"
		       "{ address = \"127.0.0.1:5353\"; } );",
		       "3: the upstream 127.0.0.1:5353 is homebound itself, "
		       "which listens at 0.0.0.0:5353");
	settings = read_good("upstreams = ( { address = "
			     "\"127.0.0.1:5353\"; } );");
	settings_free(settings);
}

/* The file as it might be after a night with an editor. */
static void spoil(char *text, size_t len)
{
	static const char bytes[] = "\"{}[]();,=#\\\n 0x9eL/*@";

	for (int i = rand() % 4; i >= 0; i--)
		text[(size_t)rand() % len] =
			bytes[(size_t)rand() % (sizeof(bytes) - 1)];
}

Test(settings, whatever_the_file_says_it_is_either_good_or_told)
{
	struct settings *settings;
	char text[sizeof(everything)];
	unsigned seed = 20221122, good = 0;

	srand(seed);
	for (int round = 0; round < 4000; round++) {
		strcpy(text, everything);
		spoil(text, sizeof(everything) - 1);
		write_file("homebound.conf", text);
		if (read_path(&settings, conf) == 0) {
			settings_free(settings);
			good++;
		}
	}
	cr_assert(good > 0 && good < 4000, "seed %u: %u good", seed, good);
}

Test(settings, files_that_know_devices)
{
	struct settings *s = read_good("");
	char expected[128];

	cr_assert_eq(s->host_count, 1);
	cr_assert_str_eq(s->hosts[0], "/etc/hosts");
	cr_assert_gt(s->lease_count, 0);
	cr_assert(s->ptr);
	settings_free(s);
	s = read_good("devices = { leases = \"dhcp.leases\"; hosts = [ ];\n"
		      "ptr = false; };");
	snprintf(expected, sizeof(expected), "%s/dhcp.leases", folder);
	cr_assert_eq(s->lease_count, 1);
	cr_assert_str_eq(s->leases[0], expected);
	cr_assert_eq(s->host_count, 0);
	cr_assert_not(s->ptr);
	settings_free(s);
	write_file("homebound.conf",
		   "devices = { leases = \"https://example/x\";\n"
		   "hosts = [ \"\" ]; };");
	cr_assert_eq(read_path(&s, conf), ERROR_SETTINGS);
	cr_assert_str_eq(told, "1: \"https://example/x\" is no path: "
			 "\"leases\" takes files of this machine\n"
			 "2: \"\" is no path: \"hosts\" takes files of this "
			 "machine\n");
}

Test(settings, what_the_journal_keeps)
{
	struct settings *s = read_good("");
	const struct keeping *keeping = &s->journal.keeping;

	cr_assert_eq(keeping->retention.row_days, 30);
	cr_assert_eq(keeping->retention.hour_days, 365);
	cr_assert_eq(keeping->retention.most, 0);
	cr_assert_eq(keeping->new_names, 1000);
	cr_assert_eq(keeping->privacy.level, PRIVACY_EVERYTHING);
	cr_assert_eq(keeping->privacy.never_name_count, 0);
	settings_free(s);
	s = read_good("journal = { rows = 7; hours = 0; size = \"2G\";\n"
		      "new_names = 50; privacy = \"counts\";\n"
		      "never_names = [ \"Health.example\", \"b.test.\" ];\n"
		      "never_clients = [ \"192.168.1.7\" ]; };");
	keeping = &s->journal.keeping;
	cr_assert_eq(keeping->retention.row_days, 7);
	cr_assert_eq(keeping->retention.hour_days, 0);
	cr_assert_eq(keeping->retention.most, UINT64_C(2) << 30);
	cr_assert_eq(keeping->new_names, 50);
	cr_assert_eq(keeping->privacy.level, PRIVACY_COUNTS);
	cr_assert_eq(keeping->privacy.never_name_count, 2);
	cr_assert_str_eq(keeping->privacy.never_names[1], "b.test.");
	cr_assert_eq(keeping->privacy.never_client_count, 1);
	cr_assert_eq(keeping->privacy.never_clients[0].bits, 32);
	settings_free(s);
	write_file("homebound.conf",
		   "journal = { never_names = \"a..b\"; };");
	cr_assert_eq(read_path(&s, conf), ERROR_SETTINGS);
	cr_assert_str_eq(told, "1: \"a..b\" is no name of a domain: write one "
			 "such as \"example.com\"\n");
}
