/*
 * names: the records of a message, to compare it with what became of it.
 */
#ifndef TESTS_FUZZ_NAMES_H
#define TESTS_FUZZ_NAMES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "dns/message.h"
#include "dns/unpack.h"
#include "dns/svcb.h"

static inline void must(bool holds)
{
	if (!holds)
		abort();
}

static inline bool same_bytes(struct bytes one, struct bytes other)
{
	return one.len == other.len &&
	       (one.len == 0 || memcmp(one.at, other.at, one.len) == 0);
}

/* A name of one message and a name of another: both read, and the same. */
static inline void must_be_same_name(struct bytes one, size_t one_at,
				     struct bytes other, size_t other_at)
{
	struct name first, second;

	must(name_read(&first, one, one_at) > 0);
	must(name_read(&second, other, other_at) > 0);
	must(name_equal(&first, &second));
}

/* The data written out is the same. */
static inline void must_be_same_data(struct bytes one,
				     const struct record *first,
				     struct bytes other,
				     const struct record *second)
{
	static uint8_t at[2][65535 + 2 * NAME_MAX_WIRE];
	int len = unpack_rdata((struct unpack_room){ at[0], sizeof(at[0]) },
			      one, first);

	must(len == unpack_rdata((struct unpack_room){ at[1], sizeof(at[1]) },
				other, second));
	must(len < 0 || memcmp(at[0], at[1], (size_t)len) == 0);
}

/* All but the data. */
static inline void must_be_same_head(struct bytes one,
				     const struct record *first,
				     struct bytes other,
				     const struct record *second)
{
	must_be_same_name(one, first->owner, other, second->owner);
	must(first->type == second->type && first->class == second->class &&
	     first->ttl == second->ttl);
}

/* The next parameter that is neither ech nor mandatory. */
static inline bool next_param(struct svcb *svcb, struct svcb_param *param)
{
	while (svcb_param(svcb, param))
		if (param->key != SVCB_ECH && param->key != SVCB_MANDATORY)
			return true;
	return false;
}

/* A service as it was, but for ech; its hints too. */
static inline void must_be_same_service(struct bytes one,
					const struct record *first,
					struct bytes other,
					const struct record *second)
{
	struct svcb_param old, left;
	struct svcb before, after;
	bool more;

	must(svcb_read(&before, one, first) == 0);
	must(svcb_read(&after, other, second) == 0);
	must(before.priority == after.priority);
	must(name_equal(&before.target, &after.target));
	do {
		more = next_param(&before, &old);
		must(more == next_param(&after, &left));
		must(!more || (old.key == left.key &&
			       same_bytes(old.value, left.value)));
	} while (more);
}

static inline bool has_ech(struct bytes message, const struct record *record)
{
	struct svcb_param param;
	struct svcb svcb;

	must(svcb_read(&svcb, message, record) == 0);
	while (svcb_param(&svcb, &param)) {
		if (param.key == SVCB_ECH)
			return true;
		if (param.key != SVCB_MANDATORY)
			continue;
		for (size_t i = 0; i + 1 < param.value.len; i += 2)
			if (bytes_get16(param.value.at + i) == SVCB_ECH)
				return true;
	}
	return false;
}

#endif
