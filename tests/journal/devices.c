/*
 * Whose an address was and what it was called: each promise by itself, then
 * random households against a model that keeps every sighting and looks
 * through all of them, in memory and as the database has it.
 */
#include "journal/devices.h"

#include "ask.h"
#include "fixture.h"
#include "journal/database.h"

static struct fixture fixture;
static sqlite3 *db;
static struct devices *devices;

static void set_up(void)
{
	char words[256];
	struct database_options options = {
		.path = fixture.database, .group = -1,
		.words = words, .room = sizeof(words),
	};

	fixture_make(&fixture);
	cr_assert_eq(database_open(&db, &options), SQLITE_OK, "%s", words);
	cr_assert_eq(devices_load(&devices, db), SQLITE_OK);
}

static void tear_down(void)
{
	devices_free(devices);
	sqlite3_close(db);
	fixture_remove(&fixture);
}

TestSuite(devices, .init = set_up, .fini = tear_down, .timeout = 60);

static struct address address_at(const char *text)
{
	struct address address;

	cr_assert_eq(address_parse(&address, text, 0), 0, "%s", text);
	return address;
}

static struct mac mac_at(uint8_t last)
{
	return (struct mac){ { 2, 0, 0x5e, 0, 0, last } };
}

static void sql(const char *words)
{
	cr_assert_eq(sqlite3_exec(db, words, NULL, NULL, NULL), SQLITE_OK,
		     "%s: %s", words, sqlite3_errmsg(db));
}

static int64_t number(const char *words)
{
	sqlite3_stmt *stmt;
	sqlite3_int64 value;

	cr_assert_eq(database_prepare(db, words, &stmt), SQLITE_OK, "%s: %s",
		     words, sqlite3_errmsg(db));
	database_ask(stmt, &value);
	sqlite3_finalize(stmt);
	return value;
}

/* `mac` 0: none is seen. */
static void see(const char *at, uint8_t mac, uint64_t time)
{
	struct devices_sighting sighting = {
		.address = address_at(at), .has_mac = mac != 0,
		.mac = mac_at(mac), .time = time,
	};

	cr_assert_eq(devices_note(devices, db, &sighting), SQLITE_OK);
}

static void call(const char *at, const char *source, const char *name,
		 uint64_t time)
{
	struct devices_sighting sighting = {
		.address = address_at(at), .source = source, .name = name,
		.time = time,
	};

	cr_assert_eq(devices_note(devices, db, &sighting), SQLITE_OK);
}

static int64_t ask(const char *at, uint64_t time)
{
	struct address address = address_at(at);
	int64_t device = -1;

	cr_assert_eq(devices_take(devices, db, &address, time, &device),
		     SQLITE_OK);
	return device;
}

static int64_t at(const char *text, uint64_t time)
{
	struct address address = address_at(text);

	return devices_at(devices, &address, time);
}

static const char *name_at(int64_t device, uint64_t time)
{
	const char *name = devices_name(devices, device, time);

	return name != NULL ? name : "-";
}

static int give_name(int64_t device, const char *name, uint64_t since)
{
	struct devices_called called = { .name = name, .since = since };

	return devices_give_name(devices, db, device, &called);
}

static void read_again(void)
{
	cr_assert_eq(devices_reload(devices, db), SQLITE_OK);
}

/* --- whose an address is --- */

Test(devices, nobody_is_nobody)
{
	cr_assert_eq(at("192.168.1.9", 5), 0);
	cr_assert_null(devices_name(devices, 1, 5));
	cr_assert_eq(devices_find(devices, "192.168.1.9"), 0);
	cr_assert_eq(devices_find(devices, ""), 0);
	cr_assert_eq(number("SELECT count(*) FROM device"), 0);
}

Test(devices, the_question_comes_before_the_first_sighting)
{
	see("192.168.1.9", 1, 1000);
	cr_assert_neq(at("192.168.1.9", 10), 0);
	cr_assert_eq(at("192.168.1.9", 10), at("192.168.1.9", 2000));
	cr_assert_eq(ask("192.168.1.9", 10), at("192.168.1.9", 2000));
	cr_assert_eq(number("SELECT count(*) FROM device"), 1);
}

