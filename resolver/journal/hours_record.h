/*
 * hours_record: the counts of a sheet as the bytes of the table `hours`, and
 * back.  The form is described in hours_record.c.
 */
#ifndef JOURNAL_HOURS_RECORD_H
#define JOURNAL_HOURS_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

struct hours_count;
struct sheet;

enum { HOURS_A_DAY = 24 };

/*
 * What the sheet has of one day (counted since 1970), in bytes that the caller
 * frees, and how many queries that is.  None of that day: `at` NULL.  0 or
 * -ENOMEM.
 */
struct hours_packed {
	uint8_t *at;
	size_t len;
	uint64_t rows;
};
int hours_record_pack(struct sheet *sheet, uint32_t day,
		      struct hours_packed *packed);

/*
 * Names lie here until it returns; `each` gives false to stop.  0,
 * ERROR_DAMAGED (some may have been given), ERROR_FOREIGN (a later form), or
 * -ENOMEM.
 */
int hours_record_each(struct bytes record, uint32_t day,
		      bool (*each)(void *context,
				   const struct hours_count *count),
		      void *context);

#endif
