/*
 * Two lists under one lock that is held for a few instructions.  A request is
 * freed by who finishes it; of a note the waiter holds nothing but its own
 * `result`, and takes that back when it waits no longer.
 */
#include "journal/desk.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "base/error.h"
#include "journal/images.h"
#include "journal/writer.h"

struct desk_request {
	struct desk_request *next;
	void (*done)(void *context, int error, int64_t last_row);
	void *context;
};

struct desk_note {
	struct desk_note *next;
	struct writer_image *image;
	int *result;		/* NULL: nobody waits any more */
};

void desk_init(struct desk *desk)
{
	pthread_condattr_t attr;

	*desk = (struct desk){ 0 };
	pthread_mutex_init(&desk->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&desk->noted, &attr);
	pthread_condattr_destroy(&attr);
}

void desk_release(struct desk *desk)
{
	pthread_cond_destroy(&desk->noted);
	pthread_mutex_destroy(&desk->lock);
}

int desk_ask_commit(struct desk *desk,
		    void (*done)(void *context, int error, int64_t last_row),
		    void *context)
{
	struct desk_request *request = malloc(sizeof(*request));

	if (request == NULL)
		return -ENOMEM;
	*request = (struct desk_request){ .done = done, .context = context };
	pthread_mutex_lock(&desk->lock);
	request->next = desk->pile.requests;
	desk->pile.requests = request;
	pthread_mutex_unlock(&desk->lock);
	return 0;
}

int desk_ask_note(struct desk *desk, const struct image *image, int *result,
		  struct desk_note **asked)
{
	struct desk_note *note = malloc(sizeof(*note));
	struct writer_image *copy = images_copy(image);

	if (note == NULL || copy == NULL) {
		free(note);
		free(copy);
		return -ENOMEM;
	}
	*result = 1;
	*note = (struct desk_note){ .image = copy, .result = result };
	pthread_mutex_lock(&desk->lock);
	note->next = desk->pile.notes;
	desk->pile.notes = note;
	pthread_mutex_unlock(&desk->lock);
	*asked = note;
	return 0;
}

int desk_ask_edit(struct desk *desk, const struct desk_edit *edit)
{
	struct desk_edit *copy = malloc(sizeof(*copy));

	if (copy == NULL)
		return -ENOMEM;
	*copy = *edit;
	pthread_mutex_lock(&desk->lock);
	copy->next = desk->pile.edits;
	desk->pile.edits = copy;
	pthread_mutex_unlock(&desk->lock);
	return 0;
}

void desk_wait(struct desk *desk, struct desk_note *note, const int *result,
	       unsigned seconds)
{
	struct timespec until;
	int error = 0;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += seconds;
	pthread_mutex_lock(&desk->lock);
	while (*result > 0 && error == 0)
		error = pthread_cond_timedwait(&desk->noted, &desk->lock,
					       &until);
	if (*result > 0)
		note->result = NULL;
	pthread_mutex_unlock(&desk->lock);
}

void desk_ask_stop(struct desk *desk)
{
	pthread_mutex_lock(&desk->lock);
	desk->stopping = true;
	pthread_mutex_unlock(&desk->lock);
}

bool desk_look(struct desk *desk, bool *stopping)
{
	bool asked;

	pthread_mutex_lock(&desk->lock);
	asked = desk->pile.requests != NULL || desk->pile.notes != NULL ||
		desk->pile.edits != NULL;
	*stopping = desk->stopping;
	pthread_mutex_unlock(&desk->lock);
	return asked;
}

/* They were put on top of each other; an image is stored oldest first. */
static struct desk_note *turned_over(struct desk_note *note)
{
	struct desk_note *first = NULL;

	while (note != NULL) {
		struct desk_note *next = note->next;

		note->next = first;
		first = note;
		note = next;
	}
	return first;
}

static struct desk_edit *edits_turned_over(struct desk_edit *edit)
{
	struct desk_edit *first = NULL;

	while (edit != NULL) {
		struct desk_edit *next = edit->next;

		edit->next = first;
		first = edit;
		edit = next;
	}
	return first;
}

struct desk_pile desk_take(struct desk *desk, struct images *images)
{
	struct desk_pile pile;

	pthread_mutex_lock(&desk->lock);
	pile = desk->pile;
	desk->pile = (struct desk_pile){ 0 };
	pthread_mutex_unlock(&desk->lock);
	pile.notes = turned_over(pile.notes);
	pile.edits = edits_turned_over(pile.edits);
	for (struct desk_note *note = pile.notes; note; note = note->next)
		images_add(images, note->image);
	return pile;
}

/* What is set aside takes with it what it knew of images. */
static int carry_out(const struct desk_edit *edit, struct writer *writer,
		     struct images *images)
{
	int error = writer->ops->edit(writer, edit->apply, edit->context);

	if (error == ERROR_DAMAGED)
		images_forget(images);
	return error;
}

/* One by one: what is wrong with one does not undo another. */
void desk_carry_out(struct desk_pile *pile, struct writer *writer,
		    struct images *images, int error)
{
	while (pile->edits != NULL) {
		struct desk_edit *edit = pile->edits;

		pile->edits = edit->next;
		edit->done(edit->context, error < 0 ? error
			   : carry_out(edit, writer, images));
		free(edit);
	}
}

static void finish_notes(struct desk *desk, struct desk_note *note, int error)
{
	pthread_mutex_lock(&desk->lock);
	while (note != NULL) {
		struct desk_note *next = note->next;

		if (note->result != NULL)
			*note->result = error;
		free(note);
		note = next;
	}
	pthread_cond_broadcast(&desk->noted);
	pthread_mutex_unlock(&desk->lock);
}

void desk_finish(struct desk *desk, struct desk_pile pile, int error,
		 int64_t last_row)
{
	if (pile.notes != NULL)
		finish_notes(desk, pile.notes, error);
	while (pile.requests != NULL) {
		struct desk_request *request = pile.requests;

		pile.requests = request->next;
		request->done(request->context, error, last_row);
		free(request);
	}
}
