/*
 * minisign: is this text signed by the key we trust?
 *
 * Key and signature are those of minisign(1): Ed25519 over the text ("Ed", as
 * OpenBSD's signify does it) or over its BLAKE2b-512 digest ("ED"), and a
 * second signature over the first and the trusted comment.  Any thread.
 */
#ifndef SUBSCRIBE_MINISIGN_H
#define SUBSCRIBE_MINISIGN_H

#include <stdbool.h>

#include "base/bytes.h"

struct text;

enum {
	MINISIGN_LIMIT = 8192,	/* a signature file is smaller */
	MINISIGN_KEY = 57,	/* a public key's text, NUL included */
};

/* False: this homebound was built without libsodium and trusts no key. */
bool minisign_is_built(void);

/*
 * Is this "RW..." as the last line of minisign.pub?  Without libsodium only
 * its length and its letters are looked at.
 */
bool minisign_is_key(const char *key);

/* The first line of a file such as minisign.pub that is one. */
bool minisign_find_key(struct bytes file, char key[MINISIGN_KEY]);

/*
 * 0; or ERROR_REFUSED and words in `trouble`: no key, no signature file, the
 * signature of another key or of another text, a changed trusted comment.
 */
int minisign_verify(const char *key, struct bytes text,
		    struct bytes signature, struct text *trouble);

#endif
