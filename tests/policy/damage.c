/*
 * Damage: what a disk, a cut-off copy and a careful liar can do to an image
 * is noticed when it is opened, or costs verdicts only.
 */
#include "policy/image.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>

#include "base/error.h"
#include "base/file.h"
#include "found.h"
#include "policy/checksum.h"
#include "policy/layout.h"
#include "policy/matcher.h"

static struct made made;

static void setup(void)
{
	made_init(&made);
}

static void teardown(void)
{
	made_release(&made);
}

TestSuite(damage, .init = setup, .fini = teardown);

static void write_file(const void *at, size_t len)
{
	FILE *file = fopen(made.path, "wb");

	cr_assert_not_null(file);
	cr_assert_eq(fwrite(at, 1, len, file), len);
	cr_assert_eq(fclose(file), 0);
}

static int try_open(void)
{
	struct image *image = (struct image *)&made;
	int error = image_open(&image, made.path);

	if (error < 0)
		cr_assert_null(image);
	else
		image_close(image);
	return error;
}

Test(damage, what_is_no_image_is_foreign)
{
	cr_expect_eq(try_open(), -ENOENT);
	write_file("", 0);
	cr_expect_eq(try_open(), ERROR_FOREIGN);
	write_file("# a list\nexample.org\n", 21);
	cr_expect_eq(try_open(), ERROR_FOREIGN);
	write_file(LAYOUT_MAGIC, 8);
	cr_expect_eq(try_open(), ERROR_FOREIGN);
}

static void keep(unsigned scope, const char *words, const char *text,
		 const char *terms)
{
	struct rule rule = made_rule_of(scope, words, 300);

	rule.text = bytes_of_string(text);
	if (scope == RULE_ADDRESS)
		cr_assert_eq(prefix_parse(&rule.prefix, "192.0.2.0/24"), 0);
	made_keep(&made, &rule, terms);
}

/* One of them has rules for more bytes than a length is kept of. */
static void keep_many(void)
{
	char words[16], terms[16];

	for (unsigned i = 0; i < 120; i++) {
		snprintf(terms, sizeof(terms), "%u", i);
		snprintf(words, sizeof(words), "n%u.many", i);
		keep(RULE_SUBTREE, i % 2 ? words : "many", "", terms);
	}
}

/* A small image as bytes; with right sums again after `change`. */
static uint8_t *image_bytes(size_t *len)
{
	uint8_t *at;

	made_list(&made, "one");
	keep(RULE_EXACT, "example.org", "||example.org^", "terms");
	keep(RULE_BELOW, "example.org", "a line of its own", "");
	keep(RULE_SUBTREE, "a.example.org", "||a.example.org^", "");
	keep(RULE_SUBTREE, "b.example.org", "||b.example.org^", "");
	keep(RULE_REGEX, "^ad", "/^ad/", "terms");
	made_list(&made, "two");
	keep(RULE_SUBTREE, "example.org", "", "");
	keep(RULE_ADDRESS, "", "", "");
	keep_many();
	image_close(made_open(&made));
	cr_assert_eq(file_read(made.path, 1 << 20, &at, len), 0);
	return at;
}

static void write_with_sums(uint8_t *at, size_t len)
{
	struct layout_header header;
	struct checksum sum;

	memcpy(&header, at, sizeof(header));
	checksum_init(&sum);
	checksum_add(&sum, at + sizeof(header), len - sizeof(header));
	header.body_sum = checksum_value(&sum);
	checksum_init(&sum);
	checksum_add(&sum, &header,
		     offsetof(struct layout_header, header_sum));
	header.header_sum = checksum_value(&sum);
	memcpy(at, &header, sizeof(header));
	write_file(at, len);
}

Test(damage, another_version_or_byte_order_is_foreign)
{
	size_t len;
	uint8_t *at = image_bytes(&len);

	at[offsetof(struct layout_header, version)]++;
	write_with_sums(at, len);
	cr_expect_eq(try_open(), ERROR_FOREIGN);
	at[offsetof(struct layout_header, version)]--;
	at[offsetof(struct layout_header, order)]++;
	write_with_sums(at, len);
	cr_expect_eq(try_open(), ERROR_FOREIGN);
	free(at);
}

