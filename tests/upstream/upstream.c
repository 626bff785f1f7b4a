#include "upstream/upstream.h"

#include <criterion/criterion.h>
#include <pthread.h>

#include "fake.h"

static const struct upstream_options options = {
	.flights = 8,
	.deadline_ms = 5000,
	.payload = 1232,
};

Test(upstream, asks_the_first_and_tells_its_answer)
{
	struct fake_ear ear = { .told = 0 };
	struct fake_question *question;
	struct fake fake;

	fake_init(&fake, &options);
	cr_assert_eq(fake_ask(&fake, "www.example", TYPE_A, &ear), 0);
	cr_assert_eq(fake.count, 1);
	question = fake_sent(&fake, 0);
	cr_assert_eq(question->server, 0);
	cr_assert_not(question->stream);
	cr_assert(fake_has_edns(question));
	cr_assert_eq(bytes_get16(question->at + question->len - 8), 1232);
	cr_assert_eq(ear.told, 0);
	cr_assert(fake_answer(&fake, 0, RCODE_NOERROR));
	cr_assert_eq(ear.told, 1);
	cr_assert_eq(ear.error, 0);
	cr_assert(ear.first);
	cr_assert_eq(ear.len, 12 + 13 + 4 + 16, "the OPT is taken out");
	cr_assert_eq(ear.at[11], 0);
	cr_assert(fake_is_from(&ear, "192.0.2.1"));
	cr_assert_eq(upstream_flying(fake.upstream), 0);
	fake_release(&fake);
}

Test(upstream, equal_questions_share_one)
{
	struct fake_ear ears[4] = { { .told = 0 } };
	struct fake fake;

	fake_init(&fake, &options);
	for (int i = 0; i < 4; i++)
		cr_assert_eq(fake_ask(&fake, "www.example", TYPE_A, &ears[i]),
			     0);
	cr_assert_eq(fake.count, 1);
	cr_assert_eq(upstream_flying(fake.upstream), 1);
	fake_answer(&fake, 0, RCODE_NOERROR);
	for (int i = 0; i < 4; i++) {
		cr_assert_eq(ears[i].told, 1);
		cr_assert_eq(ears[i].first, i == 0, "one alone is to cache");
		cr_assert_eq(ears[i].len, 12 + 13 + 4 + 16);
		cr_assert_eq(memcmp(ears[i].at, ears[0].at, ears[i].len), 0,
			     "what one writes another must not see");
	}
	fake_release(&fake);
}

Test(upstream, what_differs_in_anything_is_asked_apart)
{
	struct question questions[6];
	struct fake_ear ears[6] = { { .told = 0 } };
	struct fake fake;

	for (int i = 0; i < 6; i++)
		questions[i] = fake_question("www.example", TYPE_A);
	questions[1].type = TYPE_AAAA;
	questions[2].class = CLASS_CH;
	questions[3].rd = false;
	questions[4].cd = true;
	questions[5].dnssec_ok = true;
	fake_init(&fake, &options);
	for (int i = 0; i < 6; i++) {
		ears[i].waiter.answer = fake_told;
		cr_assert_eq(upstream_ask(fake.upstream, &questions[i],
					  &ears[i].waiter), 0);
	}
	cr_assert_eq(fake.count, 6);
	for (unsigned i = 0; i < 6; i++)
		for (unsigned j = 0; j < i; j++)
			cr_assert_neq(bytes_get16(fake_sent(&fake, i)->at),
				      bytes_get16(fake_sent(&fake, j)->at),
				      "an id twice on one lane");
	for (unsigned i = 6; i-- > 0;) {
		fake_answer(&fake, i, RCODE_NOERROR);
		cr_assert_eq(ears[i].told, 1);
		cr_assert_eq(upstream_flying(fake.upstream), i);
	}
	fake_release(&fake);
}

Test(upstream, is_full_and_has_room_again)
{
	struct fake_ear ears[9] = { { .told = 0 } };
	struct fake fake;
	char name[16];

	fake_init(&fake, &options);
	for (int i = 0; i < 8; i++) {
		snprintf(name, sizeof(name), "n%d.example", i);
		cr_assert_eq(fake_ask(&fake, name, TYPE_A, &ears[i]), 0);
	}
	cr_assert_eq(fake_ask(&fake, "more.example", TYPE_A, &ears[8]),
		     ERROR_FULL);
	cr_assert_eq(fake.count, 8);
	fake_answer(&fake, 3, RCODE_NOERROR);
	cr_assert_eq(fake_ask(&fake, "more.example", TYPE_A, &ears[8]), 0);
	fake_answer(&fake, 8, RCODE_NOERROR);
	cr_assert_eq(ears[8].told, 1);
	fake_release(&fake);
}

