/*
 * What is queued stays until it is delivered, whatever happens; and what is
 * not delivered is not lost.
 */
#include "commands/alert_queue.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"
#include "folder.h"

static struct folder folder;
static struct alert_queue queue;
static char seen[4096];
static unsigned visits;
static bool keep;

static void set_up(void)
{
	log_level = LOG_LEVEL_ERROR;
	folder_make(&folder);
	cr_assert_eq(alert_queue_open(&queue, folder.path, false), 0);
	keep = true;
}

static void tear_down(void)
{
	alert_queue_close(&queue);
	folder_drop(&folder);
}

TestSuite(alert_queue, .init = set_up, .fini = tear_down, .timeout = 60);

static int put(const char *words, const char *text)
{
	struct alert_waiting waiting = {
		.alert = { .kind = ALERT_BURST, .time = 1234567, .count = 77,
			   .device = "Küchenradio", .about = "v.example" },
		.put = 1000, .text = text,
	};

	snprintf(waiting.alert.words, sizeof(waiting.alert.words), "%s",
		 words);
	return alert_queue_put(&queue, &waiting);
}

static bool look(void *context, struct alert_waiting *waiting)
{
	(void)context;
	visits++;
	strcat(seen, waiting->alert.words);
	strcat(seen, "|");
	return keep;
}

static int visit(void)
{
	seen[0] = '\0';
	visits = 0;
	return alert_queue_each(&queue, look, NULL);
}

static void reopen(void)
{
	alert_queue_close(&queue);
	cr_assert_eq(alert_queue_open(&queue, folder.path, false), 0);
}

Test(alert_queue, they_come_in_the_order_they_were_put)
{
	for (char words[] = "a"; words[0] <= 'e'; words[0]++)
		cr_assert_eq(put(words, NULL), 0);
	reopen();
	cr_expect_eq(visit(), 5);
	cr_expect_str_eq(seen, "a|b|c|d|e|");
	cr_expect_eq(visit(), 5, "looking takes nothing away");
	keep = false;
	cr_expect_eq(visit(), 0);
	cr_expect_eq(visit(), 0);
	cr_expect_eq(visits, 0, "what is over is gone");
}

static const char text_of_it[] = "kind gap\n\nline 2\nwords x\n";

static bool compare(void *context, struct alert_waiting *waiting)
{
	(void)context;
	cr_expect_eq(waiting->alert.kind, ALERT_BURST);
	cr_expect_eq(waiting->alert.time, 1234567);
	cr_expect_eq(waiting->alert.count, 77);
	cr_expect_str_eq(waiting->alert.device, "Küchenradio");
	cr_expect_str_eq(waiting->alert.about, "v.example");
	cr_expect_str_eq(waiting->alert.words, "the words: \\010 \"x\"");
	cr_expect_eq(waiting->put, 1000);
	cr_expect_eq(waiting->tries, visits);
	cr_expect_eq(waiting->next, visits * 60);
	cr_expect_eq(waiting->sent, visits);
	if (waiting->text)
		cr_expect_str_eq(waiting->text, text_of_it);
	waiting->tries++;
	waiting->next += 60;
	waiting->sent++;
	visits++;
	return true;
}

Test(alert_queue, all_of_it_is_kept)
{
	cr_assert_eq(put("the words: \\010 \"x\"", text_of_it), 0);
	for (unsigned i = 0; i < 3; i++) {
		reopen();
		cr_expect_eq(alert_queue_each(&queue, compare, NULL), 1);
	}
	cr_expect_eq(visits, 3);
}

Test(alert_queue, there_is_a_most)
{
	static char text[ALERT_QUEUE_TEXT + 1];

	memset(text, 'x', ALERT_QUEUE_TEXT);
	cr_expect_eq(put("a", text), ERROR_FULL);
	text[ALERT_QUEUE_TEXT - 1] = '\0';
	cr_expect_eq(put("a", text), 0);
	cr_expect_eq(visit(), 1);
	for (unsigned i = 1; i < ALERT_QUEUE_MOST; i++)
		cr_assert_eq(put("b", NULL), 0);
	cr_expect_eq(put("c", NULL), ERROR_FULL);
}

Test(alert_queue, one_delivers_at_a_time)
{
	static struct alert_queue other;

	cr_expect_eq(alert_queue_open(&other, folder.path, false),
		     ERROR_BUSY);
	alert_queue_close(&other);
	alert_queue_close(&queue);
	queue.lock = -1;
	cr_expect_eq(alert_queue_open(&other, folder.path, true), 0);
	alert_queue_close(&other);
}

