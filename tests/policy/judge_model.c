/*
 * The judge beside one who goes through all rules, one by one, with the table
 * of policy.h on his knees: small random lists, groups, households, and many
 * questions.
 */
#include "policy/policy.h"

#include <criterion/criterion.h>

#include "court.h"
#include "matching.h"

enum {
	WORLDS = 250, QUESTIONS = 400, LISTS = 5, GROUPS = 3, RULES = 40,
	OWN_RULES_MAX = 5,
};

/* --- what rules are made of --- */

/* An answer and what it comes to; type 0: whatever is asked for. */
struct model_answer {
	const char *words;
	uint8_t kind, action;	/* ACTION_NONE: as the list has it */
	uint16_t type;
	const char *value;	/* of $dnsrewrite; or NULL */
};

static const struct model_answer answers[] = {
	{ "dnsrewrite 192.0.2.9", VERDICT_REWRITE, ACTION_REWRITE, TYPE_A,
	  "192.0.2.9" },
	{ "dnsrewrite 2001:db8::9", VERDICT_REWRITE, ACTION_REWRITE,
	  TYPE_AAAA, "2001:db8::9" },
	{ "dnsrewrite safe.example", VERDICT_REWRITE, ACTION_REWRITE, 0,
	  "safe.example" },
	{ "dnsrewrite NXDOMAIN;;", VERDICT_SINK, ACTION_NXDOMAIN, 0,
	  "NXDOMAIN;;" },
	{ "A 192.0.2.1", VERDICT_REWRITE, ACTION_REWRITE, TYPE_A, NULL },
	{ "AAAA 2001:db8::1", VERDICT_REWRITE, ACTION_REWRITE, TYPE_AAAA,
	  NULL },
	{ "CNAME a.b", VERDICT_REWRITE, ACTION_REWRITE, 0, NULL },
	{ "nodata", VERDICT_SINK, ACTION_NODATA, 0, NULL },
	{ "tcp-only", VERDICT_SINK, ACTION_TRUNCATE, 0, NULL },
};

enum { ANSWERS = sizeof(answers) / sizeof(*answers) };

static const char *const types[] = { "A", "AAAA", "~A" };
static const char *const prefixes[] = { "10.0.0.0/8", "10.1.0.0/16",
					"10.1.2.3" };
static const char *const clients[] = { "10.1.2.3", "10.1.9.9", "10.9.9.9",
				       "192.0.2.1" };

struct model_rule {
	struct said said;
	const struct model_answer *answer;	/* or NULL */
	char name[64];
	unsigned list;		/* in the image */
	uint32_t line;
	bool taken_back;	/* by $badfilter, or it is one itself */
};

struct model_own {
	char name[64];
	bool allow, exact, pause;
	const char *client;
	unsigned seconds;	/* from now; 0: for ever */
	uint32_t line;
};

static struct model {
	struct court court;
	struct model_rule rules[RULES];
	unsigned flags[LISTS];
	unsigned place[LISTS];		/* in the house; LISTS: not there */
	uint8_t actions[GROUPS][LISTS];	/* by place */
	struct model_own own[OWN_RULES_MAX];
	unsigned own_count;
} model;

static uint64_t state;

static unsigned dice(unsigned sides)
{
	return (unsigned)(draw(&state) % sides);
}

static void draw_name(char words[64], unsigned most)
{
	static const char *const label[] = { "a", "b", "c" };
	unsigned labels = 1 + dice(most);

	words[0] = '\0';
	for (unsigned i = 0; i < labels; i++) {
		if (i)
			strcat(words, ".");
		strcat(words, label[dice(i + 1 == labels ? 2 : 3)]);
	}
}

/* --- the world --- */

static void draw_scope(struct model_rule *rule)
{
	static const char *const parts[] = { "a.b", "b.a", "c", "a.a.b" };
	struct said *said = &rule->said;

	said->name = rule->name;
	switch (dice(10)) {
	case 0:
		said->scope = RULE_SUFFIX;
		strcpy(rule->name, parts[dice(4)]);
		break;
	case 1:
		said->scope = RULE_REGEX;
		strcpy(rule->name, parts[dice(4)]);
		break;
	case 2:
		said->scope = RULE_CLIENT;
		strcpy(rule->name, prefixes[dice(3)]);
		break;
	default:
		said->scope = (uint8_t)dice(RULE_BELOW + 1);
		draw_name(rule->name, 4);
	}
}

