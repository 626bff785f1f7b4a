#include "upstream/system.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

enum { SERVERS = 8, PATIENCE = 3000 };

static struct address parsed(const char *text)
{
	struct address address;

	cr_assert_eq(address_parse(&address, text, 53), 0, "%s", text);
	return address;
}

/* "192.0.2.1 [2001:db8::1]:5353" */
static const char *listed(const struct address *servers, unsigned count)
{
	static char buffer[512];
	struct text text;

	text_init(&text, buffer, sizeof(buffer));
	for (unsigned i = 0; i < count; i++) {
		if (i > 0)
			text_put(&text, " ");
		address_print(&servers[i], 53, &text);
	}
	return buffer;
}

static const struct {
	const char *text, *servers;
} files[] = {
	{ "", "" },
	{ "\n\n\n", "" },
	{ "nameserver 192.0.2.1", "192.0.2.1" },
	{ "nameserver 192.0.2.1\n", "192.0.2.1" },
	{ "nameserver\t192.0.2.1 \r\n", "192.0.2.1" },
	{ "# nameserver 192.0.2.1\n;nameserver 192.0.2.2\n", "" },
	{ "nameservers 192.0.2.1\nnameserve 192.0.2.1\n", "" },
	{ "nameserver192.0.2.1\n", "" },
	{ "nameserver\nnameserver \nnameserver 192.0.2.1\n", "192.0.2.1" },
	{ "search example\nnameserver 192.0.2.1\noptions edns0\n"
	  "nameserver 2001:db8::1\n", "192.0.2.1 2001:db8::1" },
	{ "nameserver 192.0.2.1 # the router\n", "192.0.2.1" },
	{ "nameserver 192.0.2.1\nnameserver 192.0.2.1\n", "192.0.2.1" },
	{ "nameserver example.com\nnameserver 192.0.2.999\n", "" },
	{ "nameserver [2001:db8::1]:5353\n", "[2001:db8::1]:5353" },
	{ "nameserver 192.0.2.1:0\n", "" },
	{ "nameserver 192.0.2.1 nameserver 192.0.2.2\n", "192.0.2.1" },
	{ "nameserver aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n", "" },
};

Test(system, reads_nameserver_lines_only)
{
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct address servers[SERVERS];
		unsigned count = system_parse(bytes_of_string(files[i].text),
					      servers, SERVERS);

		cr_assert_str_eq(listed(servers, count), files[i].servers,
				 "row %zu", i);
	}
}

Test(system, takes_no_more_than_there_is_room_for)
{
	static const char text[] = "nameserver 192.0.2.1\n"
		"nameserver 192.0.2.2\nnameserver 192.0.2.3\n";
	struct address servers[2];

	cr_assert_eq(system_parse(bytes_of_string(text), servers, 2), 2);
	cr_assert_eq(system_parse(bytes_of_string(text), servers, 0), 0);
}

Test(system, a_nul_byte_ends_no_address)
{
	static const char text[] = "nameserver 192.0.2.1\0.9\n";
	struct address servers[2];

	cr_assert_eq(system_parse(bytes_of(text, sizeof(text) - 1), servers,
				  2), 0);
}

