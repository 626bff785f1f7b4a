/*
 * The index on its way into the file, with hashes that all want the last of
 * its lines: what no key that is drawn would bring about.
 */
#include "policy/output.h"

#include <criterion/criterion.h>
#include <errno.h>

#include "base/error.h"
#include "made.h"

enum { NAMES = 20, SPARE = 64 };

static struct made made;
static struct output out;

static void setup(void)
{
	made_init(&made);
	cr_assert_eq(output_open(&out, made.path, NAMES), 0);
}

static void teardown(void)
{
	made_release(&made);
}

TestSuite(output, .init = setup, .fini = teardown);

/* At home in the last line. */
static int put_last(unsigned number)
{
	static const uint8_t wire[] = "\1x";

	return output_name(&out, UINT64_MAX - number,
			   bytes_of(wire, sizeof(wire)));
}

Test(output, what_the_last_line_passes_on_is_in_the_file)
{
	struct layout_line lines[2];
	struct layout_header header;
	uint8_t *at;
	size_t len;

	for (unsigned i = 0; i < LAYOUT_SLOTS + 1; i++) {
		cr_assert_eq(put_last(i), 0);
		output_rule(&out, 0, i + 1);
	}
	cr_assert_eq(output_commit(&out, NULL), 0);
	cr_assert_eq(file_read(made.path, 1 << 20, &at, &len), 0);
	memcpy(&header, at, sizeof(header));
	cr_assert_eq(header.homes, 3);
	cr_assert_eq(header.index.len, 4 * sizeof(*lines));
	cr_assert_eq(header.names, LAYOUT_SLOTS + 1);
	memcpy(lines, at + header.index.at + 2 * sizeof(*lines),
	       sizeof(lines));
	cr_expect_eq(lines[0].passed, 1);
	cr_expect_eq(lines[0].mark[0], 255);
	cr_expect_eq(lines[0].mark[LAYOUT_SLOTS - 1], 256 - LAYOUT_SLOTS);
	cr_expect_eq(lines[1].passed, 0);
	cr_expect_eq(lines[1].mark[0], 255 - LAYOUT_SLOTS);
	cr_expect_eq(lines[1].record[0], 5 * LAYOUT_SLOTS);
	cr_expect_eq(lines[1].mark[1], 0);
	free(at);
}

Test(output, has_an_end)
{
	for (unsigned i = 0; i < LAYOUT_SLOTS * (SPARE + 1); i++)
		cr_assert_eq(put_last(i), 0, "%u", i);
	cr_expect_eq(put_last(0), ERROR_FULL);
	output_abort(&out);
	cr_expect_eq(access(made.path, F_OK), -1, "a file was left");
}
