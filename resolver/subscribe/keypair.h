/*
 * keypair: the household's own minisign(1) key, to sign what is exported.
 *
 * The secret half is a file that only its owner may read, in minisign's form
 * without a password, so that minisign itself can sign with it.  It is never
 * printed, and is wiped from memory by keypair_release.  Any thread.
 *
 * Without libsodium everything is ERROR_ABSENT.
 */
#ifndef SUBSCRIBE_KEYPAIR_H
#define SUBSCRIBE_KEYPAIR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "subscribe/minisign.h"

struct text;

/* "1a2b 3c4d ...": half of SHA-256 of the public key; NUL included. */
enum { KEYPAIR_FINGERPRINT = 40 };

/* The first line of every signature file; nobody signs it. */
#define KEYPAIR_UNTRUSTED \
	"untrusted comment: signature of a homebound household"

struct keypair {
	uint8_t number[8];		/* tells keys apart, proves nothing */
	uint8_t secret[64];
	char public_key[MINISIGN_KEY];	/* "RW..." */
};

/* A new one from the kernel's random source. */
int keypair_make(struct keypair *pair);
void keypair_release(struct keypair *pair);

/*
 * Both files, 0600 and 0644.  -EEXIST: there is a secret key already; with
 * `force` it is replaced, and its public half kept as
 * "<public_path>.<number>", by which what it signed can be checked.
 */
struct keypair_paths {
	const char *secret, *public;
};
int keypair_store(const struct keypair *pair,
		  const struct keypair_paths *paths, bool force);

/*
 * -errno, ERROR_REFUSED (others may read it), ERROR_MALFORMED (it is no key,
 * or one with a password), ERROR_DAMAGED.
 */
int keypair_read(struct keypair *pair, const char *path);

/* The text of a .pub file, as minisign writes it. */
void keypair_put_public(const struct keypair *pair, struct text *out);

/* A signature file over the text; `comment` is one line, signed too. */
int keypair_sign(const struct keypair *pair, struct bytes text,
		 const char *comment, struct text *out);

/* Of a public key that minisign_is_key accepts. */
int keypair_fingerprint(const char *public_key,
			char words[KEYPAIR_FINGERPRINT]);

#endif
