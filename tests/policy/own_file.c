/*
 * Changes of own.rules: what is written, what stays as it is, what comes back,
 * and what several at once do to each other.
 */
#include "own.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>

static int undo(struct made_own *made, char words[2048])
{
	struct text text;

	text_init(&text, words, 2048);
	return own_undo(made->state, &text);
}

static void add(struct made_own *made, const char *name, bool allow)
{
	struct own_rule rule = made_rule(name, allow);

	cr_assert_eq(own_add(made->state, &rule), 0, "%s", name);
}

Test(own_file, the_first_rule_makes_the_file)
{
	struct own_rule rule = made_rule("upload.example.com", false);
	struct stat status;
	struct made_own made;
	char path[512];

	made_init(&made);
	strcpy(rule.note, "the meter");
	cr_assert_eq(own_add(made.state, &rule), 0);
	made_expect(&made, "block upload.example.com # the meter\n");
	made_path(&made, "own.rules", path);
	cr_assert_eq(stat(path, &status), 0);
	cr_expect_eq(status.st_mode & 0777, 0640);
	made_release(&made);
}

Test(own_file, all_other_lines_stay_byte_for_byte)
{
	static const char before[] =
		"\xef\xbb\xbf# mine\r\n\r\n\tblock  a.example\t# x \r\n"
		"nonsense \xff\r\n   \r\nallow b.example\r\n#end";
	struct own_rule rule = made_rule("c.example", true);
	struct made_own made;

	made_init(&made);
	made_write(&made, before);
	cr_assert_eq(own_add(made.state, &rule), 0);
	made_expect(&made,
		    "\xef\xbb\xbf# mine\r\n\r\n\tblock  a.example\t# x \r\n"
		    "nonsense \xff\r\n   \r\nallow b.example\r\n#end\r\n"
		    "allow c.example\r\n");
	rule = made_rule("B.example.", false);
	cr_assert_eq(own_add(made.state, &rule), 0);
	made_expect(&made,
		    "\xef\xbb\xbf# mine\r\n\r\n\tblock  a.example\t# x \r\n"
		    "nonsense \xff\r\n   \r\nblock b.example\r\n#end\r\n"
		    "allow c.example\r\n");
	rule = made_rule("a.example", false);
	cr_assert_eq(own_remove(made.state, &rule), 1);
	made_expect(&made, "\xef\xbb\xbf# mine\r\n\r\n"
		    "nonsense \xff\r\n   \r\nblock b.example\r\n#end\r\n"
		    "allow c.example\r\n");
	made_release(&made);
}

Test(own_file, the_same_rule_is_replaced_where_it_stands)
{
	struct own_rule rule = made_rule("a.example", true);
	struct made_own made;

	made_init(&made);
	made_write(&made, "block a.example # one\n"
			  "block =a.example\n"
			  "block a.example client 10.0.0.7\n"
			  "block a.example # two\n"
			  "block b.example");
	rule.until = 32503680000;
	cr_assert_eq(own_add(made.state, &rule), 0);
	made_expect(&made, "allow a.example until 3000-01-01T00:00:00Z\n"
			   "block =a.example\n"
			   "block a.example client 10.0.0.7\n"
			   "block b.example");
	rule = made_rule("b.example", true);
	cr_assert_eq(own_add(made.state, &rule), 0);
	made_expect(&made, "allow a.example until 3000-01-01T00:00:00Z\n"
			   "block =a.example\n"
			   "block a.example client 10.0.0.7\n"
			   "allow b.example");
	made_release(&made);
}

Test(own_file, removes_the_same_rules_and_says_how_many)
{
	struct own_rule rule = made_rule("a.example", true);
	struct made_own made;

	made_init(&made);
	cr_expect_eq(own_remove(made.state, &rule), 0, "there is no file");
	made_write(&made, "block a.example\nallow a.example\n"
			  "block =a.example\nblock a.example client 10.0.0.7\n"
			  "pause\n");
	cr_expect_eq(own_remove(made.state, &rule), 2);
	made_expect(&made, "block =a.example\n"
			   "block a.example client 10.0.0.7\npause\n");
	made_client(&rule, "10.0.0.7");
	cr_expect_eq(own_remove(made.state, &rule), 1);
	cr_expect_eq(own_remove(made.state, &rule), 0);
	made_expect(&made, "block =a.example\npause\n");
	made_release(&made);
}

