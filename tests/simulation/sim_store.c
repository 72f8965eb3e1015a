/* The store as store.h promises it, in memory: only what was committed is here. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "actors/job_state.h"
#include "base/memory.h"
#include "tests/simulation/sim.h"

sim_job_t *
sim_store_find(sim_t *self, uint64_t job_no)
{
    for (size_t i = 0; i < self->store.count; i++)
        if (self->store.jobs[i]->job_no == job_no)
            return self->store.jobs[i];
    return NULL;
}

sim_job_t *
sim_store_find_id(sim_t *self, slice_t owner, slice_t job_id)
{
    for (size_t i = 0; i < self->store.count; i++) {
        sim_job_t *job = self->store.jobs[i];
        if (job->phase == SIM_CREATED && slice_equal(job->create.owner, owner) &&
            slice_equal(job->create.job_id, job_id))
            return job;
    }
    return NULL;
}

static sim_job_t *
s_require(sim_t *self, uint64_t job_no)
{
    sim_job_t *job = sim_store_find(self, job_no);
    if (job)
        return job;
    sim_store_t *store = &self->store;
    if (store->count == store->capacity) {
        store->capacity = store->capacity ? store->capacity * 2 : 8;
        store->jobs = memory_resize(store->jobs, store->capacity * sizeof *store->jobs);
    }
    job = memory_new(sizeof *job);
    job->job_no = job_no;
    store->jobs[store->count++] = job;
    if (job_no >= store->next_job_no)
        store->next_job_no = job_no + 1;
    return job;
}

void
sim_store_free(sim_t *self)
{
    for (size_t i = 0; i < self->store.count; i++) {
        sim_job_t *job = self->store.jobs[i];
        free(job->docs);
        buffer_free(&job->frame);
        free(job);
    }
    free(self->store.jobs);
}

void
sim_store_record(const sim_job_t *job, buffer_t *out)
{
    const message_entry_create_t *create = &job->create;
    bool limited = !slice_is(create->model_name, "offline");
    record_stored_job_append(
        &(record_stored_job_t){.job_no = job->job_no,
                               .owner = create->owner,
                               .job_id = create->job_id,
                               .state = (uint8_t) job->state,
                               .total = create->total,
                               .processed = job->processed,
                               .failed = job->failed,
                               .version = job->version,
                               .created_at = create->created_at,
                               .started_at = job->started_at,
                               .finished_at = job->finished_at,
                               .error = slice_from(job->error),
                               .model_name = create->model_name,
                               .page_limit = create->page_limit,
                               .tag_limit = create->tag_limit,
                               .language = create->language,
                               .priority = create->priority,
                               .max_attempts = create->max_attempts,
                               .callback_url = create->callback_url,
                               .exclusions = create->exclusions,
                               .tokens_in = job->tokens_in,
                               .cost_nano = job->cost_nano,
                               .limit_name = limited ? create->model_name : (slice_t){0}},
        out);
}

/* ---- starts ---- */

static void
s_stage(sim_t *self, slice_t frame)
{
    message_entry_stage_t entry;
    record_document_t record;
    if (message_entry_stage_decode(frame, &entry) != STATUS_OK)
        sim_fail(self, "ENTRY_STAGE does not decode");
    sim_job_t *job = s_require(self, entry.job_no);
    if (job->phase != SIM_STAGED)
        sim_fail(self, "documents are staged for job %lu, which is made or discarded", job->job_no);
    while (entry.documents.size) {
        if (record_document_take(&entry.documents, &record) != STATUS_OK)
            sim_fail(self, "a staged document does not decode");
        if (record.row >= job->doc_count) {
            job->docs = memory_resize(job->docs, (record.row + 1) * sizeof *job->docs);
            memset(job->docs + job->doc_count, 0,
                   (record.row + 1 - job->doc_count) * sizeof *job->docs);
            job->doc_count = record.row + 1;
        }
        sim_doc_t *doc = &job->docs[record.row];
        if (doc->present)
            continue;
        char path[32];
        snprintf(path, sizeof path, "%.*s", SLICE_ARG(record.path));
        doc->present = true;
        if (sscanf(path, "%u/%u", &doc->client, &doc->start_no) != 2)
            sim_fail(self, "a document has the path %s", path);
        if (doc->client != job->docs[0].client || doc->start_no != job->docs[0].start_no)
            sim_fail(self, "job %lu has documents of two starts", job->job_no);
        self->clients[doc->client].rows_stored[doc->start_no]++;
    }
}

static void
s_tell_job(const message_entry_create_t *entry, outcome_kind_t kind, const sim_job_t *job,
           uint64_t number, uint32_t retried, buffer_t *outcome)
{
    (void) entry;
    buffer_t record = {0};
    if (job)
        sim_store_record(job, &record);
    message_outcome_encode(&(message_outcome_t){.entry = number,
                                                .outcome = (uint8_t) kind,
                                                .retried = retried,
                                                .job = buffer_slice(&record)},
                           outcome);
    buffer_free(&record);
}

