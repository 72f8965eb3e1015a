#include "actors/job.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "actors/job_tell.h"
#include "actors/job_window.h"
#include "base/memory.h"

static void
s_clear_retries(job_t *self, heap_t *timers)
{
    for (heap_node_t *node = heap_top(&self->retries); node; node = heap_top(&self->retries)) {
        heap_remove(&self->retries, node);
        doc_free(node->owner);
    }
    deadline_stop(timers, &self->timer);
}

/* ---- life ---- */

job_t *
job_new(const record_stored_job_t *stored, user_t *user, limit_t *limit)
{
    job_t *self = memory_new(sizeof *self);
    self->job_no = stored->job_no;
    self->user = user;
    self->job_id = slice_copy(stored->job_id);
    self->model_name = slice_copy(stored->model_name);
    self->language = slice_copy(stored->language);
    self->callback_url = slice_copy(stored->callback_url);
    self->exclusions = slice_copy(stored->exclusions);
    self->api_key = slice_copy(stored->api_key);
    self->may_fall_back = stored->may_fall_back != 0;
    self->spent = (spent_t){stored->tokens_in, stored->tokens_out, stored->cost_nano};
    self->page_limit = stored->page_limit;
    self->tag_limit = stored->tag_limit;
    self->max_attempts = stored->max_attempts;
    self->priority = stored->priority;
    self->total = stored->total;
    self->created_at = stored->created_at;
    self->started_at = self->shown_started_at = stored->started_at;
    self->finished_at = self->shown_finished_at = stored->finished_at;
    self->state = self->shown_state = (job_state_t) stored->state;
    self->processed = stored->processed;
    self->failed = stored->failed;
    self->done_count = stored->processed + stored->failed;
    self->version = stored->version;
    self->window_size = WINDOW_FIRST;
    self->ready_end = &self->ready;
    self->limit = limit;
    return self;
}

void
job_destroy(job_t **self_p, heap_t *timers)
{
    job_t *self = *self_p;
    if (self == NULL)
        return;
    job_window_clear(self);
    s_clear_retries(self, timers);
    heap_free(&self->retries);
    deadline_stop(timers, &self->load_timer);
    while (self->waiters) {
        waiter_t *waiter = self->waiters;
        self->waiters = waiter->next;
        deadline_stop(timers, &waiter->over);
        free(waiter);
    }
    free(self->job_id);
    free(self->model_name);
    free(self->language);
    free(self->callback_url);
    free(self->exclusions);
    explicit_bzero(self->api_key, strlen(self->api_key));
    free(self->api_key);
    free(self->error);
    free(self);
    *self_p = NULL;
}

bool
job_is_runnable(const job_t *self)
{
    return (self->state == JOB_PENDING || self->state == JOB_PROCESSING) && self->ready &&
           self->retries.size < RETRIES_MOST;
}

bool
job_is_over(const job_t *self)
{
    return job_state_is_final(self->state) && self->uncommitted == 0 && self->in_flight == 0;
}

static uint64_t
s_note(job_t *self, turn_t *turn, note_t note)
{
    note.job = self;
    self->uncommitted++;
    return ledger_note(turn->ledger, &note);
}

/* The only writer of a job's state. */
static bool
s_move(job_t *self, job_event_t event)
{
    return job_state_next(self->state, event, &self->state);
}

/* Journals the state that the job has moved to. The version that goes with it is the one that the
 * job will have when this is told: each note before it raises the version by one. */
static void
s_keep_state(job_t *self, turn_t *turn, job_event_t event, const note_t *answer, const char *error)
{
    note_t note = answer ? *answer : (note_t){0};
    note.kind = NOTE_STATE;
    note.state = (uint8_t) self->state;
    note.event = (uint8_t) event;
    note.version = self->version + self->uncommitted + 1;
    note.at = job_state_is_final(self->state) ? self->finished_at : self->started_at;
    uint64_t entry = s_note(self, turn, note);
    EFFECT_SEND(turn->effects, EFFECT_JOURNAL, 0, NULL, entry_state, .entry = entry,
                .job_no = self->job_no, .state = (uint8_t) self->state, .version = note.version,
                .started_at = self->started_at, .finished_at = self->finished_at,
                .error = slice_from(error));
}

/* What waits in memory is of no use to a job that ended. */
static void
s_end(job_t *self, turn_t *turn)
{
    self->finished_at = turn->now.wall_ms;
    self->load = 0;
    self->exhausted = true;
    job_window_clear(self);
    s_clear_retries(self, turn->timers);
    deadline_stop(turn->timers, &self->load_timer);
}

/* A job that nothing is left to do for is completed; a paused one when it is resumed. */
static void
s_finish_if_done(job_t *self, turn_t *turn)
{
    if (self->done_count < self->total || self->in_flight || !s_move(self, JOB_EVENT_FINISH))
        return;
    s_end(self, turn);
    s_keep_state(self, turn, JOB_EVENT_FINISH, NULL, NULL);
}

