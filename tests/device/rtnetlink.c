#include "device/rtnetlink.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "message.h"

/* The first message, from memory of just that size, at an odd address. */
static int read_first(struct bytes datagram, struct rtnetlink *message)
{
	uint8_t *copy = malloc(datagram.len + 1);
	struct bytes left = bytes_of(copy + 1, datagram.len);
	int result;

	memcpy(copy + 1, datagram.at, datagram.len);
	result = rtnetlink_next(&left, message);
	cr_assert_leq(left.len, datagram.len);
	free(copy);
	return result;
}

static struct rtnetlink only(const struct message *message)
{
	struct rtnetlink read;

	cr_assert_eq(read_first(bytes_of(message->at, message->len), &read),
		     1);
	return read;
}

static void make(struct message *message, uint16_t type, uint16_t state)
{
	message->len = 0;
	message_about(message, type, state, "192.0.2.7");
	message_behind(message, message_mac(7));
}

/*
 * As Linux 6.18 wrote it on a little-endian machine, asked with number 12345:
 * ff02::16 dev 2 lladdr 33:33:00:00:00:16 NOARP, 2001:db8::7 dev 3 lladdr
 * 02:00:5e:00:00:07 STALE, and the end.
 */
static const uint8_t recorded[] = {
	0x58, 0, 0, 0, 0x1c, 0, 2, 0, 0x39, 0x30, 0, 0, 0x45, 0x76, 0x2a, 0xf0,
	0x0a, 0, 0, 0, 2, 0, 0, 0, 0x40, 0, 0, 5, 0x14, 0, 1, 0, 0xff, 2, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x16, 0x0a, 0, 2, 0, 0x33, 0x33, 0, 0,
	0, 0x16, 0, 0, 8, 0, 4, 0, 0, 0, 0, 0, 0x14, 0, 3, 0, 0x78, 0x17, 0, 0,
	8, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0x58, 0, 0, 0, 0x1c, 0, 2, 0, 0x39,
	0x30, 0, 0, 0x45, 0x76, 0x2a, 0xf0, 0x0a, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0,
	1, 0x14, 0, 1, 0, 0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	7, 0x0a, 0, 2, 0, 2, 0, 0x5e, 0, 0, 7, 0, 0, 8, 0, 4, 0, 0, 0, 0, 0,
	0x14, 0, 3, 0, 0x7a, 0x17, 0, 0, 0x0a, 0, 0, 0, 0x0a, 0, 0, 0, 0, 0, 0,
	0, 0x14, 0, 0, 0, 3, 0, 2, 0, 0x39, 0x30, 0, 0, 0x45, 0x76, 0x2a, 0xf0,
	0, 0, 0, 0,
};

static bool little_endian(void)
{
	const uint16_t one = 1;

	return *(const uint8_t *)&one == 1;
}

Test(rtnetlink, reads_what_a_kernel_wrote)
{
	struct bytes left = bytes_of(recorded, sizeof(recorded));
	struct address address = message_address("2001:db8::7");
	struct mac mac = message_mac(7);
	struct rtnetlink read;

	if (!little_endian())
		cr_skip_test("it was recorded on a little-endian machine");
	cr_assert_eq(rtnetlink_next(&left, &read), 1);
	cr_assert_eq(read.kind, RTNETLINK_SIGHTING);
	cr_assert_not(read.sighting.there, "a group");
	cr_assert_eq(rtnetlink_next(&left, &read), 1);
	cr_assert_eq(read.kind, RTNETLINK_SIGHTING);
	cr_assert_eq(read.number, 12345);
	cr_assert_not(read.torn);
	cr_assert(read.sighting.there);
	cr_assert(address_equal(&read.sighting.address, &address));
	cr_assert(mac_equal(&read.sighting.mac, &mac));
	cr_assert_eq(read.sighting.link, 3);
	cr_assert_eq(read.sighting.age, 100, "updated 10 ticks ago");
	cr_assert_eq(rtnetlink_next(&left, &read), 1);
	cr_assert_eq(read.kind, RTNETLINK_DONE);
	cr_assert_eq(rtnetlink_next(&left, &read), 0);
}