Test(damage, every_changed_byte_is_noticed)
{
	size_t len;
	uint8_t *at = image_bytes(&len);

	for (size_t i = 0; i < len; i++) {
		at[i] ^= 0x10;
		write_file(at, len);
		cr_assert_lt(try_open(), 0, "byte %zu of %zu", i, len);
		at[i] ^= 0x10;
	}
	write_file(at, len);
	cr_expect_eq(try_open(), 0);
	free(at);
}

Test(damage, every_missing_end_is_noticed)
{
	size_t len;
	uint8_t *at = image_bytes(&len);

	for (size_t i = 0; i < len; i++) {
		write_file(at, i);
		cr_assert_lt(try_open(), 0, "%zu bytes of %zu", i, len);
	}
	free(at);
}

/* Sections that do not lie in the file, under sums that are right. */
Test(damage, sections_are_checked)
{
	static const struct {
		const char *what;
		size_t field;
		uint64_t value;
	} rows[] = {
#define ROW(field, value) \
	{ #field " " #value, offsetof(struct layout_header, field), value }
#define SECTION(number) \
	ROW(part[number].at, 1 << 20), ROW(part[number].at, 321), \
	ROW(part[number].at, UINT64_MAX - 63), \
	ROW(part[number].len, 1 << 20), ROW(part[number].len, UINT64_MAX), \
	ROW(part[number].len, UINT64_MAX - 63)
		ROW(part[LAYOUT_LISTS].len, 192),
		ROW(part[LAYOUT_LISTS].len, 191), ROW(list_count, 1025),
		ROW(part[LAYOUT_INDEX].len, 0),
		ROW(part[LAYOUT_INDEX].len, 63),
		ROW(part[LAYOUT_REFERENCES].len, 0),
		ROW(part[LAYOUT_KINDS].len, 7),
		ROW(part[LAYOUT_PATTERNS].len, 47),
		ROW(homes, 1 << 20), ROW(homes, UINT64_MAX),
		SECTION(LAYOUT_RECORDS), SECTION(LAYOUT_INDEX),
		SECTION(LAYOUT_REFERENCES), SECTION(LAYOUT_PATTERNS),
		SECTION(LAYOUT_KINDS), SECTION(LAYOUT_TEMPLATES),
		SECTION(LAYOUT_LISTS), SECTION(LAYOUT_TERMS),
		SECTION(LAYOUT_TEXTS),
#undef SECTION
#undef ROW
	};
	size_t len;
	uint8_t *at = image_bytes(&len);
	uint64_t before;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		memcpy(&before, at + rows[i].field, sizeof(before));
		memcpy(at + rows[i].field, &rows[i].value, sizeof(before));
		write_with_sums(at, len);
		cr_expect_eq(try_open(), ERROR_DAMAGED, "%s", rows[i].what);
		memcpy(at + rows[i].field, &before, sizeof(before));
	}
	free(at);
}

Test(damage, a_list_name_ends_whatever_the_file_says)
{
	struct layout_header header;
	struct image *image;
	size_t len;
	uint8_t *at = image_bytes(&len);

	memcpy(&header, at, sizeof(header));
	memset(at + header.part[LAYOUT_LISTS].at, 'x',
	       2 * sizeof(struct image_list));
	write_with_sums(at, len);
	cr_assert_eq(image_open(&image, made.path), 0);
	cr_expect_eq(strlen(image_list(image, 0)->name), IMAGE_LIST_NAME - 1);
	cr_expect_eq(strlen(image_list(image, 1)->name), IMAGE_LIST_NAME - 1);
	image_close(image);
	free(at);
}

/* --- what is read of it all the same --- */

/* A sum, so that each byte has to be read. */
static unsigned check_rule(const struct image *image,
			   const struct image_rule *rule,
			   const struct name *name)
{
	unsigned sum = 0;
	char room[1100];
	struct text text;

	cr_assert_lt(rule->list, image_lists(image));
	cr_assert_leq(rule->scope, RULE_BELOW);
	for (size_t i = 0; i < rule->terms.len; i++)
		sum += rule->terms.at[i];
	text_init(&text, room, sizeof(room));
	image_text(image, rule, name, &text);
	cr_assert_lt(text.len, sizeof(room));
	return sum;
}

