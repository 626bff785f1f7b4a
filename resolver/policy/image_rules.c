/*
 * What a rule consists of, gathered from where it lies:
 *
 *	record     name | kind, (terms), (text), line | kind, ...
 *	              kind -> list, scope; template -> text around the name
 *	patterns   kind, line, terms, text, bytes
 *
 * Nothing in the file is believed: a number that is out of its table or a
 * string that is longer than its part makes a rule damaged, and it is not
 * given.  A text that is damaged is no text.
 */
#include "policy/image.h"

#include <netinet/in.h>

#include "base/text.h"
#include "policy/image_state.h"
#include "policy/matcher.h"
#include "policy/rule.h"
#include "policy/spelling.h"

/* What image_rule.text holds: which of both, and its place. */
#define TEXT_TEMPLATE ((uint64_t)1 << 32)
#define TEXT_WHOLE ((uint64_t)2 << 32)

static const struct bytes nothing = { (const uint8_t *)"", 0 };

struct bytes image_string(const struct image *image, enum layout_part part,
			  size_t at)
{
	struct bytes from = image->part[part];
	uint32_t len;

	if (!image_number(from, &at, &len) || len > from.len - at)
		return nothing;
	return bytes_of(from.at + at, len);
}

const struct layout_kind *image_kind(const struct image *image,
				     uint32_t number)
{
	struct bytes kinds = image->part[LAYOUT_KINDS];
	const struct layout_kind *kind;

	if (number >= kinds.len / sizeof(*kind))
		return NULL;
	kind = (const struct layout_kind *)(const void *)kinds.at + number;
	return kind->list < image->header.list_count ? kind : NULL;
}

/* Terms that a rule has and that are not there must not make it a plain one. */
static bool terms_read(const struct image *image, uint32_t at,
		       struct bytes *terms)
{
	*terms = image_string(image, LAYOUT_TERMS, at);
	return terms->len > 0;
}

static uint64_t text_of(const struct layout_kind *kind, uint32_t whole)
{
	if (kind->text >= LAYOUT_TEMPLATE)
		return TEXT_TEMPLATE | (kind->text - LAYOUT_TEMPLATE);
	return kind->text == LAYOUT_WHOLE_TEXT ? TEXT_WHOLE | whole : 0;
}

bool image_rule_read(const struct image *image, size_t *at,
		     struct image_rule *rule, bool *more)
{
	struct bytes records = image->part[LAYOUT_RECORDS];
	const struct layout_kind *kind;
	uint32_t head, terms = 0, text = 0;

	if (!image_number(records, at, &head))
		return false;
	kind = image_kind(image, head >> LAYOUT_KIND_SHIFT);
	if (!kind || kind->scope > RULE_BELOW ||
	    (kind->terms && !image_number(records, at, &terms)) ||
	    (kind->text == LAYOUT_WHOLE_TEXT &&
	     !image_number(records, at, &text)) ||
	    !image_number(records, at, &rule->line))
		return false;
	rule->list = kind->list;
	rule->scope = kind->scope;
	rule->terms = nothing;
	rule->text = text_of(kind, text);
	*more = head & LAYOUT_MORE;
	return !kind->terms || terms_read(image, terms, &rule->terms);
}

/* --- texts --- */

static void put_bytes(struct text *out, struct bytes bytes)
{
	size_t room = out->size - out->len;

	if (out->cut || bytes.len == 0)
		return;
	out->cut = bytes.len >= room;
	if (out->cut)
		bytes.len = room > 0 ? room - 1 : 0;
	if (room == 0)
		return;
	memcpy(out->at + out->len, bytes.at, bytes.len);
	out->len += bytes.len;
	out->at[out->len] = '\0';
}

static void put_template(const struct image *image, uint32_t number,
			 struct bytes name, struct text *out)
{
	struct bytes table = image->part[LAYOUT_TEMPLATES];
	struct bytes texts = image->part[LAYOUT_TEXTS];
	struct layout_template template;

