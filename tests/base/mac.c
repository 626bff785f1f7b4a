#include "base/mac.h"

#include <criterion/criterion.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"

static const struct mac sample = { { 0xaa, 0xbb, 0x0c, 0xd0, 0x01, 0xff } };

Test(mac, is_read_in_any_case_and_printed_in_one)
{
	static const char *const rows[] = {
		"aa:bb:0c:d0:01:ff", "AA:BB:0C:D0:01:FF",
		"aa-bb-0c-d0-01-ff", "aA-Bb-0C-d0-01-Ff",
	};
	char words[MAC_TEXT];
	struct text text;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct mac mac;

		cr_assert_eq(mac_parse(&mac, rows[i]), 0, "%s", rows[i]);
		cr_assert(mac_equal(&mac, &sample), "%s", rows[i]);
		text_init(&text, words, sizeof(words));
		mac_print(&mac, &text);
		cr_assert_str_eq(words, rows[0]);
		cr_assert_not(text.cut);
	}
}

Test(mac, what_is_not_one_is_refused_and_changes_nothing)
{
	static const char *const rows[] = {
		"", "aa", "aa:bb:0c:d0:01", "aa:bb:0c:d0:01:",
		"aa:bb:0c:d0:01:f", "aa:bb:0c:d0:01:ff:", "aa:bb:0c:d0:01:fff",
		" aa:bb:0c:d0:01:ff", "aa:bb:0c:d0:01:ff ",
		"aa:bb:0c:d0:01:fg", "ga:bb:0c:d0:01:ff", "aa:bb-0c:d0-01:ff",
		"aa:bb:0c:d0:01-ff", "aabb.0cd0.01ff...", "aabb0cd001ff",
		"aa.bb.0c.d0.01.ff", "a:bb:0c:d0:01:fff", "aa::bb:0c:d0:01:f",
		"+a:bb:0c:d0:01:ff", "0xaa:bb:0c:d0:01:", "aa bb 0c d0 01 ff",
		"a@:bb:0c:d0:01:ff", "a/:bb:0c:d0:01:ff", "a`:bb:0c:d0:01:ff",
		"aa:bb:0c:d0:01:\303\244",
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct mac mac = sample;

		cr_assert_eq(mac_parse(&mac, rows[i]), ERROR_MALFORMED, "%s",
			     rows[i]);
		cr_assert(mac_equal(&mac, &sample), "%s", rows[i]);
	}
}

Test(mac, every_byte_counts)
{
	for (unsigned i = 0; i < 6; i++) {
		struct mac mac = sample;

		mac.at[i] ^= 1;
		cr_assert_not(mac_equal(&mac, &sample), "byte %u", i);
	}
}
