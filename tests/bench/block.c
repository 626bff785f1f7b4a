/*
 * What a row of the household costs in a block: bytes on disk by column, and
 * processor time to write it and to read it.
 *
 *	block [ROWS]
 *
 * Each figure is the best of some rounds over the same blocks.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "household.h"
#include "journal/block.h"
#include "journal/block_layout.h"

enum { ROWS = 300000, ROUNDS = 5, TEXT = 96 };

#define START UINT64_C(1767225600000000)

static const char *const columns[BLOCK_COLUMNS] = {
	"numbers", "times", "clients", "names", "types", "answers",
	"sources", "TTLs, given", "TTLs, aged", "durations here",
	"durations upstream", "transports", "images", "answers: outcome",
	"answers: rcode", "answers: list", "answers: line",
	"answers: alias", "clients: lengths", "names: lengths",
	"aliases: lengths", "clients: addresses", "names: text",
	"aliases: text",
};

struct sealed {
	struct block_summary summary;
	struct bytes data, filter;
};

static struct row *rows;
static char (*texts)[TEXT];
static size_t row_count;
static struct sealed *blocks;
static size_t block_count;

static void die(const char *what, int error)
{
	fprintf(stderr, "%s: %s\n", what, error_words(error));
	exit(1);
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static void make_rows(void)
{
	struct household_trace *trace = household_trace_new(1, START);

	rows = calloc(row_count, sizeof(*rows));
	texts = calloc(row_count, sizeof(*texts));
	blocks = calloc(row_count / BLOCK_ROWS + 1, sizeof(*blocks));
	if (trace == NULL || rows == NULL || texts == NULL || blocks == NULL)
		die("rows", ERROR_FULL);
	for (size_t i = 0; i < row_count; i++) {
		household_trace_next(trace, &rows[i]);
		memcpy(texts[i], rows[i].name.at, rows[i].name.len);
		rows[i].name.at = (const uint8_t *)texts[i];
	}
	household_trace_free(trace);
}

static struct bytes copy(struct bytes bytes)
{
	uint8_t *at = malloc(bytes.len + 1);

	if (at == NULL)
		die("blocks", ERROR_FULL);
	memcpy(at, bytes.at, bytes.len);
	return bytes_of(at, bytes.len);
}

/* All rows in blocks of `size`; the last are left out. */
static void seal(struct block_builder *builder, int level, size_t size,
		 bool keep)
{
	block_count = 0;
	for (size_t i = 0; i + size <= row_count; i += size) {
		struct sealed sealed;
		int error;

		block_begin(builder);
		for (size_t j = 0; j < size; j++)
			block_add(builder, &rows[i + j]);
		error = block_end(builder, level, &sealed.summary,
				  &sealed.data, &sealed.filter);
		if (error < 0)
			die("sealing", error);
		if (keep) {
			sealed.data = copy(sealed.data);
			sealed.filter = copy(sealed.filter);
			blocks[block_count++] = sealed;
		}
	}
}

static void time_sealing(struct block_builder *builder, int level,
			 size_t size, const char *what)
{
	size_t count = row_count / size * size;
	double best = 1e18;

	for (unsigned round = 0; round < ROUNDS; round++) {
		double before = now();

		seal(builder, level, size, false);
		before = now() - before;
		best = before < best ? before : best;
	}
	printf("seal, level %2d, %5zu rows a block%-22s %7.1f ns a row\n",
	       level, size, what, best / (double)count);
}

static void print_bytes(void)
{
	double count = (double)(block_count * BLOCK_ROWS), all = 0;
	double filters = 0, padding = 0;

	for (unsigned i = 0; i < BLOCK_COLUMNS; i++) {
		double sum = 0;

		for (size_t j = 0; j < block_count; j++)
			sum += block_get32(blocks[j].data.at +
					   BLOCK_AT_DIRECTORY +
					   i * BLOCK_DIRECTORY_ENTRY + 4);
		printf("%-20s %7.4f bytes a row\n", columns[i], sum / count);
	}
	for (size_t j = 0; j < block_count; j++) {
		all += (double)blocks[j].data.len;
		padding += (double)block_padding(blocks[j].data.len);
		filters += (double)blocks[j].filter.len;
	}
	printf("%-20s %7.4f bytes a row\n%-20s %7.4f\n%-20s %7.4f\n"
	       "%-20s %7.4f\n", "blocks", all / count, "filters",
	       filters / count, "padding", padding / count, "all",
	       (all + filters + padding) / count);
}

