/*
 * One row a key.  The reader, the checker, the defaults, `homebound check` and
 * homebound.conf(5) all go by these rows; a key that is not here does not
 * exist.
 */
#include "settings_table.h"

#include <string.h>

#include "base/text.h"
#include "journal/privacy.h"
#include "policy/verdict.h"
#include "settings.h"

enum { NEAR_ENOUGH = 3, LISTENERS = 256, PREFIXES = 4096, FILES = 16,
       NAMES = 10000 };

/* A field of struct settings, and one of a row of an array. */
#define FIELD(field) \
	.at = offsetof(struct settings, field), \
	.size = sizeof(((struct settings *)NULL)->field)
#define ARRAY(field, count) FIELD(field), \
	.count_at = offsetof(struct settings, count), \
	.row = sizeof(*((struct settings *)NULL)->field)

static int parse_log_level(const char *word)
{
	enum log_level level;
	int error = log_level_parse(word, &level);

	return error < 0 ? error : (int)level;
}

static const struct settings_key upstream_keys[] = {
	{ "address", KEY_ADDRESS, .at = 0, .size = sizeof(struct address),
	  .required = true, .example = "\"9.9.9.9\"",
	  .text = "Whom to ask.\n"
		  "The port is 53 unless it is given:\n"
		  ".Qq 192.0.2.1:5353 ,\n"
		  ".Qq [2001:db8::1]:5353 .\n"
		  "A link-local address needs its interface:\n"
		  ".Qq fe80::1%eth0 ." },
	{ .name = NULL }
};

static const struct settings_key sink_keys[] = {
	{ "address4", KEY_SINK4, FIELD(sink),
	  .example = "\"192.168.1.5\"",
	  .text = "The answer to questions for an IPv4 address (A).\n"
		  "Without it they are answered with NODATA: the name exists "
		  "and has no such address." },
	{ "address6", KEY_SINK6, FIELD(sink), .example = "\"fd00::5\"",
	  .text = "The same for IPv6 (AAAA)." },
	{ "ttl", KEY_NUMBER, FIELD(sink.ttl), .max = 86400,
	  .fallback = "10", .unit = "seconds",
	  .text = "How long clients may remember a sunk answer, whatever the "
		  "action of its list.\n"
		  "Short, so that pausing a list is felt at once." },
	{ .name = NULL }
};