static void draw_effect(struct model_rule *rule)
{
	static const uint8_t effects[] = {
		RULE_BLOCK, RULE_BLOCK, RULE_BLOCK, RULE_ALLOW, RULE_REWRITE,
		RULE_REWRITE, RULE_PASS,
	};
	struct said *said = &rule->said;

	said->effect = effects[dice(7)];
	said->important = dice(6) == 0;
	if (said->effect == RULE_REWRITE) {
		rule->answer = &answers[dice(ANSWERS)];
		said->answer = rule->answer->words;
	} else if (said->effect == RULE_ALLOW && dice(2)) {
		const struct model_answer *of = &answers[dice(4)];

		said->except = dice(2) ? of->value : "";
		said->important = false;
	}
}

static void draw_conditions(struct said *said)
{
	if (dice(8) == 0)
		said->client = prefixes[dice(3)];
	if (dice(8) == 0)
		said->dnstype = types[dice(3)];
	if (dice(8) == 0)
		said->denyallow = "a.b";
}

static bool same_words(const char *one, const char *other)
{
	return one == other || (one && other && strcmp(one, other) == 0);
}

static bool is_same(const struct said *one, const struct said *other)
{
	return one->effect == other->effect && one->scope == other->scope &&
	       one->important == other->important &&
	       same_words(one->name, other->name) &&
	       same_words(one->answer, other->answer) &&
	       same_words(one->client, other->client) &&
	       same_words(one->dnstype, other->dnstype) &&
	       same_words(one->denyallow, other->denyallow) &&
	       same_words(one->except, other->except);
}

static void draw_rule(struct model_rule *rule)
{
	unsigned number = (unsigned)(rule - model.rules);

	memset(rule, 0, sizeof(*rule));
	rule->list = number * LISTS / RULES;
	if (number && dice(12) == 0) {
		*rule = model.rules[dice(number)];
		rule->list = number * LISTS / RULES;
		rule->said.name = rule->name;
		rule->said.bad = true;
		return;
	}
	draw_scope(rule);
	draw_effect(rule);
	draw_conditions(&rule->said);
}

static void draw_rules(void)
{
	for (unsigned i = 0; i < RULES; i++)
		draw_rule(&model.rules[i]);
	for (unsigned i = 0; i < RULES; i++)
		for (unsigned j = 0; j < RULES; j++)
			if (model.rules[j].said.bad &&
			    is_same(&model.rules[i].said,
				    &model.rules[j].said))
				model.rules[i].taken_back = true;
}

static void put_rules(void)
{
	static const unsigned flags[] = {
		0, IMAGE_LIST_NEAREST, IMAGE_LIST_NEAREST | IMAGE_LIST_ZONE,
	};
	char name[2] = "0";

	for (unsigned i = 0; i < RULES; i++) {
		struct model_rule *rule = &model.rules[i];

		if (i == 0 || rule->list != model.rules[i - 1].list) {
			name[0] = (char)('0' + rule->list);
			model.flags[rule->list] = flags[dice(3)];
			court_list(&model.court, name, ACTION_NONE,
				   model.flags[rule->list]);
		}
		rule->line = court_rule(&model.court, &rule->said);
	}
}

/* In another order than the image has them, and one of them missing. */
static void draw_house(void)
{
	static const uint8_t actions[] = {
		ACTION_SINK, ACTION_NXDOMAIN, ACTION_DROP, ACTION_ALLOW,
		ACTION_OBSERVE, ACTION_NONE,
	};
	static struct house_group groups[GROUPS];
	unsigned first = dice(LISTS), missing = dice(2) ? LISTS : dice(LISTS);
	struct house *house = &model.court.house;

	house->list_count = 0;
	for (unsigned i = 0; i < LISTS; i++) {
		unsigned list = (first + 2 * i) % LISTS;

		model.place[list] = LISTS;
		if (list == missing)
			continue;
		model.place[list] = house->list_count;
		model.court.lists[house->list_count].name[0] =
			(char)('0' + list);
		house->list_count++;
	}
	for (unsigned i = 0; i < GROUPS; i++) {
		for (unsigned j = 0; j < LISTS; j++)
			model.actions[i][j] = actions[dice(6)];
		groups[i].actions = model.actions[i];
	}
	house->groups = groups;
	house->group_count = GROUPS;
}

