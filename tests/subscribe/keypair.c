/*
 * The household's key: what it signs is taken by what checks signatures, and
 * nobody else gets at it.
 */
#include "subscribe/keypair.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/text.h"
#include "folder.h"

static char folder[32], secret[64], public[64], words[4096];
static const struct keypair_paths paths = { secret, public };
static struct keypair pair;

static void set_up(void)
{
	if (!minisign_is_built())
		cr_skip_test("built without libsodium");
	folder_make(folder);
	snprintf(secret, sizeof(secret), "%s/household.key", folder);
	snprintf(public, sizeof(public), "%s/household.pub", folder);
	cr_assert_eq(keypair_make(&pair), 0);
}

static void tear_down(void)
{
	if (folder[0] != '\0')
		folder_drop(folder);
}

TestSuite(keypair, .init = set_up, .fini = tear_down);

static mode_t mode_of(const char *path)
{
	struct stat status;

	cr_assert_eq(stat(path, &status), 0);
	return status.st_mode & 07777;
}

static int check(const char *key, const char *text, const char *signature)
{
	char trouble[256];
	struct text out;

	text_init(&out, trouble, sizeof(trouble));
	return minisign_verify(key, bytes_of_string(text),
			       bytes_of_string(signature), &out);
}

Test(keypair, what_it_signs_is_its_own)
{
	struct keypair other;
	struct text text;

	text_init(&text, words, sizeof(words));
	cr_assert_eq(keypair_make(&other), 0);
	cr_assert_eq(keypair_sign(&pair, bytes_of_string("text"), "now",
				  &text), 0);
	cr_expect_eq(check(pair.public_key, "text", words), 0);
	cr_expect_eq(check(pair.public_key, "Text", words), ERROR_REFUSED);
	cr_expect_eq(check(other.public_key, "text", words), ERROR_REFUSED);
}

Test(keypair, a_comment_is_one_line)
{
	struct text text;

	text_init(&text, words, sizeof(words));
	cr_expect_eq(keypair_sign(&pair, bytes_of_string("text"),
				  "now\nand more", &text), ERROR_MALFORMED);
}

Test(keypair, its_files_are_for_whom_they_are)
{
	umask(0);
	cr_assert_eq(keypair_store(&pair, &paths, false), 0);
	cr_expect_eq(mode_of(secret), 0600);
	cr_expect_eq(mode_of(public), 0644);
}

Test(keypair, is_read_as_it_was_stored)
{
	struct keypair again;
	char key[MINISIGN_KEY];
	uint8_t *at;
	size_t len;

	cr_assert_eq(keypair_store(&pair, &paths, false), 0);
	cr_assert_eq(keypair_read(&again, secret), 0);
	cr_expect_eq(memcmp(&again, &pair, sizeof(pair)), 0);
	cr_assert_eq(file_read(public, 4096, &at, &len), 0);
	cr_expect(minisign_find_key(bytes_of(at, len), key));
	cr_expect_str_eq(key, pair.public_key);
	free(at);
}

Test(keypair, is_not_written_over)
{
	struct keypair again;

	cr_assert_eq(keypair_store(&pair, &paths, false), 0);
	cr_assert_eq(keypair_make(&again), 0);
	cr_expect_eq(keypair_store(&again, &paths, false), -EEXIST);
	cr_assert_eq(keypair_read(&again, secret), 0);
	cr_expect_eq(memcmp(&again, &pair, sizeof(pair)), 0);
}

Test(keypair, a_new_one_leaves_the_public_half_of_the_old_one)
{
	char path[128];
	struct keypair again;
	uint8_t *at;
	size_t len;
	int length;

	cr_assert_eq(keypair_store(&pair, &paths, false), 0);
	cr_assert_eq(keypair_make(&again), 0);
	cr_assert_eq(keypair_store(&again, &paths, true), 0);
	length = snprintf(path, sizeof(path), "%s.", public);
	for (int i = 8; i-- > 0; length += 2)
		snprintf(path + length, 3, "%02X", pair.number[i]);
	cr_assert_eq(file_read(path, 4096, &at, &len), 0);
	cr_expect_not_null(strstr((char *)at, pair.public_key));
	free(at);
}

Test(keypair, that_others_can_read_is_refused)
{
	struct keypair again;

	cr_assert_eq(keypair_store(&pair, &paths, false), 0);
	cr_assert_eq(chmod(secret, 0640), 0);
	cr_expect_eq(keypair_read(&again, secret), ERROR_REFUSED);
	cr_expect_eq(keypair_read(&again, "/nowhere/key"), -ENOENT);
}

/* Made by minisign 0.11 with -W, which leaves the checksum out. */
Test(keypair, of_minisign_is_read)
{
	static const char key[] =
		"untrusted comment: minisign encrypted secret key\n"
		"RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
		"AAAAAAAAAAAAAA3CUSnAcFuw/U8nbZbmud6dAzGHMJ/jwV0QSmMgh58w8j"
		"jiMKCRulmNCiAoVgEbI58yhOwMBkwgjpav1RNKA/Xr0807wrBpP/AAAAAA"
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
	struct keypair again;

	folder_write(folder, "household.key", key);
	cr_assert_eq(chmod(secret, 0600), 0);
	cr_assert_eq(keypair_read(&again, secret), 0);
	cr_expect_str_eq(again.public_key, "RWTcJRKcBwW7D9CiAoVgEbI58yhOwMBkwg"
			 "jpav1RNKA/Xr0807wrBpP/");
}

/* Every letter of the file: it is the same key, or none. */
Test(keypair, that_was_changed_is_none)
{
	struct keypair again;
	uint8_t *at;
	size_t len, from;

	cr_assert_eq(keypair_store(&pair, &paths, false), 0);
	cr_assert_eq(file_read(secret, 4096, &at, &len), 0);
	from = (size_t)((uint8_t *)strchr((char *)at, '\n') - at) + 1;
	for (size_t i = from; i + 1 < len; i++) {
		at[i] ^= 1;
		folder_write(folder, "household.key", (char *)at);
		if (keypair_read(&again, secret) == 0)
			cr_expect_eq(memcmp(again.secret, pair.secret,
					    sizeof(pair.secret)), 0, "%zu", i);
		at[i] ^= 1;
	}
	free(at);
}

Test(keypair, a_fingerprint_is_of_the_key_alone)
{
	char one[KEYPAIR_FINGERPRINT], other[KEYPAIR_FINGERPRINT];

	cr_assert_eq(keypair_fingerprint("RWToKwv3vsRogPrRYwv/wyC0IPxGzremG8Wd"
					 "hy2Mxh9UUSwfhv30ZFep", one), 0);
	cr_expect_eq(strlen(one), KEYPAIR_FINGERPRINT - 1);
	/* The key's number is another one. */
	cr_assert_eq(keypair_fingerprint("RWToKwv3vsRogfrRYwv/wyC0IPxGzremG8Wd"
					 "hy2Mxh9UUSwfhv30ZFep", other), 0);
	cr_expect_str_eq(one, other);
	cr_expect_eq(keypair_fingerprint("RW", one), ERROR_MALFORMED);
}
