/*
 *	STATE/alerts/lock	who has it delivers
 *	STATE/alerts/N.alert	N rises: "KEY VALUE" a line; behind an empty
 *				line the text
 *	STATE/alerts/told	"HASH SECONDS" a line, the oldest first
 *	STATE/alerts/NAME	a number
 *
 * Files are replaced whole (base/file.h): a power cut leaves the old or the
 * new one, so an alert may come twice, and is never lost.
 */
#include "commands/alert_queue.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "policy/checksum.h"

enum {
	FOLDER_MODE = 0700, FILE_MODE = 0600,
	PATH_ROOM = ALERT_QUEUE_PATH + 300,
	FILE_MOST = ALERT_QUEUE_TEXT + 8192,
};

int alert_queue_open(struct alert_queue *queue, const char *state, bool wait)
{
	char path[ALERT_QUEUE_PATH + 8];
	int error;

	queue->lock = -1;
	queue->told_read = queue->told_changed = false;
	queue->told_count = 0;
	snprintf(queue->folder, sizeof(queue->folder), "%s/alerts", state);
	error = file_make_folder(queue->folder, FOLDER_MODE);
	if (error < 0)
		return error;
	snprintf(path, sizeof(path), "%s/lock", queue->folder);
	queue->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, FILE_MODE);
	if (queue->lock < 0)
		return -errno;
	if (flock(queue->lock, LOCK_EX | (wait ? 0 : LOCK_NB)) == 0)
		return 0;
	return errno == EWOULDBLOCK ? ERROR_BUSY : -errno;
}

static void path_of(const struct alert_queue *queue, const char *name,
		    char path[PATH_ROOM])
{
	snprintf(path, PATH_ROOM, "%s/%s", queue->folder, name);
}

static int replace(const struct alert_queue *queue, const char *name,
		   struct file_replacement *file)
{
	char path[PATH_ROOM];

	path_of(queue, name, path);
	return file_replace(file, path, FILE_MODE);
}

static int read_text(const struct alert_queue *queue, const char *name,
		     char **text)
{
	char path[PATH_ROOM];
	uint8_t *at = NULL;
	size_t len;
	int error;

	path_of(queue, name, path);
	error = file_read(path, FILE_MOST, &at, &len);
	*text = (char *)at;
	return error;
}

/* --- one alert --- */

static int write_one(const struct alert_queue *queue, const char *name,
		     const struct alert_waiting *waiting)
{
	const struct alert *alert = &waiting->alert;
	struct file_replacement file;
	int error = replace(queue, name, &file);

	if (error < 0)
		return error;
	fprintf(file.stream, "kind %s\ntime %" PRIu64 "\ncount %" PRIu64
		"\nsent %" PRIu32 "\ntries %" PRIu32 "\nnext %" PRIu64
		"\nput %" PRIu64 "\ndevice %s\nabout %s\nwords %s\n\n%s",
		alert_kind_words(alert->kind), alert->time, alert->count,
		waiting->sent, waiting->tries, waiting->next, waiting->put,
		alert->device, alert->about, alert->words,
		waiting->text ? waiting->text : "");
	return file_replace_commit(&file);
}

static bool take_word(struct alert *alert, const char *key, const char *value)
{
	int kind = strcmp(key, "kind") == 0 ? alert_kind_parse(value) : -1;

	if (kind >= 0)
		alert->kind = (enum alert_kind)kind;
	else if (strcmp(key, "device") == 0)
		snprintf(alert->device, sizeof(alert->device), "%s", value);
	else if (strcmp(key, "about") == 0)
		snprintf(alert->about, sizeof(alert->about), "%s", value);
	else if (strcmp(key, "words") == 0)
		snprintf(alert->words, sizeof(alert->words), "%s", value);
	else
		return false;
	return true;
}

static void take_number(struct alert_waiting *waiting, const char *key,
			uint64_t number)
{
	if (strcmp(key, "time") == 0)
		waiting->alert.time = number;
	else if (strcmp(key, "count") == 0)
		waiting->alert.count = number;
	else if (strcmp(key, "sent") == 0)
		waiting->sent = (uint32_t)number;
	else if (strcmp(key, "tries") == 0)
		waiting->tries = (uint32_t)number;
	else if (strcmp(key, "next") == 0)
		waiting->next = number;
	else if (strcmp(key, "put") == 0)
		waiting->put = number;
}

/* Up to the empty line; what is behind it is given. */
static char *take_lines(struct alert_waiting *waiting, char *text)
{
	while (*text != '\0' && *text != '\n') {
		char *end = text + strcspn(text, "\n");
		char *next = *end != '\0' ? end + 1 : end;
		char *space;

		*end = '\0';
		space = strchr(text, ' ');
		if (space) {
			*space++ = '\0';
			if (!take_word(&waiting->alert, text, space))
				take_number(waiting, text,
					    strtoull(space, NULL, 10));
		}
		text = next;
	}
	return *text == '\n' ? text + 1 : text;
}

/* The text lies in *kept, for the caller to free. */
static int read_one(const struct alert_queue *queue, const char *name,
		    struct alert_waiting *waiting, char **kept)
{
	int error = read_text(queue, name, kept);
	char *rest;

	memset(waiting, 0, sizeof(*waiting));
	if (error < 0)
		return error;
	rest = take_lines(waiting, *kept);
	waiting->text = *rest != '\0' ? rest : NULL;
	return waiting->alert.words[0] != '\0' ? 0 : ERROR_DAMAGED;
}

/* --- all of them --- */

static int is_alert(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return len > 6 && strcmp(entry->d_name + len - 6, ".alert") == 0;
}

static int list_all(const struct alert_queue *queue, struct dirent ***names)
{
	int count = scandir(queue->folder, names, is_alert, alphasort);

	return count < 0 ? -errno : count;
}