static bool is_name(void *context, struct bytes name)
{
	const struct bytes *wanted = context;

	return name.len == wanted->len &&
	       memcmp(name.at, wanted->at, name.len) == 0;
}

/* How many rows were found. */
static size_t walk(struct block *block, const struct block_wanted *wanted)
{
	size_t found = 0;

	for (size_t i = 0; i < block_count; i++) {
		struct row row;

		if (block_open(block, blocks[i].data) < 0 ||
		    block_select(block, wanted) < 0)
			die("reading", ERROR_DAMAGED);
		while (block_next(block, &row) > 0)
			found++;
	}
	return found;
}

static void time_walk(const char *what, struct bytes *name)
{
	struct block_wanted wanted = { 0 };
	struct block *block = block_new();
	double best = 1e18;
	size_t found = 0;

	if (block == NULL)
		die("reading", ERROR_FULL);
	if (name != NULL) {
		wanted.wants_name = is_name;
		wanted.context = name;
	}
	for (unsigned round = 0; round < ROUNDS; round++) {
		double before = now();

		found = walk(block, &wanted);
		before = now() - before;
		best = before < best ? before : best;
	}
	printf("open, %-40s %7.1f us a block, %.1f ns a row; %zu rows\n",
	       what, best / 1e3 / (double)block_count,
	       best / (double)(block_count * BLOCK_ROWS), found);
	block_free(block);
}

static void time_filter(void)
{
	size_t asked = 0, said = 0;
	double before = now();

	for (unsigned i = 0; i < 2000; i++) {
		char text[64];
		struct block_probe probe;

		snprintf(text, sizeof(text), "never-%u.example.info", i);
		probe = block_probe_name(bytes_of_string(text));
		for (size_t j = 0; j < block_count; j++, asked++)
			said += block_may_have(blocks[j].filter, &probe);
	}
	printf("filter: %.2f %% wrongly perhaps, %.0f ns a block\n",
	       100 * (double)said / (double)asked,
	       (now() - before) / (double)asked);
}

/* Every name another, as in a flood of random labels. */
static void make_distinct(void)
{
	for (size_t i = 0; i < row_count; i++) {
		int len = snprintf(texts[i], TEXT, "%08x%06x.x%u.example.com",
				   (unsigned)i * 2654435761u,
				   (unsigned)i * 40503u & 0xffffff,
				   (unsigned)i % 7);

		rows[i].name.len = (size_t)len;
	}
}

int main(int argc, char **argv)
{
	struct block_builder *builder = block_builder_new();
	struct bytes never = bytes_of_string("never.example.info");

	row_count = argc > 1 ? (size_t)atol(argv[1]) : ROWS;
	if (builder == NULL || row_count < BLOCK_ROWS) {
		fprintf(stderr, "usage: block [ROWS], at least %d\n",
			BLOCK_ROWS);
		return 2;
	}
	make_rows();
	seal(builder, 3, BLOCK_ROWS, true);
	print_bytes();
	time_walk("walk all", NULL);
	time_walk("select one name that is there", &rows[row_count / 2].name);
	time_walk("select one name that is not there", &never);
	time_filter();
	time_sealing(builder, 3, BLOCK_ROWS, "");
	time_sealing(builder, 1, BLOCK_ROWS, "");
	time_sealing(builder, 1, BLOCK_ROWS / 4, "");
	make_distinct();
	time_sealing(builder, 1, BLOCK_ROWS, ", all names distinct");
	block_builder_free(builder);
	return 0;
}
