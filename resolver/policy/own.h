/*
 * own: the household's own rules, a file that people and the program edit.
 *
 *	block upload.example.com			# why
 *	allow example.org until 2026-11-22T20:00:00Z client 192.168.1.7
 *	allow =www.example.org				# the name alone
 *	pause until 2026-11-22T20:05:00Z
 *
 * A rule covers its name and all below it unless the name begins with '='.
 * `client` is an address or a prefix.  Times are UTC, as printed.  The program
 * adds and removes lines and leaves all others byte for byte as they are;
 * before each change it keeps the file as it was, for `undo` (the last 20).
 * A line that makes no sense is named and left alone.  A rule that expired
 * stays in the file until the first change by the program that comes more than
 * a day later.
 *
 * The table is immutable once read, for any number of threads; expiry is
 * decided when it is asked, so no swap is needed for it.
 */
#ifndef POLICY_OWN_H
#define POLICY_OWN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"
#include "base/bytes.h"
#include "dns/name.h"

struct text;

enum { OWN_RULES = 65536, OWN_NOTE = 200, OWN_UNDO = 20 };

struct own_rule {
	struct name name;
	bool allow, exact, pause;
	bool has_client;
	struct prefix client;
	int64_t until;			/* seconds since 1970; 0: for ever */
	uint32_t line;
	char note[OWN_NOTE];		/* hostile when printed; "" */
};

struct own;

/*
 * A name as people write it for a rule, "=www.example.org" for it alone: sets
 * name and exact.  0; ERROR_MALFORMED with words on what would be right.
 */
int own_parse_name(struct own_rule *rule, const char *word, const char **why);

/*
 * Reads STATE/own.rules; no file: an empty table.  Lines that make no sense
 * are reported one by one.  0, or -errno.
 */
int own_read(struct own **own, const char *state,
	     void (*report)(void *context, unsigned line, const char *words),
	     void *context);
void own_free(struct own *own);

unsigned own_count(const struct own *own);
/* NULL after the last. */
const struct own_rule *own_rule(const struct own *own, unsigned number);

/*
 * The rule that decides: not expired, for this client; the most specific one
 * (labels, then exact), one with a client before one without, fewer clients
 * before more, allow before block.  `now` in seconds; client NULL: rules
 * without one only.  NULL: none.  A hash look-up for each label; no allocation.
 */
const struct own_rule *own_judge(const struct own *own,
				 const struct name *name,
				 const struct address *client, int64_t now);
/* The pause that holds for the client now, the longest; or NULL. */
const struct own_rule *own_pause(const struct own *own,
				 const struct address *client, int64_t now);

/*
 * Changes of the file, each whole or not at all (replaced atomically, a lock
 * beside it).  The same rule is one of the same name, with or without '=', and
 * the same client; adding one that is there replaces it.  A file made by root
 * belongs to whom STATE belongs; a symbolic link is not written through.
 * ERROR_BUSY: somebody else has been changing it for two seconds; ERROR_FULL;
 * ERROR_MALFORMED: a time that cannot be printed; -errno.
 */
int own_add(const char *state, const struct own_rule *rule);
/* Removes the same rules; how many. */
int own_remove(const char *state, const struct own_rule *like);
/* Ends all pauses, or those of like's client if it has one; how many. */
int own_resume(const char *state, const struct own_rule *like);
/*
 * Puts the file back as it was before the last change by the program; `what`
 * says in words what was undone ("block upload.example.com"), a stranger's.
 * ERROR_ABSENT: nothing is left to undo; ERROR_REFUSED: people have edited the
 * file since, and their work would be lost.
 */
int own_undo(const char *state, struct text *what);

/* A rule as its line has it, without its end; hostile for a terminal. */
void own_print(const struct own_rule *rule, struct text *out);

#endif
