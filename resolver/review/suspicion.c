/*
 * Words are looked for in the parts of labels: "eu-log3.example" has the parts
 * eu, log and 3, and a number at the end of a part is no part of the word.
 * Long words count inside of others too ("nptelemetry"); short ones would be
 * found in everything (log in catalog).
 */
#include "review/suspicion.h"

#include <string.h>

#include "base/text.h"
#include "dns/name.h"
#include "review/payload.h"
#include "review/rhythm.h"
#include "review/words.h"

enum { SECOND = 1000000, WEEK = 7 * 86400, FEW = 6, PART = 64 };

struct word {
	const char *word;
	bool inside;
};

static const struct word words[] = {
	{ "telemetry", true }, { "telem", false }, { "ingest", true },
	{ "ingestion", true }, { "upload", true }, { "uploads", true },
	{ "crash", false }, { "crashes", false }, { "crashlytics", true },
	{ "crashreport", true }, { "metric", false }, { "metrics", true },
	{ "collect", false }, { "collector", true }, { "beacon", true },
	{ "beacons", true }, { "analytics", true }, { "stat", false },
	{ "stats", false }, { "mistat", false }, { "statistics", true },
	{ "report", false }, { "reports", false }, { "reporting", true },
	{ "bugreport", true }, { "errorreport", true }, { "log", false },
	{ "logs", false }, { "logger", false }, { "logging", false },
	{ "applog", true }, { "rtlog", false }, { "xlog", false },
	{ "adlog", false }, { "eventlog", true }, { "logservice", true },
	{ "diag", false }, { "diagnostic", true }, { "diagnostics", true },
	{ "ping", false }, { "heartbeat", true }, { "track", false },
	{ "tracker", false }, { "tracking", true }, { "trace", false },
	{ "traces", false }, { "event", false }, { "events", false },
	{ "watson", false }, { "vortex", false }, { "feedback", true },
	{ "feedbackws", true }, { "usage", false }, { "rum", false },
	{ "mon", false }, { "monitor", false }, { "sentry", false },
	{ "measure", false }, { "clickstream", true }, { "pixel", false },
};

static const unsigned weights[SUSPICION_KINDS] = {
	[SUSPICION_PAYLOAD] = 40, [SUSPICION_LABEL] = 30,
	[SUSPICION_LIST] = 30, [SUSPICION_SUNK] = 15,
	[SUSPICION_RHYTHM] = 15, [SUSPICION_UPDATE] = 15,
	[SUSPICION_NIGHT] = 10, [SUSPICION_NEW] = 10,
};

static const char *find_word(const char *part)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (words[i].inside ? strstr(part, words[i].word) != NULL
				    : strcmp(part, words[i].word) == 0)
			return words[i].word;
	return NULL;
}

static bool is_between(uint8_t byte)
{
	return byte == '.' || byte == '-' || byte == '_';
}

/* The part from `at` on in lower case, a number at its end cut; its end. */
static size_t next_part(struct bytes name, size_t at, char part[PART])
{
	size_t len = 0;

	for (; at < name.len && !is_between(name.at[at]); at++)
		if (len + 1 < PART)
			part[len++] = (char)name_lower(name.at[at]);
	while (len > 0 && part[len - 1] >= '0' && part[len - 1] <= '9')
		len--;
	part[len] = '\0';
	return at;
}

/* The last label is a top-level domain: it says nothing. */
static size_t last_label(struct bytes name)
{
	size_t at = name.len;

	while (at > 0 && name.at[at - 1] != '.')
		at--;
	return at;
}

const char *suspicion_label(struct bytes name)
{
	const char *word = NULL;
	char part[PART];

	name.len = last_label(name);
	for (size_t at = 0; at < name.len && !word; at++) {
		at = next_part(name, at, part);
		word = find_word(part);
	}
	return word;
}

static bool is_regular(const struct suspicion_facts *facts)
{
	return facts->rhythm && facts->rhythm->kind == RHYTHM_OWN;
}

