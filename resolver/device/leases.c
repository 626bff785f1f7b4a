/*
 * Which of the three it is shows in the first line that is no comment.
 */
#include "device/leases.h"

#include "device/lines.h"

static bool begins(struct bytes text, const char *with)
{
	size_t len = strlen(with);

	return text.len >= len && memcmp(text.at, with, len) == 0;
}

/* The words that can begin a statement of dhcpd.leases(5). */
static bool is_isc(struct bytes word)
{
	static const char *const words[] = {
		"lease", "server-duid", "authoring-byte-order", "failover",
		"host", "group", "subgroup", "class", "subclass", "ia-na",
		"ia-ta", "ia-pd", "zone", "key", "default-duid",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (lines_equal(word, words[i]))
			return true;
	return false;
}

enum leases_form leases_guess(struct bytes text)
{
	struct bytes line, word;

	while (lines_next(&text, &line)) {
		if (begins(line, "address,"))
			return LEASES_KEA;
		if (!lines_word(&line, &word) || word.at[0] == '#')
			continue;
		return is_isc(word) ? LEASES_ISC : LEASES_DNSMASQ;
	}
	return LEASES_DNSMASQ;
}

void leases_read(struct bytes text, int64_t now, struct founds *founds)
{
	switch (leases_guess(text)) {
	case LEASES_ISC:
		leases_read_isc(text, now, founds);
		break;
	case LEASES_KEA:
		leases_read_kea(text, now, founds);
		break;
	default:
		leases_read_dnsmasq(text, now, founds);
	}
}

void leases_note(struct founds *founds, const struct found *found, bool runs)
{
	if (runs)
		founds_put(founds, found);
	else
		founds_drop(founds, &found->address);
}
