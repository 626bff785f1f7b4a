/*
 * marked: the marks of a label, compared and told; for `compare`, and for
 * `watch` when it ends.
 */
#ifndef COMMANDS_MARKED_H
#define COMMANDS_MARKED_H

#include <stdint.h>

#include "review/print.h"

struct trail;

struct marked_wish {
	const char *what;	/* a label, a mark's number; NULL: the label of
				   the last mark */
	const char *device;	/* NULL: that of the marks */
	uint64_t window;	/* microseconds */
	unsigned controls;	/* for each mark */
	enum print_form form;
};

/* On stdout; what is wrong on stderr.  An exit code. */
int marked_report(struct trail *trail, const struct marked_wish *wish);

#endif
