/*
 *	slots	[ . 3 . . 1 2 . ]	by a keyed hash of device and receiver
 *	groups	[ . o o o ]		number 0 is none
 *
 * Names come from the network: the key of the hash is drawn anew for every
 * report, and what does not fit is counted, not kept.
 */
#include "review/report.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"
#include "dns/name.h"
#include "journal/reader.h"
#include "journal/receiver.h"
#include "policy/verdict.h"
#include "review/words.h"

enum { SLOTS = 4 * REPORT_GROUPS };

struct report {
	struct hash_key key;
	uint64_t since, until;
	struct report_sum sum;
	uint16_t slots[SLOTS];
	struct report_group *groups[REPORT_GROUPS];
	unsigned count;
	int64_t devices[REPORT_DEVICES];	/* rising */
	unsigned device_count;
};

struct report *report_new(uint64_t since, uint64_t until)
{
	struct report *report = calloc(1, sizeof(*report));

	if (report == NULL)
		return NULL;
	hash_key_draw(&report->key);
	report->since = since;
	report->until = until > since ? until : since + 1;
	return report;
}

static void group_free(struct report_group *group)
{
	for (unsigned i = 0; i < REPORT_NAMES; i++)
		free(group->names[i].name);
	free(group->receiver);
	free(group);
}

void report_free(struct report *report)
{
	if (report == NULL)
		return;
	for (unsigned i = 0; i < report->count; i++)
		group_free(report->groups[i]);
	free(report);
}

/* --- gaps --- */

uint64_t report_gap_at(unsigned gap)
{
	/* Powers of the fourth root of 2, in thousandths. */
	static const uint64_t parts[] = { 1000, 1189, 1414, 1682 };

	return ((uint64_t)REPORT_ATTEMPT << gap / 4) * parts[gap % 4] / 1000;
}

unsigned report_gap_of(uint64_t microseconds)
{
	unsigned gap = 0;

	while (gap + 1 < REPORT_GAPS && microseconds >= report_gap_at(gap + 1))
		gap++;
	return gap;
}

/* --- rows --- */

static void note_device(struct report *report, int64_t device)
{
	unsigned low = 0, high = report->device_count;

	while (low < high) {
		unsigned middle = (low + high) / 2;

		if (report->devices[middle] < device)
			low = middle + 1;
		else
			high = middle;
	}
	if (device == 0 || report->device_count == REPORT_DEVICES ||
	    (low < report->device_count && report->devices[low] == device))
		return;
	memmove(&report->devices[low + 1], &report->devices[low],
		(report->device_count - low) * sizeof(*report->devices));
	report->devices[low] = device;
	report->device_count++;
}

/* Who asked for whom. */
struct asked {
	int64_t device;
	char client[ADDRESS_TEXT];
	char receiver[NAME_TEXT];
};

static struct report_group *make_group(const struct asked *asked)
{
	struct report_group *group = calloc(1, sizeof(*group));

	if (group == NULL)
		return NULL;
	group->device = asked->device;
	memcpy(group->client, asked->client, sizeof(group->client));
	group->receiver = strdup(asked->receiver);
	if (group->receiver == NULL) {
		free(group);
		return NULL;
	}
	return group;
}

/* Its group; a new one, or NULL when there is no room (*full) or memory. */
static struct report_group *find_group(struct report *report,
				       const struct asked *asked, bool *full)
{
	const struct hash_key *key = &report->key;
	uint64_t hash = hash_bytes(key, asked->receiver,
				   strlen(asked->receiver)) ^
			hash_bytes(key, asked->client,
				   strlen(asked->client)) * 3 ^
			hash_bytes(key, &asked->device,
				   sizeof(asked->device)) * 5;
	uint16_t *slot = &report->slots[hash % SLOTS];
	struct report_group *group;

	for (; *slot != 0; slot = &report->slots[++hash % SLOTS]) {
		group = report->groups[*slot - 1];
		if (group->device == asked->device &&
		    strcmp(group->client, asked->client) == 0 &&
		    strcmp(group->receiver, asked->receiver) == 0)
			return group;
	}
	*full = report->count == REPORT_GROUPS;
	group = *full ? NULL : make_group(asked);
	if (group == NULL)
		return NULL;
	report->groups[report->count++] = group;
	*slot = (uint16_t)report->count;
	return group;
}

