/*
 * However an answer is worded, equal ones get equal bytes: "nxdomain", a
 * dnsrewrite to NXDOMAIN and the RPZ's "CNAME ." are the same.
 */
#include "policy/answers.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "dns/message.h"
#include "dns/rdata.h"
#include "dns/record.h"
#include "policy/draft.h"
#include "policy/rule.h"
#include "policy/terms.h"
#include "policy/terms_layout.h"

enum { WORD_MAX = 64, RCODE_ORDINARY = 15 };

static bool is_word(struct bytes text, const char *word)
{
	return text.len == strlen(word) &&
	       strncasecmp((const char *)text.at, word, text.len) == 0;
}

/* What stands before the first such byte; *rest what stands behind it. */
static struct bytes cut(struct bytes text, char at, struct bytes *rest)
{
	const uint8_t *found = memchr(text.at, at, text.len);
	size_t len = found != NULL ? (size_t)(found - text.at) : text.len;
	size_t behind = found != NULL ? len + 1 : len;

	*rest = bytes_of(text.at + behind, text.len - behind);
	return bytes_of(text.at, len);
}

/* With a NUL; "" for what is longer than any word that is known. */
static const char *string_of(struct bytes word, char string[WORD_MAX])
{
	size_t len = word.len < WORD_MAX ? word.len : 0;

	if (len > 0)
		memcpy(string, word.at, len);
	string[len] = '\0';
	return strlen(string) == len ? string : "";
}

static bool write_kind(struct draft *draft, unsigned kind)
{
	size_t begun;

	if (kind == TERMS_AS_LIST)
		return true;
	begun = draft_begin(draft, SECTION_ANSWER);
	draft_put8(draft, kind);
	draft_end(draft, begun);
	return true;
}

static bool write_rcode(struct draft *draft, unsigned rcode)
{
	size_t begun;

	switch (rcode) {
	case RCODE_NOERROR:
		return write_kind(draft, TERMS_NODATA);
	case RCODE_NXDOMAIN:
		return write_kind(draft, TERMS_NXDOMAIN);
	case RCODE_REFUSED:
		return write_kind(draft, TERMS_REFUSED);
	default:
		break;
	}
	begun = draft_begin(draft, SECTION_ANSWER);
	draft_put8(draft, TERMS_RECORDS);
	draft_put8(draft, rcode);
	draft_end(draft, begun);
	return true;
}

static void put_record(struct draft *draft, uint16_t type, struct bytes data)
{
	draft_put16(draft, type);
	draft_put16(draft, (unsigned)data.len);
	draft_put(draft, data.at, data.len);
}

static bool write_data(struct draft *draft, uint16_t type, struct bytes data)
{
	size_t begun = draft_begin(draft, SECTION_ANSWER);

	draft_put8(draft, TERMS_RECORDS);
	draft_put8(draft, RCODE_NOERROR);
	put_record(draft, type, data);
	draft_end(draft, begun);
	return true;
}

/* Of an RPZ: the root is "no such name", "*." is "nothing of that type". */
static bool write_cname(struct draft *draft, struct bytes data)
{
	if (data.len == 1)
		return write_kind(draft, TERMS_NXDOMAIN);
	if (data.len == 3 && data.at[1] == '*')
		return write_kind(draft, TERMS_NODATA);
	return write_data(draft, TYPE_CNAME, data);
}

static bool write_record(struct draft *draft, uint16_t type, struct bytes text)
{
	uint8_t data[RDATA_WIRE];
	int len = rdata_parse(type, text, data, sizeof(data));

	if (len == ERROR_FULL)
		draft->full = true;
	if (len < 0)
		return draft_refuse(draft, "this is no data for a record of "
				    "that type");
	if (type == TYPE_CNAME)
		return write_cname(draft, bytes_of(data, (size_t)len));
	return write_data(draft, type, bytes_of(data, (size_t)len));
}

