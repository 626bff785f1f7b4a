/*
 * Rules made of any bytes, a line each, become an image; each that was not
 * taken back is found under its name, with its terms and its line.
 *
 *	byte: scope, terms, taken back, another list	name, blank, rest
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/text.h"
#include "policy/build.h"
#include "policy/rule.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	RULES = BUILD_RULES_OF_ONE,
	BELOW = 3, TERMS = 4, BAD = 8, LIST = 16, PATTERN = 32,
};

struct said {
	struct name name;
	struct bytes text, terms;
	uint8_t scope;
};

struct saying {
	struct said rules[RULES];
	unsigned count;
	bool takes_back;
	struct build *build;
};

static void say(struct saying *saying, uint8_t how, struct bytes line)
{
	static const struct image_list list = { .name = "list" };
	const uint8_t *blank = memchr(line.at, ' ', line.len);
	struct said *said = &saying->rules[saying->count];
	struct bytes word = line;
	struct rule rule = { .line = saying->count, .text = line };

	if (blank)
		word.len = (size_t)(blank - line.at);
	if (how & LIST && build_list(saying->build, &list) < 0)
		return;
	rule.bad = how & BAD;
	rule.scope = (how & BELOW) % 3;
	rule.pattern = word;
	if (how & PATTERN)
		rule.scope = (uint8_t)(RULE_SUFFIX + how % 4);
	else if (name_parse(&rule.name, word) < 0)
		return;
	said->terms = bytes_of(line.at, how & TERMS ? line.len : 0);
	if (build_rule(saying->build, &rule, said->terms) < 0)
		return;
	saying->takes_back |= rule.bad;
	said->name = rule.name;
	said->scope = rule.scope;
	said->text = line;
	saying->count++;
}

/* Rules with terms have their line for terms, so it is known which it is. */
static bool text_is(const struct image *image, const struct image_rule *rule,
		    const struct said *said)
{
	char room[1100];
	struct text text;

	if (said->terms.len == 0)
		return true;
	text_init(&text, room, sizeof(room));
	image_text(image, rule, &said->name, &text);
	if (said->text.len > IMAGE_TEXT)
		return text.len == IMAGE_TEXT;
	return text.len == said->text.len &&
	       memcmp(room, said->text.at, text.len) == 0;
}

struct wanted {
	const struct image *image;
	const struct said *said;
	bool found;
};

static bool note(void *context, const struct image_rule *rule)
{
	struct wanted *wanted = context;
	const struct said *said = wanted->said;

	wanted->found |= rule->scope == said->scope &&
		rule->terms.len == said->terms.len &&
		memcmp(rule->terms.at, said->terms.at, said->terms.len) == 0 &&
		text_is(wanted->image, rule, said);
	return true;
}

static void check(const struct image *image, const struct saying *saying)
{
	for (unsigned i = 0; i < saying->count; i++) {
		const struct said *said = &saying->rules[i];
		struct wanted wanted = { image, said, false };

		if (said->scope >= RULE_BELOW)
			continue;
		image_match(image, &said->name, note, &wanted);
		if (!wanted.found && !saying->takes_back)
			abort();
	}
}

static void write_and_check(const struct saying *saying)
{
	static const uint8_t inputs[32];
	int fd = memfd_create("image", MFD_CLOEXEC);
	struct image *image;
	char path[64];

	if (fd < 0 || build_write(saying->build, fd, 1, inputs) < 0)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (image_open(&image, path) < 0)
		abort();
	check(image, saying);
	image_close(image);
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct saying *saying = calloc(1, sizeof(*saying));
	const uint8_t *end;

	if (!saying)
		return 0;
	saying->build = build_new();
	if (!saying->build)
		abort();
	for (; size > 1 && saying->count < RULES; data = end, size--) {
		struct bytes line = bytes_of(data + 1, size - 1);

		end = memchr(line.at, '\n', line.len);
		end = end ? end + 1 : data + size;
		line.len = (size_t)(end - line.at) - (end[-1] == '\n');
		say(saying, saying->count ? data[0] : data[0] | LIST, line);
		size -= (size_t)(end - data) - 1;
	}
	write_and_check(saying);
	build_free(saying->build);
	free(saying);
	return 0;
}
