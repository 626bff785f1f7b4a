/*
 * What an alert says is made of names from the network: it goes to a command
 * by its environment and its input, never as a part of the line that the
 * shell reads.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "commands/alert_send.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifdef HAVE_JANSSON
#include <jansson.h>
#endif

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "commands/alert_queue.h"
#include "review/words.h"
#include "settings.h"
#include "subscribe/post.h"

enum { HEAD = 4096, TROUBLE = 256, TICK_MS = 20, NOT_RUN = 127 };

const char *alert_way_words(enum alert_way way)
{
	static const char *const words[ALERT_WAYS] = {
		"command", "webhook", "mail",
	};

	return words[way];
}

uint32_t alert_ways(const struct settings *settings)
{
	const struct settings_alerts *alerts = &settings->alerts;
	uint32_t ways = 0;

	if (*alerts->command)
		ways |= 1u << ALERT_COMMAND;
	if (*alerts->webhook)
		ways |= 1u << ALERT_WEBHOOK;
	if (*alerts->mail)
		ways |= 1u << ALERT_MAIL;
	return ways;
}

/* --- programs --- */

static void set_number(const char *name, uint64_t value)
{
	char words[32];

	snprintf(words, sizeof(words), "%" PRIu64, value);
	setenv(name, words, 1);
}

static void set_environment(const struct alert *alert)
{
	setenv("HOMEBOUND_KIND", alert_kind_words(alert->kind), 1);
	setenv("HOMEBOUND_DEVICE", alert->device, 1);
	setenv("HOMEBOUND_ABOUT", alert->about, 1);
	setenv("HOMEBOUND_WORDS", alert->words, 1);
	set_number("HOMEBOUND_COUNT", alert->count);
	set_number("HOMEBOUND_TIME", alert->time / 1000000);
}

/* In the child: its own group, so that all of it can be ended. */
static void become(char *const *words, const struct alert *alert, int input)
{
	setpgid(0, 0);
	signal(SIGPIPE, SIG_DFL);
	dup2(input, STDIN_FILENO);
	set_environment(alert);
	execv(words[0], words);
	_exit(NOT_RUN);
}

static uint64_t now_ms(void)
{
	struct clock clock = { 0 };

	clock_update(&clock);
	return clock_ms(&clock);
}

/* Its exit status, or -1: it took too long and was ended. */
static int wait_for(pid_t child)
{
	uint64_t until = now_ms() + ALERT_SEND_SECONDS * 1000;
	struct timespec tick = { .tv_nsec = TICK_MS * 1000000L };
	int status;

	while (waitpid(child, &status, WNOHANG) == 0) {
		if (now_ms() > until) {
			kill(-child, SIGKILL);
			waitpid(child, &status, 0);
			return -1;
		}
		nanosleep(&tick, NULL);
	}
	return status;
}

static int judge(int status, const char *program, char trouble[TROUBLE])
{
	if (status == -1)
		snprintf(trouble, TROUBLE, "%s took longer than %d s and was "
			 "ended", program, ALERT_SEND_SECONDS);
	else if (WIFSIGNALED(status))
		snprintf(trouble, TROUBLE, "%s was ended by signal %d",
			 program, WTERMSIG(status));
	else if (WEXITSTATUS(status) == NOT_RUN)
		snprintf(trouble, TROUBLE, "%s cannot be run", program);
	else if (WEXITSTATUS(status) != 0)
		snprintf(trouble, TROUBLE, "%s ended with exit code %d",
			 program, WEXITSTATUS(status));
	else
		return 0;
	return ERROR_REFUSED;
}

static int start(char *const *words, const struct alert *alert, FILE *input,
		 char trouble[TROUBLE])
{
	pid_t child;

	if (fflush(input) != 0 || fseek(input, 0, SEEK_SET) != 0)
		return -errno;
	child = fork();
	if (child < 0)
		return -errno;
	if (child == 0)
		become(words, alert, fileno(input));
	return judge(wait_for(child), words[0], trouble);
}

/* What it reads is a file: nobody has to wait for a reader. */
static int run(char *const *words, const struct alert *alert,
	       const char *body[2], char trouble[TROUBLE])
{
	FILE *input = tmpfile();
	int error;

	if (!input)
		return -errno;
	fputs(body[0], input);
	fputs(body[1], input);
	fputs("\n", input);
	error = start(words, alert, input, trouble);
	fclose(input);
	return error;
}

