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
#include "made.h"
#include "policy/checksum.h"
#include "policy/layout.h"

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

static bool stop(void *context, const struct image_rule *rule)
{
	unsigned *found = context;

	cr_assert_lt(rule->list, 2);
	++*found;
	return false;
}

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

/* A small image as bytes; with right sums again after `change`. */
static uint8_t *image_bytes(size_t *len)
{
	uint8_t *at;

	made_list(&made, "one");
	made_list(&made, "two");
	made_rule(&made, "example.org", true, 1);
	made_rule(&made, "a.example.org", false, 300);
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
		ROW(records.at, 1 << 20), ROW(records.len, 1 << 20),
		ROW(records.at, UINT64_MAX), ROW(records.len, UINT64_MAX),
		ROW(index.at, 193), ROW(index.at, 1 << 20),
		ROW(index.len, UINT64_MAX - 63), ROW(index.len, 1 << 20),
		ROW(index.len, 0), ROW(lists.at, 1 << 20),
		ROW(lists.len, 128), ROW(lists.len, 127),
		ROW(lists.len, UINT64_MAX), ROW(homes, 1 << 20),
		ROW(homes, UINT64_MAX),
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
	memset(at + header.lists.at, 'x', 2 * sizeof(struct image_list));
	write_with_sums(at, len);
	cr_assert_eq(image_open(&image, made.path), 0);
	cr_expect_eq(strlen(image_list(image, 0)->name), IMAGE_LIST_NAME - 1);
	cr_expect_eq(strlen(image_list(image, 1)->name), IMAGE_LIST_NAME - 1);
	image_close(image);
	free(at);
}

/* As when a disk goes bad under a server that has opened it already. */
Test(damage, damage_after_opening_costs_verdicts_only)
{
	static const char *const asked[] = {
		"example.org", "a.example.org", "x.a.example.org", "net",
	};
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
		unsigned found = 0;
		struct name name = made_name(asked[round % 4]);

		cr_assert_eq(pwrite(fd, &byte, 1, place), 1);
		image_match(image, &name, stop, &found);
		cr_assert_str_neq(image_list(image, 0)->name, "");
	}
	close(fd);
	image_close(image);
	free(at);
}
