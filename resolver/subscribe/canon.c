/*
 * Rows stand one behind the other in a heap that grows; what is sorted are
 * their places.
 */
#include "subscribe/canon.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>

#include "base/text.h"
#include "dns/name.h"
#include "policy/rule.h"
#include "subscribe/line.h"

struct heap {
	char *at;
	size_t len, room;
	bool failed;
};

struct row {
	size_t at, len;		/* in the heap */
};

struct rows {
	struct row *at;
	size_t count, room;
};

struct canon {
	struct heap heap;
	struct rows rules, bad;
};

static const char *const effects[] = {
	[RULE_BLOCK] = "block",
	[RULE_ALLOW] = "allow",
	[RULE_PASS] = "allow",
	[RULE_REWRITE] = "rewrite",
	[RULE_FORWARD] = "forward",
};

static const char *const scopes[] = {
	[RULE_EXACT] = "exact",
	[RULE_SUBTREE] = "subtree",
	[RULE_BELOW] = "subdomains",
	[RULE_SUFFIX] = "suffix",
	[RULE_PATTERN] = "pattern",
	[RULE_GLOB] = "glob",
	[RULE_REGEX] = "regex",
	[RULE_ADDRESS] = "ip",
	[RULE_CLIENT] = "clientip",
	[RULE_NSIP] = "nsip",
	[RULE_NSDNAME] = "nsdname",
	[RULE_NSDNAME_BELOW] = "nsdname-subdomains",
};

const char *canon_effect(unsigned effect)
{
	return effects[effect];
}

const char *canon_scope(unsigned scope)
{
	return scopes[scope];
}

/* --- the heap --- */

static void *grown(void *at, size_t *room, size_t size)
{
	size_t more = *room ? *room * 2 : 4096;
	void *grown_at = realloc(at, more * size);

	if (grown_at)
		*room = more;
	return grown_at;
}

static void put(struct heap *heap, struct bytes piece)
{
	while (!heap->failed && heap->room - heap->len < piece.len) {
		char *at = grown(heap->at, &heap->room, 1);

		heap->failed = !at;
		heap->at = at ? at : heap->at;
	}
	if (heap->failed || piece.len == 0)
		return;
	memcpy(heap->at + heap->len, piece.at, piece.len);
	heap->len += piece.len;
}

static void put_word(struct heap *heap, const char *word)
{
	put(heap, bytes_of_string(word));
}

static bool push(struct rows *rows, size_t at, size_t len)
{
	if (rows->count == rows->room) {
		struct row *more = grown(rows->at, &rows->room,
					 sizeof(*rows->at));

		if (!more)
			return false;
		rows->at = more;
	}
	rows->at[rows->count++] = (struct row){ at, len };
	return true;
}

/* --- a row --- */

static void put_prefix(struct heap *heap, const struct prefix *prefix)
{
	char host[INET6_ADDRSTRLEN], bits[8];

	if (!inet_ntop(prefix->family, prefix->at, host, sizeof(host)))
		return;
	put_word(heap, host);
	snprintf(bits, sizeof(bits), "/%u", prefix->bits);
	put_word(heap, bits);
}

static void put_subject(struct heap *heap, const struct rule *rule)
{
	char name[NAME_TEXT];
	struct text text;

	switch (rule->scope) {
	case RULE_SUFFIX:
	case RULE_PATTERN:
	case RULE_GLOB:
	case RULE_REGEX:
		put(heap, rule->pattern);
		break;
	case RULE_ADDRESS:
	case RULE_CLIENT:
	case RULE_NSIP:
		put_prefix(heap, &rule->prefix);
		break;
	default:
		text_init(&text, name, sizeof(name));
		name_print(&rule->name, &text);
		put(heap, bytes_of(name, text.len));
	}
}

static int compare_bytes(const void *one, const void *other)
{
	const struct bytes *a = one, *b = other;
	size_t len = a->len < b->len ? a->len : b->len;
	int order = len ? memcmp(a->at, b->at, len) : 0;

	return order ? order : (a->len > b->len) - (a->len < b->len);
}

static uint8_t upper(uint8_t byte)
{
	return (uint8_t)(byte - ((uint8_t)(byte - 'a') < 26) * 32);
}

/* In one case, the parts between '|' in order. */
static void put_sorted(struct heap *heap, struct bytes value,
		       uint8_t (*turn)(uint8_t byte))
{
	uint8_t *copy = malloc(value.len + 1);
	struct bytes *parts = malloc((value.len + 1) * sizeof(*parts));
	struct bytes rest = bytes_of(copy, value.len);
	size_t count = 0;

	heap->failed |= !copy || !parts;
	for (size_t i = 0; !heap->failed && i < value.len; i++)
		copy[i] = turn(value.at[i]);
	while (!heap->failed && rest.len > 0)
		parts[count++] = line_part(&rest, '|');
	if (!heap->failed && line_last(value) == '|')
		parts[count++] = bytes_of(copy, 0);
	if (count > 1)
		qsort(parts, count, sizeof(*parts), compare_bytes);
	for (size_t i = 0; i < count; i++) {
		put_word(heap, i > 0 ? "|" : "");
		put(heap, parts[i]);
	}
	free(parts);
	free(copy);
}

