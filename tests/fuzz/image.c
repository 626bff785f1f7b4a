/*
 * An image whose sums are right and whose contents are anybody's: whatever is
 * in it, opening, matching and walking read nothing that is not there.
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

#include "base/text.h"
#include "policy/checksum.h"
#include "policy/image.h"
#include "policy/layout.h"
#include "policy/matcher.h"
#include "policy/rule.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LISTS = 2, WANTED = 1000 };

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

/* Takes `count` entries of `size` bytes off the end of what is left. */
static struct layout_section take(size_t *end, size_t count, size_t size)
{
	size_t len = count * size;
	size_t room = *end - sizeof(struct layout_header);

	if (len > room)
		len = room / size * size;
	*end = (*end - len) & ~(size_t)(LAYOUT_ALIGNMENT - 1);
	if (*end < sizeof(struct layout_header))
		*end = sizeof(struct layout_header);
	return (struct layout_section){ *end, len };
}

/* Parts one behind the other, so that what is in them is looked at. */
static void put_sections(uint8_t *file, size_t len)
{
	struct layout_header *header = (void *)file;
	struct layout_section *part = header->part;
	size_t lines = (len - sizeof(*header)) / 400;
	size_t end = len & ~(size_t)(LAYOUT_ALIGNMENT - 1);

	part[LAYOUT_LISTS] = take(&end, LISTS, sizeof(struct image_list));
	part[LAYOUT_INDEX] = take(&end, lines, sizeof(struct layout_line));
	part[LAYOUT_REFERENCES] = take(&end, lines,
				       sizeof(struct layout_reference));
	part[LAYOUT_KINDS] = take(&end, lines, sizeof(struct layout_kind));
	part[LAYOUT_TEMPLATES] = take(&end, lines,
				      sizeof(struct layout_template));
	part[LAYOUT_PATTERNS] = take(&end, lines,
				     sizeof(struct layout_pattern));
	part[LAYOUT_TERMS] = take(&end, lines * 16, 1);
	part[LAYOUT_TEXTS] = take(&end, lines * 16, 1);
	part[LAYOUT_RECORDS] = take(&end, len, 1);
	header->list_count = LISTS;
	header->homes = lines;
}

/* Each byte is read, for the sanitizer to see. */
static void read_all(struct bytes bytes)
{
	for (size_t i = 0; i < bytes.len; i++)
		(void)((const volatile uint8_t *)bytes.at)[i];
}

static void look(const struct image *image, const struct name *name,
		 const struct image_rule *rule)
{
	char room[1100];
	struct text text;

	if (rule->list >= image_lists(image) || rule->scope > RULE_BELOW ||
	    rule->labels > NAME_MAX_LABELS)
		abort();
	read_all(rule->terms);
	text_init(&text, room, sizeof(room));
	image_text(image, rule, name, &text);
}

struct asking {
	const struct image *image;
	const struct name *name;
	unsigned found;
};

static bool found(void *context, const struct image_rule *rule)
{
	struct asking *asking = context;

	look(asking->image, asking->name, rule);
	return ++asking->found < WANTED;
}

static bool walked(void *context, const struct name *name,
		   const struct image_rule *rule)
{
	struct asking *asking = context;
	struct name again;

	if (name_from_wire(&again, bytes_of(name->wire, name->len)) < 0 ||
	    again.labels != name->labels)
		abort();
	look(asking->image, name, rule);
	return ++asking->found < WANTED;
}

static void ask_patterns(const struct image *image)
{
	struct matcher_rule rule;
	char room[1100];
	struct text text;

	for (unsigned i = 0; i <= image_patterns(image); i++) {
		text_init(&text, room, sizeof(room));
		image_pattern_text(image, i, &text);
		if (!image_pattern(image, i, &rule))
			continue;
		if (rule.list >= image_lists(image))
			abort();
		read_all(rule.pattern);
	}
}

static void ask(const struct image *image, const uint8_t *data, size_t size)
{
	static const char *const asked[] = {
		".", "example", "a.example", "b.a.example", "x.y.z.w.v.u",
	};
	enum { ASKED = sizeof(asked) / sizeof(*asked) };
	struct name name;

	for (size_t i = 0; i <= ASKED; i++) {
		struct asking asking = { image, &name, 0 };

		if (i < ASKED
		    ? name_parse(&name, bytes_of_string(asked[i])) < 0
		    : name_from_wire(&name, bytes_of(data, size)) < 0)
			continue;
		image_match(image, &name, found, &asking);
	}
	image_walk(image, walked, &(struct asking){ .image = image });
	ask_patterns(image);
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
