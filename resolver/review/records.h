/*
 * records: things with the same few fields each, for programs: an object of
 * JSON a line, or CSV (RFC 4180) with a line of names.
 *
 * Values are given in the order of the names; what is not given at the end of
 * a record is nothing (null, an empty field).
 */
#ifndef REVIEW_RECORDS_H
#define REVIEW_RECORDS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "review/print.h"

struct records;

/*
 * `form` is PRINT_JSON or PRINT_CSV, `names` ends with NULL and stays.
 * -ENOMEM, or ERROR_ABSENT: built without what that form needs.
 */
int records_open(struct records **records, FILE *out, enum print_form form,
		 const char *const *names);

/*
 * Text of people, UTF-8, and text that was made printable when it was stored,
 * as names are; what is not plain is escaped.  At most 2 KB of it; or NULL.
 */
void records_text(struct records *records, const char *text);
void records_stored(struct records *records, const char *text);
void records_number(struct records *records, int64_t number);
void records_real(struct records *records, double number);
void records_flag(struct records *records, bool flag);
void records_time(struct records *records, uint64_t wall);	/* UTC */
void records_nothing(struct records *records);

void records_end(struct records *records);

/* False, and errno, when `out` took no more.  NULL is fine: true. */
bool records_close(struct records *records);

#endif
