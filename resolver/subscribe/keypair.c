/*
 * The public half is written first: a kill between the two leaves a public
 * key without a secret one, which the next try writes over.  Whether there is
 * a secret key already is asked while the lock of its replacement is held, so
 * that two who make one at the same time do not both win.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "subscribe/keypair.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

#ifdef HAVE_SODIUM

#include "subscribe/minisign_form.h"

enum {
	FILE_LIMIT = 4096,
	SECRET_TEXT = sodium_base64_ENCODED_LEN(sizeof(struct minisign_secret),
						sodium_base64_VARIANT_ORIGINAL),
	PART_TEXT = sodium_base64_ENCODED_LEN(sizeof(struct minisign_part),
					      sodium_base64_VARIANT_ORIGINAL),
};

static void encode(char *words, size_t room, const void *at, size_t len)
{
	sodium_bin2base64(words, room, at, len,
			  sodium_base64_VARIANT_ORIGINAL);
}

/* Of the secret key's parts, as minisign's checksum "B2" is. */
static void check_of(const struct minisign_secret *secret,
		     uint8_t check[MINISIGN_CHECK])
{
	crypto_generichash_state state;

	crypto_generichash_init(&state, NULL, 0, MINISIGN_CHECK);
	crypto_generichash_update(&state, secret->algorithm,
				  sizeof(secret->algorithm));
	crypto_generichash_update(&state, secret->number,
				  sizeof(secret->number));
	crypto_generichash_update(&state, secret->at, sizeof(secret->at));
	crypto_generichash_final(&state, check, MINISIGN_CHECK);
}

/* The public half is the end of the secret one. */
static void put_public_key(struct keypair *pair)
{
	struct minisign_public public = { .algorithm = { 'E', 'd' } };

	memcpy(public.number, pair->number, sizeof(public.number));
	memcpy(public.at, pair->secret + sizeof(pair->secret) -
	       sizeof(public.at), sizeof(public.at));
	encode(pair->public_key, sizeof(pair->public_key), &public,
	       sizeof(public));
}

int keypair_make(struct keypair *pair)
{
	uint8_t public[crypto_sign_PUBLICKEYBYTES];

	_Static_assert(sizeof(pair->secret) == crypto_sign_SECRETKEYBYTES,
		       "a secret key has its room");
	if (sodium_init() < 0)
		return ERROR_ABSENT;
	crypto_sign_keypair(public, pair->secret);
	randombytes_buf(pair->number, sizeof(pair->number));
	put_public_key(pair);
	return 0;
}

void keypair_release(struct keypair *pair)
{
	sodium_memzero(pair, sizeof(*pair));
}

static uint64_t number_of(const struct keypair *pair)
{
	uint64_t value = 0;

	for (size_t i = sizeof(pair->number); i-- > 0;)
		value = value << 8 | pair->number[i];
	return value;
}

void keypair_put_public(const struct keypair *pair, struct text *out)
{
	text_put(out, "untrusted comment: minisign public key %016" PRIX64
		 "\n%s\n", number_of(pair), pair->public_key);
}

/* --- files --- */

static void print_secret(const struct keypair *pair, FILE *out)
{
	struct minisign_secret secret = {
		.algorithm = { 'E', 'd' }, .checksum = { 'B', '2' },
	};
	char words[SECRET_TEXT];

	memcpy(secret.number, pair->number, sizeof(secret.number));
	memcpy(secret.at, pair->secret, sizeof(secret.at));
	check_of(&secret, secret.check);
	encode(words, sizeof(words), &secret, sizeof(secret));
	fprintf(out, "untrusted comment: homebound's secret key, without a "
		"password\n%s\n", words);
	sodium_memzero(words, sizeof(words));
	sodium_memzero(&secret, sizeof(secret));
}

