/*
 * The list is what libpsl was built with: nothing is read from a disk, and
 * looking is for any thread.  It is asked with a copy in lower case and says
 * where in it the domain begins; a name that is not plain text of a usual
 * length is cut at its dots.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "journal/receiver.h"

#include <stdbool.h>
#include <strings.h>
#ifdef HAVE_PSL
#include <libpsl.h>

#include "dns/name.h"
#endif

enum { PLAIN_MAX = 253 };	/* a name without escapes is no longer */

/* Where the last label before `end` begins; a dot behind \ is part of it. */
static size_t label_before(struct bytes name, size_t end)
{
	size_t at = end;

	while (at > 0) {
		size_t slashes = 0;

		at--;
		if (name.at[at] != '.')
			continue;
		while (slashes < at && name.at[at - slashes - 1] == '\\')
			slashes++;
		if (slashes % 2 == 0)
			return at + 1;
	}
	return 0;
}

static bool is_registry_word(struct bytes label)
{
	static const char *const words[] = {
		"co", "com", "net", "org", "ac", "gov", "edu",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i]) == label.len &&
		    strncasecmp((const char *)label.at, words[i],
				label.len) == 0)
			return true;
	return false;
}

static struct bytes behind(struct bytes name, size_t at)
{
	return bytes_of(name.at + at, name.len - at);
}

static struct bytes by_labels(struct bytes name)
{
	size_t top = label_before(name, name.len), second;
	struct bytes word;

	if (top == 0)
		return name;
	second = label_before(name, top - 1);
	word = bytes_of(name.at + second, top - 1 - second);
	if (second > 0 && name.len - top == 2 && is_registry_word(word))
		second = label_before(name, second - 1);
	return behind(name, second);
}

#ifdef HAVE_PSL
static bool is_plain(struct bytes name)
{
	if (name.len > PLAIN_MAX)
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (name.at[i] <= ' ' || name.at[i] > '~' ||
		    name.at[i] == '\\')
			return false;
	return true;
}

struct bytes receiver_of(struct bytes name)
{
	const psl_ctx_t *list = psl_builtin();
	char lower[PLAIN_MAX + 1];
	const char *domain;

	if (list == NULL || !is_plain(name))
		return by_labels(name);
	name_lower_run((uint8_t *)lower, name);
	lower[name.len] = '\0';
	domain = psl_registrable_domain(list, lower);
	return domain != NULL ? behind(name, (size_t)(domain - lower)) : name;
}
#else
struct bytes receiver_of(struct bytes name)
{
	return by_labels(name);
}
#endif
