/*
 * desk: where other threads leave what they want of the journal thread, and
 * wait for it.
 */
#ifndef JOURNAL_DESK_H
#define JOURNAL_DESK_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct image;
struct images;

struct desk_request;
struct desk_note;

/* What lies on the desk, or was taken from it. */
struct desk_pile {
	struct desk_request *requests;
	struct desk_note *notes;
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

void desk_ask_stop(struct desk *desk);

/* The journal thread: is there anything? */
bool desk_look(struct desk *desk, bool *stopping);

/* Takes all; the images go to `images`.  What was taken must be finished. */
struct desk_pile desk_take(struct desk *desk, struct images *images);
void desk_finish(struct desk *desk, struct desk_pile pile, int error,
		 int64_t last_row);

#endif