Test(own_file, pauses_begin_and_end)
{
	struct own_rule pause = { .pause = true, .until = 32503680000 };
	struct own_rule kid = { .pause = true, .until = 32503680000 };
	struct made_own made;

	made_init(&made);
	made_client(&kid, "10.0.0.7");
	cr_assert_eq(own_add(made.state, &pause), 0);
	cr_assert_eq(own_add(made.state, &kid), 0);
	pause.until += 60;
	cr_assert_eq(own_add(made.state, &pause), 0);
	made_expect(&made, "pause until 3000-01-01T00:01:00Z\n"
			   "pause until 3000-01-01T00:00:00Z client "
			   "10.0.0.7\n");
	cr_expect_eq(own_resume(made.state, &kid), 1);
	made_expect(&made, "pause until 3000-01-01T00:01:00Z\n");
	cr_assert_eq(own_add(made.state, &kid), 0);
	cr_expect_eq(own_resume(made.state, NULL), 2);
	made_expect(&made, "");
	cr_expect_eq(own_resume(made.state, NULL), 0);
	made_release(&made);
}

Test(own_file, what_expired_long_ago_goes_with_the_next_change)
{
	struct made_own made;
	char text[512], recent[64];
	time_t hour_ago = time(NULL) - 3600;

	made_init(&made);
	strftime(recent, sizeof(recent), "%Y-%m-%dT%H:%M:%SZ",
		 gmtime(&hour_ago));
	snprintf(text, sizeof(text), "# block old.example until "
		 "2020-01-01T00:00:00Z\nblock old.example until "
		 "2020-01-01T00:00:00Z # gone\npause until "
		 "2020-01-01T00:00:00Z\nblock new.example until %s\n", recent);
	made_write(&made, text);
	add(&made, "a.example", false);
	snprintf(text, sizeof(text), "# block old.example until "
		 "2020-01-01T00:00:00Z\nblock new.example until %s\n"
		 "block a.example\n", recent);
	made_expect(&made, text);
	made_release(&made);
}

Test(own_file, a_note_cannot_begin_a_line)
{
	struct own_rule rule = made_rule("a.example", false);
	struct made_own made;

	made_init(&made);
	strcpy(rule.note, "x\nallow evil.example\r\033[2J");
	cr_assert_eq(own_add(made.state, &rule), 0);
	made_expect(&made, "block a.example # x allow evil.example  [2J\n");
	made_release(&made);
}

Test(own_file, what_cannot_be_written_is_refused)
{
	struct own_rule rule = made_rule("a.example", false), none = { 0 };
	struct made_own made;

	made_init(&made);
	rule.until = INT64_MAX;
	cr_expect_eq(own_add(made.state, &rule), ERROR_MALFORMED);
	rule.until = -1;
	cr_expect_eq(own_add(made.state, &rule), ERROR_MALFORMED);
	cr_expect_eq(own_add(made.state, &none), ERROR_MALFORMED);
	rule.until = 253402300799;
	cr_expect_eq(own_add(made.state, &rule), 0);
	made_expect(&made, "block a.example until 9999-12-31T23:59:59Z\n");
	cr_expect_eq(own_add("/nowhere", &rule), -ENOENT);
	made_release(&made);
}

Test(own_file, names_as_people_write_them)
{
	struct own_rule rule = { 0 };
	const char *why = NULL;

	cr_expect_eq(own_parse_name(&rule, "=WWW.example.org.", &why), 0);
	cr_expect(rule.exact);
	cr_expect_eq(own_parse_name(&rule, "example.org", &why), 0);
	cr_expect_not(rule.exact);
	cr_expect_eq(own_parse_name(&rule, "", &why), ERROR_MALFORMED);
	cr_expect_eq(own_parse_name(&rule, "b\303\274cher.example", &why),
		     ERROR_MALFORMED);
	cr_expect_str_eq(why, "write it as xn--...");
}