static void
s_create(sim_t *self, slice_t frame, buffer_t *outcome)
{
    message_entry_create_t entry;
    if (message_entry_create_decode(frame, &entry) != STATUS_OK)
        sim_fail(self, "ENTRY_CREATE does not decode");
    sim_job_t *job = s_require(self, entry.job_no);
    if (job->phase != SIM_STAGED)
        sim_fail(self, "job %lu is created twice or was discarded", job->job_no);
    sim_job_t *existing = sim_store_find_id(self, entry.owner, entry.job_id);
    if (existing) {
        job->phase = SIM_GARBAGE;
        bool same = slice_equal(existing->create.digest, entry.digest);
        s_tell_job(&entry, same ? OUTCOME_REPEATED : OUTCOME_ID_TAKEN, existing, entry.entry, 0,
                   outcome);
        return;
    }
    if (job->doc_count != entry.total)
        sim_fail(self, "job %lu has %u documents and not %u", job->job_no, job->doc_count,
                 entry.total);
    for (uint32_t row = 0; row < job->doc_count; row++)
        if (!job->docs[row].present)
            sim_fail(self, "job %lu lacks row %u", job->job_no, row);
    buffer_append_slice(&job->frame, frame);
    if (message_entry_create_decode(buffer_slice(&job->frame), &job->create) != STATUS_OK)
        sim_fail(self, "ENTRY_CREATE does not decode again");
    job->phase = SIM_CREATED;
    job->states_kept = 1u << JOB_PENDING;
    s_tell_job(&entry, OUTCOME_CREATED, job, entry.entry, 0, outcome);
}

static void
s_discard(sim_t *self, slice_t frame)
{
    message_entry_discard_t entry;
    if (message_entry_discard_decode(frame, &entry) != STATUS_OK)
        sim_fail(self, "ENTRY_DISCARD does not decode");
    sim_job_t *job = sim_store_find(self, entry.job_no);
    if (job == NULL || job->phase != SIM_STAGED)
        sim_fail(self, "job %lu is discarded and was not staged", entry.job_no);
    job->phase = SIM_GARBAGE;
}

/* ---- work ---- */

static sim_job_t *
s_working(sim_t *self, uint64_t job_no, const char *what)
{
    sim_job_t *job = sim_store_find(self, job_no);
    if (job == NULL || job->phase != SIM_CREATED)
        sim_fail(self, "%s of job %lu, which is not there", what, job_no);
    if (job_state_is_final(job->state))
        sim_fail(self, "%s of job %lu, which is %s", what, job_no, job_state_word(job->state));
    return job;
}

static void
s_result(sim_t *self, slice_t frame)
{
    message_entry_result_t entry;
    if (message_entry_result_decode(frame, &entry) != STATUS_OK)
        sim_fail(self, "ENTRY_RESULT does not decode");
    sim_job_t *job = s_working(self, entry.job_no, "a result");
    if (entry.row >= job->doc_count)
        sim_fail(self, "a result of row %u of job %lu", entry.row, job->job_no);
    sim_doc_t *doc = &job->docs[entry.row];
    if (doc->has_result)
        sim_fail(self, "a second result of row %u of job %lu", entry.row, job->job_no);
    if (entry.attempts > job->create.max_attempts)
        sim_fail(self, "row %u of job %lu was tried %u times", entry.row, job->job_no,
                 entry.attempts);
    bool limited = !slice_is(job->create.model_name, "offline");
    if (entry.error_type == ERROR_AUTH || (limited && entry.error_type == ERROR_RATE_LIMIT))
        sim_fail(self, "row %u of job %lu is given up for what is not its own fault", entry.row,
                 job->job_no);
    doc->has_result = doc->had_result = true;
    doc->error_type = entry.error_type;
    self->results++;
    if (entry.error_type == ERROR_NONE)
        job->processed++;
    else
        job->failed++;
    if (job->processed > job->processed_most)
        job->processed_most = job->processed;
    if (job->failed > job->failed_most)
        job->failed_most = job->failed;
    if (entry.version > job->version)
        job->version = entry.version;
    job->tokens_in += entry.tokens_in;
    job->cost_nano += entry.cost_nano;
}

static void
s_attempt(sim_t *self, slice_t frame)
{
    message_entry_attempt_t entry;
    if (message_entry_attempt_decode(frame, &entry) != STATUS_OK)
        sim_fail(self, "ENTRY_ATTEMPT does not decode");
    sim_job_t *job = s_working(self, entry.job_no, "an attempt");
    if (entry.row >= job->doc_count || job->docs[entry.row].has_result)
        sim_fail(self, "an attempt of row %u of job %lu", entry.row, job->job_no);
    sim_doc_t *doc = &job->docs[entry.row];
    job->tokens_in += entry.tokens_in;
    job->cost_nano += entry.cost_nano;
    if (entry.attempts + entry.losses != doc->attempts + doc->losses + 1)
        sim_fail(self, "row %u of job %lu: %u attempts and %u losses after %u and %u", entry.row,
                 job->job_no, entry.attempts, entry.losses, doc->attempts, doc->losses);
    doc->attempts = entry.attempts;
    doc->losses = entry.losses;
}