static void draw_own_rule(struct model_own *own)
{
	static const unsigned seconds[] = { 0, 10, 20 };

	memset(own, 0, sizeof(*own));
	own->line = model.own_count;
	own->pause = dice(5) == 0;
	own->allow = !own->pause && dice(2);
	own->exact = dice(2);
	own->seconds = seconds[own->pause ? 1 + dice(2) : dice(3)];
	own->client = dice(2) ? prefixes[dice(3)] : NULL;
	draw_name(own->name, 4);
}

static void draw_own(void)
{
	char text[1024] = "", line[160];

	model.own_count = 0;
	if (dice(2))
		return;
	while (model.own_count < OWN_RULES_MAX) {
		struct model_own *own = &model.own[model.own_count++];

		draw_own_rule(own);
		snprintf(line, sizeof(line), "%s%s%s", own->pause ? "pause"
			 : own->allow ? "allow " : "block ",
			 own->exact && !own->pause ? "=" : "",
			 own->pause ? "" : own->name);
		strcat(text, line);
		/* COURT_NOW is 2023-11-14T22:13:20Z. */
		if (own->seconds)
			strcat(text, own->seconds == 10
			       ? " until 2023-11-14T22:13:30Z"
			       : " until 2023-11-14T22:13:40Z");
		snprintf(line, sizeof(line), "%s%s\n",
			 own->client ? " client " : "",
			 own->client ? own->client : "");
		strcat(text, line);
	}
	court_own(&model.court, text);
}

/* --- the other judge --- */

struct model_question {
	char name[64];
	uint16_t type;
	unsigned group;
	const char *client;	/* or NULL */
	unsigned later;		/* seconds */
};

static unsigned labels_of(const char *name)
{
	unsigned labels = 1;

	for (; *name; name++)
		labels += *name == '.';
	return labels;
}

static bool ends_with(const char *name, const char *end)
{
	size_t len = strlen(name), end_len = strlen(end);

	return len >= end_len && strcmp(name + len - end_len, end) == 0;
}

static bool is_below(const char *name, const char *above)
{
	return ends_with(name, above) && strlen(name) > strlen(above) &&
	       name[strlen(name) - strlen(above) - 1] == '.';
}

static bool is_in(const char *client, const char *words)
{
	struct address address;
	struct prefix prefix;

	return client && address_parse(&address, client, 0) == 0 &&
	       prefix_parse(&prefix, words) == 0 &&
	       prefix_holds(&prefix, &address);
}

static bool covers(const struct model_rule *rule,
		   const struct model_question *question)
{
	const char *name = question->name;
	bool same = strcmp(name, rule->name) == 0;

	switch (rule->said.scope) {
	case RULE_EXACT:
		return same;
	case RULE_SUBTREE:
		return same || is_below(name, rule->name);
	case RULE_BELOW:
		return is_below(name, rule->name);
	case RULE_SUFFIX:
		return ends_with(name, rule->name);
	case RULE_REGEX:
		/* Its dot is any letter. */
		for (; strlen(name) >= strlen(rule->name); name++) {
			size_t i = 0;

			while (rule->name[i] && (rule->name[i] == '.' ||
						 rule->name[i] == name[i]))
				i++;
			if (!rule->name[i])
				return true;
		}
		return false;
	default:
		return is_in(question->client, rule->name);
	}
}

static bool is_met(const struct said *said,
		   const struct model_question *question)
{
	const char *type = question->type == TYPE_A ? "A" : question->type ==
			   TYPE_AAAA ? "AAAA" : "TXT";

	if (said->client && !is_in(question->client, said->client))
		return false;
	if (said->dnstype && said->dnstype[0] == '~' &&
	    strcmp(said->dnstype + 1, type) == 0)
		return false;
	if (said->dnstype && said->dnstype[0] != '~' &&
	    strcmp(said->dnstype, type) != 0)
		return false;
	return !said->denyallow ||
	       (strcmp(question->name, said->denyallow) != 0 &&
		!is_below(question->name, said->denyallow));
}

static unsigned action_of(const struct model_rule *rule,
			  const struct model_question *question)
{
	unsigned place = model.place[rule->list];

	return place == LISTS ? ACTION_NONE
			      : model.actions[question->group][place];
}

static bool is_at_work(const struct model_rule *rule,
		       const struct model_question *question)
{
	return !rule->taken_back &&
	       action_of(rule, question) != ACTION_NONE &&
	       is_met(&rule->said, question);
}

