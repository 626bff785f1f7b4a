/*
 * A household stands on one screen; what is printed is harmless, and says no
 * more than there is.
 */
#include "review/overview.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "review/summary.h"
#include "review/words.h"

#define SECOND UINT64_C(1000000)
#define UNTIL (UINT64_C(1700000000) * SECOND)
#define SINCE (UNTIL - 86400 * SECOND)

enum { DEVICES = 60, RECEIVERS = 30 };

static struct summary_receiver receivers[DEVICES][RECEIVERS];
static struct summary_device devices[DEVICES];
static struct summary_house house;
static struct overview_options options;
static uint32_t slots[SUMMARY_SLOTS], no_slots[SUMMARY_SLOTS];
static char names[DEVICES][32];
static char *said;

static void set_up(void)
{
	setenv("TZ", "UTC0", 1);
	options = (struct overview_options){ .width = 80, .utf8 = true };
	house = (struct summary_house){
		.since = SINCE, .until = UNTIL, .devices = devices,
	};
	for (unsigned i = 0; i < SUMMARY_SLOTS; i++)
		slots[i] = i;
}

static void tear_down(void)
{
	free(said);
	said = NULL;
}

TestSuite(overview, .init = set_up, .fini = tear_down, .timeout = 60);

static void make_receiver(struct summary_receiver *receiver)
{
	*receiver = (struct summary_receiver){
		.receiver = "telemetry-and-more.vendor.example",
		.vendor = "Vendor & Sons", .count = 12345, .sunk = 1234,
		.passed = 11111, .first = SINCE + SECOND,
		.last = UNTIL - SECOND, .slots = slots, .slots_sunk = no_slots,
		.has_rhythm = true, .new = true,
		.rhythm = { .kind = RHYTHM_OWN, .period = 608, .spread = 3,
			    .beats = 100, .events = 100 },
		.before_listed = 14, .before_since = SINCE,
	};
	receiver->facts = (struct suspicion_facts){
		.name = bytes_of_string(receiver->receiver),
		.questions = 12345, .sunk = 1234,
		.rhythm = &receiver->rhythm, .now = UNTIL,
	};
	suspicion_judge(&receiver->facts, &receiver->suspicion);
}

static void make_house(unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		for (unsigned j = 0; j < RECEIVERS; j++)
			make_receiver(&receivers[i][j]);
		snprintf(names[i], sizeof(names[i]), "device-%u", i);
		devices[i] = (struct summary_device){
			.id = i + 1, .name = names[i], .count = 64410,
			.sunk = 5943, .slots = slots, .slots_sunk = no_slots,
			.receivers = receivers[i], .receiver_count = RECEIVERS,
			.bypass = { .canaries = 1, .resolvers = 3,
				    .resolver = "dns.google",
				    .silent_since = SINCE },
		};
	}
	house.device_count = house.asking = count;
	house.count = 64410 * (uint64_t)count;
	house.sunk = 5943 * (uint64_t)count;
}

static void say(void)
{
	size_t len;

	free(said);
	options.out = open_memstream(&said, &len);
	overview_print(&house, &options);
	fclose(options.out);
}

static unsigned lines(void)
{
	unsigned count = 0;

	for (const char *at = said; *at; at++)
		count += *at == '\n';
	return count;
}

static unsigned widest(void)
{
	unsigned most = 0;
	char *copy = strdup(said), *rest, *line;

	for (line = strtok_r(copy, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest))
		if (words_width(line) > most)
			most = words_width(line);
	free(copy);
	return most;
}

static bool has(const char *words)
{
	return strstr(said, words) != NULL;
}

/* --- one screen --- */

/* With all that can be said of a house. */
Test(overview, twenty_devices_stand_on_one_screen)
{
	static const struct summary_gap gaps[5] = {
		{ SINCE, SINCE + SECOND, 12, "full" },
	};

	make_house(20);
	house.gaps = gaps;
	house.gap_count = house.gap_total = 1;
	house.lost = 12;
	say();
	cr_expect_leq(lines(), 50, "%s", said);
	cr_expect_leq(widest(), 80, "%s", said);
	cr_expect(has("device-19"));
	cr_expect(has("; 29 more\n"), "what is left out is said: %s", said);
}

