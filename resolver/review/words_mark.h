/*
 * words_mark: a mark as a line among the rows of the journal.
 */
#ifndef REVIEW_WORDS_MARK_H
#define REVIEW_WORDS_MARK_H

#include <stdint.h>

struct mark;
struct text;

/*
 * The whole line, as cells_print_note has it for gaps:
 * -- mark 3 at 2026-11-22 10:00:30: "plugged the reader in" (sink) --
 */
void words_mark_line(const struct mark *mark, struct text *out);

/* Stored text is a stranger's. */
void words_mark_label(const struct mark *mark, struct text *out);

#endif
