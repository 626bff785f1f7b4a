/*
 * Rows of a time, counted together: by list, and by question.
 */
#include "journal/tally.h"

#include "ask.h"
#include "fixture.h"

enum { START = 1700000000 };
#define SECOND UINT64_C(1000000)

static struct fixture fixture;
static struct writer *writer;
static struct ring ring;

static void note_image(uint32_t serial, const char *first, const char *second)
{
	struct writer_image *image = calloc(1, sizeof(*image) +
					    2 * sizeof(struct image_list));

	image->serial = serial;
	image->list_count = 2;
	strcpy(image->lists[0].name, first);
	strcpy(image->lists[1].name, second);
	cr_assert_eq(writer->ops->note_image(writer, image), 0);
	free(image);
}

static void set_up(void)
{
	log_level = LOG_LEVEL_ERROR;
	fixture_make(&fixture);
	writer = fixture_writer(&fixture);
	fixture_ring(&fixture, &ring, 0, 1024);
	note_image(1, "ads", "track");
	note_image(2, "track", "ads");
}

static void tear_down(void)
{
	writer->ops->close(writer);
	ring_close(&ring);
	fixture_remove(&fixture);
}

TestSuite(tally, .init = set_up, .fini = tear_down, .timeout = 60);

static void put(const char *name, uint64_t at, uint32_t image, uint16_t list)
{
	struct entry entry = fixture_query(name, at * SECOND);

	entry.image = image;
	entry.list = list;
	cr_assert(fixture_put(&ring, &entry));
}

static void put_from(const char *name, uint8_t client, uint16_t type)
{
	struct entry entry = fixture_query(name, 0);

	entry.client.raw[3] = client;
	entry.qtype = type;
	cr_assert(fixture_put(&ring, &entry));
}

/* --- by list --- */

struct hits {
	uint64_t ads, track, household, others;
};

static void take_list(void *context, const char *list, uint64_t count)
{
	struct hits *hits = context;

	*(strcmp(list, "ads") == 0 ? &hits->ads :
	  strcmp(list, "track") == 0 ? &hits->track :
	  strcmp(list, "household") == 0 ? &hits->household :
	  &hits->others) += count;
}

static struct hits lists(uint64_t since)
{
	struct hits hits = { 0 };

	cr_assert_eq(tally_lists(fixture.database, (START + since) * SECOND,
				 take_list, &hits), 0);
	return hits;
}

Test(tally, lists_are_counted_by_name_over_all_images)
{
	struct hits hits;

	put("a.example", 1, 1, 0);
	put("a.example", 2, 1, 1);
	put("a.example", 3, 2, 0);
	put("a.example", 4, 2, 1);
	put("b.example", 5, 2, 1);
	put("c.example", 6, 2, ENTRY_NO_LIST);
	put("d.example", 7, 2, VERDICT_OWN_LIST);
	cr_assert_eq(fixture_store(writer, &ring), 0);
	hits = lists(0);
	cr_expect_eq(hits.ads, 3);
	cr_expect_eq(hits.track, 2);
	cr_expect_eq(hits.household, 1);
	cr_expect_eq(hits.others, 0);
}

Test(tally, what_was_before_does_not_count)
{
	struct hits hits;

	put("a.example", 10, 1, 0);
	put("a.example", 20, 1, 0);
	put("a.example", 30, 1, 0);
	cr_assert_eq(fixture_store(writer, &ring), 0);
	hits = lists(20);
	cr_expect_eq(hits.ads, 2);
	hits = lists(31);
	cr_expect_eq(hits.ads, 0);
}

/* --- by question --- */

static char words[4096];
static struct text told;
static unsigned most;

static bool take_question(void *context,
			  const struct tally_question *question)
{
	char client[ADDRESS_TEXT];

	(void)context;
	text_put(&told, "%s %s %u x%u\n",
		 address_words(&question->client, 0, client), question->name,
		 question->type, (unsigned)question->count);
	return --most > 0;
}

static const char *questions(unsigned limit)
{
	text_init(&told, words, sizeof(words));
	most = limit;
	cr_assert_eq(tally_questions(fixture.database, 0, take_question,
				     NULL), 0);
	return words;
}

Test(tally, equal_questions_of_a_client_are_one)
{
	put_from("a.example", 2, 1);
	put_from("a.example", 2, 1);
	put_from("a.example", 2, 28);
	put_from("b.example", 2, 1);
	put_from("a.example", 1, 1);
	put_from("a.example", 2, 1);
	cr_assert_eq(fixture_store(writer, &ring), 0);
	cr_expect_str_eq(questions(99),
			 "192.168.0.1 a.example 1 x1\n"
			 "192.168.0.2 a.example 1 x3\n"
			 "192.168.0.2 a.example 28 x1\n"
			 "192.168.0.2 b.example 1 x1\n");
	cr_expect_str_eq(questions(2),
			 "192.168.0.1 a.example 1 x1\n"
			 "192.168.0.2 a.example 1 x3\n", "told to stop");
}

Test(tally, other_classes_are_no_questions_of_a_household)
{
	struct entry entry = fixture_query("version.bind", 0);

	entry.qclass = 3;
	cr_assert(fixture_put(&ring, &entry));
	put_from("a.example", 2, 1);
	cr_assert_eq(fixture_store(writer, &ring), 0);
	cr_expect_str_eq(questions(99), "192.168.0.2 a.example 1 x1\n");
}

Test(tally, without_a_journal_there_is_an_error)
{
	struct hits hits = { 0 };

	log_level = LOG_LEVEL_ERROR;
	cr_expect_lt(tally_lists("/nonexistent/journal.db", 0, take_list,
				 &hits), 0);
	cr_expect_lt(tally_questions("/nonexistent/journal.db", 0,
				     take_question, NULL), 0);
}
