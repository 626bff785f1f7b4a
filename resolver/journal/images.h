/*
 * images: copies of the images that were noted, so that their lists can be
 * written down later when the disk said no, and again into a new database.
 */
#ifndef JOURNAL_IMAGES_H
#define JOURNAL_IMAGES_H

#include <stdbool.h>

struct image;
struct writer;
struct writer_image;

/* The newest are kept; rows that wait in the rings can only name those. */
enum { IMAGES_KEPT = 8 };

struct images {
	struct images_one {
		struct writer_image *image;
		bool stored;
	} kept[IMAGES_KEPT];		/* oldest first */
	unsigned count;
};

/* NULL: no memory.  free(3). */
struct writer_image *images_copy(const struct image *image);

void images_add(struct images *images, struct writer_image *image);

/* Writes down what is not yet; stops at the first error. */
int images_store(struct images *images, struct writer *writer);

/* The database they were written to is gone. */
void images_forget(struct images *images);

void images_release(struct images *images);

#endif
