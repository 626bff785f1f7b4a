/*
 * Opening is checking: the header by its sum, the rest by another, then where
 * the parts lie.  Header, lists and index are copied; what is let pass needs
 * nothing else, and so never waits for a disk.  The rest stays in the file,
 * where a disk can change it afterwards: each offset is checked again
 * whenever it is followed (image_match.c, image_rules.c).
 *
 * The index is asked for at random, in whole pages of the large kind where
 * there are such: looking for the place of a small page can take as long as
 * fetching what is there.
 */
#include "policy/image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/error.h"
#include "policy/checksum.h"
#include "policy/image_state.h"

/* --- opening --- */

enum { PIECE = 65536, LARGE_PAGE = 2 << 20 };

static int read_whole(int fd, void *at, size_t len)
{
	uint8_t *to = at;

	while (len > 0) {
		ssize_t got = read(fd, to, len);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			return ERROR_TRUNCATED;
		to += got;
		len -= (size_t)got;
	}
	return 0;
}

/* The magic first: what is too short is no image rather than a damaged one. */
static int header_check(const struct layout_header *header)
{
	struct checksum sum;

	if (memcmp(header->magic, LAYOUT_MAGIC, sizeof(header->magic)) != 0 ||
	    header->order != LAYOUT_ORDER || header->version != IMAGE_VERSION)
		return ERROR_FOREIGN;
	checksum_init(&sum);
	checksum_add(&sum, header,
		     offsetof(struct layout_header, header_sum));
	return checksum_value(&sum) == header->header_sum ? 0 : ERROR_DAMAGED;
}

/* Through a buffer: a page that is only checked does not become ours. */
static int body_check(int fd, uint64_t wanted)
{
	uint8_t *piece = malloc(PIECE);
	struct checksum sum;
	ssize_t got;

	if (!piece)
		return -ENOMEM;
	checksum_init(&sum);
	do {
		got = read(fd, piece, PIECE);
		if (got > 0)
			checksum_add(&sum, piece, (size_t)got);
	} while (got > 0 || (got < 0 && errno == EINTR));
	free(piece);
	if (got < 0)
		return -errno;
	return checksum_value(&sum) == wanted ? 0 : ERROR_DAMAGED;
}

static int file_check(struct layout_header *header, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), error;

	if (fd < 0)
		return -errno;
	error = read_whole(fd, header, sizeof(*header));
	if (error == ERROR_TRUNCATED)
		error = ERROR_FOREIGN;
	if (!error)
		error = header_check(header);
	if (!error)
		error = body_check(fd, header->body_sum);
	close(fd);
	return error;
}

/* Bytes of an entry; 1: strings. */
static const uint8_t entry_size[LAYOUT_PARTS] = {
	[LAYOUT_RECORDS] = 1,
	[LAYOUT_INDEX] = sizeof(struct layout_line),
	[LAYOUT_REFERENCES] = sizeof(struct layout_reference),
	[LAYOUT_PATTERNS] = sizeof(struct layout_pattern),
	[LAYOUT_KINDS] = sizeof(struct layout_kind),
	[LAYOUT_TEMPLATES] = sizeof(struct layout_template),
	[LAYOUT_LISTS] = sizeof(struct image_list),
	[LAYOUT_TERMS] = 1,
	[LAYOUT_TEXTS] = 1,
};

static bool section_fits(const struct layout_section *section, size_t len,
			 size_t size)
{
	return section->at <= len && section->len <= len - section->at &&
	       section->at % LAYOUT_ALIGNMENT == 0 &&
	       section->len % size == 0 &&
	       section->len / size <= UINT32_MAX;
}

static uint64_t entries(const struct layout_header *header,
			enum layout_part part)
{
	return header->part[part].len / entry_size[part];
}

/* The sums are right, so this is for what wrote nonsense with care. */
static bool sections_check(const struct layout_header *header, size_t len)
{
	for (unsigned i = 0; i < LAYOUT_PARTS; i++)
		if (!section_fits(&header->part[i], len, entry_size[i]))
			return false;
	return header->list_count <= IMAGE_LISTS &&
	       entries(header, LAYOUT_LISTS) == header->list_count &&
	       entries(header, LAYOUT_REFERENCES) ==
		       entries(header, LAYOUT_INDEX) &&
	       header->homes <= entries(header, LAYOUT_INDEX);
}

