/*
 * followed: a list of file sources in a folder, and one whole update of it.
 */
#ifndef TESTS_SUBSCRIBE_FOLLOWED_H
#define TESTS_SUBSCRIBE_FOLLOWED_H

#include <criterion/criterion.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "folder.h"
#include "policy/build.h"
#include "policy/image.h"
#include "subscribe/update.h"

#define UNUSED __attribute__((unused))

enum { FOLLOWED_REGEXES = 100 };

/* What one update gave; the image has at most this one list. */
struct outcome {
	int error;
	struct update_report report;
	unsigned lists;
	struct image_list list;
	uint64_t names, patterns;
};

static UNUSED void followed_image(struct outcome *outcome,
				  struct build *build, const char *folder)
{
	static const uint8_t none[32];
	struct image *image;
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "%s/image", folder);
	unlink(path);
	fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
	cr_assert_geq(fd, 0);
	cr_assert_eq(build_write(build, fd, 1, none), 0);
	close(fd);
	cr_assert_eq(image_open(&image, path), 0);
	outcome->lists = image_lists(image);
	outcome->names = image_names(image);
	outcome->patterns = image_patterns(image);
	if (outcome->lists)
		outcome->list = *image_list(image, 0);
	image_close(image);
}

static UNUSED int followed_steps(struct update *update, struct build *build)
{
	struct reading_budget budget = { .regexes = FOLLOWED_REGEXES };
	const struct fetch_options how = { 0 };
	int error = update->held ? 0 : update_fetch(update, &how);

	update_choose(update);
	if (error == 0)
		error = update_keep(update);
	if (error == 0)
		error = update_read(update, build, &budget);
	return error < 0 ? error : update_commit(update);
}

static UNUSED struct outcome followed(const struct list_options *options,
				      const char *folder, bool force)
{
	struct outcome outcome = { 0 };
	struct build *build = build_new();
	struct update update;

	outcome.error = update_open(&update, options, folder,
				    &outcome.report);
	if (outcome.error == 0) {
		update.force = force;
		outcome.error = followed_steps(&update, build);
		update_close(&update);
	}
	if (outcome.error == 0)
		followed_image(&outcome, build, folder);
	build_free(build);
	return outcome;
}

#endif