static int store_public(const struct keypair *pair, const char *path)
{
	struct file_replacement new;
	char words[256];
	struct text text;
	int error = file_replace(&new, path, 0644);

	if (error < 0)
		return error;
	text_init(&text, words, sizeof(words));
	keypair_put_public(pair, &text);
	fputs(words, new.stream);
	return file_replace_commit(&new);
}

/* What an old key signed is checked with its public half. */
static int keep_public(const struct keypair_paths *paths)
{
	struct keypair old;
	char *path;
	int error = keypair_read(&old, paths->secret);

	if (error < 0)
		return 0;
	if (asprintf(&path, "%s.%016" PRIX64, paths->public,
		     number_of(&old)) < 0)
		path = NULL;
	error = path != NULL ? store_public(&old, path) : -ENOMEM;
	free(path);
	keypair_release(&old);
	return error;
}

static int store_both(const struct keypair *pair,
		      const struct keypair_paths *paths, bool force)
{
	struct stat status;

	if (lstat(paths->secret, &status) == 0) {
		int error = force ? keep_public(paths) : -EEXIST;

		if (error < 0)
			return error;
	}
	return store_public(pair, paths->public);
}

int keypair_store(const struct keypair *pair,
		  const struct keypair_paths *paths, bool force)
{
	struct file_replacement new;
	int error = file_replace(&new, paths->secret, 0600);

	if (error < 0)
		return error;
	error = store_both(pair, paths, force);
	if (error < 0) {
		file_replace_abort(&new);
		return error;
	}
	/* No copy of it stays behind in a buffer. */
	setvbuf(new.stream, NULL, _IONBF, 0);
	print_secret(pair, new.stream);
	return file_replace_commit(&new);
}

/* All of the second line; the comment in the first is anybody's. */
static bool decode(struct minisign_secret *secret, const char *file)
{
	const char *line = strchr(file, '\n');
	size_t len, got;

	if (line == NULL)
		return false;
	len = strcspn(++line, "\r\n");
	return sodium_base642bin((uint8_t *)secret, sizeof(*secret), line, len,
				 NULL, &got, NULL,
				 sodium_base64_VARIANT_ORIGINAL) == 0 &&
	       got == sizeof(*secret) &&
	       memcmp(secret->algorithm, "Ed", 2) == 0 &&
	       memcmp(secret->kdf, "\0", 2) == 0;
}

/* Does it add up: the checksum, and the public half it ends with? */
static bool is_whole(const struct minisign_secret *secret)
{
	uint8_t public[crypto_sign_PUBLICKEYBYTES];
	uint8_t again[crypto_sign_SECRETKEYBYTES];
	uint8_t check[MINISIGN_CHECK];
	bool same;

	check_of(secret, check);
	if (!sodium_is_zero(secret->check, sizeof(secret->check)) &&
	    memcmp(check, secret->check, sizeof(check)) != 0)
		return false;
	crypto_sign_seed_keypair(public, again, secret->at);
	same = memcmp(again, secret->at, sizeof(again)) == 0;
	sodium_memzero(again, sizeof(again));
	return same;
}

static int take_secret(struct keypair *pair, const char *file)
{
	struct minisign_secret secret;
	int error = ERROR_MALFORMED;

	if (decode(&secret, file))
		error = is_whole(&secret) ? 0 : ERROR_DAMAGED;
	if (error == 0) {
		memcpy(pair->number, secret.number, sizeof(pair->number));
		memcpy(pair->secret, secret.at, sizeof(pair->secret));
		put_public_key(pair);
	}
	sodium_memzero(&secret, sizeof(secret));
	return error;
}

int keypair_read(struct keypair *pair, const char *path)
{
	struct stat status;
	uint8_t *file;
	size_t len;
	int error;

	if (sodium_init() < 0)
		return ERROR_ABSENT;
	if (stat(path, &status) != 0)
		return -errno;
	if ((status.st_mode & 077) != 0)
		return ERROR_REFUSED;
	error = file_read(path, FILE_LIMIT, &file, &len);
	if (error < 0)
		return error;
	error = take_secret(pair, (const char *)file);
	sodium_memzero(file, len);
	free(file);
	return error;
}

