/*
 * A name is looked for by all of its suffixes:
 *
 *	hash walk    org   example.org   www.example.org     (one walk)
 *	                |          |               |
 *	index        [ line ]   [ line ]        [ line ]     (fetched at once)
 *	                           | mark
 *	records                 7example3org0 rule rule ...
 *
 * Depths at which no name has rules are skipped.  All lines are asked for
 * before the first is looked at, so that their waits for memory are one wait.
 * A mark says no or perhaps; only the name in the record says yes.
 *
 * The header and the table of lists are copied when the image is opened and
 * checked.  Lines and records stay in the file, where a disk can change them
 * afterwards: each offset is checked again whenever it is followed.
 */
#include "policy/image.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "policy/checksum.h"
#include "policy/layout.h"

struct image {
	struct layout_header header;
	struct file_map map;
	struct image_list *lists;
	struct bytes records;
	const struct layout_line *lines;
	uint64_t line_count;
	unsigned deepest;	/* most labels of a name in it */
};

/* --- opening --- */

enum { PIECE = 65536 };

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

static bool section_fits(const struct layout_section *section,
			 const struct file_map *map, size_t alignment)
{
	return section->at <= map->len &&
	       section->len <= map->len - section->at &&
	       section->at % alignment == 0;
}

/* The sums are right, so this is for what wrote nonsense with care. */
static bool sections_check(const struct layout_header *header,
			   const struct file_map *map)
{
	uint64_t lines = header->index.len / sizeof(struct layout_line);

	return section_fits(&header->records, map, 1) &&
	       section_fits(&header->index, map, sizeof(struct layout_line)) &&
	       section_fits(&header->lists, map, 1) &&
	       header->list_count <= IMAGE_LISTS &&
	       header->lists.len ==
		       header->list_count * sizeof(struct image_list) &&
	       header->homes <= lines && header->homes <= UINT32_MAX;
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
	memcpy(image->lists, image->map.at + header->lists.at,
	       header->lists.len);
	for (unsigned i = 0; i < header->list_count; i++)
		image->lists[i].name[IMAGE_LIST_NAME - 1] = '\0';
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
	if (!sections_check(header, &image->map))
		return ERROR_DAMAGED;
	image->records = bytes_of(image->map.at + header->records.at,
				  header->records.len);
	image->lines = (const void *)(image->map.at + header->index.at);
	image->line_count = header->index.len / sizeof(*image->lines);
	image->deepest = depth_deepest(header->depths);
	return lists_copy(image);
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

void image_close(struct image *image)
{
	if (!image)
		return;
	file_map_close(&image->map);
	free(image->lists);
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

/* --- matching --- */

/* Who asks, and for which suffix of which name. */
struct match {
	const struct image *image;
	bool (*each)(void *context, const struct image_rule *rule);
	void *context;
	struct bytes suffix;
	unsigned labels;	/* of the suffix */
	bool whole;		/* the suffix is the name itself */
};

/* 7 bits a byte, the lowest first; false when it has no end. */
static bool number_read(struct bytes records, size_t *at, uint32_t *number)
{
	uint64_t value = 0;

	for (unsigned shift = 0; shift < 35 && *at < records.len; shift += 7) {
		uint8_t byte = records.at[(*at)++];

		value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80) {
			*number = (uint32_t)value;
			return true;
		}
	}
	return false;
}

/* The rules of a name, from `at` on.  False: no more are wanted. */
static bool match_rules(const struct match *match, size_t at)
{
	struct bytes records = match->image->records;
	struct image_rule rule = { .labels = (uint8_t)match->labels };
	uint32_t head, lists = match->image->header.list_count;

	do {
		if (!number_read(records, &at, &head) ||
		    !number_read(records, &at, &rule.line))
			return true;
		rule.exact = head & LAYOUT_EXACT;
		if (head >> LAYOUT_LIST_SHIFT >= lists ||
		    (rule.exact && !match->whole))
			continue;
		rule.list = (uint16_t)(head >> LAYOUT_LIST_SHIFT);
		if (!match->each(match->context, &rule))
			return false;
	} while (head & LAYOUT_MORE);
	return true;
}

/* The last byte of a name is its end, so a prefix cannot be taken for one. */
static bool record_is(struct bytes records, size_t at, struct bytes suffix)
{
	return at < records.len && suffix.len <= records.len - at &&
	       memcmp(records.at + at, suffix.at, suffix.len) == 0;
}

/* Bit 7 of every byte that is zero. */
static inline uint64_t zeros(uint64_t word)
{
	const uint64_t low = 0x7f7f7f7f7f7f7f7fu;

	return ~(((word & low) + low) | word | low);
}

/*
 * Bit n for each slot n of the line that bears the mark.  The products bring
 * the lowest bits of all bytes together in the highest byte.
 */
static inline unsigned line_marked(const struct layout_line *line,
				   uint8_t mark)
{
	const uint64_t same = 0x0101010101010101u * mark;
	uint64_t eight;
	uint32_t four;

	memcpy(&eight, line->mark, 8);
	memcpy(&four, line->mark + 8, 4);
	eight = zeros(le64toh(eight) ^ same) >> 7;
	four = (uint32_t)zeros(le32toh(four) ^ same) >> 7;
	return (unsigned)(eight * 0x0102040810204080u >> 56) |
	       (four * 0x01020408u >> 24) << 8;
}

/* False: no more are wanted. */
static bool match_suffix(const struct match *match, uint64_t hash)
{
	const struct image *image = match->image;
	uint64_t at = layout_home(hash, image->header.homes);

	for (; at < image->line_count; at++) {
		const struct layout_line *line = &image->lines[at];
		unsigned slots = line_marked(line, layout_mark(hash));

		for (; slots; slots &= slots - 1) {
			int slot = __builtin_ctz(slots);
			size_t record = line->record[slot];

			if (record_is(image->records, record, match->suffix))
				return match_rules(match,
						   record + match->suffix.len);
		}
		if (!line->passed)
			break;
	}
	return true;
}

struct probe {
	uint64_t hash;
	unsigned labels;
};

static inline bool depth_is_used(const struct image *image, unsigned labels)
{
	return image->header.depths[labels / 64] >> labels % 64 & 1;
}

/* The hashes of all suffixes that can be in the image, shortest first. */
static unsigned probes_make(const struct image *image,
			    const struct name *name, struct probe *probes)
{
	unsigned count = 0, deepest = image->deepest;
	struct hash_walk walk;
	uint64_t home;

	if (deepest > name->labels)
		deepest = name->labels;
	hash_walk_init(&walk, &image->header.key);
	for (unsigned labels = 0;; labels++) {
		if (depth_is_used(image, labels)) {
			probes[count].hash = hash_walk_value(&walk);
			probes[count].labels = labels;
			home = layout_home(probes[count++].hash,
					   image->header.homes);
			__builtin_prefetch(&image->lines[home]);
		}
		if (labels == deepest)
			return count;
		hash_walk_label(&walk, name->wire +
				name->label[name->labels - labels - 1]);
	}
}

void image_match(const struct image *image, const struct name *name,
		 bool (*each)(void *context, const struct image_rule *rule),
		 void *context)
{
	struct match match = { image, each, context, { 0 }, 0, false };
	struct probe probes[NAME_MAX_LABELS + 1];
	unsigned count = probes_make(image, name, probes);

	while (count-- > 0) {
		match.labels = probes[count].labels;
		match.suffix = name_suffix(name, name->labels - match.labels);
		match.whole = match.labels == name->labels;
		if (!match_suffix(&match, probes[count].hash))
			return;
	}
}
