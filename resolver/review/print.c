/*
 * Which form it is, and whether anybody still listens.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "review/print.h"

#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "review/form.h"

struct print {
	const struct form *form;
	void *kept;
	FILE *out;
	int error;	/* errno of the first write that failed */
};

/* Once a stream has failed, later calls need not say why again. */
static bool goes_on(struct print *print)
{
	if (!ferror(print->out))
		return true;
	if (print->error == 0)
		print->error = errno;
	errno = print->error;
	return false;
}

static const struct form *form_of(enum print_form form)
{
	switch (form) {
	case PRINT_TABLE:
		return &form_table;
	case PRINT_CSV:
		return &form_csv;
	case PRINT_LINES:
		return &form_lines;
	case PRINT_JSON:
#ifdef HAVE_JANSSON
		return &form_json;
#else
		return NULL;
#endif
	}
	return NULL;
}

int print_open(struct print **opened, const struct print_options *options)
{
	const struct form *form = form_of(options->form);
	struct print *print;

	if (form == NULL)
		return ERROR_ABSENT;
	print = malloc(sizeof(*print));
	if (print == NULL)
		return -ENOMEM;
	*print = (struct print){ .form = form, .out = options->out };
	print->kept = form->open(options);
	if (print->kept == NULL) {
		free(print);
		return -ENOMEM;
	}
	*opened = print;
	return 0;
}

void print_close(struct print *print)
{
	if (print == NULL)
		return;
	print->form->close(print->kept);
	free(print);
}

bool print_row(struct print *print, const struct reader_row *row)
{
	print->form->row(print->kept, row);
	return goes_on(print);
}

bool print_note(struct print *print, const struct reader_note *note)
{
	print->form->note(print->kept, note);
	return goes_on(print);
}

bool print_mark(struct print *print, const struct mark *mark)
{
	print->form->mark(print->kept, mark);
	return goes_on(print);
}

bool print_flush(struct print *print)
{
	print->form->flush(print->kept);
	fflush(print->out);
	return goes_on(print);
}
