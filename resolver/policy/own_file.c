/*
 * A change: lock, read, change in memory, keep the old text for undo, replace
 * the file.  What would not change the text is not written and cannot be
 * undone.
 */
#include "policy/own.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "policy/own_disk.h"
#include "policy/own_text.h"
#include "policy/own_undo.h"

/* 9999-12-31T23:59:59Z */
#define LAST_SECOND INT64_C(253402300799)

static bool is_equal(struct bytes one, struct bytes other)
{
	return one.len == other.len &&
	       (one.len == 0 || memcmp(one.at, other.at, one.len) == 0);
}

static int text_replace(const char *state, struct bytes old,
			const struct own_changed *new)
{
	struct bytes text = bytes_of(new->at, new->len);
	struct own_kept kept = { .after = own_disk_sum(text), .old = old };
	struct text what;
	int error;

	if (is_equal(old, text))
		return 0;
	text_init(&what, kept.what, sizeof(kept.what));
	text_put(&what, "%s", new->what.at);
	error = own_undo_keep(state, &kept);
	if (error == 0)
		error = own_disk_write(state, "", bytes_of(NULL, 0), text);
	return error;
}

/* How many rules were the same as that of the change. */
static int change_locked(const char *state, const struct own_change *change)
{
	char what[OWN_LINE + 8];
	struct own_changed new;
	uint8_t *old;
	size_t len;
	int error = own_disk_read(state, "", &old, &len);

	if (error < 0)
		return error;
	text_init(&new.what, what, sizeof(what));
	error = own_text_change(bytes_of(old, len), change, &new);
	if (error == 0) {
		if (change->verb == OWN_ADD || new.matched > 0)
			error = text_replace(state, bytes_of(old, len), &new);
		free(new.at);
	}
	free(old);
	return error < 0 ? error : (int)new.matched;
}

static int change(const char *state, unsigned verb,
		  const struct own_rule *rule)
{
	struct own_change what = {
		.verb = (uint8_t)verb, .rule = rule, .now = clock_seconds(),
	};
	int lock = own_disk_lock(state), done;

	if (lock < 0)
		return lock;
	done = change_locked(state, &what);
	close(lock);
	return done;
}

int own_add(const char *state, const struct own_rule *rule)
{
	int done;

	if (rule->until < 0 || rule->until > LAST_SECOND ||
	    (!rule->pause && rule->name.len == 0))
		return ERROR_MALFORMED;
	done = change(state, OWN_ADD, rule);
	return done < 0 ? done : 0;
}

int own_remove(const char *state, const struct own_rule *like)
{
	return change(state, OWN_REMOVE, like);
}

int own_resume(const char *state, const struct own_rule *like)
{
	return change(state, OWN_RESUME, like);
}

/* 1: done; 0: nothing was changed after it was kept. */
static int take_back(const char *state, struct bytes now,
		     const struct own_kept *kept)
{
	int error;

	if (is_equal(now, kept->old))
		return own_undo_drop(state, kept->number);
	if (own_disk_sum(now) != kept->after)
		return ERROR_REFUSED;
	error = own_disk_write(state, "", bytes_of(NULL, 0), kept->old);
	if (error == 0)
		error = own_undo_drop(state, kept->number);
	return error < 0 ? error : 1;
}

static int undo_locked(const char *state, struct text *what)
{
	struct own_kept kept;
	uint8_t *now;
	size_t len;
	int done = own_disk_read(state, "", &now, &len);

	while (done == 0) {
		done = own_undo_last(state, &kept);
		if (done < 0)
			break;
		done = take_back(state, bytes_of(now, len), &kept);
		if (done != 0)
			text_put(what, "%s", kept.what);
		own_undo_release(&kept);
	}
	free(now);
	return done < 0 ? done : 0;
}

int own_undo(const char *state, struct text *what)
{
	int lock = own_disk_lock(state), error;

	if (lock < 0)
		return lock;
	error = undo_locked(state, what);
	close(lock);
	return error;
}
