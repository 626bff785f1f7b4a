/*
 * minisign_form: keys and signatures of minisign(1) as bytes, before they are
 * base64.  Numbers are arrays of bytes, so that there are no holes.
 *
 * The secret key is the one that `minisign -W` makes: without a password, its
 * kdf is two zeros, and salt and limits are zeros too.
 */
#ifndef SUBSCRIBE_MINISIGN_FORM_H
#define SUBSCRIBE_MINISIGN_FORM_H

#include <sodium.h>
#include <stdint.h>

enum { MINISIGN_NUMBER = 8, MINISIGN_CHECK = 32 };

struct minisign_public {
	uint8_t algorithm[2];			/* "Ed" */
	uint8_t number[MINISIGN_NUMBER];
	uint8_t at[crypto_sign_PUBLICKEYBYTES];
};

struct minisign_secret {
	uint8_t algorithm[2];			/* "Ed" */
	uint8_t kdf[2];				/* zeros: no password */
	uint8_t checksum[2];			/* "B2" */
	uint8_t salt[32], opslimit[8], memlimit[8];
	uint8_t number[MINISIGN_NUMBER];
	uint8_t at[crypto_sign_SECRETKEYBYTES];	/* its end is the public key */
	uint8_t check[MINISIGN_CHECK];		/* BLAKE2b; minisign 0.11
						   leaves zeros */
};

struct minisign_part {
	uint8_t algorithm[2];			/* "Ed", "ED" */
	uint8_t number[MINISIGN_NUMBER];
	uint8_t at[crypto_sign_BYTES];
};

_Static_assert(sizeof(struct minisign_public) == 42, "no holes");
_Static_assert(sizeof(struct minisign_secret) == 158, "no holes");
_Static_assert(sizeof(struct minisign_part) == 74, "no holes");

#endif
