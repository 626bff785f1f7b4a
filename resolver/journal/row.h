/*
 * row: one query as the journal keeps it, whatever it is kept in.
 *
 * Text is as it was printed by name_print (dns/name.h): ASCII, escaped,
 * without the last dot; its case is as it was asked.  Who gives a row owns
 * its text, and says how long.
 */
#ifndef JOURNAL_ROW_H
#define JOURNAL_ROW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

enum { ROW_NO_LIST = 0xffff };

struct row {
	int64_t number;
	uint64_t time;		/* when it arrived: microseconds since 1970 */
	struct bytes name;
	struct bytes alias;	/* judged through it; len 0: none */
	uint8_t client[16];	/* the first 4 for IPv4 */
	uint8_t client_len;	/* 4, 16, or 0: not known */
	uint8_t transport;	/* enum entry_transport */
	uint8_t verdict;	/* enum verdict_kind */
	uint8_t action;		/* enum action */
	uint8_t source;		/* enum entry_source */
	bool answered;
	uint16_t type, class, rcode;
	uint16_t list;		/* its number in the image; ROW_NO_LIST */
	uint32_t line;		/* of the list; 0: none */
	uint32_t image;		/* image.id; 0: none */
	uint32_t upstream;	/* upstream.id; 0: none */
	uint32_t duration;	/* microseconds */
	uint32_t ttl;		/* that was handed out, seconds; 0: none */
};

#endif
