/*
 * settings_grammar: what is wrong with a file that libconfig calls a "syntax
 * error", and what would be right.
 *
 * For settings*.c alone.
 */
#ifndef SETTINGS_GRAMMAR_H
#define SETTINGS_GRAMMAR_H

#include "base/bytes.h"

struct text;

/*
 * The first thing that cannot stand where it stands: its line, and words for
 * it in `out`.  0: there is none.
 */
unsigned settings_grammar_explain(struct bytes text, struct text *out);

#endif
