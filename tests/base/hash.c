#include "base/hash.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Bytes 0 to 15, as in the paper's own vectors. */
static const struct hash_key key = {
	{ 0x0706050403020100, 0x0f0e0d0c0b0a0908 }
};

/*
 * Computed with a separate implementation whose SipHash-2-4 agrees with the
 * paper (appendix A: 15 bytes, a129ca6149be45e5); message: 0, 1, 2, ...
 */
Test(hash, known_values)
{
	static const struct {
		size_t len;
		uint64_t hash;
	} rows[] = {
		{ 0, 0xabac0158050fc4dc }, { 1, 0xc9f49bf37d57ca93 },
		{ 2, 0x82cb9b024dc7d44d }, { 3, 0x8bf80ab8e7ddf7fb },
		{ 4, 0xcf75576088d38328 }, { 5, 0xdef9d52f49533b67 },
		{ 6, 0xc50d2b50c59f22a7 }, { 7, 0xd3927d989bb11140 },
		{ 8, 0x369095118d299a8e }, { 9, 0x25a48eb36c063de4 },
		{ 15, 0xd320d86d2a519956 }, { 16, 0xcc4fdd1a7d908b66 },
		{ 63, 0x9d199062b7bbb3a8 }, { 64, 0xf17997ec4b4a6065 },
		{ 255, 0xf76214e3153c4a15 },
	};
	uint8_t message[255];

	for (size_t i = 0; i < sizeof(message); i++)
		message[i] = (uint8_t)i;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_assert_eq(hash_bytes(&key, message, rows[i].len),
			     rows[i].hash, "%zu bytes", rows[i].len);
}

static size_t put_label(uint8_t *label, const char *text)
{
	size_t len = strlen(text);

	label[0] = (uint8_t)len;
	memcpy(label + 1, text, len);
	return len + 1;
}

Test(hash, known_values_of_a_walk)
{
	static const struct {
		const char *label;
		uint64_t hash;
	} rows[] = {
		{ "com", 0x664a07a6f0ef39b6 },
		{ "example", 0x6cc0d8d32bcc145c },
		{ "sixsix", 0xc01c9324426f6c1c },
		{ "www", 0x11bf47024b1923a3 },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 0xe03cfacf083b6c8f },
		{ "bbbbbbbb", 0xf7e753d2d7852893 },
		{ "c", 0x89a856e7ca217858 },
	};
	struct hash_walk walk;
	uint8_t label[64];

	hash_walk_init(&walk, &key);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		put_label(label, rows[i].label);
		hash_walk_label(&walk, label);
		cr_assert_eq(hash_walk_value(&walk), rows[i].hash, "%s",
			     rows[i].label);
		cr_assert_eq(hash_walk_value(&walk), rows[i].hash,
			     "telling the hash changed the walk");
	}
}

/* Memory of exactly its size, so that a sanitizer sees a byte too many. */
Test(hash, a_label_is_not_read_beyond_its_end)
{
	for (uint8_t len = 1; len <= 63; len++) {
		uint8_t *label = calloc(1, len + 1u);
		uint8_t *padded = malloc(80);
		struct hash_walk one, other;

		label[0] = len;
		memset(padded, 0xff, 80);
		memcpy(padded, label, len + 1u);
		hash_walk_init(&one, &key);
		hash_walk_init(&other, &key);
		hash_walk_label(&one, label);
		hash_walk_label(&other, padded);
		cr_assert_eq(hash_walk_value(&one), hash_walk_value(&other),
			     "length %u", len);
		free(label);
		free(padded);
	}
}

static uint64_t hash_labels(const char *one, const char *other)
{
	struct hash_walk walk;
	uint8_t label[64];

	hash_walk_init(&walk, &key);
	put_label(label, one);
	hash_walk_label(&walk, label);
	if (*other != '\0') {
		put_label(label, other);
		hash_walk_label(&walk, label);
	}
	return hash_walk_value(&walk);
}

Test(hash, where_labels_part_matters)
{
	cr_assert_neq(hash_labels("ab", "c"), hash_labels("a", "bc"));
	cr_assert_neq(hash_labels("ab", "c"), hash_labels("abc", ""));
	cr_assert_neq(hash_labels("ab", "c"), hash_labels("c", "ab"));
	cr_assert_neq(hash_labels("abcdefg", "h"), hash_labels("abcdefgh", ""));
	cr_assert_neq(hash_labels("a\1b", ""), hash_labels("a", "b"));
}

Test(hash, the_key_matters)
{
	struct hash_key one, other;

	hash_key_draw(&one);
	hash_key_draw(&other);
	cr_assert_neq(one.word[0], other.word[0]);
	cr_assert_neq(one.word[1], other.word[1]);
	cr_assert_neq(hash_bytes(&one, "abc", 3), hash_bytes(&other, "abc", 3));
}

/* One bit in: about half of the bits out. */
Test(hash, avalanche)
{
	uint8_t message[24];
	unsigned total = 0, rounds = 0;

	srand(20261122);
	for (unsigned i = 0; i < 500; i++) {
		uint64_t before, after;

		for (size_t j = 0; j < sizeof(message); j++)
			message[j] = (uint8_t)rand();
		before = hash_bytes(&key, message, sizeof(message));
		message[i % 24] ^= (uint8_t)(1 << i % 8);
		after = hash_bytes(&key, message, sizeof(message));
		total += (unsigned)__builtin_popcountll(before ^ after);
		rounds++;
	}
	cr_assert(total > rounds * 30 && total < rounds * 34, "%u of %u", total,
		  rounds * 64);
}