Test(rtnetlink, which_states_are_there)
{
	static const struct {
		uint16_t state;
		bool there;
	} rows[] = {
		{ NUD_REACHABLE, true }, { NUD_STALE, true },
		{ NUD_DELAY, true }, { NUD_PROBE, true },
		{ NUD_PERMANENT, true }, { NUD_NONE, false },
		{ NUD_INCOMPLETE, false }, { NUD_FAILED, false },
		{ NUD_NOARP, false }, { NUD_NOARP | NUD_PERMANENT, false },
		{ 0x8000, false },
	};
	static struct message message;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rtnetlink read;

		make(&message, RTM_NEWNEIGH, rows[i].state);
		read = only(&message);
		cr_assert_eq(read.kind, RTNETLINK_SIGHTING);
		cr_assert_eq(read.sighting.there, rows[i].there, "state %x",
			     rows[i].state);
		make(&message, RTM_DELNEIGH, rows[i].state);
		read = only(&message);
		cr_assert_eq(read.kind, RTNETLINK_SIGHTING);
		cr_assert_not(read.sighting.there, "deleted, state %x",
			      rows[i].state);
	}
}

Test(rtnetlink, one_that_is_gone_needs_no_mac)
{
	static struct message message;
	struct rtnetlink read;

	message_about(&message, RTM_DELNEIGH, NUD_STALE, "192.0.2.7");
	read = only(&message);
	cr_assert_eq(read.kind, RTNETLINK_SIGHTING);
	cr_assert_not(read.sighting.there);
	message.len = 0;
	message_about(&message, RTM_NEWNEIGH, NUD_STALE, "192.0.2.7");
	cr_assert_eq(only(&message).kind, RTNETLINK_OTHER,
		     "but one that is there does");
}

Test(rtnetlink, a_mac_is_that_of_one_ethernet_interface)
{
	static const struct {
		uint8_t at[20];
		size_t len;
		enum rtnetlink_kind kind;
	} rows[] = {
		{ { 2, 0, 0, 0, 0, 1 }, 6, RTNETLINK_SIGHTING },
		{ { 0, 0, 0, 0, 0, 1 }, 6, RTNETLINK_SIGHTING },
		{ { 0, 0, 0, 0, 0, 0 }, 6, RTNETLINK_OTHER },
		{ { 1, 0, 0x5e, 0, 0, 1 }, 6, RTNETLINK_OTHER },
		{ { 255, 255, 255, 255, 255, 255 }, 6, RTNETLINK_OTHER },
		{ { 2, 0, 0, 0, 0, 1 }, 0, RTNETLINK_OTHER },
		{ { 2, 0, 0, 0, 0, 1 }, 5, RTNETLINK_OTHER },
		{ { 2, 0, 0, 0, 0, 1 }, 7, RTNETLINK_OTHER },
		{ { 2, 0, 0, 0, 0, 1 }, 20, RTNETLINK_OTHER },
	};
	static struct message message;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		message.len = 0;
		message_about(&message, RTM_NEWNEIGH, NUD_STALE, "192.0.2.7");
		message_attribute(&message, NDA_LLADDR, rows[i].at,
				  rows[i].len);
		cr_assert_eq(only(&message).kind, rows[i].kind, "row %zu", i);
	}
}

