#include "device/sightings.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "message.h"

#define SECOND UINT64_C(1000)
#define HOUR (3600 * SECOND)
#define START (1000 * HOUR)

static struct sightings *table;

static void make_table(void)
{
	table = sightings_new();
	cr_assert_not_null(table);
}

static void free_table(void)
{
	sightings_free(table);
}

TestSuite(sightings, .init = make_table, .fini = free_table);

static struct sighting sighting(const char *address, uint8_t mac)
{
	return (struct sighting){ .address = message_address(address),
				  .mac = message_mac(mac), .link = 1,
				  .there = true };
}

static bool put(const char *address, uint8_t mac, uint64_t now)
{
	struct sighting one = sighting(address, mac);

	return sightings_put(table, &one, now);
}

static bool put_on(uint32_t link, const char *address, uint8_t mac,
		   uint64_t now)
{
	struct sighting one = sighting(address, mac);

	one.link = link;
	return sightings_put(table, &one, now);
}

static void leave_from(uint32_t link, const char *address, uint64_t now)
{
	struct sighting one = sighting(address, 0);

	one.link = link;
	one.there = false;
	cr_assert_not(sightings_put(table, &one, now),
		      "one that left is still known");
}

/* The last byte of its MAC; -1: not known. */
static int behind(const char *text)
{
	struct address address = message_address(text);
	struct mac mac;

	return sightings_mac(table, &address, &mac) ? mac.at[5] : -1;
}

/* The addresses of a MAC, one after the other. */
static const char *of(uint8_t last, unsigned room)
{
	static char words[1024];
	struct mac mac = message_mac(last);
	struct address at[16];
	unsigned count = sightings_of(table, &mac, at, room);

	words[0] = '\0';
	for (unsigned i = 0; i < count; i++) {
		char one[ADDRESS_TEXT];

		strcat(words, i > 0 ? " " : "");
		strcat(words, address_words(&at[i], 0, one));
	}
	return words;
}

Test(sightings, both_ways)
{
	cr_assert(put("192.0.2.1", 1, START));
	cr_assert(put("2001:db8::1", 1, START + 1));
	cr_assert(put("192.0.2.2", 2, START + 2));
	cr_assert_eq(behind("192.0.2.1"), 1);
	cr_assert_eq(behind("2001:db8::1"), 1);
	cr_assert_eq(behind("192.0.2.2"), 2);
	cr_assert_eq(behind("192.0.2.3"), -1);
	cr_assert_str_eq(of(1, 16), "2001:db8::1 192.0.2.1");
	cr_assert_str_eq(of(2, 16), "192.0.2.2");
	cr_assert_str_eq(of(3, 16), "");
}

Test(sightings, those_heard_of_last_come_first_and_the_rest_is_cut)
{
	struct sighting quiet = sighting("192.0.2.9", 1);

	put("192.0.2.1", 1, START);
	put("192.0.2.2", 1, START + 10);
	put("192.0.2.3", 1, START + 20);
	quiet.age = 15;
	sightings_put(table, &quiet, START + 20);
	cr_assert_str_eq(of(1, 16),
			 "192.0.2.3 192.0.2.2 192.0.2.9 192.0.2.1");
	cr_assert_not(put("192.0.2.1", 1, START + 30), "nothing is new");
	cr_assert_str_eq(of(1, 16),
			 "192.0.2.1 192.0.2.3 192.0.2.2 192.0.2.9");
	cr_assert_str_eq(of(1, 2), "192.0.2.1 192.0.2.3");
	cr_assert_str_eq(of(1, 0), "");
}

Test(sightings, what_was_older_than_the_clock_is_no_trouble)
{
	struct sighting old = sighting("192.0.2.1", 1);

	old.age = UINT32_MAX;
	cr_assert(sightings_put(table, &old, 5));
	put("192.0.2.2", 1, 1);
	cr_assert_str_eq(of(1, 16), "192.0.2.2 192.0.2.1");
}

Test(sightings, an_address_moves_to_the_mac_that_claims_it)
{
	put("192.0.2.1", 1, START);
	cr_assert(put("192.0.2.1", 2, START));
	cr_assert_eq(behind("192.0.2.1"), 2);
	cr_assert_str_eq(of(1, 16), "");
	cr_assert_str_eq(of(2, 16), "192.0.2.1");
	cr_assert_not(put("192.0.2.1", 2, START + 1));
}

Test(sightings, port_and_scope_are_not_looked_at)
{
	struct sighting local = sighting("fe80::1", 1);
	struct address asked = local.address;
	struct address at[2];
	struct mac mac;

	local.address.in6.sin6_scope_id = 2;
	local.address.in6.sin6_port = 1;
	cr_assert(sightings_put(table, &local, START));
	local.address.in6.sin6_scope_id = 3;
	cr_assert_not(sightings_put(table, &local, START + 1));
	asked.in6.sin6_scope_id = 4;
	address_set_port(&asked, 53);
	cr_assert(sightings_mac(table, &asked, &mac));
	cr_assert_eq(sightings_of(table, &mac, at, 2), 1);
	cr_assert_eq(at[0].in6.sin6_scope_id, 0);
	cr_assert_eq(address_port(&at[0]), 0);
}

