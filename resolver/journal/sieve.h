/*
 * sieve: does a row answer to a filter?  As a function for SQL, so that rows
 * are sifted before anything is joined to them.
 */
#ifndef JOURNAL_SIEVE_H
#define JOURNAL_SIEVE_H

#include <sqlite3.h>
#include <stdbool.h>

#include "base/text.h"
#include "dns/name.h"
#include "journal/reader.h"

/* In a WHERE, over tail. */
#define SIEVE_SQL "sieve(time, client, tail.name, verdict)"

struct sieve {
	uint64_t since, until;
	bool has_client;
	struct prefix client;
	int verdict;
	bool has_name;
	struct name name;
	char name_text[NAME_TEXT];
	size_t name_len;
};

/* Makes sieve() known to the connection; SQLite's code. */
int sieve_init(struct sieve *sieve, sqlite3 *db);

/* 0, or ERROR_MALFORMED: the name is none. */
int sieve_set(struct sieve *sieve, const struct reader_filter *filter);

#endif
