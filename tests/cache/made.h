/*
 * made: questions and answers made for the tests of the cache.
 */
#ifndef TESTS_CACHE_MADE_H
#define TESTS_CACHE_MADE_H

#include <criterion/criterion.h>
#include <string.h>

#include "base/bytes.h"
#include "dns/message.h"

struct made {
	size_t len;
	uint8_t at[MESSAGE_MAX];
};

static inline struct question made_question(const char *name, uint16_t type)
{
	struct question question = { .type = type, .class = CLASS_IN,
				     .rd = true };

	cr_assert_eq(name_parse(&question.name, bytes_of_string(name)), 0);
	return question;
}

static inline void made_add(struct made *made, const void *at, size_t len)
{
	cr_assert(len <= sizeof(made->at) - made->len);
	memcpy(made->at + made->len, at, len);
	made->len += len;
}

static inline void made_add16(struct made *made, uint16_t value)
{
	uint8_t bytes[2];

	bytes_put16(bytes, value);
	made_add(made, bytes, sizeof(bytes));
}

static inline void made_add32(struct made *made, uint32_t value)
{
	made_add16(made, (uint16_t)(value >> 16));
	made_add16(made, (uint16_t)value);
}

/* An answer without records. */
static inline void made_begin(struct made *made,
			      const struct question *question, unsigned flags)
{
	made->len = 0;
	made_add16(made, 4711);
	made_add16(made, (uint16_t)(FLAG_QR | FLAG_RD | FLAG_RA | flags));
	made_add16(made, 1);
	made_add16(made, 0);
	made_add32(made, 0);
	made_add(made, question->name.wire, question->name.len);
	made_add16(made, question->type);
	made_add16(made, question->class);
}

/* A record of the question's name; sections in order: 0, 1, 2. */
static inline void made_record(struct made *made, unsigned section,
			       uint16_t type, uint32_t ttl, struct bytes rdata)
{
	uint8_t *count = made->at + 6 + 2 * section;

	bytes_put16(count, (uint16_t)(bytes_get16(count) + 1));
	made_add16(made, 0xc000 | MESSAGE_HEADER);
	made_add16(made, type);
	made_add16(made, CLASS_IN);
	made_add32(made, ttl);
	made_add16(made, (uint16_t)rdata.len);
	made_add(made, rdata.at, rdata.len);
}

static inline void made_address(struct made *made, unsigned section,
				uint32_t ttl, uint32_t address)
{
	uint8_t raw[4];

	bytes_put32(raw, address);
	made_record(made, section, TYPE_A, ttl, bytes_of(raw, sizeof(raw)));
}

static inline void made_alias(struct made *made, uint32_t ttl)
{
	made_record(made, 0, TYPE_CNAME, ttl, bytes_of("\1a\0", 3));
}

static inline void made_soa(struct made *made, unsigned section, uint32_t ttl,
			    uint32_t minimum)
{
	uint8_t rdata[22] = { 0 };

	bytes_put32(rdata + 18, minimum);
	made_record(made, section, TYPE_SOA, ttl,
		    bytes_of(rdata, sizeof(rdata)));
}

static inline struct bytes made_bytes(const struct made *made)
{
	return bytes_of(made->at, made->len);
}

/* The TTL of record number `number` of a message, from 0. */
static inline uint32_t made_ttl(struct bytes message, unsigned number)
{
	struct message_walk walk;
	struct record record;

	cr_assert_eq(message_walk(&walk, message), 0);
	do
		cr_assert_eq(message_next(&walk, &record), 1);
	while (number-- > 0);
	return record.ttl;
}

#endif