Test(upstream, without_servers_says_so_at_once)
{
	struct fake_ear ear = { .told = 0 };
	struct fake fake;

	fake_init_alone(&fake, &options);
	cr_assert_eq(fake_ask(&fake, "www.example", TYPE_A, &ear),
		     ERROR_UNREACHABLE);
	fake_release(&fake);
	cr_assert_eq(ear.told, 0);
}

Test(upstream, tells_everybody_when_it_closes)
{
	struct fake_ear ears[3] = { { .told = 0 } };
	struct fake fake;

	fake_init(&fake, &options);
	fake_ask(&fake, "one.example", TYPE_A, &ears[0]);
	fake_ask(&fake, "one.example", TYPE_A, &ears[1]);
	fake_ask(&fake, "two.example", TYPE_A, &ears[2]);
	upstream_close(fake.upstream);
	for (int i = 0; i < 3; i++) {
		cr_assert_eq(ears[i].told, 1);
		cr_assert_eq(ears[i].error, ERROR_UNREACHABLE);
	}
	cr_assert_eq(fake_ask(&fake, "three.example", TYPE_A, &ears[0]),
		     ERROR_UNREACHABLE);
	fake_release(&fake);
}

static void ask_again(struct fake_ear *ear)
{
	ear->then = NULL;
	cr_assert_eq(fake_ask(ear->fake, "www.example", TYPE_A, ear), 0);
}

/* The flight of the first question may be the very place of the second. */
Test(upstream, can_be_asked_from_inside_an_answer)
{
	struct fake_ear ears[2] = {
		{ .then = ask_again },
		{ .told = 0 },
	};
	struct fake fake;

	fake_init(&fake, &options);
	fake_ask(&fake, "www.example", TYPE_A, &ears[0]);
	fake_ask(&fake, "www.example", TYPE_A, &ears[1]);
	fake_answer(&fake, 0, RCODE_NOERROR);
	cr_assert_eq(ears[0].told, 1);
	cr_assert_eq(ears[1].told, 1);
	cr_assert_eq(fake.count, 2);
	fake_answer(&fake, 1, RCODE_NXDOMAIN);
	cr_assert_eq(ears[0].told, 2);
	cr_assert_eq(ears[0].rcode, RCODE_NXDOMAIN);
	cr_assert_eq(ears[1].told, 1);
	fake_release(&fake);
}

static void serve(struct fake *fake, const char *one, const char *other)
{
	struct address servers[2];
	unsigned count = 0;

	if (one != NULL)
		servers[count++] = fake_address(one);
	if (other != NULL)
		servers[count++] = fake_address(other);
	cr_assert_eq(upstream_serve(fake->upstream, servers, count), 0);
}

Test(upstream, goes_on_with_who_is_left_when_a_server_leaves)
{
	struct fake_ear ear = { .told = 0 };
	struct fake fake;

	fake_init(&fake, &options);
	fake_ask(&fake, "www.example", TYPE_A, &ear);
	serve(&fake, "192.0.2.2", NULL);
	cr_assert_eq(ear.told, 0);
	cr_assert_not(fake_answer(&fake, 0, RCODE_NOERROR), "it has left");
	fake_pass(&fake, WHEEL_TICK);
	cr_assert_eq(fake.count, 2);
	cr_assert_eq(fake_sent(&fake, 1)->server, 1);
	fake_answer(&fake, 1, RCODE_NOERROR);
	cr_assert_eq(ear.told, 1);
	cr_assert_eq(ear.error, 0);
	fake_release(&fake);
}

Test(upstream, ends_what_is_out_when_all_servers_leave)
{
	struct fake_ear ear = { .told = 0 };
	struct fake fake;

	fake_init(&fake, &options);
	fake_ask(&fake, "www.example", TYPE_A, &ear);
	serve(&fake, NULL, NULL);
	cr_assert_eq(ear.told, 0, "not from inside");
	fake_pass(&fake, WHEEL_TICK);
	cr_assert_eq(ear.told, 1);
	cr_assert_eq(ear.error, ERROR_UNREACHABLE);
	fake_release(&fake);
}

Test(upstream, a_new_server_in_an_old_place_is_asked_afresh)
{
	struct fake_ear ear = { .told = 0 };
	struct fake fake;

	fake_init(&fake, &options);
	serve(&fake, "192.0.2.1", NULL);
	fake_ask(&fake, "www.example", TYPE_A, &ear);
	serve(&fake, "192.0.2.9", NULL);
	fake_pass(&fake, WHEEL_TICK);
	cr_assert_eq(fake.count, 2);
	fake_answer(&fake, 1, RCODE_NOERROR);
	cr_assert(fake_is_from(&ear, "192.0.2.9"));
	cr_assert_eq(fake_row(&fake, 0).asked, 1, "counts of its own");
	fake_release(&fake);
}