static bool is_new(const struct suspicion_facts *facts)
{
	return facts->first <= facts->now &&
	       facts->now - facts->first < (uint64_t)WEEK * SECOND;
}

static bool holds(const struct suspicion_facts *facts,
		  enum suspicion_kind kind)
{
	switch (kind) {
	case SUSPICION_PAYLOAD:
		return facts->payload >= PAYLOAD_REMARKABLE;
	case SUSPICION_LABEL:
		return suspicion_label(facts->name) != NULL;
	case SUSPICION_LIST:
		return facts->observed > 0;
	case SUSPICION_SUNK:
		return facts->sunk > 0;
	case SUSPICION_RHYTHM:
		return is_regular(facts);
	case SUSPICION_UPDATE:
		return facts->after_update;
	case SUSPICION_NIGHT:
		return facts->night >= FEW &&
		       facts->night >= facts->questions / FEW;
	case SUSPICION_NEW:
		return is_new(facts);
	default:
		return false;
	}
}

void suspicion_judge(const struct suspicion_facts *facts,
		     struct suspicion *suspicion)
{
	*suspicion = (struct suspicion){ .facts = facts };
	for (unsigned i = 0; i < SUSPICION_KINDS; i++)
		if (holds(facts, i))
			suspicion->weight[i] = weights[i];
	for (unsigned i = 0; i < SUSPICION_KINDS; i++)
		suspicion->score += suspicion->weight[i];
	if (suspicion->score > 100)
		suspicion->score = 100;
}

void suspicion_print(const struct suspicion *suspicion, struct text *out)
{
	const char *word = "nothing remarkable";

	if (suspicion->score >= SUSPICION_HIGH)
		word = "suspicious";
	else if (suspicion->score >= SUSPICION_REMARKABLE)
		word = "worth a look";
	text_put(out, "%u of 100, %s", suspicion->score, word);
}

static void put_times(const char *before, uint64_t number, const char *after,
		      struct text *out)
{
	text_put(out, "%s ", before);
	words_number(number, out);
	text_put(out, " %s", after);
}

static void print_words(const struct suspicion_facts *facts,
			enum suspicion_kind kind, struct text *out)
{
	switch (kind) {
	case SUSPICION_PAYLOAD:
		payload_print(facts->payload, facts->payload_names, out);
		break;
	case SUSPICION_LABEL:
		text_put(out, "a label says \"%s\"",
			 suspicion_label(facts->name));
		break;
	case SUSPICION_LIST:
		put_times("an observing list has it,", facts->observed,
			  facts->observed == 1 ? "hit" : "hits", out);
		break;
	case SUSPICION_SUNK:
		put_times("sunk", facts->sunk,
			  facts->sunk == 1 ? "time" : "times", out);
		break;
	case SUSPICION_RHYTHM:
		text_put(out, "asked ");
		rhythm_print(facts->rhythm, out);
		break;
	case SUSPICION_UPDATE:
		text_put(out, "came right after an update of the device");
		break;
	case SUSPICION_NIGHT:
		put_times("asked at night,", facts->night, "of", out);
		text_put(out, " ");
		words_number(facts->questions, out);
		text_put(out, " questions");
		break;
	default:
		text_put(out, "first asked ");
		words_span(facts->now - facts->first, out);
		text_put(out, " ago");
	}
}

void suspicion_print_reason(const struct suspicion *suspicion,
			    enum suspicion_kind kind, struct text *out)
{
	if (suspicion->weight[kind] == 0)
		return;
	print_words(suspicion->facts, kind, out);
	text_put(out, " (%u)", suspicion->weight[kind]);
}

void suspicion_reasons_print(const struct suspicion *suspicion,
			     const char *between, struct text *out)
{
	bool any = false;

	for (unsigned i = 0; i < SUSPICION_KINDS; i++) {
		if (suspicion->weight[i] == 0)
			continue;
		text_put(out, "%s", any ? between : "");
		suspicion_print_reason(suspicion, i, out);
		any = true;
	}
	if (!any)
		text_put(out, "nothing speaks against it");
}
