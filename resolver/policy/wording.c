/*
 * The name is looked for in the line, and what stands before and behind it is
 * looked up among the list's templates:
 *
 *	||ads.example.com^$important	before "||", behind "^$important"
 *
 * Most lines are like the one before, and are compared with its template
 * alone.  A template is a promise of more lines like it: the first of its
 * kind is kept whole and leaves its hash behind, the second makes one of it.
 */
#include "policy/wording.h"

#include <string.h>

#include "base/text.h"
#include "policy/layout.h"
#include "policy/rule.h"

static const char cut[] = "...";

struct halves {
	struct bytes before, after;
};

void wording_init(struct wording *wording, const struct hash_key *key)
{
	*wording = (struct wording){ .key = *key };
}

void wording_release(struct wording *wording)
{
	store_release(&wording->templates);
	store_release(&wording->texts);
}

void wording_list(struct wording *wording)
{
	wording->first += wording->count;
	wording->count = 0;
	wording->last = 0;
	wording->has_whole = false;
	memset(wording->place, 0, sizeof(wording->place));
	memset(wording->seen, 0, sizeof(wording->seen));
}

/* --- names in text --- */

static inline bool is_plain(uint8_t byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') ||
	       byte == '-' || byte == '_';
}

/* As name_print has it, which takes longer; 0: that is needed. */
static size_t print_plain(const struct name *name, char *to)
{
	const uint8_t *from = name->wire;
	char *start = to;

	for (unsigned len = *from++; len > 0; len = *from++) {
		if (to > start)
			*to++ = '.';
		for (; len > 0; len--) {
			if (!is_plain(*from))
				return 0;
			*to++ = (char)*from++;
		}
	}
	return (size_t)(to - start);
}

static size_t print_name(const struct name *name, char words[NAME_TEXT])
{
	size_t len = print_plain(name, words);
	struct text text;

	if (len > 0)
		return len;
	text_init(&text, words, NAME_TEXT);
	name_print(name, &text);
	return text.len;
}

/* --- templates --- */

static struct halves template_halves(const struct wording *wording,
				     unsigned number)
{
	struct layout_template template;
	const uint8_t *texts = wording->texts.at;

	memcpy(&template, wording->templates.at +
	       (wording->first + number) * sizeof(template), sizeof(template));
	return (struct halves){
		bytes_of(texts + template.at, template.before),
		bytes_of(texts + template.at + template.before,
			 template.after),
	};
}

static bool bytes_same(struct bytes one, struct bytes other)
{
	return one.len == other.len &&
	       (one.len == 0 || memcmp(one.at, other.at, one.len) == 0);
}

static bool halves_same(const struct halves *one, const struct halves *other)
{
	return bytes_same(one->before, other->before) &&
	       bytes_same(one->after, other->after);
}

/* Is the line that template with this name? */
static bool template_fits(const struct wording *wording, unsigned number,
			  struct bytes line, struct bytes name)
{
	struct halves halves;
	size_t before;

	if (number >= wording->count)
		return false;
	halves = template_halves(wording, number);
	before = halves.before.len;
	return line.len == before + name.len + halves.after.len &&
	       memcmp(line.at + before, name.at, name.len) == 0 &&
	       bytes_same(halves.before, bytes_of(line.at, before)) &&
	       bytes_same(halves.after, bytes_of(line.at + before + name.len,
						 halves.after.len));
}

static uint64_t halves_hash(const struct wording *wording,
			    const struct halves *halves)
{
	return hash_bytes(&wording->key, halves->before.at,
			  halves->before.len) * 3 +
	       hash_bytes(&wording->key, halves->after.at, halves->after.len);
}

/* The place of the template, or the free one where it belongs. */
static uint16_t *place_find(struct wording *wording,
			    const struct halves *halves, uint64_t hash)
{
	struct halves other;

	for (;; hash++) {
		uint16_t *place = &wording->place[hash % WORDING_PLACES];

		if (*place == 0)
			return place;
		other = template_halves(wording, *place - 1u);
		if (halves_same(&other, halves))
			return place;
	}
}

static int template_add(struct wording *wording, const struct halves *halves,
			uint16_t *place)
{
	struct layout_template template = {
		.before = (uint16_t)halves->before.len,
		.after = (uint16_t)halves->after.len,
	};
	uint32_t unused;
	int error = store_add(&wording->texts, halves->before, &template.at);

	if (error == 0)
		error = store_add(&wording->texts, halves->after, &unused);
	if (error == 0)
		error = store_add(&wording->templates,
				  bytes_of(&template, sizeof(template)),
				  &unused);
	if (error < 0)
		return error;
	*place = (uint16_t)++wording->count;
	return (int)wording->count - 1;
}

/* The template's number, if `*found` says so. */
static int template_find(struct wording *wording,
			 const struct halves *halves, bool *found)
{
	uint64_t hash = halves_hash(wording, halves);
	uint16_t *place = place_find(wording, halves, hash);
	uint32_t *seen = &wording->seen[hash % WORDING_SEEN];

	*found = true;
	if (*place)
		return *place - 1;
	if (*seen == (uint32_t)(hash >> 32) &&
	    wording->count < WORDING_TEMPLATES)
		return template_add(wording, halves, place);
	*seen = (uint32_t)(hash >> 32);
	*found = false;
	return 0;
}

/* Which template the line is; `*found` says whether there is one. */
static int line_find(struct wording *wording, const struct rule *rule,
		     bool *found)
{
	struct bytes line = rule->text, name;
	char words[NAME_TEXT];
	struct halves halves;
	const uint8_t *at;

	name = bytes_of(words, print_name(&rule->name, words));
	*found = template_fits(wording, wording->last, line, name);
	if (*found)
		return (int)wording->last;
	at = memmem(line.at, line.len, name.at, name.len);
	if (!at)
		return 0;
	halves.before = bytes_of(line.at, (size_t)(at - line.at));
	halves.after = bytes_of(at + name.len, line.len - name.len -
				halves.before.len);
	return template_find(wording, &halves, found);
}

/* --- texts --- */

static int keep_whole(struct wording *wording, struct bytes line,
		      uint32_t *at)
{
	uint8_t shown[IMAGE_TEXT];
	size_t kept = sizeof(shown) - strlen(cut);
	int error;

	if (line.len > sizeof(shown)) {
		memcpy(shown, line.at, kept);
		memcpy(shown + kept, cut, strlen(cut));
		line = bytes_of(shown, sizeof(shown));
	}
	*at = wording->whole;
	if (wording->has_whole &&
	    bytes_same(store_string(&wording->texts, wording->whole), line))
		return LAYOUT_WHOLE_TEXT;
	error = store_add_string(&wording->texts, line, at);
	if (error < 0)
		return error;
	wording->whole = *at;
	wording->has_whole = true;
	return LAYOUT_WHOLE_TEXT;
}

int wording_keep(struct wording *wording, const struct rule *rule,
		 uint32_t *at)
{
	bool found = false;
	int number = 0;

	if (rule->text.len == 0)
		return LAYOUT_NO_TEXT;
	if (rule->scope <= RULE_BELOW && rule->text.len <= IMAGE_TEXT)
		number = line_find(wording, rule, &found);
	if (number < 0 || !found)
		return number < 0 ? number
				  : keep_whole(wording, rule->text, at);
	wording->last = (unsigned)number;
	return LAYOUT_TEMPLATE + number;
}
