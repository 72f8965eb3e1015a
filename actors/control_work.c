/* Workers, dispatch, and documents out and back. */
#include <stdlib.h>
#include <string.h>

#include "actors/control_self.h"
#include "actors/job_tell.h"
#include "base/memory.h"

/* ---- who is runnable ---- */

static void
s_stop_waiting(job_t *job)
{
    if (job->limit_place)
        zlistx_detach(job->limit->waiting, job->limit_place);
    job->limit_place = NULL;
}

/* The job waits in line for its limit. */
static void
s_wait_for_limit(control_t *self, job_t *job, int64_t now_ms)
{
    limit_t *limit = job->limit;
    job->limit_place = zlistx_add_end(limit->waiting, job);
    scheduler_withdraw(&self->scheduler, job);
    if (limit_ready_ms(limit) > now_ms)
        deadline_set(&self->timers, &limit->over, TIMER_LIMIT, limit, limit_ready_ms(limit));
}

/* As many of those in line as the limit may admit are runnable again. */
static void
s_limit_moved(control_t *self, limit_t *limit, int64_t now_ms)
{
    if (zlistx_size(limit->waiting) && limit_ready_ms(limit) > now_ms) {
        deadline_set(&self->timers, &limit->over, TIMER_LIMIT, limit, limit_ready_ms(limit));
        return;
    }
    uint32_t room = limit_room(limit, now_ms);
    while (room && zlistx_size(limit->waiting)) {
        room--;
        job_t *job = zlistx_first(limit->waiting);
        s_stop_waiting(job);
        scheduler_offer(&self->scheduler, job); /* only runnable jobs wait */
    }
}

void
control_job_changed(control_t *self, turn_t *turn, job_t *job)
{
    if (job_is_runnable(job)) {
        if (job->limit_place == NULL)
            scheduler_offer(&self->scheduler, job);
        return;
    }
    scheduler_withdraw(&self->scheduler, job);
    s_stop_waiting(job);
    if (job->limit) /* what it was called for and does not use is for the next in line */
        s_limit_moved(self, job->limit, turn->now.monotonic_ms);
}

void
control_leave_limit(control_t *self, turn_t *turn, job_t *job)
{
    if (job->limit == NULL)
        return;
    s_stop_waiting(job);
    limit_release(job->limit);
    s_limit_moved(self, job->limit, turn->now.monotonic_ms);
    if (job->limit->jobs == 0) /* it may be forgotten */
        deadline_stop(&self->timers, &job->limit->over);
    job->limit = NULL;
}

void
control_limit_over(control_t *self, turn_t *turn, limit_t *limit)
{
    s_limit_moved(self, limit, turn->now.monotonic_ms);
}

/* ---- dispatch ---- */

static void
s_brief(turn_t *turn, worker_t *worker, const job_t *job)
{
    if (zhashx_lookup(worker->briefed, &job->job_no))
        return;
    uint64_t *job_no = memory_new(sizeof *job_no);
    *job_no = job->job_no;
    zhashx_insert(worker->briefed, job_no, job_no);
    EFFECT_SEND(turn->effects, EFFECT_LANE, worker->worker_no, NULL, brief, .job_no = job->job_no,
                .model_name = slice_from(job->model_name), .page_limit = job->page_limit,
                .tag_limit = job->tag_limit, .language = slice_from(job->language),
                .priority = job->priority, .max_attempts = job->max_attempts,
                .exclusions = slice_from(job->exclusions), .may_fall_back = job->may_fall_back,
                .api_key = slice_from(job->api_key));
    turn->effects->has_secret |= *job->api_key != '\0';
}

