/*
 * Lists are the same in the same order only: they are a person's, and short.
 */
#include "journal/keeping.h"

#include <string.h>

static bool has_same_names(const struct privacy_options *one,
			   const struct privacy_options *other)
{
	if (one->never_name_count != other->never_name_count)
		return false;
	for (unsigned i = 0; i < one->never_name_count; i++)
		if (strcmp(one->never_names[i], other->never_names[i]) != 0)
			return false;
	return true;
}

static bool has_same_clients(const struct privacy_options *one,
			     const struct privacy_options *other)
{
	size_t size = one->never_client_count * sizeof(*one->never_clients);

	if (one->never_client_count != other->never_client_count)
		return false;
	return size == 0 ||
	       memcmp(one->never_clients, other->never_clients, size) == 0;
}

bool keeping_alike(const struct keeping *one, const struct keeping *other)
{
	return one->retention.row_days == other->retention.row_days &&
	       one->retention.hour_days == other->retention.hour_days &&
	       one->retention.most == other->retention.most &&
	       one->new_names == other->new_names &&
	       one->privacy.level == other->privacy.level &&
	       has_same_names(&one->privacy, &other->privacy) &&
	       has_same_clients(&one->privacy, &other->privacy);
}
