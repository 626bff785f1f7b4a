/*
 * update: names by which a device fetches new software for itself.
 *
 * What it first asks for in the day after may have come with the update.  A
 * name that says so in a label is one; others are not known as such.
 */
#ifndef REVIEW_UPDATE_H
#define REVIEW_UPDATE_H

#include <stdbool.h>

#include "base/bytes.h"

enum { UPDATE_SECONDS = 86400 };	/* so long it is "after an update" */

/*
 * Lower case.  A whole label, or a part of one between hyphens: update,
 * updates, upgrade, firmware, fota, ota, softwareupdate and the like.
 */
bool update_is_named(struct bytes name);

#endif