static const struct settings_key journal_keys[] = {
	{ "enabled", KEY_BOOL, FIELD(journal.enabled),
	  .fallback = "true",
	  .text = "Whether questions are written down." },
	{ "rings", KEY_PATH, FIELD(journal_rings),
	  .example = "\"/run/homebound\"",
	  .text = "The folder for what waits to be written down; it must be "
		  "on a file system in memory.\n"
		  "Unless given, the folder of\n"
		  ".Cm control ." },
	{ "slots", KEY_POWER, FIELD(journal.slots), .min = 256,
	  .max = 1048576, .fallback = "16384", .unit = "questions",
	  .text = "How many can wait for the disk, for each worker; "
		  "a power of two, 384 bytes of memory each.\n"
		  "What comes on top is not lost silently: it is counted and "
		  "the journal has a gap." },
	{ "commit_seconds", KEY_SECONDS, FIELD(journal.commit_ms),
	  .min = 1, .max = 3600, .fallback = "10", .unit = "seconds",
	  .text = "How long a question may wait before it is on the disk, "
		  "which is what a power cut can cost.\n"
		  "Longer spares SD cards.\n"
		  ".Ic homebound log\n"
		  "does not wait for it." },
	{ "rows", KEY_NUMBER, FIELD(journal.keeping.retention.row_days),
	  .max = 36500, .fallback = "30", .unit = "days",
	  .text = "How long each single question is kept.\n"
		  "0: for ever." },
	{ "hours", KEY_NUMBER, FIELD(journal.keeping.retention.hour_days),
	  .max = 36500, .fallback = "365", .unit = "days",
	  .text = "How long it is kept how often a device asked for a name in "
		  "each hour, in about a quarter of a byte a question.\n"
		  "0: for ever.\n"
		  "When a device first and last asked for a name, and how "
		  "often, is always kept." },
	{ "size", KEY_BYTES, FIELD(journal.keeping.retention.most),
	  .max = 1e15, .fallback = "0", .unit = "bytes",
	  .text = "When the journal is larger than that, the oldest questions "
		  "go first, however young they are: a number, or text with "
		  "K, M or G at its end.\n"
		  "0: it may be as large as it becomes." },
	{ "new_names", KEY_NUMBER, FIELD(journal.keeping.new_names),
	  .min = 1, .max = 1000000, .fallback = "1000", .unit = "names",
	  .text = "How many names that it never asked for a device may bring "
		  "in an hour; more of them are counted together under their "
		  "registrable domain, so that made-up names do not fill the "
		  "disk." },
	{ "privacy", KEY_WORD, FIELD(journal.keeping.privacy.level),
	  .words = "everything|blurred|sunk|counts", .parse = privacy_parse,
	  .fallback = "\"everything\"",
	  .text = "What is written down of a question.\n"
		  ".Cm everything :\n"
		  "all of it.\n"
		  ".Cm blurred :\n"
		  "of the address of who asked only the network, /24 of IPv4 "
		  "and /56 of IPv6; devices are not told apart.\n"
		  ".Cm sunk :\n"
		  "only questions that a list has sunk.\n"
		  ".Cm counts :\n"
		  "no names, only that a device asked in that hour, and "
		  "whether it was sunk.\n"
		  "It holds for what is asked from then on;\n"
		  ".Ic homebound forget\n"
		  "takes out what was written down before." },
	{ "never_names", KEY_NAMES,
	  ARRAY(journal.keeping.privacy.never_names,
		journal.keeping.privacy.never_name_count), .most = NAMES,
	  .example = "[ \"health.example\" ]",
	  .text = "Questions for these names, and for what is below them, are "
		  "never written down; how many they were is counted." },
	{ "never_clients", KEY_PREFIXES,
	  ARRAY(journal.keeping.privacy.never_clients,
		journal.keeping.privacy.never_client_count), .most = PREFIXES,
	  .example = "[ \"192.168.1.77\" ]",
	  .text = "The same for all questions of these clients." },
	{ .name = NULL }
};

static const struct settings_key device_keys[] = {
	{ "leases", KEY_PATHS, ARRAY(leases, lease_count), .most = FILES,
	  .fallback = "[ \"/var/lib/misc/dnsmasq.leases\", "
		      "\"/var/lib/dhcp/dhcpd.leases\", "
		      "\"/var/lib/kea/kea-leases4.csv\", "
		      "\"/var/lib/kea/kea-leases6.csv\" ]",
	  .text = "What DHCP servers on this machine have written down: the "
		  "files of dnsmasq, of ISC dhcpd, or of Kea (memfile).\n"
		  "One that is not there is none.\n"
		  "They are looked at once a minute." },
	{ "hosts", KEY_PATHS, ARRAY(hosts, host_count), .most = FILES,
	  .fallback = "[ \"/etc/hosts\" ]",
	  .text = "Names of addresses, as\n"
		  ".Xr hosts 5\n"
		  "has them; only those of private addresses are taken." },
	{ "ptr", KEY_BOOL, FIELD(ptr), .fallback = "true",
	  .text = "Whether the upstreams are asked for the name of a device "
		  "that has none otherwise, once a day.\n"
		  "Only those with a private address are asked, such as the "
		  "router of the house, and only about private addresses." },
	{ .name = NULL }
};

