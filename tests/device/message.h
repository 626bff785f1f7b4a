/*
 * message: a neighbour as the kernel writes it, for tests to read and spoil.
 */
#ifndef TESTS_DEVICE_MESSAGE_H
#define TESTS_DEVICE_MESSAGE_H

#include <criterion/criterion.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "base/address.h"
#include "base/bytes.h"
#include "base/mac.h"

enum { MESSAGE_ROOM = 1024 };

/* A datagram that grows by messages. */
struct message {
	uint8_t at[MESSAGE_ROOM];
	size_t len;
	size_t last;		/* where the last message begins */
};

static inline struct address message_address(const char *text)
{
	struct address address;

	cr_assert_eq(address_parse(&address, text, 0), 0, "%s", text);
	return address;
}

/* The last byte tells them apart. */
static inline struct mac message_mac(uint8_t last)
{
	return (struct mac){ { 0x02, 0, 0x5e, 0, 0, last } };
}

static inline void message_append(struct message *message, const void *at,
				  size_t len)
{
	cr_assert_leq(message->len + NLMSG_ALIGN(len), MESSAGE_ROOM);
	memset(message->at + message->len, 0, NLMSG_ALIGN(len));
	memcpy(message->at + message->len, at, len);
	message->len += NLMSG_ALIGN(len);
}

/* The length of the last message is where the datagram ends. */
static inline void message_close(struct message *message)
{
	uint32_t len = (uint32_t)(message->len - message->last);

	memcpy(message->at + message->last, &len, sizeof(len));
}

static inline void message_begin(struct message *message, uint16_t type)
{
	struct nlmsghdr header = { .nlmsg_type = type, .nlmsg_seq = 7 };

	message->last = message->len;
	message_append(message, &header, sizeof(header));
	message_close(message);
}

static inline void message_attribute(struct message *message, uint16_t type,
				     const void *at, size_t len)
{
	struct rtattr header = { .rta_type = type,
				 .rta_len = (uint16_t)(sizeof(header) + len) };

	message_append(message, &header, sizeof(header));
	message_append(message, at, len);
	message_close(message);
}

/* Begins one about an address in a state of the kernel's. */
static inline void message_about(struct message *message, uint16_t type,
				 uint16_t state, const char *address)
{
	struct address host = message_address(address);
	struct ndmsg about = {
		.ndm_family = (uint8_t)host.family,
		.ndm_ifindex = 2,
		.ndm_state = state,
		.ndm_type = RTN_UNICAST,
	};
	const uint8_t *raw;
	size_t len;

	message_begin(message, type);
	message_append(message, &about, sizeof(about));
	raw = address_raw(&host, &len);
	message_attribute(message, NDA_DST, raw, len);
}

static inline void message_behind(struct message *message, struct mac mac)
{
	message_attribute(message, NDA_LLADDR, mac.at, sizeof(mac.at));
}

static inline struct ndmsg message_body(const struct message *message)
{
	struct ndmsg about;

	memcpy(&about, message->at + message->last + NLMSG_HDRLEN,
	       sizeof(about));
	return about;
}

static inline void message_set_body(struct message *message,
				    struct ndmsg about)
{
	memcpy(message->at + message->last + NLMSG_HDRLEN, &about,
	       sizeof(about));
}

#endif