static void
s_count_command(sim_job_t *job, job_state_t before)
{
    if (job->state == JOB_PAUSED)
        job->kept[JOB_COMMAND_PAUSE]++;
    else if (job->state == JOB_CANCELLED)
        job->kept[JOB_COMMAND_CANCEL]++;
    else if (before == JOB_PAUSED && job->state == JOB_PROCESSING)
        job->kept[JOB_COMMAND_RESUME]++;
}

static void
s_state(sim_t *self, slice_t frame)
{
    message_entry_state_t entry;
    if (message_entry_state_decode(frame, &entry) != STATUS_OK || entry.state >= JOB_STATE_COUNT)
        sim_fail(self, "ENTRY_STATE does not decode");
    sim_job_t *job = s_working(self, entry.job_no, "a state");
    job_state_t before = job->state, next = (job_state_t) entry.state, reached;
    bool legal = next == before;
    for (int event = 0; event < JOB_EVENT_COUNT; event++)
        if (job_state_next(before, (job_event_t) event, &reached) && reached == next)
            legal = true;
    if (!legal)
        sim_fail(self, "job %lu goes from %s to %s", job->job_no, job_state_word(before),
                 job_state_word(next));
    if (next == JOB_COMPLETED && job->processed + job->failed != job->create.total)
        sim_fail(self, "job %lu is completed with %u and %u of %u", job->job_no, job->processed,
                 job->failed, job->create.total);
    job->state = next;
    job->states_kept |= 1u << next;
    if (next != before)
        s_count_command(job, before);
    job->started_at = entry.started_at;
    job->finished_at = entry.finished_at;
    snprintf(job->error, sizeof job->error, "%.*s", SLICE_ARG(entry.error));
    if (entry.version > job->version)
        job->version = entry.version;
}

/* ---- retry ---- */

static uint32_t
s_put_back(sim_job_t *job)
{
    uint32_t retried = 0;
    for (uint32_t row = 0; row < job->doc_count; row++) {
        sim_doc_t *doc = &job->docs[row];
        doc->attempts = doc->losses = 0;
        if (doc->has_result && doc->error_type == ERROR_NONE)
            continue;
        doc->has_result = false;
        doc->result_run = 0;
        retried++;
    }
    return retried;
}

static void
s_revive(sim_t *self, slice_t frame, buffer_t *outcome)
{
    message_entry_revive_t entry;
    if (message_entry_revive_decode(frame, &entry) != STATUS_OK)
        sim_fail(self, "ENTRY_REVIVE does not decode");
    sim_job_t *job = sim_store_find_id(self, entry.owner, entry.job_id);
    outcome_kind_t kind = OUTCOME_REVIVED;
    uint32_t retried = 0;
    if (job == NULL) {
        kind = OUTCOME_NOT_FOUND;
    } else if (job->state != JOB_COMPLETED && job->state != JOB_FAILED) {
        kind = OUTCOME_WRONG_STATE;
    } else if (job->failed == 0 && job->processed == job->create.total) {
        kind = OUTCOME_NOTHING;
    } else {
        retried = s_put_back(job);
        job->state = JOB_PROCESSING;
        job->failed = 0;
        job->finished_at = 0;
        job->error[0] = '\0';
        job->states_kept |= 1u << JOB_PROCESSING;
        job->kept[JOB_COMMAND_RETRY]++;
        job->revived_above = job->version++; /* as the store does it */
        job->pause_told = false;
        job->resumed_order = ++self->order;
    }
    s_tell_job(NULL, kind, job, entry.entry, retried, outcome);
}

void
sim_store_apply(sim_t *self, slice_t entry, buffer_t *outcome)
{
    switch (message_number(entry)) {
    case MESSAGE_ENTRY_STAGE: s_stage(self, entry); break;
    case MESSAGE_ENTRY_DISCARD: s_discard(self, entry); break;
    case MESSAGE_ENTRY_CREATE: s_create(self, entry, outcome); break;
    case MESSAGE_ENTRY_RESULT: s_result(self, entry); break;
    case MESSAGE_ENTRY_ATTEMPT: s_attempt(self, entry); break;
    case MESSAGE_ENTRY_STATE: s_state(self, entry); break;
    case MESSAGE_ENTRY_REVIVE: s_revive(self, entry, outcome); break;
    default: sim_fail(self, "the journal was given %s", message_name(message_number(entry)));
    }
}