/* A dnsrewrite to TXT is the text as it stands, spaces and all. */
static bool write_text(struct draft *draft, struct bytes text)
{
	size_t begun = draft_begin(draft, SECTION_ANSWER);
	size_t strings = text.len > 0 ? (text.len + 254) / 255 : 1;

	draft_put8(draft, TERMS_RECORDS);
	draft_put8(draft, RCODE_NOERROR);
	draft_put16(draft, TYPE_TXT);
	draft_put16(draft, (unsigned)(text.len + strings));
	for (; strings > 0; strings--) {
		size_t len = text.len < 255 ? text.len : 255;

		draft_put8(draft, (unsigned)len);
		draft_put(draft, text.at, len);
		text = bytes_of(text.at + len, text.len - len);
	}
	draft_end(draft, begun);
	return true;
}

/* 4, 16; 0: no address. */
static size_t address_read(struct bytes text, uint8_t raw[16])
{
	char string[WORD_MAX];

	string_of(text, string);
	if (inet_pton(AF_INET, string, raw) == 1)
		return 4;
	return inet_pton(AF_INET6, string, raw) == 1 ? 16 : 0;
}

static bool is_keyword(struct bytes value)
{
	for (size_t i = 0; i < value.len; i++)
		if (value.at[i] < 'A' || value.at[i] > 'Z')
			return false;
	return value.len > 0;
}

/* A name that could be asked for; "1.2.3" is an address that went wrong. */
static bool is_target(struct bytes value)
{
	static const char good[] = "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
	size_t len = value.len, digits = 0;

	for (size_t i = 0; i < len; i++)
		if (memchr(good, value.at[i], sizeof(good) - 1) == NULL)
			return false;
	if (len > 1 && value.at[len - 1] == '.')
		len--;
	while (digits < len && value.at[len - 1 - digits] >= '0' &&
	       value.at[len - 1 - digits] <= '9')
		digits++;
	return digits == 0 ||
	       (digits < len && value.at[len - 1 - digits] != '.');
}

/* "192.0.2.1", "REFUSED", "other.example". */
static bool rewrite_short(struct draft *draft, struct bytes value)
{
	static const char *const keywords[] = { "NOERROR", "SERVFAIL",
						"NXDOMAIN", "REFUSED" };
	char string[WORD_MAX];
	uint8_t raw[16];
	uint16_t rcode;
	size_t len = address_read(value, raw);

	if (len > 0)
		return write_data(draft, len == 4 ? TYPE_A : TYPE_AAAA,
				  bytes_of(raw, len));
	for (unsigned i = 0; i < 4; i++)
		if (strcmp(string_of(value, string), keywords[i]) == 0 &&
		    record_parse_rcode(string, &rcode) == 0)
			return write_rcode(draft, rcode);
	if (is_keyword(value))
		return draft_refuse(draft, "dnsrewrite: no such keyword");
	if (!is_target(value))
		return draft_refuse(draft, "dnsrewrite: neither an address nor "
				    "a name");
	return write_record(draft, TYPE_CNAME, value);
}

/* "NOERROR;A;192.0.2.1"; with another rcode the rest says nothing. */
static bool rewrite_full(struct draft *draft, struct bytes value)
{
	struct bytes word = cut(value, ';', &value), of;
	char string[WORD_MAX];
	uint16_t rcode, type;

	if (memchr(value.at, ';', value.len) == NULL)
		return draft_refuse(draft, "dnsrewrite: RCODE;TYPE;VALUE");
	of = cut(value, ';', &value);
	if (record_parse_rcode(string_of(word, string), &rcode) < 0 ||
	    rcode > RCODE_ORDINARY)
		return draft_refuse(draft, "dnsrewrite: no such rcode");
	if (rcode != RCODE_NOERROR || (of.len == 0 && value.len == 0))
		return write_rcode(draft, rcode);
	if (record_parse_type(string_of(of, string), &type) < 0)
		return draft_refuse(draft, "dnsrewrite: no such record type");
	if (type == TYPE_TXT)
		return write_text(draft, value);
	return write_record(draft, type, value);
}

static bool write_rewrite(struct draft *draft, struct bytes value)
{
	if (memchr(value.at, ';', value.len) != NULL)
		return rewrite_full(draft, value);
	return rewrite_short(draft, value);
}

