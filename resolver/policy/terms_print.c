/*
 * Terms as a sentence.  What can be a stranger's words goes out as such.
 */
#include "policy/terms.h"

#include "base/text.h"
#include "dns/message.h"
#include "dns/rdata.h"
#include "dns/record.h"
#include "policy/rule.h"
#include "policy/terms_layout.h"

/* A list of things, a comma before each but the first. */
struct sentence {
	struct text *out;
	size_t from;
};

static void begin_part(const struct sentence *sentence, const char *words)
{
	text_put(sentence->out, "%s%s",
		 sentence->out->len > sentence->from ? ", " : "", words);
}

static void print_labels(struct bytes labels, struct text *out)
{
	name_print_wire(labels, out);
}

static void print_prefix(struct bytes value, size_t len, struct text *out)
{
	struct prefix prefix = {
		.family = len == 4 ? AF_INET : AF_INET6,
		.bits = value.at[0],
	};

	if (value.len != 1 + len)
		return;
	memcpy(prefix.at, value.at + 1, len);
	prefix_print(&prefix, out);
}

static void print_item(const struct terms_item_view *item, struct text *out)
{
	struct bytes value = item->value;

	switch (item->kind) {
	case ITEM_PREFIX4:
		print_prefix(value, 4, out);
		break;
	case ITEM_PREFIX6:
		print_prefix(value, 16, out);
		break;
	case ITEM_BELOW:
		print_labels(value, out);
		break;
	case ITEM_ANY_END:
		print_labels(value, out);
		text_put(out, ".*");
		break;
	case ITEM_TYPE:
		if (value.len == 2)
			record_print_type(bytes_get16(value.at), out);
		break;
	default:
		text_put_hostile(out, value);
		break;
	}
}

static unsigned count_items(struct bytes items, bool excluded)
{
	struct terms_item_view item;
	unsigned count = 0;

	while (terms_item_next(&items, &item) > 0)
		count += (item.excluded != 0) == excluded;
	return count;
}

/* "A", "A and MX", "A, MX and TXT". */
static void print_items(struct bytes items, bool excluded, struct text *out)
{
	unsigned left = count_items(items, excluded);
	struct terms_item_view item;

	while (terms_item_next(&items, &item) > 0) {
		if ((item.excluded != 0) != excluded)
			continue;
		print_item(&item, out);
		if (--left > 0)
			text_put(out, left == 1 ? " and " : ", ");
	}
}

static void print_condition(int kind, struct bytes items,
			    const struct sentence *sentence)
{
	static const struct {
		const char *only, *without;
	} words[SECTION_ANSWER] = {
		[SECTION_WHO] = { "only for ", "not for " },
		[SECTION_CTAG] = { "only for clients with the tag ",
				   "not for clients with the tag " },
		[SECTION_DENYALLOW] = { "only below ", "not below " },
		[SECTION_DNSTYPE] = { "only ", "all types but " },
		[SECTION_QUERYTYPE] = { "only ", "all types but " },
	};

	if (count_items(items, false) > 0) {
		begin_part(sentence, words[kind].only);
		print_items(items, false, sentence->out);
	}
	if (count_items(items, true) > 0) {
		begin_part(sentence, words[kind].without);
		print_items(items, true, sentence->out);
	}
}

static bool is_address(const struct terms_record *record)
{
	return record->type == TYPE_A || record->type == TYPE_AAAA;
}

static void print_records(struct terms_answer *answer, struct text *out)
{
	struct terms_record record;
	const char *between = "";

	if (answer->rcode != RCODE_NOERROR) {
		record_print_rcode(answer->rcode, out);
		between = " with ";
	}
	while (terms_record(answer, &record)) {
		text_put(out, "%s", between);
		between = " and ";
		if (!is_address(&record)) {
			record_print_type(record.type, out);
			text_put(out, " ");
		}
		rdata_print(record.type, record.rdata, out);
	}
}

static void print_answer(struct bytes terms, const struct sentence *sentence)
{
	static const char *const words[] = {
		[TERMS_NULL] = "the null address",
		[TERMS_NXDOMAIN] = "NXDOMAIN",
		[TERMS_NODATA] = "nothing (NODATA)",
		[TERMS_REFUSED] = "REFUSED",
		[TERMS_DROP] = "silence",
		[TERMS_TRUNCATE] = "over TCP only",
	};
	struct terms_answer answer;

	terms_answer(terms, &answer);
	if (answer.kind == TERMS_AS_LIST)
		return;
	begin_part(sentence, terms_is_rewrite_exception(terms)
			     ? "from the rewrite to " : "answers ");
	if (answer.kind == TERMS_RECORDS)
		print_records(&answer, sentence->out);
	else
		text_put(sentence->out, "%s", words[answer.kind]);
}

static void print_head(struct bytes terms, const struct sentence *sentence)
{
	static const char *const effects[] = {
		[RULE_ALLOW] = "allow", [RULE_PASS] = "this list is silent",
		[RULE_FORWARD] = "forward",
	};
	unsigned effect = terms_effect(terms);

	if (terms_important(terms))
		begin_part(sentence, "important");
	if (terms_is_rewrite_exception(terms))
		begin_part(sentence, "exception from rewrites");
	else if (effect < sizeof(effects) / sizeof(effects[0]) &&
		 effects[effect] != NULL)
		begin_part(sentence, effects[effect]);
	if (terms_inverted(terms))
		begin_part(sentence, "names that do not match");
}

void terms_print(struct bytes terms, struct text *out)
{
	const struct sentence sentence = { out, out->len };
	struct bytes rest = terms_sections(terms), value;
	int kind = 0;

	print_head(terms, &sentence);
	while ((kind = terms_section_next(&rest, kind, &value)) > 0)
		if (kind != SECTION_ANSWER)
			print_condition(kind, value, &sentence);
	print_answer(terms, &sentence);
	if (kind < 0)
		begin_part(&sentence, "damaged");
}
