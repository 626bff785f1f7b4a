/*
 * serve_policy: making a policy and moving every worker to it.
 *
 * A policy is an image and a house, put together once and never changed.  A
 * new one is made aside; the workers are told and move between two of their
 * turns; the old one is freed when the last of them has moved.  So a reload
 * loses no query and delays none.
 */
#include "serve_state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "household.h"
#include "journal/journal.h"
#include "policy/own.h"
#include "policy/schedule.h"
#include "upstream/probe.h"
#include "upstream/system.h"

static struct addresses serve_ours(const struct serve *serve)
{
	return (struct addresses){ serve->settings->listen,
				   serve->settings->listen_count };
}

static void serve_tell_upstreams(const struct serve *serve)
{
	char words[SERVE_LINE];
	struct text text;
	unsigned i;

	text_init(&text, words, sizeof(words));
	for (i = 0; i < serve->upstream_count; i++) {
		text_put(&text, i ? ", " : "");
		address_print(&serve->upstreams[i], 53, &text);
	}
	if (serve->upstream_count == 0)
		log_warning("no resolver to ask is known: nothing can be "
			    "forwarded (set \"upstreams\" in %s)",
			    serve->settings->path);
	else
		log_info("asking %s (from %s)", words,
			 serve->upstream_file ? serve->upstream_file
					      : serve->settings->path);
}

void serve_find_upstreams(struct serve *serve)
{
	const struct settings *settings = serve->settings;
	struct address found[UPSTREAM_SERVERS];
	unsigned count = settings->upstream_count;

	memset(found, 0, sizeof(found));
	serve->upstream_file = NULL;
	if (count == 0) {
		count = system_servers(serve_ours(serve), found,
				       UPSTREAM_SERVERS,
				       &serve->upstream_file);
	} else {
		count = count < UPSTREAM_SERVERS ? count : UPSTREAM_SERVERS;
		memcpy(found, settings->upstreams, count * sizeof(*found));
	}
	if (count == serve->upstream_count && count > 0 &&
	    memcmp(found, serve->upstreams, sizeof(found)) == 0)
		return;
	memcpy(serve->upstreams, found, sizeof(found));
	serve->upstream_count = count;
	serve->looped_known = 0;
	__atomic_store_n(&serve->looped_mask, 0, __ATOMIC_RELAXED);
	serve_tell_upstreams(serve);
	if (serve->worker_count)
		serve_probe_upstreams(serve);
}

static void serve_report_own(void *context, unsigned line, const char *words)
{
	const struct serve *serve = context;

	log_warning("%s/own.rules:%u: %s", serve->settings->state, line,
		    words);
}

static struct house *serve_make_house(struct serve *serve)
{
	struct address asked[UPSTREAM_SERVERS];
	struct household from = {
		.settings = serve->settings, .upstreams = { asked, 0 },
		.neighbours = serve->neighbours, .now = clock_seconds(),
	};
	struct house *house;
	int error;
	unsigned i;

	for (i = 0; i < serve->upstream_count; i++)
		if (!(serve->looped_known & 1u << i))
			asked[from.upstreams.count++] = serve->upstreams[i];
	schedule_zone(serve->settings->timezone);
	error = own_read(&from.own, serve->settings->state, serve_report_own,
			 serve);
	if (error)
		log_error("%s/own.rules: %s: the household's own rules are "
			  "not in force", serve->settings->state,
			  error_words(error));
	house = household_new(&from);
	if (!house)
		own_free(from.own);
	return house;
}

static int serve_open_image(struct serve *serve, bool strict,
			    struct image **image)
{
	int error = image_open(image, serve->image_path);

	if (error == 0)
		return 0;
	*image = NULL;
	if (error == -ENOENT && serve->settings->list_count == 0)
		return 0;
	if (strict) {
		log_error("%s: %s", serve->image_path, error_words(error));
		return error;
	}
	if (error == -ENOENT)
		log_notice("no list has been compiled yet: until then "
			   "everything is forwarded");
	else
		log_notice("%s: %s: made anew from the lists that are kept",
			   serve->image_path, error_words(error));
	return 0;
}