Test(devices, another_lease_leaves_rows_with_their_device)
{
	int64_t first, second;

	see("192.168.1.9", 1, 1000);
	see("192.168.1.10", 2, 1000);
	first = at("192.168.1.9", 1000);
	second = at("192.168.1.10", 1000);
	cr_assert_neq(first, second);
	see("192.168.1.10", 1, 5000);
	see("192.168.1.9", 2, 6000);
	for (unsigned i = 0; i < 2; i++) {
		cr_assert_eq(at("192.168.1.9", 5999), first);
		cr_assert_eq(at("192.168.1.9", 6000), second);
		cr_assert_eq(at("192.168.1.10", 4999), second);
		cr_assert_eq(at("192.168.1.10", 5000), first);
		read_again();
	}
}

Test(devices, privacy_addresses_are_one_device)
{
	struct devices_span spans[8];
	char text[64];

	for (unsigned day = 0; day < 300; day++) {
		snprintf(text, sizeof(text), "2001:db8::%x", day + 1);
		see(text, 7, day * 1000);
	}
	cr_assert_eq(number("SELECT count(*) FROM device"), 1);
	cr_assert_eq(at("2001:db8::1", 999999), at("2001:db8::12c", 0));
	cr_assert_eq(devices_spans(devices, at("2001:db8::1", 0), spans, 8),
		     300);
}

Test(devices, two_that_quarrel_have_it_in_turn)
{
	for (uint8_t i = 0; i < 10; i++)
		see("10.0.0.1", i % 2 + 1, 100u * i);
	cr_assert_eq(number("SELECT count(*) FROM device"), 2);
	for (unsigned i = 2; i < 10; i++)
		cr_assert_eq(at("10.0.0.1", 100u * i + 50),
			     at("10.0.0.1", 100u * (i % 2) + 50), "%u", i);
	cr_assert_neq(at("10.0.0.1", 50), at("10.0.0.1", 150));
}

Test(devices, a_quarrel_does_not_fill_the_disk)
{
	sql("BEGIN");
	for (unsigned i = 0; i < 5000; i++)
		see("10.0.0.1", (uint8_t)(i % 2 + 1), i);
	cr_assert_eq(number("SELECT count(*) FROM device_address"), 1024);
	cr_assert_neq(at("10.0.0.1", 4998), at("10.0.0.1", 4999));
	for (unsigned i = 0; i < 500; i++) {
		char name[32];

		snprintf(name, sizeof(name), "name-%u", i);
		call("10.0.0.1", "lease", name, 6000 + i);
	}
	cr_assert_eq(number("SELECT count(*) FROM device_name"), 64);
	cr_assert_str_eq(name_at(at("10.0.0.1", 9999), 9999), "name-499");
	sql("COMMIT");
}

Test(devices, one_that_comes_back_is_the_same)
{
	int64_t before;

	see("192.168.1.9", 1, 1000);
	before = at("192.168.1.9", 1000);
	see("192.168.1.9", 2, 2000);
	see("192.168.1.77", 1, 900000);
	cr_assert_eq(at("192.168.1.77", 900000), before);
	see("192.168.1.9", 1, 900001);
	cr_assert_eq(at("192.168.1.9", 900001), before);
	cr_assert_neq(at("192.168.1.9", 2001), before);
}

Test(devices, seeing_it_again_writes_nothing)
{
	see("192.168.1.9", 1, 1000);
	call("192.168.1.9", "lease", "tablet", 1000);
	read_again();
	sql("CREATE TEMP TRIGGER one BEFORE INSERT ON main.device_address"
	    " BEGIN SELECT raise(ABORT, 'again'); END;"
	    "CREATE TEMP TRIGGER two BEFORE INSERT ON main.device_name"
	    " BEGIN SELECT raise(ABORT, 'again'); END;"
	    "CREATE TEMP TRIGGER three BEFORE UPDATE ON main.device"
	    " BEGIN SELECT raise(ABORT, 'again'); END;");
	see("192.168.1.9", 1, 50000000);
	call("192.168.1.9", "lease", "tablet", 50000000);
	ask("192.168.1.9", 59000000);
}

Test(devices, the_last_time_is_right_to_the_minute)
{
	see("192.168.1.9", 1, 1000);
	ask("192.168.1.9", 200000000);
	cr_assert_eq(number("SELECT last FROM device"), 200000000);
	ask("192.168.1.9", 10);
	cr_assert_eq(number("SELECT first FROM device"), 10);
}

Test(devices, what_a_file_says_is_no_sighting)
{
	struct devices_sighting lease = {
		.address = address_at("192.168.1.9"), .has_mac = true,
		.mac = mac_at(1), .hearsay = true, .source = "lease",
		.name = "tablet", .time = 900000000,
	};

	see("192.168.1.9", 1, 1000);
	cr_assert_eq(devices_note(devices, db, &lease), SQLITE_OK);
	cr_assert_eq(number("SELECT last FROM device"), 1000);
	cr_assert_str_eq(name_at(1, UINT64_MAX), "tablet");
}

