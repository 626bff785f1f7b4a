/*
 * Terms, both ways.  The first byte says which: even, the rest is terms as a
 * damaged file has them; odd, it is lines of text: an answer, and a condition
 * of each kind.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/text.h"
#include "policy/rule.h"
#include "policy/terms.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_answer(struct bytes terms, const struct name *name)
{
	struct terms_answer answer;
	struct terms_record record;
	struct name target;
	size_t records = 0;

	terms_answer(terms, &answer);
	if (answer.kind > TERMS_RECORDS)
		abort();
	while (terms_record(&answer, &record)) {
		if (record.rdata.at < terms.at ||
		    record.rdata.len > terms.len)
			abort();
		terms_target(&record, name, &target);
		records++;
	}
	if (records > terms.len)
		abort();
}

static bool read_terms(struct bytes terms)
{
	static const char *const tags[] = { "device_tv", NULL };
	static char words[1 << 16];
	struct terms_question question = {
		.type = 1, .client_name = "Kids", .tags = tags,
	};
	struct address client;
	struct name name;
	struct text text;

	if (name_parse(&name, bytes_of_string("www.example.org")) < 0 ||
	    address_parse(&client, "192.168.1.7", 53) < 0)
		abort();
	question.name = &name;
	question.client = &client;
	text_init(&text, words, sizeof(words));
	terms_print(terms, &text);
	read_answer(terms, &name);
	if (terms_effect(terms) > RULE_FORWARD)
		abort();
	terms_take_back(terms, terms);
	return terms_meet(terms, &question);
}

/* Up to the next line feed; `*rest` behind it. */
static struct bytes line_take(struct bytes *rest)
{
	const uint8_t *end = rest->len ? memchr(rest->at, '\n', rest->len)
				       : NULL;
	struct bytes line = *rest;

	if (end == NULL) {
		*rest = bytes_of(rest->at + rest->len, 0);
		return line;
	}
	line.len = (size_t)(end - line.at);
	*rest = bytes_of(end + 1, rest->len - line.len - 1);
	return line;
}

static void write_terms(uint8_t choice, struct bytes text)
{
	static uint8_t to[TERMS_MAX];
	struct rule rule = { .effect = choice >> 1 & 7,
			     .important = choice & 0x10,
			     .invert = choice & 0x20 };
	const char *why = NULL;
	int len;

	rule.answer = line_take(&text);
	for (unsigned i = 0; i < RULE_CONDITIONS; i++) {
		rule.condition[i] = line_take(&text);
		rule.has[i] = rule.condition[i].len > 0;
	}
	len = terms_write(&rule, to, sizeof(to), &why);
	if (len < 0) {
		if (why == NULL)
			abort();
		return;
	}
	if (len > TERMS_MAX ||
	    terms_effect(bytes_of(to, (size_t)len)) != rule.effect)
		abort();
	read_terms(bytes_of(to, (size_t)len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	if (data[0] & 1)
		write_terms(data[0], bytes_of(data + 1, size - 1));
	else
		read_terms(bytes_of(data + 1, size - 1));
	return 0;
}
