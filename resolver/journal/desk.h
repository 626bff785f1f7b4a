/*
 * desk: where other threads leave what they want of the journal thread, and
 * wait for it.
 */
#ifndef JOURNAL_DESK_H
#define JOURNAL_DESK_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "journal/edit.h"

struct image;
struct images;
struct writer;

struct desk_request;
struct desk_note;

struct desk_edit {
	struct desk_edit *next;
	edit_apply *apply;
	void *context;			/* of both */
	void (*done)(void *context, int error);
};

/* What lies on the desk, or was taken from it. */
struct desk_pile {
	struct desk_request *requests;
	struct desk_note *notes;
	struct desk_edit *edits;
};

struct desk {
	pthread_mutex_t lock;
	pthread_cond_t noted;
	struct desk_pile pile;
	bool stopping;
};

void desk_init(struct desk *desk);
void desk_release(struct desk *desk);

/* -ENOMEM, or 0: then `done` is called, once. */
int desk_ask_commit(struct desk *desk,
		    void (*done)(void *context, int error, int64_t last_row),
		    void *context);

/*
 * Copies the image.  *result is 1 until it is written down (0) or was tried
 * in vain (an error).  -ENOMEM, or 0: then somebody must wait for it.
 */
int desk_ask_note(struct desk *desk, const struct image *image, int *result,
		  struct desk_note **note);
/* At most `seconds`; then nobody writes to *result any more. */
void desk_wait(struct desk *desk, struct desk_note *note,
	       const int *result, unsigned seconds);

/* Copies what is asked for.  -ENOMEM, or 0: then `done` is called, once. */
int desk_ask_edit(struct desk *desk, const struct desk_edit *edit);

void desk_ask_stop(struct desk *desk);

/* The journal thread: is there anything? */
bool desk_look(struct desk *desk, bool *stopping);

/*
 * Takes all; the images go to `images`.  What was taken must be finished,
 * the edits first: `error` is what became of the rows before them.
 */
struct desk_pile desk_take(struct desk *desk, struct images *images);
void desk_carry_out(struct desk_pile *pile, struct writer *writer,
		    struct images *images, int error);
void desk_finish(struct desk *desk, struct desk_pile pile, int error,
		 int64_t last_row);

#endif
