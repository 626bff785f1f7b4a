/*
 * An image has some lists, and a window a few images: what was looked up is
 * kept by image and list.
 */
#include "review/listed.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dns/message.h"
#include "dns/name.h"
#include "journal/database.h"
#include "policy/matcher.h"
#include "policy/policy.h"
#include "review/catalogue.h"

enum { KEPT = 65536 };

struct kept {
	struct catalogue_key key;	/* of an image; the list's number */
	char *name;			/* NULL: nobody knows */
};

struct listed {
	sqlite3_stmt *find;
	const struct policy *policy;
	struct matcher_scratch *scratch;
	int64_t now;
	struct catalogue kept;
};

int listed_open(struct listed **opened, sqlite3 *db,
		const struct policy *policy)
{
	struct listed *listed = calloc(1, sizeof(*listed));
	int rc;

	*opened = listed;
	if (!listed)
		return -ENOMEM;
	catalogue_init(&listed->kept, sizeof(struct kept), KEPT);
	listed->policy = policy;
	listed->now = (int64_t)time(NULL);
	listed->scratch = policy ? matcher_scratch_new() : NULL;
	rc = database_prepare(db, "SELECT name FROM image_list"
			      " WHERE image = ? AND list = ?", &listed->find);
	if (rc == SQLITE_OK && (!policy || listed->scratch))
		return 0;
	listed_close(listed);
	*opened = NULL;
	return rc == SQLITE_OK ? -ENOMEM : database_error(db, rc);
}

void listed_close(struct listed *listed)
{
	if (!listed)
		return;
	for (uint32_t i = 0; i < listed->kept.count; i++)
		free(((struct kept *)catalogue_at(&listed->kept, i))->name);
	catalogue_release(&listed->kept);
	sqlite3_finalize(listed->find);
	matcher_scratch_free(listed->scratch);
	free(listed);
}

/* A copy; NULL: there is none. */
static char *look_up(struct listed *listed, uint32_t image, uint16_t list)
{
	const char *name;
	char *copy = NULL;

	sqlite3_bind_int64(listed->find, 1, image);
	sqlite3_bind_int64(listed->find, 2, list);
	if (sqlite3_step(listed->find) == SQLITE_ROW) {
		name = (const char *)sqlite3_column_text(listed->find, 0);
		if (name && *name)
			copy = strndup(name, IMAGE_LIST_NAME - 1);
	}
	sqlite3_reset(listed->find);
	return copy;
}

const char *listed_name(struct listed *listed, uint32_t image,
			uint16_t list)
{
	struct kept *kept;
	uint32_t place;
	int taken;

	if (list == VERDICT_OWN_LIST)
		return "household";
	taken = catalogue_take(&listed->kept, image,
			       bytes_of(&list, sizeof(list)), &place);
	if (taken < 0)
		return NULL;
	kept = catalogue_at(&listed->kept, place);
	if (taken > 0)
		kept->name = look_up(listed, image, list);
	return kept->name;
}

bool listed_now(struct listed *listed, struct bytes text,
		const struct address *client, struct listed_answer *answer)
{
	const struct image_list *of = NULL;
	const struct house *house;
	struct verdict verdict;
	struct name name;
	struct policy_question question = {
		.name = &name, .type = TYPE_A, .now = listed->now,
		.client = client, .scratch = listed->scratch,
	};

	if (!listed->policy || name_parse(&name, text) < 0)
		return false;
	house = policy_house(listed->policy);
	if (client)
		question.group = (uint16_t)house_group_of(house, client);
	policy_judge(listed->policy, &question, &verdict);
	if (verdict.kind != VERDICT_SINK)
		return false;
	if (policy_image(listed->policy))
		of = image_list(policy_image(listed->policy), verdict.list);
	answer->list = of ? of->name : "household";
	answer->since = of ? of->time : 0;
	answer->by_name = verdict.by == VERDICT_BY_NAME;
	return true;
}

uint64_t listed_changed(const struct listed *listed)
{
	const struct image *image = listed->policy ?
		policy_image(listed->policy) : NULL;
	unsigned count = image ? image_lists(image) : 0;
	uint64_t last = 0;

	for (unsigned i = 0; i < count; i++)
		if (image_list(image, i)->time > last)
			last = image_list(image, i)->time;
	return last;
}
