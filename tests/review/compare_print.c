/*
 * What a comparison says: on one screen, in honest words, and nothing of a
 * stranger's that could steer a terminal or a spreadsheet.
 */
#include "review/compare_print.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "review/compare.h"

enum { NAMES = 200, SECOND = 1000000 };

static struct compare_name names[NAMES];
static struct compare compare;
static char *text;
static size_t text_len;

static void set_up(void)
{
	compare = (struct compare){
		.window = 60 * (uint64_t)SECOND, .marks = 3, .controls = 24,
		.other_days = 12, .names = names, .name_count = 2,
	};
	names[0] = (struct compare_name){
		.name = "upload.meter.example", .kind = COMPARE_ONLY_AFTER,
		.after = 3, .asked_after = 6, .sunk = 6, .first = SECOND,
		.first_least = SECOND / 2, .first_most = 2 * SECOND,
		.chance = 1 / 2925.0, .telling = true,
	};
	names[1] = (struct compare_name){
		.name = "www.example", .kind = COMPARE_SAME, .after = 3,
		.otherwise = 24, .asked_after = 6, .asked_otherwise = 48,
		.chance = 1,
	};
}

static void tear_down(void)
{
	free(text);
}

TestSuite(compare_print, .init = set_up, .fini = tear_down, .timeout = 60);

static void print(struct compare_view view)
{
	free(text);
	view.out = open_memstream(&text, &text_len);
	if (view.label == NULL)
		view.label = "plugged in";
	compare_print(&compare, &view);
	fclose(view.out);
}

static void expect(const char *words)
{
	cr_expect_not_null(strstr(text, words), "\"%s\" in:\n%s", words, text);
}

static void expect_not(const char *words)
{
	cr_expect_null(strstr(text, words), "\"%s\" in:\n%s", words, text);
}

Test(compare_print, says_what_was_counted)
{
	print((struct compare_view){ .device = "PC" });
	expect("After \"plugged in\": 3 marks, 1 min each, PC\n");
	expect("24 control windows as long: 12 at the same time of other "
	       "days, 12 just before");
	expect("3 of 3  0 of 24    1.00 s (0.50 to 2.00)  1 in 2,925 *  "
	       "sunk    upload.meter.example\n");
	expect("1 name was asked for as otherwise");
	expect("Fisher's exact test");
	expect("not transfers");
	expect_not("One mark cannot");
	expect_not("www.example\n");
}

Test(compare_print, one_mark_is_no_proof)
{
	compare.marks = 1;
	names[0].after = 1;
	print((struct compare_view){ .device = NULL });
	expect("1 mark, 1 min each, all devices\n");
	expect("One mark cannot tell");
}

Test(compare_print, without_controls_it_says_so)
{
	compare.controls = compare.other_days = 0;
	names[0].chance = 1;
	print((struct compare_view){ .device = "PC" });
	expect("There is nothing to compare with");
	expect_not("Fisher");
	expect_not("likely");
}

Test(compare_print, what_was_left_out_is_said)
{
	compare.marks_left[COMPARE_LEFT_EARLY] = 1;
	compare.controls_left[COMPARE_LEFT_GAP] = 2;
	compare.controls_left[COMPARE_LEFT_SILENT] = 1;
	print((struct compare_view){ .device = "PC" });
	expect("  1 mark left out: not over yet\n");
	expect("  2 windows left out: the journal has a gap there\n");
	expect("  1 window left out: the device was silent, perhaps off\n");
}

Test(compare_print, nothing_is_said_as_well)
{
	compare.name_count = 0;
	print((struct compare_view){ .device = "PC" });
	expect("Nothing was asked for that is not asked for as often");
	compare.marks = 0;
	print((struct compare_view){ .device = "PC" });
	expect_not("Nothing was asked");
}

Test(compare_print, more_often_is_said_beside_the_test)
{
	names[1].kind = COMPARE_MORE;
	names[1].asked_after = 60;
	print((struct compare_view){ .device = "PC" });
	expect("likely");
	expect("www.example: asked 20.0 times a window, otherwise 2.0\n");
}

Test(compare_print, fits_a_screen)
{
	static char long_name[300];

	memset(long_name, 'a', sizeof(long_name) - 1);
	for (unsigned i = 0; i < NAMES; i++) {
		names[i] = names[0];
		names[i].name = long_name;
	}
	compare.name_count = NAMES;
	print((struct compare_view){
		.device = "PC", .width = 100, .rows = 5,
	});
	expect("and 195 more names");
	for (const char *line = text; *line != '\0';
	     line += strcspn(line, "\n") + 1)
		cr_expect_leq(strcspn(line, "\n"), 100, "%s", line);
}

Test(compare_print, colours_are_only_there_when_wanted)
{
	print((struct compare_view){ .device = "PC" });
	expect_not("\033");
	print((struct compare_view){ .device = "PC", .colour = true });
	expect("\033[31m3 of 3");
}

Test(compare_print, strangers_text_steers_nothing)
{
	names[0].name = "\033[2Jx.example";
	print((struct compare_view){
		.device = "PC", .label = "a\033]0;x\a\nb",
	});
	expect_not("\033");
	expect("a\\027]0;x\\007\\010b");
	expect("\\027[2Jx.example");
}

static void print_records(enum print_form form)
{
	struct compare_view view = { .label = "=cmd|x", .device = "PC" };

	view.out = open_memstream(&text, &text_len);
	cr_assert_eq(compare_print_records(&compare, &view, form), 0);
	fclose(view.out);
}

Test(compare_print, csv_has_all_names)
{
	names[1].name = "a\\.b,\"c.example";
	print_records(PRINT_CSV);
	expect("label,device,name,kind,after,marks,otherwise,controls,");
	expect("\r\n\\061cmd|x,PC,upload.meter.example,only after,3,3,0,24,6,"
	       "0,6,1000000,500000,2000000,0.00034188,1\r\n");
	expect("\"a\\.b,\"\"c.example\",same,3,3,24,24,");
}

Test(compare_print, json_can_be_read_back)
{
	json_t *object;

	names[0].after = 0;
	print_records(PRINT_JSON);
	object = json_loads(text, JSON_DISABLE_EOF_CHECK, NULL);
	cr_assert_not_null(object);
	cr_expect_str_eq(json_string_value(json_object_get(object, "name")),
			 "upload.meter.example");
	cr_expect_str_eq(json_string_value(json_object_get(object, "label")),
			 "=cmd|x");
	cr_expect(json_is_null(json_object_get(object, "first_us")));
	cr_expect(json_is_true(json_object_get(object, "telling")));
	json_decref(object);
}
