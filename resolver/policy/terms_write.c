/*
 * Writing terms, when lists are compiled: the head, then conditions and the
 * answer, each from its own text.
 */
#include "policy/terms.h"

#include <string.h>

#include "base/error.h"
#include "policy/answers.h"
#include "policy/conditions.h"
#include "policy/draft.h"
#include "policy/rule.h"
#include "policy/terms_layout.h"

static bool says_dnsrewrite(struct bytes answer)
{
	static const char word[] = "dnsrewrite ";

	return answer.len >= sizeof(word) - 1 &&
	       memcmp(answer.at, word, sizeof(word) - 1) == 0;
}

static unsigned head_of(const struct rule *rule)
{
	unsigned head = rule->effect;

	if (rule->important)
		head |= HEAD_IMPORTANT;
	if (rule->has[RULE_DNSREWRITE])
		head |= HEAD_EXCEPTION;
	if (rule->invert)
		head |= HEAD_INVERTED;
	if (rule->effect == RULE_REWRITE && says_dnsrewrite(rule->answer))
		head |= HEAD_DNSREWRITE;
	return head;
}

int terms_write(const struct rule *rule, uint8_t *to, size_t room,
		const char **why)
{
	struct draft draft = { .at = to, .room = room };
	unsigned head = head_of(rule);
	bool sound;

	if (room > TERMS_MAX)
		draft.room = TERMS_MAX;
	if (rule->effect > RULE_FORWARD) {
		*why = "no such effect";
		return ERROR_MALFORMED;
	}
	if (rule_is_plain(rule))
		return 0;
	draft_put8(&draft, head);
	sound = conditions_write(&draft, rule) && answers_write(&draft, rule);
	if (draft.full) {
		*why = "conditions and answer are too long";
		return ERROR_FULL;
	}
	if (!sound) {
		*why = draft.why;
		return ERROR_MALFORMED;
	}
	return draft.len == 1 && head == RULE_BLOCK ? 0 : (int)draft.len;
}
