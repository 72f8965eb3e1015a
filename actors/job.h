/* A job actor: one user's batch, its window of documents, its counters and its state.
 *
 * A struct and its verbs, no thread: ten thousand of them cost megabytes. The control plane calls
 * a verb for each thing that happens to the job; the verb decides, appends to the journal and
 * notes in the ledger what may be told once that is on disk.
 *
 * Two views of one job. What is decided (`state`, `done_count`) runs ahead and steers dispatch;
 * what is shown (`shown_state`, `processed`, `failed`) follows the commits and is all that a client
 * ever sees.
 *
 * Every row below `next_row` is in exactly one place: in the window (`ready`), waiting for another
 * attempt (`retries`), out under a lease, or has a result (in the journal's hands or on disk). Rows
 * from `next_row` up are on disk only. Pure; not shared between threads.
 */
#ifndef TAGMILL_ACTORS_JOB_H
#define TAGMILL_ACTORS_JOB_H

#include <stdbool.h>
#include <stdint.h>

#include "actors/doc.h"
#include "actors/job_state.h"
#include "actors/limiter.h"
#include "actors/scheduler.h"
#include "actors/turn.h"

enum {
    WINDOW_FIRST = 16,  /* documents of a job's first load; doubles with each load */
    WINDOW_MOST = 1024, /* documents of a load at most */
    RETRIES_MOST = 512, /* with more waiting for another attempt no further document is begun */
    LOSSES_MOST = 5,    /* workers that may be lost with a document before it is given up */
    LOAD_AGAIN_MS = 500 /* after a load that failed */
};

/* More than a job's version can run ahead of the disk: a document that is begun or throttled raises
 * it, and is not journalled. Two million recoveries of one job stay exact in a JSON number. */
#define VERSION_SKIP (UINT64_C(1) << 32)

/* A long poll. */
typedef struct waiter {
    struct waiter *next;
    struct job *job;
    route_t route;
    uint64_t request;
    uint64_t above; /* answered when the version is above this */
    deadline_t over;
} waiter_t;

typedef struct job {
    uint64_t job_no;
    user_t *user; /* outlives the job */
    char *job_id;
    char *model_name, *language, *callback_url, *exclusions;
    char *api_key; /* the job's own for its model; "" none; wiped when the job is freed */
    bool may_fall_back;
    uint8_t page_limit, tag_limit, max_attempts;
    int32_t priority;
    uint32_t total;
    int64_t created_at, started_at, finished_at; /* wall; 0: not yet */

    job_state_t state;    /* decided; written by s_move alone */
    uint32_t done_count;  /* documents whose result was decided */
    uint32_t in_flight;   /* leases that are not revoked */
    uint32_t uncommitted; /* notes in the ledger that name this job */

    job_state_t shown_state;
    uint32_t processed, failed;
    spent_t spent; /* by all attempts at all documents */
    int64_t shown_started_at, shown_finished_at;
    char *error; /* why the job failed; NULL: it did not */
    uint64_t version;

    doc_t *ready, **ready_end; /* the window, a queue */
    uint32_t ready_count;
    heap_t retries; /* doc_t by due time */
    uint32_t next_row;
    uint32_t window_size; /* documents to ask for next */
    uint32_t load;        /* number of the load under way; 0: none */
    uint32_t last_load;
    bool exhausted; /* nothing without a result at or after next_row */

    limit_t *limit;    /* of its model and key; NULL: none */
    void *limit_place; /* in limit->waiting; NULL: it does not wait */
    heap_node_t run;   /* in its user's run queue */
    deadline_t timer;  /* the next retry */
    deadline_t load_timer;
    waiter_t *waiters;

    int64_t rate_at_ms;  /* monotonic: when `rate` was last measured */
    uint32_t rate_count; /* processed + failed then */
    double rate;         /* documents a millisecond, smoothed; 0: not known */
} job_t;

/* What a lease's end says of its document. Slices are borrowed. */
typedef struct {
    message_done_t done;
    slice_t frame; /* the DONE as it came, for those who are told later */
} verdict_t;

/* Returns owned: a job actor from what the store keeps (borrowed for the call). `user` outlives it.
 * `limit`: NULL when its model has none. */
job_t *job_new(const record_stored_job_t *stored, user_t *user, limit_t *limit);

/* Frees a job whose notes are all told and that no lease names. Answers nobody. */
void job_destroy(job_t **self_p, heap_t *timers);

/* The job came to life, by creation, recovery or retry: asks for its first window, or finishes it
 * when nothing is left to do. */
void job_wake(job_t *self, turn_t *turn);

/* The job was brought back by a retry that is on disk: tells of it, and wakes it. */
void job_come_back(job_t *self, turn_t *turn);

/* The job was recovered: goes on above every version that the run before may have told of, and
 * journals that, so that the run after goes on above this one's. */
void job_skip_versions(job_t *self, turn_t *turn);

/* True while a document may be begun: state, window and retries allow it (limits and credits are
 * others' business). */
bool job_is_runnable(const job_t *self);

/* True when nothing of the job can change any more and it may be forgotten. */
bool job_is_over(const job_t *self);

/* A client's pause, resume or cancel. On OK the answer follows with the commit, and a cancelled
 * job's leases are to be revoked by the caller. WRONG_STATE: refused, the detail names the state.
 */
status_t job_command(job_t *self, turn_t *turn, job_command_t command, const route_t *route,
                     uint64_t request, fault_t *fault);

/* Documents came from the store. Stale answers are dropped. */
void job_take_window(job_t *self, turn_t *turn, const message_window_t *window);

/* Takes the next document to be dispatched. The job must be runnable. Returns owned. */
doc_t *job_take_ready(job_t *self, turn_t *turn);

/* A document was dispatched: counts it and publishes. */
void job_begin(job_t *self, turn_t *turn, const doc_t *doc);

/* A document's lease ended without harm to it (its model was throttled): takes `doc`, uncounted,
 * back to the front of the window. What its model took before that (`spent`) is kept with the
 * document's next attempt or result. */
void job_return_document(job_t *self, doc_t *doc, spent_t spent);

/* A document's lease ended with a verdict other than rate-limit: takes `doc`. Returns true when the
 * job failed as a whole by it (its other leases are then to be revoked by the caller). */
bool job_finish_document(job_t *self, turn_t *turn, doc_t *doc, const verdict_t *verdict);

/* A document's worker was lost: takes `doc`, which goes out again or, when it was lost too often,
 * is given up. */
void job_lose_document(job_t *self, turn_t *turn, doc_t *doc);

/* A lease was revoked after the job ended: takes `doc` and forgets it. */
void job_drop_document(job_t *self, doc_t *doc);

/* Its earliest retries are due: they go to the front of the window. */
void job_retry_due(job_t *self, turn_t *turn);

/* A load that failed is asked for again. */
void job_load_again(job_t *self, turn_t *turn);

/* A note of this job is on disk: counters, state and version follow, those who wait are told. */
void job_committed(job_t *self, turn_t *turn, note_t *note);

/* Fills the client's view at `now`; slices live as long as the job does not change. */
void job_view(const job_t *self, instant_t now, record_job_t *view);

/* Answers a JOB_STATUS at once, or keeps it as a long poll. */
void job_answer_status(job_t *self, turn_t *turn, const route_t *route,
                       const message_job_status_t *question);

/* A long poll's time is over: it is answered with what there is. */
void job_end_wait(waiter_t *waiter, turn_t *turn);

/* Aborts the process when the job's own invariants do not hold. For tests and the simulation. */
void job_check(const job_t *self);

#endif
