/*
 * What is given up is then asked for again: a drop that did not work is worse
 * than none, because everybody counts on it.
 */
#include "privileges.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/log.h"

enum { GROUPS = 256 };

/* NULL, and the sentence was logged: there is no such user. */
static const struct passwd *find_user(const char *user)
{
	const struct passwd *found;

	errno = 0;
	found = getpwnam(user);
	if (found == NULL)
		log_error("there is no user \"%s\": create it (useradd "
			  "--system %s), name another in \"user\", or set "
			  "user = \"\" to stay root%s%s", user, user,
			  errno != 0 ? "; the system says: " : "",
			  errno != 0 ? strerror(errno) : "");
	return found;
}

static int refuse_more(void)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
		return 0;
	log_error("privileges cannot be given up: PR_SET_NO_NEW_PRIVS: %s",
		  strerror(errno));
	return -errno;
}

/* Such as the CAP_NET_BIND_SERVICE that systemd gave us for port 53. */
static int drop_capabilities(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { 0 };

	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	if (syscall(SYS_capset, &header, none) == 0)
		return 0;
	log_error("capabilities cannot be given up: %s", strerror(errno));
	return -errno;
}

static int become(const struct passwd *user)
{
	if (initgroups(user->pw_name, user->pw_gid) == 0 &&
	    setresgid(user->pw_gid, user->pw_gid, user->pw_gid) == 0 &&
	    setresuid(user->pw_uid, user->pw_uid, user->pw_uid) == 0)
		return 0;
	log_error("cannot become the user \"%s\": %s", user->pw_name,
		  strerror(errno));
	return -errno;
}

static int verify(const struct passwd *user)
{
	uid_t real, effective, saved;

	if (getresuid(&real, &effective, &saved) == 0 &&
	    real == user->pw_uid && effective == user->pw_uid &&
	    saved == user->pw_uid &&
	    (user->pw_uid == 0 || setuid(0) != 0))
		return 0;
	log_error("became the user \"%s\", but there is a way back",
		  user->pw_name);
	return -EPERM;
}

int privileges_drop(const char *user)
{
	const struct passwd *found;
	int error;

	if (geteuid() == 0 && *user != '\0') {
		found = find_user(user);
		if (found == NULL)
			return ERROR_ABSENT;
		error = become(found);
		if (error == 0)
			error = drop_capabilities();
		if (error == 0)
			error = verify(found);
	} else {
		error = geteuid() != 0 ? drop_capabilities() : 0;
	}
	return error < 0 ? error : refuse_more();
}

static bool is_empty(int fd)
{
	DIR *folder = fdopendir(dup(fd));
	const struct dirent *entry;
	bool empty = folder != NULL;

	while (empty && (entry = readdir(folder)) != NULL)
		empty = strcmp(entry->d_name, ".") == 0 ||
			strcmp(entry->d_name, "..") == 0;
	if (folder != NULL)
		closedir(folder);
	return empty;
}

static bool is_member(const struct passwd *user, gid_t group)
{
	gid_t groups[GROUPS];
	int count = GROUPS;

	count = getgrouplist(user->pw_name, user->pw_gid, groups, &count);
	for (int i = 0; i < count; i++)
		if (groups[i] == group)
			return true;
	return false;
}

static bool can_write(const struct passwd *user, const struct stat *status)
{
	mode_t needed = S_IWOTH | S_IXOTH;

	if (user->pw_uid == 0)
		return true;
	if (user->pw_uid == status->st_uid)
		needed <<= 6;
	else if (is_member(user, status->st_gid))
		needed <<= 3;
	return (status->st_mode & needed) == needed;
}

/*
 * The folder is open, so that nobody can put another one in its place.
 * ERROR_REFUSED: the sentence was logged.
 */
static int give(int fd, const char *path, const struct passwd *user,
		mode_t mode)
{
	struct stat status;

	if (fstat(fd, &status) != 0)
		return -errno;
	if (can_write(user, &status))
		return 0;
	if (status.st_uid == 0 && is_empty(fd)) {
		if (fchown(fd, user->pw_uid, user->pw_gid) != 0 ||
		    fchmod(fd, mode) != 0)
			return -errno;
		return 0;
	}
	log_error("the user \"%s\" cannot write to %s, and there are files "
		  "of others in it: give it to them (chown -R %s %s) or name "
		  "another folder", user->pw_name, path, user->pw_name, path);
	return ERROR_REFUSED;
}

int privileges_own(const char *path, const char *user, mode_t mode)
{
	const struct passwd *found = NULL;
	int fd = -1, error = file_make_folder(path, mode);

	if (error == 0 && geteuid() == 0 && *user != '\0') {
		found = find_user(user);
		if (found == NULL)
			return ERROR_ABSENT;
		fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		error = fd >= 0 ? give(fd, path, found, mode) : -errno;
	}
	if (fd >= 0)
		close(fd);
	if (error < 0 && error != ERROR_REFUSED)
		log_error("%s: %s", path, error_words(error));
	return error;
}

int privileges_group(const char *name, gid_t *gid)
{
	const struct group *found = getgrnam(name);

	if (found == NULL)
		return ERROR_ABSENT;
	*gid = found->gr_gid;
	return 0;
}
