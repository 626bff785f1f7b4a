/*
 * summary_html: a summary as a page that stands for itself (review/html.h).
 */
#ifndef REVIEW_SUMMARY_HTML_H
#define REVIEW_SUMMARY_HTML_H

struct summary_house;

/* Put there whole, or not at all; 0 or -errno. */
int summary_html(const struct summary_house *house, const char *path);

#endif
