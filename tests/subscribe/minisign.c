/*
 * Signatures: made by minisign, and what a stranger would try instead.
 */
#include "subscribe/minisign.h"

#include <criterion/criterion.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "signed.h"

static char words[256];

static int verify_with(const char *key, const char *signed_text,
		       const char *signature)
{
	struct text trouble;

	text_init(&trouble, words, sizeof(words));
	return minisign_verify(key, bytes_of_string(signed_text),
			       bytes_of_string(signature), &trouble);
}

static int verify(const char *signed_text, const char *signature)
{
	return verify_with(SIGNED_KEY, signed_text, signature);
}

static void setup(void)
{
	if (!minisign_is_built())
		cr_skip_test("built without libsodium");
}

TestSuite(minisign, .init = setup);

Test(minisign, takes_what_minisign_made)
{
	cr_expect_eq(verify(SIGNED_TEXT, SIGNED_SIGNATURE), 0, "%s", words);
	cr_expect_str_empty(words);
	cr_expect_eq(verify(SIGNED_TEXT, SIGNED_LEGACY), 0, "%s", words);
	cr_expect_eq(verify_with(SIGNED_OTHER_KEY, SIGNED_TEXT,
				 SIGNED_BY_OTHER), 0, "%s", words);
}

Test(minisign, another_text)
{
	static const char *const texts[] = {
		"", "track.example\nmeter.example", SIGNED_TEXT "\n",
		"track.example\nmeter.exampld\n",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		cr_expect_eq(verify(texts[i], SIGNED_SIGNATURE),
			     ERROR_REFUSED);
		cr_expect_str_eq(words, "the signature is not of this text");
		cr_expect_eq(verify(texts[i], SIGNED_LEGACY), ERROR_REFUSED);
		cr_expect_str_eq(words, "the signature is not of this text");
	}
}

Test(minisign, another_key)
{
	cr_expect_eq(verify(SIGNED_TEXT, SIGNED_BY_OTHER), ERROR_REFUSED);
	cr_expect_str_eq(words, "signed by another key: A20002676322D2D3 "
			 "instead of 8068C4BEF70B2BE8");
}

Test(minisign, a_trusted_comment_that_was_changed)
{
	cr_expect_eq(verify(SIGNED_TEXT, SIGNED_UNTRUSTED SIGNED_PART
			    "trusted comment: homebound tess\n"
			    SIGNED_GLOBAL), ERROR_REFUSED);
	cr_expect_str_eq(words, "its trusted comment was changed");
	cr_expect_eq(verify(SIGNED_TEXT, SIGNED_UNTRUSTED SIGNED_PART
			    "trusted comment: \n" SIGNED_GLOBAL),
		     ERROR_REFUSED);
}

/* The untrusted comment is anybody's, and editors leave CRs. */
Test(minisign, what_may_be_different)
{
	cr_expect_eq(verify(SIGNED_TEXT, "untrusted comment: \n" SIGNED_PART
			    SIGNED_COMMENT SIGNED_GLOBAL), 0, "%s", words);
	cr_expect_eq(verify(SIGNED_TEXT, "untrusted comment: x\r\n" SIGNED_PART
			    "trusted comment: homebound test\r\n"
			    SIGNED_GLOBAL "\r\n"), 0, "%s", words);
}

Test(minisign, what_is_no_signature)
{
	static const char *const files[] = {
		"", "\n\n\n\n", "<html>404</html>", SIGNED_UNTRUSTED,
		SIGNED_UNTRUSTED SIGNED_PART SIGNED_COMMENT,
		SIGNED_PART SIGNED_COMMENT SIGNED_GLOBAL,
		SIGNED_UNTRUSTED SIGNED_PART SIGNED_GLOBAL SIGNED_COMMENT,
		SIGNED_UNTRUSTED SIGNED_PART SIGNED_COMMENT "A" SIGNED_GLOBAL,
		SIGNED_UNTRUSTED SIGNED_GLOBAL SIGNED_COMMENT SIGNED_GLOBAL,
		SIGNED_UNTRUSTED " " SIGNED_PART SIGNED_COMMENT SIGNED_GLOBAL,
		SIGNED_SIGNATURE "more\n", SIGNED_SIGNATURE SIGNED_SIGNATURE,
		SIGNED_UNTRUSTED "trusted comment: a\n" SIGNED_PART
			SIGNED_GLOBAL,
	};

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		cr_expect_eq(verify(SIGNED_TEXT, files[i]), ERROR_REFUSED);
		cr_expect_str_eq(words, "this is no minisign signature",
				 "%zu: %s", i, words);
	}
}

Test(minisign, an_algorithm_that_is_not_known)
{
	char signature[] = SIGNED_SIGNATURE;

	/* "RUTo": "ED" and the key's first byte; "RUXo": "EE". */
	strstr(signature, "RUTo")[2] = 'X';
	cr_expect_eq(verify(SIGNED_TEXT, signature), ERROR_REFUSED);
	cr_expect_str_eq(words, "this is no minisign signature");
}

Test(minisign, every_letter_of_it_counts)
{
	char signature[] = SIGNED_SIGNATURE;
	size_t from = strlen(SIGNED_UNTRUSTED);

	for (size_t i = from; i < strlen(signature); i++) {
		char letter = signature[i];

		signature[i] = letter == 'B' ? 'C' : 'B';
		cr_expect_eq(verify(SIGNED_TEXT, signature), ERROR_REFUSED,
			     "%zu", i);
		signature[i] = letter;
	}
}

Test(minisign, keys)
{
	static const char *const bad[] = {
		"", "RW", SIGNED_KEY "A", " " SIGNED_KEY, SIGNED_KEY "\n",
		"RUToKwv3vsRogPrRYwv/wyC0IPxGzremG8Wdhy2Mxh9UUSwfhv30ZFep",
		"RWToKwv3vsRogPrRYwv/wyC0IPxGzremG8Wdhy2Mxh9UUSwfhv30ZFe=",
		"RWToKwv3vsRogPrRYwv/wyC0IPxGzremG8Wdhy2Mxh9UUSwfhv30ZFe!",
	};

	cr_expect(minisign_is_key(SIGNED_KEY));
	cr_expect(minisign_is_key(SIGNED_OTHER_KEY));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		cr_expect_not(minisign_is_key(bad[i]), "%s", bad[i]);
		cr_expect_eq(verify_with(bad[i], SIGNED_TEXT,
					 SIGNED_SIGNATURE), ERROR_REFUSED);
		cr_expect_str_eq(words, "the key is no minisign key");
	}
}

/* What libsodium would take for a '/'. */
Test(minisign, bytes_above_ascii_are_no_letters)
{
	char signature[sizeof(SIGNED_SIGNATURE)];
	char *slash;

	strcpy(signature, SIGNED_SIGNATURE);
	slash = strchr(signature, '/');
	cr_assert_not_null(slash);
	*slash = (char)0x80;
	cr_expect_eq(verify(SIGNED_TEXT, signature), ERROR_REFUSED);
}
