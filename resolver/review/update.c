#include "review/update.h"

#include <string.h>

static const char *const words[] = {
	"autoupdate", "firmware", "fota", "fwupdate", "ota", "otaupdate",
	"softwareupdate", "swupdate", "swupdates", "sysupdate", "update",
	"updates", "upgrade", "windowsupdate",
};

static bool is_word(const uint8_t *at, size_t len)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i]) == len &&
		    memcmp(words[i], at, len) == 0)
			return true;
	return false;
}

bool update_is_named(struct bytes name)
{
	size_t begin = 0;

	for (size_t i = 0; i <= name.len; i++) {
		if (i < name.len && name.at[i] != '.' && name.at[i] != '-')
			continue;
		if (is_word(name.at + begin, i - begin))
			return true;
		begin = i + 1;
	}
	return false;
}