Test(overview, fewer_devices_have_more_receivers)
{
	for (unsigned count = 1; count <= 20; count++) {
		make_house(count);
		say();
		cr_expect_leq(lines(), 50, "%u devices", count);
		cr_expect_leq(widest(), 80, "%u devices", count);
	}
	make_house(3);
	say();
	cr_expect_eq(lines(), 2 + 1 + 3 + 1 + 3 * 7 + 1 + 1, "%s", said);
}

Test(overview, every_width_is_kept)
{
	static const unsigned widths[] = { 40, 60, 79, 80, 100, 200 };

	make_house(7);
	for (unsigned i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
		for (unsigned one = 0; one < 2; one++) {
			options.width = widths[i];
			options.one_device = one;
			house.device_count = one ? 1 : 7;
			say();
			cr_expect_leq(widest(), widths[i], "%u of %u: %s",
				      widest(), widths[i], said);
		}
	}
}

Test(overview, a_pipe_has_no_width)
{
	make_house(2);
	options.width = 0;
	say();
	cr_expect(has("before a list named it"));
	cr_expect_not(has("…"), "nothing is cut: %s", said);
}

Test(overview, colours_are_only_where_they_are_wanted)
{
	make_house(7);
	say();
	cr_expect_not(has("\033"));
	options.colour = true;
	say();
	cr_expect(has("\033[31m"), "what was sunk is red");
	cr_expect(has("\033[1m"));
}

Test(overview, without_utf8_it_is_ascii)
{
	make_house(7);
	options.utf8 = false;
	devices[0].name = "a-name-that-is-much-too-long-for-its-column";
	say();
	for (const char *at = said; *at; at++)
		cr_assert(*at == '\n' || (*at >= ' ' && *at <= '~'), "%s",
			  at);
}

/* Addresses differ at their end. */
Test(overview, a_long_name_is_cut_in_the_middle)
{
	make_house(2);
	devices[0].name = "2001:db8:1234:5678:9abc:def0:1111:0001";
	devices[1].name = "2001:db8:1234:5678:9abc:def0:1111:0002";
	say();
	cr_expect(has("1111:0001 "), "%s", said);
	cr_expect(has("1111:0002 "));
	cr_expect(has("\n2001:db8:…"));
}

/* --- what is said --- */

static void expect_sentence(const char *expected)
{
	char words[256];
	struct text text;

	text_init(&text, words, sizeof(words));
	overview_sentence(&house, &text);
	cr_expect_str_eq(words, expected);
}

Test(overview, one_is_one_and_two_are_two)
{
	expect_sentence("Nobody asked for anything.");
	house.asking = 1;
	house.count = 1;
	expect_sentence("1 device asked 1 question; none was sunk.");
	house.sunk = 1;
	expect_sentence("1 device asked 1 question; 1 was sunk.");
	house.asking = 20;
	house.count = 302373;
	house.sunk = 25934;
	expect_sentence("20 devices asked 302,373 questions; 25,934 were "
			"sunk.");
}

Test(overview, gaps_are_said_first)
{
	static const struct summary_gap gaps[] = {
		{ SINCE, SINCE + SECOND, 0, "unreadable" },
	};

	make_house(1);
	say();
	cr_expect(has("\nNothing is missing from the journal in that time.\n"));
	house.gaps = gaps;
	house.gap_count = house.gap_total = 1;
	say();
	cr_expect(has("\nThe journal has 1 gap in that time: nobody knows how "
		      "many questions are missing.\n"));
	cr_expect(has(": nobody knows how many (unreadable)\n"));
	house.gap_total = 2;
	house.lost = 1;
	say();
	cr_expect(has("has 2 gaps in that time: 1 question is missing.\n"));
}

Test(overview, what_tells_nothing_is_left_out)
{
	make_house(1);
	for (unsigned i = 1; i < RECEIVERS; i++)
		receivers[0][i] = (struct summary_receiver){
			.receiver = "quiet.example", .count = 3, .passed = 3,
			.first = SINCE, .last = SINCE, .slots = slots,
			.slots_sunk = no_slots,
		};
	say();
	cr_expect_not(has("quiet.example"));
	receivers[0][1].watched = true;
	receivers[0][1].decision = "watch";
	say();
	cr_expect(has("- quiet.example [watch]: 3 questions, passed"),
		  "what is watched is always told: %s", said);
	options.all = true;
	say();
	cr_expect(has("quiet.example: 3 questions, passed"));
}

