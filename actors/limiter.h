/* Rate limits of models: what each (provider, key) takes at once, found by trying.
 *
 * A limit is a concurrency that grows by one each round of successes and halves when the server
 * says 429 (additive increase, multiplicative decrease: Chiu and Jain, 1989), and a time before
 * which nothing is sent, from Retry-After. It belongs to the key: all jobs on it wait together,
 * others do not. Pure; not shared between threads.
 */
#ifndef TAGMILL_ACTORS_LIMITER_H
#define TAGMILL_ACTORS_LIMITER_H

#include <stdbool.h>
#include <stdint.h>

#include <czmq.h>

#include "actors/timer.h"
#include "base/slice.h"

enum { LIMIT_START = 4, LIMIT_MOST = 1000, LIMIT_PAUSE_MS = 1000 };

typedef struct limiter limiter_t;

typedef struct {
    char *key;             /* owned */
    uint32_t in_flight;    /* requests that were begun and have not ended */
    double concurrency;    /* in_flight stays below its floor */
    int64_t not_before_ms; /* monotonic: nothing is begun earlier */
    int64_t halved_at_ms;  /* monotonic: only what was begun since may halve it again */
    zlistx_t *waiting;     /* owned list of job_t (not owned) that wait for it, in order */
    deadline_t over;       /* when not_before_ms comes and somebody waits */
} limit_t;

/* Returns owned: a limiter without limits. */
limiter_t *limiter_new(void);
void limiter_destroy(limiter_t **self_p);

/* Returns the limit of `key` (borrowed; lives as long as the limiter), made when it is new. */
limit_t *limiter_require(limiter_t *self, slice_t key);

/* True when another request may be begun at `now_ms` (monotonic). */
bool limit_admits(const limit_t *self, int64_t now_ms);

/* A request is begun. */
void limit_begin(limit_t *self);

/* A request that was begun at `begun_ms` ended and was not throttled. */
void limit_succeed(limit_t *self);

/* A request ended without telling anything of the limit: its worker was lost, it was revoked. */
void limit_forget(limit_t *self);

/* A request that was begun at `begun_ms` was refused with 429 at `now_ms`; `retry_after_ms` as the
 * server said, 0 when it did not (then LIMIT_PAUSE_MS). */
void limit_throttle(limit_t *self, int64_t begun_ms, uint32_t retry_after_ms, int64_t now_ms);

#endif
