/* What each entry does to the store, and the outcomes that follow it. */
#include <string.h>

#include "actors/journal_self.h"
#include "base/log.h"
#include "messages/message.h"

/* Applies one entry within the transaction. MALFORMED: the frame does not decode. */
typedef status_t(journal_handler_fn)(journal_t *self, slice_t frame, fault_t *fault);

/* ---- frames behind their size ---- */

void
journal_append_frame(buffer_t *out, slice_t frame)
{
    uint32_t size = (uint32_t) frame.size;
    buffer_append(out, &size, sizeof size);
    buffer_append_slice(out, frame);
}

bool
journal_take_frame(slice_t *rest, slice_t *frame)
{
    uint32_t size = 0;
    if (rest->size < sizeof size)
        return false;
    memcpy(&size, rest->data, sizeof size);
    *frame = (slice_t){.data = rest->data + sizeof size, .size = size};
    rest->data += sizeof size + size;
    rest->size -= sizeof size + size;
    return true;
}

/* ---- jobs as messages ---- */

void
journal_append_job(journal_t *self, const store_job_t *job, slice_t api_key)
{
    buffer_wipe(&self->scratch);
    slice_t limit_name = journal_keys_limit(&self->keys, job->config.model_name, api_key);
    record_stored_job_append(&(record_stored_job_t){.job_no = job->job_no,
                                                    .owner = job->owner,
                                                    .job_id = job->job_id,
                                                    .state = (uint8_t) job->state,
                                                    .total = job->total,
                                                    .processed = job->processed,
                                                    .failed = job->failed,
                                                    .version = job->version,
                                                    .created_at = job->created_at,
                                                    .started_at = job->started_at,
                                                    .finished_at = job->finished_at,
                                                    .error = job->error,
                                                    .model_name = job->config.model_name,
                                                    .page_limit = job->config.page_limit,
                                                    .tag_limit = job->config.tag_limit,
                                                    .language = job->config.language,
                                                    .priority = job->config.priority,
                                                    .max_attempts = job->config.max_attempts,
                                                    .callback_url = job->config.callback_url,
                                                    .exclusions = job->config.exclusions,
                                                    .may_fall_back = job->config.may_fall_back,
                                                    .tokens_in = job->spent.tokens_in,
                                                    .tokens_out = job->spent.tokens_out,
                                                    .cost_nano = job->spent.cost_nano,
                                                    .limit_name = limit_name,
                                                    .api_key = api_key},
                             &self->scratch);
}

/* A job that is there already, or that is revived: its key, where it has one, is the entry's. */
static void
s_on_found_job(void *context, const store_job_t *job)
{
    journal_t *self = context;
    journal_append_job(self, job, self->entry_key);
}

static void
s_note_outcome(journal_t *self, uint64_t entry, outcome_kind_t outcome, uint32_t retried)
{
    buffer_t frame = {0}; /* may hold a key */
    message_outcome_encode(&(message_outcome_t){.entry = entry,
                                                .outcome = (uint8_t) outcome,
                                                .retried = retried,
                                                .job = buffer_slice(&self->scratch)},
                           &frame);
    journal_append_frame(&self->outcomes, buffer_slice(&frame));
    buffer_wipe(&frame);
    buffer_free(&frame);
}

/* ---- handlers ---- */