/* --- signing --- */

/* The second signature is over the first and the comment. */
static int sign_comment(const struct keypair *pair,
			const struct minisign_part *part, const char *comment,
			uint8_t global[crypto_sign_BYTES])
{
	size_t len = sizeof(part->at) + strlen(comment);
	uint8_t *both = malloc(len);

	if (both == NULL)
		return -ENOMEM;
	memcpy(both, part->at, sizeof(part->at));
	memcpy(both + sizeof(part->at), comment, len - sizeof(part->at));
	crypto_sign_detached(global, NULL, both, len, pair->secret);
	free(both);
	return 0;
}

int keypair_sign(const struct keypair *pair, struct bytes text,
		 const char *comment, struct text *out)
{
	struct minisign_part part = { .algorithm = { 'E', 'D' } };
	uint8_t digest[crypto_generichash_BYTES_MAX];
	uint8_t global[crypto_sign_BYTES];
	char words[PART_TEXT];
	int error;

	if (sodium_init() < 0)
		return ERROR_ABSENT;
	if (strpbrk(comment, "\r\n") != NULL)
		return ERROR_MALFORMED;
	memcpy(part.number, pair->number, sizeof(part.number));
	crypto_generichash(digest, sizeof(digest), text.at, text.len, NULL, 0);
	crypto_sign_detached(part.at, NULL, digest, sizeof(digest),
			     pair->secret);
	error = sign_comment(pair, &part, comment, global);
	if (error < 0)
		return error;
	encode(words, sizeof(words), &part, sizeof(part));
	text_put(out, "%s\n%s\ntrusted comment: %s\n", KEYPAIR_UNTRUSTED,
		 words, comment);
	encode(words, sizeof(words), global, sizeof(global));
	text_put(out, "%s\n", words);
	return out->cut ? ERROR_FULL : 0;
}

int keypair_fingerprint(const char *public_key,
			char words[KEYPAIR_FINGERPRINT])
{
	uint8_t digest[crypto_hash_sha256_BYTES];
	struct minisign_public public;
	struct text text;
	size_t got;

	if (sodium_init() < 0 || strlen(public_key) != MINISIGN_KEY - 1 ||
	    sodium_base642bin((uint8_t *)&public, sizeof(public), public_key,
			      MINISIGN_KEY - 1, NULL, &got, NULL,
			      sodium_base64_VARIANT_ORIGINAL) != 0 ||
	    got != sizeof(public))
		return ERROR_MALFORMED;
	crypto_hash_sha256(digest, public.at, sizeof(public.at));
	text_init(&text, words, KEYPAIR_FINGERPRINT);
	for (size_t i = 0; i < sizeof(digest) / 2; i += 2)
		text_put(&text, "%s%02x%02x", i > 0 ? " " : "", digest[i],
			 digest[i + 1]);
	return 0;
}

#else

int keypair_make(struct keypair *pair)
{
	(void)pair;
	return ERROR_ABSENT;
}

void keypair_release(struct keypair *pair)
{
	*pair = (struct keypair){ 0 };
}

int keypair_store(const struct keypair *pair,
		  const struct keypair_paths *paths, bool force)
{
	(void)pair, (void)paths, (void)force;
	return ERROR_ABSENT;
}

int keypair_read(struct keypair *pair, const char *path)
{
	(void)pair, (void)path;
	return ERROR_ABSENT;
}

void keypair_put_public(const struct keypair *pair, struct text *out)
{
	(void)pair, (void)out;
}

int keypair_sign(const struct keypair *pair, struct bytes text,
		 const char *comment, struct text *out)
{
	(void)pair, (void)text, (void)comment, (void)out;
	return ERROR_ABSENT;
}

int keypair_fingerprint(const char *public_key,
			char words[KEYPAIR_FINGERPRINT])
{
	(void)public_key;
	words[0] = '\0';
	return ERROR_ABSENT;
}

#endif
