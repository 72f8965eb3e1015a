#include "actors/control.h"

#include <assert.h>
#include <stdlib.h>

#include "actors/control_self.h"
#include "base/memory.h"

/* ---- life ---- */

control_t *
control_new(const control_options_t *options)
{
    control_t *self = memory_new(sizeof *self);
    self->options = *options;
    self->registry = registry_new();
    pool_init(&self->pool);
    self->limiter = limiter_new();
    self->ledger = ledger_new();
    self->dice.state = options->seed;
    self->intakes = control_intakes_new();
    self->store_ok = true;
    return self;
}

void
control_destroy(control_t **self_p)
{
    control_t *self = *self_p;
    if (self == NULL)
        return;
    ledger_destroy(&self->ledger);
    pool_free(&self->pool, &self->timers);
    for (intake_t *intake = zhashx_first(self->intakes); intake;
         intake = zhashx_next(self->intakes))
        deadline_stop(&self->timers, &intake->idle);
    zhashx_destroy(&self->intakes);
    registry_destroy(&self->registry, &self->timers);
    deadline_stop(&self->timers, &self->ping);
    heap_free(&self->timers);
    limiter_destroy(&self->limiter);
    free(self);
    *self_p = NULL;
}

/* ---- frames ---- */

typedef struct {
    origin_t origin;
    message_number_t number;
    control_handler_fn *handler;
} control_row_t;

static status_t
on_audience(control_t *self, turn_t *turn, const route_t *from, slice_t frame)
{
    (void) turn, (void) from;
    message_audience_t audience;
    if (message_audience_decode(frame, &audience) != STATUS_OK)
        return STATUS_MALFORMED;
    self->audience = audience.listening != 0;
    return STATUS_OK;
}

static const control_row_t s_rows[] = {
    {ORIGIN_CONTROL, MESSAGE_START_OPEN, on_start_open},
    {ORIGIN_CONTROL, MESSAGE_START_CHUNK, on_start_chunk},
    {ORIGIN_CONTROL, MESSAGE_START_CLOSE, on_start_close},
    {ORIGIN_CONTROL, MESSAGE_START_ABORT, on_start_abort},
    {ORIGIN_CONTROL, MESSAGE_JOB_COMMAND, on_job_command},
    {ORIGIN_CONTROL, MESSAGE_JOB_STATUS, on_job_status},
    {ORIGIN_CONTROL, MESSAGE_ACTIVE_LIST, on_active_list},
    {ORIGIN_CONTROL, MESSAGE_PING, on_ping},
    {ORIGIN_CONTROL, MESSAGE_HELLO, on_hello},
    {ORIGIN_SINK, MESSAGE_DONE, on_done},
    {ORIGIN_SINK, MESSAGE_HEARTBEAT, on_heartbeat},
    {ORIGIN_SINK, MESSAGE_GOODBYE, on_goodbye},
    {ORIGIN_LOADER, MESSAGE_WINDOW, on_window},
    {ORIGIN_JOURNAL, MESSAGE_COMMITTED, on_committed},
    {ORIGIN_JOURNAL, MESSAGE_OUTCOME, on_outcome},
    {ORIGIN_JOURNAL, MESSAGE_STORE_STATE, on_store_state},
    {ORIGIN_JOURNAL, MESSAGE_RECOVERED, on_recovered},
    {ORIGIN_JOURNAL, MESSAGE_RECOVERY_DONE, on_recovery_done},
    {ORIGIN_PUBLISHER, MESSAGE_AUDIENCE, on_audience},
};

static const control_row_t *
s_find_row(origin_t origin, uint16_t number)
{
    for (size_t i = 0; i < sizeof s_rows / sizeof s_rows[0]; i++)
        if (s_rows[i].origin == origin && s_rows[i].number == number)
            return &s_rows[i];
    return NULL;
}

static turn_t
s_turn(control_t *self, instant_t now, effects_t *effects)
{
    return (turn_t){.now = now,
                    .effects = effects,
                    .ledger = self->ledger,
                    .timers = &self->timers,
                    .dice = &self->dice,
                    .audience = self->audience};
}

status_t
control_handle(control_t *self, origin_t origin, const route_t *from, slice_t frame, instant_t now,
               effects_t *effects)
{
    const control_row_t *row = s_find_row(origin, message_number(frame));
    if (row == NULL)
        return STATUS_MALFORMED;
    turn_t turn = s_turn(self, now, effects);
    status_t status = row->handler(self, &turn, from, frame);
    control_dispatch(self, &turn);
    return status;
}

