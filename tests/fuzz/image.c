/*
 * An image whose sums are right and whose contents are anybody's: whatever is
 * in it, opening and matching read nothing that is not there.
 *
 * The input is a file after its magic and versions, which are put in front;
 * the sums are put right.  Sections that lie well are offered, too, because
 * noise hardly ever opens: the first byte says which of both.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "policy/checksum.h"
#include "policy/image.h"
#include "policy/layout.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LISTS = 2, RECORDS_SHARE = 4 };

static void put_sums(uint8_t *file, size_t len)
{
	struct layout_header *header = (void *)file;
	struct checksum sum;

	checksum_init(&sum);
	checksum_add(&sum, file + sizeof(*header), len - sizeof(*header));
	header->body_sum = checksum_value(&sum);
	checksum_init(&sum);
	checksum_add(&sum, header,
		     offsetof(struct layout_header, header_sum));
	header->header_sum = checksum_value(&sum);
}

/* Sections one behind the other, so that what is in them is looked at. */
static void put_sections(uint8_t *file, size_t len)
{
	struct layout_header *header = (void *)file;
	size_t room = len - sizeof(*header);
	size_t lists = LISTS * sizeof(struct image_list);
	size_t index;

	if (room < lists)
		return;
	room -= lists;
	index = room / RECORDS_SHARE / 64 * 64;
	header->list_count = LISTS;
	header->index = (struct layout_section){ sizeof(*header), index };
	header->homes = index / 64;
	header->lists = (struct layout_section){ sizeof(*header) + index,
						 lists };
	header->records = (struct layout_section){
		sizeof(*header) + index + lists, room - index,
	};
}

static bool count(void *context, const struct image_rule *rule)
{
	unsigned *found = context;

	if (rule->list >= IMAGE_LISTS || rule->labels > NAME_MAX_LABELS)
		abort();
	return ++*found < 1000;
}

static void ask(const struct image *image, const uint8_t *data, size_t size)
{
	static const char *const asked[] = {
		".", "example", "a.example", "b.a.example", "x.y.z.w.v.u",
	};
	struct name name;
	unsigned found;

	for (size_t i = 0; i <= sizeof(asked) / sizeof(*asked); i++) {
		found = 0;
		if (i < sizeof(asked) / sizeof(*asked)
		    ? name_parse(&name, bytes_of_string(asked[i])) < 0
		    : name_from_wire(&name, bytes_of(data, size)) < 0)
			continue;
		image_match(image, &name, count, &found);
	}
	for (unsigned i = 0; i < image_lists(image); i++)
		if (strlen(image_list(image, i)->name) >= IMAGE_LIST_NAME)
			abort();
}

/* Through a file, as it is always read; one without a name. */
static void open_and_ask(const uint8_t *file, size_t len,
			 const uint8_t *data, size_t size)
{
	int fd = memfd_create("image", MFD_CLOEXEC);
	struct image *image;
	char path[64];

	if (fd < 0 || write(fd, file, len) != (ssize_t)len)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (image_open(&image, path) == 0) {
		ask(image, data, size);
		image_close(image);
	}
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct layout_header *header;
	size_t len = size;
	uint8_t *file;

	if (size < 1 + sizeof(*header))
		return 0;
	len--;
	file = malloc(len);
	if (!file)
		return 0;
	memcpy(file, data + 1, len);
	header = (void *)file;
	memcpy(header->magic, LAYOUT_MAGIC, sizeof(header->magic));
	header->version = IMAGE_VERSION;
	header->order = LAYOUT_ORDER;
	if (data[0] & 1)
		put_sections(file, len);
	put_sums(file, len);
	open_and_ask(file, len, data + 1, size - 1);
	free(file);
	return 0;
}
