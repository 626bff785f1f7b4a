/*
 * answer: building what goes back to a client, in the client's own terms:
 * its id, its case, its EDNS (RFC 1035, 4.1; RFC 2308; RFC 6891; RFC 8914).
 *
 * An answer is begun (header and question), gets records, and is finished
 * (OPT, flags, truncation).  Nothing allocates; a record that does not fit
 * marks the answer as cut, and a cut answer is finished with TC and without
 * records.  The query must stand elsewhere: its question is copied late.
 */
#ifndef DNS_ANSWER_H
#define DNS_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

struct message;
struct name;

/* Extended DNS errors (RFC 8914, section 4). */
enum ede {
	EDE_NONE = -1,
	EDE_OTHER = 0,
	EDE_STALE_ANSWER = 3,
	EDE_FORGED = 4,
	EDE_BLOCKED = 15,
	EDE_PROHIBITED = 18,
	EDE_STALE_NXDOMAIN = 19,
	EDE_NO_REACHABLE_AUTHORITY = 22,
	EDE_NETWORK_ERROR = 23,
	EDE_NOT_SUPPORTED = 21,
};

struct answer {
	uint8_t *at;		/* where it is built: the caller's, set first */
	size_t limit;		/* the most it may have: likewise */
	size_t len;
	const struct message *query;
	bool cut;
	int ede;		/* enum ede */
	char ede_text[64];	/* NUL-terminated; "" for none */
};

/* The most a UDP answer to this query may have (RFC 6891, 6.2.3 to 6.2.5). */
size_t answer_limit_udp(const struct message *query, size_t ours);

/*
 * Header (QR, the query's opcode, RD and CD; RA) and question.  There is room
 * for `limit` bytes, and for 512 in any case.
 */
void answer_begin(struct answer *answer, const struct message *query,
		  unsigned rcode);

/* An A or AAAA of the question's name, class IN. */
void answer_put_address(struct answer *answer, uint16_t type,
			struct bytes raw, uint32_t ttl);

/* Any record of class IN. */
struct answer_record {
	const struct name *owner;	/* NULL: the question's name */
	uint16_t type;
	uint32_t ttl;
	struct bytes rdata;		/* names in it not compressed */
};

void answer_put_record(struct answer *answer,
		       const struct answer_record *record);

/*
 * After a CNAME of ours from the question's name to `target`: the answer
 * section of an upstream's reply about the target, as it stands there (names
 * uncompressed, case and TTLs kept, class IN only).  `reply` stands elsewhere.
 * 0, also when the answer is cut; ERROR_MALFORMED: it is damaged, or no reply
 * to a question for the target and the query's type, and nothing was put.
 * Its rcode is the caller's to look at.
 */
int answer_put_reply(struct answer *answer, struct bytes reply,
		     const struct name *target);

/*
 * An SOA for a negative answer (RFC 2308, section 5): owner the question's
 * name, made-up servers, `ttl` as TTL and as minimum.  After all other records.
 */
void answer_put_soa(struct answer *answer, uint32_t ttl);

/*
 * Takes a message from the cache or from upstream that already stands at
 * answer->at (OPT stripped, `len` bytes): the id, the question in the
 * client's case, RD and CD as it asked, RA, no AA, AD only where it may be
 * (RFC 6840, section 5.8).  Instead of answer_begin.  A message that does not
 * answer the query becomes SERVFAIL.
 */
void answer_adopt(struct answer *answer, size_t len,
		  const struct message *query);

/*
 * EDE, shown when the query had EDNS; `text` NULL or cut to 63 bytes.  After
 * answer_begin or answer_adopt.
 */
void answer_set_ede(struct answer *answer, int code, const char *text);

/*
 * Adds our OPT where the query had one (payload `ours`, DO echoed, upper bits
 * of `rcode`), truncates to the limit.  Returns the length to send.  The lower
 * bits are those of answer_begin or of the adopted message; SERVFAIL where
 * `rcode` is above 15 and the client has no EDNS to hear it.
 */
size_t answer_finish(struct answer *answer, unsigned rcode, uint16_t ours);

/*
 * FORMERR, NOTIMP or BADVERS for what could not be read: header only (and an
 * OPT for BADVERS).  Returns the length.
 */
size_t answer_error(uint8_t *at, const struct message *query, unsigned rcode,
		    uint16_t ours);

/*
 * Our own query to an upstream: id, RD and CD of the question, AD set (we
 * understand it, RFC 6840, 5.7), an OPT with `payload` and the question's DO
 * unless payload is 0.  Returns its length; room is 512 at least.
 */
struct question;
size_t answer_write_query(uint8_t *at, const struct question *question,
			  uint16_t id, uint16_t payload);

#endif