static void
s_dispatch_one(control_t *self, turn_t *turn, worker_t *worker, job_t *job)
{
    doc_t *doc = job_take_ready(job, turn);
    lease_t *lease =
        pool_lease(&self->pool, &self->timers, worker, job, doc, turn->now.monotonic_ms,
                   turn->now.monotonic_ms + self->options.work_ms);
    lease->limit = job->limit;
    if (job->limit)
        limit_begin(job->limit, turn->now.monotonic_ms);
    s_brief(turn, worker, job);
    record_document_t record;
    doc_read(doc, &record);
    EFFECT_SEND(turn->effects, EFFECT_LANE, worker->worker_no, NULL, work,
                .lane_seq = lease->lane_seq, .lease = lease->id, .job_no = job->job_no,
                .row = doc->row, .attempt = (uint8_t) (doc->attempts + 1), .source = record.source,
                .path = record.path, .title = record.title, .description = record.description);
    job_begin(job, turn, doc);
    control_job_changed(self, turn, job);
}

void
control_dispatch(control_t *self, turn_t *turn)
{
    while (self->store_ok && self->pool.credit_count && self->scheduler.runnable_count &&
           ledger_size(self->ledger) < LEDGER_FULL) {
        job_t *job = scheduler_next(&self->scheduler);
        if (job->limit && limit_room(job->limit, turn->now.monotonic_ms) == 0)
            s_wait_for_limit(self, job, turn->now.monotonic_ms);
        else
            s_dispatch_one(self, turn, pool_pick(&self->pool), job);
    }
}

/* ---- documents back ---- */

/* The lease is over without news of its limit. */
static doc_t *
s_end_lease(control_t *self, lease_t *lease, int64_t now_ms)
{
    limit_t *limit = lease->limit;
    int64_t begun_ms = lease->begun_ms;
    doc_t *doc = pool_end(&self->pool, &self->timers, lease);
    if (limit) {
        limit_forget(limit, begun_ms);
        s_limit_moved(self, limit, now_ms);
    }
    return doc;
}

static void
s_throttled(control_t *self, turn_t *turn, lease_t *lease, const message_done_t *done)
{
    limit_t *limit = lease->limit;
    job_t *job = lease->job;
    int64_t before = limit->not_before_ms;
    limit_throttle(limit, lease->begun_ms, done->retry_after_ms, turn->now.monotonic_ms);
    job_return_document(job, pool_end(&self->pool, &self->timers, lease), spent_of(done));
    if (before <= turn->now.monotonic_ms && limit->not_before_ms > turn->now.monotonic_ms)
        job_tell_throttled(job, turn);
    control_job_changed(self, turn, job);
    s_limit_moved(self, limit, turn->now.monotonic_ms);
}

/* A document that could not be fetched or read never came to the model. */
static bool
s_met_the_model(const message_done_t *done)
{
    return done->error_type == ERROR_NONE || done->error_type == ERROR_MODEL_ERROR ||
           done->error_type == ERROR_AUTH || done->tokens_in;
}

static void
s_finished(control_t *self, turn_t *turn, lease_t *lease, const message_done_t *done, slice_t frame)
{
    limit_t *limit = lease->limit;
    job_t *job = lease->job;
    verdict_t verdict = {.done = *done, .frame = frame};
    if (limit && s_met_the_model(done))
        limit_succeed(limit, lease->begun_ms, turn->now.monotonic_ms);
    else if (limit)
        limit_forget(limit, lease->begun_ms);
    doc_t *doc = pool_end(&self->pool, &self->timers, lease);
    if (job_finish_document(job, turn, doc, &verdict))
        control_revoke_job(self, turn, job);
    control_job_changed(self, turn, job);
    if (limit)
        s_limit_moved(self, limit, turn->now.monotonic_ms);
}