static void put_upper(struct heap *heap, struct bytes value)
{
	size_t start = heap->len;

	put(heap, value);
	for (size_t i = start; !heap->failed && i < heap->len; i++)
		heap->at[i] = (char)upper((uint8_t)heap->at[i]);
}

/* Conditions without a value, behind those of enum rule_condition. */
enum { IMPORTANT = RULE_CONDITIONS, INVERT, OUTSIDE };

/* In the order of their keys. */
static const struct {
	const char *key;
	unsigned condition;
} keys[] = {
	{ "client=", RULE_WHO }, { "ctag=", RULE_CTAG },
	{ "denyallow=", RULE_DENYALLOW }, { "dnsrewrite=", RULE_DNSREWRITE },
	{ "dnstype=", RULE_DNSTYPE }, { "important", IMPORTANT },
	{ "invert", INVERT }, { "outofzone", OUTSIDE },
	{ "querytype=", RULE_QUERYTYPE }, { "schedule=", RULE_SCHEDULE },
};

static bool has_key(const struct rule *rule, unsigned condition)
{
	switch (condition) {
	case IMPORTANT:
		return rule->important;
	case INVERT:
		return rule->invert;
	case OUTSIDE:
		return rule->outside;
	default:
		return rule->has[condition];
	}
}

static void put_value(struct heap *heap, const struct rule *rule,
		      unsigned condition)
{
	if (condition >= RULE_CONDITIONS)
		return;
	switch (condition) {
	case RULE_DENYALLOW:
		put_sorted(heap, rule->condition[condition], name_lower);
		break;
	case RULE_DNSTYPE:
		put_sorted(heap, rule->condition[condition], upper);
		break;
	case RULE_QUERYTYPE:
		put_upper(heap, rule->condition[condition]);
		break;
	default:
		put(heap, rule->condition[condition]);
	}
}

static void put_conditions(struct heap *heap, const struct rule *rule)
{
	bool more = false;

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		if (!has_key(rule, keys[i].condition))
			continue;
		put_word(heap, more ? ";" : "");
		put_word(heap, keys[i].key);
		put_value(heap, rule, keys[i].condition);
		more = true;
	}
}

int canon_add(struct canon *canon, const struct rule *rule)
{
	struct rows *rows = rule->bad ? &canon->bad : &canon->rules;
	struct heap *heap = &canon->heap;
	size_t start = heap->len;

	if (rule->implied)
		return 0;
	put_word(heap, effects[rule->effect]);
	put_word(heap, "\t");
	put_word(heap, scopes[rule->scope]);
	put_word(heap, "\t");
	put_subject(heap, rule);
	put_word(heap, "\t");
	put(heap, rule->answer.len ? rule->answer : rule->word);
	put_word(heap, "\t");
	put_conditions(heap, rule);
	if (heap->failed || !push(rows, start, heap->len - start))
		return -ENOMEM;
	return 0;
}

/* --- all of them --- */

static struct bytes bytes_of_row(const struct canon *canon,
				 const struct row *row)
{
	return bytes_of(canon->heap.at + row->at, row->len);
}

static int compare_rows(const void *one, const void *other, void *context)
{
	struct bytes a = bytes_of_row(context, one);
	struct bytes b = bytes_of_row(context, other);

	return compare_bytes(&a, &b);
}

static void sort(struct canon *canon, struct rows *rows)
{
	if (rows->count > 1)
		qsort_r(rows->at, rows->count, sizeof(*rows->at), compare_rows,
			canon);
}

/* Is it one of the bad, of which those before *next are smaller? */
static bool is_taken_back(struct canon *canon, const struct row *row,
			  size_t *next)
{
	int order = 1;

	while (*next < canon->bad.count) {
		order = compare_rows(&canon->bad.at[*next], row, canon);
		if (order >= 0)
			break;
		++*next;
	}
	return order == 0;
}

uint64_t canon_print(struct canon *canon, FILE *out)
{
	const struct rows *rows = &canon->rules;
	uint64_t printed = 0;
	size_t next = 0;

	sort(canon, &canon->rules);
	sort(canon, &canon->bad);
	for (size_t i = 0; i < rows->count; i++) {
		struct row *row = &rows->at[i];

		if ((i > 0 && compare_rows(row, row - 1, canon) == 0) ||
		    is_taken_back(canon, row, &next))
			continue;
		fwrite(canon->heap.at + row->at, 1, row->len, out);
		putc('\n', out);
		printed++;
	}
	return printed;
}

struct canon *canon_new(void)
{
	return calloc(1, sizeof(struct canon));
}

void canon_free(struct canon *canon)
{
	if (!canon)
		return;
	free(canon->heap.at);
	free(canon->rules.at);
	free(canon->bad.at);
	free(canon);
}
