/* The two clocks, and how a time is written. Deciders never call these: they are given the time. */
#ifndef TAGMILL_BASE_CLOCK_H
#define TAGMILL_BASE_CLOCK_H

#include <stdint.h>

enum { CLOCK_TEXT_SIZE = 32 }; /* bytes that hold any time that clock_format writes */

/* Milliseconds since 1970-01-01 UTC; may jump when the host's clock is set. Any thread. */
int64_t clock_wall_ms(void);

/* Milliseconds since an arbitrary start; never goes back. Any thread. */
int64_t clock_monotonic_ms(void);

/* Writes `wall_ms` as RFC 3339 in UTC with milliseconds ("2026-01-02T03:04:05.678Z") into `text`
 * (CLOCK_TEXT_SIZE bytes). Returns `text`. Years 1970 to 9999. */
char *clock_format(int64_t wall_ms, char *text);

#endif
