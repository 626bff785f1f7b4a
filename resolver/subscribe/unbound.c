/*
 * unbound.conf(5): what local-zone and local-data say of names.
 *
 *	local-zone: "a.example" always_null	a.example and all below it
 *	local-zone: "b.example" redirect	the same, answered with the
 *	local-data: "b.example A 192.0.2.1"	data of its name
 *	local-data: "c.example A 192.0.2.1"	c.example alone
 *
 * A zone whose type says everything is given as soon as it is read.  Data is
 * kept to the end, and if there was any, or a redirect zone, the text is
 * walked a second time for what the zones of the same names make of it; so a
 * list of a million zones takes no memory here.
 */
#include "subscribe/reader.h"

#include <errno.h>

#include "dns/name.h"
#include "subscribe/clauses.h"
#include "subscribe/host.h"
#include "subscribe/owners.h"

/* What becomes of data at the name of a zone of that type. */
enum fate { FATE_EXACT, FATE_NONE, FATE_SUBTREE };

static const struct zone_type {
	const char *word, *answer;
	uint8_t effect, fate;
} types[] = {
	{ "always_nxdomain", "nxdomain", RULE_BLOCK, FATE_NONE },
	{ "always_null", "null", RULE_BLOCK, FATE_NONE },
	{ "always_refuse", "refused", RULE_BLOCK, FATE_NONE },
	{ "always_nodata", "nodata", RULE_BLOCK, FATE_NONE },
	{ "always_deny", "drop", RULE_BLOCK, FATE_NONE },
	{ "static", "nxdomain", RULE_BLOCK, FATE_EXACT },
	{ "refuse", "refused", RULE_BLOCK, FATE_EXACT },
	{ "deny", "drop", RULE_BLOCK, FATE_EXACT },
	{ "inform_deny", "drop", RULE_BLOCK, FATE_EXACT },
	{ "redirect", NULL, RULE_BLOCK, FATE_SUBTREE },
	{ "inform_redirect", NULL, RULE_BLOCK, FATE_SUBTREE },
	{ "transparent", NULL, RULE_PASS, FATE_EXACT },
	{ "typetransparent", NULL, RULE_PASS, FATE_EXACT },
	{ "always_transparent", NULL, RULE_PASS, FATE_EXACT },
	{ "inform", NULL, RULE_PASS, FATE_EXACT },
	{ "nodefault", NULL, RULE_PASS, FATE_EXACT },
	{ "noview", NULL, RULE_PASS, FATE_EXACT },
	{ "block_a", NULL, RULE_PASS, FATE_EXACT },
	{ "block_aaaa", NULL, RULE_PASS, FATE_EXACT },
	{ "block_a_wdata", NULL, RULE_PASS, FATE_EXACT },
	{ "block_aaaa_wdata", NULL, RULE_PASS, FATE_EXACT },
};

struct unbound {
	struct reader *reader;
	struct owners data;	/* the names that have local-data */
	uint64_t items, redirects;
};

static const struct zone_type *type_of(struct bytes word)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (line_is(word, types[i].word))
			return &types[i];
	return NULL;
}

static bool is_zone(const struct clause *clause)
{
	return line_is(clause->key, "local-zone");
}

static bool is_data(const struct clause *clause)
{
	return line_is(clause->key, "local-data");
}

/* NULL, or why the zone's name is none. */
static const char *zone_name(struct reader *reader, struct bytes word)
{
	if (line_is(word, "."))
		return name_parse(&reader->rule.name, word) < 0 ? "" : NULL;
	return reader_name(reader, word, true);
}

/* --- zones --- */

static int read_zone(struct unbound *unbound, const struct clause *clause)
{
	struct reader *reader = unbound->reader;
	const struct zone_type *type;
	const char *why;

	if (clause->count < 2)
		return reader_skip(reader, "a local-zone without name or "
					   "type");
	why = zone_name(reader, clause->words[0]);
	if (why)
		return reader_skip(reader, why);
	type = type_of(clause->words[1]);
	if (!type)
		return reader_skip(reader, "a type of zone that is not known");
	if (type->fate == FATE_SUBTREE) {
		unbound->redirects++;
		return 0;
	}
	if (type->answer) {
		reader->rule.answer = bytes_of_string(type->answer);
	} else {
		reader->special = true;
		reader->rule.word = bytes_of_string(type->word);
	}
	return reader_give(reader, type->effect, RULE_SUBTREE);
}

/* --- data --- */

struct data {
	struct bytes name, type, value;
};

/* "a.example. 3600 IN A 192.0.2.1" */
static bool split_data(struct bytes text, struct data *data)
{
	size_t letters = 0;
	struct bytes word;

	text = line_trim(text);
	data->name = line_word(&text);
	word = line_word(&text);
	while (text.len > 0 && (line_is_digits(word) || line_is(word, "in")))
		word = line_word(&text);
	while (letters < word.len && name_lower(word.at[letters]) >= 'a' &&
	       name_lower(word.at[letters]) <= 'z')
		letters++;
	data->type = bytes_of(word.at, letters);
	data->value = line_trim(letters == word.len ? text :
				bytes_of(word.at + letters, text.len +
					 word.len - letters));
	return data->name.len > 0 && letters > 0;
}

