/*
 * Every one of the first lines has a vote; a zone is known by its head.
 */
#include "subscribe/guess.h"

#include "subscribe/format.h"
#include "subscribe/host.h"
#include "subscribe/line.h"

enum {
	HEAD_BYTES = 4000,	/* where a header is looked for */
	ZONE_BYTES = 8000,	/* where an SOA record is */
	LINES = 400,		/* that have a vote */
};

/* --- a zone --- */

/* "$TTL ...", "@ 3600 IN SOA ..." */
static bool is_head_of_zone(struct bytes line)
{
	struct bytes word;
	bool blank = line.len > 0 && line_is_space(line.at[0]);

	if (line_begins(line, "$ttl") && line_span(line, " \t") == 4)
		return true;
	word = line_word(&line);
	if (!blank)
		word = line_word(&line);
	if (line_is_digits(word))
		word = line_word(&line);
	if (line_is(word, "in"))
		word = line_word(&line);
	return line_is(word, "soa");
}

static bool is_zone(struct bytes text)
{
	struct line_walk walk;
	struct bytes line;

	if (text.len > ZONE_BYTES)
		text.len = ZONE_BYTES;
	line_walk(&walk, text);
	while (line_next_whole(&walk, &line))
		if (is_head_of_zone(line))
			return true;
	return false;
}

/* --- votes --- */

static bool is_key(struct bytes line, const char *const *keys, uint8_t end)
{
	for (; *keys; keys++) {
		struct bytes rest = line;

		if (!line_begins(line, *keys))
			continue;
		rest = line_trim(line_skip(line, strlen(*keys)));
		if (line_at(rest, 0) == end)
			return true;
	}
	return false;
}

static bool is_dnsmasq(struct bytes line)
{
	static const char *const keys[] = {
		"address", "server", "local", "bogus-nxdomain", NULL,
	};

	return is_key(line, keys, '=');
}

static bool is_unbound(struct bytes line)
{
	static const char *const keys[] = {
		"local-zone", "local-data", "server", NULL,
	};

	return is_key(line, keys, ':');
}

static bool is_bind(struct bytes line)
{
	return line_begins(line, "zone") && line.len > 4 &&
	       line_is_space(line.at[4]) &&
	       line_at(line_trim(line_skip(line, 4)), 0) == '"';
}

/* "... CNAME .", "... CNAME *.", "... CNAME rpz-..." */
static bool is_policy(struct bytes line)
{
	struct bytes word = line_word(&line), target;

	while (line.len > 0) {
		word = line_word(&line);
		target = line_trim(line);
		if (line_is(word, "cname") && (line_begins(target, ".") ||
					       line_begins(target, "*.") ||
					       line_begins(target, "rpz-")))
			return true;
	}
	return false;
}

static bool is_adblock(struct bytes line)
{
	if (line_begins(line, "||") || line_begins(line, "@@") ||
	    line_last(line) == '^')
		return true;
	for (size_t i = 0; i + 1 < line.len; i++)
		if (line.at[i] == '^' && line.at[i + 1] == '$')
			return true;
	return false;
}

static bool is_hosts(struct bytes line)
{
	struct prefix address;

	return host_address(&address, line_word(&line)) && line.len > 0;
}

/* =a.example, ads.*, *.ads*.example: a '*' elsewhere than in "*." */
static bool is_dnscrypt(struct bytes line)
{
	if (line_begins(line, "="))
		return true;
	if (line_begins(line, "*."))
		line = line_skip(line, 2);
	return line.len > 1 && line_has(line, '*') &&
	       line_marks(line) == LINE_RULE &&
	       line_span(line, "|^") == line.len;
}

static bool is_between_slashes(struct bytes line)
{
	return line.at[0] == '/' && line_last(line) == '/';
}

/* LIST_FORMAT_LIST: between slashes, which both regex and adblock have. */
static unsigned vote_of(struct bytes line)
{
	if (is_dnsmasq(line))
		return LIST_FORMAT_DNSMASQ;
	if (is_unbound(line))
		return LIST_FORMAT_UNBOUND;
	if (is_bind(line))
		return LIST_FORMAT_BIND;
	if (is_policy(line))
		return LIST_FORMAT_RPZ;
	if (is_adblock(line))
		return LIST_FORMAT_ADBLOCK;
	if (is_hosts(line))
		return LIST_FORMAT_HOSTS;
	if (is_between_slashes(line))
		return LIST_FORMAT_LIST;
	if (is_dnscrypt(line))
		return LIST_FORMAT_DNSCRYPT;
	if (line_begins(line, "*."))
		return LIST_FORMAT_WILDCARD;
	return line_span(line, "\\^$()|[") < line.len ? LIST_FORMAT_REGEX
						       : LIST_FORMAT_DOMAINS;
}

struct votes {
	unsigned of[LIST_FORMATS], all;
	bool exclamation;	/* "! ..." is a comment, as in Adblock */
};

static void count_votes(struct votes *votes, struct bytes text)
{
	struct line_walk walk;
	struct bytes line;

	*votes = (struct votes){ .all = 0 };
	line_walk(&walk, text);
	while (votes->all < LINES && line_next(&walk, &line)) {
		votes->exclamation |= line_begins(line, "!");
		if (line_span(line, "#!;[") == 0)
			continue;
		votes->of[vote_of(line)]++;
		votes->all++;
	}
}

/* Names, *.names and patterns together are what dnscrypt-proxy reads. */
static bool is_dnscrypt_list(const struct votes *votes)
{
	return votes->of[LIST_FORMAT_DNSCRYPT] > 0 &&
	       votes->of[LIST_FORMAT_WILDCARD] > 0 &&
	       votes->of[LIST_FORMAT_DOMAINS] +
	       votes->of[LIST_FORMAT_WILDCARD] +
	       votes->of[LIST_FORMAT_DNSCRYPT] == votes->all;
}

unsigned guess_format(struct bytes text)
{
	unsigned best = LIST_FORMAT_LIST;
	struct votes votes;

	if (is_zone(text))
		return LIST_FORMAT_RPZ;
	count_votes(&votes, text);
	if (is_dnscrypt_list(&votes))
		return LIST_FORMAT_DNSCRYPT;
	for (unsigned i = 1; i < LIST_FORMATS; i++)
		if (votes.of[i] > votes.of[best])
			best = i;
	if (best == LIST_FORMAT_LIST && votes.all > 0)
		return votes.of[best] == votes.all && !votes.exclamation
			? LIST_FORMAT_REGEX : LIST_FORMAT_ADBLOCK;
	return best;
}

/* --- subdomains --- */

static bool holds(struct bytes text, const char *lower)
{
	for (; text.len > 0; text = line_skip(text, 1))
		if (line_begins(text, lower))
			return true;
	return false;
}

/* As the lists of oisd and HaGeZi say it. */
bool guess_subdomains(struct bytes text)
{
	struct line_walk walk;
	struct bytes line;

	if (text.len > HEAD_BYTES)
		text.len = HEAD_BYTES;
	line_walk(&walk, text);
	while (line_next(&walk, &line)) {
		if (line.len == 0 || (line.at[0] != '#' && line.at[0] != '!'))
			continue;
		if (holds(line, "without subdomains") ||
		    holds(line, "wildcards) without") ||
		    holds(line, "all domains and their subdomains "
				"should be blocked"))
			return true;
	}
	return false;
}