Test(overview, on_a_new_device_new_receivers_tell_nothing)
{
	struct summary_receiver receiver = {
		.receiver = "a.example", .count = 1, .new = true,
	};
	struct summary_device device = { .new = false };

	cr_expect(overview_is_telling(&device, &receiver));
	device.new = true;
	cr_expect_not(overview_is_telling(&device, &receiver));
}

Test(overview, only_what_is_new)
{
	make_house(2);
	options.only_new = true;
	for (unsigned i = 0; i < RECEIVERS; i++)
		receivers[1][i].new = receivers[0][i].new = false;
	say();
	cr_expect(has("No device asked for a receiver that it never asked for "
		      "before."));
	receivers[1][3].new = true;
	receivers[1][3].receiver = "fresh.example";
	say();
	cr_expect(has("fresh.example"));
	cr_expect_not(has("\ndevice-0"), "%s", said);
	cr_expect_not(has("telemetry-and-more"));
}

Test(overview, one_device_begins_with_the_answer)
{
	make_house(1);
	options.one_device = true;
	options.width = 0;
	for (unsigned i = 5; i < RECEIVERS; i++) {
		receivers[0][i].has_rhythm = false;
		receivers[0][i].facts.rhythm = NULL;
		receivers[0][i].rhythm.kind = RHYTHM_NONE;
		suspicion_judge(&receivers[0][i].facts,
				&receivers[0][i].suspicion);
	}
	say();
	cr_expect(has("It asked 64,410 questions; 5,943 were sunk. It tried "
		      "to reach 30 receivers: 30 sunk, 5 regular, 30 new."));
	cr_expect(has(", every 10 min 8 s, new"));
	cr_expect(has("by chance"), "a rhythm is told with its chance");
	cr_expect(has(", no rhythm, new"));
	cr_expect(has("and 10 more receivers (--all)"), "%s", said);
}

Test(overview, few_questions_have_no_rhythm_to_speak_of)
{
	make_house(1);
	options.one_device = true;
	receivers[0][0].count = receivers[0][0].sunk = 3;
	receivers[0][0].has_rhythm = false;
	receivers[0][0].rhythm.kind = RHYTHM_NONE;
	receivers[0][1].has_rhythm = false;
	receivers[0][1].rhythm.kind = RHYTHM_TTL;
	devices[0].receiver_count = 2;
	options.width = 0;
	say();
	cr_expect(has("3 questions, all sunk, too few for a rhythm"));
	cr_expect(has("again when its answer has run out"));
}

Test(overview, a_device_that_asked_nothing)
{
	options.one_device = true;
	say();
	cr_expect(has("It asked for nothing.\n"));
}

Test(overview, what_was_folded_is_counted)
{
	make_house(2);
	devices[0].folded = 2;
	devices[1].folded = 1;
	say();
	cr_expect(has("Left out, because decided fine: 3 receivers (--all"));
}

/* --- hostile --- */

#define BELL "\a\033[2J\n"

Test(overview, hostile_text_is_shown_and_does_nothing)
{
	static const struct summary_name hostile = {
		.name = "x" BELL "y", .list = "l" BELL, .decision = "d" BELL,
		.count = 1, .list_now = "n" BELL,
	};

	make_house(2);
	devices[0].name = "d" BELL "\xe2\x80\xae" "e";
	devices[0].bypass.resolver = "r" BELL;
	receivers[0][0].receiver = "x" BELL;
	receivers[0][0].vendor = "v" BELL;
	receivers[0][0].sent = "s" BELL;
	receivers[0][0].decision = "d" BELL;
	receivers[0][0].note = "n" BELL;
	receivers[0][0].names = &hostile;
	receivers[0][0].name_count = 1;
	for (unsigned one = 0; one < 2; one++) {
		options.one_device = one;
		options.width = one ? 0 : 80;
		say();
		cr_expect_not(has("\a"));
		cr_expect_not(has("\033"));
		cr_expect_not(has("\xe2\x80\xae"));
		cr_expect(has("\\007\\027[2J\\010"));
	}
}

Test(overview, names_in_any_language_stay_what_they_are)
{
	make_house(2);
	devices[0].name = "Küchenradio";
	receivers[0][0].vendor = "Mölnlycke";
	say();
	cr_expect(has("Küchenradio "));
	cr_expect(has("(Mölnlycke)"));
}
