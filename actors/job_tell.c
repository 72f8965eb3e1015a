#include "actors/job_tell.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { POLL_LEAST_MS = 200, POLL_MOST_MS = 5000, POLL_IDLE_MS = 2000, RATE_EVERY_MS = 1000 };

/* ---- the client's view ---- */

/* Documents a millisecond, smoothed over some seconds, from what is on disk. */
static void
s_measure_rate(job_t *self, instant_t now)
{
    uint32_t count = self->processed + self->failed;
    if (self->rate_at_ms == 0) {
        self->rate_at_ms = now.monotonic_ms;
        self->rate_count = count;
    }
    int64_t passed = now.monotonic_ms - self->rate_at_ms;
    if (passed < RATE_EVERY_MS)
        return;
    double rate = (double) (count - self->rate_count) / (double) passed;
    self->rate = self->rate > 0 ? self->rate * 0.7 + rate * 0.3 : rate;
    self->rate_at_ms = now.monotonic_ms;
    self->rate_count = count;
}

static int64_t
s_eta_seconds(const job_t *self)
{
    if (self->shown_state != JOB_PROCESSING || self->rate <= 0)
        return -1;
    uint32_t left = self->total - self->processed - self->failed;
    return (int64_t) ((double) left / self->rate / 1000.0 + 0.999);
}

static uint32_t
s_poll_after_ms(const job_t *self, int64_t eta_seconds)
{
    if (job_state_is_final(self->shown_state))
        return 0;
    if (self->shown_state == JOB_PAUSED)
        return POLL_IDLE_MS;
    int64_t wanted = eta_seconds < 0 ? (int64_t) POLL_LEAST_MS * 2 : eta_seconds * 1000 / 20;
    if (wanted < POLL_LEAST_MS)
        wanted = POLL_LEAST_MS;
    return (uint32_t) (wanted > POLL_MOST_MS ? POLL_MOST_MS : wanted);
}

void
job_view(const job_t *self, instant_t now, record_job_t *view)
{
    *view = (record_job_t){
        .job_no = self->job_no,
        .job_id = slice_from(self->job_id),
        .state = (uint8_t) self->shown_state,
        .total = self->total,
        .processed = self->processed,
        .failed = self->failed,
        /* Until it is counted a document is under way: what waits for the disk too. */
        .in_flight = self->in_flight + self->done_count - self->processed - self->failed,
        .retrying = (uint32_t) self->retries.size,
        .created_at = self->created_at,
        .started_at = self->shown_started_at,
        .finished_at = self->shown_finished_at,
        .error = self->shown_state == JOB_FAILED ? slice_from(self->error) : (slice_t){0},
        .version = self->version,
        .eta_seconds = s_eta_seconds(self),
        .tokens_in = self->spent.tokens_in,
        .tokens_out = self->spent.tokens_out,
        .cost_nano = self->spent.cost_nano,
    };
    view->poll_after_ms = s_poll_after_ms(self, view->eta_seconds);
    if (self->limit && self->limit->not_before_ms > now.monotonic_ms &&
        self->shown_state == JOB_PROCESSING)
        view->throttled_until = now.wall_ms + self->limit->not_before_ms - now.monotonic_ms;
}

/* ---- long polls ---- */

static void
s_answer(const job_t *self, turn_t *turn, const route_t *route, uint64_t request)
{
    record_job_t view;
    job_view(self, turn->now, &view);
    buffer_t bytes = {0};
    record_job_append(&view, &bytes);
    EFFECT_SEND(turn->effects, EFFECT_REPLY, 0, route, job_view, .request = request,
                .job = buffer_slice(&bytes));
    buffer_free(&bytes);
}

static void
s_answer_waiters(job_t *self, turn_t *turn)
{
    for (waiter_t **link = &self->waiters; *link;) {
        waiter_t *waiter = *link;
        if (self->version <= waiter->above) {
            link = &waiter->next;
            continue;
        }
        s_answer(self, turn, &waiter->route, waiter->request);
        *link = waiter->next;
        deadline_stop(turn->timers, &waiter->over);
        free(waiter);
    }
}

void
job_answer_status(job_t *self, turn_t *turn, const route_t *route,
                  const message_job_status_t *question)
{
    if (question->wait_ms == 0 || self->version > question->above) {
        s_answer(self, turn, route, question->request);
        return;
    }
    waiter_t *waiter = memory_new(sizeof *waiter);
    waiter->job = self;
    waiter->route = *route;
    waiter->request = question->request;
    waiter->above = question->above;
    waiter->next = self->waiters;
    self->waiters = waiter;
    deadline_set(turn->timers, &waiter->over, TIMER_WAITER, waiter,
                 turn->now.monotonic_ms + question->wait_ms);
}

