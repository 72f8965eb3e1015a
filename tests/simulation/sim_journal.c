/* The journal (group commit), the loader and the publisher: threads of the killed process. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "tests/simulation/sim.h"

enum { COMMIT_MOST_MS = 40, DOWN_MOST_MS = 20000 };

/* ---- the journal ---- */

static uint64_t
s_entry_number(slice_t entry)
{
    uint64_t number = 0; /* the first member of every entry */
    memcpy(&number, entry.data + 4, sizeof number);
    return number;
}

static void
s_tell(sim_t *self, slice_t frame)
{
    sim_event_t *event = sim_event_new(EVENT_FRAME, 0, self->run, frame);
    event->origin = ORIGIN_JOURNAL;
    sim_post(self, event, sim_arrival(self, &self->journal.link_ms));
}

static void
s_begin(sim_t *self)
{
    sim_journal_t *journal = &self->journal;
    if (journal->busy || journal->down || journal->count == 0)
        return;
    journal->busy = true;
    sim_post(self, sim_event_new(EVENT_COMMIT, 0, self->run, (slice_t){0}),
             self->now_ms + 1 + sim_pick(self, COMMIT_MOST_MS));
}

void
sim_journal_take(sim_t *self, slice_t entry)
{
    sim_journal_t *journal = &self->journal;
    uint64_t number = s_entry_number(entry);
    if (number != journal->last_entry + 1)
        sim_fail(self, "entry %lu follows entry %lu", number, journal->last_entry);
    journal->last_entry = number;
    if (journal->count == journal->capacity) {
        journal->capacity = journal->capacity ? journal->capacity * 2 : 32;
        journal->pending =
            memory_resize(journal->pending, journal->capacity * sizeof *journal->pending);
    }
    buffer_t *copy = &journal->pending[journal->count++];
    *copy = (buffer_t){0};
    buffer_append_slice(copy, entry);
    s_begin(self);
}

/* What came first is on disk; often that is all of it. */
void
sim_journal_commit(sim_t *self)
{
    sim_journal_t *journal = &self->journal;
    journal->busy = false;
    if (journal->down)
        return;
    size_t count = journal->count;
    if (sim_chance(self, 300))
        count = 1 + sim_pick(self, (uint32_t) count);
    uint64_t through = 0;
    for (size_t i = 0; i < count; i++) {
        slice_t entry = buffer_slice(&journal->pending[i]);
        buffer_t outcome = {0};
        through = s_entry_number(entry);
        sim_trace(self, "commit", 0, entry);
        sim_store_apply(self, entry, &outcome);
        if (outcome.size)
            s_tell(self, buffer_slice(&outcome));
        buffer_free(&outcome);
        buffer_free(&journal->pending[i]);
    }
    journal->count -= count;
    memmove(journal->pending, journal->pending + count, journal->count * sizeof(buffer_t));
    buffer_t frame = {0};
    message_committed_encode(&(message_committed_t){.through = through}, &frame);
    s_tell(self, buffer_slice(&frame));
    buffer_free(&frame);
    s_begin(self);
}

/* The store fails for a while, or works again. */
void
sim_journal_toggle(sim_t *self)
{
    sim_journal_t *journal = &self->journal;
    bool down = !journal->down && sim_fault(self, 4 * self->weather.store_down);
    if (down != journal->down) {
        journal->down = down;
        sim_trace(self, down ? "store down" : "store up", 0, (slice_t){0});
        buffer_t frame = {0};
        message_store_state_encode(
            &(message_store_state_t){.ok = !down, .detail = SLICE("no space is left")}, &frame);
        if (self->control)
            s_tell(self, buffer_slice(&frame));
        buffer_free(&frame);
        s_begin(self);
    }
    if (!self->calm)
        sim_post(self, sim_event_new(EVENT_STORE, 0, 0, (slice_t){0}),
                 self->now_ms + 1 + sim_pick(self, DOWN_MOST_MS));
}

