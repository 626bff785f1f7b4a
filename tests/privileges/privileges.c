/*
 * Giving up root, for real: every test is a process of its own.  Who is not
 * root when the tests run skips what needs it.
 */
#include "privileges.h"

#include <criterion/criterion.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

static char folder[40], inner[64];

static bool is_root(void)
{
	if (geteuid() == 0 && getpwnam("nobody") != NULL)
		return true;
	cr_skip("this needs root and a user nobody");
	return false;
}

static void setup(void)
{
	strcpy(folder, "/tmp/privileges.XXXXXX");
	cr_assert_not_null(mkdtemp(folder));
	chmod(folder, 0755);
	snprintf(inner, sizeof(inner), "%s/state", folder);
}

static void teardown(void)
{
	char command[80];

	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	cr_assert_eq(system(command), 0);
}

TestSuite(own, .init = setup, .fini = teardown);

/* "CapEff:" and the like of this thread, as the kernel shows it. */
static unsigned long long status_field(const char *name)
{
	FILE *stream = fopen("/proc/thread-self/status", "r");
	unsigned long long value = ~0ull;
	char line[256];

	while (fgets(line, sizeof(line), stream) != NULL)
		if (strncmp(line, name, strlen(name)) == 0)
			value = strtoull(line + strlen(name) + 1, NULL, 16);
	fclose(stream);
	return value;
}

Test(privileges, who_was_root_is_the_user_and_cannot_go_back)
{
	const struct passwd *nobody;
	uid_t uid;
	gid_t gid;

	if (!is_root())
		return;
	nobody = getpwnam("nobody");
	uid = nobody->pw_uid;
	gid = nobody->pw_gid;
	cr_assert_eq(privileges_drop("nobody"), 0);
	cr_assert_eq(getuid(), uid);
	cr_assert_eq(geteuid(), uid);
	cr_assert_eq(getegid(), gid);
	cr_assert_neq(setuid(0), 0);
	cr_assert_neq(seteuid(0), 0);
	cr_assert_neq(setgid(0), 0);
	cr_assert_neq(access("/etc/shadow", R_OK), 0);
}

Test(privileges, no_capability_and_no_foreign_group_is_left)
{
	gid_t groups[64];
	int count;

	if (!is_root())
		return;
	cr_assert_eq(setgroups(2, (gid_t[]){ 0, 4 }), 0);
	cr_assert_eq(privileges_drop("nobody"), 0);
	cr_assert_eq(status_field("CapEff"), 0);
	cr_assert_eq(status_field("CapPrm"), 0);
	cr_assert_eq(status_field("CapInh"), 0);
	cr_assert_eq(status_field("CapAmb"), 0);
	cr_assert_eq(status_field("NoNewPrivs"), 1);
	count = getgroups(64, groups);
	for (int i = 0; i < count; i++)
		cr_assert(groups[i] != 0 && groups[i] != 4);
}

Test(privileges, a_user_that_does_not_exist_changes_nothing)
{
	if (!is_root())
		return;
	cr_assert_eq(privileges_drop("no-such-user-here"), ERROR_ABSENT);
	cr_assert_eq(geteuid(), 0);
}

Test(privileges, without_a_name_we_stay_but_gain_nothing)
{
	uid_t before = geteuid();

	cr_assert_eq(privileges_drop(""), 0);
	cr_assert_eq(geteuid(), before);
	cr_assert_eq(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 1);
}

Test(privileges, who_is_not_root_may_name_anybody)
{
	if (geteuid() == 0)
		cr_assert_eq(setresuid(65534, 65534, 65534), 0);
	cr_assert_eq(privileges_drop("no-such-user-here"), 0);
	cr_assert_eq(status_field("CapEff"), 0);
}

static uid_t owner_of(const char *path, mode_t *mode)
{
	struct stat status;

	cr_assert_eq(stat(path, &status), 0);
	*mode = status.st_mode & 07777;
	return status.st_uid;
}

Test(own, a_folder_is_made_and_given)
{
	mode_t mode;

	cr_assert_eq(privileges_own(inner, geteuid() == 0 ? "nobody" : "",
				    0750), 0);
	if (geteuid() == 0)
		cr_assert_eq(owner_of(inner, &mode),
			     getpwnam("nobody")->pw_uid);
	owner_of(inner, &mode);
	cr_assert_eq(mode, 0750);
	cr_assert_eq(privileges_own(inner, geteuid() == 0 ? "nobody" : "",
				    0700), 0, "once more");
	owner_of(inner, &mode);
	cr_assert_eq(mode, 0750, "and what is the user's is left alone");
}

Test(own, an_empty_folder_of_root_is_given)
{
	mode_t mode;

	if (!is_root())
		return;
	cr_assert_eq(mkdir(inner, 0700), 0);
	cr_assert_eq(privileges_own(inner, "nobody", 0750), 0);
	cr_assert_eq(owner_of(inner, &mode), getpwnam("nobody")->pw_uid);
}

Test(own, a_folder_with_files_of_others_is_never_given)
{
	char file[80];
	mode_t mode;

	if (!is_root())
		return;
	snprintf(file, sizeof(file), "%s/file", inner);
	cr_assert_eq(mkdir(inner, 0755), 0);
	fclose(fopen(file, "w"));
	cr_assert_eq(privileges_own(inner, "nobody", 0750), ERROR_REFUSED);
	cr_assert_eq(owner_of(inner, &mode), 0);
	cr_assert_eq(mode, 0755);
}

Test(own, a_folder_for_everybody_stays_with_its_owner)
{
	mode_t mode;

	if (!is_root())
		return;
	cr_assert_eq(mkdir(inner, 0700), 0);
	cr_assert_eq(chmod(inner, 01777), 0);
	cr_assert_eq(privileges_own(inner, "nobody", 0750), 0);
	cr_assert_eq(owner_of(inner, &mode), 0);
	cr_assert_eq(mode, 01777);
}

Test(own, what_is_no_folder_is_an_error)
{
	fclose(fopen(inner, "w"));
	cr_assert_lt(privileges_own(inner, "", 0750), 0);
	if (geteuid() == 0)
		cr_assert_eq(privileges_own(folder, "no-such-user", 0750),
			     ERROR_ABSENT);
}

Test(privileges, a_group_is_found_by_its_name)
{
	const struct group *mine = getgrgid(getegid());
	gid_t gid = 4711, expected;
	char name[64];

	if (mine == NULL)
		return;
	snprintf(name, sizeof(name), "%s", mine->gr_name);
	expected = mine->gr_gid;
	cr_assert_eq(privileges_group(name, &gid), 0);
	cr_assert_eq(gid, expected);
	cr_assert_eq(privileges_group("no-such-group-here", &gid),
		     ERROR_ABSENT);
}
