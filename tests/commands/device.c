/*
 * device, where no daemon runs.
 */
#include "commands/all.h"

#include <criterion/criterion.h>
#include <sys/stat.h>

#include "folder.h"
#include "journal/database.h"
#include "journal/devices.h"

static struct folder folder;

static void put(sqlite3 *db, const char *at, const char *name)
{
	struct devices_sighting sighting = {
		.has_mac = true, .mac = { { 2, 0, 0x5e, 0, 0, 7 } },
		.source = "lease", .name = name, .time = 1790000000000000,
	};
	struct devices *devices;

	cr_assert_eq(devices_load(&devices, db), SQLITE_OK);
	cr_assert_eq(address_parse(&sighting.address, at, 0), 0);
	sighting.mac.at[4] = (uint8_t)at[strlen(at) - 1];
	cr_assert_eq(devices_note(devices, db, &sighting), SQLITE_OK);
	devices_free(devices);
}

/* Two devices: a tablet and one without a name. */
static void fill(void)
{
	char path[128], words[256];
	struct database_options options = {
		.path = path, .group = -1, .words = words,
		.room = sizeof(words),
	};
	sqlite3 *db;

	snprintf(path, sizeof(path), "%s/state", folder.path);
	mkdir(path, 0750);
	snprintf(path, sizeof(path), "%s/state/journal.db", folder.path);
	cr_assert_eq(database_open(&db, &options), SQLITE_OK, "%s", words);
	put(db, "192.168.1.20", "tablet");
	put(db, "192.168.1.21", NULL);
	sqlite3_close(db);
}

static void setup(void)
{
	folder_make(&folder);
	folder_configure(&folder, "");
}

static void teardown(void)
{
	folder_drop(&folder);
}

TestSuite(device, .init = setup, .fini = teardown);

#define CALL(...) folder_call(&folder, &command_device, \
	(const char *const []){ __VA_ARGS__, NULL })

static void expect_said(const char *words)
{
	cr_expect_not_null(strstr(folder.said, words), "\"%s\" in:\n%s", words,
			   folder.said);
}

static void expect_not_said(const char *words)
{
	cr_expect_null(strstr(folder.said, words), "\"%s\" in:\n%s", words,
		       folder.said);
}

Test(device, without_a_journal_it_is_said)
{
	cr_expect_eq(CALL("list"), EXIT_FAILED);
	expect_said("There is no journal yet");
}

Test(device, all_of_them)
{
	fill();
	cr_expect_eq(CALL("list"), EXIT_DONE);
	expect_said("tablet (lease)");
	expect_said("192.168.1.20");
	expect_said("02:00:5e:00:31:07");
	cr_expect_eq(folder_call(&folder, &command_device,
				 (const char *const []){ NULL }), EXIT_DONE);
	expect_said("192.168.1.21");
}

Test(device, for_programs)
{
	fill();
	cr_expect_eq(CALL("--csv"), EXIT_DONE);
	expect_said("id,name,source,mac,addresses,first,last\r\n"
		    "1,tablet,lease,02:00:5e:00:30:07,192.168.1.20,2026-");
	expect_said("\r\n2,,,02:00:5e:00:31:07,192.168.1.21,2026-");
	cr_expect_eq(CALL("--csv", "--json"), EXIT_USAGE);
	if (CALL("--json") == EXIT_DONE)
		expect_said("{\"id\":2,\"name\":null,\"source\":null,"
			    "\"mac\":\"02:00:5e:00:31:07\"");
}

Test(device, a_name_is_given_and_taken_away)
{
	fill();
	cr_expect_eq(CALL("name", "tablet", "Anna's tablet"), EXIT_DONE);
	expect_said("tablet is called Anna's tablet from now on\n");
	cr_expect_eq(CALL("show", "anna's TABLET"), EXIT_DONE);
	expect_said("#1  Anna's tablet (given)  02:00:5e:00:30:07\n");
	expect_said("  now                  192.168.1.20\n");
	expect_said("  tablet (lease)\n");
	cr_expect_eq(CALL("forget-name", "#1"), EXIT_DONE);
	expect_said("Anna's tablet is called tablet from now on\n");
	cr_expect_eq(CALL("forget-name", "#1"), EXIT_FAILED);
	expect_said("it has no name that was given by hand");
	cr_expect_eq(CALL("show", "#1"), EXIT_DONE);
	expect_said("none any more (given)");
}

Test(device, two_of_one_name_cannot_be)
{
	fill();
	cr_expect_eq(CALL("name", "192.168.1.21", "Tablet"), EXIT_FAILED);
	expect_said("another device is called that");
	cr_expect_eq(CALL("name", "tablet", "Tablet"), EXIT_DONE);
}

Test(device, what_is_asked_wrongly_is_told)
{
	fill();
	cr_expect_eq(CALL("nonsense"), EXIT_USAGE);
	expect_said("it takes list, show, name or forget-name");
	cr_expect_eq(CALL("name", "tablet"), EXIT_USAGE);
	expect_said("homebound device name DEVICE NAME");
	cr_expect_eq(CALL("show", "nobody\033[2J"), EXIT_FAILED);
	expect_said("there is no device \"nobody\\027[2J\"");
	expect_not_said("\033");
	cr_expect_eq(CALL("name", "nobody", "x"), EXIT_FAILED);
	expect_said("there is no device \"nobody\"");
	cr_expect_eq(CALL("name", "tablet", "10.0.0.1"), EXIT_USAGE);
	expect_said("that is no name");
	cr_expect_eq(CALL("name", "tablet", "a\nb"), EXIT_USAGE);
}