Test(system, knows_what_comes_back_to_us)
{
	static const struct {
		const char *server, *own;
		bool ours;
	} rows[] = {
		{ "192.0.2.1", "192.0.2.1", true },
		{ "192.0.2.1", "192.0.2.2", false },
		{ "192.0.2.1", "192.0.2.1:5353", false },
		{ "127.0.0.1", "0.0.0.0", true },
		{ "127.9.9.9", "0.0.0.0", true },
		{ "127.0.0.1", "0.0.0.0:5353", false },
		{ "::1", "::", true },
		{ "::1", "0.0.0.0", false },
		{ "127.0.0.1", "::", false },
		{ "127.0.0.53", "127.0.0.1", false },
		{ "0.0.0.0", "127.0.0.1", true },
		{ "192.0.2.1", "0.0.0.0", false },
		{ "2001:db8::1", "::", false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct address server = parsed(rows[i].server);
		struct address own = parsed(rows[i].own);
		struct addresses ours = { &own, 1 };

		cr_assert_eq(system_is_ours(&server, ours), rows[i].ours,
			     "row %zu", i);
	}
}

/* A root of our own, so that /etc and /run are the test's. */
static char root[] = "/tmp/homebound-system-XXXXXX";
static int outside = -1;

static bool enter(void)
{
	static const char *const folders[] = {
		"etc", "run", "run/systemd", "run/systemd/resolve",
		"run/NetworkManager",
	};
	char path[128];

	if (mkdtemp(root) == NULL)
		return false;
	for (int i = 0; i < 5; i++) {
		snprintf(path, sizeof(path), "%s/%s", root, folders[i]);
		cr_assert_eq(mkdir(path, 0755), 0);
	}
	outside = open("/", O_RDONLY | O_DIRECTORY);
	if (chroot(root) == 0)
		return chdir("/") == 0;
	if (unshare(CLONE_NEWUSER) == 0 && chroot(root) == 0)
		return chdir("/") == 0;
	return false;
}

static int drop_one(const char *path, const struct stat *about, int type,
		    struct FTW *where)
{
	(void)about;
	(void)type;
	(void)where;
	return remove(path);
}

static void leave(void)
{
	if (outside >= 0 && (fchdir(outside) != 0 || chroot(".") != 0))
		return;
	if (outside >= 0)
		close(outside);
	outside = -1;
	nftw(root, drop_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void put(const char *path, const char *text)
{
	char temporary[128];
	FILE *stream;

	if (text == NULL) {
		unlink(path);
		return;
	}
	snprintf(temporary, sizeof(temporary), "%s.new", path);
	stream = fopen(temporary, "w");
	cr_assert_not_null(stream);
	fputs(text, stream);
	fclose(stream);
	cr_assert_eq(rename(temporary, path), 0);
}

#define ETC "/etc/resolv.conf"
#define RESOLVED "/run/systemd/resolve/resolv.conf"
#define MANAGER "/run/NetworkManager/no-stub-resolv.conf"

/* Each list is without "nameserver", one address. */
static const struct {
	const char *etc, *resolved, *manager, *own;
	const char *servers, *file;
} machines[] = {
	{ NULL, NULL, NULL, NULL, "", ETC },
	{ "nameserver 192.0.2.1", "nameserver 192.0.2.2", NULL, NULL,
	  "192.0.2.1", ETC },
	{ "nameserver 127.0.0.53", "nameserver 192.0.2.2", NULL, NULL,
	  "192.0.2.2", RESOLVED },
	{ "nameserver 127.0.0.53", NULL, "nameserver 192.0.2.3", NULL,
	  "192.0.2.3", MANAGER },
	{ "nameserver 127.0.0.53", "# none", "nameserver 192.0.2.3", NULL,
	  "192.0.2.3", MANAGER },
	{ "nameserver 127.0.0.1", "nameserver 192.0.2.2", NULL, "127.0.0.1",
	  "192.0.2.2", RESOLVED },
	{ "nameserver 127.0.0.1", NULL, NULL, "127.0.0.1", "", ETC },
	{ "nameserver 127.0.0.1", NULL, NULL, "0.0.0.0", "", ETC },
	{ "nameserver ::1", NULL, NULL, "::", "", ETC },
	{ "nameserver 127.0.0.53", NULL, NULL, "127.0.0.1",
	  "127.0.0.53", ETC },
	{ "nameserver 127.0.0.1", NULL, NULL, "127.0.0.1:5353",
	  "127.0.0.1", ETC },
	{ "nameserver 127.0.0.1\nnameserver 192.0.2.1", NULL, NULL,
	  "127.0.0.1", "192.0.2.1", ETC },
	{ "nameserver 192.0.2.1", "nameserver 192.0.2.2", NULL, "192.0.2.1",
	  "192.0.2.2", RESOLVED },
	{ "nameserver 127.0.0.53", "nameserver 127.0.0.1",
	  "nameserver 192.0.2.3", "127.0.0.1", "192.0.2.3", MANAGER },
};

Test(system, finds_the_real_servers, .fini = leave)
{
	if (!enter())
		cr_skip_test("a root of its own may not be had");
	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
		struct address servers[SERVERS], own;
		struct addresses ours = { &own, 0 };
		const char *file;
		unsigned count;

		put(ETC, machines[i].etc);
		put(RESOLVED, machines[i].resolved);
		put(MANAGER, machines[i].manager);
		if (machines[i].own != NULL) {
			own = parsed(machines[i].own);
			ours.count = 1;
		}
		count = system_servers(ours, servers, SERVERS, &file);
		cr_assert_str_eq(listed(servers, count), machines[i].servers,
				 "row %zu", i);
		cr_assert_str_eq(file, machines[i].file, "row %zu", i);
	}
}

static void count_change(void *context)
{
	++*(unsigned *)context;
}

static void run_until(uv_loop_t *loop, const unsigned *changes,
		      unsigned wanted)
{
	for (unsigned i = 0; *changes < wanted && i < PATIENCE; i++) {
		uv_run(loop, UV_RUN_NOWAIT);
		usleep(1000);
	}
	cr_assert_geq(*changes, wanted);
}

Test(system, hears_of_files_that_are_replaced, .fini = leave)
{
	struct system_watch *watch;
	unsigned changes = 0;
	uv_loop_t loop;

	if (!enter())
		cr_skip_test("a root of its own may not be had");
	uv_loop_init(&loop);
	watch = system_watch(&loop, count_change, &changes);
	cr_assert_not_null(watch);
	put("/etc/other.conf", "nothing");
	put(ETC, "nameserver 192.0.2.1");
	put(ETC, "nameserver 192.0.2.2");
	run_until(&loop, &changes, 1);
	cr_assert_eq(changes, 1, "several at once are one");
	put(RESOLVED, "nameserver 192.0.2.1");
	run_until(&loop, &changes, 2);
	put(MANAGER, "nameserver 192.0.2.1");
	run_until(&loop, &changes, 3);
	put(ETC, NULL);
	run_until(&loop, &changes, 4);
	for (unsigned i = 0; i < 10; i++) {
		put(ETC, "nameserver 192.0.2.1");
		usleep(50000);
		uv_run(&loop, UV_RUN_NOWAIT);
	}
	cr_assert_geq(changes, 5, "not only when all is quiet");
	system_unwatch(watch);
	uv_run(&loop, UV_RUN_DEFAULT);
	cr_assert_eq(uv_loop_close(&loop), 0, "a handle was left");
}

/* A service that starts after us makes its folder then. */
Test(system, hears_of_folders_that_are_made_later, .fini = leave)
{
	struct system_watch *watch;
	unsigned changes = 0;
	uv_loop_t loop;

	if (!enter())
		cr_skip_test("a root of its own may not be had");
	uv_loop_init(&loop);
	watch = system_watch(&loop, count_change, &changes);
	cr_assert_not_null(watch);
	for (unsigned round = 1; round < 5; round += 2) {
		cr_assert_eq(rmdir("/run/systemd/resolve"), 0);
		run_until(&loop, &changes, round * 2 - 1);
		changes = round * 2 - 1;
		cr_assert_eq(mkdir("/run/systemd/resolve", 0755), 0);
		run_until(&loop, &changes, round * 2);
		changes = round * 2;
		put(RESOLVED, "nameserver 192.0.2.1");
		run_until(&loop, &changes, round * 2 + 1);
		put(RESOLVED, NULL);
		run_until(&loop, &changes, round * 2 + 2);
	}
	system_unwatch(watch);
	uv_run(&loop, UV_RUN_DEFAULT);
	cr_assert_eq(uv_loop_close(&loop), 0, "a handle was left");
}