struct reading {
	const struct image *image;
	const struct name *name;
	unsigned count, sum;
};

static bool read_rule(void *context, const struct image_rule *rule)
{
	struct reading *reading = context;

	reading->sum += check_rule(reading->image, rule, reading->name);
	return ++reading->count < 1000;
}

static bool walk_rule(void *context, const struct name *name,
		      const struct image_rule *rule)
{
	struct reading *reading = context;

	reading->sum += check_rule(reading->image, rule, name);
	return ++reading->count < 1000;
}

/* Every byte that anything leads to, for the sanitizer to see. */
static unsigned read_all(const struct image *image)
{
	static const char *const asked[] = {
		"example.org", "a.example.org", "x.a.example.org", "net",
		"many", "n1.many", "x.n50.many", ".",
	};
	struct reading reading = { .image = image };
	struct matcher_rule rule;
	char room[1100];
	struct text text;

	for (size_t i = 0; i < sizeof(asked) / sizeof(*asked); i++) {
		struct name name = made_name(asked[i]);

		reading.name = &name;
		image_match(image, &name, read_rule, &reading);
	}
	image_walk(image, walk_rule, &reading);
	for (unsigned i = 0; i <= image_patterns(image); i++) {
		text_init(&text, room, sizeof(room));
		image_pattern_text(image, i, &text);
		if (!image_pattern(image, i, &rule))
			continue;
		cr_assert_lt(rule.list, image_lists(image));
		for (size_t j = 0; j < rule.pattern.len; j++)
			reading.sum += rule.pattern.at[j];
	}
	return reading.count;
}

Test(damage, nothing_is_missing_without_it)
{
	struct image *image;
	size_t len;

	free(image_bytes(&len));
	cr_assert_eq(image_open(&image, made.path), 0);
	cr_expect_eq(image_patterns(image), 2);
	cr_expect_gt(read_all(image), 100);
	image_close(image);
}

/* As when a disk goes bad under a server that has opened it already. */
Test(damage, damage_after_opening_costs_verdicts_only)
{
	size_t len;
	uint8_t *at = image_bytes(&len);
	struct image *image;
	int fd = open(made.path, O_RDWR);

	cr_assert_eq(image_open(&image, made.path), 0);
	srandom(9);
	for (unsigned round = 0; round < 3000; round++) {
		off_t place = (off_t)(sizeof(struct layout_header) +
				      (size_t)random() %
				      (len - sizeof(struct layout_header)));
		uint8_t byte = random() % 2 ? 0xff : (uint8_t)random();

		cr_assert_eq(pwrite(fd, &byte, 1, place), 1);
		read_all(image);
		cr_assert_str_neq(image_list(image, 0)->name, "");
		if (round % 50 == 0)
			cr_assert_eq(pwrite(fd, at, len, 0), (ssize_t)len);
	}
	close(fd);
	image_close(image);
	free(at);
}

/* By somebody who puts the sums right again. */
Test(damage, with_right_sums_costs_verdicts_only)
{
	size_t len;
	uint8_t *at = image_bytes(&len), *bad = malloc(len);
	struct image *image;
	unsigned opened = 0;

	srandom(10);
	for (unsigned round = 0; round < 3000; round++) {
		size_t cut = round % 7 ? len : (size_t)random() % len;

		memcpy(bad, at, len);
		for (long i = 1 + random() % 20; i > 0; i--)
			bad[32 + (size_t)random() % (len - 32)] =
				random() % 2 ? 0xff : (uint8_t)random();
		if (cut < sizeof(struct layout_header))
			continue;
		write_with_sums(bad, cut);
		if (image_open(&image, made.path) < 0)
			continue;
		opened++;
		read_all(image);
		image_close(image);
	}
	cr_expect_gt(opened, 500);
	free(bad);
	free(at);
}
