/*
 * The index on its way into the file, with hashes that all want the last of
 * its lines: what no key that is drawn would bring about.
 */
#include "policy/output.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>

#include "base/error.h"
#include "made.h"
#include "policy/spelling.h"

enum { NAMES = 50, HOMES = 3, SPARE = 64 };

static struct made made;
static struct output out;
static int fd;

static void setup(void)
{
	made_init(&made);
	fd = open(made.path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	cr_assert_geq(fd, 0);
	cr_assert_eq(output_init(&out, fd, NAMES), 0);
}

static void teardown(void)
{
	output_release(&out);
	close(fd);
	made_release(&made);
}

TestSuite(output, .init = setup, .fini = teardown);

/* At home in the last line; `len` bytes. */
static int put_last(unsigned number, size_t len)
{
	static const uint8_t record[600];
	int error = output_record(&out, UINT64_MAX - 2000 + number);

	if (error < 0)
		return error;
	output_put(&out, bytes_of(record, len));
	output_record_end(&out);
	return 0;
}

Test(output, what_the_last_line_passes_on_is_in_the_file)
{
	struct layout_line lines[2];
	struct layout_reference references[2];
	struct layout_header header;
	uint8_t *at;
	size_t len;

	for (unsigned i = 0; i < LAYOUT_SLOTS + 1; i++)
		cr_assert_eq(put_last(i, i == 3 ? 300 : 5), 0);
	output_index(&out);
	cr_assert_eq(output_finish(&out), 0);
	cr_assert_eq(file_read(made.path, 1 << 20, &at, &len), 0);
	memcpy(&header, at, sizeof(header));
	cr_assert_eq(header.homes, HOMES);
	cr_assert_eq(header.part[LAYOUT_INDEX].len,
		     (HOMES + 1) * sizeof(*lines));
	cr_assert_eq(header.part[LAYOUT_REFERENCES].len,
		     (HOMES + 1) * sizeof(*references));
	cr_assert_eq(header.names, LAYOUT_SLOTS + 1);
	memcpy(lines, at + header.part[LAYOUT_INDEX].at +
	       (HOMES - 1) * sizeof(*lines), sizeof(lines));
	memcpy(references, at + header.part[LAYOUT_REFERENCES].at +
	       (HOMES - 1) * sizeof(*references), sizeof(references));
	cr_expect_eq(lines[0].passed, 1u << 15);
	cr_expect_eq(lines[0].mark[0], 65535 - 2000);
	cr_expect_eq(lines[0].mark[LAYOUT_SLOTS - 1],
		     65535 - 2000 + LAYOUT_SLOTS - 1);
	cr_expect_eq(lines[1].passed, 0);
	cr_expect_eq(lines[1].mark[0], 65535 - 2000 + LAYOUT_SLOTS);
	cr_expect_eq(lines[1].mark[1], 0);
	cr_expect_eq(references[0].record, 0);
	cr_expect_eq(references[0].length[2], 5);
	cr_expect_eq(references[0].length[3], LAYOUT_LONG);
	cr_expect_eq(references[1].record, 5 * (LAYOUT_SLOTS - 1) + 300);
	free(at);
}

Test(output, has_an_end)
{
	for (unsigned i = 0; i < LAYOUT_SLOTS * (SPARE + 1); i++)
		cr_assert_eq(put_last(i % 2000, 1), 0, "%u", i);
	cr_expect_eq(put_last(2000, 1), ERROR_FULL);
}

Test(output, ends_in_zeros_that_a_reader_may_run_into)
{
	struct layout_header header;
	uint8_t *at;
	size_t len;

	cr_assert_eq(put_last(0, 5), 0);
	output_index(&out);
	cr_assert_eq(output_finish(&out), 0);
	cr_assert_eq(file_read(made.path, 1 << 20, &at, &len), 0);
	memcpy(&header, at, sizeof(header));
	cr_expect_eq(header.part[LAYOUT_RECORDS].len, 5 + SPELLING_SLACK);
	free(at);
}

Test(output, remembers_that_a_write_failed)
{
	struct output full;
	int device = open("/dev/full", O_RDWR | O_CLOEXEC);

	cr_assert_geq(device, 0);
	cr_assert_eq(output_init(&full, device, 1), 0);
	output_index(&full);
	cr_expect_eq(output_finish(&full), -ENOSPC);
	output_release(&full);
	close(device);
}