/* A new run begins: what was staged is garbage, open jobs are told. */
void
sim_journal_recover(sim_t *self)
{
    self->journal.last_entry = 0;
    self->journal.busy = false;
    self->journal.link_ms = self->journal.loader_link_ms = self->now_ms;
    buffer_t frame = {0}, record = {0};
    if (self->journal.down) {
        message_store_state_encode(&(message_store_state_t){.ok = 0}, &frame);
        s_tell(self, buffer_slice(&frame));
    }
    for (size_t i = 0; i < self->store.count; i++) {
        sim_job_t *job = self->store.jobs[i];
        if (job->phase == SIM_STAGED)
            job->phase = SIM_GARBAGE;
        if (job->phase != SIM_CREATED || job_state_is_final(job->state))
            continue;
        buffer_clear(&frame);
        buffer_clear(&record);
        sim_store_record(job, &record);
        message_recovered_encode(&(message_recovered_t){.job = buffer_slice(&record)}, &frame);
        s_tell(self, buffer_slice(&frame));
    }
    buffer_clear(&frame);
    message_recovery_done_encode(&(message_recovery_done_t){.next_job_no = self->store.next_job_no},
                                 &frame);
    s_tell(self, buffer_slice(&frame));
    buffer_free(&frame);
    buffer_free(&record);
}

void
sim_journal_lose(sim_t *self)
{
    for (size_t i = 0; i < self->journal.count; i++)
        buffer_free(&self->journal.pending[i]);
    self->journal.count = 0;
    self->journal.busy = false;
}

/* ---- the loader ---- */

void
sim_loader_take(sim_t *self, slice_t frame)
{
    sim_post(self, sim_event_new(EVENT_LOAD, 0, self->run, frame),
             sim_arrival(self, &self->journal.loader_link_ms));
}

/* Rows without a result, of a bounded number that are looked at. */
static void
s_read(sim_t *self, const sim_job_t *job, const message_load_window_t *wanted,
       message_window_t *window, buffer_t *documents)
{
    uint32_t row = wanted->from_row, found = 0;
    uint32_t until = row + 1 + sim_pick(self, 64);
    for (; row < job->doc_count && found < wanted->limit && row < until; row++) {
        const sim_doc_t *doc = &job->docs[row];
        if (doc->has_result)
            continue;
        found++;
        record_document_append(&(record_document_t){.row = row,
                                                    .attempts = doc->attempts,
                                                    .losses = doc->losses,
                                                    .path = SLICE("x"),
                                                    .title = SLICE("t")},
                               documents);
    }
    window->next_row = row;
    window->last = 1;
    for (; row < job->doc_count; row++)
        if (!job->docs[row].has_result)
            window->last = 0;
}

void
sim_loader_read(sim_t *self, const sim_event_t *event)
{
    message_load_window_t wanted;
    if (message_load_window_decode((slice_t){event->frame, event->size}, &wanted) != STATUS_OK)
        sim_fail(self, "LOAD_WINDOW does not decode");
    const sim_job_t *job = sim_store_find(self, wanted.job_no);
    if (job == NULL || job->phase != SIM_CREATED)
        sim_fail(self, "the window of job %lu, which is not there", wanted.job_no);
    message_window_t window = {.job_no = wanted.job_no, .load = wanted.load};
    window.ok = !sim_fault(self, self->weather.load_failure);
    buffer_t documents = {0}, frame = {0};
    if (window.ok)
        s_read(self, job, &wanted, &window, &documents);
    window.documents = buffer_slice(&documents);
    message_window_encode(&window, &frame);
    sim_event_t *answer = sim_event_new(EVENT_FRAME, 0, self->run, buffer_slice(&frame));
    answer->origin = ORIGIN_LOADER;
    sim_post(self, answer, sim_arrival(self, &self->journal.loader_link_ms));
    buffer_free(&documents);
    buffer_free(&frame);
}

/* ---- the publisher ---- */

void
sim_audience_toggle(sim_t *self)
{
    if (self->control && (self->audience || sim_chance(self, self->weather.audience))) {
        self->audience = !self->audience;
        buffer_t frame = {0};
        message_audience_encode(&(message_audience_t){.listening = self->audience}, &frame);
        sim_event_t *event = sim_event_new(EVENT_FRAME, 0, self->run, buffer_slice(&frame));
        event->origin = ORIGIN_PUBLISHER;
        sim_post(self, event, self->now_ms);
        buffer_free(&frame);
    }
    if (!self->calm)
        sim_post(self, sim_event_new(EVENT_AUDIENCE, 0, 0, (slice_t){0}),
                 self->now_ms + 1 + sim_pick(self, 20000));
}