status_t
on_done(control_t *self, turn_t *turn, const route_t *from, slice_t frame)
{
    (void) from;
    message_done_t done;
    if (message_done_decode(frame, &done) != STATUS_OK || done.error_type >= ERROR_TYPE_COUNT)
        return STATUS_MALFORMED;
    if (done.epoch != self->options.epoch)
        return STATUS_OK; /* of another run: that lease is not known here */
    lease_t *lease = pool_current(&self->pool, done.worker_no, done.lease, done.job_no, done.row);
    if (lease == NULL)
        return STATUS_OK;
    if (lease->job == NULL)
        doc_free(s_end_lease(self, lease, turn->now.monotonic_ms));
    else if (done.error_type == ERROR_RATE_LIMIT && lease->limit)
        s_throttled(self, turn, lease, &done);
    else
        s_finished(self, turn, lease, &done, frame);
    return STATUS_OK;
}

/* The lease is over and its document is not: the worker or a message was lost. */
static void
s_lose_lease(control_t *self, turn_t *turn, lease_t *lease)
{
    job_t *job = lease->job;
    doc_t *doc = s_end_lease(self, lease, turn->now.monotonic_ms);
    if (job == NULL)
        return;
    job_lose_document(job, turn, doc);
    control_job_changed(self, turn, job);
}

/* A worker that lives keeps a document for too long. The attempt failed; the slot is still taken
 * until the worker says otherwise. */
void
control_lease_over(control_t *self, turn_t *turn, lease_t *lease)
{
    job_t *job = lease->job;
    message_done_t done = {.worker_no = lease->worker->worker_no,
                           .lease = lease->id,
                           .job_no = lease->job_no,
                           .row = lease->row,
                           .error_type = ERROR_TIMEOUT,
                           .error = SLICE("the worker did not finish in time"),
                           .tags = SLICE("[]"),
                           .model_name = slice_from(job->model_name),
                           .metadata = SLICE("{}")};
    buffer_t frame = {0};
    message_done_encode(&done, &frame);
    verdict_t verdict = {.done = done, .frame = buffer_slice(&frame)};
    job_finish_document(job, turn, pool_revoke(&self->timers, lease), &verdict);
    control_job_changed(self, turn, job);
    buffer_free(&frame);
}

void
control_revoke_job(control_t *self, turn_t *turn, job_t *job)
{
    for (worker_t *worker = self->pool.workers; worker; worker = worker->next) {
        bool any = false;
        for (lease_t *lease = worker->leases; lease; lease = lease->after) {
            if (lease->job != job)
                continue;
            job_drop_document(job, pool_revoke(&self->timers, lease));
            any = true;
        }
        if (!any)
            continue;
        zhashx_delete(worker->briefed, &job->job_no);
        EFFECT_SEND(turn->effects, EFFECT_LANE, worker->worker_no, NULL, drop,
                    .job_no = job->job_no);
    }
}

status_t
on_window(control_t *self, turn_t *turn, const route_t *from, slice_t frame)
{
    (void) from;
    message_window_t window;
    if (message_window_decode(frame, &window) != STATUS_OK)
        return STATUS_MALFORMED;
    job_t *job = registry_find(self->registry, window.job_no);
    if (job) {
        job_take_window(job, turn, &window);
        control_job_changed(self, turn, job);
    }
    return STATUS_OK;
}

/* ---- workers ---- */

static void
s_tell_system(turn_t *turn, const worker_t *worker, const char *event)
{
    EFFECT_SEND(turn->effects, EFFECT_PUBLISH, 0, NULL, system, .event = slice_from(event),
                .worker = slice_from(worker->name), .slots = worker->slots,
                .in_hand = worker->lease_count);
}

static void
s_heard(control_t *self, turn_t *turn, worker_t *worker)
{
    deadline_set(&self->timers, &worker->silence, TIMER_WORKER, worker,
                 turn->now.monotonic_ms + self->options.silence_ms);
}

void
control_lose_worker(control_t *self, turn_t *turn, worker_t *worker, const char *event)
{
    s_tell_system(turn, worker, event);
    pool_retire(&self->pool, worker);
    while (worker->leases)
        s_lose_lease(self, turn, worker->leases);
    effects_begin(turn->effects, EFFECT_LANE_CLOSE, worker->worker_no, NULL);
    effects_end(turn->effects);
    pool_remove(&self->pool, worker, &self->timers);
}

