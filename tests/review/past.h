/*
 * past: a journal with a day that a test made up, and the summary of it.
 *
 * Rows go through the journal's own writer (tests/bench/stored.h).  Clients
 * are 192.168.0.N; times are seconds before PAST_NOW.
 */
#ifndef TESTS_REVIEW_PAST_H
#define TESTS_REVIEW_PAST_H

#include <criterion/criterion.h>
#include <ftw.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../bench/stored.h"
#include "base/entry.h"
#include "base/log.h"
#include "journal/database.h"
#include "policy/verdict.h"
#include "review/summary.h"

/* A Tuesday, 22:13:20 UTC. */
#define PAST_SECOND UINT64_C(1000000)
#define PAST_NOW (UINT64_C(1700000000) * PAST_SECOND)
enum { PAST_MINUTE = 60, PAST_HOUR = 3600, PAST_DAY = 86400 };

struct past {
	char folder[32];
	char database[64];
	bool fresh;			/* its rows are in no block yet */
	struct stored *stored;		/* while rows are put */
	sqlite3 *db;			/* afterwards */
	struct summary_options options;	/* the last day */
	struct summary *summary;
	const struct summary_house *house;
};

static inline void past_make(struct past *past)
{
	log_level = LOG_LEVEL_ERROR;
	setenv("TZ", "UTC0", 1);
	memset(past, 0, sizeof(*past));
	strcpy(past->folder, "/dev/shm/past-XXXXXX");
	cr_assert_not_null(mkdtemp(past->folder));
	snprintf(past->database, sizeof(past->database), "%s/journal.db",
		 past->folder);
	past->stored = stored_open(past->database);
	past->options.since = PAST_NOW - PAST_DAY * PAST_SECOND;
	past->options.until = PAST_NOW;
	past->options.folded = true;
}

static inline int past_unlink(const char *path, const struct stat *status,
			      int kind, struct FTW *walk)
{
	(void)status, (void)kind, (void)walk;
	return remove(path);
}

static inline void past_remove(struct past *past)
{
	if (past->stored)
		stored_close(past->stored);
	summary_free(past->summary);
	sqlite3_close(past->db);
	nftw(past->folder, past_unlink, 8, FTW_DEPTH | FTW_PHYS);
}

/* A question, passed; before it is put, a test changes what it wants. */
static inline struct row past_row(unsigned ago, uint8_t client,
				  const char *name)
{
	return (struct row){
		.time = PAST_NOW - ago * PAST_SECOND,
		.client = { 192, 168, 0, client }, .client_len = 4,
		.name = bytes_of_string(name), .type = 1, .class = 1,
		.transport = ENTRY_UDP, .source = ENTRY_FROM_CACHE,
		.answered = true, .list = ROW_NO_LIST,
	};
}

static inline void past_ask(struct past *past, unsigned ago, uint8_t client,
			    const char *name)
{
	struct row row = past_row(ago, client, name);

	stored_put(past->stored, &row);
}

static inline void past_ask_sunk(struct past *past, unsigned ago,
				 uint8_t client, const char *name)
{
	struct row row = past_row(ago, client, name);

	row.verdict = VERDICT_SINK;
	row.source = ENTRY_FROM_POLICY;
	stored_put(past->stored, &row);
}

/* No more rows; what stands in the file can be changed. */
static inline void past_end(struct past *past, const char *sql)
{
	char *words = NULL;
	sqlite3 *db;

	if (!past->fresh)
		stored_seal(past->stored);
	stored_close(past->stored);
	past->stored = NULL;
	if (!sql)
		return;
	cr_assert_eq(sqlite3_open(past->database, &db), SQLITE_OK);
	sqlite3_exec(db, sql, NULL, NULL, &words);
	cr_assert_null(words, "%s: %s", sql, words);
	sqlite3_close(db);
}

static inline void past_sum(struct past *past)
{
	if (past->stored)
		past_end(past, NULL);
	if (!past->db)
		cr_assert_eq(database_open_reader(&past->db, past->database),
			     0);
	summary_free(past->summary);
	cr_assert_eq(summary_make(&past->summary, past->db, &past->options),
		     0);
	past->house = summary_house(past->summary);
}

/* NULL: it is not in the summary. */
static inline const struct summary_device *past_device(const struct past *past,
						       const char *name)
{
	for (unsigned i = 0; i < past->house->device_count; i++)
		if (strcmp(past->house->devices[i].name, name) == 0)
			return &past->house->devices[i];
	return NULL;
}

/* Of 192.168.0.2, whom most tests are about. */
static inline const struct summary_receiver *
past_receiver(const struct past *past, const char *name)
{
	const struct summary_device *device = past_device(past, "192.168.0.2");

	for (unsigned i = 0; device && i < device->receiver_count; i++)
		if (strcmp(device->receivers[i].receiver, name) == 0)
			return &device->receivers[i];
	return NULL;
}

static inline const struct summary_name *
past_name(const struct summary_receiver *receiver, const char *name)
{
	for (unsigned i = 0; i < receiver->name_count; i++)
		if (strcmp(receiver->names[i].name, name) == 0)
			return &receiver->names[i];
	return NULL;
}

#endif
