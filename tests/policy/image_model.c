/*
 * Images beside a table that is searched: rules of all scopes, of several
 * lists, with terms and texts, said twice, taken back, of lists of which only
 * the nearest rule counts; millions of names are asked for.
 */
#include "policy/image.h"

#include <criterion/criterion.h>

#include "found.h"

enum {
	ROUNDS = 40, RULES = 2500, LISTS = 5, ASKED = 50000, BUCKETS = 4096,
	LINE = 64,
};

struct model_rule {
	struct name name;
	unsigned list, scope;
	bool bad, gone;
	const char *terms;
	char text[LINE];
	uint32_t next;		/* of its bucket, + 1; ever later ones */
};

struct model {
	struct model_rule rules[RULES];
	uint32_t bucket[BUCKETS], last[BUCKETS];
	unsigned left;
};

static const unsigned flags[LISTS] = {
	0, IMAGE_LIST_NEAREST, 0, IMAGE_LIST_NEAREST, 0,
};

static struct made made;

static unsigned bucket_of(struct bytes wire)
{
	unsigned hash = 5381;

	for (size_t i = 0; i < wire.len; i++)
		hash = hash * 33 + wire.at[i];
	return hash % BUCKETS;
}

static bool same_name(const struct model_rule *rule, struct bytes wire)
{
	return rule->name.len == wire.len &&
	       memcmp(rule->name.wire, wire.at, wire.len) == 0;
}

static bool same_rule(const struct model_rule *one,
		      const struct model_rule *other)
{
	return one->scope == other->scope &&
	       strcmp(one->terms, other->terms) == 0 &&
	       name_equal(&one->name, &other->name);
}

/* --- making both --- */

/* Plain, as a template, or like no other line. */
static void random_text(struct model_rule *rule, const char *words,
			unsigned number)
{
	switch (random() % 7) {
	case 0:
		break;
	case 1:
		snprintf(rule->text, LINE, "%s", words);
		break;
	case 2:
		snprintf(rule->text, LINE, "||%s^", words);
		break;
	case 3:
		snprintf(rule->text, LINE, "0.0.0.0 %s", words);
		break;
	case 4:
		snprintf(rule->text, LINE, "%s # number %u", words, number);
		break;
	case 5:
		snprintf(rule->text, LINE, "the same for many");
		break;
	default:
		snprintf(rule->text, LINE, "no name in number %u", number);
	}
}

static void random_rule(struct model_rule *rule, unsigned number)
{
	static const char *const terms[] = { "", "", "", "one", "two" };
	char words[64];
	struct text text;

	memset(rule, 0, sizeof(*rule));
	made_random(words, 1 + (unsigned)random() % 5);
	rule->name = made_name(words);
	text_init(&text, words, sizeof(words));
	name_print(&rule->name, &text);
	rule->list = number / (RULES / LISTS);
	rule->scope = (unsigned)random() % 3;
	rule->bad = random() % 16 == 0;
	rule->terms = terms[random() % 5];
	random_text(rule, words, number);
}

static void model_add(struct model *model, unsigned number)
{
	struct model_rule *rule = &model->rules[number];
	unsigned bucket = bucket_of(bytes_of(rule->name.wire,
					     rule->name.len));

	if (model->last[bucket])
		model->rules[model->last[bucket] - 1].next = number + 1;
	else
		model->bucket[bucket] = number + 1;
	model->last[bucket] = number + 1;
}

/* What is said twice, and what is taken back. */
static void model_settle(struct model *model)
{
	model->left = 0;
	for (unsigned i = 0; i < RULES; i++) {
		struct model_rule *rule = &model->rules[i];
		unsigned bucket = bucket_of(bytes_of(rule->name.wire,
						     rule->name.len));
		uint32_t at = model->bucket[bucket];

		rule->gone = rule->bad;
		for (; at; at = model->rules[at - 1].next) {
			const struct model_rule *other = &model->rules[at - 1];

			if (same_rule(rule, other) &&
			    (other->bad || (other->list == rule->list &&
					    at - 1 < i)))
				rule->gone = true;
		}
		model->left += !rule->gone;
	}
}

