/*
 * The thread is in one of these states, and only it changes them:
 *
 *	ASLEEP	nothing is waiting; no timeout.  The first worker that
 *		publishes finds `armed` false, sets it and wakes the thread
 *	FILLING	entries wait; a commit is due commit_ms after the first
 *	GRACE	all is stored; after GRACE_MS what can wait, then asleep
 *	FAILING	the disk said no; tried again after a while, ever longer
 *
 * GRACE is there so that a worker needs no barrier: it publishes, then reads
 * `armed`, and both may happen late.  If it still saw `armed` true when the
 * thread saw no entry, that look finds the entry.
 *
 * `urgent` says that a ring is a quarter full and the thread was told so.
 */
#include "journal/journal.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "journal/counts.h"
#include "journal/desk.h"
#include "journal/images.h"
#include "journal/rings.h"

enum {
	GRACE_MS = 1000,
	IDLE_MS = 100,		/* between two pieces of what can wait */
	RETRY_MS = 1000,	/* doubled until */
	RETRY_MS_MAX = 30000,
	NOTE_PATIENCE = 2,	/* seconds */
	LOST_MS = 60000,	/* between two warnings about gaps */
};

enum state { ASLEEP, FILLING, GRACE, FAILING };

struct journal {
	struct journal_options options;
	char *path;
	struct writer *writer;
	struct rings rings;
	int wake;			/* an eventfd */
	pthread_t thread;
	bool running;

	_Alignas(64) atomic_bool armed;
	atomic_bool urgent;

	_Alignas(64) struct desk desk;
	struct counts counts;

	/* Of the thread; of the main thread while it does not run. */
	struct images images;
	struct clock clock;
	enum state state;
	uint64_t due;			/* ms; for all states but ASLEEP */
	uint64_t retry;			/* ms */
	uint64_t lost_before;		/* in rings that were there already */
	uint64_t lost_told, lost_told_at;
	int error;
};

static void journal_wake(struct journal *journal)
{
	uint64_t one = 1;

	while (write(journal->wake, &one, sizeof(one)) < 0 && errno == EINTR)
		;
}

/* Once when it begins and once when it is over. */
static void report_error(struct journal *journal, int error)
{
	if (error < 0 && journal->error == 0)
		log_error("%s: cannot store: %s; queries wait in memory",
			  journal->path, journal->writer->words[0] != '\0'
			  ? journal->writer->words : error_words(error));
	else if (error == 0 && journal->error < 0)
		log_notice("%s: stores again, %llu queries waited",
			   journal->path, (unsigned long long)
			   rings_waiting(&journal->rings));
	journal->error = error;
}

static void report_lost(struct journal *journal)
{
	uint64_t lost = rings_lost(&journal->rings);
	uint64_t now = clock_ms(&journal->clock);

	if (lost <= journal->lost_told ||
	    (journal->lost_told_at != 0 &&
	     now - journal->lost_told_at < LOST_MS))
		return;
	log_warning("%s: %llu queries are not in it: they came faster than "
		    "they could be stored", journal->path,
		    (unsigned long long)(lost - journal->lost_told));
	journal->lost_told = lost;
	journal->lost_told_at = now;
}

static int64_t update_counts(struct journal *journal, int error)
{
	struct writer_size size;

	journal->writer->ops->measure(journal->writer, &size);
	counts_put(&journal->counts, &size, error);
	return size.last_row;
}

static int store_once(struct journal *journal)
{
	struct rings *rings = &journal->rings;
	struct writer *writer = journal->writer;
	int error = images_store(&journal->images, writer);

	if (error == 0 && rings_collect(rings))
		error = writer->ops->store(writer, rings->sources,
					   rings->count);
	return error;
}

static int store(struct journal *journal)
{
	int error = store_once(journal);

	if (error == ERROR_DAMAGED) {
		images_forget(&journal->images);
		error = store_once(journal);
	}
	report_error(journal, error);
	if (error == 0)
		rings_stored(&journal->rings, journal->writer);
	report_lost(journal);
	return error;
}

/* Everything that is asked and everything that waits, in one commit. */
static int turn(struct journal *journal)
{
	struct desk_pile pile = desk_take(&journal->desk, &journal->images);
	int error = store(journal);
	int64_t last;

	desk_carry_out(&pile, journal->writer, &journal->images, error);
	last = update_counts(journal, error);
	desk_finish(&journal->desk, pile, error, last);
	return error;
}

static void enter(struct journal *journal, enum state state, uint64_t ms)
{
	journal->state = state;
	journal->due = clock_ms(&journal->clock) + ms;
	atomic_store_explicit(&journal->armed,
			      state == FILLING || state == FAILING,
			      memory_order_relaxed);
}