/* One address or two: the family that is not given is answered with zeros. */
static bool reply_addresses(struct draft *draft, struct bytes value)
{
	uint8_t raw[16], four[4] = { 0 }, six[16] = { 0 };
	unsigned given = 0;
	size_t begun;

	while (value.len > 0) {
		size_t len = address_read(cut(value, ',', &value), raw);

		if (len == 0)
			return draft_refuse(draft, "reply: nodata, nxdomain, "
					    "refused, none, ip, or addresses");
		if (given & len)
			return draft_refuse(draft, "reply: one address of each "
					    "family at most");
		given |= (unsigned)len;
		memcpy(len == 4 ? four : six, raw, len);
	}
	begun = draft_begin(draft, SECTION_ANSWER);
	draft_put8(draft, TERMS_RECORDS);
	draft_put8(draft, RCODE_NOERROR);
	put_record(draft, TYPE_A, bytes_of(four, sizeof(four)));
	put_record(draft, TYPE_AAAA, bytes_of(six, sizeof(six)));
	draft_end(draft, begun);
	return true;
}

struct kind_word {
	const char *word;
	unsigned kind;
};

/* -1: none of them. */
static int kind_find(const struct kind_word *words, unsigned count,
		     struct bytes text)
{
	for (unsigned i = 0; i < count; i++)
		if (is_word(text, words[i].word))
			return (int)words[i].kind;
	return -1;
}

static bool write_reply(struct draft *draft, struct bytes value)
{
	static const struct kind_word words[] = {
		{ "nodata", TERMS_NODATA }, { "nxdomain", TERMS_NXDOMAIN },
		{ "refused", TERMS_REFUSED }, { "none", TERMS_DROP },
		{ "ip", TERMS_AS_LIST },
	};
	int kind = kind_find(words, sizeof(words) / sizeof(words[0]), value);

	if (kind >= 0)
		return write_kind(draft, (unsigned)kind);
	if (value.len == 0)
		return draft_refuse(draft, "reply: without a value");
	return reply_addresses(draft, value);
}

static bool write_words(struct draft *draft, struct bytes text)
{
	static const struct kind_word words[] = {
		{ "null", TERMS_NULL }, { "loopback", TERMS_NULL },
		{ "nxdomain", TERMS_NXDOMAIN }, { "nodata", TERMS_NODATA },
		{ "refused", TERMS_REFUSED }, { "drop", TERMS_DROP },
		{ "tcp-only", TERMS_TRUNCATE },
	};
	int kind = kind_find(words, sizeof(words) / sizeof(words[0]), text);
	struct bytes value, word = cut(text, ' ', &value);
	char string[WORD_MAX];
	uint16_t type;

	if (kind >= 0)
		return write_kind(draft, (unsigned)kind);
	if (is_word(word, "dnsrewrite") && value.len == 0)
		return draft_refuse(draft, "dnsrewrite: only an exception can "
				    "do without a value");
	if (is_word(word, "dnsrewrite"))
		return write_rewrite(draft, value);
	if (is_word(word, "reply"))
		return write_reply(draft, value);
	if (record_parse_type(string_of(word, string), &type) < 0)
		return draft_refuse(draft, "no such answer or record type");
	return write_record(draft, type, value);
}

/* An answer of a rule that lets names through says nothing. */
bool answers_write(struct draft *draft, const struct rule *rule)
{
	struct bytes which = rule->condition[RULE_DNSREWRITE];

	if (rule->has[RULE_DNSREWRITE] && rule->effect != RULE_ALLOW)
		return draft_refuse(draft, "dnsrewrite: an exception from it "
				    "must begin with @@");
	if (rule->has[RULE_DNSREWRITE])
		return which.len == 0 || write_rewrite(draft, which);
	if (rule->effect == RULE_REWRITE && rule->answer.len == 0)
		return draft_refuse(draft, "a rewrite without an answer");
	if (rule->answer.len == 0 || (rule->effect != RULE_BLOCK &&
				      rule->effect != RULE_REWRITE))
		return true;
	return write_words(draft, rule->answer);
}
