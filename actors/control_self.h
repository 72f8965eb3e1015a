/* The inside of the control plane, shared by its files and nobody else. */
#ifndef TAGMILL_ACTORS_CONTROL_SELF_H
#define TAGMILL_ACTORS_CONTROL_SELF_H

#include "actors/control.h"
#include "actors/job.h"
#include "actors/pool.h"
#include "actors/registry.h"

enum { INTAKE_IDLE_MS = 600000 }; /* a start that is silent for this long is given up */

/* A start is named by its asker and that asker's own number for it. */
typedef struct {
    route_t route;
    uint64_t intake;
} intake_key_t;

/* A start under way: its documents are being staged. */
typedef struct {
    intake_key_t key;
    uint64_t job_no;
    uint32_t rows;       /* staged so far */
    buffer_t open_frame; /* START_OPEN, for the entry that creates the job */
    deadline_t idle;
} intake_t;

struct control {
    control_options_t options;
    registry_t *registry;
    scheduler_t scheduler;
    pool_t pool;
    limiter_t *limiter;
    ledger_t *ledger;
    heap_t timers;
    dice_t dice;
    zhashx_t *intakes; /* intake_t by intake_key_t, owned */
    deadline_t ping;
    uint64_t next_job_no;
    bool all_known; /* RECOVERY_DONE has come */
    bool recovered, store_ok, audience;
};

/* A handler of one message. MALFORMED: the frame does not decode. */
typedef status_t(control_handler_fn)(control_t *self, turn_t *turn, const route_t *from,
                                     slice_t frame);

/* control_intake.c: starts. */
control_handler_fn on_start_open, on_start_chunk, on_start_close, on_start_abort;
void control_intake_idle(control_t *self, turn_t *turn, intake_t *intake);
zhashx_t *control_intakes_new(void); /* returns owned: an empty table of starts */

/* control_command.c: what clients ask of jobs. */
control_handler_fn on_job_command, on_job_status, on_active_list, on_ping;
void control_refuse(turn_t *turn, const route_t *route, uint64_t request, status_t status,
                    const char *detail);
/* Refuse and return true: while the recovery goes on; also while the store cannot be written. */
bool control_refuses(const control_t *self, turn_t *turn, const route_t *route, uint64_t request);
bool control_refuses_writing(const control_t *self, turn_t *turn, const route_t *route,
                             uint64_t request);

/* control_work.c: workers, dispatch, documents out and back. */
control_handler_fn on_hello, on_done, on_heartbeat, on_goodbye, on_window;
void control_lose_worker(control_t *self, turn_t *turn, worker_t *worker, const char *event);
void control_lease_over(control_t *self, turn_t *turn, lease_t *lease);
void control_revoke_job(control_t *self, turn_t *turn, job_t *job);
void control_job_changed(control_t *self, turn_t *turn, job_t *job);
void control_leave_limit(control_t *self, turn_t *turn, job_t *job); /* it is forgotten */
void control_limit_over(control_t *self, turn_t *turn, limit_t *limit);
void control_ping(control_t *self, turn_t *turn);
void control_dispatch(control_t *self, turn_t *turn);

/* control_commit.c: the journal's answers. */
control_handler_fn on_committed, on_outcome, on_store_state, on_recovered, on_recovery_done;
void control_forget_job(control_t *self, turn_t *turn, job_t *job);

#endif
