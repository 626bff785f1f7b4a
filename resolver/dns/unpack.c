/*
 * The data of every type that has names in it is of one shape:
 *
 *	preference, key tag ...  name  name  serial, signature, parameters ...
 *	[ before ]               [ names ]   [ the rest ]
 *
 * NAPTR alone has strings in front of its name; that one is never compressed
 * (RFC 3403, section 4.1), and so NAPTR is bytes here.
 */
#include "dns/unpack.h"

#include "base/error.h"
#include "dns/message.h"
#include "dns/name.h"

/* IANA, "Resource Record (RR) TYPEs"; in rising order. */
static const struct unpack_shape shapes[] = {
	{ 2, 0, 1 },	/* NS */
	{ 3, 0, 1 },	/* MD */
	{ 4, 0, 1 },	/* MF */
	{ 5, 0, 1 },	/* CNAME */
	{ 6, 0, 2 },	/* SOA */
	{ 7, 0, 1 },	/* MB */
	{ 8, 0, 1 },	/* MG */
	{ 9, 0, 1 },	/* MR */
	{ 12, 0, 1 },	/* PTR */
	{ 14, 0, 2 },	/* MINFO */
	{ 15, 2, 1 },	/* MX */
	{ 17, 0, 2 },	/* RP */
	{ 18, 2, 1 },	/* AFSDB */
	{ 21, 2, 1 },	/* RT */
	{ 24, 18, 1 },	/* SIG */
	{ 26, 2, 2 },	/* PX */
	{ 30, 0, 1 },	/* NXT */
	{ 33, 6, 1 },	/* SRV */
	{ 36, 2, 1 },	/* KX */
	{ 39, 0, 1 },	/* DNAME */
	{ 46, 18, 1 },	/* RRSIG */
	{ 47, 0, 1 },	/* NSEC */
	{ 64, 2, 1 },	/* SVCB */
	{ 65, 2, 1 },	/* HTTPS */
	{ 107, 2, 1 },	/* LP */
};

enum { SHAPES = sizeof(shapes) / sizeof(shapes[0]), POINTER = 0xc0 };

struct unpack_shape unpack_shape(uint16_t type)
{
	for (unsigned i = 0; i < SHAPES && shapes[i].type <= type; i++)
		if (shapes[i].type == type)
			return shapes[i];
	return (struct unpack_shape){ type, 0, 0 };
}

/* The name was read before: every pointer leads back and the name ends. */
static void labels_write(uint8_t *to, const uint8_t *message, size_t at)
{
	while (message[at] != 0) {
		size_t len = 1u + message[at];

		if (message[at] >= POINTER) {
			at = bytes_get16(message + at) & 0x3fff;
			continue;
		}
		memcpy(to, message + at, len);
		to += len;
		at += len;
	}
	*to = 0;
}

int unpack_name(struct unpack_room to, struct bytes message, size_t at)
{
	struct name name;

	if (name_read(&name, message, at) < 0)
		return ERROR_MALFORMED;
	if (name.len > to.len)
		return ERROR_FULL;
	labels_write(to.at, message.at, at);
	return name.len;
}

/* Bytes as they are, from `at` up to `end`. */
static int plain_write(struct unpack_room to, struct bytes message, size_t at,
		       size_t end)
{
	if (end - at > to.len)
		return ERROR_FULL;
	memcpy(to.at, message.at + at, end - at);
	return (int)(end - at);
}

static void room_take(struct unpack_room *room, int len)
{
	room->at += len;
	room->len -= (size_t)len;
}

/*
 * The names from *at on, which is moved behind them.  Returns what they take
 * in `to`.
 */
static int names_write(struct unpack_room to, struct bytes message, size_t *at,
		       unsigned names)
{
	int sum = 0;

	for (; names > 0; names--) {
		int end = name_skip(message, *at);
		int len = unpack_name(to, message, *at);

		if (end < 0 || len < 0)
			return end < 0 ? end : len;
		room_take(&to, len);
		sum += len;
		*at = (size_t)end;
	}
	return sum;
}

int unpack_rdata(struct unpack_room to, struct bytes message,
		const struct record *record)
{
	struct unpack_shape shape = unpack_shape(record->type);
	size_t at = record->rdata + shape.before;
	int before, names, rest;

	if (shape.names == 0)
		return plain_write(to, message, record->rdata, record->end);
	if (at >= record->end)
		return ERROR_MALFORMED;
	before = plain_write(to, message, record->rdata, at);
	if (before < 0)
		return before;
	room_take(&to, before);
	names = names_write(to, message, &at, shape.names);
	if (names < 0)
		return names;
	if (at > record->end)
		return ERROR_MALFORMED;
	room_take(&to, names);
	rest = plain_write(to, message, at, record->end);
	return rest < 0 ? rest : before + names + rest;
}
