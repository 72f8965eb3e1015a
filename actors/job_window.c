#include "actors/job_window.h"

#include <assert.h>

/* ---- the window as a queue ---- */

static void
s_push_back(job_t *self, doc_t *doc)
{
    doc->next = NULL;
    *self->ready_end = doc;
    self->ready_end = &doc->next;
    self->ready_count++;
}

void
job_window_push_front(job_t *self, doc_t *doc)
{
    if (self->ready == NULL) {
        s_push_back(self, doc);
        return;
    }
    doc->next = self->ready;
    self->ready = doc;
    self->ready_count++;
}

static doc_t *
s_pop(job_t *self)
{
    doc_t *doc = self->ready;
    assert(doc);
    self->ready = doc->next;
    if (self->ready == NULL)
        self->ready_end = &self->ready;
    self->ready_count--;
    doc->next = NULL;
    return doc;
}

void
job_window_clear(job_t *self)
{
    while (self->ready)
        doc_free(s_pop(self));
}

/* ---- the window ---- */

void
job_window_load(job_t *self, turn_t *turn)
{
    if (self->load || self->exhausted || heap_has(&self->load_timer.node) ||
        (self->state != JOB_PENDING && self->state != JOB_PROCESSING) ||
        self->ready_count > self->window_size / 2)
        return;
    self->load = ++self->last_load;
    EFFECT_SEND(turn->effects, EFFECT_LOAD, 0, NULL, load_window, .job_no = self->job_no,
                .load = self->load, .from_row = self->next_row, .limit = self->window_size);
    if (self->window_size < WINDOW_MOST)
        self->window_size *= 2;
}

void
job_load_again(job_t *self, turn_t *turn)
{
    job_window_load(self, turn);
}

void
job_take_window(job_t *self, turn_t *turn, const message_window_t *window)
{
    if (self->load == 0 || window->load != self->load)
        return;
    self->load = 0;
    if (!window->ok) {
        deadline_set(turn->timers, &self->load_timer, TIMER_LOAD, self,
                     turn->now.monotonic_ms + LOAD_AGAIN_MS);
        return;
    }
    slice_t rest = window->documents;
    record_document_t record;
    while (rest.size && record_document_take(&rest, &record) == STATUS_OK)
        if (record.row >= self->next_row)
            s_push_back(self, doc_new(&record));
    if (window->next_row > self->next_row)
        self->next_row = window->next_row;
    self->exhausted = window->last != 0;
    job_window_load(self, turn);
}

doc_t *
job_take_ready(job_t *self, turn_t *turn)
{
    doc_t *doc = s_pop(self);
    doc->touched = true;
    job_window_load(self, turn);
    return doc;
}

void
job_window_shed(job_t *self, turn_t *turn)
{
    doc_t *doc = self->ready;
    self->ready = NULL;
    self->ready_end = &self->ready;
    self->ready_count = 0;
    while (doc) {
        doc_t *next = doc->next;
        if (doc->touched) {
            s_push_back(self, doc);
        } else {
            if (doc->row < self->next_row)
                self->next_row = doc->row;
            self->exhausted = false;
            doc_free(doc);
        }
        doc = next;
    }
    self->load = 0;
    self->window_size = WINDOW_FIRST;
    deadline_stop(turn->timers, &self->load_timer);
}
