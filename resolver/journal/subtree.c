/*
 * Names are compared as text from their end; only where one has escapes is it
 * taken apart to be sure: a dot can be a byte of a label.
 */
#include "journal/subtree.h"

#include <strings.h>

#include "base/text.h"

int subtree_parse(struct subtree *subtree, struct bytes text)
{
	int error = name_parse(&subtree->name, text);
	struct text printed;

	if (error < 0)
		return error;
	text_init(&printed, subtree->text, sizeof(subtree->text));
	name_print(&subtree->name, &printed);
	subtree->len = printed.len;
	return 0;
}

static bool ends_so(const struct subtree *subtree, struct bytes name)
{
	size_t before = name.len - subtree->len;

	if (name.len < subtree->len ||
	    strncasecmp((const char *)name.at + before, subtree->text,
			subtree->len) != 0)
		return false;
	return before == 0 || name.at[before - 1] == '.';
}

bool subtree_holds(const struct subtree *subtree, struct bytes name)
{
	struct name parsed;

	if (subtree->name.labels == 0)
		return true;
	if (!ends_so(subtree, name))
		return false;
	if (memchr(name.at, '\\', name.len) == NULL)
		return true;
	return name_parse(&parsed, name) == 0 &&
	       name_is_below(&parsed, &subtree->name);
}

bool subtree_is(const struct subtree *subtree, struct bytes name)
{
	return name.len == subtree->len && ends_so(subtree, name);
}