static struct image *make_both(struct model *model)
{
	memset(model, 0, sizeof(*model));
	for (unsigned i = 0; i < RULES; i++) {
		struct model_rule *rule = &model->rules[i];
		struct image_list list = { .name = { (char)('0' + i % 10) } };
		struct rule said;

		random_rule(rule, i);
		model_add(model, i);
		if (i % (RULES / LISTS) == 0) {
			list.flags = flags[rule->list];
			cr_assert_eq(build_list(made.build, &list),
				     (int)rule->list);
		}
		said = (struct rule){
			.scope = (uint8_t)rule->scope, .bad = rule->bad,
			.line = i * 977, .name = rule->name,
			.text = bytes_of_string(rule->text),
		};
		made_keep(&made, &said, rule->terms);
	}
	model_settle(model);
	return made_open(&made);
}

/* --- asking both --- */

static bool covers(const struct model_rule *rule, const struct name *name)
{
	bool whole = rule->name.labels == name->labels;

	if (rule->scope == RULE_EXACT)
		return whole;
	return rule->scope == RULE_SUBTREE || !whole;
}

static bool is_rule(const struct image_rule *got,
		    const struct model_rule *wanted, uint32_t number)
{
	return got->list == wanted->list && got->scope == wanted->scope &&
	       got->line == number * 977 &&
	       got->labels == wanted->name.labels &&
	       got->terms.len == strlen(wanted->terms) &&
	       (got->terms.len == 0 ||
		memcmp(got->terms.at, wanted->terms, got->terms.len) == 0);
}

static bool text_is(const struct image *image, const struct image_rule *got,
		    const struct name *name, const char *wanted)
{
	char room[LINE + 1];
	struct text text;

	text_init(&text, room, sizeof(room));
	image_text(image, got, name, &text);
	return strcmp(room, wanted) == 0;
}

/* A look-up, and what it has found. */
struct asked {
	const struct model *model;
	const struct image *image;
	struct name name;
	struct found found;
};

/* How many of those found, from `first` on, are the suffix's. */
static unsigned check_suffix(const struct asked *asked, unsigned labels,
			     const struct image_rule *first)
{
	const struct name *name = &asked->name;
	struct bytes wire = name_suffix(name, name->labels - labels);
	const struct model *model = asked->model;
	uint32_t at = model->bucket[bucket_of(wire)];
	unsigned count = 0;

	for (; at; at = model->rules[at - 1].next) {
		const struct model_rule *rule = &model->rules[at - 1];

		if (rule->gone || !same_name(rule, wire) ||
		    (!covers(rule, name) && !flags[rule->list]))
			continue;
		cr_assert(is_rule(&first[count], rule, at - 1));
		cr_assert_eq(first[count].covers, covers(rule, name));
		cr_assert(text_is(asked->image, &first[count], name,
				  rule->text), "%s", rule->text);
		count++;
	}
	return count;
}

static void check_name(struct asked *asked, const char *words)
{
	unsigned count = 0;

	asked->name = made_name(words);
	asked->found = (struct found){ .wanted = FOUND_MAX };
	image_match(asked->image, &asked->name, found_note, &asked->found);
	for (unsigned labels = asked->name.labels + 1u; labels-- > 0;)
		count += check_suffix(asked, labels,
				      &asked->found.rules[count]);
	cr_assert_eq(asked->found.count, count, "%s", words);
}

static bool count_rule(void *context, const struct name *name,
		       const struct image_rule *rule)
{
	unsigned *count = context;

	cr_assert_eq(name->labels, rule->labels);
	return ++*count > 0;
}

Test(image_model, agrees_with_a_table_that_is_searched, .timeout = 300)
{
	struct model *model = calloc(1, sizeof(*model));
	char words[64];

	srandom(42);
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct image *image;
		struct asked asked;
		unsigned walked = 0;

		made_init(&made);
		image = make_both(model);
		asked = (struct asked){ .model = model, .image = image };
		cr_assert_eq(image_rules(image), model->left);
		image_walk(image, count_rule, &walked);
		cr_assert_eq(walked, model->left);
		for (unsigned i = 0; i < ASKED; i++) {
			made_random(words, 1 + (unsigned)random() % 6);
			check_name(&asked, words);
		}
		image_close(image);
		made_release(&made);
	}
	free(model);
}
