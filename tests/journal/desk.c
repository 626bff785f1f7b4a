/*
 * What is left on the desk is taken once and in order, and who waits no
 * longer is written to no more.
 */
#include "journal/desk.h"

#include "../policy/plain.h"
#include "ask.h"
#include "fixture.h"
#include "journal/images.h"
#include "policy/build.h"
#include "policy/image.h"

static struct fixture fixture;
static struct desk desk;
static struct images images;

static void set_up(void)
{
	fixture_make(&fixture);
	desk_init(&desk);
	images = (struct images){ 0 };
}

static void tear_down(void)
{
	images_release(&images);
	desk_release(&desk);
	fixture_remove(&fixture);
}

TestSuite(desk, .init = set_up, .fini = tear_down, .timeout = 60);

static struct desk_note *leave_image(uint32_t serial, int *result)
{
	struct build *build = build_new();
	struct desk_note *note;
	struct image *image;
	uint8_t inputs[32] = { 0 };
	char path[160];

	snprintf(path, sizeof(path), "%s/image", fixture.folder);
	cr_assert_eq(plain_write(build, path, serial, inputs), 0);
	build_free(build);
	cr_assert_eq(image_open(&image, path), 0);
	cr_assert_eq(desk_ask_note(&desk, image, result, &note), 0);
	image_close(image);
	return note;
}

Test(desk, images_are_taken_oldest_first)
{
	int results[3];
	struct desk_pile pile;

	for (uint32_t i = 0; i < 3; i++)
		leave_image(i + 5, &results[i]);
	pile = desk_take(&desk, &images);
	cr_assert_eq(images.count, 3);
	for (uint32_t i = 0; i < 3; i++) {
		cr_assert_eq(images.kept[i].image->serial, i + 5);
		cr_assert_eq(results[i], 1);
	}
	desk_finish(&desk, pile, ERROR_BUSY, 0);
	for (uint32_t i = 0; i < 3; i++)
		cr_assert_eq(results[i], ERROR_BUSY);
	cr_assert_null(desk_take(&desk, &images).notes);
}

Test(desk, only_the_newest_images_are_kept)
{
	enum { MANY = IMAGES_KEPT + 3 };
	int results[MANY];

	log_level = LOG_LEVEL_ERROR;
	for (uint32_t i = 0; i < MANY; i++)
		leave_image(i, &results[i]);
	desk_finish(&desk, desk_take(&desk, &images), 0, 0);
	cr_assert_eq(images.count, IMAGES_KEPT);
	cr_assert_eq(images.kept[0].image->serial, 3);
	cr_assert_eq(images.kept[IMAGES_KEPT - 1].image->serial, MANY - 1);
}

Test(desk, who_waits_no_longer_is_left_alone)
{
	int result;
	struct desk_note *note = leave_image(1, &result);

	desk_wait(&desk, note, &result, 0);
	cr_assert_eq(result, 1);
	result = 77;
	desk_finish(&desk, desk_take(&desk, &images), 0, 0);
	cr_assert_eq(result, 77);
}

Test(desk, what_is_done_is_not_waited_for)
{
	int result;
	struct desk_note *note = leave_image(1, &result);

	desk_finish(&desk, desk_take(&desk, &images), -5, 0);
	desk_wait(&desk, note, &result, 1000);
	cr_assert_eq(result, -5);
}

static void count_call(void *context, int error, int64_t last_row)
{
	cr_assert_eq(error, -3);
	cr_assert_eq(last_row, 42);
	++*(int *)context;
}

Test(desk, a_request_is_answered_once)
{
	bool stopping;
	int calls = 0;

	for (int i = 0; i < 3; i++)
		cr_assert_eq(desk_ask_commit(&desk, count_call, &calls), 0);
	cr_assert(desk_look(&desk, &stopping));
	cr_assert_not(stopping);
	desk_finish(&desk, desk_take(&desk, &images), -3, 42);
	cr_assert_eq(calls, 3);
	desk_ask_stop(&desk);
	cr_assert_not(desk_look(&desk, &stopping));
	cr_assert(stopping);
	desk_finish(&desk, desk_take(&desk, &images), -3, 42);
	cr_assert_eq(calls, 3);
}