Test(rtnetlink, an_address_has_the_length_of_its_family)
{
	static const struct {
		uint8_t family;
		uint8_t at[16];
		size_t len;
		enum rtnetlink_kind kind;
	} rows[] = {
		{ AF_INET, { 192, 0, 2, 1 }, 4, RTNETLINK_SIGHTING },
		{ AF_INET6, { 0x20, 1 }, 16, RTNETLINK_SIGHTING },
		{ AF_INET, { 192, 0, 2, 1 }, 3, RTNETLINK_OTHER },
		{ AF_INET, { 192, 0, 2, 1 }, 16, RTNETLINK_OTHER },
		{ AF_INET, { 192, 0, 2, 1 }, 0, RTNETLINK_OTHER },
		{ AF_INET6, { 0x20, 1 }, 4, RTNETLINK_OTHER },
		{ AF_INET, { 0 }, 4, RTNETLINK_OTHER },
		{ AF_INET6, { 0 }, 16, RTNETLINK_OTHER },
		{ AF_BRIDGE, { 192, 0, 2, 1 }, 4, RTNETLINK_OTHER },
		{ AF_UNSPEC, { 192, 0, 2, 1 }, 4, RTNETLINK_OTHER },
	};
	static struct message message;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ndmsg about = { .ndm_family = rows[i].family,
				       .ndm_state = NUD_STALE };

		message.len = 0;
		message_begin(&message, RTM_NEWNEIGH);
		message_append(&message, &about, sizeof(about));
		message_behind(&message, message_mac(7));
		message_attribute(&message, NDA_DST, rows[i].at, rows[i].len);
		cr_assert_eq(only(&message).kind, rows[i].kind, "row %zu", i);
	}
}

Test(rtnetlink, the_addresses_we_answer_for_others_are_not_theirs)
{
	static struct message message;
	struct ndmsg about;

	make(&message, RTM_NEWNEIGH, NUD_PERMANENT);
	about = message_body(&message);
	about.ndm_flags = NTF_PROXY;
	message_set_body(&message, about);
	cr_assert_eq(only(&message).kind, RTNETLINK_OTHER);
}

Test(rtnetlink, the_age_is_that_of_the_last_sign)
{
	static const struct {
		struct nda_cacheinfo ages;
		uint32_t age;
	} rows[] = {
		{ { .ndm_confirmed = 5, .ndm_updated = 900 }, 50 },
		{ { .ndm_confirmed = 900, .ndm_updated = 5 }, 50 },
		{ { .ndm_confirmed = 0, .ndm_updated = 5 }, 0 },
		{ { .ndm_confirmed = 429496728, .ndm_updated = UINT32_MAX },
		  4294967280 },
		{ { .ndm_confirmed = UINT32_MAX, .ndm_updated = UINT32_MAX },
		  UINT32_MAX },
	};
	static struct message message;

	make(&message, RTM_NEWNEIGH, NUD_STALE);
	cr_assert_eq(only(&message).sighting.age, 0, "nothing is said");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		make(&message, RTM_NEWNEIGH, NUD_STALE);
		message_attribute(&message, NDA_CACHEINFO, &rows[i].ages,
				  sizeof(rows[i].ages));
		cr_assert_eq(only(&message).sighting.age, rows[i].age,
			     "row %zu", i);
	}
}

Test(rtnetlink, the_end_of_a_table_and_a_refusal)
{
	static const struct {
		uint16_t type;
		size_t len;
		int number;
		enum rtnetlink_kind kind;
		int error;
	} rows[] = {
		{ NLMSG_DONE, 4, 0, RTNETLINK_DONE, 0 },
		{ NLMSG_DONE, 0, 0, RTNETLINK_DONE, 0 },
		{ NLMSG_DONE, 4, -EINTR, RTNETLINK_REFUSED, -EINTR },
		{ NLMSG_ERROR, 4, -EBUSY, RTNETLINK_REFUSED, -EBUSY },
		{ NLMSG_ERROR, 20, -EBUSY, RTNETLINK_REFUSED, -EBUSY },
		{ NLMSG_ERROR, 0, 0, RTNETLINK_REFUSED, ERROR_MALFORMED },
		{ NLMSG_ERROR, 4, 0, RTNETLINK_OTHER, 0 },
		{ NLMSG_NOOP, 4, 0, RTNETLINK_OTHER, 0 },
		{ RTM_NEWLINK, 4, 0, RTNETLINK_OTHER, 0 },
	};
	static struct message message;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t body[20] = { 0 };
		struct rtnetlink read;

		memcpy(body, &rows[i].number, sizeof(rows[i].number));
		message.len = 0;
		message_begin(&message, rows[i].type);
		message_append(&message, body, rows[i].len);
		message_close(&message);
		read = only(&message);
		cr_assert_eq(read.kind, rows[i].kind, "row %zu", i);
		cr_assert_eq(read.error, rows[i].error, "row %zu", i);
		cr_assert_eq(read.number, 7);
	}
}

