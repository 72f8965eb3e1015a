/* The journal's answers: recovery, outcomes, commits. */
#include <assert.h>

#include "actors/control_self.h"
#include "actors/job_tell.h"

/* All jobs of one provider and key share a limit; the journal names it. */
static limit_t *
s_limit_of(control_t *self, slice_t limit_name)
{
    return limit_name.size ? limiter_hold(self->limiter, limit_name) : NULL;
}

/* Makes the actor of a job that the store keeps; it is to be woken. */
static job_t *
s_adopt(control_t *self, const record_stored_job_t *stored)
{
    user_t *user = registry_user(self->registry, stored->owner);
    job_t *job = job_new(stored, user, s_limit_of(self, stored->limit_name));
    registry_add(self->registry, job);
    return job;
}

static status_t
s_stored_job(slice_t bytes, record_stored_job_t *stored)
{
    if (record_stored_job_take(&bytes, stored) != STATUS_OK || bytes.size ||
        stored->state >= JOB_STATE_COUNT)
        return STATUS_MALFORMED;
    return STATUS_OK;
}

void
control_forget_job(control_t *self, turn_t *turn, job_t *job)
{
    for (worker_t *worker = self->pool.workers; worker; worker = worker->next) {
        if (zhashx_lookup(worker->briefed, &job->job_no) == NULL)
            continue;
        zhashx_delete(worker->briefed, &job->job_no);
        EFFECT_SEND(turn->effects, EFFECT_LANE, worker->worker_no, NULL, drop,
                    .job_no = job->job_no);
    }
    /* A job that became final is a change, so no long poll is left unanswered but those that asked
     * for a version that will never come. */
    while (job->waiters)
        job_end_wait(job->waiters, turn);
    scheduler_withdraw(&self->scheduler, job);
    control_leave_limit(self, turn, job);
    registry_remove(self->registry, job, &self->timers);
}

/* ---- outcomes ---- */

status_t
on_outcome(control_t *self, turn_t *turn, const route_t *from, slice_t frame)
{
    (void) turn, (void) from;
    message_outcome_t outcome;
    if (message_outcome_decode(frame, &outcome) != STATUS_OK)
        return STATUS_MALFORMED;
    note_t *note = ledger_find(self->ledger, outcome.entry);
    if (note && (note->kind == NOTE_CREATE || note->kind == NOTE_REVIVE) && note->frame.size == 0)
        buffer_append_slice(&note->frame, frame);
    return STATUS_OK;
}

static void
s_created(control_t *self, turn_t *turn, const note_t *note)
{
    message_outcome_t outcome;
    record_stored_job_t stored;
    if (message_outcome_decode(buffer_slice(&note->frame), &outcome) != STATUS_OK ||
        (outcome.outcome != OUTCOME_ID_TAKEN && s_stored_job(outcome.job, &stored) != STATUS_OK)) {
        control_refuse(turn, &note->route, note->request, STATUS_INTERNAL,
                       "the store did not say what became of the start");
        return;
    }
    if (outcome.outcome == OUTCOME_ID_TAKEN) {
        control_refuse(turn, &note->route, note->request, STATUS_ID_TAKEN,
                       "a job of this job_id was started with another body; choose another job_id "
                       "or send the same body");
        return;
    }
    EFFECT_SEND(turn->effects, EFFECT_REPLY, 0, &note->route, started, .request = note->request,
                .job_id = stored.job_id, .total = stored.total,
                .repeated = outcome.outcome == OUTCOME_REPEATED);
    if (outcome.outcome == OUTCOME_CREATED)
        job_wake(s_adopt(self, &stored), turn);
}

static void
s_refuse_retry(turn_t *turn, const note_t *note, const message_outcome_t *outcome)
{
    fault_t fault = {0};
    record_stored_job_t stored;
    const char *state = s_stored_job(outcome->job, &stored) == STATUS_OK
                            ? job_state_word((job_state_t) stored.state)
                            : "in an unknown state";
    if (outcome->outcome == OUTCOME_NOT_FOUND)
        fault_set(&fault, STATUS_NOT_FOUND, "no job of this id");
    else if (outcome->outcome == OUTCOME_KEY_NEEDED)
        fault_set(&fault, STATUS_WRONG_STATE,
                  "the job's key went when it ended, and its model needs one: send it again as "
                  "{\"api_key\": \"...\"}");
    else if (outcome->outcome == OUTCOME_NOTHING)
        fault_set(&fault, STATUS_WRONG_STATE, "the job is %s and no document of it failed", state);
    else
        fault_set(&fault, STATUS_WRONG_STATE,
                  "the job is %s; only a completed or failed job can be retried", state);
    control_refuse(turn, &note->route, note->request, fault.status, fault.detail);
}