/* `urgent` is kept until room was made: nobody asks twice for that. */
static void commit(struct journal *journal)
{
	int error = turn(journal);

	clock_update(&journal->clock);
	if (error < 0) {
		enter(journal, FAILING, journal->retry);
		journal->retry *= 2;
		if (journal->retry > RETRY_MS_MAX)
			journal->retry = RETRY_MS_MAX;
		return;
	}
	journal->retry = RETRY_MS;
	atomic_store_explicit(&journal->urgent, false, memory_order_relaxed);
	enter(journal, GRACE, GRACE_MS);
	if (rings_waiting(&journal->rings) > 0)
		enter(journal, FILLING, rings_any_full(&journal->rings) ?
		      0 : journal->options.commit_ms);
}

static int timeout(const struct journal *journal)
{
	uint64_t now = clock_ms(&journal->clock), left;

	if (journal->state == ASLEEP)
		return -1;
	left = journal->due > now ? journal->due - now : 0;
	return left < INT_MAX ? (int)left : INT_MAX;
}

static void sleep_until_due(struct journal *journal)
{
	struct pollfd fd = { .fd = journal->wake, .events = POLLIN };
	uint64_t woken;

	if (poll(&fd, 1, timeout(journal)) > 0 &&
	    read(journal->wake, &woken, sizeof(woken)) < 0)
		log_debug("journal: woken by nobody");
	clock_update(&journal->clock);
}

/* A full ring is no reason to try a disk that has just said no. */
static bool is_urgent(struct journal *journal)
{
	return journal->state != FAILING &&
	       atomic_load_explicit(&journal->urgent, memory_order_relaxed);
}

/* A piece of what can wait, and another look; asleep when it is done. */
static void rest(struct journal *journal)
{
	if (journal->writer->ops->idle(journal->writer))
		enter(journal, GRACE, IDLE_MS);
	else
		journal->state = ASLEEP;
}

/* Nothing is due, but the state may be another now. */
static void look(struct journal *journal)
{
	bool armed = atomic_load_explicit(&journal->armed,
					  memory_order_relaxed);
	bool over = clock_ms(&journal->clock) >= journal->due;

	if (journal->state != ASLEEP && journal->state != GRACE)
		return;
	if (armed || rings_waiting(&journal->rings) > 0)
		enter(journal, FILLING, journal->options.commit_ms);
	else if (journal->state == GRACE && over)
		rest(journal);
}

static void *run(void *context)
{
	struct journal *journal = context;
	bool stopping = false;

	pthread_setname_np(pthread_self(), "journal");
	while (!stopping) {
		bool due, asked;

		sleep_until_due(journal);
		asked = desk_look(&journal->desk, &stopping);
		look(journal);
		due = (journal->state == FILLING ||
		       journal->state == FAILING) && timeout(journal) == 0;
		if (asked || due || is_urgent(journal))
			commit(journal);
	}
	return NULL;
}

/* Everything that an earlier run has left goes before the first new entry. */
static void drain(struct journal *journal)
{
	uint64_t left = rings_waiting(&journal->rings);

	journal->counts.now.drained = left;
	if (turn(journal) == 0 && left > 0)
		log_info("%s: %llu entries of an earlier run were stored",
			 journal->path, (unsigned long long)left);
}

static int open_rings(struct journal *journal)
{
	const struct journal_options *options = &journal->options;
	int error = rings_open(&journal->rings, options->rings);

	if (error < 0) {
		log_error("%s: %s", options->rings,
			  error == ERROR_BUSY ? "another homebound uses it"
					      : error_words(error));
		return error;
	}
	drain(journal);
	error = rings_make(&journal->rings, options->workers, options->slots);
	for (unsigned i = 0; error == 0 && i < options->workers; i++)
		journal->counts.now.room +=
			journal->rings.sources[i].ring->mask + 1;
	journal->lost_before = journal->lost_told = rings_lost(&journal->rings);
	return error;
}

static int init(struct journal *journal, const struct journal_options *options)
{
	journal->options = *options;
	counts_init(&journal->counts);
	journal->counts.now.enabled = options->enabled;
	journal->retry = RETRY_MS;
	journal->rings.lock = -1;
	desk_init(&journal->desk);
	journal->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (journal->wake < 0)
		return -errno;
	journal->path = strdup(options->enabled ? options->path : "");
	return journal->path != NULL ? 0 : -ENOMEM;
}

static int open_writer(struct journal *journal)
{
	struct writer_sqlite_options options = {
		.path = journal->path,
		.keeping = &journal->options.keeping,
		.group = journal->options.group == (gid_t)-1
			 ? -1 : (long)journal->options.group,
	};

	if (journal->options.enabled)
		return writer_sqlite(&journal->writer, &options);
	journal->writer = writer_null();
	return 0;
}

