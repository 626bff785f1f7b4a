/*
 * The keys of lists and of groups of clients.
 */
#include "settings_table.h"

#include "policy/verdict.h"
#include "settings.h"
#include "subscribe/format.h"

enum { SOURCES = 64, CLIENTS = 1024 };

#define LIST_FIELD(field) \
	.at = offsetof(struct list_options, field), \
	.size = sizeof(((struct list_options *)NULL)->field)
#define USE_FIELD(field) \
	.at = offsetof(struct settings_group_list, field), \
	.size = sizeof(((struct settings_group_list *)NULL)->field)
#define GROUP_FIELD(field) \
	.at = offsetof(struct settings_group, field), \
	.size = sizeof(((struct settings_group *)NULL)->field)
#define GROUP_ARRAY(field, count) GROUP_FIELD(field), \
	.count_at = offsetof(struct settings_group, count), \
	.row = sizeof(*((struct settings_group *)NULL)->field)


const struct settings_key settings_list_keys[] = {
	{ "name", KEY_NAME, LIST_FIELD(name), .required = true,
	  .example = "\"phone-home\"",
	  .text = "What the list is called in the journal and in answers: "
		  "up to 63 of the characters a-z, 0-9,\n"
		  ".Ql \\&. ,\n"
		  ".Ql _\n"
		  "and\n"
		  ".Ql - .\n"
		  "No two lists share one." },
	{ "source", KEY_SOURCES, LIST_FIELD(sources),
	  .count_at = offsetof(struct list_options, source_count),
	  .row = sizeof(char *), .min = 1, .most = SOURCES, .required = true,
	  .example = "\"/etc/homebound/phone-home.txt\"",
	  .text = "Where the rules are: a file, a folder with files, an http "
		  "or https URL, or several of them.\n"
		  "While it cannot be had or makes no sense, its last good "
		  "version stays in use." },
	{ "enabled", KEY_BOOL, LIST_FIELD(enabled), .fallback = "true",
	  .text = "Whether the list is in use.\n"
		  "One that is not keeps its versions." },
	{ "format", KEY_WORD, LIST_FIELD(format), .fallback = "\"auto\"",
	  .words = LIST_FORMAT_WORDS, .parse = format_parse,
	  .text = ".Cm domains\n"
		  "has a name a line,\n"
		  ".Cm hosts\n"
		  "is what\n"
		  ".Xr hosts 5\n"
		  "describes,\n"
		  ".Cm wildcard\n"
		  "has lines such as *.example.com,\n"
		  ".Cm adblock\n"
		  "is what AdGuard documents for DNS,\n"
		  ".Cm list\n"
		  "a mixture of these;\n"
		  ".Cm dnsmasq ,\n"
		  ".Cm unbound ,\n"
		  ".Cm bind\n"
		  "and\n"
		  ".Cm dnscrypt\n"
		  "are lines of those programs,\n"
		  ".Cm rpz\n"
		  "is a response policy zone,\n"
		  ".Cm regex\n"
		  "a regular expression a line, as Pi-hole has them, and\n"
		  ".Cm auto\n"
		  "looks which of them it is." },
	{ "refresh", KEY_DURATION, LIST_FIELD(refresh), .max = 31536000,
	  .fallback = "\"24h\"", .unit = "seconds",
	  .text = "How often a URL is looked at, give or take a tenth: "
		  "seconds, or text with s, m, h, d or w at its end.\n"
		  "0: only when\n"
		  ".Ic homebound lists update\n"
		  "says so." },
	{ "limit", KEY_BYTES, LIST_FIELD(limit), .min = 1024, .max = 4e9,
	  .fallback = "\"256M\"", .unit = "bytes",
	  .text = "A source that is larger is not taken." },
	{ "keep", KEY_NUMBER, LIST_FIELD(keep), .min = 1, .max = 100,
	  .fallback = "10", .unit = "versions",
	  .text = "How many good versions are kept, for\n"
		  ".Ic homebound lists rollback\n"
		  "and\n"
		  ".Ic homebound lists diff ." },
	{ "key", KEY_TEXT, LIST_FIELD(key),
	  .example = "\"RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7"
		     "GFO3\"",
	  .text = "The public key of\n"
		  ".Xr minisign 1\n"
		  "that the list is signed with.\n"
		  "The signature is looked for at the source's name with "
		  ".minisig behind it; without a good one the list is not "
		  "taken." },
	{ "sha256", KEY_TEXT, LIST_FIELD(sha256),
	  .example = "\"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c"
		     "15b0f00a08\"",
	  .text = "The one text that is taken, by its SHA-256." },
	{ "subdomains", KEY_WORD, LIST_FIELD(subdomains),
	  .fallback = "\"auto\"", .words = "auto|yes|no",
	  .parse = list_subdomains_parse,
	  .text = "Whether a rule covers the names below its own.\n"
		  ".Cm auto :\n"
		  "as the list says itself; if it does not, it covers none." },
	{ "action", KEY_WORD, LIST_FIELD(action), .fallback = "\"sink\"",
	  .words = ACTION_WORDS,
	  .parse = action_parse,
	  .text = "What is done about its names:\n"
		  ".Cm sink :\n"
		  "the addresses of\n"
		  ".Cm sink ;\n"
		  ".Cm nxdomain :\n"
		  "there is no such name;\n"
		  ".Cm nodata :\n"
		  "it has no addresses;\n"
		  ".Cm null :\n"
		  "0.0.0.0 and ::;\n"
		  ".Cm refuse :\n"
		  "REFUSED;\n"
		  ".Cm drop :\n"
		  "no answer at all;\n"
		  ".Cm allow :\n"
		  "they are left alone whatever other lists say;\n"
		  ".Cm observe :\n"
		  "they are left alone, and the journal notes what would have "
		  "been sunk." },
	{ "times", KEY_TIMES, LIST_FIELD(times),
	  .example = "\"mon-fri 21:00-07:00\"",
	  .text = "When it is in use: days, hours or both.\n"
		  "Hours over midnight belong to the day they begin on.\n"
		  "Unless given: always." },
	{ .name = NULL }
};

static const struct settings_key use_keys[] = {
	{ "name", KEY_NAME, USE_FIELD(name), .required = true,
	  .example = "\"social\"",
	  .text = "One of\n"
		  ".Cm lists ." },
	{ "action", KEY_WORD, USE_FIELD(action), .words = ACTION_WORDS,
	  .parse = action_parse, .example = "\"nxdomain\"",
	  .text = "Unless given: the list's own." },
	{ "times", KEY_TIMES, USE_FIELD(times),
	  .example = "[ \"mon-fri 21:00-07:00\", \"sun\" ]",
	  .text = "Unless given: the list's own." },
	{ .name = NULL }
};

const struct settings_key settings_group_keys[] = {
	{ "name", KEY_NAME, GROUP_FIELD(name), .required = true,
	  .example = "\"children\"",
	  .text = "What it is called; as names of lists are." },
	{ "clients", KEY_CLIENTS, GROUP_ARRAY(clients, client_count),
	  .most = CLIENTS,
	  .example = "[ \"192.168.1.64/28\", \"a4:83:e7:00:11:22\" ]",
	  .text = "Who is in it: addresses, prefixes, and the MAC addresses of "
		  "devices in this network, which stand for all addresses "
		  "that the device has." },
	{ "lists", KEY_GROUPS, GROUP_ARRAY(lists, list_count),
	  .most = IMAGE_LISTS, .keys = use_keys,
	  .example = "( { name = \"social\"; times = \"sun\"; } )",
	  .text = "The lists it has.\n"
		  "Unless given: all, as they are." },
	{ .name = NULL }
};
