/* Rate limits of models: how many requests at once and how many a second a (provider, key) takes,
 * found by trying.
 *
 * A limit belongs to a key: all jobs on it wait together, others do not. It holds
 *   a pace          requests a second, spaced evenly. It begins modestly and grows with every
 *                   success until the server refuses one with 429. What was admitted until then
 *                   tells the new pace; from there it grows fast while it is well below the pace
 *                   that was refused, and the slower the nearer it comes (as TCP CUBIC does: Ha,
 *                   Rhee, Xu, 2008). It is even because a limit counts over some time that we do
 *                   not know (RFC 2697's buckets, fixed and sliding windows, a least distance),
 *                   and it stays a few percent below what was refused because a Retry-After of one
 *                   second, which is mostly a moment rounded up, costs more than that;
 *   a time          before which nothing is sent, from Retry-After (RFC 9110, 10.2.3);
 *   a concurrency   for servers that count what is under way instead: a refusal without
 *                   Retry-After, while as many others are under way as ever were, says that so many
 *                   are what it takes (additive increase: Chiu and Jain, 1989).
 * A burst of refusals is one piece of news: those of requests that were begun before the first of
 * them came correct the count that it was drawn from.
 *
 * Pure; not shared between threads. All times are monotonic milliseconds.
 */
#ifndef TAGMILL_ACTORS_LIMITER_H
#define TAGMILL_ACTORS_LIMITER_H

#include <stdbool.h>
#include <stdint.h>

#include <czmq.h>

#include "actors/timer.h"
#include "base/slice.h"

enum {
    LIMIT_START = 64,             /* requests at once to begin with */
    LIMIT_MOST = 1000,            /* and at most */
    LIMIT_PACE_START = 16,        /* requests a second to begin with */
    LIMIT_PAUSE_MS = 1000,        /* after a refusal that does not say how long */
    LIMIT_PAUSE_MOST_MS = 900000, /* asked again by then, whatever the server said */
    LIMITS_IDLE_MOST = 4096       /* limits that nobody uses are forgotten beyond so many */
};

typedef struct limiter limiter_t;

/* Requests between two refusals: what the pace is learnt from. */
typedef struct {
    int64_t started_ms; /* when the first could be begun */
    int64_t ended_ms;   /* when the last was, before the first refusal of them came */
    int64_t pause_ms;   /* how long the server asked to wait then, at most */
    uint32_t begun;
    uint32_t refused;
    double pace;  /* when it ended */
    bool is_near; /* it was near the ceiling */
} limit_period_t;

typedef struct {
    char *key;             /* owned */
    uint32_t jobs;         /* that hold it */
    uint32_t in_flight;    /* requests that were begun and have not ended */
    double concurrency;    /* in_flight stays below its floor */
    uint32_t proven;       /* so many at once were admitted since the last refusal */
    uint32_t steady;       /* successes until the concurrency may grow; 0: it grows with each */
    double pace;           /* requests a second */
    uint32_t refusals;     /* that were news */
    double ceiling;        /* the pace that the server refused last, as far as we can tell */
    bool is_known;         /* that is more than a hint */
    double patience;       /* how many times slower than usual the pace grows near the ceiling */
    double next_ms;        /* when the pace allows another */
    bool is_pressing;      /* the last request was begun as soon as the pace allowed it */
    int64_t begun_ms;      /* when the last request was begun */
    int64_t grown_ms;      /* when the pace grew last */
    int64_t not_before_ms; /* nothing is begun earlier: the server asked for it */
    limit_period_t now;    /* since the last refusal */
    limit_period_t before; /* the one that it ended */
    zlistx_t *waiting;     /* owned list of job_t (not owned) that wait for it, in order */
    deadline_t over;       /* when time allows another and somebody waits */
} limit_t;

/* Returns owned: a limiter without limits. */
limiter_t *limiter_new(void);
void limiter_destroy(limiter_t **self_p);

/* How many limits are known. */
size_t limiter_size(const limiter_t *self);

/* Returns the limit of `key` (borrowed), made when it is new. It lives at least until
 * limit_release. */
limit_t *limiter_hold(limiter_t *self, slice_t key);

/* The holder does not need it any more. What it has learnt is kept for a while. */
void limit_release(limit_t *self);

/* When time allows another request, whatever is under way. */
int64_t limit_ready_ms(const limit_t *self);

/* How many requests may be begun at `now_ms`. */
uint32_t limit_room(const limit_t *self, int64_t now_ms);

/* A request is begun. */
void limit_begin(limit_t *self, int64_t now_ms);

/* A request that was begun at `begun_ms` was admitted, and has ended. */
void limit_succeed(limit_t *self, int64_t begun_ms, int64_t now_ms);

/* It ended without telling anything of the limit: its worker was lost, it was revoked, it never
 * came to the model. */
void limit_forget(limit_t *self, int64_t begun_ms);

/* It was refused with 429; `retry_after_ms` as the server said, 0 when it did not. */
void limit_throttle(limit_t *self, int64_t begun_ms, uint32_t retry_after_ms, int64_t now_ms);

#endif
