/*
 * The writer that keeps nothing: for a journal that is switched off, and the
 * measure of what everything around a writer costs.
 */
#include "journal/writer.h"

#include "base/error.h"

static int null_store(struct writer *writer,
		      const struct writer_source *sources, unsigned count)
{
	(void)writer;
	(void)sources;
	(void)count;
	return 0;
}

static int null_forget(struct writer *writer)
{
	(void)writer;
	return 0;
}

static int null_note_image(struct writer *writer,
			   const struct writer_image *image)
{
	(void)writer;
	(void)image;
	return 0;
}

static int null_edit(struct writer *writer, edit_apply *apply, void *context)
{
	(void)writer;
	(void)apply;
	(void)context;
	return ERROR_ABSENT;
}

static void null_measure(struct writer *writer, struct writer_size *size)
{
	(void)writer;
	*size = (struct writer_size){ 0 };
}

static int null_seal(struct writer *writer)
{
	(void)writer;
	return 0;
}

static bool null_idle(struct writer *writer)
{
	(void)writer;
	return false;
}

static void null_close(struct writer *writer)
{
	(void)writer;
}

static const struct writer_ops null_ops = {
	.name = "null",
	.store = null_store,
	.forget = null_forget,
	.note_image = null_note_image,
	.edit = null_edit,
	.measure = null_measure,
	.seal = null_seal,
	.idle = null_idle,
	.close = null_close,
};

struct writer *writer_null(void)
{
	static struct writer null = { .ops = &null_ops };

	return &null;
}