Test(rtnetlink, a_table_that_changed_on_the_way_says_so)
{
	uint16_t flags = NLM_F_MULTI | NLM_F_DUMP_INTR;
	static struct message message;

	make(&message, RTM_NEWNEIGH, NUD_STALE);
	cr_assert_not(only(&message).torn);
	memcpy(message.at + offsetof(struct nlmsghdr, nlmsg_flags), &flags,
	       sizeof(flags));
	cr_assert(only(&message).torn);
}

Test(rtnetlink, messages_follow_each_other)
{
	static struct message message;
	struct rtnetlink read;
	struct bytes left;

	message_about(&message, RTM_NEWNEIGH, NUD_STALE, "192.0.2.1");
	message_behind(&message, message_mac(1));
	message_begin(&message, NLMSG_NOOP);
	message_about(&message, RTM_DELNEIGH, NUD_STALE, "2001:db8::2");
	left = bytes_of(message.at, message.len);
	cr_assert_eq(rtnetlink_next(&left, &read), 1);
	cr_assert_eq(read.sighting.address.family, AF_INET);
	cr_assert_eq(rtnetlink_next(&left, &read), 1);
	cr_assert_eq(read.kind, RTNETLINK_OTHER);
	cr_assert_eq(rtnetlink_next(&left, &read), 1);
	cr_assert_eq(read.sighting.address.family, AF_INET6);
	cr_assert_eq(rtnetlink_next(&left, &read), 0);
	cr_assert_eq(rtnetlink_next(&left, &read), 0);
}

/* Whatever is cut off, nothing is read behind the end, nothing made up. */
Test(rtnetlink, a_message_that_is_cut_is_malformed)
{
	static struct message message;
	struct rtnetlink read;

	make(&message, RTM_NEWNEIGH, NUD_STALE);
	cr_assert_eq(read_first(bytes_of(message.at, 0), &read), 0);
	for (size_t len = 1; len < message.len; len++)
		cr_assert_eq(read_first(bytes_of(message.at, len), &read),
			     ERROR_MALFORMED, "%zu bytes", len);
}

/* The same, with a header that says so. */
Test(rtnetlink, a_short_message_has_no_sighting)
{
	static struct message message;
	uint32_t whole;

	make(&message, RTM_NEWNEIGH, NUD_STALE);
	memcpy(&whole, message.at, sizeof(whole));
	for (uint32_t len = 0; len <= whole; len++) {
		struct rtnetlink read;
		int result;

		memcpy(message.at, &len, sizeof(len));
		result = read_first(bytes_of(message.at, len > 16 ? len : 16),
				    &read);
		cr_assert_eq(result, len < 16 ? ERROR_MALFORMED : 1);
		/* The MAC ends two bytes before its padding does. */
		cr_assert_eq(read.kind == RTNETLINK_SIGHTING, len >= whole - 2,
			     "%u bytes", (unsigned)len);
	}
}

Test(rtnetlink, an_attribute_stays_in_its_message)
{
	static const uint16_t lengths[] = { 0, 1, 3, 9, 11, 13, 255, 65535 };
	static struct message message;

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		size_t at = NLMSG_HDRLEN + sizeof(struct ndmsg) + 8;

		make(&message, RTM_NEWNEIGH, NUD_STALE);
		memcpy(message.at + at, &lengths[i], 2);
		cr_assert_eq(only(&message).kind, RTNETLINK_OTHER, "%u",
			     lengths[i]);
	}
}

Test(rtnetlink, asks_for_all_families)
{
	uint8_t question[RTNETLINK_ASK];
	struct nlmsghdr header;

	rtnetlink_ask(question, 99);
	memcpy(&header, question, sizeof(header));
	cr_assert_eq(header.nlmsg_len, RTNETLINK_ASK);
	cr_assert_eq(header.nlmsg_type, RTM_GETNEIGH);
	cr_assert_eq(header.nlmsg_flags, NLM_F_REQUEST | NLM_F_DUMP);
	cr_assert_eq(header.nlmsg_seq, 99);
	cr_assert_eq(question[sizeof(header)], AF_UNSPEC);
}
