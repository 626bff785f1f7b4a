/*
 * about: what the lists of a household say of themselves: lines such as
 * "# Vendor: Dexcom" and "# Sent: glucose readings" at the head of the text
 * that is kept (lists/README).
 */
#ifndef COMMANDS_ABOUT_H
#define COMMANDS_ABOUT_H

#include "review/summary.h"

struct about;
struct settings;

/* Reads nothing yet.  NULL: no memory. */
struct about *about_new(const struct settings *settings);
void about_free(struct about *about);	/* NULL is fine */

/* For summary_options: context is the struct about; read once for a list. */
void about_tell(void *context, const char *list,
		struct summary_about *words);

#endif