/* What the one before was asked does not count against the new one. */
Test(upstream, a_new_server_in_an_old_place_is_asked_first)
{
	struct fake_ear ear = { .told = 0 };
	struct fake fake;

	fake_init(&fake, &options);
	serve(&fake, "192.0.2.1", NULL);
	fake_ask(&fake, "www.example", TYPE_A, &ear);
	serve(&fake, "192.0.2.8", "192.0.2.9");
	fake_pass(&fake, WHEEL_TICK);
	fake_answer(&fake, 1, RCODE_NOERROR);
	cr_assert(fake_is_from(&ear, "192.0.2.8"));
	fake_release(&fake);
}

Test(upstream, keeps_the_health_of_servers_that_stay)
{
	struct fake_ear ear = { .told = 0 };
	struct fake fake;

	fake_init(&fake, &options);
	fake_ask(&fake, "www.example", TYPE_A, &ear);
	fake_fail(&fake, 0, -ECONNREFUSED);
	fake_answer(&fake, 1, RCODE_NOERROR);
	cr_assert_not(fake_row(&fake, 0).up);
	serve(&fake, "192.0.2.2", "192.0.2.1");
	cr_assert(fake_row(&fake, 0).up);
	cr_assert_eq(fake_row(&fake, 0).answered, 1);
	cr_assert_not(fake_row(&fake, 1).up);
	fake_release(&fake);
}

Test(upstream, takes_each_server_once_and_no_more_than_it_has_room_for)
{
	struct address servers[UPSTREAM_SERVERS + 1];
	struct fake fake;

	fake_init_alone(&fake, &options);
	for (uint8_t i = 0; i <= UPSTREAM_SERVERS; i++) {
		const uint8_t raw[4] = { 192, 0, 2, i };

		address_from_raw(&servers[i], raw, 4, 53);
	}
	cr_assert_eq(upstream_serve(fake.upstream, servers,
				    UPSTREAM_SERVERS + 1), ERROR_FULL);
	cr_assert(fake_row(&fake, UPSTREAM_SERVERS - 1).up);
	for (unsigned i = 0; i <= UPSTREAM_SERVERS; i++)
		servers[i] = servers[0];
	cr_assert_eq(upstream_serve(fake.upstream, servers, 20), 0);
	cr_assert_eq(upstream_rows(fake.upstream, &(struct upstream_row){
		.up = false }, 1), 1);
	fake_release(&fake);
}

/* All at once replaced: there is room for the new ones only after the old. */
Test(upstream, changes_all_servers_at_once)
{
	struct address servers[UPSTREAM_SERVERS];
	struct fake fake;

	fake_init_alone(&fake, &options);
	for (uint8_t round = 0; round < 3; round++) {
		for (uint8_t i = 0; i < UPSTREAM_SERVERS; i++) {
			const uint8_t raw[4] = { 192, 0, round, i };

			address_from_raw(&servers[i], raw, 4, 53);
		}
		cr_assert_eq(upstream_serve(fake.upstream, servers,
					    UPSTREAM_SERVERS), 0);
	}
	fake_release(&fake);
}

struct reader {
	struct upstream *upstream;
	bool ended;
	unsigned wrong;
};

/* An address is never half of one and half of another. */
static void *read_rows(void *context)
{
	struct reader *reader = context;

	while (!__atomic_load_n(&reader->ended, __ATOMIC_RELAXED)) {
		struct upstream_row rows[UPSTREAM_SERVERS];
		unsigned count = upstream_rows(reader->upstream, rows,
					       UPSTREAM_SERVERS);

		for (unsigned i = 0; i < count; i++) {
			size_t len;
			const uint8_t *raw = address_raw(&rows[i].address,
							 &len);

			if (len != 4 || raw[0] != 192 ||
			    rows[i].answered > rows[i].asked + 1)
				reader->wrong++;
		}
	}
	return NULL;
}

/* For ThreadSanitizer, too. */
Test(upstream, rows_may_be_read_by_any_thread)
{
	struct fake_ear ear = { .told = 0 };
	struct reader reader = { .wrong = 0 };
	pthread_t thread;
	struct fake fake;

	fake_init(&fake, &options);
	reader.upstream = fake.upstream;
	cr_assert_eq(pthread_create(&thread, NULL, read_rows, &reader), 0);
	for (unsigned round = 0; round < 3000; round++) {
		fake.count = 0;
		fake_ask(&fake, "www.example", TYPE_A, &ear);
		fake_pass(&fake, 1);
		fake_answer(&fake, 0, RCODE_NOERROR);
		if (round % 8 == 0)
			serve(&fake, round % 16 ? "192.0.2.7" : "192.0.2.8",
			      "192.0.2.9");
	}
	__atomic_store_n(&reader.ended, true, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
	cr_assert_eq(reader.wrong, 0);
	fake_release(&fake);
}