Test(own_file, undo_takes_back_one_change_after_the_other)
{
	struct own_rule rule;
	struct made_own made;
	char words[2048];

	made_init(&made);
	cr_expect_eq(undo(&made, words), ERROR_ABSENT);
	made_write(&made, "# mine\nnonsense");
	add(&made, "a.example", false);
	add(&made, "=b.example", true);
	rule = made_rule("a.example", false);
	cr_assert_eq(own_remove(made.state, &rule), 1);
	made_expect(&made, "# mine\nnonsense\nallow =b.example\n");
	cr_assert_eq(undo(&made, words), 0);
	cr_expect_str_eq(words, "remove block a.example");
	made_expect(&made, "# mine\nnonsense\nblock a.example\n"
			   "allow =b.example\n");
	cr_assert_eq(undo(&made, words), 0);
	cr_expect_str_eq(words, "allow =b.example");
	cr_assert_eq(undo(&made, words), 0);
	cr_expect_str_eq(words, "block a.example");
	made_expect(&made, "# mine\nnonsense");
	cr_expect_eq(undo(&made, words), ERROR_ABSENT);
	cr_expect_str_eq(words, "");
	made_release(&made);
}

Test(own_file, what_changes_nothing_cannot_be_undone)
{
	struct made_own made;
	char words[2048];

	made_init(&made);
	add(&made, "a.example", false);
	add(&made, "a.example", false);
	cr_assert_eq(undo(&made, words), 0);
	made_expect(&made, "");
	cr_expect_eq(undo(&made, words), ERROR_ABSENT);
	made_release(&made);
}

Test(own_file, twenty_changes_are_kept)
{
	struct made_own made;
	char name[32], words[2048];

	made_init(&made);
	for (unsigned i = 0; i < OWN_UNDO + 5; i++) {
		snprintf(name, sizeof(name), "n%u.example", i);
		add(&made, name, false);
	}
	for (unsigned i = OWN_UNDO + 5; i-- > 5;) {
		cr_assert_eq(undo(&made, words), 0);
		snprintf(name, sizeof(name), "block n%u.example", i);
		cr_expect_str_eq(words, name);
	}
	cr_expect_eq(undo(&made, words), ERROR_ABSENT);
	made_expect(&made, "block n0.example\nblock n1.example\n"
			   "block n2.example\nblock n3.example\n"
			   "block n4.example\n");
	made_release(&made);
}

Test(own_file, undo_does_not_take_back_what_people_did)
{
	struct made_own made;
	char words[2048];

	made_init(&made);
	add(&made, "a.example", false);
	made_write(&made, "block a.example\nblock by.hand\n");
	cr_expect_eq(undo(&made, words), ERROR_REFUSED);
	cr_expect_str_eq(words, "block a.example");
	made_expect(&made, "block a.example\nblock by.hand\n");
	add(&made, "b.example", false);
	cr_expect_eq(undo(&made, words), 0);
	made_expect(&made, "block a.example\nblock by.hand\n");
	made_release(&made);
}

/* Kept, and then the power went: the file is still as it was. */
Test(own_file, undo_passes_over_a_change_that_never_happened)
{
	struct made_own made;
	char words[2048];

	made_init(&made);
	add(&made, "a.example", false);
	add(&made, "b.example", false);
	made_write(&made, "block a.example\n");
	cr_assert_eq(undo(&made, words), 0);
	cr_expect_str_eq(words, "block a.example");
	made_expect(&made, "");
	made_release(&made);
}

Test(own_file, undo_of_a_damaged_copy_is_an_error)
{
	static const char *const rows[] = {
		"", "x", "0123456789abcde", "0123456789abcdeg block\n",
		"0123456789abcdef\n",
	};
	struct made_own made;
	char words[2048];

	made_init(&made);
	made_write(&made, "block a.example\n");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		made_bytes_write(&made, "own.rules.undo.3",
				 bytes_of_string(rows[i]));
		cr_expect_eq(undo(&made, words), ERROR_DAMAGED, "%s", rows[i]);
	}
	made_expect(&made, "block a.example\n");
	made_release(&made);
}