status_t
on_hello(control_t *self, turn_t *turn, const route_t *from, slice_t frame)
{
    message_hello_t hello;
    if (message_hello_decode(frame, &hello) != STATUS_OK || hello.worker.size == 0 ||
        hello.slots == 0)
        return STATUS_MALFORMED;
    if (!self->recovered)
        return STATUS_OK; /* it says so again */
    worker_t *worker = pool_find_name(&self->pool, hello.worker);
    if (worker && route_equal(&worker->route, from))
        return STATUS_OK; /* said again before its WELCOME came */
    if (worker)           /* it began anew and has dropped what it had */
        control_lose_worker(self, turn, worker, "worker-lost");
    worker = pool_add(&self->pool, hello.worker, hello.slots, from);
    s_heard(self, turn, worker);
    EFFECT_SEND(turn->effects, EFFECT_LANE_OPEN, worker->worker_no, from, welcome,
                .worker = hello.worker, .worker_no = worker->worker_no,
                .epoch = self->options.epoch, .heartbeat_ms = self->options.heartbeat_ms,
                .silence_ms = self->options.silence_ms);
    s_tell_system(turn, worker, "worker-joined");
    return STATUS_OK;
}

static bool
s_holds(slice_t leases, uint64_t id)
{
    for (size_t at = 0; at + 8 <= leases.size; at += 8) {
        uint64_t held = 0;
        memcpy(&held, leases.data + at, 8);
        if (le64toh(held) == id)
            return true;
    }
    return false;
}

/* What the worker has heard of and does not have in hand any more was lost on the way, there or
 * back: its DONE would have come before this heartbeat. */
status_t
on_heartbeat(control_t *self, turn_t *turn, const route_t *from, slice_t frame)
{
    (void) from;
    message_heartbeat_t beat;
    if (message_heartbeat_decode(frame, &beat) != STATUS_OK)
        return STATUS_MALFORMED;
    worker_t *worker = pool_find(&self->pool, beat.worker_no);
    if (worker == NULL || beat.epoch != self->options.epoch)
        return STATUS_OK;
    s_heard(self, turn, worker);
    if (beat.retiring && !worker->retiring)
        pool_retire(&self->pool, worker);
    for (lease_t *lease = worker->leases; lease;) {
        lease_t *after = lease->after;
        bool heard_of = lease->lane_seq <= beat.heard;
        bool in_transit_for_long =
            turn->now.monotonic_ms - lease->begun_ms > self->options.silence_ms;
        if ((heard_of || in_transit_for_long) && !s_holds(beat.leases, lease->id)) {
            /* What was lost may have been the BRIEF: the next WORK comes with another. */
            zhashx_delete(worker->briefed, &lease->job_no);
            s_lose_lease(self, turn, lease);
        }
        lease = after;
    }
    return STATUS_OK;
}

status_t
on_goodbye(control_t *self, turn_t *turn, const route_t *from, slice_t frame)
{
    (void) from;
    message_goodbye_t goodbye;
    if (message_goodbye_decode(frame, &goodbye) != STATUS_OK)
        return STATUS_MALFORMED;
    worker_t *worker = pool_find(&self->pool, goodbye.worker_no);
    if (worker && goodbye.epoch == self->options.epoch)
        control_lose_worker(self, turn, worker, "worker-left");
    return STATUS_OK;
}

void
control_ping(control_t *self, turn_t *turn)
{
    for (worker_t *worker = self->pool.workers; worker; worker = worker->next)
        EFFECT_SEND(turn->effects, EFFECT_LANE, worker->worker_no, NULL, lane_ping,
                    .epoch = self->options.epoch, .worker_no = worker->worker_no);
    deadline_set(&self->timers, &self->ping, TIMER_PING, self,
                 turn->now.monotonic_ms + self->options.heartbeat_ms);
}
