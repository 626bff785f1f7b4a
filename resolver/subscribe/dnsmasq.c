/*
 * Lines of a configuration of dnsmasq(8) that say what a name becomes.
 *
 *	address=/a.example/b.example/192.0.2.1	those names and all below
 *	local=/a.example/			no such name
 *	server=/a.example/#			not this list's any more
 *	server=/a.example/192.0.2.53		somebody else answers
 *	bogus-nxdomain=192.0.2.1		that address is a lie
 *
 * A domain is "a.example", ".a.example" (the same), "*.a.example" (only what
 * is below), "*ads.example" (whatever ends so) or "#" (every name).
 */
#include "subscribe/reader.h"

#include "base/text.h"
#include "dns/name.h"
#include "subscribe/host.h"
#include "subscribe/line.h"

static const char bad_address[] = "not an address where one should be";

/* What is right of the last slash, and so the effect of all domains. */
struct target {
	unsigned effect;
	const char *why;
};

static struct target silent(struct reader *reader, unsigned effect,
			    struct bytes word)
{
	reader->special = true;
	reader->rule.word = word;
	return (struct target){ effect, NULL };
}

static struct target read_target(struct reader *reader, struct bytes text,
				 bool address)
{
	struct prefix prefix;

	if (text.len == 0) {
		reader->rule.answer = WORDS("nxdomain");
		return (struct target){ RULE_BLOCK, NULL };
	}
	if (line_is(text, "#") && address) {
		reader->rule.answer = WORDS("null");
		return (struct target){ RULE_BLOCK, NULL };
	}
	if (line_is(text, "#"))
		return silent(reader, RULE_PASS, WORDS("standard-servers"));
	if (!address)
		return silent(reader, RULE_FORWARD, text);
	if (!host_address(&prefix, text))
		return (struct target){ RULE_BLOCK, bad_address };
	return (struct target){ reader_answer(reader, &prefix), NULL };
}

static int give_suffix(struct reader *reader, struct bytes word,
		       unsigned effect)
{
	char *to = reader->room + reader->used;
	const char *why = reader_name(reader, word, true);
	const struct name *name = &reader->rule.name;
	size_t len = 0;
	int error;

	if (why)
		return reader_skip(reader, why);
	reader->special = true;
	for (unsigned i = 0; i < name->labels; i++) {
		const uint8_t *label = name->wire + name->label[i];

		if (i > 0)
			to[len++] = '.';
		memcpy(to + len, label + 1, label[0]);
		len += label[0];
	}
	reader->rule.pattern = bytes_of(to, len);
	error = reader_give(reader, effect, RULE_SUFFIX);
	reader->rule.pattern = bytes_of(NULL, 0);
	return error;
}

/* *given: it was a domain. */
static int give_domain(struct reader *reader, struct bytes domain,
		       unsigned effect, bool *given)
{
	uint64_t rejected = reader->counts->rejected;
	unsigned scope = RULE_SUBTREE;
	const char *why = NULL;
	int error;

	if (line_is(domain, "#")) {
		name_parse(&reader->rule.name, WORDS("."));
	} else if (domain.len == 0) {
		why = "only names without a dot are meant";
	} else if (line_begins(domain, "*") && !line_begins(domain, "*.")) {
		error = give_suffix(reader, line_skip(domain, 1), effect);
		*given = rejected == reader->counts->rejected;
		return error;
	} else {
		scope = domain.at[0] == '*' ? RULE_BELOW : RULE_SUBTREE;
		domain = line_skip(domain, scope == RULE_BELOW ? 2
				   : domain.at[0] == '.' ? 1 : 0);
		why = reader_name(reader, domain, true);
	}
	*given = !why;
	return why ? reader_skip(reader, why)
		   : reader_give(reader, effect, scope);
}

/* The last part of "/a/b/target" is what is right of the last slash. */
static int domains_line(struct reader *reader, struct bytes value,
			bool address)
{
	struct target target;
	struct bytes text;
	size_t end = value.len;
	bool given = true;
	int error = 0;

	while (value.at[end - 1] != '/')
		end--;
	text = line_trim(line_skip(value, end));
	if (end < 2)
		return reader_skip(reader, "no domain between slashes");
	target = read_target(reader, text, address);
	if (target.why)
		return reader_skip(reader, target.why);
	value = bytes_of(value.at + 1, end - 2);
	for (bool more = true; more && given && error >= 0;) {
		struct bytes domain = bytes_of(value.at,
					       line_span(value, "/"));

		more = domain.len < value.len;
		value = line_skip(value, domain.len + more);
		error = give_domain(reader, domain, target.effect, &given);
	}
	return error;
}

