/* Starts: documents are staged chunk by chunk, and become a job in one entry. */
#include <stdlib.h>

#include "actors/control_self.h"
#include "base/memory.h"

/* ---- the table of starts ---- */

static void
s_destroy(void **item)
{
    intake_t *intake = *item;
    buffer_wipe(&intake->open_frame); /* it may hold a key */
    buffer_free(&intake->open_frame);
    free(intake);
    *item = NULL;
}

static size_t
s_hash(const void *item)
{
    const intake_key_t *key = item;
    uint64_t hash = key->intake;
    for (uint8_t i = 0; i < key->route.size; i++)
        hash = hash * 31 + key->route.bytes[i];
    return registry_hash(&hash);
}

static int
s_compare(const void *a, const void *b)
{
    const intake_key_t *x = a, *y = b;
    return x->intake == y->intake && route_equal(&x->route, &y->route) ? 0 : 1;
}

zhashx_t *
control_intakes_new(void)
{
    zhashx_t *table = zhashx_new();
    zhashx_set_key_hasher(table, s_hash);
    zhashx_set_key_comparator(table, s_compare);
    zhashx_set_key_duplicator(table, NULL);
    zhashx_set_key_destructor(table, NULL);
    zhashx_set_destructor(table, s_destroy);
    return table;
}

static intake_t *
s_find(control_t *self, const route_t *from, uint64_t intake)
{
    return zhashx_lookup(self->intakes, &(intake_key_t){.route = *from, .intake = intake});
}

/* ---- starts ---- */

/* Forgets an intake; its staged documents are removed when `discard`. */
static void
s_drop(control_t *self, turn_t *turn, intake_t *intake, bool discard)
{
    if (discard && intake->rows) {
        uint64_t entry = ledger_note(turn->ledger, &(note_t){.kind = NOTE_QUIET});
        EFFECT_SEND(turn->effects, EFFECT_JOURNAL, 0, NULL, entry_discard, .entry = entry,
                    .job_no = intake->job_no);
    }
    deadline_stop(&self->timers, &intake->idle);
    zhashx_delete(self->intakes, &intake->key);
}

void
control_intake_idle(control_t *self, turn_t *turn, intake_t *intake)
{
    s_drop(self, turn, intake, true);
}

static bool
s_refused(control_t *self, turn_t *turn, const route_t *from, uint64_t request)
{
    if (control_refuses_writing(self, turn, from, request))
        return true;
    if (registry_size(self->registry) >= self->options.active_jobs) {
        control_refuse(turn, from, request, STATUS_UNAVAILABLE,
                       "too many jobs are active; try again when some have ended");
        return true;
    }
    return false;
}

status_t
on_start_open(control_t *self, turn_t *turn, const route_t *from, slice_t frame)
{
    message_start_open_t open;
    if (message_start_open_decode(frame, &open) != STATUS_OK)
        return STATUS_MALFORMED;
    if (s_refused(self, turn, from, open.request))
        return STATUS_OK;
    if (s_find(self, from, open.intake))
        return STATUS_OK; /* said twice: the first stands */
    intake_t *intake = memory_new(sizeof *intake);
    intake->key = (intake_key_t){.route = *from, .intake = open.intake};
    intake->job_no = self->next_job_no++;
    buffer_append_slice(&intake->open_frame, frame);
    zhashx_insert(self->intakes, &intake->key, intake);
    deadline_set(&self->timers, &intake->idle, TIMER_INTAKE, intake,
                 turn->now.monotonic_ms + INTAKE_IDLE_MS);
    return STATUS_OK;
}

status_t
on_start_chunk(control_t *self, turn_t *turn, const route_t *from, slice_t frame)
{
    message_start_chunk_t chunk;
    if (message_start_chunk_decode(frame, &chunk) != STATUS_OK)
        return STATUS_MALFORMED;
    intake_t *intake = s_find(self, from, chunk.intake);
    if (intake == NULL || !self->store_ok) {
        if (intake)
            s_drop(self, turn, intake, true);
        control_refuse(turn, from, chunk.request, STATUS_UNAVAILABLE,
                       "the start was given up; nothing was accepted");
        return STATUS_OK;
    }
    if (chunk.first_row < intake->rows) {
        return STATUS_OK; /* said twice */
    }
    if (chunk.first_row != intake->rows || chunk.count == 0) {
        s_drop(self, turn, intake, true);
        control_refuse(turn, from, chunk.request, STATUS_UNAVAILABLE,
                       "a part of the documents was lost on the way; nothing was accepted");
        return STATUS_OK;
    }
    intake->rows += chunk.count;
    deadline_set(&self->timers, &intake->idle, TIMER_INTAKE, intake,
                 turn->now.monotonic_ms + INTAKE_IDLE_MS);
    uint64_t entry = ledger_note(turn->ledger, &(note_t){.kind = NOTE_CHUNK,
                                                         .route = *from,
                                                         .request = chunk.request,
                                                         .number = chunk.intake,
                                                         .count = intake->rows});
    EFFECT_SEND(turn->effects, EFFECT_JOURNAL, 0, NULL, entry_stage, .entry = entry,
                .job_no = intake->job_no, .first_row = chunk.first_row, .count = chunk.count,
                .documents = chunk.documents);
    return STATUS_OK;
}

status_t
on_start_close(control_t *self, turn_t *turn, const route_t *from, slice_t frame)
{
    message_start_close_t close;
    if (message_start_close_decode(frame, &close) != STATUS_OK)
        return STATUS_MALFORMED;
    intake_t *intake = s_find(self, from, close.intake);
    if (intake == NULL) {
        control_refuse(turn, from, close.request, STATUS_UNAVAILABLE,
                       "the start was given up; send it again with the same job_id");
        return STATUS_OK;
    }
    message_start_open_t open;
    bool whole = close.total == intake->rows && close.total > 0 &&
                 message_start_open_decode(buffer_slice(&intake->open_frame), &open) == STATUS_OK;
    if (!whole || !self->store_ok) {
        s_drop(self, turn, intake, true);
        control_refuse(turn, from, close.request, STATUS_UNAVAILABLE,
                       "not all documents arrived; nothing was accepted");
        return STATUS_OK;
    }
    uint64_t entry = ledger_note(turn->ledger, &(note_t){.kind = NOTE_CREATE,
                                                         .route = *from,
                                                         .request = close.request,
                                                         .number = intake->job_no});
    EFFECT_SEND(turn->effects, EFFECT_JOURNAL, 0, NULL, entry_create, .entry = entry,
                .job_no = intake->job_no, .owner = open.owner, .job_id = open.job_id,
                .total = close.total, .created_at = turn->now.wall_ms, .digest = close.digest,
                .columns = close.columns, .mapping = close.mapping, .model_name = open.model_name,
                .page_limit = open.page_limit, .tag_limit = open.tag_limit,
                .language = open.language, .priority = open.priority,
                .max_attempts = open.max_attempts, .callback_url = open.callback_url,
                .exclusions = open.exclusions, .may_fall_back = open.may_fall_back,
                .api_key = open.api_key);
    turn->effects->has_secret |= open.api_key.size > 0;
    s_drop(self, turn, intake, false);
    return STATUS_OK;
}

status_t
on_start_abort(control_t *self, turn_t *turn, const route_t *from, slice_t frame)
{
    message_start_abort_t abort_;
    if (message_start_abort_decode(frame, &abort_) != STATUS_OK)
        return STATUS_MALFORMED;
    intake_t *intake = s_find(self, from, abort_.intake);
    if (intake)
        s_drop(self, turn, intake, true);
    return STATUS_OK;
}