static bool is_name(const struct model_rule *rule)
{
	return rule->said.scope <= RULE_BELOW;
}

/* Has its list, read as a zone, something deeper? */
static bool is_hidden(const struct model_rule *rule,
		      const struct model_question *question)
{
	unsigned flags = model.flags[rule->list];

	if (!is_name(rule) || !(flags & IMAGE_LIST_NEAREST))
		return false;
	for (unsigned i = 0; i < RULES; i++) {
		const struct model_rule *other = &model.rules[i];
		bool stands;

		if (other->list != rule->list || !is_name(other) ||
		    !is_at_work(other, question) ||
		    labels_of(other->name) <= labels_of(rule->name))
			continue;
		stands = strcmp(other->name, question->name) == 0 ||
			 is_below(question->name, other->name);
		if (flags & IMAGE_LIST_ZONE ? stands
					    : covers(other, question))
			return true;
	}
	return false;
}

static bool speaks(const struct model_rule *rule,
		   const struct model_question *question)
{
	return covers(rule, question) && is_at_work(rule, question) &&
	       !is_hidden(rule, question);
}

static bool is_revoked(const struct model_rule *rewrite,
		       const struct model_question *question)
{
	for (unsigned i = 0; i < RULES; i++) {
		const struct model_rule *rule = &model.rules[i];
		const char *except = rule->said.except;

		if (except && speaks(rule, question) &&
		    action_of(rule, question) != ACTION_OBSERVE &&
		    (except[0] == '\0' ||
		     strcmp(except, rewrite->answer->value) == 0))
			return true;
	}
	return false;
}

/* The row of the table, or 0 for what says nothing. */
static unsigned row_of(const struct model_rule *rule,
		       const struct model_question *question)
{
	unsigned action = action_of(rule, question);

	if (rule->said.except || rule->said.effect == RULE_PASS)
		return 0;
	if (action == ACTION_OBSERVE)
		return rule->said.effect == RULE_ALLOW ? 8 : 9;
	if (rule->said.effect == RULE_ALLOW || action == ACTION_ALLOW)
		return rule->said.important ? 4 : 6;
	if (rule->answer && rule->answer->value)
		return is_revoked(rule, question) ? 0 : 3;
	return rule->said.important ? 5 : 7;
}

static bool is_unfit(const struct model_rule *rule,
		     const struct model_question *question, unsigned row)
{
	return rule->answer && (row == 3 || row == 5 || row == 7) &&
	       rule->answer->type && rule->answer->type != question->type;
}

/* Numbers to be compared one after the other; the smaller wins. */
struct rank {
	unsigned at[7];
};

static struct rank rank_of(const struct model_rule *rule,
			   const struct model_question *question)
{
	unsigned row = row_of(rule, question);

	return (struct rank){ {
		row, !is_name(rule),
		is_name(rule) ? 128 - labels_of(rule->name) : 0,
		rule->said.scope != RULE_EXACT,
		is_unfit(rule, question, row), model.place[rule->list],
		rule->line,
	} };
}

static bool is_less(const struct rank *one, const struct rank *other)
{
	for (unsigned i = 0; i < 7; i++)
		if (one->at[i] != other->at[i])
			return one->at[i] < other->at[i];
	return false;
}

static const struct model_rule *
model_judge(const struct model_question *question)
{
	const struct model_rule *best = NULL;
	struct rank least = { { 0 } };

	for (unsigned i = 0; i < RULES; i++) {
		const struct model_rule *rule = &model.rules[i];
		struct rank rank;

		if (!speaks(rule, question) || row_of(rule, question) == 0)
			continue;
		rank = rank_of(rule, question);
		if (!best || is_less(&rank, &least)) {
			best = rule;
			least = rank;
		}
	}
	return best;
}

/* --- the household, likewise --- */

static bool own_speaks(const struct model_own *own,
		       const struct model_question *question)
{
	if (own->seconds && own->seconds <= question->later)
		return false;
	if (own->client && !is_in(question->client, own->client))
		return false;
	return own->pause || strcmp(own->name, question->name) == 0 ||
	       (!own->exact && is_below(question->name, own->name));
}

static struct rank own_rank(const struct model_own *own)
{
	struct prefix prefix = { .bits = 0 };

