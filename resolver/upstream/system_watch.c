/*
 * The files are replaced by rename, and their folders may be made after us,
 * so that for each file every folder on its path is watched for the name
 * that comes next:
 *
 *	/run/systemd/resolve/resolv.conf
 *	  /run                  for  systemd
 *	  /run/systemd          for  resolve
 *	  /run/systemd/resolve  for  resolv.conf
 *
 * What happens is looked at a moment after the first of it, with all that has
 * happened by then: all folders are watched anew, because one may be another
 * folder of the same name by now, and the owner is told.
 */
#include <stdlib.h>
#include <string.h>

#include "upstream/system.h"
#include "upstream/system_files.h"

enum {
	SETTLE_MS = 200,
	FOLDERS = 24,
	FOLDER_PATH = 64,
};

const char *const system_files[] = {
	"/etc/resolv.conf",
	"/run/systemd/resolve/resolv.conf",
	"/run/NetworkManager/no-stub-resolv.conf",
	"/run/NetworkManager/resolv.conf",
	"/run/dnsmasq/resolv.conf",
	"/run/connman/resolv.conf",
	"/run/resolvconf/resolv.conf",
	"/tmp/resolv.conf.d/resolv.conf.auto",
	NULL,
};

struct folder {
	uv_fs_event_t event;
	struct system_watch *watch;
	char path[FOLDER_PATH];
};

struct system_watch {
	void (*changed)(void *context);
	void *context;
	uv_timer_t settle;
	struct folder folders[FOLDERS];
	unsigned count;
	unsigned handles;		/* that libuv has not closed yet */
};

/* Does `name` in this folder lead to one of the files? */
static bool leads_to_file(const char *folder, const char *name)
{
	size_t folder_len = strlen(folder), name_len = strlen(name);

	for (const char *const *file = system_files; *file != NULL; file++) {
		const char *next = *file + folder_len + 1;

		if (strncmp(*file, folder, folder_len) == 0 &&
		    (*file)[folder_len] == '/' &&
		    strncmp(next, name, name_len) == 0 &&
		    (next[name_len] == '/' || next[name_len] == '\0'))
			return true;
	}
	return false;
}

static void settled(uv_timer_t *timer);

/* Without a name it may have been anything. */
static void happened(uv_fs_event_t *event, const char *name, int events,
		     int status)
{
	struct folder *folder = event->data;
	uv_timer_t *settle = &folder->watch->settle;

	(void)events;
	if (uv_is_active((uv_handle_t *)settle))
		return;
	if (status < 0 || name == NULL || leads_to_file(folder->path, name))
		uv_timer_start(settle, settled, SETTLE_MS, 0);
}

/* A folder that is not there is no error: the one above it is watched. */
static void watch_all(struct system_watch *watch)
{
	for (unsigned i = 0; i < watch->count; i++) {
		struct folder *folder = &watch->folders[i];

		uv_fs_event_stop(&folder->event);
		uv_fs_event_start(&folder->event, happened, folder->path, 0);
	}
}

static void settled(uv_timer_t *timer)
{
	struct system_watch *watch = timer->data;

	watch_all(watch);
	watch->changed(watch->context);
}

static bool is_watched(const struct system_watch *watch, const char *path,
		       size_t len)
{
	for (unsigned i = 0; i < watch->count; i++)
		if (strlen(watch->folders[i].path) == len &&
		    memcmp(watch->folders[i].path, path, len) == 0)
			return true;
	return false;
}

/*
 * Not /tmp itself: everybody writes there, and each time we would wake up.
 */
static void add_folder(struct system_watch *watch, uv_loop_t *loop,
		       const char *path, size_t len)
{
	struct folder *folder = &watch->folders[watch->count];

	if (watch->count == FOLDERS || len >= FOLDER_PATH ||
	    (len == 4 && memcmp(path, "/tmp", len) == 0) ||
	    is_watched(watch, path, len))
		return;
	memcpy(folder->path, path, len);
	folder->watch = watch;
	uv_fs_event_init(loop, &folder->event);
	folder->event.data = folder;
	watch->count++;
	watch->handles++;
}

struct system_watch *system_watch(uv_loop_t *loop, void (*changed)(void *),
				  void *context)
{
	struct system_watch *watch = calloc(1, sizeof(*watch));
	const char *const *file, *slash;

	if (watch == NULL)
		return NULL;
	watch->changed = changed;
	watch->context = context;
	uv_timer_init(loop, &watch->settle);
	watch->settle.data = watch;
	watch->handles = 1;
	for (file = system_files; *file != NULL; file++)
		for (slash = strchr(*file + 1, '/'); slash != NULL;
		     slash = strchr(slash + 1, '/'))
			add_folder(watch, loop, *file,
				   (size_t)(slash - *file));
	watch_all(watch);
	return watch;
}

static void closed(uv_handle_t *handle)
{
	struct system_watch *watch;

	if (handle->type == UV_TIMER)
		watch = handle->data;
	else
		watch = ((struct folder *)handle->data)->watch;
	if (--watch->handles == 0)
		free(watch);
}

void system_unwatch(struct system_watch *watch)
{
	if (watch == NULL)
		return;
	uv_close((uv_handle_t *)&watch->settle, closed);
	for (unsigned i = 0; i < watch->count; i++)
		uv_close((uv_handle_t *)&watch->folders[i].event, closed);
}
