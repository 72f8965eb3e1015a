#include "actors/limiter.h"

#include <assert.h>
#include <czmq.h>

#include "base/memory.h"

struct limiter {
    zhashx_t *limits; /* key to limit_t, owned */
};

static void
s_limit_destroy(void **item)
{
    limit_t *limit = *item;
    zlistx_destroy(&limit->waiting);
    free(limit->key);
    free(limit);
    *item = NULL;
}

limiter_t *
limiter_new(void)
{
    limiter_t *self = memory_new(sizeof *self);
    self->limits = zhashx_new();
    zhashx_set_destructor(self->limits, s_limit_destroy);
    return self;
}

void
limiter_destroy(limiter_t **self_p)
{
    if (*self_p == NULL)
        return;
    zhashx_destroy(&(*self_p)->limits);
    free(*self_p);
    *self_p = NULL;
}

limit_t *
limiter_require(limiter_t *self, slice_t key)
{
    char *name = slice_copy(key);
    limit_t *limit = zhashx_lookup(self->limits, name);
    if (limit == NULL) {
        limit = memory_new(sizeof *limit);
        limit->key = name;
        limit->waiting = zlistx_new();
        limit->concurrency = LIMIT_START;
        limit->not_before_ms = INT64_MIN;
        limit->halved_at_ms = INT64_MIN;
        zhashx_insert(self->limits, name, limit);
    } else {
        free(name);
    }
    return limit;
}

bool
limit_admits(const limit_t *self, int64_t now_ms)
{
    return now_ms >= self->not_before_ms && self->in_flight < (uint32_t) self->concurrency;
}

void
limit_begin(limit_t *self)
{
    self->in_flight++;
}

void
limit_forget(limit_t *self)
{
    assert(self->in_flight > 0);
    self->in_flight--;
}

void
limit_succeed(limit_t *self)
{
    limit_forget(self);
    self->concurrency += 1.0 / self->concurrency;
    if (self->concurrency > LIMIT_MOST)
        self->concurrency = LIMIT_MOST;
}

void
limit_throttle(limit_t *self, int64_t begun_ms, uint32_t retry_after_ms, int64_t now_ms)
{
    limit_forget(self);
    /* A burst of refusals is one piece of news: those begun before the last halving are not told
     * twice. */
    if (begun_ms >= self->halved_at_ms) {
        self->concurrency = self->concurrency / 2 < 1 ? 1 : self->concurrency / 2;
        self->halved_at_ms = now_ms;
    }
    int64_t until = now_ms + (retry_after_ms ? retry_after_ms : LIMIT_PAUSE_MS);
    if (until > self->not_before_ms)
        self->not_before_ms = until;
}