/* --- a MAC that is known late --- */

Test(devices, a_late_mac_keeps_the_device)
{
	int64_t before = ask("192.168.1.9", 1000);

	cr_assert_gt(before, 0);
	see("192.168.1.9", 3, 5000);
	cr_assert_eq(at("192.168.1.9", 9999), before);
	cr_assert_eq(devices_find(devices, "02:00:5e:00:00:03"), before);
	read_again();
	cr_assert_eq(devices_find(devices, "02:00:5e:00:00:03"), before);
}

static void fill_ledger(int64_t stays, int64_t goes)
{
	char words[1024];

	snprintf(words, sizeof(words),
		 "INSERT INTO ledger VALUES"
		 " (%d, 'both.example', 50, 60, 3, 1),"
		 " (%d, 'both.example', 40, 55, 4, 2),"
		 " (%d, 'new.example', 41, 42, 5, 0);"
		 "INSERT INTO ledger_more VALUES"
		 " (%d, '*', 1, 9, 10, 2, 3), (%d, '*', 2, 10, 20, 4, 5);"
		 "INSERT INTO mark (time, label, device) VALUES (7, 'x', %d);",
		 (int)stays, (int)goes, (int)goes, (int)stays, (int)goes,
		 (int)goes);
	sql(words);
}

Test(devices, a_late_mac_joins_two_and_what_is_known_of_them)
{
	int64_t stays, goes;

	see("192.168.1.9", 3, 1000);
	stays = at("192.168.1.9", 1000);
	goes = ask("2001:db8::5", 500);
	call("2001:db8::5", "ptr", "old-name", 600);
	cr_assert_eq(give_name(goes, "Tablet", 700), 0);
	fill_ledger(stays, goes);
	see("2001:db8::5", 3, 2000);
	for (unsigned i = 0; i < 2; i++) {
		cr_assert_eq(at("2001:db8::5", 1), stays);
		cr_assert_str_eq(name_at(stays, 650), "old-name");
		cr_assert_str_eq(name_at(stays, 2000), "Tablet");
		read_again();
	}
	cr_assert_eq(number("SELECT count(*) FROM device"), 1);
	cr_assert_eq(number("SELECT first FROM device"), 500);
	cr_assert_eq(number("SELECT count(*) FROM ledger"), 2);
	cr_assert_eq(number("SELECT first * 1000000 + last * 10000 +"
			    " count * 100 + sunk FROM ledger"
			    " WHERE name = 'both.example'"), 40600703);
	cr_assert_eq(number("SELECT count FROM ledger"
			    " WHERE name = 'new.example'"), 5);
	cr_assert_eq(number("SELECT first * 1000000 + last * 10000 +"
			    " count * 100 + sunk * 10 + names"
			    " FROM ledger_more"), 1103068);
	cr_assert_eq(number("SELECT device FROM mark"), stays);
}

Test(devices, an_id_is_never_given_twice)
{
	int64_t goes;

	see("192.168.1.9", 3, 1000);
	goes = ask("2001:db8::5", 500);
	see("2001:db8::5", 3, 2000);
	read_again();
	cr_assert_gt(ask("192.168.1.200", 3000), goes);
}

/* --- names --- */

Test(devices, the_best_source_has_the_name_of_its_time)
{
	int64_t device;

	call("192.168.1.9", "ptr", "android-77", 100);
	device = at("192.168.1.9", 0);
	call("192.168.1.9", "hosts", "from-hosts", 200);
	call("192.168.1.9", "lease", "from-lease", 300);
	cr_assert_eq(give_name(device, "K\xc3\xbc" "che",
				       400), 0);
	call("192.168.1.9", "lease", "other-lease", 500);
	cr_assert_eq(give_name(device, "", 600), 0);
	for (unsigned i = 0; i < 2; i++) {
		cr_assert_str_eq(name_at(device, 0), "android-77");
		cr_assert_str_eq(name_at(device, 199), "android-77");
		cr_assert_str_eq(name_at(device, 200), "from-hosts");
		cr_assert_str_eq(name_at(device, 300), "from-lease");
		cr_assert_str_eq(name_at(device, 599), "K\xc3\xbc" "che");
		cr_assert_str_eq(name_at(device, 600), "other-lease");
		cr_assert_str_eq(devices_name_source(devices, device, 450),
				 "given");
		read_again();
	}
}