	if (own->client)
		prefix_parse(&prefix, own->client);
	return (struct rank){ {
		!own->pause,
		own->pause ? 100 - own->seconds : 128 - labels_of(own->name),
		!own->exact && !own->pause,
		own->client ? 128u - prefix.bits : 200, !own->allow,
		own->line, 0,
	} };
}

static const struct model_own *own_of(const struct model_question *question)
{
	const struct model_own *best = NULL;
	struct rank least = { { 0 } };

	for (unsigned i = 0; i < model.own_count; i++) {
		struct rank rank = own_rank(&model.own[i]);

		if (!own_speaks(&model.own[i], question) ||
		    (best && !is_less(&rank, &least)))
			continue;
		best = &model.own[i];
		least = rank;
	}
	return best;
}

/* --- both --- */

static unsigned kinds[VERDICT_KINDS];

static struct verdict wanted_of_own(const struct model_own *own)
{
	struct verdict wanted = {
		.kind = own->allow ? VERDICT_ALLOW : VERDICT_SINK,
		.action = own->allow ? ACTION_ALLOW : ACTION_SINK,
		.list = VERDICT_OWN_LIST, .line = own->line,
	};

	if (own->pause) {
		wanted.kind = VERDICT_PAUSED;
		wanted.action = ACTION_NONE;
	}
	return wanted;
}

static struct verdict wanted_of(const struct model_question *question)
{
	const struct model_own *own = own_of(question);
	const struct model_rule *rule = model_judge(question);
	struct verdict wanted = { .list = ENTRY_NO_LIST };
	unsigned row;

	if (own)
		return wanted_of_own(own);
	if (!rule)
		return wanted;
	wanted.list = (uint16_t)rule->list;
	wanted.line = rule->line;
	wanted.action = (uint8_t)action_of(rule, question);
	row = row_of(rule, question);
	wanted.kind = row == 9 ? VERDICT_OBSERVE : row == 8 ? VERDICT_PASS
		      : row == 4 || row == 6 ? VERDICT_ALLOW : VERDICT_SINK;
	if (row == 8)
		wanted.action = ACTION_NONE;
	if (row == 4 || row == 6)
		wanted.action = ACTION_ALLOW;
	if (wanted.kind == VERDICT_SINK && rule->answer) {
		wanted.kind = rule->answer->kind;
		wanted.action = rule->answer->action;
	}
	return wanted;
}

static struct model_question draw_question(void)
{
	static const uint16_t asked[] = { TYPE_A, TYPE_AAAA, TYPE_TXT };
	struct model_question question = {
		.type = asked[dice(3)], .group = dice(GROUPS),
		.later = dice(3) * 10,
	};

	draw_name(question.name, 5);
	if (dice(5))
		question.client = clients[dice(4)];
	return question;
}

static void compare(unsigned world)
{
	struct model_question question = draw_question();
	struct verdict wanted = wanted_of(&question), verdict;
	struct court *court = &model.court;

	court->question.type = question.type;
	court->question.group = (uint16_t)question.group;
	court->question.now = COURT_NOW + question.later;
	verdict = question.client
		? court_ask_as(court, question.name, question.client)
		: court_ask(court, question.name);
	cr_assert(verdict.kind == wanted.kind &&
		  verdict.list == wanted.list &&
		  verdict.line == wanted.line &&
		  verdict.action == wanted.action,
		  "world %u: %s, type %u, group %u, client %s, %u s: "
		  "%s %u by %u:%u, wanted %s %u by %u:%u", world,
		  question.name, question.type, question.group,
		  question.client ? question.client : "-", question.later,
		  verdict_words(verdict.kind), verdict.action, verdict.list,
		  verdict.line, verdict_words(wanted.kind), wanted.action,
		  wanted.list, wanted.line);
	kinds[verdict.kind]++;
}

Test(judge_model, agrees_on_a_hundred_thousand_questions)
{
	state = 88172645463325252;
	for (unsigned world = 0; world < WORLDS; world++) {
		court_open(&model.court);
		draw_rules();
		put_rules();
		draw_house();
		draw_own();
		court_begin(&model.court);
		for (unsigned i = 0; i < QUESTIONS; i++)
			compare(world);
		court_close(&model.court);
	}
	for (unsigned i = 0; i < VERDICT_KINDS; i++)
		cr_expect(i == VERDICT_DENIED || kinds[i] > 2000,
			  "%s only %u times", verdict_words(i), kinds[i]);
}
