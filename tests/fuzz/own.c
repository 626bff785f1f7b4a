/*
 * The text of own.rules: any line is a rule, nothing, or nonsense with words;
 * a rule prints as a line that reads the same; and a change leaves every line
 * that is no rule where it is.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/text.h"
#include "policy/own.h"
#include "policy/own_line.h"
#include "policy/own_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { NOW = 1795000000 };

static int parse(struct own_rule *rule, struct bytes words)
{
	char why[256];
	struct text text;
	int got;

	text_init(&text, why, sizeof(why));
	got = own_line_parse(rule, words, &text);
	if ((got < 0) != (text.len > 0))
		abort();
	return got;
}

static bool is_same(const struct own_rule *one, const struct own_rule *other)
{
	return one->allow == other->allow && one->exact == other->exact &&
	       one->pause == other->pause && one->until == other->until &&
	       one->has_client == other->has_client &&
	       (one->pause || name_equal(&one->name, &other->name));
}

static void check_print(const struct own_rule *rule)
{
	char line[OWN_LINE];
	struct own_rule again;
	struct text text;

	text_init(&text, line, sizeof(line));
	own_print(rule, &text);
	if (text.cut || memchr(line, '\n', text.len) != NULL ||
	    parse(&again, bytes_of(line, text.len)) != 1 ||
	    !is_same(rule, &again))
		abort();
}

/*
 * A sum over the lines that are no rule.  A CR at the end of the file is a
 * part of its last line, until a line feed comes behind it.
 */
static uint64_t count_others(struct bytes text)
{
	struct own_line line;
	struct own_rule rule;
	uint64_t sum = 0;

	while (own_line_next(&text, &line)) {
		if (parse(&rule, line.words) > 0)
			continue;
		while (line.words.len > 0 &&
		       line.words.at[line.words.len - 1] == '\r')
			line.words.len--;
		for (size_t i = 0; i < line.words.len; i++)
			sum = sum * 31 + line.words.at[i];
		sum++;
	}
	return sum;
}

static unsigned count_like(struct bytes text, const struct own_rule *like)
{
	struct own_line line;
	struct own_rule rule;
	unsigned count = 0;

	while (own_line_next(&text, &line))
		if (parse(&rule, line.words) > 0 && is_same(&rule, like))
			count++;
	return count;
}

static void check_change(struct bytes text, unsigned verb,
			 const struct own_rule *rule)
{
	struct own_change change = { (uint8_t)verb, rule, NOW };
	struct own_changed new;
	char what[OWN_LINE + 8];
	struct bytes changed;

	text_init(&new.what, what, sizeof(what));
	if (own_text_change(text, &change, &new) < 0)
		abort();
	changed = bytes_of(new.at, new.len);
	if (count_others(changed) != count_others(text))
		abort();
	if (verb == OWN_ADD && count_like(changed, rule) == 0)
		abort();
	if (verb == OWN_REMOVE && new.matched > 0 && new.len >= text.len)
		abort();
	free(new.at);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes text = bytes_of(data, size), rest = text;
	struct own_rule rule, other = { .allow = true };
	struct own_line line;
	size_t all = 0;

	if (name_parse(&other.name, bytes_of_string("added.example")) < 0)
		abort();
	check_change(text, OWN_ADD, &other);
	check_change(text, OWN_REMOVE, &other);
	check_change(text, OWN_RESUME, NULL);
	while (own_line_next(&rest, &line)) {
		all += line.whole.len;
		if (parse(&rule, line.words) <= 0)
			continue;
		check_print(&rule);
		if (all > 4096)
			continue;
		check_change(text, OWN_ADD, &rule);
		check_change(text, OWN_REMOVE, &rule);
	}
	if (all != size)
		abort();
	return 0;
}
