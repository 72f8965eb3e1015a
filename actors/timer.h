/* Deadlines of the pure core: nodes of one heap, each knowing whose it is. */
#ifndef TAGMILL_ACTORS_TIMER_H
#define TAGMILL_ACTORS_TIMER_H

#include "base/heap.h"

typedef enum {
    TIMER_PING,   /* control_t: tell every lane that the supervisor lives */
    TIMER_WORKER, /* worker_t: it has been silent for too long */
    TIMER_LEASE,  /* lease_t: the document has been out for too long */
    TIMER_RETRY,  /* job_t: its earliest retry is due */
    TIMER_LOAD,   /* job_t: ask for its window again */
    TIMER_WAITER, /* waiter_t: a long poll ends */
    TIMER_INTAKE, /* intake_t: a start went quiet */
    TIMER_LIMIT   /* limit_t: a pause asked for by a model's server is over */
} timer_kind_t;

typedef struct {
    heap_node_t node; /* key: monotonic milliseconds; owner: as the kind says */
    timer_kind_t kind;
} deadline_t;

/* Sets (or moves) a deadline of `owner`. */
static inline void
deadline_set(heap_t *timers, deadline_t *self, timer_kind_t kind, void *owner, int64_t at_ms)
{
    self->kind = kind;
    self->node.owner = owner;
    heap_set(timers, &self->node, at_ms, 0);
}

/* Stops a deadline; nothing happens when it is not set. */
static inline void
deadline_stop(heap_t *timers, deadline_t *self)
{
    heap_remove(timers, &self->node);
}

#endif