Test(sightings, what_is_no_address_is_nowhere)
{
	struct sighting none = { .mac = message_mac(1), .there = true };
	struct mac mac;

	cr_assert_not(sightings_put(table, &none, START));
	cr_assert_not(sightings_mac(table, &none.address, &mac));
	cr_assert_str_eq(of(1, 16), "");
	cr_assert_eq(sightings_refused(table), 0);
}

Test(sightings, one_that_left_is_known_for_a_day)
{
	put("192.0.2.1", 1, START);
	put("192.0.2.2", 1, START);
	leave_from(1, "192.0.2.1", START + HOUR);
	leave_from(1, "192.0.2.1", START + 20 * HOUR);
	cr_assert_not(sightings_expire(table, START + 25 * HOUR - 1));
	cr_assert_eq(behind("192.0.2.1"), 1);
	cr_assert(sightings_expire(table, START + 25 * HOUR));
	cr_assert_eq(behind("192.0.2.1"), -1);
	cr_assert_str_eq(of(1, 16), "192.0.2.2");
	cr_assert_not(sightings_expire(table, START + 9999 * HOUR),
		      "one that is there stays");
}

Test(sightings, one_that_comes_back_stays)
{
	put("192.0.2.1", 1, START);
	leave_from(1, "192.0.2.1", START);
	cr_assert_not(put("192.0.2.1", 1, START + 23 * HOUR));
	cr_assert_not(sightings_expire(table, START + 99 * HOUR));
	leave_from(1, "192.0.2.1", START + 99 * HOUR);
	cr_assert_not(sightings_expire(table, START + 122 * HOUR));
	cr_assert(sightings_expire(table, START + 123 * HOUR));
}

Test(sightings, one_that_left_gives_its_address_to_anybody)
{
	struct sighting other = sighting("192.0.2.1", 2);

	put("192.0.2.1", 1, START);
	leave_from(1, "192.0.2.1", START + 1);
	other.age = 60 * SECOND;
	cr_assert(sightings_put(table, &other, START + 2),
		  "even if it was heard of before");
	cr_assert_eq(behind("192.0.2.1"), 2);
}

Test(sightings, leaving_is_nothing_for_one_that_is_not_known)
{
	leave_from(1, "192.0.2.1", START);
	cr_assert_eq(behind("192.0.2.1"), -1);
	cr_assert_not(sightings_expire(table, START + 99 * HOUR));
}

/* Routers like fe80::1, on every link. */
Test(sightings, of_two_links_the_one_heard_of_last_has_it)
{
	struct sighting other = sighting("fe80::1", 2);

	put_on(1, "fe80::1", 1, START);
	other.link = 2;
	other.age = 10;
	cr_assert_not(sightings_put(table, &other, START));
	cr_assert_eq(behind("fe80::1"), 1);
	cr_assert(put_on(2, "fe80::1", 2, START + 1));
	leave_from(1, "fe80::1", START + 2);
	cr_assert_not(sightings_expire(table, START + 99 * HOUR),
		      "it left the other link");
	leave_from(2, "fe80::1", START + 2);
	cr_assert(sightings_expire(table, START + 99 * HOUR));
}

Test(sightings, one_that_comes_back_on_another_link_leaves_from_there)
{
	struct sighting back = sighting("192.0.2.1", 1);

	put_on(1, "192.0.2.1", 1, START);
	leave_from(1, "192.0.2.1", START);
	back.link = 2;
	back.age = SECOND;
	sightings_put(table, &back, START);
	leave_from(2, "192.0.2.1", START);
	cr_assert(sightings_expire(table, START + 24 * HOUR));
}

Test(sightings, what_is_not_in_the_whole_table_has_left)
{
	put("192.0.2.1", 1, START);
	put("192.0.2.2", 1, START);
	put("192.0.2.3", 1, START);
	sightings_begin(table);
	put("192.0.2.2", 1, START);
	put("192.0.2.3", 2, START + 1);
	put("192.0.2.4", 2, START + 1);
	sightings_end(table, START + HOUR);
	cr_assert_eq(behind("192.0.2.1"), 1);
	cr_assert(sightings_expire(table, START + 25 * HOUR));
	cr_assert_eq(behind("192.0.2.1"), -1);
	cr_assert_eq(behind("192.0.2.2"), 1);
	cr_assert_eq(behind("192.0.2.3"), 2);
	cr_assert_eq(behind("192.0.2.4"), 2);
	cr_assert_not(sightings_expire(table, START + 999 * HOUR));
}

static struct sighting numbered(unsigned number)
{
	uint8_t raw[16] = { 0x20, 0x01, 0x0d, 0xb8 };
	struct sighting one = { .link = 1, .there = true };

