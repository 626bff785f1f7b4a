/*
 * message: a DNS message read in place (RFC 1035, section 4).
 *
 * Nothing is copied but the question's name; every offset is checked against
 * the message before it is used.
 */
#ifndef DNS_MESSAGE_H
#define DNS_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "dns/name.h"

enum { MESSAGE_HEADER = 12, MESSAGE_MAX = 65535 };

/* Flags, bytes 2 and 3 of the header as one number. */
enum {
	FLAG_QR = 0x8000, FLAG_OPCODE = 0x7800, FLAG_AA = 0x0400,
	FLAG_TC = 0x0200, FLAG_RD = 0x0100, FLAG_RA = 0x0080,
	FLAG_Z = 0x0040, FLAG_AD = 0x0020, FLAG_CD = 0x0010,
	FLAG_RCODE = 0x000f,
};

/* RFC 1035, section 4.1.1; RFC 6895, section 2.3. */
enum rcode {
	RCODE_NOERROR = 0, RCODE_FORMERR = 1, RCODE_SERVFAIL = 2,
	RCODE_NXDOMAIN = 3, RCODE_NOTIMP = 4, RCODE_REFUSED = 5,
	RCODE_BADVERS = 16,
};

enum rrtype {
	TYPE_A = 1, TYPE_NS = 2, TYPE_CNAME = 5, TYPE_SOA = 6, TYPE_PTR = 12,
	TYPE_TXT = 16, TYPE_AAAA = 28, TYPE_DNAME = 39, TYPE_OPT = 41,
	TYPE_SVCB = 64, TYPE_HTTPS = 65, TYPE_IXFR = 251, TYPE_AXFR = 252,
	TYPE_ANY = 255,
};

enum { CLASS_IN = 1, CLASS_CH = 3 };

/* What makes two questions the same question. */
struct question {
	struct name name;
	uint16_t type;
	uint16_t class;
	bool rd;		/* recursion desired */
	bool cd;		/* checking disabled (RFC 4035, 3.2.2) */
	bool dnssec_ok;		/* DO (RFC 3225) */
};

struct edns {
	bool present;
	bool dnssec_ok;
	uint8_t version;
	uint16_t payload;	/* as the sender said it, not clamped */
	uint8_t rcode;		/* upper 8 bits of the extended rcode */
	struct bytes options;	/* whole options; none of another version */
};

/* A client's query, read. */
struct message {
	uint16_t id;
	uint16_t flags;
	struct question question;
	struct bytes question_wire;	/* name as it came, type, class */
	struct edns edns;
};

/* What becomes of a message that claims to be a query. */
enum message_fate {
	MESSAGE_QUERY,		/* read; answer it */
	MESSAGE_SILENCE,	/* too short, or an answer: say nothing */
	MESSAGE_FORMERR,
	MESSAGE_NOTIMP,		/* an opcode that is not QUERY */
	MESSAGE_BADVERS,	/* EDNS version above 0 (RFC 6891, 6.1.3) */
};

/*
 * Strict: exactly one question (RFC 9619), every counted record there and
 * whole, one OPT at most and in the additional section, nothing after the
 * last record.  `id` and `flags` are set for every fate but SILENCE, the
 * question and edns for QUERY and BADVERS.  question_wire and edns.options
 * point into `bytes`.
 */
enum message_fate message_read_query(struct message *message,
				     struct bytes bytes);

enum message_section { IN_ANSWER, IN_AUTHORITY, IN_ADDITIONAL };

/* One resource record, in place. */
struct record {
	size_t owner;		/* offset of its name */
	uint16_t type;
	uint16_t class;
	uint32_t ttl;
	size_t ttl_at;		/* offset of the TTL field */
	size_t rdata;		/* offset */
	uint16_t rdata_len;
	size_t end;		/* offset after it */
};

/* Reads the record at `at`: 0, or ERROR_MALFORMED. */
int record_read(struct record *record, struct bytes message, size_t at);

/* The records of an answer, one after the other. */
struct message_walk {
	struct bytes message;
	size_t at;		/* offset of the next record */
	uint16_t left[3];	/* answer, authority, additional */
	unsigned section;	/* of the record last given */
};

/*
 * Starts behind the question(s).  0, or ERROR_MALFORMED.  Then message_next
 * gives 1 and a record, 0 at the end, or ERROR_MALFORMED.
 */
int message_walk(struct message_walk *walk, struct bytes message);
int message_next(struct message_walk *walk, struct record *record);

/*
 * Is this an answer to that question?  QR set, opcode QUERY, one question,
 * the same name (case ignored), type and class.
 */
bool message_answers(struct bytes answer, const struct question *question);

/*
 * Checks a whole upstream answer and takes its OPT out: every record whole,
 * nothing behind the last, one OPT at most and in its place; the message is
 * cut before the OPT (what follows an OPT in the additional section is dropped
 * with it) and its count corrected.  The new length, or ERROR_MALFORMED.
 * *edns says what the OPT said; its options still stand behind the new end,
 * until something is written there.
 */
int message_strip_edns(uint8_t *at, size_t len, struct edns *edns);

#endif
