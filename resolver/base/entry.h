/*
 * entry: one record of the journal on its way from a worker to the disk.
 *
 * Fixed size and no pointers: it lies in a ring in shared memory and outlives
 * the process that wrote it.  Fields are in the machine's own byte order (a
 * ring never leaves the machine).  Names are in wire form, in the case they
 * were asked in.
 *
 * A query that was judged through an alias is two entries, the query and then
 * the alias; they are published together.
 */
#ifndef BASE_ENTRY_H
#define BASE_ENTRY_H

#include <stdint.h>

struct address;

enum { ENTRY_VERSION = 1, ENTRY_NAME = 255, ENTRY_NO_LIST = 0xffff };

enum entry_kind {
	ENTRY_QUERY = 1,
	ENTRY_ALIAS = 2,	/* only `name` counts: the entry before it */
	ENTRY_GAP = 3,		/* `count` queries between `since` and wall */
};

enum entry_transport {
	ENTRY_UDP = 1,
	ENTRY_TCP = 2,
};

/* How the answer was come by. */
enum entry_source {
	ENTRY_FROM_POLICY = 1,	/* sunk, or refused by the house */
	ENTRY_FROM_CACHE = 2,
	ENTRY_FROM_UPSTREAM = 3,
	ENTRY_FROM_SELF = 4,	/* an error of our own: SERVFAIL, FORMERR */
};

/* An address in 20 bytes. */
struct entry_address {
	uint8_t raw[16];	/* the first 4 for IPv4 */
	uint16_t port;
	uint8_t len;		/* 4, 16, or 0 for none */
	uint8_t unused;
};

struct entry {
	uint64_t wall;		/* when it arrived: microseconds since 1970 */
	uint64_t mono;		/* the same moment: microseconds since boot */
	union {
		struct {
			uint32_t image;		/* serial of the image, or 0 */
			uint32_t line;		/* of the list, from 1; or 0 */
		};
		uint64_t since;			/* gap: wall of the first */
	};
	uint32_t duration;	/* microseconds to the answer */
	union {
		uint32_t ttl;	/* of the answer as sent, seconds; or 0 */
		uint32_t count;	/* gap: how many queries it stands for */
	};
	struct entry_address client;
	struct entry_address upstream;
	uint16_t list;		/* its number in the image, ENTRY_NO_LIST */
	uint16_t qtype;
	uint16_t qclass;
	uint16_t rcode;		/* extended: 12 bits (RFC 6891) */
	uint8_t kind;
	uint8_t transport;
	uint8_t verdict;	/* enum verdict_kind */
	uint8_t action;		/* enum action */
	uint8_t source;		/* enum entry_source */
	uint8_t answered;	/* 0: dropped, nothing was sent */
	uint8_t unused;
	uint8_t name_len;
	uint8_t name[ENTRY_NAME];
	uint8_t rest[41];	/* to whole cache lines; never written */
};

_Static_assert(sizeof(struct entry) == 384, "an entry is 6 cache lines");

void entry_put_address(struct entry_address *entry,
		       const struct address *address);

/* "udp", "tcp"; "" for what is none. */
const char *entry_transport_words(unsigned transport);

/* "policy", "cache", "upstream", "self"; "" for what is none. */
const char *entry_source_words(unsigned source);

#endif