static int remember_data(struct unbound *unbound, const struct clause *clause)
{
	struct reader *reader = unbound->reader;
	struct data data;
	const char *why;
	struct owner *owner;

	if (clause->count == 0 || !split_data(clause->words[0], &data))
		return reader_skip(reader, "local-data that is no record");
	why = reader_name(reader, data.name, true);
	if (why)
		return reader_skip(reader, why);
	owner = owners_put(&unbound->data,
			   owners_hash(&unbound->data, &reader->rule.name));
	unbound->items++;
	return owner ? 0 : -ENOMEM;
}

static int give_address(struct reader *reader, struct bytes value,
			unsigned scope)
{
	struct prefix address;

	if (!host_address(&address, value))
		return reader_skip(reader, "not an address where one should "
					   "be");
	return reader_give(reader, reader_answer(reader, &address), scope);
}

static bool is_root(struct bytes value)
{
	for (size_t i = 0; i < value.len; i++)
		if (value.at[i] != '.' && value.at[i] != ' ')
			return false;
	return true;
}

static struct bytes print_record(struct reader *reader,
				 const struct data *data)
{
	struct bytes type = reader_join(reader, data->type, WORDS(" "));
	char *to = reader->room;

	if (!type.at || !reader_join(reader, data->value, WORDS("")).at)
		return bytes_of(NULL, 0);
	for (size_t i = 0; i < data->type.len; i++)
		if (to[i] >= 'a')
			to[i] = (char)(to[i] - 32);
	return line_trim(bytes_of(to, reader->used));
}

static int give_data(struct reader *reader, const struct data *data,
		     unsigned scope)
{
	if (line_is(data->type, "a") || line_is(data->type, "aaaa"))
		return give_address(reader, data->value, scope);
	if (line_is(data->type, "ns") || line_is(data->type, "soa"))
		return 0;
	if (line_is(data->type, "cname") && is_root(data->value)) {
		reader->rule.answer = WORDS("nxdomain");
		return reader_give(reader, RULE_BLOCK, scope);
	}
	reader->rule.answer = print_record(reader, data);
	if (!reader->rule.answer.at)
		return reader_skip(reader, "a record that is too long");
	return reader_give(reader, RULE_REWRITE, scope);
}

/* --- the second walk --- */

static int mark_zone(struct unbound *unbound, const struct clause *clause)
{
	struct reader *reader = unbound->reader;
	const struct zone_type *type;
	struct owner *owner;

	if (clause->count < 2 || zone_name(reader, clause->words[0]))
		return 0;
	type = type_of(clause->words[1]);
	if (!type)
		return 0;
	owner = owners_find(&unbound->data, owners_hash(&unbound->data,
							&reader->rule.name));
	if (owner)
		owner->flags = type->fate;
	if (owner || type->fate != FATE_SUBTREE)
		return 0;
	reader->rule.answer = WORDS("nodata");
	return reader_give(reader, type->effect, RULE_SUBTREE);
}

static int give_kept(struct unbound *unbound, const struct clause *clause)
{
	struct reader *reader = unbound->reader;
	struct owner *owner;
	struct data data;

	if (clause->count == 0 || !split_data(clause->words[0], &data) ||
	    reader_name(reader, data.name, true))
		return 0;
	owner = owners_find(&unbound->data, owners_hash(&unbound->data,
							&reader->rule.name));
	if (!owner || owner->flags == FATE_NONE)
		return 0;
	return give_data(reader, &data, owner->flags == FATE_SUBTREE
			 ? RULE_SUBTREE : RULE_EXACT);
}

static int walk(struct unbound *unbound, struct bytes text,
		bool (*wanted)(const struct clause *clause),
		int (*read)(struct unbound *, const struct clause *))
{
	struct clause_walk clauses;
	struct clause clause;
	int error = 0;

	clause_walk(&clauses, text);
	while (error >= 0 && clause_next(&clauses, &clause)) {
		if (!wanted(&clause))
			continue;
		reader_begin(unbound->reader, clause.line, clause.text);
		error = read(unbound, &clause);
	}
	unbound->reader->counts->lines = clauses.lines.number;
	return error;
}

/* --- the first --- */

static bool is_any(const struct clause *clause)
{
	return !line_is(clause->key, "server");
}

static int read_clause(struct unbound *unbound, const struct clause *clause)
{
	if (is_zone(clause))
		return read_zone(unbound, clause);
	if (is_data(clause))
		return remember_data(unbound, clause);
	return reader_skip(unbound->reader, clause->key.len > 0
			   ? "an option of Unbound that is no rule"
			   : "not a clause of Unbound");
}

int unbound_text(struct reader *reader, struct bytes text)
{
	struct unbound unbound = { .reader = reader };
	int error;

	owners_init(&unbound.data);
	error = walk(&unbound, text, is_any, read_clause);
	if (error >= 0 && unbound.items + unbound.redirects > 0)
		error = walk(&unbound, text, is_zone, mark_zone);
	if (error >= 0 && unbound.items > 0)
		error = walk(&unbound, text, is_data, give_kept);
	owners_release(&unbound.data);
	return error;
}