static unsigned depth_deepest(const uint64_t depths[2])
{
	if (depths[1])
		return 127 - (unsigned)__builtin_clzll(depths[1]);
	return depths[0] ? 63 - (unsigned)__builtin_clzll(depths[0]) : 0;
}

static int lists_copy(struct image *image)
{
	const struct layout_header *header = &image->header;

	image->lists = calloc(header->list_count + 1u, sizeof(*image->lists));
	if (!image->lists)
		return -ENOMEM;
	memcpy(image->lists, image->part[LAYOUT_LISTS].at,
	       image->part[LAYOUT_LISTS].len);
	for (unsigned i = 0; i < header->list_count; i++)
		image->lists[i].name[IMAGE_LIST_NAME - 1] = '\0';
	return 0;
}

/* Pages that were only copied do not become ours. */
static void forget(struct bytes part)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t start = ((uintptr_t)part.at + page - 1) & ~(page - 1);
	uintptr_t end = ((uintptr_t)part.at + part.len) & ~(page - 1);

	if (start < end)
		madvise((void *)start, end - start, MADV_DONTNEED);
}

static int index_copy(struct image *image)
{
	struct bytes part = image->part[LAYOUT_INDEX];
	size_t large = part.len & ~(size_t)(LARGE_PAGE - 1);
	size_t alignment = large ? LARGE_PAGE : sizeof(*image->lines);

	image->lines = aligned_alloc(alignment, (part.len + alignment) &
						~(alignment - 1));
	if (!image->lines)
		return -ENOMEM;
#ifdef MADV_HUGEPAGE
	if (large)
		madvise(image->lines, large, MADV_HUGEPAGE);
#endif
	memcpy(image->lines, part.at, part.len);
	forget(part);
	return 0;
}

/* Is what was mapped the file that was checked?  The sums in it say so. */
static int image_map(struct image *image, const char *path)
{
	const struct layout_header *header = &image->header;
	int error = file_map_open(&image->map, path);

	if (error < 0)
		return error;
	if (image->map.len < sizeof(*header) ||
	    memcmp(image->map.at, header, sizeof(*header)) != 0)
		return ERROR_BUSY;
	if (!sections_check(header, image->map.len))
		return ERROR_DAMAGED;
	for (unsigned i = 0; i < LAYOUT_PARTS; i++)
		image->part[i] = bytes_of(image->map.at + header->part[i].at,
					  header->part[i].len);
	image->references = (const void *)image->part[LAYOUT_REFERENCES].at;
	image->line_count = entries(header, LAYOUT_INDEX);
	image->deepest = depth_deepest(header->depths);
	error = lists_copy(image);
	return error < 0 ? error : index_copy(image);
}

int image_open(struct image **image, const char *path)
{
	int error;

	*image = calloc(1, sizeof(**image));
	if (!*image)
		return -ENOMEM;
	error = file_check(&(*image)->header, path);
	if (!error)
		error = image_map(*image, path);
	if (!error)
		return 0;
	image_close(*image);
	*image = NULL;
	return error;
}

bool image_is_at(const struct image *image, const char *path)
{
	struct layout_header header;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), error;

	if (fd < 0)
		return false;
	error = read_whole(fd, &header, sizeof(header));
	close(fd);
	return error == 0 &&
	       memcmp(&header, &image->header, sizeof(header)) == 0;
}

void image_rest(const struct image *image)
{
	madvise((void *)(uintptr_t)image->map.at, image->map.len,
		MADV_DONTNEED);
}

void image_close(struct image *image)
{
	if (!image)
		return;
	file_map_close(&image->map);
	free(image->lists);
	free(image->lines);
	free(image);
}

/* --- what it says of itself --- */

uint32_t image_serial(const struct image *image)
{
	return image->header.serial;
}

uint64_t image_time(const struct image *image)
{
	return image->header.time;
}

uint64_t image_rules(const struct image *image)
{
	return image->header.rules;
}

uint64_t image_names(const struct image *image)
{
	return image->header.names;
}

const uint8_t *image_inputs(const struct image *image)
{
	return image->header.inputs;
}

unsigned image_lists(const struct image *image)
{
	return image->header.list_count;
}

const struct image_list *image_list(const struct image *image, unsigned list)
{
	if (list >= image->header.list_count)
		return NULL;
	return &image->lists[list];
}

const struct image_list *image_find_list(const struct image *image,
					 const char *name)
{
	for (unsigned i = 0; image && i < image->header.list_count; i++)
		if (strcmp(image->lists[i].name, name) == 0)
			return &image->lists[i];
	return NULL;
}
