/*
 * question: any question to the journal, in SQL, and what comes of it.
 *
 * The table `query` (journal/query_table.h) is there besides those of the
 * file.  Nothing can be written.
 */
#ifndef REVIEW_QUESTION_H
#define REVIEW_QUESTION_H

struct print_options;
struct text;

/*
 * Prints the rows of one statement after the other, to the first that fails.
 * 0 or an error: as database_open_reader, which has logged it, or with a
 * sentence in `trouble` (-EPIPE: nobody reads what is printed).
 */
int question_ask(const char *path, const char *sql,
		 const struct print_options *print, struct text *trouble);

#endif
