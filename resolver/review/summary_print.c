/*
 * Spreadsheets are flat: what is a receiver's stands in the line of each name.
 */
#include "review/summary_print.h"

#include <errno.h>

#include "base/text.h"
#include "policy/verdict.h"
#include "review/records.h"
#include "review/summary.h"

enum { REASONS = 1500 };

static const char *const fields[] = {
	"device", "device_id", "receiver", "vendor", "name", "count", "sunk",
	"first", "last", "ever_first", "ever_count", "new", "receiver_new",
	"list", "verdict", "list_now", "asked_before_listed", "period_s",
	"spread_s", "beats", "missed", "score", "reasons", "decision", "note",
	NULL,
};

static void put_rhythm(struct records *records,
		       const struct summary_receiver *receiver)
{
	const struct rhythm *rhythm = &receiver->rhythm;

	if (!receiver->has_rhythm) {
		for (unsigned i = 0; i < 4; i++)
			records_nothing(records);
		return;
	}
	records_real(records, rhythm->period);
	records_real(records, rhythm->spread);
	records_number(records, (int64_t)rhythm->beats);
	records_number(records, (int64_t)rhythm->missed);
}

static void put_reasons(struct records *records,
			const struct suspicion *suspicion)
{
	char words[REASONS] = "";
	struct text text;

	text_init(&text, words, sizeof(words));
	if (suspicion->score > 0)
		suspicion_reasons_print(suspicion, "; ", &text);
	records_number(records, suspicion->score);
	records_text(records, words);
}

static void put_name(struct records *records,
		     const struct summary_device *device,
		     const struct summary_receiver *receiver,
		     const struct summary_name *name)
{
	records_text(records, device->name);
	records_number(records, device->id);
	records_stored(records, receiver->receiver);
	records_text(records, receiver->vendor);
	records_stored(records, name->name);
	records_number(records, (int64_t)name->count);
	records_number(records, (int64_t)name->sunk);
	records_time(records, name->first);
	records_time(records, name->last);
	records_time(records, name->ever_first);
	records_number(records, (int64_t)name->ever_count);
	records_flag(records, name->new);
	records_flag(records, receiver->new);
	records_text(records, name->list);
	records_text(records, name->list ? verdict_words(name->verdict)
					 : NULL);
	records_text(records, name->list_now);
	records_number(records, (int64_t)receiver->before_listed);
	put_rhythm(records, receiver);
	put_reasons(records, &receiver->suspicion);
	records_text(records, name->decision);
	records_text(records, receiver->note);
	records_end(records);
}

static void put_device(struct records *records,
		       const struct summary_device *device, bool only_new)
{
	for (unsigned i = 0; i < device->receiver_count; i++) {
		const struct summary_receiver *receiver =
			&device->receivers[i];

		if (only_new && !receiver->new)
			continue;
		for (unsigned j = 0; j < receiver->name_count; j++)
			put_name(records, device, receiver,
				 &receiver->names[j]);
	}
}

int summary_print(const struct summary_house *house, enum print_form form,
		  bool only_new, FILE *out)
{
	struct records *records;
	int error;

	if (form == PRINT_JSON)
		return summary_json(house, only_new, out);
	error = records_open(&records, out, form, fields);

	if (error < 0)
		return error;
	for (unsigned i = 0; i < house->device_count; i++)
		put_device(records, &house->devices[i], only_new);
	return records_close(records) ? 0 : -errno;
}
