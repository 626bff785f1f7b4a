/*
 * An object a receiver at a time, so that a house of any size takes no more
 * memory than its largest receiver.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "review/summary_print.h"

#include <errno.h>

#include "base/error.h"

#ifdef HAVE_JANSSON

#include "base/text.h"
#include "policy/verdict.h"
#include "review/summary.h"
#include "review/value.h"

enum { REASON = 256, LABEL = 1024 };

struct printing {
	FILE *out;
	int error;
};

static json_t *number(uint64_t value)
{
	return json_integer((json_int_t)value);
}

static json_t *words(const char *text)
{
	return value_label(text, LABEL);
}

/*
 * The fields of an object whose braces are the caller's; takes it.  NULL, and
 * so one with a NULL in it, is a lack of memory.
 */
static void put_fields(struct printing *printing, json_t *object)
{
	if (!object)
		printing->error = -ENOMEM;
	else if (json_dumpf(object, printing->out,
			    JSON_COMPACT | JSON_EMBED) != 0)
		printing->error = errno ? -errno : -ENOMEM;
	json_decref(object);
}

/* --- names --- */

static json_t *name_object(const struct summary_name *name)
{
	return json_pack("{so so so so so so so sb so so so so}",
		"name", value_stored(name->name),
		"questions", number(name->count),
		"sunk", number(name->sunk),
		"first", value_time(name->first),
		"last", value_time(name->last),
		"ever_first", value_time(name->ever_first),
		"ever_questions", number(name->ever_count),
		"new", name->new,
		"verdict", words(name->list ? verdict_words(name->verdict)
					    : NULL),
		"list", words(name->list),
		"list_now", words(name->list_now),
		"decision", words(name->decision));
}

static json_t *name_array(const struct summary_receiver *receiver)
{
	json_t *array = json_array();

	for (unsigned i = 0; i < receiver->name_count; i++)
		if (json_array_append_new(array, name_object(
			&receiver->names[i])) != 0) {
			json_decref(array);
			return NULL;
		}
	return array;
}

/* --- receivers --- */

static json_t *rhythm_object(const struct summary_receiver *receiver)
{
	const struct rhythm *rhythm = &receiver->rhythm;

	if (!receiver->has_rhythm)
		return json_null();
	return json_pack("{so sf sf so so sf}",
			 "name", value_stored(receiver->rhythm_name
					      ? receiver->rhythm_name->name
					      : NULL),
			 "period_s", rhythm->period,
			 "spread_s", rhythm->spread,
			 "beats", number(rhythm->beats),
			 "missed", number(rhythm->missed),
			 "chance", rhythm->chance);
}

static json_t *reason_array(const struct suspicion *suspicion)
{
	json_t *array = json_array();

	for (unsigned i = 0; i < SUSPICION_KINDS; i++) {
		char reason[REASON];
		struct text text;

		if (suspicion->weight[i] == 0)
			continue;
		text_init(&text, reason, sizeof(reason));
		suspicion_print_reason(suspicion, i, &text);
		json_array_append_new(array, words(reason));
	}
	return array;
}

static json_t *receiver_object(const struct summary_receiver *receiver)
{
	return json_pack("{so so so so so so so so so sb sb so so so si so so "
			 "so so so}",
		"receiver", value_stored(receiver->receiver),
		"vendor", words(receiver->vendor),
		"sent", words(receiver->sent),
		"questions", number(receiver->count),
		"sunk", number(receiver->sunk),
		"observed", number(receiver->observed),
		"first", value_time(receiver->first),
		"last", value_time(receiver->last),
		"ever_first", value_time(receiver->ever_first),
		"new", receiver->new,
		"new_since_review", receiver->new_since_review,
		"asked_before_listed", number(receiver->before_listed),
		"asked_since", value_time(receiver->before_listed > 0
					  ? receiver->before_since : 0),
		"rhythm", rhythm_object(receiver),
		"score", (int)receiver->suspicion.score,
		"reasons", reason_array(&receiver->suspicion),
		"decision", words(receiver->decision),
		"note", words(receiver->note),
		"more_names", number(receiver->more_names),
		"names", name_array(receiver));
}

static void put_receivers(struct printing *printing,
			  const struct summary_device *device, bool only_new)
{
	const char *between = "\n";

	for (unsigned i = 0; i < device->receiver_count &&
	     printing->error == 0; i++) {
		if (only_new && !device->receivers[i].new)
			continue;
		fprintf(printing->out, "%s{", between);
		put_fields(printing, receiver_object(&device->receivers[i]));
		fputs("}", printing->out);
		between = ",\n";
	}
}

/* --- devices, the house --- */

static json_t *device_object(const struct summary_device *device)
{
	const struct summary_bypass *bypass = &device->bypass;

	return json_pack("{so so so so so so so sb so so so so so}",
		"device", words(device->name),
		"id", json_integer(device->id),
		"questions", number(device->count),
		"sunk", number(device->sunk),
		"first", value_time(device->first),
		"last", value_time(device->last),
		"known_since", value_time(device->known_since),
		"new", device->new,
		"canaries", number(bypass->canaries),
		"public_resolvers", number(bypass->resolvers),
		"public_resolver", words(bypass->resolver),
		"silent_since", value_time(bypass->silent_since),
		"decided_fine", number(device->folded));
}

static json_t *gap_array(const struct summary_house *house)
{
	json_t *array = json_array();

	for (unsigned i = 0; i < house->gap_count; i++) {
		const struct summary_gap *gap = &house->gaps[i];

		json_array_append_new(array, json_pack("{so so so so}",
			"from", value_time(gap->from),
			"until", value_time(gap->until),
			"lost", gap->count > 0 ? number(gap->count)
					       : json_null(),
			"reason", words(gap->reason)));
	}
	return array;
}

static json_t *house_object(const struct summary_house *house)
{
	return json_pack("{so so so so so sb so so so}",
		"since", value_time(house->since),
		"until", value_time(house->until),
		"questions", number(house->count),
		"sunk", number(house->sunk),
		"nameless", number(house->nameless),
		"cut", house->cut,
		"lost", number(house->lost),
		"gap_count", number(house->gap_total),
		"gaps", gap_array(house));
}

int summary_json(const struct summary_house *house, bool only_new, FILE *out)
{
	struct printing printing = { .out = out };

	errno = 0;
	fputs("{", out);
	put_fields(&printing, house_object(house));
	fputs(",\n\"devices\":[", out);
	for (unsigned i = 0; i < house->device_count &&
	     printing.error == 0; i++) {
		fputs(i > 0 ? ",\n{" : "\n{", out);
		put_fields(&printing, device_object(&house->devices[i]));
		fputs(",\"receivers\":[", out);
		put_receivers(&printing, &house->devices[i], only_new);
		fputs("]}", out);
	}
	fputs("]}\n", out);
	if (printing.error == 0 && (fflush(out) != 0 || ferror(out)))
		printing.error = errno ? -errno : -EIO;
	return printing.error;
}

#else

int summary_json(const struct summary_house *house, bool only_new, FILE *out)
{
	(void)house, (void)only_new, (void)out;
	return ERROR_ABSENT;
}

#endif
