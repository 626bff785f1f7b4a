/*
 * reverse: what the household's own resolver calls an address (PTR, RFC 1035,
 * section 3.5; ip6.arpa, RFC 3596, section 2.5).
 *
 * Only private addresses are asked about, and only private servers: what is
 * in the house is not told to anybody outside.  One question a second at
 * most, and one at a time; what was answered holds for a day, who is silent
 * is asked again after a minute, two, four, and so on up to a day.
 */
#ifndef DEVICE_REVERSE_H
#define DEVICE_REVERSE_H

#include <uv.h>

#include "base/address.h"
#include "base/bytes.h"
#include "device/found.h"

struct name;
struct question;
struct reverse;

/* Main thread.  `answer`: `name` is "" when it has none. */
struct reverse_options {
	uv_loop_t *loop;
	void (*answer)(void *context, const struct address *address,
		       const char *name);
	void *context;
};

struct reverse *reverse_open(const struct reverse_options *options);
void reverse_close(struct reverse *reverse);	/* in the loop; NULL is fine */

/* Who is asked from now on: those that are private; copied. */
void reverse_serve(struct reverse *reverse, struct addresses servers);

/* Asks, unless it was answered lately or there is nobody to ask. */
void reverse_want(struct reverse *reverse, const struct address *address);

/* Somebody else is there now: the next time it is asked at once. */
void reverse_forget(struct reverse *reverse, const struct address *address);

/* --- the wire --- */

void reverse_name(const struct address *address, struct name *name);

/*
 * What an answer says, any bytes: 0 and the name, or "" where it has none;
 * ERROR_REFUSED: the server does not know; ERROR_MALFORMED.
 */
int reverse_read(struct bytes answer, const struct question *question,
		 char name[FOUND_NAME]);

#endif