Test(devices, a_name_of_an_address_stays_with_the_address)
{
	int64_t first, second;

	see("192.168.1.9", 1, 100);
	call("192.168.1.9", "hosts", "printer", 200);
	call("192.168.1.9", "lease", "laptop", 200);
	first = at("192.168.1.9", 100);
	see("192.168.1.9", 2, 300);
	second = at("192.168.1.9", 300);
	call("192.168.1.9", "hosts", "printer", 300);
	cr_assert_str_eq(name_at(first, 250), "laptop");
	cr_assert_str_eq(name_at(second, 400), "printer");
	cr_assert_eq(number("SELECT count(*) FROM device_name"
			    " WHERE name = '' AND source = 'hosts'"), 1);
}

Test(devices, what_is_no_name_is_left_out)
{
	static const char *const bad[] = {
		"#7", "192.168.1.1", "::1", "02:00:5e:00:00:03", "a\x1b[31m",
		"\xff", " x", "x ", "\xe2\x80\xae" "x", "10.0.0.1:53",
		"a-name-that-is-longer-than-sixty-three-bytes-is-no-name-at-"
		"all-ok",
	};
	int64_t device = ask("192.168.1.9", 5);

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		cr_assert_not(devices_is_name(bad[i]), "%s", bad[i]);
		call("192.168.1.9", "lease", bad[i], 10 + i);
		cr_assert_str_eq(name_at(device, 100), "-", "%s", bad[i]);
		cr_assert_eq(give_name(device, bad[i],
					       50), SQLITE_MISMATCH);
	}
	call("192.168.1.9", "rumour", "good-name", 99);
	cr_assert_str_eq(name_at(device, 100), "-");
	cr_assert_eq(give_name(99, "x", 50),
		     SQLITE_NOTFOUND);
}

/* --- finding --- */

Test(devices, found_by_whatever_people_have)
{
	int64_t first, second;

	see("192.168.1.9", 1, 100);
	see("fe80::9", 1, 100);
	see("192.168.1.10", 2, 200);
	first = at("192.168.1.9", 100);
	second = at("192.168.1.10", 100);
	give_name(first, "Telly", 300);
	give_name(second, "telly", 400);
	give_name(second, "Stove", 500);
	cr_assert_eq(devices_find(devices, "TELLY"), first, "had by both");
	cr_assert_eq(devices_find(devices, "stove"), second);
	cr_assert_eq(devices_find(devices, "02-00-5E-00-00-02"), second);
	cr_assert_eq(devices_find(devices, "fe80::9"), first);
	cr_assert_eq(devices_find(devices, "#2"), second);
	cr_assert_eq(devices_find(devices, "#3"), 0);
	cr_assert_eq(devices_find(devices, "#99999999999999999999"), 0);
	cr_assert_eq(devices_find(devices, "Fridge"), 0);
	give_name(first, "", 600);
	cr_assert_eq(devices_find(devices, "telly"), second, "seen last");
}

static void words_are(int64_t device, const char *expected)
{
	char buffer[128];
	struct text text;

	text_init(&text, buffer, sizeof(buffer));
	devices_words(devices, device, &text);
	cr_assert_str_eq(buffer, expected);
}

Test(devices, words_for_it)
{
	int64_t device = ask("192.168.1.9", 100);

	words_are(device, "192.168.1.9");
	see("192.168.1.9", 1, 200);
	words_are(device, "02:00:5e:00:00:01");
	call("192.168.1.9", "lease", "tablet", 300);
	words_are(device, "tablet");
	words_are(77, "#77");
}

/* --- what the file says may be anything --- */

Test(devices, a_file_that_somebody_wrote_is_read_with_care)
{
	see("192.168.1.9", 1, 100);
	sql("INSERT INTO device VALUES (-5, x'010203040506', 1, 2),"
	    " (7, x'0102', -9, -9), (9223372036854775807, NULL, 1, 1),"
	    " (8, zeroblob(100000), 1, 1);"
	    "INSERT INTO device_address VALUES (x'', 1, 1), (x'01', 1, 1),"
	    " (zeroblob(17), 1, 1), (x'0a000001', 5, 1000),"
	    " (x'0a000002', -5, 7), (zeroblob(70000), 1, 7);"
	    "INSERT INTO device_name VALUES (7, 'given', 1, 'a' || char(27)),"
	    " (7, 'x', 1, 'good'), (7, 'lease', -1, 'early'),"
	    " (99, 'given', 1, 'good'),"
	    " (7, 'given', 3, CAST(x'6100620a' AS TEXT));"
	    "REPLACE INTO progress VALUES"
	    " ('device', 9223372036854775807, NULL);");
	read_again();
	cr_assert_eq(at("10.0.0.1", 9), 0);
	cr_assert_eq(at("10.0.0.2", 9), 7);
	cr_assert_str_eq(name_at(7, 9), "a");
	cr_assert_gt(ask("10.0.0.3", 100), 8);
}