	bytes_put32(raw + 12, number);
	bytes_put32(one.mac.at + 2, number / 4);
	one.mac.at[0] = 2;
	address_from_raw(&one.address, raw, 16, 0);
	return one;
}

static bool put_number(unsigned number, uint64_t now)
{
	struct sighting one = numbered(number);

	return sightings_put(table, &one, now);
}

static bool knows(unsigned number)
{
	struct sighting one = numbered(number);
	struct mac mac;

	return sightings_mac(table, &one.address, &mac) &&
	       mac_equal(&mac, &one.mac);
}

Test(sightings, a_full_table_refuses_and_counts)
{
	for (unsigned i = 0; i < SIGHTINGS_ROOM; i++)
		cr_assert(put_number(i, START + i));
	cr_assert_eq(sightings_refused(table), 0);
	for (unsigned i = 0; i < 100; i++)
		cr_assert_not(put_number(SIGHTINGS_ROOM + i, START + HOUR));
	cr_assert_eq(sightings_refused(table), 100);
	for (unsigned i = 0; i < SIGHTINGS_ROOM; i++)
		cr_assert(knows(i), "%u", i);
	cr_assert_not(knows(SIGHTINGS_ROOM));
	cr_assert(put("2001:db8::7", 77, START + HOUR),
		  "but an address may move");
	cr_assert_eq(behind("2001:db8::7"), 77);
}

Test(sightings, those_that_left_make_room_the_oldest_first)
{
	for (unsigned i = 0; i < SIGHTINGS_ROOM; i++)
		put_number(i, START + i);
	for (unsigned i = 5; i > 2; i--) {
		struct sighting one = numbered(i);

		one.there = false;
		sightings_put(table, &one, START + HOUR);
	}
	cr_assert(put_number(10000, START + HOUR));
	cr_assert(put_number(10001, START + HOUR));
	cr_assert_not(knows(3));
	cr_assert_not(knows(4));
	cr_assert(knows(5));
	cr_assert(knows(10000));
	cr_assert(knows(10001));
	cr_assert_eq(sightings_refused(table), 0);
}

/* What a table of nothing but rows says to the same news. */
enum { MODEL = 64, MODEL_MACS = 8 };

struct model {
	int mac;		/* -1: none */
	bool there;
	uint64_t seen, left;
};

static bool model_put(struct model *model, const struct sighting *one,
		      uint64_t now)
{
	int mac = one->mac.at[5];

	if (!one->there) {
		if (model->there)
			model->left = now;
		model->there = false;
		return false;
	}
	if (model->mac != mac && model->there && now - one->age < model->seen)
		return false;
	if (model->mac != mac) {
		*model = (struct model){ mac, true, now - one->age, 0 };
		return true;
	}
	model->there = true;
	if (now - one->age > model->seen)
		model->seen = now - one->age;
	return false;
}

static void check_model(const struct model *model)
{
	unsigned total = 0;

	for (uint8_t last = 0; last < MODEL_MACS; last++) {
		struct mac mac = message_mac(last);
		struct address at[MODEL];
		unsigned count = sightings_of(table, &mac, at, MODEL);
		uint64_t newest = UINT64_MAX;

		for (unsigned i = 0; i < count; i++) {
			const struct model *row = &model[at[i].in6.sin6_addr
							 .s6_addr[15]];

			cr_assert_eq(row->mac, last);
			cr_assert_leq(row->seen, newest);
			newest = row->seen;
		}
		total += count;
	}
	for (unsigned i = 0; i < MODEL; i++)
		total -= model[i].mac >= 0;
	cr_assert_eq(total, 0);
}

static bool model_expire(struct model *model, uint64_t now)
{
	bool any = false;

	for (unsigned i = 0; i < MODEL; i++) {
		if (model[i].mac < 0 || model[i].there ||
		    now - model[i].left < 24 * HOUR)
			continue;
		model[i].mac = -1;
		any = true;
	}
	return any;
}

Test(sightings, agrees_with_a_naive_one)
{
	struct model model[MODEL];
	uint64_t now = START;

	srandom(1);
	for (unsigned i = 0; i < MODEL; i++)
		model[i] = (struct model){ .mac = -1 };
	for (unsigned step = 0; step < 20000; step++) {
		unsigned number = (unsigned)random() % MODEL;
		struct sighting one = numbered(number);

		now += (unsigned)random() % (HOUR / 2);
		one.mac = message_mac((uint8_t)(random() % MODEL_MACS));
		one.there = random() % 4 != 0;
		one.age = (uint32_t)random() % HOUR;
		cr_assert_eq(sightings_put(table, &one, now),
			     model_put(&model[number], &one, now), "step %u",
			     step);
		if (random() % 8 == 0)
			cr_assert_eq(sightings_expire(table, now),
				     model_expire(model, now));
		check_model(model);
	}
}
