/*
 * An image lives as long as somebody judges by it, and the disk may not take
 * its lists in that time: so they are copied.  What is written down stays in
 * memory, because a database can be lost under us.
 */
#include "journal/images.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "journal/writer.h"
#include "policy/image.h"

struct writer_image *images_copy(const struct image *image)
{
	unsigned count = image_lists(image);
	struct writer_image *copy;

	copy = calloc(1, sizeof(*copy) + count * sizeof(copy->lists[0]));
	if (copy == NULL)
		return NULL;
	copy->serial = image_serial(image);
	copy->time = image_time(image);
	copy->rules = image_rules(image);
	memcpy(copy->inputs, image_inputs(image), sizeof(copy->inputs));
	for (unsigned i = 0; i < count; i++) {
		const struct image_list *list = image_list(image, i);

		if (list != NULL)
			copy->lists[i] = *list;
	}
	copy->list_count = count;
	return copy;
}

static void drop_oldest(struct images *images)
{
	if (!images->kept[0].stored)
		log_warning("journal: the lists of image %u were never "
			    "written down",
			    (unsigned)images->kept[0].image->serial);
	free(images->kept[0].image);
	images->count--;
	memmove(&images->kept[0], &images->kept[1],
		images->count * sizeof(images->kept[0]));
}

void images_add(struct images *images, struct writer_image *image)
{
	if (images->count == IMAGES_KEPT)
		drop_oldest(images);
	images->kept[images->count++] = (struct images_one){ .image = image };
}

int images_store(struct images *images, struct writer *writer)
{
	for (unsigned i = 0; i < images->count; i++) {
		struct images_one *one = &images->kept[i];
		int error = 0;

		if (!one->stored)
			error = writer->ops->note_image(writer, one->image);
		if (error < 0)
			return error;
		one->stored = true;
	}
	return 0;
}

void images_forget(struct images *images)
{
	for (unsigned i = 0; i < images->count; i++)
		images->kept[i].stored = false;
}

void images_release(struct images *images)
{
	for (unsigned i = 0; i < images->count; i++)
		free(images->kept[i].image);
	images->count = 0;
}