static const struct settings_key cache_keys[] = {
	{ "size", KEY_BYTES, FIELD(cache.bytes), .max = 1e12,
	  .fallback = "\"16M\"", .unit = "bytes",
	  .text = "The memory for answers, all workers together: a number, "
		  "or text with K, M or G at its end.\n"
		  "0: nothing is kept." },
	{ "ttl_max", KEY_NUMBER, FIELD(cache.ttl_max), .min = 1,
	  .max = 604800, .fallback = "86400", .unit = "seconds",
	  .text = "An answer is kept no longer than this, whatever its TTL "
		  "says." },
	{ "negative_ttl_max", KEY_NUMBER, FIELD(cache.negative_ttl_max),
	  .min = 1, .max = 604800, .fallback = "3600", .unit = "seconds",
	  .text = "The same for answers that say that there is nothing." },
	{ .name = NULL }
};

static const struct settings_key query_keys[] = {
	{ "waiting", KEY_NUMBER, FIELD(query.waiting), .min = 16,
	  .max = 65536, .fallback = "4096", .unit = "questions",
	  .text = "How many can wait for an upstream at once, for each "
		  "worker.\n"
		  "What comes on top is answered with SERVFAIL and counted." },
	{ "deadline", KEY_SECONDS, FIELD(upstream.deadline_ms),
	  .min = 0.1, .max = 60, .fallback = "5.0", .unit = "seconds",
	  .text = "How long one may wait, all tries together." },
	{ .name = NULL }
};

static const struct settings_key forward_keys[] = {
	{ "sockets", KEY_NUMBER, FIELD(upstream.sockets), .min = 1,
	  .max = 256, .fallback = "16", .unit = "sockets",
	  .text = "Over how many UDP sockets, each with a port of its own, "
		  "questions to one upstream are spread, for each worker.\n"
		  "More make answers harder to forge." },
	{ "streams", KEY_NUMBER, FIELD(upstream.streams), .min = 1,
	  .max = 1024, .fallback = "64", .unit = "connections",
	  .text = "TCP connections to upstreams at once, for each worker." },
	{ .name = NULL }
};

static const struct settings_key tcp_keys[] = {
	{ "connections", KEY_NUMBER, FIELD(tcp.connections), .min = 1,
	  .max = 65536, .fallback = "256", .unit = "connections",
	  .text = "TCP connections of clients at once, for each worker." },
	{ "connections_per_client", KEY_NUMBER,
	  FIELD(tcp.connections_per_client), .min = 1, .max = 65536,
	  .fallback = "32", .unit = "connections",
	  .text = "How many of them one address may have." },
	{ "waiting", KEY_NUMBER, FIELD(tcp.waiting), .min = 1,
	  .max = 4096, .fallback = "64", .unit = "questions",
	  .text = "Questions without an answer on one connection." },
	{ "idle", KEY_SECONDS, FIELD(tcp.idle_ms), .min = 1, .max = 3600,
	  .fallback = "10", .unit = "seconds",
	  .text = "After this long without a question a connection is "
		  "closed." },
	{ .name = NULL }
};