static int address_line(struct reader *reader, struct bytes value,
			const char *answer)
{
	if (!host_prefix(&reader->rule.prefix, value))
		return reader_skip(reader, bad_address);
	reader->special = true;
	reader->rule.answer = bytes_of_string(answer);
	return reader_give(reader, RULE_BLOCK, RULE_ADDRESS);
}

/* host-record=name,name,192.0.2.1,2001:db8::1,60: one of each family. */
enum { HOST_ADDRESSES = 2 };

static unsigned take_addresses(struct prefix *addresses, struct bytes value)
{
	unsigned count = 0;

	while (value.len > 0 && count < HOST_ADDRESSES)
		count += host_address(&addresses[count],
				      line_trim(line_part(&value, ',')));
	return count;
}

static int give_host(struct reader *reader, const struct prefix *addresses,
		     unsigned count)
{
	int error = 0;

	for (unsigned i = 0; error >= 0 && i < count; i++) {
		unsigned effect;

		reader->used = 0;
		effect = reader_answer(reader, &addresses[i]);
		error = reader_give(reader, effect, RULE_EXACT);
	}
	return error;
}

static int hosts_line(struct reader *reader, struct bytes value)
{
	struct prefix addresses[HOST_ADDRESSES], address;
	unsigned count = take_addresses(addresses, value);
	const char *why = NULL;
	int error = 0;

	while (!why && error >= 0 && value.len > 0) {
		struct bytes word = line_trim(line_part(&value, ','));

		if (host_address(&address, word) || line_is_digits(word))
			continue;
		why = reader_name(reader, word, true);
		if (!why)
			error = give_host(reader, addresses, count);
	}
	return why ? reader_skip(reader, why) : error;
}

/* cname=alias,alias,target */
static int cname_line(struct reader *reader, struct bytes value)
{
	struct bytes rest = value, target = { 0 }, word;
	char answer[NAME_TEXT];
	struct text text;
	const char *why = NULL;
	int error = 0;

	while (rest.len > 0)
		target = line_trim(line_part(&rest, ','));
	why = reader_name(reader, target, true);
	if (why)
		return reader_skip(reader, why);
	text_init(&text, answer, sizeof(answer));
	text_put(&text, "CNAME ");
	name_print(&reader->rule.name, &text);
	reader->rule.answer = bytes_of(answer, text.len);
	while (!why && error >= 0 && value.len > 0) {
		word = line_trim(line_part(&value, ','));
		why = value.len > 0 ? reader_name(reader, word, true) : NULL;
		if (!why && value.len > 0)
			error = reader_give(reader, RULE_REWRITE, RULE_EXACT);
	}
	return why ? reader_skip(reader, why) : error;
}

/* A '#' behind white space, but not in quotes, ends the line. */
static struct bytes without_comment(struct bytes line)
{
	bool quoted = false;

	if (!line_has(line, '#'))
		return line;
	for (size_t i = 0; i < line.len; i++) {
		quoted ^= line.at[i] == '"';
		if (line.at[i] == '#' && !quoted &&
		    (i == 0 || line_is_space(line.at[i - 1])))
			line.len = i;
	}
	return line_trim(line);
}

static bool is_option(struct bytes key)
{
	for (size_t i = 0; i < key.len; i++)
		if (key.at[i] != '-' && (key.at[i] < 'a' || key.at[i] > 'z'))
			return false;
	return key.len > 0;
}

static bool key_is(struct bytes key, const char *word)
{
	return key.len == strlen(word) && memcmp(key.at, word, key.len) == 0;
}

static int option_line(struct reader *reader, struct bytes key,
		       struct bytes value)
{
	if (key_is(key, "bogus-nxdomain"))
		return address_line(reader, value, "nxdomain");
	if (key_is(key, "ignore-address"))
		return address_line(reader, value, "drop");
	if (key_is(key, "host-record"))
		return hosts_line(reader, value);
	if (key_is(key, "cname"))
		return cname_line(reader, value);
	return reader_skip(reader, is_option(key)
			   ? "an option of dnsmasq that is no rule"
			   : "not a line of dnsmasq");
}

int dnsmasq_line(struct reader *reader, struct bytes line)
{
	struct bytes value, key;

	if (line.len == 0 || line.at[0] == '#')
		return 0;
	value = without_comment(line);
	key = line_trim(line_part(&value, '='));
	value = line_trim(value);
	if (line_at(value, 0) == '/' &&
	    (key_is(key, "local") || key_is(key, "server") ||
	     key_is(key, "address")))
		return domains_line(reader, value, key.at[0] == 'a');
	return option_line(reader, key, value);
}
