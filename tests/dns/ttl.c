/*
 * How long an answer may be kept, as the journal notes it.
 */
#include <criterion/criterion.h>

#include "dns/message.h"
#include "dns/ttl.h"
#include "sample.h"

static void answer_sample(struct sample *sample)
{
	sample_begin(sample, FLAG_QR | FLAG_RD | FLAG_RA);
	sample_question(sample, "wWw.Example.com", TYPE_A);
}

static uint32_t ttl_of(struct sample *sample)
{
	return ttl_of_message(sample_bytes(sample));
}

Test(ttl, is_the_lowest_of_the_answer_section)
{
	struct sample sample;
	size_t first, second;

	answer_sample(&sample);
	cr_assert_eq(ttl_of(&sample), 0, "no record, no TTL");
	first = sample.len;
	sample_address(&sample, 1);
	second = sample.len;
	sample_address(&sample, 1);
	cr_assert_eq(ttl_of(&sample), 300);
	bytes_put32(sample.at + second + 6, 20);
	cr_assert_eq(ttl_of(&sample), 20);
	bytes_put32(sample.at + second + 6, 0x80000000);
	cr_assert_eq(ttl_of(&sample), 0, "its highest bit makes it none");
	bytes_put32(sample.at + second + 6, 300);
	sample_address(&sample, 3);
	bytes_put32(sample.at + sample.len - 10, 7);
	cr_assert_eq(ttl_of(&sample), 300, "no other section counts");
	sample.len = first + 5;
	cr_assert_eq(ttl_of(&sample), 0, "half a record has none");
}

Test(ttl, of_a_negative_answer_is_what_its_soa_allows)
{
	static const uint8_t soa[22] = { [21] = 60 };
	struct sample sample;

	answer_sample(&sample);
	sample_put16(&sample, 0xc00c);
	sample_fixed(&sample, TYPE_SOA, 900, bytes_of(soa, sizeof(soa)));
	sample_count(&sample, 2, 1);
	cr_assert_eq(ttl_of(&sample), 60, "its MINIMUM");
	bytes_put32(sample.at + sample.len - 28, 30);
	cr_assert_eq(ttl_of(&sample), 30, "or its TTL");
	sample.len -= 22;
	bytes_put16(sample.at + sample.len - 2, 0);
	cr_assert_eq(ttl_of(&sample), 0, "an SOA without data allows nothing");
}
