/*
 *	address,hwaddr,client_id,valid_lifetime,expire,...,hostname,state,...
 *	192.168.1.20,aa:bb:cc:dd:ee:ff,,3600,1795000000,1,0,0,tablet,0,
 *
 * The first line names the columns, whose number grows from version to
 * version.  A comma inside a field is written as &#x2c, so a line is cut at
 * its commas.  States: 0 is in use, all others are not.  A lifetime of 0 takes
 * the lease away.  In DHCPv6 a lease may be a whole prefix (lease_type 2):
 * that is no device.
 */
#include "device/leases.h"
#include "device/lines.h"

enum column {
	ADDRESS, MAC, LIFETIME, EXPIRE, NAME, STATE, TYPE, COLUMNS,
};

enum { FIELDS = 64, NO_FIELD = -1, TYPE_PREFIX = 2 };

struct columns {
	int at[COLUMNS];
};

/* The next field off the front of *line; *more: there is another. */
static struct bytes next_field(struct bytes *line, bool *more)
{
	const uint8_t *comma = line->len > 0
			       ? memchr(line->at, ',', line->len) : NULL;
	struct bytes field = *line;

	*more = comma != NULL;
	if (comma == NULL)
		return field;
	field.len = (size_t)(comma - line->at);
	*line = bytes_of(comma + 1, line->len - field.len - 1);
	return field;
}

static void read_header(struct columns *columns, struct bytes line)
{
	static const char *const names[COLUMNS] = {
		"address", "hwaddr", "valid_lifetime", "expire", "hostname",
		"state", "lease_type",
	};
	bool more = true;

	for (int i = 0; i < COLUMNS; i++)
		columns->at[i] = NO_FIELD;
	for (int field = 0; more && field < FIELDS; field++) {
		struct bytes name = next_field(&line, &more);

		for (int i = 0; i < COLUMNS; i++)
			if (lines_equal(name, names[i]))
				columns->at[i] = field;
	}
}

/* Those of a line by their columns; what is not there is empty. */
static void read_fields(const struct columns *columns, struct bytes line,
			struct bytes fields[COLUMNS])
{
	bool more = true;

	for (int i = 0; i < COLUMNS; i++)
		fields[i] = bytes_of("", 0);
	for (int field = 0; more && field < FIELDS; field++) {
		struct bytes word = next_field(&line, &more);

		for (int i = 0; i < COLUMNS; i++)
			if (columns->at[i] == field)
				fields[i] = word;
	}
}

/* An empty field is 0: earlier versions did not have all of them. */
static bool read_number(struct bytes field, uint64_t *number)
{
	*number = 0;
	return field.len == 0 || lines_number(field, number);
}

static void read_line(const struct columns *columns, struct bytes line,
		      int64_t now, struct founds *founds)
{
	struct bytes fields[COLUMNS];
	struct found found = { .has_mac = false };
	uint64_t lifetime, expire, state, type;

	read_fields(columns, line, fields);
	if (!lines_address(fields[ADDRESS], &found.address) ||
	    !read_number(fields[LIFETIME], &lifetime) ||
	    !read_number(fields[EXPIRE], &expire) ||
	    !read_number(fields[STATE], &state) ||
	    !read_number(fields[TYPE], &type) || type == TYPE_PREFIX)
		return;
	found.has_mac = lines_mac(fields[MAC], &found.mac);
	found_name(fields[NAME], found.name);
	leases_note(founds, &found, state == 0 && lifetime > 0 &&
		    (lifetime == UINT32_MAX || (int64_t)expire > now));
}

void leases_read_kea(struct bytes text, int64_t now, struct founds *founds)
{
	struct columns columns;
	struct bytes line;

	if (!lines_next(&text, &line))
		return;
	read_header(&columns, line);
	while (lines_next(&text, &line))
		read_line(&columns, line, now, founds);
}
