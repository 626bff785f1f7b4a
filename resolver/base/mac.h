/*
 * mac: the address of an interface on its own link, 48 bits (IEEE 802).
 */
#ifndef BASE_MAC_H
#define BASE_MAC_H

#include <stdbool.h>
#include <stdint.h>

struct text;

struct mac {
	uint8_t at[6];
};

/* Room for any mac_print, NUL included. */
enum { MAC_TEXT = 18 };

/*
 * "aa:bb:cc:dd:ee:ff" or "aa-bb-cc-dd-ee-ff", in any case; always two digits,
 * and the same sign between all of them.  0 or ERROR_MALFORMED.
 */
int mac_parse(struct mac *mac, const char *text);

/* "aa:bb:cc:dd:ee:ff". */
void mac_print(const struct mac *mac, struct text *out);

bool mac_equal(const struct mac *one, const struct mac *other);

#endif
