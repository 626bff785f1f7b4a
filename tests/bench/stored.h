/*
 * stored: rows put into a journal by its own writer, so that a journal has a
 * past that nobody had to wait for: blocks, tail, ledger, devices and all.
 *
 * What fails ends the program, with words.
 */
#ifndef TESTS_BENCH_STORED_H
#define TESTS_BENCH_STORED_H

#include "journal/row.h"

struct stored;

/*
 * The devices of household.h, as the network would have told of them at that
 * time: with MAC addresses, and names.  Before stored_open.
 */
void stored_household(const char *database, uint64_t time);

/* A database that is there goes on. */
struct stored *stored_open(const char *database);

/* Its lists, as rows number them from then on (row.image, row.list); NULL ends
   the names.  `time` in seconds since 1970. */
void stored_lists(struct stored *stored, uint32_t serial, int64_t time,
		  const char *const *names);

/* In order of time.  The image of a row is its serial. */
void stored_put(struct stored *stored, const struct row *row);

/* Questions that are lost to the journal. */
void stored_lose(struct stored *stored, uint64_t from, uint64_t until,
		 uint32_t count);

/* All of it into blocks, and the ledger with it: clients become devices. */
void stored_seal(struct stored *stored);

void stored_close(struct stored *stored);

#endif