/* ---- coming to life ---- */

void
job_wake(job_t *self, turn_t *turn)
{
    s_finish_if_done(self, turn);
    job_window_load(self, turn);
}

void
job_come_back(job_t *self, turn_t *turn)
{
    job_tell_come_back(self, turn);
    job_wake(self, turn);
}

void
job_skip_versions(job_t *self, turn_t *turn)
{
    self->version += VERSION_SKIP;
    uint64_t entry = ledger_note(turn->ledger, &(note_t){.kind = NOTE_QUIET});
    EFFECT_SEND(turn->effects, EFFECT_JOURNAL, 0, NULL, entry_state, .entry = entry,
                .job_no = self->job_no, .state = (uint8_t) self->state, .version = self->version,
                .started_at = self->started_at, .finished_at = self->finished_at);
}

/* ---- commands ---- */

status_t
job_command(job_t *self, turn_t *turn, job_command_t command, const route_t *route,
            uint64_t request, fault_t *fault)
{
    static const job_event_t events[] = {
        [JOB_COMMAND_PAUSE] = JOB_EVENT_PAUSE,
        [JOB_COMMAND_RESUME] = JOB_EVENT_RESUME,
        [JOB_COMMAND_CANCEL] = JOB_EVENT_CANCEL,
    };
    assert(command != JOB_COMMAND_RETRY);
    job_state_t before = self->state;
    if (!s_move(self, events[command]))
        return fault_set(fault, STATUS_WRONG_STATE, "the job is %s and cannot be %s",
                         job_state_word(before),
                         command == JOB_COMMAND_PAUSE    ? "paused"
                         : command == JOB_COMMAND_RESUME ? "resumed"
                                                         : "cancelled");
    if (command == JOB_COMMAND_PAUSE)
        job_window_shed(self, turn);
    else if (command == JOB_COMMAND_CANCEL)
        s_end(self, turn);
    else if (self->started_at == 0)
        self->started_at = turn->now.wall_ms; /* it was paused before its first document */
    note_t answer = {.route = *route, .request = request, .command = (uint8_t) command};
    s_keep_state(self, turn, events[command], &answer, NULL);
    if (command == JOB_COMMAND_RESUME) {
        job_retry_due(self, turn);
        job_wake(self, turn);
    }
    return STATUS_OK;
}

/* ---- documents out and back ---- */

void
job_begin(job_t *self, turn_t *turn, const doc_t *doc)
{
    self->in_flight++;
    if (self->state == JOB_PENDING) {
        self->started_at = turn->now.wall_ms;
        s_move(self, JOB_EVENT_BEGIN);
        s_keep_state(self, turn, JOB_EVENT_BEGIN, NULL, NULL);
    }
    self->version++;
    job_tell_begun(self, turn, doc);
}

static void
s_keep_result(job_t *self, turn_t *turn, doc_t *doc, const verdict_t *verdict)
{
    const message_done_t *done = &verdict->done;
    note_t note = {
        .kind = NOTE_RESULT, .failed = done->error_type != ERROR_NONE, .spent = doc->spent};
    spent_add(&note.spent, spent_of(done));
    job_tell_keep(&note, turn, doc, verdict);
    self->done_count++;
    uint64_t version = self->version + self->uncommitted + 1;
    uint64_t entry = s_note(self, turn, note);
    EFFECT_SEND(turn->effects, EFFECT_JOURNAL, 0, NULL, entry_result, .entry = entry,
                .job_no = self->job_no, .row = done->row, .version = version,
                .attempts = (uint8_t) (doc->attempts + (doc->losses < LOSSES_MOST)),
                .error_type = done->error_type, .error = done->error, .tags = done->tags,
                .model_name = done->model_name, .metadata = done->metadata,
                .tokens_in = note.spent.tokens_in, .tokens_out = note.spent.tokens_out,
                .cost_nano = note.spent.cost_nano);
    if (note.doc == NULL)
        doc_free(doc);
    s_finish_if_done(self, turn);
}

static void
s_keep_attempt(job_t *self, turn_t *turn, doc_t *doc, const verdict_t *verdict, int64_t delay_ms)
{
    note_t note = {.kind = NOTE_ATTEMPT, .count = (uint32_t) delay_ms, .spent = doc->spent};
    spent_add(&note.spent, spent_of(&verdict->done));
    doc->spent = (spent_t){0};
    if (turn->audience)
        job_tell_keep(&note, turn, doc_new_copy(doc), verdict);
    uint64_t entry = s_note(self, turn, note);
    EFFECT_SEND(turn->effects, EFFECT_JOURNAL, 0, NULL, entry_attempt, .entry = entry,
                .job_no = self->job_no, .row = doc->row, .attempts = doc->attempts,
                .losses = doc->losses, .tokens_in = note.spent.tokens_in,
                .tokens_out = note.spent.tokens_out, .cost_nano = note.spent.cost_nano);
}