const struct settings_key settings_table[] = {
	{ "log_level", KEY_WORD, FIELD(log_level),
	  .fallback = "\"info\"", .words = "error|warning|notice|info|debug",
	  .parse = parse_log_level,
	  .text = "How much the daemon says on standard error." },
	{ "listen", KEY_ADDRESSES, ARRAY(listen, listen_count),
	  .min = 1, .most = LISTENERS,
	  .fallback = "[ \"127.0.0.1:53\", \"[::1]:53\" ]",
	  .text = "Where questions are taken, by UDP and TCP; the port is 53 "
		  "unless it is given.\n"
		  ".Qq 0.0.0.0\n"
		  "and\n"
		  ".Qq ::\n"
		  "stand for every address of this machine." },
	{ "workers", KEY_NUMBER, FIELD(workers), .min = 1, .max = 64,
	  .fallback = "1", .unit = "threads",
	  .text = "Threads that answer questions; one serves a household, "
		  "and more than the machine has processors help nobody." },
	{ "user", KEY_TEXT, FIELD(user), .fallback = "\"homebound\"",
	  .text = "Who to be once the ports are open, when started as root.\n"
		  ".Qq \\&\n"
		  "stays root, which is not advised." },
	{ "state", KEY_PATH, FIELD(state),
	  .fallback = "\"/var/lib/homebound\"",
	  .text = "The folder for the journal, the lists and the household's "
		  "own rules." },
	{ "control", KEY_PATH, FIELD(control), .max = 100,
	  .fallback = "\"/run/homebound/control\"",
	  .text = "The socket that\n"
		  ".Ic homebound status\n"
		  "and the like ask at.\n"
		  "Who is in the group homebound may use it." },
	{ "upstreams", KEY_GROUPS, ARRAY(upstreams, upstream_count),
	  .most = UPSTREAM_SERVERS, .keys = upstream_keys,
	  .example = "( { address = \"9.9.9.9\"; } )",
	  .text = "The resolvers that are asked for what is not sunk, the "
		  "first one that is well first.\n"
		  "None: those that this machine was given, as\n"
		  ".Xr resolv.conf 5\n"
		  "has them." },
	{ "allow_clients", KEY_PREFIXES, ARRAY(allow_clients, allow_count),
	  .min = 1, .most = PREFIXES, .example = "[ \"192.168.0.0/16\" ]",
	  .text = "Who may ask; others are refused.\n"
		  "Unless given: private and link-local addresses, and the "
		  "networks this machine is in." },
	{ "sink", KEY_GROUP, .keys = sink_keys,
	  .example = "{ address4 = \"192.168.1.5\"; }",
	  .text = "Where listed names lead." },
	{ "lists", KEY_GROUPS, ARRAY(lists, list_count),
	  .most = IMAGE_LISTS, .keys = settings_list_keys,
	  .example = "( { name = \"phone-home\"; "
		     "source = \"phone-home.txt\"; } )",
	  .text = "The lists to follow, and what is done about their names.\n"
		  "Their order counts where two rules are equal in all else, "
		  "as\n"
		  ".Sx HOW IT IS DECIDED\n"
		  "says." },
	{ "regexes", KEY_NUMBER, FIELD(regexes), .max = 100000,
	  .fallback = "5000", .unit = "expressions",
	  .text = "How many regular expressions all lists together may bring.\n"
		  "What comes on top is named and left out.\n"
		  "Those that say no more than a name are not counted: they "
		  "become that name." },
	{ "groups", KEY_GROUPS, ARRAY(groups, group_count),
	  .most = HOUSE_GROUPS - 1, .keys = settings_group_keys,
	  .example = "( { name = \"children\"; "
		     "clients = [ \"192.168.1.64/28\" ]; } )",
	  .text = "Clients that have lists, actions or times of their own.\n"
		  "A client that is in several belongs to the one with the "
		  "longest prefix; who is in none belongs to the group\n"
		  ".Cm default ,\n"
		  "which can be given as well, without clients." },
	{ "timezone", KEY_TEXT, FIELD(timezone), .fallback = "\"\"",
	  .text = "The household's, for times of the week, such as\n"
		  ".Qq Europe/Berlin .\n"
		  ".Qq \\&\n"
		  "is that of the system." },
	{ "journal", KEY_GROUP, .keys = journal_keys,
	  .example = "{ enabled = true; }",
	  .text = "The record of who asked for what and when." },
	{ "alerts", KEY_GROUP, .keys = settings_alert_keys,
	  .example = "{ mail = \"me@example.com\"; }",
	  .text = "What the household is told without asking, and how.\n"
		  "None of it, unless there is a\n"
		  ".Cm command ,\n"
		  "a\n"
		  ".Cm webhook\n"
		  "or a\n"
		  ".Cm mail\n"
		  "address;\n"
		  ".Ic homebound alerts test\n"
		  "tries them." },
	{ "devices", KEY_GROUP, .keys = device_keys,
	  .example = "{ leases = \"/tmp/dhcp.leases\"; }",
	  .text = "Where it is found out which device has which address, and "
		  "what it is called.\n"
		  "The kernel's table of neighbours is looked at in any case; "
		  "a name given by\n"
		  ".Ic homebound device name\n"
		  "goes before all others." },
	{ "cache", KEY_GROUP, .keys = cache_keys,
	  .example = "{ size = \"16M\"; }",
	  .text = "Answers of upstreams, kept for the next who asks." },
	{ "queries", KEY_GROUP, .keys = query_keys,
	  .example = "{ deadline = 5.0; }",
	  .text = "Limits for questions that wait for an upstream." },
	{ "forward", KEY_GROUP, .keys = forward_keys,
	  .example = "{ sockets = 16; }",
	  .text = "How upstreams are asked." },
	{ "tcp", KEY_GROUP, .keys = tcp_keys,
	  .example = "{ connections = 256; }",
	  .text = "Limits for clients that come over TCP." },
	{ "edns_payload", KEY_NUMBER, FIELD(query.payload), .min = 512,
	  .max = 4096, .fallback = "1232", .unit = "bytes",
	  .text = "The largest UDP message we take and send.\n"
		  "Larger ones than 1232 can be lost on the way, in pieces." },
	{ .name = NULL }
};

