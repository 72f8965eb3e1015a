/* A moment, as it is given to what decides. */
#ifndef TAGMILL_ACTORS_INSTANT_H
#define TAGMILL_ACTORS_INSTANT_H

#include <stdint.h>

typedef struct {
    int64_t monotonic_ms; /* for durations and deadlines: never goes back */
    int64_t wall_ms;      /* for what is shown and stored: may jump */
} instant_t;

#define INSTANT_NEVER INT64_MAX /* a deadline that never comes */

#endif