int serve_make_policy(struct serve *serve, bool strict,
		      struct policy **policy)
{
	struct house *house;
	struct image *image;
	int error = serve_open_image(serve, strict, &image);

	if (error)
		return error;
	house = serve_make_house(serve);
	*policy = house ? policy_new(image, house) : NULL;
	if (!*policy) {
		if (house)
			house_free(house);
		if (image)
			image_close(image);
		return -ENOMEM;
	}
	if (serve->journal && image &&
	    image_serial(image) != serve->noted_serial) {
		journal_note_image(serve->journal, image);
		serve->noted_serial = image_serial(image);
	}
	return 0;
}

/* Every worker moves to it; the old one is freed when they have. */
static int serve_switch(struct serve *serve, struct policy *policy)
{
	struct retired *old = malloc(sizeof(*old));
	unsigned i;

	if (!old) {
		policy_free(policy);
		return -ENOMEM;
	}
	old->policy = serve->policy;
	old->next = serve->retired;
	serve->retired = old;
	serve->policy = policy;
	for (i = 0; i < serve->worker_count; i++)
		worker_switch(serve->workers[i], policy);
	serve_wait_turn(serve);
	return 0;
}

int serve_rehouse(struct serve *serve)
{
	struct house *house = serve_make_house(serve);
	struct policy *policy = house ? policy_follow(serve->policy, house)
				      : NULL;

	if (!policy) {
		house_free(house);
		return -ENOMEM;
	}
	return serve_switch(serve, policy);
}

/* An image that is in use is not read again. */
int serve_renew(struct serve *serve)
{
	const struct image *image = policy_image(serve->policy);
	struct policy *policy;
	int error;

	if (image && image_is_at(image, serve->image_path))
		return serve_rehouse(serve);
	error = serve_make_policy(serve, image != NULL, &policy);
	return error ? error : serve_switch(serve, policy);
}

static void serve_turn(uv_timer_t *timer)
{
	struct serve *serve = timer->data;

	if (!serve->ending)
		serve_rehouse(serve);
}

void serve_wait(uv_timer_t *timer, uv_timer_cb ring, int64_t moment)
{
	const struct serve *serve = timer->data;
	int64_t wait = moment - clock_seconds();

	if (serve->ending || moment == INT64_MAX)
		return;
	if (wait > SERVE_WAIT_MOST)
		wait = SERVE_WAIT_MOST;
	uv_timer_start(timer, ring, wait > 0 ? (uint64_t)wait * 1000 : 0, 0);
}

void serve_wait_turn(struct serve *serve)
{
	serve_wait(&serve->turning, serve_turn,
		   household_next(serve->settings, clock_seconds()));
}

static bool serve_policy_is_used(const struct serve *serve,
				 const struct policy *policy)
{
	unsigned i;

	for (i = 0; i < serve->worker_count; i++)
		if (worker_policy(serve->workers[i]) == policy)
			return true;
	return false;
}

void serve_free_retired(struct serve *serve)
{
	struct retired **link = &serve->retired;

	while (*link) {
		struct retired *old = *link;

		if (serve_policy_is_used(serve, old->policy)) {
			link = &old->next;
			continue;
		}
		*link = old->next;
		policy_free(old->policy);
		free(old);
	}
}

void serve_probe_upstreams(const struct serve *serve)
{
	unsigned i;

	for (i = 0; i < serve->upstream_count; i++)
		probe_send(&serve->probe, i, &serve->upstreams[i]);
}

void serve_leave_circles(struct serve *serve)
{
	uint32_t mask = __atomic_load_n(&serve->looped_mask, __ATOMIC_RELAXED);
	uint32_t fresh = mask & ~serve->looped_known;
	unsigned i;

	for (i = 0; i < serve->upstream_count; i++) {
		char words[ADDRESS_TEXT];

		if (!(fresh & 1u << i))
			continue;
		log_error("%s asks us what we ask it (a circle): it is left "
			  "out; give \"upstreams\" a resolver that does not "
			  "forward to this machine",
			  address_words(&serve->upstreams[i], 53, words));
	}
	serve->looped_known |= mask;
	if (fresh)
		serve_renew(serve);
}
