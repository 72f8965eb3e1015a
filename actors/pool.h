/* Workers, their lanes and credits, and the leases of documents that are out.
 *
 * A worker has as many credits as slots; a lease holds one from dispatch until its DONE comes, so
 * no document ever waits behind another while a slot is idle elsewhere. A lease is revoked when
 * nobody wants its result any more: the slot may still be busy, so the credit comes back with the
 * DONE or with the worker's end. A result whose lease is not known any more is dropped: exactly one
 * result a document, however often it was sent out. Pure; not shared between threads.
 *
 * Invariant: for each worker, credits = slots - leases of that worker (or 0 when there are more
 * leases than slots, which a worker that shrinks cannot cause: slots never change).
 */
#ifndef TAGMILL_ACTORS_POOL_H
#define TAGMILL_ACTORS_POOL_H

#include <czmq.h>

#include "actors/job.h"

typedef struct worker {
    uint32_t worker_no;
    char *name;
    uint32_t slots;
    uint32_t lease_count;
    uint64_t lane_seq;    /* of the last WORK sent */
    bool retiring;        /* it asked for no more work */
    zhashx_t *briefed;    /* job_no of the jobs whose BRIEF it has */
    struct lease *leases; /* all of its leases */
    struct worker *next;
    route_t route; /* where its HELLO came from */
    deadline_t silence;
} worker_t;

typedef struct lease {
    uint64_t id;
    worker_t *worker;
    struct lease *before, *after; /* among its worker's leases */
    job_t *job;                   /* NULL: revoked */
    doc_t *doc;                   /* owned; NULL: revoked */
    limit_t *limit;               /* holds a place of it; NULL: none */
    uint64_t job_no;
    uint32_t row;
    uint64_t lane_seq;
    int64_t begun_ms; /* monotonic */
    deadline_t deadline;
} lease_t;

typedef struct {
    worker_t *workers;
    zhashx_t *by_no;  /* worker_no to worker_t */
    zhashx_t *leases; /* id to lease_t */
    uint32_t last_worker_no;
    uint64_t last_lease;
    uint32_t worker_count, slot_count, credit_count;
} pool_t;

/* Makes an empty pool; frees it with its workers and leases. */
void pool_init(pool_t *self);
void pool_free(pool_t *self, heap_t *timers);

/* Adds a worker. Returns it (borrowed). */
worker_t *pool_add(pool_t *self, slice_t name, uint32_t slots, const route_t *route);

/* Removes a worker that has no leases any more. */
void pool_remove(pool_t *self, worker_t *worker, heap_t *timers);

/* Returns the worker (borrowed) or NULL. */
worker_t *pool_find(pool_t *self, uint32_t worker_no);
worker_t *pool_find_name(pool_t *self, slice_t name);

/* Returns the worker with the most free credits (borrowed), NULL when none has any. */
worker_t *pool_pick(pool_t *self);

/* It asked for no more work: its free credits are gone. */
void pool_retire(pool_t *self, worker_t *worker);

/* Leases a document of `job` to `worker` (takes `doc`), until `deadline_ms`. Returns it (borrowed).
 */
lease_t *pool_lease(pool_t *self, heap_t *timers, worker_t *worker, job_t *job, doc_t *doc,
                    int64_t now_ms, int64_t deadline_ms);

/* Returns the current lease that a DONE names: same id, worker, job and row; NULL: drop it. */
lease_t *pool_current(pool_t *self, uint32_t worker_no, uint64_t id, uint64_t job_no, uint32_t row);

/* Ends a lease; its credit is free again. Returns its document (owned; NULL when revoked). */
doc_t *pool_end(pool_t *self, heap_t *timers, lease_t *lease);

/* Revokes a lease: its result will be dropped, its credit stays taken. Returns its document. */
doc_t *pool_revoke(heap_t *timers, lease_t *lease);

/* Aborts the process when the pool's invariants do not hold. For tests and the simulation. */
void pool_check(const pool_t *self);

#endif
