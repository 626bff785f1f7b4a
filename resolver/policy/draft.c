/*
 * Items are put in order as they come, each moved in front of those that are
 * greater: a section has few, and equal terms get equal bytes.
 */
#include "policy/draft.h"

#include "policy/terms_layout.h"

void draft_put(struct draft *draft, const void *at, size_t len)
{
	if (len > draft->room - draft->len) {
		draft->full = true;
		return;
	}
	if (len > 0)
		memcpy(draft->at + draft->len, at, len);
	draft->len += len;
}

void draft_put8(struct draft *draft, unsigned value)
{
	uint8_t byte = (uint8_t)value;

	draft_put(draft, &byte, sizeof(byte));
}

void draft_put16(struct draft *draft, unsigned value)
{
	uint8_t bytes[2];

	bytes_put16(bytes, (uint16_t)value);
	draft_put(draft, bytes, sizeof(bytes));
}

bool draft_refuse(struct draft *draft, const char *why)
{
	draft->why = why;
	return false;
}

size_t draft_begin(struct draft *draft, unsigned section)
{
	draft_put8(draft, section);
	draft_put16(draft, 0);
	return draft->len;
}

void draft_end(struct draft *draft, size_t begun)
{
	if (draft->full)
		return;
	if (draft->len == begun)
		draft->len -= SECTION_HEAD;
	else
		bytes_put16(draft->at + begun - 2,
			    (uint16_t)(draft->len - begun));
}

/* Of two items: by their bytes, the shorter first. */
static int compare(const uint8_t *one, const uint8_t *other)
{
	size_t len = one[0] < other[0] ? one[0] : other[0];
	int order = memcmp(one + 1, other + 1, len);

	return order != 0 ? order : one[0] - other[0];
}

void draft_item(struct draft *draft, size_t begun, unsigned kind,
		struct bytes value)
{
	uint8_t item[2 + ITEM_VALUE] = {
		(uint8_t)(1 + value.len), (uint8_t)kind
	};
	size_t len = 2 + value.len, at = begun, behind;
	int order = -1;

	if (len > draft->room - draft->len || draft->full) {
		draft->full = true;
		return;
	}
	memcpy(item + 2, value.at, value.len);
	for (; at < draft->len; at += 1u + draft->at[at]) {
		order = compare(item, draft->at + at);
		if (order <= 0)
			break;
	}
	if (at < draft->len && order == 0)
		return;
	behind = draft->len - at;
	memmove(draft->at + at + len, draft->at + at, behind);
	memcpy(draft->at + at, item, len);
	draft->len += len;
}
