/* The control plane: every decision about jobs, documents and workers, and nothing else.
 *
 * It is given each frame that arrives and the time, and returns effects; no socket, clock, disk or
 * random source of the host is in it (jitter comes from a seed). The supervisor runs it against
 * real sockets, the simulation against imagined ones.
 *
 * Commit before you tell: an answer in the 2xx, a raised counter and a published result follow the
 * COMMITTED of their entry, never the decision. Pure; not shared between threads.
 */
#ifndef TAGMILL_ACTORS_CONTROL_H
#define TAGMILL_ACTORS_CONTROL_H

#include "actors/effects.h"
#include "actors/instant.h"

typedef struct control control_t;

typedef struct {
    uint64_t epoch;        /* names this run; differs from every earlier one */
    uint64_t seed;         /* of the jitter */
    uint32_t heartbeat_ms; /* between two pings of a lane */
    uint32_t silence_ms;   /* after which a worker is taken for dead */
    uint32_t work_ms;      /* a lease's length */
    uint32_t active_jobs;  /* jobs in memory at most; beyond that a start is refused */
} control_options_t;

/* Where a frame came from. */
typedef enum {
    ORIGIN_CONTROL, /* the control socket: gateways and workers; `from` is its route */
    ORIGIN_SINK,    /* the sink: workers */
    ORIGIN_JOURNAL,
    ORIGIN_LOADER,
    ORIGIN_PUBLISHER,
    ORIGIN_COUNT
} origin_t;

/* Returns owned: a control plane that waits for its recovery. Until RECOVERY_DONE came from the
 * journal and the recovered jobs' versions are on disk it refuses what gateways ask with
 * unavailable, and no worker is welcome. */
control_t *control_new(const control_options_t *options);

/* Frees the control plane and nulls the caller's pointer. Null-safe. */
void control_destroy(control_t **self_p);

/* Handles one frame (borrowed) and appends what follows to `effects`. `from` is NULL but for
 * ORIGIN_CONTROL. Returns OK, or MALFORMED for a frame that is no message of this origin: it is
 * dropped, and counted by the caller. */
status_t control_handle(control_t *self, origin_t origin, const route_t *from, slice_t frame,
                        instant_t now, effects_t *effects);

/* A lane could not be made or used: its worker is lost. */
void control_lane_failed(control_t *self, uint32_t worker_no, instant_t now, effects_t *effects);

/* Does what is due at `now`. */
void control_tick(control_t *self, instant_t now, effects_t *effects);

/* When control_tick wants to be called next, in monotonic ms; INSTANT_NEVER: not before something
 * else happens. */
int64_t control_deadline(const control_t *self);

/* Figures for logs, /metrics and tests. */
typedef struct {
    size_t jobs, runnable_jobs, leases, uncommitted;
    uint32_t workers, slots, free_credits;
    bool recovered, store_ok;
} control_figures_t;
void control_figures(const control_t *self, control_figures_t *figures);

/* Aborts the process when an invariant of the whole does not hold: each job's and the pool's own,
 * in-flight counts equal leases, no document twice under a lease, and (work conserving) no free
 * credit while a runnable job's limit admits a document. For tests and the simulation. */
void control_check(control_t *self, instant_t now);

#endif
