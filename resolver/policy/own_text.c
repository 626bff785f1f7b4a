/*
 * Line for line: a line that is the rule of the change is replaced or left
 * out, all others go through as they are.  A rule that had no line yet comes
 * last, with the line ends of the file.
 */
#include "policy/own_text.h"

#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "policy/own.h"
#include "policy/own_line.h"

enum { DAY = 86400 };

/* What is on its way into the new text. */
struct pen {
	const struct own_change *change;
	struct own_changed *new;
	unsigned rules;
	bool written;			/* the rule that is added */
	const char *end;		/* of a line, as the file has it */
};

static void put(struct pen *pen, const void *at, size_t len)
{
	if (len > 0)
		memcpy(pen->new->at + pen->new->len, at, len);
	pen->new->len += len;
}

static bool is_of_client(const struct own_rule *one,
			 const struct own_rule *other)
{
	if (one->has_client != other->has_client)
		return false;
	return !one->has_client ||
	       (one->client.family == other->client.family &&
		one->client.bits == other->client.bits &&
		memcmp(one->client.at, other->client.at,
		       sizeof(one->client.at)) == 0);
}

static bool is_meant(const struct own_change *change,
		     const struct own_rule *rule)
{
	const struct own_rule *like = change->rule;

	if (change->verb == OWN_RESUME)
		return rule->pause && (like == NULL || !like->has_client ||
				       is_of_client(rule, like));
	if (rule->pause != like->pause || !is_of_client(rule, like))
		return false;
	return rule->pause || (rule->exact == like->exact &&
			       name_equal(&rule->name, &like->name));
}

static bool is_long_gone(const struct own_change *change,
			 const struct own_rule *rule)
{
	return rule->until != 0 && rule->until < change->now - DAY;
}

static int rule_write(struct pen *pen)
{
	char line[OWN_LINE];
	struct text text;

	text_init(&text, line, sizeof(line));
	own_print(pen->change->rule, &text);
	if (text.cut)
		return ERROR_FULL;
	put(pen, line, text.len);
	pen->written = true;
	return 0;
}

/* For undo: what was done, without the note. */
static void say_what(struct pen *pen, const struct own_rule *rule)
{
	struct own_rule plain = *rule;

	plain.note[0] = '\0';
	if (pen->new->what.len > 0)
		return;
	if (pen->change->verb != OWN_ADD)
		text_put(&pen->new->what, "remove ");
	own_print(&plain, &pen->new->what);
}

/* Its own end stays, whatever it is. */
static int meant_line(struct pen *pen, const struct own_line *line,
		      const struct own_rule *rule)
{
	size_t words = line->words.len;
	int error;

	pen->new->matched++;
	if (pen->change->verb != OWN_ADD) {
		say_what(pen, rule);
		return 0;
	}
	if (pen->written)
		return 0;
	error = rule_write(pen);
	put(pen, line->whole.at + words, line->whole.len - words);
	return error;
}

static int line_change(struct pen *pen, const struct own_line *line)
{
	struct own_rule rule;
	struct text nobody;
	char words[256];
	int got;

	text_init(&nobody, words, sizeof(words));
	got = own_line_parse(&rule, line->words, &nobody);
	if (got > 0 && is_meant(pen->change, &rule))
		return meant_line(pen, line, &rule);
	if (got > 0 && is_long_gone(pen->change, &rule))
		return 0;
	pen->rules += got > 0;
	put(pen, line->whole.at, line->whole.len);
	return 0;
}

static int rule_append(struct pen *pen)
{
	size_t len = pen->new->len;
	int error;

	if (pen->rules >= OWN_RULES)
		return ERROR_FULL;
	if (len > 0 && pen->new->at[len - 1] != '\n')
		put(pen, pen->end, strlen(pen->end));
	error = rule_write(pen);
	put(pen, pen->end, strlen(pen->end));
	return error;
}

static const char *line_end(struct bytes text)
{
	struct own_line line;

	if (!own_line_next(&text, &line))
		return "\n";
	return line.whole.len == line.words.len + 2 ? "\r\n" : "\n";
}

int own_text_change(struct bytes old, const struct own_change *change,
		    struct own_changed *new)
{
	struct pen pen = { change, new, 0, false, line_end(old) };
	struct own_line line;
	int error = 0;

	new->len = 0;
	new->matched = 0;
	new->at = malloc(old.len + OWN_LINE + 4);
	if (new->at == NULL)
		return -ENOMEM;
	if (change->verb == OWN_ADD)
		say_what(&pen, change->rule);
	while (error == 0 && own_line_next(&old, &line))
		error = line_change(&pen, &line);
	if (error == 0 && change->verb == OWN_ADD && !pen.written)
		error = rule_append(&pen);
	if (error < 0) {
		free(new->at);
		new->at = NULL;
	}
	return error;
}