static void
s_retry_timer(job_t *self, turn_t *turn)
{
    heap_node_t *first = heap_top(&self->retries);
    if (first && (self->state == JOB_PENDING || self->state == JOB_PROCESSING))
        deadline_set(turn->timers, &self->timer, TIMER_RETRY, self, first->key);
    else
        deadline_stop(turn->timers, &self->timer);
}

static void
s_retry_later(job_t *self, turn_t *turn, doc_t *doc, const verdict_t *verdict)
{
    doc->attempts++;
    int64_t delay_ms = backoff_delay_ms(turn->dice, doc->attempts, verdict->done.retry_after_ms);
    s_keep_attempt(self, turn, doc, verdict, delay_ms);
    heap_set(&self->retries, &doc->due, turn->now.monotonic_ms + delay_ms, doc->row);
    s_retry_timer(self, turn);
}

void
job_retry_due(job_t *self, turn_t *turn)
{
    heap_node_t *node = heap_top(&self->retries);
    for (; node && node->key <= turn->now.monotonic_ms; node = heap_top(&self->retries)) {
        heap_remove(&self->retries, node);
        job_window_push_front(self, node->owner);
    }
    s_retry_timer(self, turn);
}

/* The job as a whole cannot go on: what is not done stays undone. */
static void
s_fail(job_t *self, turn_t *turn, slice_t why)
{
    if (!s_move(self, JOB_EVENT_FAIL))
        return;
    s_end(self, turn);
    free(self->error);
    self->error = slice_copy(why);
    s_keep_state(self, turn, JOB_EVENT_FAIL, NULL, self->error);
}

bool
job_finish_document(job_t *self, turn_t *turn, doc_t *doc, const verdict_t *verdict)
{
    error_type_t type = (error_type_t) verdict->done.error_type;
    self->in_flight--;
    if (verdict->done.is_hopeless) {
        doc_free(doc);
        s_fail(self, turn, verdict->done.error);
        return true;
    }
    if (error_type_is_passing(type) && doc->attempts + 1 < self->max_attempts)
        s_retry_later(self, turn, doc, verdict);
    else
        s_keep_result(self, turn, doc, verdict);
    return false;
}

void
job_lose_document(job_t *self, turn_t *turn, doc_t *doc)
{
    self->in_flight--;
    doc->losses++;
    verdict_t verdict = {.done = {.row = doc->row,
                                  .error_type = ERROR_CRASHED,
                                  .error = SLICE("the worker was lost with this document"),
                                  .tags = SLICE("[]"),
                                  .model_name = slice_from(self->model_name),
                                  .metadata = SLICE("{}")}};
    buffer_t frame = {0};
    message_done_encode(&verdict.done, &frame);
    verdict.frame = buffer_slice(&frame);
    if (doc->losses < LOSSES_MOST) {
        s_keep_attempt(self, turn, doc, &verdict, 0);
        job_window_push_front(self, doc);
    } else {
        s_keep_result(self, turn, doc, &verdict);
    }
    buffer_free(&frame);
}

void
job_return_document(job_t *self, doc_t *doc, spent_t spent)
{
    self->in_flight--;
    spent_add(&doc->spent, spent);
    job_window_push_front(self, doc);
}

void
job_drop_document(job_t *self, doc_t *doc)
{
    self->in_flight--;
    doc_free(doc);
}

/* ---- after the commit ---- */

void
job_committed(job_t *self, turn_t *turn, note_t *note)
{
    self->uncommitted--;
    self->version++;
    spent_add(&self->spent, note->spent);
    if (note->kind == NOTE_RESULT) {
        if (note->failed)
            self->failed++;
        else
            self->processed++;
    } else if (note->kind == NOTE_STATE) {
        self->shown_state = (job_state_t) note->state;
        if (note->version > self->version)
            self->version = note->version;
        if (job_state_is_final(self->shown_state))
            self->shown_finished_at = note->at;
        else
            self->shown_started_at = note->at;
    }
    job_tell_committed(self, turn, note);
}

void
job_check(const job_t *self)
{
    uint32_t ready = 0;
    for (const doc_t *doc = self->ready; doc; doc = doc->next)
        ready++;
    assert(ready == self->ready_count);
    assert(self->done_count >= self->processed + self->failed);
    assert((uint64_t) self->done_count + self->in_flight + ready + self->retries.size <=
           self->total);
    assert(!job_state_is_final(self->state) ||
           (ready == 0 && self->retries.size == 0 && self->load == 0));
    assert(self->state != JOB_COMPLETED || self->done_count == self->total);
    (void) ready;
}
