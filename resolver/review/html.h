/*
 * html: a page that stands for itself: one file, no script, nothing from
 * elsewhere (and a policy in its head that forbids it); light or dark as the
 * reader's screen is, and black on white on paper.
 *
 * Markup is what the caller writes as a constant; text is what goes through
 * %s or html_text, and is always escaped: a name that is "<script>" is shown
 * so.  What is not plain (base/utf8.h) comes out as U+FFFD.
 */
#ifndef REVIEW_HTML_H
#define REVIEW_HTML_H

#include <stdint.h>
#include <stdio.h>

#include "base/bytes.h"

/* The head, the style, and the page's <main>; and its end. */
void html_begin(FILE *out, const char *title);
void html_end(FILE *out);

void html_text(FILE *out, struct bytes text);

/* Markup with %s for text; nothing else, but %% for a percent sign. */
__attribute__((format(printf, 2, 3)))
void html_put(FILE *out, const char *markup, ...);

/* <td class="n">1,234</td> */
void html_put_count(FILE *out, uint64_t count);

/*
 * Pictures, in units that the page scales: (0, 0) is above left.  Classes are
 * those of the style: "sunk" is the accent, "other" is quiet, "axis" and
 * "mark" are lines, "tick" is text.
 */
struct html_box {
	double x, y, width, height;
};

/* `label` is read out to those who do not see it. */
void html_svg_begin(FILE *out, double width, double height,
		    const char *label);
void html_svg_end(FILE *out);
void html_svg_box(FILE *out, const char *class, struct html_box box);

/* From (x, y), as far as width and height say. */
void html_svg_line(FILE *out, const char *class, struct html_box line);

/* Centred at x, standing on y. */
void html_svg_text(FILE *out, const char *class, struct html_box at,
		   const char *text);

#endif