static void release(struct journal *journal)
{
	if (journal->writer != NULL)
		journal->writer->ops->close(journal->writer);
	rings_close(&journal->rings);
	images_release(&journal->images);
	if (journal->wake >= 0)
		close(journal->wake);
	desk_release(&journal->desk);
	counts_release(&journal->counts);
	free(journal->path);
	free(journal);
}

int journal_open(struct journal **opened,
		 const struct journal_options *options)
{
	struct journal *journal = aligned_alloc(_Alignof(struct journal),
						sizeof(*journal));
	int error;

	if (journal == NULL)
		return -ENOMEM;
	memset(journal, 0, sizeof(*journal));
	error = init(journal, options);
	clock_update(&journal->clock);
	journal->counts.now.since = journal->clock.mono;
	if (error == 0)
		error = open_writer(journal);
	if (error == 0 && options->enabled)
		error = open_rings(journal);
	if (error < 0) {
		release(journal);
		return error;
	}
	*opened = journal;
	return 0;
}

/* Signals are for the main thread. */
int journal_start(struct journal *journal)
{
	sigset_t all, before;
	int error;

	if (!journal->options.enabled)
		return 0;
	clock_update(&journal->clock);
	enter(journal, journal->error < 0 ? FAILING : GRACE, 0);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&journal->thread, NULL, run, journal);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	journal->running = error == 0;
	return -error;
}

void journal_close(struct journal *journal)
{
	if (journal == NULL)
		return;
	if (journal->running) {
		desk_ask_stop(&journal->desk);
		journal_wake(journal);
		pthread_join(journal->thread, NULL);
		journal->running = false;
	}
	if (journal->options.enabled) {
		rings_end(&journal->rings);
		if (turn(journal) < 0)
			log_warning("%s: %llu entries stay in %s for the next "
				    "start", journal->path,
				    (unsigned long long)
				    rings_waiting(&journal->rings),
				    journal->rings.folder);
	}
	release(journal);
}

struct ring *journal_ring(struct journal *journal, unsigned worker)
{
	if (worker >= journal->rings.workers)
		return NULL;
	return journal->rings.sources[worker].ring;
}

/* Only who changes a flag from false wakes the thread. */
static bool is_first(atomic_bool *flag)
{
	return !atomic_load_explicit(flag, memory_order_relaxed) &&
	       !atomic_exchange_explicit(flag, true, memory_order_relaxed);
}

void journal_nudge(struct journal *journal, unsigned worker)
{
	const struct ring *ring = journal_ring(journal, worker);

	if (ring == NULL || ring_head(ring) == ring_tail(ring))
		return;
	if (is_first(&journal->armed))
		journal_wake(journal);
	if (rings_is_full(ring) && is_first(&journal->urgent))
		journal_wake(journal);
}

int journal_note_image(struct journal *journal, const struct image *image)
{
	struct desk_note *note;
	int result, error;

	if (!journal->options.enabled)
		return 0;
	error = desk_ask_note(&journal->desk, image, &result, &note);
	if (error < 0)
		return error;
	if (!journal->running)
		return turn(journal);
	journal_wake(journal);
	desk_wait(&journal->desk, note, &result, NOTE_PATIENCE);
	if (result <= 0)
		return result;
	log_warning("%s: the disk takes its time; an image is used before its "
		    "lists are written down", journal->path);
	return ERROR_TIMEOUT;
}

static void hurry(struct journal *journal)
{
	if (journal->running)
		journal_wake(journal);
	else
		turn(journal);
}

void journal_commit(struct journal *journal,
		    void (*done)(void *context, int error, int64_t last_row),
		    void *context)
{
	int error;

	if (!journal->options.enabled) {
		done(context, 0, 0);
		return;
	}
	error = desk_ask_commit(&journal->desk, done, context);
	if (error < 0)
		done(context, error, 0);
	else
		hurry(journal);
}

int journal_edit(struct journal *journal, edit_apply *apply, void *context,
		 void (*done)(void *context, int error))
{
	const struct desk_edit wanted = { NULL, apply, context, done };
	int error = journal->options.enabled
		    ? desk_ask_edit(&journal->desk, &wanted) : ERROR_ABSENT;

	if (error == 0)
		hurry(journal);
	return error;
}

void journal_count(struct journal *journal, struct journal_counts *counts)
{
	const struct rings *rings = &journal->rings;

	*counts = counts_get(&journal->counts);
	for (unsigned i = 0; i < rings->workers; i++) {
		const struct ring *ring = rings->sources[i].ring;

		counts->waiting += ring_head(ring) - ring_tail(ring);
		counts->lost += ring_lost(ring);
	}
	counts->lost -= journal->lost_before;
}
