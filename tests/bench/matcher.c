/*
 * What rules that are no names cost a query.
 *
 *	matcher NAMES [PATTERNS]
 *
 * NAMES is a list of names, one a line (tests/bench/names); PATTERNS are
 * Adblock patterns, in place of 650 made-up ones.  Each figure is processor
 * time of matcher_match for a name, the loop around it taken off.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "base/file.h"
#include "policy/matcher.h"
#include "policy/rule.h"

enum { NAMES = 20000, ROUNDS = 20, PATTERN = 64 };

static struct name names[NAMES];
static unsigned name_count;
static struct matcher_scratch *scratch;

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static void die(const char *what, int error)
{
	fprintf(stderr, "%s: %s\n", what, error_words(error));
	exit(1);
}

static struct bytes next_line(struct bytes *text)
{
	const uint8_t *end = memchr(text->at, '\n', text->len);
	size_t len = end ? (size_t)(end - text->at) : text->len;
	struct bytes line = bytes_of(text->at, len);

	len += end != NULL;
	*text = bytes_of(text->at + len, text->len - len);
	return line;
}

static struct bytes read_text(const char *path)
{
	uint8_t *at;
	size_t len;
	int error = file_read(path, SIZE_MAX / 4, &at, &len);

	if (error < 0)
		die(path, error);
	return bytes_of(at, len);
}

static void read_names(const char *path)
{
	struct bytes text = read_text(path);

	while (text.len > 0 && name_count < NAMES)
		if (name_parse(&names[name_count], next_line(&text)) == 0)
			name_count++;
	if (name_count == 0)
		die(path, ERROR_MALFORMED);
}

static bool count(void *context, const struct matcher_rule *rule)
{
	(void)rule;
	++*(uint64_t *)context;
	return true;
}

static void put(struct matcher *matcher, unsigned scope, struct bytes pattern)
{
	struct matcher_rule rule = {
		.scope = (uint8_t)scope, .pattern = pattern,
	};

	if (matcher_add(matcher, &rule) < 0)
		die("adding a rule", ERROR_FULL);
}

/* Patterns that a number makes, kept for as long as the program runs. */
static void put_made(struct matcher *matcher, unsigned scope,
		     const char *format, unsigned rules)
{
	for (unsigned i = 0; i < rules; i++) {
		char *words = malloc(PATTERN);
		unsigned number = i * 2654435761u;

		if (!words)
			die("patterns", ERROR_FULL);
		for (unsigned j = 0; format[j] || (words[j] = '\0'); j++) {
			words[j] = format[j];
			if (format[j] == '@') {
				words[j] = (char)('a' + number % 26);
				number /= 13;
			}
		}
		put(matcher, scope, bytes_of_string(words));
	}
}

static double walk(const struct matcher *matcher, uint64_t *matches)
{
	double before = now();

	*matches = 0;
	for (unsigned round = 0; round < ROUNDS; round++)
		for (unsigned i = 0; i < name_count; i++)
			matcher_match(matcher, scratch, &names[i], count,
				      matches);
	return (now() - before) / ((double)ROUNDS * name_count);
}

static void ready(struct matcher *matcher)
{
	if (matcher_ready(matcher) < 0)
		die("matcher", ERROR_FULL);
}

static void tell(const char *what, struct matcher *matcher, double before)
{
	uint64_t matches;
	double made, took;

	ready(matcher);
	made = (now() - before) / 1e6;
	walk(matcher, &matches);
	took = walk(matcher, &matches);
	printf("%-34s %8.1f ns a name, %6.2f matches in 100, "
	       "%7.1f ms to open\n", what, took,
	       100.0 * (double)matches / ((double)ROUNDS * name_count), made);
	matcher_free(matcher);
}

/* Without a figure of its own: what a rule makes of a number. */
static void bench(const char *what, unsigned scope, const char *format,
		  unsigned rules)
{
	struct matcher *matcher = matcher_new();
	double before = now();

	put_made(matcher, scope, format, rules);
	tell(what, matcher, before);
}

static void bench_list(const char *path)
{
	struct matcher *matcher = matcher_new();
	struct bytes text = read_text(path);
	double before = now();

	while (text.len > 0)
		put(matcher, RULE_PATTERN, next_line(&text));
	tell(path, matcher, before);
}

static void bench_prefixes(unsigned rules)
{
	struct matcher *matcher = matcher_new();
	struct matcher_rule rule = { .scope = RULE_ADDRESS };
	double before = now();
	uint64_t matches = 0;
	uint8_t raw[4];

	rule.prefix = (struct prefix){ AF_INET, 32, { 0 } };
	for (unsigned i = 0; i < rules; i++) {
		rule.prefix.bits = i % 1000 == 0 ? 24 : 32;
		bytes_put32(rule.prefix.at, i * 2654435761u &
			    (rule.prefix.bits == 24 ? ~255u : ~0u));
		if (matcher_add(matcher, &rule) < 0)
			die("adding a prefix", ERROR_FULL);
	}
	ready(matcher);
	printf("%u prefixes: %.1f ms to open, ", rules, (now() - before) / 1e6);
	before = now();
	for (unsigned i = 0; i < 10000000; i++) {
		bytes_put32(raw, i * 2246822519u);
		matcher_match_address(matcher, bytes_of(raw, 4), count,
				      &matches);
	}
	printf("%.1f ns an address, %" PRIu64 " of 10000000 match\n",
	       (now() - before) / 1e7, matches);
	matcher_free(matcher);
}

int main(int argc, char **argv)
{
	if (argc < 2 || argc > 3) {
		fprintf(stderr, "usage: %s NAMES [PATTERNS]\n", argv[0]);
		return 2;
	}
	read_names(argv[1]);
	scratch = matcher_scratch_new();
	bench("nothing", RULE_REGEX, "", 0);
	bench("100 regexes with literals", RULE_REGEX,
	      "^(.+[_.-])?zz@@@@[0-9]*[_.-]", 100);
	bench("5000 regexes with literals", RULE_REGEX,
	      "^(.+[_.-])?zz@@@@[0-9]*[_.-]", 5000);
	bench("5000 regexes of names and digits", RULE_REGEX,
	      "^(a|c)[0-9]*\\.@@@@@@@\\.com$", 5000);
	bench("1 regex without a literal", RULE_REGEX, "^[a-z]{16}\\.", 1);
	bench("1 regex with a short one", RULE_REGEX,
	      "^ad([sxv]?[0-9]*|system)[_.-]", 1);
	bench("1 regex, costlier", RULE_REGEX,
	      "^([a-z]+[0-9]+\\.)+[a-z]{2}$", 1);
	bench("the same by the interpreter", RULE_REGEX,
	      "(*NO_JIT)^([a-z]+[0-9]+\\.)+[a-z]{2}$", 1);
	if (argc > 2)
		bench_list(argv[2]);
	else
		bench("650 patterns", RULE_PATTERN, "||sdk-@@*.@@@@@@.com^",
		      650);
	bench_prefixes(45000);
	matcher_scratch_free(scratch);
	return 0;
}