/* --- the ways --- */

static const char *text_of(const struct alert_waiting *waiting)
{
	return waiting->text ? waiting->text : waiting->alert.words;
}

static int send_command(const struct settings *settings,
			const struct alert_waiting *waiting,
			char trouble[TROUBLE])
{
	char shell[] = "/bin/sh", option[] = "-c";
	char *words[] = { shell, option, settings->alerts.command, NULL };
	const char *body[2] = { "", text_of(waiting) };

	return run(words, &waiting->alert, body, trouble);
}

static void put_header(struct text *out, const char *name, const char *value)
{
	text_put(out, "%s: ", name);
	text_put_hostile(out, bytes_of_string(value));
	text_put(out, "\n");
}

static void put_date(struct text *out, uint64_t time)
{
	time_t seconds = (time_t)(time / 1000000);
	char date[64];
	struct tm tm;

	if (gmtime_r(&seconds, &tm) &&
	    strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S +0000", &tm))
		text_put(out, "Date: %s\n", date);
}

/* Who is in a subject is in ASCII: a device's name can be anything. */
static void put_head(struct text *out, const char *to,
		     const struct alert *alert)
{
	put_header(out, "To", to);
	put_date(out, alert->time);
	text_put(out, "Subject: homebound: %s%s",
		 alert_kind_words(alert->kind), *alert->about ? ": " : "");
	text_put_hostile(out, bytes_of_string(alert->about));
	text_put(out, "\nAuto-Submitted: auto-generated\nMIME-Version: 1.0\n"
		 "Content-Type: text/plain; charset=utf-8\n"
		 "Content-Transfer-Encoding: 8bit\n\n");
}

static int send_mail(const struct settings *settings,
		     const struct alert_waiting *waiting,
		     char trouble[TROUBLE])
{
	char option[] = "-t", dots[] = "-i", head[HEAD];
	char *words[] = { settings->alerts.sendmail, option, dots, NULL };
	const char *body[2] = { head, text_of(waiting) };
	struct text text;

	text_init(&text, head, sizeof(head));
	put_head(&text, settings->alerts.mail, &waiting->alert);
	return run(words, &waiting->alert, body, trouble);
}

#ifdef HAVE_JANSSON

static char *json_of(const struct alert_waiting *waiting)
{
	const struct alert *alert = &waiting->alert;
	char time[64];
	struct text text;
	json_t *object;
	char *words;

	text_init(&text, time, sizeof(time));
	words_time(alert->time, &text);
	object = json_pack("{s:s, s:s, s:s, s:s, s:I, s:s, s:s*}",
			   "kind", alert_kind_words(alert->kind),
			   "time", time, "device", alert->device,
			   "about", alert->about,
			   "count", (json_int_t)alert->count,
			   "words", alert->words, "text", waiting->text);
	words = object ? json_dumps(object, JSON_COMPACT) : NULL;
	json_decref(object);
	return words;
}

static int send_webhook(const struct alert_sending *sending,
			const struct alert_waiting *waiting,
			char trouble[TROUBLE])
{
	struct post post = {
		.url = sending->settings->alerts.webhook,
		.total_ms = ALERT_SEND_SECONDS * 1000,
		.upstreams = sending->upstreams,
	};
	char *body = json_of(waiting);
	int error = -ENOMEM;

	if (body) {
		post.body = bytes_of_string(body);
		error = post_send(&post, trouble);
	}
	free(body);
	return error;
}

#else

static int send_webhook(const struct alert_sending *sending,
			const struct alert_waiting *waiting,
			char trouble[TROUBLE])
{
	(void)sending, (void)waiting;
	snprintf(trouble, TROUBLE, "built without jansson");
	return ERROR_ABSENT;
}

#endif

int alert_send(const struct alert_sending *sending, enum alert_way way,
	       const struct alert_waiting *waiting, char trouble[TROUBLE])
{
	int error;

	trouble[0] = '\0';
	if (way == ALERT_COMMAND)
		error = send_command(sending->settings, waiting, trouble);
	else if (way == ALERT_MAIL)
		error = send_mail(sending->settings, waiting, trouble);
	else
		error = send_webhook(sending, waiting, trouble);
	if (error < 0 && trouble[0] == '\0')
		snprintf(trouble, TROUBLE, "%s", error_words(error));
	return error;
}
