/*
 * duration: how long, as people write it.
 */
#ifndef BASE_DURATION_H
#define BASE_DURATION_H

#include <stdint.h>

/* Ten years, and room for leap days. */
#define DURATION_MAX (INT64_C(3653) * 86400)

/*
 * "90s", "10m", "2h", "7d", "1w", also one behind the other ("1h30m"), the
 * larger unit first.  Seconds, 1 to DURATION_MAX; or ERROR_MALFORMED.
 */
int64_t duration_parse(const char *words);

#endif