void
control_lane_failed(control_t *self, uint32_t worker_no, instant_t now, effects_t *effects)
{
    worker_t *worker = pool_find(&self->pool, worker_no);
    if (worker == NULL)
        return;
    turn_t turn = s_turn(self, now, effects);
    control_lose_worker(self, &turn, worker, "worker-lost");
    control_dispatch(self, &turn);
}

/* ---- time ---- */

static void
s_fire(control_t *self, turn_t *turn, deadline_t *deadline)
{
    void *owner = deadline->node.owner;
    job_t *job = owner;
    switch (deadline->kind) {
    case TIMER_PING: control_ping(self, turn); break;
    case TIMER_WORKER: control_lose_worker(self, turn, owner, "worker-lost"); break;
    case TIMER_LEASE: control_lease_over(self, turn, owner); break;
    case TIMER_RETRY:
        job_retry_due(job, turn);
        control_job_changed(self, turn, job);
        break;
    case TIMER_LOAD: job_load_again(job, turn); break;
    case TIMER_WAITER: job_end_wait(owner, turn); break;
    case TIMER_INTAKE: control_intake_idle(self, turn, owner); break;
    case TIMER_LIMIT: control_limit_over(self, turn, owner); break;
    }
}

void
control_tick(control_t *self, instant_t now, effects_t *effects)
{
    turn_t turn = s_turn(self, now, effects);
    heap_node_t *node = heap_top(&self->timers);
    for (; node && node->key <= now.monotonic_ms; node = heap_top(&self->timers)) {
        heap_remove(&self->timers, node);
        s_fire(self, &turn, (deadline_t *) node); /* the node is a deadline's first member */
    }
    control_dispatch(self, &turn);
}

int64_t
control_deadline(const control_t *self)
{
    const heap_node_t *node = heap_top(&self->timers);
    return node ? node->key : INSTANT_NEVER;
}

/* ---- looking in ---- */

void
control_figures(const control_t *self, control_figures_t *figures)
{
    *figures = (control_figures_t){
        .jobs = registry_size(self->registry),
        .runnable_jobs = self->scheduler.runnable_count,
        .leases = zhashx_size(self->pool.leases),
        .uncommitted = ledger_size(self->ledger),
        .workers = self->pool.worker_count,
        .slots = self->pool.slot_count,
        .free_credits = self->pool.credit_count,
        .recovered = self->recovered,
        .store_ok = self->store_ok,
    };
}

static uint32_t
s_count_leases(const control_t *self, const job_t *job)
{
    uint32_t count = 0;
    for (const worker_t *worker = self->pool.workers; worker; worker = worker->next)
        for (const lease_t *lease = worker->leases; lease; lease = lease->after)
            count += lease->job == job;
    return count;
}

/* Whether something will call a job that waits for its limit: the end of a pause, of a request, or
 * a job that was called before it. */
static bool
s_will_be_called(control_t *self, const limit_t *limit, int64_t now_ms)
{
    if (heap_has(&limit->over.node))
        return true;
    if (limit_room(limit, now_ms) == 0)
        return limit->in_flight > 0;
    for (const user_t *user = self->scheduler.next; user; user = user->after) {
        for (size_t i = 0; i < user->run.size; i++)
            if (((const job_t *) user->run.nodes[i]->owner)->limit == limit)
                return true;
        if (user->after == self->scheduler.next)
            break;
    }
    return false;
}

/* No document of the job is out twice. */
static void
s_check_rows(const control_t *self, const job_t *job)
{
    for (const worker_t *worker = self->pool.workers; worker; worker = worker->next)
        for (const lease_t *lease = worker->leases; lease; lease = lease->after)
            for (const worker_t *other = worker; other && lease->job == job; other = other->next)
                for (const lease_t *twin = other == worker ? lease->after : other->leases; twin;
                     twin = twin->after)
                    assert(twin->job != job || twin->row != lease->row);
}

void
control_check(control_t *self, instant_t now)
{
    pool_check(&self->pool);
    for (job_t *job = registry_first(self->registry); job; job = registry_next(self->registry)) {
        job_check(job);
        assert(job->in_flight == s_count_leases(self, job));
        s_check_rows(self, job);
        assert(heap_has(&job->run) == (job_is_runnable(job) && job->limit_place == NULL));
        assert(!job->limit_place || s_will_be_called(self, job->limit, now.monotonic_ms));
        assert(!job_is_over(job));
    }
    bool may_dispatch = self->store_ok && ledger_size(self->ledger) < LEDGER_FULL;
    assert(!may_dispatch || self->pool.credit_count == 0 || self->scheduler.runnable_count == 0);
    (void) may_dispatch;
}
