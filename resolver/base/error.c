/*
 * The kernel's numbers and ours do not overlap, so one look at the range
 * tells whose words are wanted.
 */
#include "base/error.h"

#include <stddef.h>
#include <string.h>

enum { ERRNO_LAST = 4095 };

/* strerror writes into a buffer of all threads; glibc has one that does not. */
static const char *kernel_words(int number)
{
#ifdef __GLIBC__
	return strerrordesc_np(number);
#else
	return strerror(number);
#endif
}

static const char *own_words(int error)
{
	switch (error) {
	case ERROR_MALFORMED:
		return "malformed";
	case ERROR_TRUNCATED:
		return "ends too early";
	case ERROR_FULL:
		return "no room left";
	case ERROR_TIMEOUT:
		return "no answer in time";
	case ERROR_UNREACHABLE:
		return "no server could be asked";
	case ERROR_FOREIGN:
		return "a file of another kind or version";
	case ERROR_DAMAGED:
		return "the file is damaged";
	case ERROR_DATABASE:
		return "the database refused";
	case ERROR_SETTINGS:
		return "the configuration is wrong";
	case ERROR_REFUSED:
		return "the other side refused";
	case ERROR_ABSENT:
		return "there is no such thing";
	case ERROR_BUSY:
		return "somebody else is using it";
	default:
		return NULL;
	}
}

const char *error_words(int error)
{
	const char *words;

	if (error >= 0)
		return "no error";
	words = error >= -ERRNO_LAST ? kernel_words(-error) : own_words(error);
	return words != NULL ? words : "unknown error";
}
