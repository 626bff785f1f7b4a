/*
 * A signature file is four lines, the second and the fourth in base64:
 *
 *	untrusted comment: anything
 *	"Ed" or "ED", the key's number, 64 bytes over the text or its digest
 *	trusted comment: time, name
 *	64 bytes over those 64 and the trusted comment
 *
 * A key is "Ed", its number and 32 bytes.  The comments are never shown: the
 * first is anybody's.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "subscribe/minisign.h"

#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#ifdef HAVE_SODIUM
#include "subscribe/minisign_form.h"
#endif

enum { KEY_TEXT = MINISIGN_KEY - 1 };

__attribute__((format(printf, 2, 3)))
static int refuse(struct text *trouble, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	text_put_list(trouble, format, args);
	va_end(args);
	return ERROR_REFUSED;
}

/* The next line, without its end; an editor may have left CRs. */
static struct bytes take_line(struct bytes *rest)
{
	const uint8_t *end = rest->len ? memchr(rest->at, '\n', rest->len)
				       : NULL;
	size_t len = end ? (size_t)(end - rest->at) : rest->len;
	struct bytes line = bytes_of(rest->at, len);

	rest->at += end ? len + 1 : len;
	rest->len -= end ? len + 1 : len;
	while (line.len > 0 && line.at[line.len - 1] == '\r')
		line.len--;
	return line;
}

bool minisign_find_key(struct bytes file, char key[MINISIGN_KEY])
{
	struct bytes line = { 0 };

	while (file.len > 0) {
		line = take_line(&file);
		if (line.len != KEY_TEXT)
			continue;
		memcpy(key, line.at, KEY_TEXT);
		key[KEY_TEXT] = '\0';
		if (minisign_is_key(key))
			return true;
	}
	return false;
}

#ifdef HAVE_SODIUM

struct signature {
	struct minisign_part part;
	struct bytes comment;		/* trusted, without its label */
	uint8_t global[crypto_sign_BYTES];
};

bool minisign_is_built(void)
{
	return true;
}

/*
 * All of `base64`, and it is just `len` bytes.  libsodium (1.0.18) takes
 * every byte above ASCII for a '/'; but there is to be one way to write a
 * signature, so that a changed one is seen.
 */
static bool decode(void *at, size_t len, struct bytes base64)
{
	size_t got;

	for (size_t i = 0; i < base64.len; i++)
		if (base64.at[i] > '~')
			return false;
	return sodium_base642bin(at, len, (const char *)base64.at, base64.len,
				 NULL, &got, NULL,
				 sodium_base64_VARIANT_ORIGINAL) == 0 &&
	       got == len;
}

static bool key_parse(struct minisign_public *key, const char *text)
{
	return strlen(text) == KEY_TEXT &&
	       decode(key, sizeof(*key), bytes_of(text, KEY_TEXT)) &&
	       memcmp(key->algorithm, "Ed", 2) == 0;
}

bool minisign_is_key(const char *text)
{
	struct minisign_public key;

	return key_parse(&key, text);
}

static bool take_label(struct bytes *line, const char *label)
{
	size_t len = strlen(label);

	if (line->len < len || memcmp(line->at, label, len) != 0)
		return false;
	line->at += len;
	line->len -= len;
	return true;
}

static bool signature_parse(struct signature *signature, struct bytes file)
{
	struct bytes untrusted = take_line(&file);
	struct bytes part = take_line(&file);

	signature->comment = take_line(&file);
	return take_label(&untrusted, "untrusted comment: ") &&
	       take_label(&signature->comment, "trusted comment: ") &&
	       decode(&signature->part, sizeof(signature->part), part) &&
	       decode(signature->global, sizeof(signature->global),
		      take_line(&file)) &&
	       take_line(&file).len == 0 && file.len == 0;
}

static bool is_of_text(const struct minisign_public *key,
		       const struct minisign_part *part, struct bytes text)
{
	uint8_t digest[crypto_generichash_BYTES_MAX];

	if (part->algorithm[1] == 'D') {
		crypto_generichash(digest, sizeof(digest), text.at, text.len,
				   NULL, 0);
		text = bytes_of(digest, sizeof(digest));
	}
	return crypto_sign_verify_detached(part->at, text.at, text.len,
					   key->at) == 0;
}

static bool is_of_comment(const struct minisign_public *key,
			  const struct signature *signature)
{
	uint8_t both[crypto_sign_BYTES + MINISIGN_LIMIT];
	size_t len = signature->comment.len;

	if (len > MINISIGN_LIMIT)
		return false;
	memcpy(both, signature->part.at, crypto_sign_BYTES);
	memcpy(both + crypto_sign_BYTES, signature->comment.at, len);
	return crypto_sign_verify_detached(signature->global, both,
					   crypto_sign_BYTES + len,
					   key->at) == 0;
}

/* As minisign shows it. */
static uint64_t number_of(const uint8_t number[MINISIGN_NUMBER])
{
	uint64_t value = 0;

	for (int i = MINISIGN_NUMBER; i-- > 0;)
		value = value << 8 | number[i];
	return value;
}

int minisign_verify(const char *key_text, struct bytes text,
		    struct bytes file, struct text *trouble)
{
	struct signature signature;
	struct minisign_part *part = &signature.part;
	struct minisign_public key;

	if (sodium_init() < 0)
		return refuse(trouble, "libsodium does not start");
	if (!key_parse(&key, key_text))
		return refuse(trouble, "the key is no minisign key");
	if (!signature_parse(&signature, file) || part->algorithm[0] != 'E' ||
	    (part->algorithm[1] != 'd' && part->algorithm[1] != 'D'))
		return refuse(trouble, "this is no minisign signature");
	if (memcmp(part->number, key.number, MINISIGN_NUMBER) != 0)
		return refuse(trouble, "signed by another key: %016" PRIX64
			      " instead of %016" PRIX64,
			      number_of(part->number), number_of(key.number));
	if (!is_of_text(&key, part, text))
		return refuse(trouble, "the signature is not of this text");
	if (!is_of_comment(&key, &signature))
		return refuse(trouble, "its trusted comment was changed");
	return 0;
}

#else

bool minisign_is_built(void)
{
	return false;
}

bool minisign_is_key(const char *text)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789+/";

	return strlen(text) == KEY_TEXT && strncmp(text, "RW", 2) == 0 &&
	       strspn(text, letters) == KEY_TEXT;
}

int minisign_verify(const char *key, struct bytes text, struct bytes file,
		    struct text *trouble)
{
	(void)key;
	(void)text;
	(void)file;
	return refuse(trouble, "this homebound was built without libsodium "
		      "and cannot check signatures");
}

#endif
