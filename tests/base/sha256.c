/*
 * FIPS 180-4, the examples of NIST; then around the block of 64 bytes, and in
 * pieces.
 */
#include "base/sha256.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void assert_is(const uint8_t digest[SHA256_SIZE], const char *want)
{
	char text[2 * SHA256_SIZE + 1];

	for (unsigned i = 0; i < SHA256_SIZE; i++)
		snprintf(text + 2 * i, 3, "%02x", digest[i]);
	cr_assert_str_eq(text, want);
}

Test(sha256, the_examples)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991"
		  "b7852b855" },
		{ "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410"
		  "ff61f20015ad" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db"
		  "06c1" },
	};
	uint8_t digest[SHA256_SIZE];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		sha256_of(rows[i].text, strlen(rows[i].text), digest);
		assert_is(digest, rows[i].want);
	}
}

Test(sha256, a_million_letters)
{
	uint8_t digest[SHA256_SIZE];
	char *text = malloc(1000000);

	cr_assert_not_null(text);
	memset(text, 'a', 1000000);
	sha256_of(text, 1000000, digest);
	assert_is(digest, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046"
		  "d39ccc7112cd0");
	free(text);
}

Test(sha256, pieces_are_the_whole)
{
	uint8_t bytes[200], whole[SHA256_SIZE], parts[SHA256_SIZE];

	for (unsigned i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 7);
	for (size_t len = 0; len <= sizeof(bytes); len++) {
		sha256_of(bytes, len, whole);
		for (size_t cut = 0; cut <= len; cut++) {
			struct sha256 sum;

			sha256_init(&sum);
			sha256_add(&sum, bytes, cut);
			sha256_add(&sum, bytes + cut, len - cut);
			sha256_end(&sum, parts);
			cr_assert_arr_eq(parts, whole, SHA256_SIZE,
					 "%zu of %zu", cut, len);
		}
	}
}