	if (number >= table.len / sizeof(template))
		return;
	memcpy(&template, table.at + number * sizeof(template),
	       sizeof(template));
	if (template.at > texts.len ||
	    (size_t)template.before + template.after >
		    texts.len - template.at)
		return;
	texts.at += template.at;
	put_bytes(out, bytes_of(texts.at, template.before));
	name_print_wire(name, out);
	put_bytes(out, bytes_of(texts.at + template.before, template.after));
}

static void put_whole(const struct image *image, uint32_t at,
		      struct text *out)
{
	put_bytes(out, image_string(image, LAYOUT_TEXTS, at));
}

void image_text(const struct image *image, const struct image_rule *rule,
		const struct name *name, struct text *out)
{
	if (rule->text & TEXT_WHOLE)
		put_whole(image, (uint32_t)rule->text, out);
	else if (rule->text & TEXT_TEMPLATE && rule->labels <= name->labels)
		put_template(image, (uint32_t)rule->text,
			     name_suffix(name, (unsigned)name->labels -
					 rule->labels), out);
}

/* --- patterns --- */

unsigned image_patterns(const struct image *image)
{
	return (unsigned)(image->part[LAYOUT_PATTERNS].len /
			  sizeof(struct layout_pattern));
}

/* Its kind, or NULL. */
static const struct layout_kind *pattern_read(const struct image *image,
					      unsigned number,
					      struct layout_pattern *pattern)
{
	const struct layout_kind *kind;

	if (number >= image_patterns(image))
		return NULL;
	memcpy(pattern, image->part[LAYOUT_PATTERNS].at +
	       (size_t)number * sizeof(*pattern), sizeof(*pattern));
	kind = image_kind(image, pattern->kind);
	if (!kind || kind->scope < RULE_SUFFIX || kind->scope > RULE_CLIENT)
		return NULL;
	return kind;
}

static bool prefix_is_sound(const struct prefix *prefix)
{
	switch (prefix->family) {
	case 0:
		return prefix->bits == 0;
	case AF_INET:
		return prefix->bits <= 32;
	case AF_INET6:
		return prefix->bits <= 128;
	default:
		return false;
	}
}

bool image_pattern(const struct image *image, unsigned number,
		   struct matcher_rule *rule)
{
	struct bytes texts = image->part[LAYOUT_TEXTS];
	struct layout_pattern pattern;
	const struct layout_kind *kind = pattern_read(image, number, &pattern);

	if (!kind || pattern.at > texts.len ||
	    pattern.len > texts.len - pattern.at)
		return false;
	*rule = (struct matcher_rule){
		.list = kind->list, .scope = kind->scope,
		.invert = pattern.invert == 1, .line = pattern.line,
		.number = number,
		.pattern = bytes_of(texts.at + pattern.at, pattern.len),
		.prefix = { pattern.family, pattern.bits, { 0 } },
		.terms = nothing,
	};
	memcpy(rule->prefix.at, pattern.prefix, sizeof(rule->prefix.at));
	if (!prefix_is_sound(&rule->prefix))
		return false;
	return !kind->terms || terms_read(image, pattern.terms, &rule->terms);
}

void image_pattern_text(const struct image *image, unsigned number,
			struct text *out)
{
	struct layout_pattern pattern;
	const struct layout_kind *kind = pattern_read(image, number, &pattern);

	if (kind && kind->text == LAYOUT_WHOLE_TEXT)
		put_whole(image, pattern.text, out);
}

/* --- all of them --- */

/* Records stand one behind the other up to the zeros that end them. */
void image_walk(const struct image *image,
		bool (*each)(void *context, const struct name *name,
			     const struct image_rule *rule), void *context)
{
	struct bytes records = image->part[LAYOUT_RECORDS];
	struct image_rule rule = { .covers = true };
	struct name name;
	size_t at = 0;
	bool more;

	while (at + SPELLING_SLACK < records.len) {
		at = spelling_read(records, at, &name);
		if (!at)
			return;
		rule.labels = name.labels;
		for (more = true; more;)
			if (!image_rule_read(image, &at, &rule, &more) ||
			    !each(context, &name, &rule))
				return;
	}
}