static unsigned files(void)
{
	char command[128];

	snprintf(command, sizeof(command), "exit $(ls %s/alerts | grep -c "
		 "alert$)", folder.path);
	return (unsigned)WEXITSTATUS(system(command));
}

static void spoil(const char *command)
{
	char line[256];

	snprintf(line, sizeof(line), "cd %s/alerts && for f in *.alert; do %s; "
		 "done", folder.path, command);
	cr_assert_eq(system(line), 0);
}

Test(alert_queue, what_is_damaged_is_dropped_and_the_rest_goes_on)
{
	static const char *const ways[] = {
		": > $f", "head -c 1000 /dev/urandom > $f",
		"printf 'words' > $f", "printf '\\n\\nwords x\\n' > $f",
		"head -c 100000 /dev/zero > $f",
	};

	for (unsigned i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		put("a", NULL);
		spoil(ways[i]);
		put("b", NULL);
		cr_expect_eq(visit(), 1, "%s", ways[i]);
		cr_expect_str_eq(seen, "b|", "%s", ways[i]);
		cr_expect_eq(files(), 1);
		keep = false;
		visit();
		keep = true;
	}
}

/* Or a disk that fails for a moment would take all of them. */
Test(alert_queue, what_cannot_be_read_now_is_kept)
{
	put("a", NULL);
	spoil("mv $f real; ln -s $f $f");
	cr_expect_lt(visit(), 0);
	cr_expect_eq(files(), 1);
}

Test(alert_queue, numbers_are_remembered)
{
	cr_expect_eq(alert_queue_number(&queue, "looked"), 0);
	cr_expect_eq(alert_queue_set_number(&queue, "looked",
					    UINT64_C(18000000000000000000)),
		     0);
	reopen();
	cr_expect_eq(alert_queue_number(&queue, "looked"),
		     UINT64_C(18000000000000000000));
}

static bool told(const char *device, enum alert_kind kind, uint64_t now)
{
	struct alert alert = { .kind = kind, .about = "v.example" };

	snprintf(alert.device, sizeof(alert.device), "%s", device);
	return alert_queue_was_told(&queue, &alert, now, 100);
}

Test(alert_queue, the_same_is_told_once_in_a_while)
{
	cr_expect_not(told("tv", ALERT_BURST, 1000));
	cr_expect(told("tv", ALERT_BURST, 1001));
	cr_expect_not(told("tv", ALERT_RECEIVER, 1001), "another kind");
	cr_expect_not(told("pc", ALERT_BURST, 1001), "another device");
	reopen();
	cr_expect(told("tv", ALERT_BURST, 1099));
	cr_expect_not(told("tv", ALERT_BURST, 1100));
	cr_expect_not(told("tv", ALERT_BURST, 500), "a clock went back");
}

Test(alert_queue, more_than_are_remembered_are_no_harm)
{
	char device[32];

	for (unsigned i = 0; i < ALERT_QUEUE_TOLD + 50; i++) {
		snprintf(device, sizeof(device), "d%u", i);
		cr_assert_not(told(device, ALERT_BURST, 1000));
	}
	reopen();
	snprintf(device, sizeof(device), "d%u", ALERT_QUEUE_TOLD + 49);
	cr_expect(told(device, ALERT_BURST, 1001));
	cr_expect_not(told("d0", ALERT_BURST, 1001));
}

/* Puts alerts and says so, one by one, until it is killed. */
static pid_t put_for_ever(int said)
{
	pid_t child = fork();
	unsigned char done = 0;

	if (child != 0)
		return child;
	for (;; done++) {
		put("a", NULL);
		if (write(said, &done, 1) != 1)
			_exit(1);
	}
}

/* How many it had put for certain when it was killed. */
static int kill_one(void)
{
	unsigned char last = 0;
	int ends[2], status;
	pid_t child;

	cr_assert_eq(pipe(ends), 0);
	child = put_for_ever(ends[1]);
	close(ends[1]);
	while (last < 5 && read(ends[0], &last, 1) == 1)
		;
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	while (read(ends[0], &last, 1) == 1)
		;
	close(ends[0]);
	return last + 1;
}

/* In the middle of anything: each is there. */
Test(alert_queue, a_kill_loses_nothing)
{
	for (unsigned turn = 0; turn < 20; turn++) {
		int done = kill_one();

		cr_expect_geq(visit(), done);
		keep = false;
		visit();
		keep = true;
	}
}
