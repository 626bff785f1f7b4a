/*
 * The input three times: as a message with a name at every offset, as text,
 * as plain wire.  What is taken as a name is sound, and survives being
 * printed and parsed.
 */
#include <stdlib.h>

#include "base/text.h"
#include "dns/name.h"

enum { OFFSETS = 300 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void check_labels(const struct name *name)
{
	size_t at = 0;
	unsigned i;

	for (i = 0; i < name->labels; i++) {
		must(name->label[i] == at);
		must(name->wire[at] > 0 && name->wire[at] <= 63);
		at += name->wire[at] + 1u;
	}
	must(name->wire[at] == 0);
	must(name->len == at + 1);
}

static void check(const struct name *name)
{
	char buffer[NAME_TEXT];
	struct text text;
	struct name again;

	check_labels(name);
	text_init(&text, buffer, sizeof(buffer));
	name_print(name, &text);
	must(!text.cut);
	must(name_parse(&again, bytes_of_string(buffer)) == 0);
	must(name_equal(name, &again) && name_is_below(name, &again));
	must(name_from_wire(&again, bytes_of(name->wire, name->len)) == 0);
	must(name_equal(name, &again));
	must(name_equal_wire(name, again.wire));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes input = bytes_of(data, size);
	char buffer[NAME_TEXT];
	struct text text;
	struct name name;
	size_t at;

	for (at = 0; at < size && at < OFFSETS; at++) {
		int end = name_read(&name, input, at);
		int skipped = name_skip(input, at);

		must(end < 0 || end == skipped);
		must(skipped < 0 || (size_t)skipped <= size);
		if (end >= 0)
			check(&name);
	}
	if (name_parse(&name, input) == 0)
		check(&name);
	if (name_from_wire(&name, input) == 0)
		check(&name);
	text_init(&text, buffer, sizeof(buffer));
	name_print_wire(input, &text);
	must(!text.cut);
	return 0;
}
