/* When a failed attempt is tried again: exponential back-off with full jitter.
 *
 * Source: M. Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015 ("full
 * jitter"): the delay is drawn evenly from 0 to min(cap, base * 2^attempt).
 */
#ifndef TAGMILL_ACTORS_BACKOFF_H
#define TAGMILL_ACTORS_BACKOFF_H

#include <stdint.h>

enum { BACKOFF_BASE_MS = 1000, BACKOFF_CAP_MS = 60000 };

/* A small random source that is a value: the same seed gives the same numbers. */
typedef struct {
    uint64_t state;
} dice_t;

/* Returns the next number, evenly spread over 64 bits (SplitMix64: Steele, Lea, Flood, "Fast
 * splittable pseudorandom number generators", 2014). Not for secrets. */
uint64_t dice_roll(dice_t *self);

/* Returns the milliseconds to wait after `attempts` (1 or more) failed attempts; never less than
 * `retry_after_ms`, which a server asked for. */
int64_t backoff_delay_ms(dice_t *dice, unsigned attempts, uint32_t retry_after_ms);

#endif