static bool count_name(struct report_group *group, const char *name)
{
	for (unsigned i = 0; i < REPORT_NAMES; i++) {
		struct report_name *one = &group->names[i];

		if (one->name == NULL)
			one->name = strdup(name);
		if (one->name == NULL)
			return false;
		if (strcmp(one->name, name) == 0) {
			one->count++;
			return true;
		}
	}
	group->more++;
	return true;
}

static void count_attempt(struct report_group *group, uint64_t time)
{
	bool follows = group->attempts > 0 && time >= group->begun;

	if (follows && time < group->last + REPORT_ATTEMPT)
		return;
	if (follows)
		group->gaps[report_gap_of(time - group->begun)]++;
	group->attempts++;
	group->begun = time;
}

static unsigned bucket_of(const struct report *report, uint64_t time)
{
	uint64_t length = report->until - report->since;

	if (time <= report->since)
		return 0;
	if (time >= report->until)
		return REPORT_BUCKETS - 1;
	/* In milliseconds, so that nothing overflows within 10,000 years. */
	return (unsigned)((time - report->since) / 1000 * REPORT_BUCKETS /
			  (length / 1000 + 1));
}

static void count_time(uint64_t *first, uint64_t *last, uint64_t time)
{
	if (*first == 0 || time < *first)
		*first = time;
	if (time > *last)
		*last = time;
}

static void count_row(const struct report *report, struct report_group *group,
		      const struct reader_row *row)
{
	unsigned bucket = bucket_of(report, row->time);
	bool sunk = row->verdict == VERDICT_SINK;

	count_attempt(group, row->time);
	count_time(&group->first, &group->last, row->time);
	group->questions++;
	group->sunk += sunk;
	group->when[bucket]++;
	group->sunk_when[bucket] += sunk;
}

/* Printable and in lower case. */
static void take_name(const char *stored, char name[NAME_TEXT])
{
	struct text text;

	text_init(&text, name, NAME_TEXT);
	words_put(stored, &text);
	for (char *at = name; *at != '\0'; at++)
		if (*at >= 'A' && *at <= 'Z')
			*at = (char)(*at - 'A' + 'a');
}

static void take_asked(struct asked *asked, const char *name,
		       const struct address *client)
{
	struct bytes receiver = receiver_of(bytes_of_string(name));

	memcpy(asked->receiver, receiver.at, receiver.len);
	asked->receiver[receiver.len] = '\0';
	if (asked->device == 0 && client->family != 0)
		address_words(client, 0, asked->client);
}

bool report_add(struct report *report, int64_t device,
		const struct reader_row *row)
{
	struct asked asked = { .device = device };
	char name[NAME_TEXT];
	struct report_group *group;
	bool full = false;

	take_name(row->name, name);
	take_asked(&asked, name, &row->client);
	note_device(report, device);
	report->sum.questions++;
	report->sum.sunk += row->verdict == VERDICT_SINK;
	count_time(&report->sum.first, &report->sum.last, row->time);
	group = find_group(report, &asked, &full);
	report->sum.beyond += full;
	if (group == NULL)
		return full;
	count_row(report, group, row);
	return count_name(group, name);
}

/* --- what it came to --- */

static int compare(const void *one, const void *other)
{
	const struct report_group *const *at = one, *const *to = other;
	const struct report_group *first = *at, *second = *to;

	if (first->sunk != second->sunk)
		return first->sunk > second->sunk ? -1 : 1;
	if (first->questions != second->questions)
		return first->questions > second->questions ? -1 : 1;
	if (first->device != second->device)
		return first->device < second->device ? -1 : 1;
	return strcmp(first->receiver, second->receiver);
}

/* Sorted in place: nothing is found by its slot any more. */
const struct report_group *const *report_groups(struct report *report,
						unsigned *count)
{
	*count = report->count;
	qsort(report->groups, report->count, sizeof(*report->groups),
	      compare);
	return (const struct report_group *const *)report->groups;
}

struct report_sum report_sum(const struct report *report)
{
	return report->sum;
}

const int64_t *report_devices(const struct report *report, unsigned *count)
{
	*count = report->device_count;
	return report->devices;
}