Test(own_file, files_of_other_names_are_no_copies)
{
	static const char *const names[] = {
		"own.rules.undo.x", "own.rules.undo.01", "own.rules.undo.",
		"own.rules.undo.1.new", "own.rules.undo.-1",
		"own.rules.undo.99999999999",
	};
	struct made_own made;
	char words[2048];

	made_init(&made);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		made_bytes_write(&made, names[i], bytes_of_string("x"));
	cr_expect_eq(undo(&made, words), ERROR_ABSENT);
	add(&made, "a.example", false);
	cr_expect_eq(undo(&made, words), 0);
	made_release(&made);
}

Test(own_file, its_mode_stays)
{
	struct made_own made;
	struct stat status;
	char path[512];

	made_init(&made);
	made_write(&made, "# mine\n");
	made_path(&made, "own.rules", path);
	cr_assert_eq(chmod(path, 0604), 0);
	add(&made, "a.example", false);
	cr_assert_eq(stat(path, &status), 0);
	cr_expect_eq(status.st_mode & 0777, 0604);
	made_release(&made);
}

Test(own_file, root_hands_over_what_it_makes)
{
	static const char *const names[] = { "own.rules", "own.rules.lock",
					     "own.rules.undo.1" };
	struct made_own made;
	struct stat status;
	char path[512];

	if (geteuid() != 0)
		cr_skip_test("only root can give files away");
	made_init(&made);
	cr_assert_eq(chown(made.state, 1234, 2345), 0);
	add(&made, "a.example", false);
	for (unsigned i = 0; i < 3; i++) {
		made_path(&made, names[i], path);
		cr_assert_eq(lstat(path, &status), 0, "%s", names[i]);
		cr_expect_eq(status.st_uid, 1234, "%s", names[i]);
		cr_expect_eq(status.st_gid, 2345, "%s", names[i]);
	}
	made_release(&made);
}

Test(own_file, no_link_is_followed)
{
	struct own_rule rule = made_rule("a.example", false);
	struct made_own made;
	char path[512], secret[512];

	made_init(&made);
	made_bytes_write(&made, "secret", bytes_of_string("block x\n"));
	made_path(&made, "secret", secret);
	made_path(&made, "own.rules", path);
	cr_assert_eq(symlink(secret, path), 0);
	cr_expect_eq(own_add(made.state, &rule), -ELOOP);
	cr_assert_eq(unlink(path), 0);
	made_path(&made, "own.rules.lock", path);
	cr_assert_eq(unlink(path), 0);
	cr_assert_eq(symlink(secret, path), 0);
	cr_expect_eq(own_add(made.state, &rule), -ELOOP);
	made_release(&made);
}

Test(own_file, a_lock_that_is_held_is_waited_for_but_not_for_ever)
{
	struct own_rule rule = made_rule("a.example", false);
	struct made_own made;
	char path[512];
	int fd;

	made_init(&made);
	made_path(&made, "own.rules.lock", path);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	cr_assert_geq(fd, 0);
	cr_assert_eq(flock(fd, LOCK_EX), 0);
	cr_expect_eq(own_add(made.state, &rule), ERROR_BUSY);
	close(fd);
	cr_expect_eq(own_add(made.state, &rule), 0);
	made_release(&made);
}

/* A slow disk may keep one waiting for longer than it is willing to. */
static void add_patiently(struct made_own *made, unsigned who, unsigned number)
{
	struct own_rule rule;
	char name[32];
	int error;

	snprintf(name, sizeof(name), "n%u-%u.example", who, number);
	rule = made_rule(name, false);
	do
		error = own_add(made->state, &rule);
	while (error == ERROR_BUSY);
	if (error != 0)
		_exit(1);
}

Test(own_file, several_at_once_lose_nothing, .timeout = 120)
{
	enum { WRITERS = 3, EACH = 10 };
	struct made_own made;
	struct own *own;
	int status;

	made_init(&made);
	for (unsigned i = 0; i < WRITERS; i++) {
		if (fork() != 0)
			continue;
		for (unsigned j = 0; j < EACH; j++)
			add_patiently(&made, i, j);
		_exit(0);
	}
	for (unsigned i = 0; i < WRITERS; i++) {
		cr_assert_gt(wait(&status), 0);
		cr_assert_eq(status, 0);
	}
	own = made_read(&made);
	cr_expect_eq(own_count(own), WRITERS * EACH);
	own_free(own);
	made_release(&made);
}
