/*
 * A message about a neighbour:
 *
 *	struct nlmsghdr | struct ndmsg | attribute, attribute, ...
 *	16 bytes          12 bytes       struct rtattr and what it holds
 *
 * Each is padded to 4 bytes, its length is that without the padding, and the
 * last may go without.  All numbers are in the machine's own order.
 */
#include "device/rtnetlink.h"

#ifdef __linux__

#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include "base/error.h"

enum {
	/* The kernel gives ages in ticks of USER_HZ, 100 a second. */
	TICK_MS = 10,
	STATES_THERE = NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE |
		       NUD_PERMANENT,
};

/* Of the attributes, those that are of use; at is NULL: not there. */
struct parts {
	struct bytes address;
	struct bytes mac;
	struct bytes ages;
};

/* Goes over `len` bytes and their padding, as far as there are any. */
static void step(struct bytes *bytes, size_t len)
{
	size_t padded = NLMSG_ALIGN(len);

	if (padded > bytes->len)
		padded = bytes->len;
	bytes->at += padded;
	bytes->len -= padded;
}

static bool split(struct bytes attributes, struct parts *parts)
{
	struct rtattr header;

	*parts = (struct parts){ { NULL, 0 }, { NULL, 0 }, { NULL, 0 } };
	while (attributes.len > 0) {
		struct bytes value;

		if (attributes.len < sizeof(header))
			return false;
		memcpy(&header, attributes.at, sizeof(header));
		if (header.rta_len < sizeof(header) ||
		    header.rta_len > attributes.len)
			return false;
		value = bytes_of(attributes.at + sizeof(header),
				 header.rta_len - sizeof(header));
		if (header.rta_type == NDA_DST)
			parts->address = value;
		else if (header.rta_type == NDA_LLADDR)
			parts->mac = value;
		else if (header.rta_type == NDA_CACHEINFO)
			parts->ages = value;
		step(&attributes, header.rta_len);
	}
	return true;
}

static bool read_address(struct bytes value, int family,
			 struct address *address)
{
	if (value.len != (family == AF_INET ? 4 : 16))
		return false;
	address_from_raw(address, value.at, value.len, 0);
	return !address_is_wildcard(address);
}

/* One interface has it: not zeros, and no group (the lowest bit). */
static bool read_mac(struct bytes value, struct mac *mac)
{
	static const struct mac none;

	if (value.len != sizeof(mac->at))
		return false;
	memcpy(mac->at, value.at, sizeof(mac->at));
	return !mac_equal(mac, &none) && (mac->at[0] & 1) == 0;
}

/*
 * Confirmed: it answered.  Updated: its state or MAC changed, which is the
 * only sign of one that spoke but was never asked.
 */
static uint32_t read_age(struct bytes value)
{
	struct nda_cacheinfo ages;
	uint32_t ticks;

	if (value.len < sizeof(ages))
		return 0;
	memcpy(&ages, value.at, sizeof(ages));
	ticks = ages.ndm_confirmed < ages.ndm_updated ? ages.ndm_confirmed
						      : ages.ndm_updated;
	return ticks < UINT32_MAX / TICK_MS ? ticks * TICK_MS : UINT32_MAX;
}

static bool is_there(uint16_t type, const struct ndmsg *about)
{
	return type == RTM_NEWNEIGH &&
	       (about->ndm_state & STATES_THERE) != 0 &&
	       (about->ndm_state & NUD_NOARP) == 0;
}

/* Bridges have neighbours, too, without an address. */
static bool read_sighting(uint16_t type, struct bytes body,
			  struct sighting *sighting)
{
	struct ndmsg about;
	struct parts parts;

	if (body.len < sizeof(about))
		return false;
	memcpy(&about, body.at, sizeof(about));
	if ((about.ndm_family != AF_INET && about.ndm_family != AF_INET6) ||
	    (about.ndm_flags & NTF_PROXY) != 0)
		return false;
	step(&body, sizeof(about));
	if (!split(body, &parts) ||
	    !read_address(parts.address, about.ndm_family,
			  &sighting->address))
		return false;
	sighting->link = (uint32_t)about.ndm_ifindex;
	sighting->age = read_age(parts.ages);
	sighting->there = is_there(type, &about);
	return !sighting->there || read_mac(parts.mac, &sighting->mac);
}

/* An error and the end of a table begin with a number, 0 for all is well. */
static void read_end(uint16_t type, struct bytes body,
		     struct rtnetlink *message)
{
	int error = type == NLMSG_DONE ? 0 : ERROR_MALFORMED;

	if (body.len >= sizeof(error))
		memcpy(&error, body.at, sizeof(error));
	if (error < 0) {
		message->kind = RTNETLINK_REFUSED;
		message->error = error;
	} else if (type == NLMSG_DONE) {
		message->kind = RTNETLINK_DONE;
	}
}

int rtnetlink_next(struct bytes *messages, struct rtnetlink *message)
{
	struct nlmsghdr header;
	struct bytes body;

	memset(message, 0, sizeof(*message));
	if (messages->len == 0)
		return 0;
	if (messages->len < sizeof(header))
		return ERROR_MALFORMED;
	memcpy(&header, messages->at, sizeof(header));
	if (header.nlmsg_len < sizeof(header) ||
	    header.nlmsg_len > messages->len)
		return ERROR_MALFORMED;
	body = bytes_of(messages->at + sizeof(header),
			header.nlmsg_len - sizeof(header));
	step(messages, header.nlmsg_len);
	message->number = header.nlmsg_seq;
	message->torn = (header.nlmsg_flags & NLM_F_DUMP_INTR) != 0;
	if (header.nlmsg_type == NLMSG_DONE ||
	    header.nlmsg_type == NLMSG_ERROR)
		read_end(header.nlmsg_type, body, message);
	else if ((header.nlmsg_type == RTM_NEWNEIGH ||
		  header.nlmsg_type == RTM_DELNEIGH) &&
		 read_sighting(header.nlmsg_type, body, &message->sighting))
		message->kind = RTNETLINK_SIGHTING;
	return 1;
}

void rtnetlink_ask(uint8_t question[RTNETLINK_ASK], uint32_t number)
{
	struct {
		struct nlmsghdr header;
		struct ndmsg body;
	} ask = {
		.header.nlmsg_len = sizeof(ask),
		.header.nlmsg_type = RTM_GETNEIGH,
		.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
		.header.nlmsg_seq = number,
		.body.ndm_family = AF_UNSPEC,
	};

	_Static_assert(sizeof(ask) == RTNETLINK_ASK, "two structs, no gap");
	memcpy(question, &ask, sizeof(ask));
}

#endif