static void
s_retried(control_t *self, turn_t *turn, const note_t *note)
{
    message_outcome_t outcome;
    record_stored_job_t stored;
    if (message_outcome_decode(buffer_slice(&note->frame), &outcome) != STATUS_OK) {
        control_refuse(turn, &note->route, note->request, STATUS_INTERNAL,
                       "the store did not say what became of the retry");
        return;
    }
    if (outcome.outcome != OUTCOME_REVIVED || s_stored_job(outcome.job, &stored) != STATUS_OK) {
        s_refuse_retry(turn, note, &outcome);
        return;
    }
    EFFECT_SEND(turn->effects, EFFECT_REPLY, 0, &note->route, command_done,
                .request = note->request, .command = JOB_COMMAND_RETRY, .state = stored.state,
                .retried = outcome.retried);
    job_come_back(s_adopt(self, &stored), turn);
}

/* ---- commits ---- */

static void
s_told(control_t *self, turn_t *turn, note_t *note)
{
    switch (note->kind) {
    case NOTE_QUIET: break;
    case NOTE_CHUNK:
        EFFECT_SEND(turn->effects, EFFECT_REPLY, 0, &note->route, chunk_stored,
                    .request = note->request, .intake = note->number, .rows = note->count);
        break;
    case NOTE_CREATE: s_created(self, turn, note); break;
    case NOTE_REVIVE: s_retried(self, turn, note); break;
    case NOTE_RESULT:
    case NOTE_ATTEMPT:
    case NOTE_STATE:
        job_committed(note->job, turn, note);
        if (job_is_over(note->job))
            control_forget_job(self, turn, note->job);
        break;
    }
}

/* The recovery is done when all open jobs are here and the versions that they go on with are on
 * disk: before that nobody is told of any. */
static void
s_end_recovery(control_t *self, turn_t *turn)
{
    if (self->recovered || !self->all_known || ledger_size(self->ledger))
        return;
    self->recovered = true;
    control_ping(self, turn);
}

status_t
on_committed(control_t *self, turn_t *turn, const route_t *from, slice_t frame)
{
    (void) from;
    message_committed_t committed;
    if (message_committed_decode(frame, &committed) != STATUS_OK)
        return STATUS_MALFORMED;
    note_t note;
    while (ledger_take(self->ledger, committed.through, &note)) {
        s_told(self, turn, &note);
        note_free(&note);
    }
    s_end_recovery(self, turn);
    return STATUS_OK;
}

status_t
on_store_state(control_t *self, turn_t *turn, const route_t *from, slice_t frame)
{
    (void) turn, (void) from;
    message_store_state_t state;
    if (message_store_state_decode(frame, &state) != STATUS_OK)
        return STATUS_MALFORMED;
    self->store_ok = state.ok != 0;
    return STATUS_OK;
}

/* ---- recovery ---- */

status_t
on_recovered(control_t *self, turn_t *turn, const route_t *from, slice_t frame)
{
    (void) from;
    message_recovered_t recovered;
    record_stored_job_t stored;
    if (message_recovered_decode(frame, &recovered) != STATUS_OK ||
        s_stored_job(recovered.job, &stored) != STATUS_OK)
        return STATUS_MALFORMED;
    job_t *job = s_adopt(self, &stored);
    job_skip_versions(job, turn);
    job_wake(job, turn);
    return STATUS_OK;
}

status_t
on_recovery_done(control_t *self, turn_t *turn, const route_t *from, slice_t frame)
{
    (void) from;
    message_recovery_done_t done;
    if (message_recovery_done_decode(frame, &done) != STATUS_OK)
        return STATUS_MALFORMED;
    self->next_job_no = done.next_job_no;
    self->all_known = true;
    s_end_recovery(self, turn);
    return STATUS_OK;
}