void
job_end_wait(waiter_t *waiter, turn_t *turn)
{
    waiter_t **link = &waiter->job->waiters;
    while (*link != waiter)
        link = &(*link)->next;
    *link = waiter->next;
    s_answer(waiter->job, turn, &waiter->route, waiter->request);
    deadline_stop(turn->timers, &waiter->over);
    free(waiter);
}

/* ---- progress ---- */

static message_progress_t
s_progress(const job_t *self, progress_kind_t kind)
{
    return (message_progress_t){
        .kind = (uint8_t) kind,
        .owner = slice_from(self->user->name),
        .job_id = slice_from(self->job_id),
        .seq = self->version,
        .state = (uint8_t) self->shown_state,
        .total = self->total,
        .processed = self->processed,
        .failed = self->failed,
    };
}

static void
s_publish(turn_t *turn, const message_progress_t *progress)
{
    message_progress_encode(progress, effects_begin(turn->effects, EFFECT_PUBLISH, 0, NULL));
    effects_end(turn->effects);
}

void
job_tell_begun(job_t *self, turn_t *turn, const doc_t *doc)
{
    if (turn->audience) {
        record_document_t record;
        doc_read(doc, &record);
        message_progress_t progress = s_progress(self, PROGRESS_PROCESSING);
        progress.row = doc->row;
        progress.title = record.title;
        progress.retry_count = doc->attempts;
        progress.model_name = slice_from(self->model_name);
        s_publish(turn, &progress);
    }
    s_answer_waiters(self, turn);
}

void
job_tell_throttled(job_t *self, turn_t *turn)
{
    self->version++;
    if (turn->audience) {
        message_progress_t progress = s_progress(self, PROGRESS_THROTTLED);
        int64_t left = self->limit->not_before_ms - turn->now.monotonic_ms;
        progress.retry_after_ms = left > 0 ? (uint32_t) left : 0;
        s_publish(turn, &progress);
    }
    s_answer_waiters(self, turn);
}

void
job_tell_come_back(job_t *self, turn_t *turn)
{
    if (turn->audience) {
        message_progress_t progress = s_progress(self, PROGRESS_RESUMED);
        s_publish(turn, &progress);
    }
}

void
job_tell_keep(note_t *note, const turn_t *turn, doc_t *doc, const verdict_t *verdict)
{
    if (!turn->audience)
        return;
    note->doc = doc;
    buffer_append_slice(&note->frame, verdict->frame);
}

static void
s_publish_document(const job_t *self, turn_t *turn, const note_t *note)
{
    message_done_t done;
    if (note->doc == NULL || message_done_decode(buffer_slice(&note->frame), &done) != STATUS_OK)
        return;
    record_document_t record;
    doc_read(note->doc, &record);
    message_progress_t progress = s_progress(self, note->kind == NOTE_ATTEMPT ? PROGRESS_RETRY
                                                   : note->failed             ? PROGRESS_FAILURE
                                                                              : PROGRESS_SUCCESS);
    progress.row = note->doc->row;
    progress.title = record.title;
    progress.retry_count = note->doc->attempts;
    progress.retry_after_ms = note->kind == NOTE_ATTEMPT ? note->count : 0;
    progress.error_type = done.error_type;
    progress.error = done.error;
    progress.tags = done.tags;
    progress.model_name = done.model_name;
    progress.metadata = done.metadata;
    s_publish(turn, &progress);
}

static void
s_publish_state(const job_t *self, turn_t *turn, const note_t *note)
{
    static const progress_kind_t kinds[JOB_EVENT_COUNT] = {
        [JOB_EVENT_BEGIN] = PROGRESS_STARTED,    [JOB_EVENT_PAUSE] = PROGRESS_PAUSED,
        [JOB_EVENT_RESUME] = PROGRESS_RESUMED,   [JOB_EVENT_CANCEL] = PROGRESS_CANCELLED,
        [JOB_EVENT_FINISH] = PROGRESS_COMPLETED, [JOB_EVENT_FAIL] = PROGRESS_FAILED,
    };
    if (!turn->audience)
        return;
    message_progress_t progress = s_progress(self, kinds[note->event]);
    if (self->shown_state == JOB_FAILED)
        progress.error = slice_from(self->error);
    if (self->shown_finished_at > self->created_at)
        progress.elapsed_ms = (uint64_t) (self->shown_finished_at - self->created_at);
    s_publish(turn, &progress);
}

void
job_tell_committed(job_t *self, turn_t *turn, const note_t *note)
{
    s_measure_rate(self, turn->now);
    if (note->kind == NOTE_STATE) {
        s_publish_state(self, turn, note);
        if (note->route.size)
            EFFECT_SEND(turn->effects, EFFECT_REPLY, 0, &note->route, command_done,
                        .request = note->request, .command = note->command, .state = note->state);
    } else {
        s_publish_document(self, turn, note);
    }
    s_answer_waiters(self, turn);
}