Test(devices, strangers_do_not_take_all_the_room)
{
	struct address address = address_at("10.0.0.0");
	int64_t device, before = 0;

	sql("BEGIN");
	for (unsigned i = 0; i < DEVICES_ROOM; i++) {
		address.in4.sin_addr.s_addr = htonl(0x0a000000 + i);
		cr_assert_eq(devices_take(devices, db, &address, i, &device),
			     SQLITE_OK);
		before = device != 0 ? device : before;
	}
	cr_assert_eq(before, DEVICES_ROOM / 2);
	cr_assert_eq(device, 0);
	cr_assert_eq(devices_at(devices, &address, 1), 0);
	see("192.168.1.9", 1, 100);
	cr_assert_neq(at("192.168.1.9", 100), 0);
	sql("COMMIT");
}

/* --- against a model --- */

enum { ADDRESSES = 12, MACS = 5, STEPS = 400 };

/*
 * Every sighting that was ever made, as it was made: somebody is a MAC, or
 * the address alone (100 + its number) until it turns out otherwise.
 */
static struct sighted {
	uint64_t time;
	unsigned address;
	unsigned who;
} model[STEPS];
static unsigned model_count;

static unsigned model_at(unsigned address, uint64_t time)
{
	unsigned who = 0;

	for (unsigned i = 0; i < model_count; i++) {
		if (model[i].address != address)
			continue;
		if (who == 0 && time < model[i].time)
			time = model[i].time;
		if (model[i].time > time)
			break;
		who = model[i].who;
	}
	return who;
}

static void model_see(unsigned address, unsigned mac, uint64_t time)
{
	unsigned holder = model_at(address, time);
	unsigned who = mac > 0 ? mac : holder > 0 ? holder : 100 + address;

	if (mac > 0 && holder >= 100)
		for (unsigned i = 0; i < model_count; i++)
			if (model[i].who == holder)
				model[i].who = mac;
	model[model_count++] = (struct sighted){ time, address, who };
}

static void address_of(unsigned number, char text[32])
{
	snprintf(text, 32, number % 2 ? "192.168.1.%u" : "fd00::%u",
		 number + 1);
}

/* The same where the model has the same, and different where it has not. */
static void compare(uint64_t until, uint64_t seed)
{
	int64_t device_of[200] = { 0 };
	char text[32];

	for (unsigned i = 0; i < ADDRESSES; i++) {
		address_of(i, text);
		for (uint64_t time = 0; time <= until + 1; time += 3) {
			unsigned who = model_at(i, time);
			int64_t device = at(text, time);

			cr_assert_eq(who == 0, device == 0);
			if (device_of[who] == 0)
				device_of[who] = device;
			cr_assert_eq(device_of[who], device,
				     "seed %llu, %s at %llu: %u",
				     (unsigned long long)seed, text,
				     (unsigned long long)time, who);
		}
	}
	for (unsigned i = 1; i < 200; i++)
		for (unsigned j = 1; j < i; j++)
			cr_assert(device_of[i] == 0 ||
				  device_of[i] != device_of[j],
				  "%u and %u are one", i, j);
}

static void live(uint64_t seed)
{
	uint64_t state = seed, time = 0;
	char text[32];

	for (unsigned i = 0; i < STEPS; i++) {
		uint64_t dice = fixture_random(&state);
		unsigned address = (unsigned)(dice % ADDRESSES);
		unsigned mac = (unsigned)(dice >> 16) % (MACS + 1);

		time += (dice >> 32) % 4;
		address_of(address, text);
		if (mac == 0)
			ask(text, time);
		else
			see(text, (uint8_t)mac, time);
		model_see(address, mac, time);
		if ((dice >> 40) % 50 == 0)
			read_again();
	}
	compare(time, seed);
	read_again();
	compare(time, seed);
}

Test(devices, random_households_as_the_model_has_them)
{
	for (uint64_t seed = 1; seed <= 30; seed++) {
		model_count = 0;
		sql("BEGIN; DELETE FROM device; DELETE FROM device_address;"
		    "DELETE FROM device_name; DELETE FROM progress");
		read_again();
		live(seed * 7919);
		sql("COMMIT");
	}
}