const struct settings_key *settings_table_find(const struct settings_key *keys,
					       const char *name)
{
	for (; keys->name != NULL; keys++)
		if (strcmp(keys->name, name) == 0)
			return keys;
	return NULL;
}

/* Short words are near to everything: half of one must be right. */
static bool is_near(const char *meant, const char *word, unsigned *best)
{
	unsigned distance = text_distance(meant, word);

	if (distance >= *best || distance * 2 > strlen(meant))
		return false;
	*best = distance;
	return true;
}

const char *settings_table_near(const struct settings_key *keys,
				const char *name)
{
	unsigned best = NEAR_ENOUGH + 1;
	const char *near = NULL;

	for (; keys->name != NULL; keys++)
		if (is_near(keys->name, name, &best))
			near = keys->name;
	return near;
}

/* The next word of "a|b|c" into word[64]; false after the last. */
static bool next_word(const char **words, char word[64])
{
	size_t len = strcspn(*words, "|");

	if (**words == '\0' || len >= 64)
		return false;
	memcpy(word, *words, len);
	word[len] = '\0';
	*words += len + ((*words)[len] == '|');
	return true;
}

bool settings_table_has_word(const char *words, const char *word)
{
	char one[64];

	while (next_word(&words, one))
		if (strcmp(one, word) == 0)
			return true;
	return false;
}

bool settings_table_near_word(const char *words, const char *word,
			      char near[64])
{
	unsigned best = NEAR_ENOUGH + 1;
	char one[64];

	near[0] = '\0';
	while (next_word(&words, one))
		if (is_near(one, word, &best))
			strcpy(near, one);
	return near[0] != '\0';
}

const char *settings_table_takes(enum settings_type type)
{
	static const char *const takes[] = {
		[KEY_BOOL] = "true or false",
		[KEY_NUMBER] = "a whole number",
		[KEY_POWER] = "a whole number",
		[KEY_SECONDS] = "a number",
		[KEY_BYTES] = "a number of bytes, or a size in quotes",
		[KEY_TEXT] = "text in quotes",
		[KEY_PATH] = "a path in quotes",
		[KEY_WORD] = "a word in quotes",
		[KEY_NAME] = "a name in quotes",
		[KEY_SINK4] = "an IPv4 address in quotes",
		[KEY_SINK6] = "an IPv6 address in quotes",
		[KEY_ADDRESS] = "an address in quotes",
		[KEY_ADDRESSES] = "addresses in [ ]",
		[KEY_PREFIXES] = "addresses or prefixes in [ ]",
		[KEY_NAMES] = "a domain name in quotes, or several in [ ]",
		[KEY_PATHS] = "a path in quotes, or several in [ ]",
		[KEY_SOURCES] = "a path or URL in quotes, or several in [ ]",
		[KEY_CLIENTS] = "addresses, prefixes or MACs in [ ]",
		[KEY_TIMES] = "times in quotes, or several in [ ]",
		[KEY_DURATION] = "a number of seconds, or a time in quotes",
		[KEY_GROUP] = "a group in { }",
		[KEY_GROUPS] = "groups, each in { }, all in ( )",
	};

	return takes[type];
}