static void free_all(struct dirent **names, int count)
{
	for (int i = 0; i < count; i++)
		free(names[i]);
	if (count >= 0)
		free(names);
}

/* Above the last, also when the clock was turned back. */
static uint64_t next_number(struct dirent **names, int count)
{
	struct clock clock = { 0 };
	uint64_t last = 0;

	clock_update(&clock);
	if (count > 0)
		last = strtoull(names[count - 1]->d_name, NULL, 10);
	return clock.wall > last ? clock.wall : last + 1;
}

int alert_queue_put(struct alert_queue *queue,
		    const struct alert_waiting *waiting)
{
	struct dirent **names;
	int count = list_all(queue, &names);
	char name[64];

	if (count < 0)
		return count;
	snprintf(name, sizeof(name), "%020" PRIu64 ".alert",
		 next_number(names, count));
	free_all(names, count);
	if (count >= ALERT_QUEUE_MOST ||
	    (waiting->text && strlen(waiting->text) >= ALERT_QUEUE_TEXT))
		return ERROR_FULL;
	return write_one(queue, name, waiting);
}

static bool is_changed(const struct alert_waiting *one,
		       const struct alert_waiting *other)
{
	return one->sent != other->sent || one->tries != other->tries ||
	       one->next != other->next;
}

static int drop(const struct alert_queue *queue, const char *name)
{
	char path[PATH_ROOM];

	path_of(queue, name, path);
	return unlink(path) == 0 ? 0 : -errno;
}

/* 1: it is kept; 0: it is over; or an error. */
static int visit(struct alert_queue *queue, const char *name,
		 bool (*each)(void *context, struct alert_waiting *waiting),
		 void *context)
{
	struct alert_waiting waiting, before;
	char *text = NULL;
	int error = read_one(queue, name, &waiting, &text);
	bool kept = true;

	before = waiting;
	if (error == 0)
		kept = each(context, &waiting);
	if (error == 0 && kept && is_changed(&waiting, &before))
		error = write_one(queue, name, &waiting);
	free(text);
	if (error == ERROR_DAMAGED || error == ERROR_FULL) {
		log_error("%s/%s: is damaged, and dropped", queue->folder,
			  name);
		kept = false;
	} else if (error < 0) {
		return error;
	}
	error = kept ? 0 : drop(queue, name);
	return error < 0 ? error : kept;
}

int alert_queue_each(struct alert_queue *queue,
		     bool (*each)(void *context,
				  struct alert_waiting *waiting),
		     void *context)
{
	struct dirent **names;
	int count = list_all(queue, &names), left = 0, kept = 0;

	for (int i = 0; i < count && kept >= 0; i++) {
		kept = visit(queue, names[i]->d_name, each, context);
		left += kept > 0;
	}
	free_all(names, count);
	return count < 0 ? count : kept < 0 ? kept : left;
}

/* --- what was told --- */

static uint64_t hash_of(const struct alert *alert)
{
	struct checksum sum;
	uint8_t kind = (uint8_t)alert->kind;

	checksum_init(&sum);
	checksum_add(&sum, &kind, 1);
	checksum_add(&sum, alert->device, strlen(alert->device) + 1);
	checksum_add(&sum, alert->about, strlen(alert->about));
	return checksum_value(&sum);
}

static void note_told(struct alert_queue *queue, uint64_t hash, uint64_t time)
{
	if (queue->told_count == ALERT_QUEUE_TOLD)
		memmove(queue->told, queue->told + 1, --queue->told_count *
			sizeof(queue->told[0]));
	queue->told[queue->told_count++] = (struct alert_told){ hash, time };
}

static void read_told(struct alert_queue *queue)
{
	uint64_t hash, time;
	char *text = NULL;
	int len;

	queue->told_read = true;
	if (read_text(queue, "told", &text) == 0)
		for (char *at = text; sscanf(at, "%" SCNx64 " %" SCNu64 "%n",
					     &hash, &time, &len) == 2;
		     at += len)
			note_told(queue, hash, time);
	free(text);
}

static void write_told(const struct alert_queue *queue)
{
	struct file_replacement file;

	if (replace(queue, "told", &file) < 0)
		return;
	for (unsigned i = 0; i < queue->told_count; i++)
		fprintf(file.stream, "%016" PRIx64 " %" PRIu64 "\n",
			queue->told[i].hash, queue->told[i].time);
	file_replace_commit(&file);
}

bool alert_queue_was_told(struct alert_queue *queue,
			  const struct alert *alert, uint64_t now,
			  uint32_t seconds)
{
	uint64_t hash = hash_of(alert);

	if (!queue->told_read)
		read_told(queue);
	for (unsigned i = 0; i < queue->told_count; i++)
		if (queue->told[i].hash == hash &&
		    queue->told[i].time <= now &&
		    now - queue->told[i].time < seconds)
			return true;
	note_told(queue, hash, now);
	queue->told_changed = true;
	return false;
}

void alert_queue_close(struct alert_queue *queue)
{
	if (queue->told_changed)
		write_told(queue);
	if (queue->lock >= 0)
		close(queue->lock);
}

/* --- numbers --- */

uint64_t alert_queue_number(const struct alert_queue *queue,
			    const char *name)
{
	uint64_t number = 0;
	char *text = NULL;

	if (read_text(queue, name, &text) == 0)
		number = strtoull(text, NULL, 10);
	free(text);
	return number;
}

int alert_queue_set_number(const struct alert_queue *queue, const char *name,
			   uint64_t number)
{
	struct file_replacement file;
	int error = replace(queue, name, &file);

	if (error < 0)
		return error;
	fprintf(file.stream, "%" PRIu64 "\n", number);
	return file_replace_commit(&file);
}