static status_t
on_stage(journal_t *self, slice_t frame, fault_t *fault)
{
    message_entry_stage_t entry;
    if (message_entry_stage_decode(frame, &entry) != STATUS_OK)
        return STATUS_MALFORMED;
    record_document_t record;
    uint32_t row = entry.first_row;
    for (slice_t rest = entry.documents; rest.size; row++) {
        if (record_document_take(&rest, &record) != STATUS_OK || record.source >= SOURCE_TYPE_COUNT)
            return STATUS_MALFORMED;
        store_document_t document = {.row = row,
                                     .source = (source_type_t) record.source,
                                     .path = record.path,
                                     .title = record.title,
                                     .description = record.description,
                                     .publishing_date = record.publishing_date,
                                     .file_size = record.file_size,
                                     .columns = record.columns};
        status_t status = store_stage(self->store, entry.job_no, &document, fault);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static status_t
on_discard(journal_t *self, slice_t frame, fault_t *fault)
{
    message_entry_discard_t entry;
    if (message_entry_discard_decode(frame, &entry) != STATUS_OK)
        return STATUS_MALFORMED;
    self->garbage = true;
    return store_discard(self->store, entry.job_no, fault);
}

static status_t
on_create(journal_t *self, slice_t frame, fault_t *fault)
{
    message_entry_create_t entry;
    if (message_entry_create_decode(frame, &entry) != STATUS_OK)
        return STATUS_MALFORMED;
    store_job_t job = {.job_no = entry.job_no,
                       .owner = entry.owner,
                       .job_id = entry.job_id,
                       .state = JOB_PENDING,
                       .total = entry.total,
                       .created_at = entry.created_at,
                       .config = {.model_name = entry.model_name,
                                  .page_limit = entry.page_limit,
                                  .tag_limit = entry.tag_limit,
                                  .language = entry.language,
                                  .priority = entry.priority,
                                  .max_attempts = entry.max_attempts,
                                  .callback_url = entry.callback_url,
                                  .exclusions = entry.exclusions,
                                  .may_fall_back = entry.may_fall_back != 0}};
    store_request_t request = {
        .digest = entry.digest, .columns = entry.columns, .mapping = entry.mapping};
    store_created_t created = STORE_CREATED;
    buffer_wipe(&self->scratch);
    self->entry_key = (slice_t){0};
    status_t status =
        store_create(self->store, &job, &request, &created, s_on_found_job, self, fault);
    if (status == STATUS_OK && created == STORE_CREATED)
        status = journal_keys_keep(&self->keys, self->store, job.job_no, entry.api_key, fault);
    if (status != STATUS_OK)
        return status;
    static const outcome_kind_t outcomes[] = {[STORE_CREATED] = OUTCOME_CREATED,
                                              [STORE_REPEATED] = OUTCOME_REPEATED,
                                              [STORE_ID_TAKEN] = OUTCOME_ID_TAKEN};
    if (created == STORE_CREATED)
        journal_append_job(self, &job, entry.api_key);
    else
        self->garbage = true;
    s_note_outcome(self, entry.entry, outcomes[created], 0);
    return STATUS_OK;
}

static status_t
on_result(journal_t *self, slice_t frame, fault_t *fault)
{
    message_entry_result_t entry;
    if (message_entry_result_decode(frame, &entry) != STATUS_OK ||
        entry.error_type >= ERROR_TYPE_COUNT)
        return STATUS_MALFORMED;
    store_result_t result = {.row = entry.row,
                             .attempts = entry.attempts,
                             .error_type = (error_type_t) entry.error_type,
                             .error = entry.error,
                             .tags = entry.tags,
                             .model_name = entry.model_name,
                             .metadata = entry.metadata,
                             .spent = {entry.tokens_in, entry.tokens_out, entry.cost_nano}};
    bool added = false;
    status_t status =
        store_add_result(self->store, entry.job_no, entry.version, &result, &added, fault);
    if (status == STATUS_OK && !added)
        log_error("journal", "a document had its result already", LOG_N("job", entry.job_no),
                  LOG_N("row", entry.row));
    return status;
}

static status_t
on_attempt(journal_t *self, slice_t frame, fault_t *fault)
{
    message_entry_attempt_t entry;
    if (message_entry_attempt_decode(frame, &entry) != STATUS_OK)
        return STATUS_MALFORMED;
    store_spent_t spent = {entry.tokens_in, entry.tokens_out, entry.cost_nano};
    return store_set_attempts(self->store, entry.job_no, entry.row, entry.attempts, entry.losses,
                              &spent, fault);
}

static status_t
on_state(journal_t *self, slice_t frame, fault_t *fault)
{
    message_entry_state_t entry;
    if (message_entry_state_decode(frame, &entry) != STATUS_OK || entry.state >= JOB_STATE_COUNT)
        return STATUS_MALFORMED;
    return store_set_state(self->store, entry.job_no, (job_state_t) entry.state, entry.version,
                           entry.started_at, entry.finished_at, entry.error, fault);
}

/* Looks at the job that is to be revived, before it is: a job's key went with its end. */
static void
s_on_ended_job(void *context, const store_job_t *job)
{
    journal_t *self = context;
    bool ended = job->state == JOB_COMPLETED || job->state == JOB_FAILED;
    s_on_found_job(self, job);
    self->lacks_key = ended && self->entry_key.size == 0 &&
                      journal_keys_are_needed(&self->keys, job->config.model_name);
    self->ended_job_no = job->job_no;
}

static status_t
on_revive(journal_t *self, slice_t frame, fault_t *fault)
{
    message_entry_revive_t entry;
    if (message_entry_revive_decode(frame, &entry) != STATUS_OK)
        return STATUS_MALFORMED;
    store_revived_t revived = STORE_NOT_FOUND;
    uint32_t retried = 0;
    buffer_wipe(&self->scratch);
    self->entry_key = entry.api_key;
    self->lacks_key = false;
    store_find_job(self->store, entry.owner, entry.job_id, s_on_ended_job, self, NULL);
    if (self->lacks_key) {
        s_note_outcome(self, entry.entry, OUTCOME_KEY_NEEDED, 0);
        return STATUS_OK;
    }
    buffer_wipe(&self->scratch);
    status_t status = store_revive(self->store, entry.owner, entry.job_id, &revived, &retried,
                                   s_on_found_job, self, fault);
    if (status == STATUS_OK && revived == STORE_REVIVED)
        status =
            journal_keys_keep(&self->keys, self->store, self->ended_job_no, entry.api_key, fault);
    static const outcome_kind_t outcomes[] = {[STORE_REVIVED] = OUTCOME_REVIVED,
                                              [STORE_NOT_FOUND] = OUTCOME_NOT_FOUND,
                                              [STORE_WRONG_STATE] = OUTCOME_WRONG_STATE,
                                              [STORE_NOTHING_FAILED] = OUTCOME_NOTHING};
    if (status == STATUS_OK)
        s_note_outcome(self, entry.entry, outcomes[revived], retried);
    return status;
}

static const struct {
    message_number_t number;
    journal_handler_fn *handler;
} s_rows[] = {
    {MESSAGE_ENTRY_RESULT, on_result},   {MESSAGE_ENTRY_STAGE, on_stage},
    {MESSAGE_ENTRY_CREATE, on_create},   {MESSAGE_ENTRY_DISCARD, on_discard},
    {MESSAGE_ENTRY_ATTEMPT, on_attempt}, {MESSAGE_ENTRY_STATE, on_state},
    {MESSAGE_ENTRY_REVIVE, on_revive},
};

status_t
journal_apply(journal_t *self, slice_t frame, fault_t *fault)
{
    for (size_t i = 0; i < sizeof s_rows / sizeof s_rows[0]; i++)
        if (s_rows[i].number == message_number(frame))
            return s_rows[i].handler(self, frame, fault);
    return STATUS_MALFORMED;
}
