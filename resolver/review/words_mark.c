/*
 * A label is in the language of who wrote it; a database may have been
 * written by anybody.
 */
#include "review/words_mark.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/utf8.h"
#include "journal/marks.h"
#include "review/words.h"

enum { MODE = 16 };

void words_mark_label(const struct mark *mark, struct text *out)
{
	utf8_put_hostile(out, bytes_of(mark->label, strnlen(mark->label,
							    MARK_LABEL)));
}

void words_mark_line(const struct mark *mark, struct text *out)
{
	text_put(out, "-- mark %" PRId64 " at ", mark->id);
	clock_print(mark->time, false, out);
	text_put(out, ": \"");
	words_mark_label(mark, out);
	text_put(out, "\"");
	if (mark->mode != NULL && *mark->mode != '\0' &&
	    strlen(mark->mode) <= MODE) {
		text_put(out, " (");
		words_put(mark->mode, out);
		text_put(out, ")");
	}
	text_put(out, " --");
}
