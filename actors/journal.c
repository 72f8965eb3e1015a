#include "actors/journal.h"

#include "base/log.h"
#include "base/memory.h"
#include "messages/endpoints.h"
#include "messages/message.h"
#include "store/store.h"

enum {
    BATCH_ENTRIES_MOST = 4096,
    BATCH_SIZE_MOST = 4 * 1024 * 1024,
    AGAIN_MS = 500,     /* until a failed transaction is tried again */
    PURGE_ROWS = 2000,  /* of garbage, removed in one go while idle */
    PURGE_EVERY_MS = 20 /* between two of those */
};

/* ---- self ---- */

typedef struct {
    store_t *store;
    void *inbox;    /* PAIR to the supervisor */
    buffer_t batch; /* the frames of the transaction, each behind its size; kept until committed */
    size_t entries; /* in the batch */
    uint64_t through;  /* number of its last entry */
    buffer_t outcomes; /* OUTCOME frames of the transaction, each behind its size */
    buffer_t scratch;
    bool failing; /* the last transaction failed */
    bool garbage; /* there may be something to purge */
} journal_t;

/* Applies one entry within the transaction. MALFORMED: the frame does not decode. */
typedef status_t(journal_handler_fn)(journal_t *self, slice_t frame, fault_t *fault);

/* ---- frames behind their size ---- */

static void
s_append_frame(buffer_t *out, slice_t frame)
{
    uint32_t size = (uint32_t) frame.size;
    buffer_append(out, &size, sizeof size);
    buffer_append_slice(out, frame);
}

static bool
s_take_frame(slice_t *rest, slice_t *frame)
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

static void
s_append_job(buffer_t *out, const store_job_t *job)
{
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
                                                    .exclusions = job->config.exclusions},
                             out);
}

static void
s_on_found_job(void *context, const store_job_t *job)
{
    buffer_t *record = context;
    buffer_clear(record);
    s_append_job(record, job);
}

static void
s_note_outcome(journal_t *self, uint64_t entry, outcome_kind_t outcome, uint32_t retried)
{
    buffer_t frame = {0};
    message_outcome_encode(&(message_outcome_t){.entry = entry,
                                                .outcome = (uint8_t) outcome,
                                                .retried = retried,
                                                .job = buffer_slice(&self->scratch)},
                           &frame);
    s_append_frame(&self->outcomes, buffer_slice(&frame));
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
                                  .exclusions = entry.exclusions}};
    store_request_t request = {
        .digest = entry.digest, .columns = entry.columns, .mapping = entry.mapping};
    store_created_t created = STORE_CREATED;
    buffer_clear(&self->scratch);
    status_t status =
        store_create(self->store, &job, &request, &created, s_on_found_job, &self->scratch, fault);
    if (status != STATUS_OK)
        return status;
    static const outcome_kind_t outcomes[] = {[STORE_CREATED] = OUTCOME_CREATED,
                                              [STORE_REPEATED] = OUTCOME_REPEATED,
                                              [STORE_ID_TAKEN] = OUTCOME_ID_TAKEN};
    if (created == STORE_CREATED)
        s_on_found_job(&self->scratch, &job);
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
                             .metadata = entry.metadata};
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
    return store_set_attempts(self->store, entry.job_no, entry.row, entry.attempts, entry.losses,
                              fault);
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

static status_t
on_revive(journal_t *self, slice_t frame, fault_t *fault)
{
    message_entry_revive_t entry;
    if (message_entry_revive_decode(frame, &entry) != STATUS_OK)
        return STATUS_MALFORMED;
    store_revived_t revived = STORE_NOT_FOUND;
    uint32_t retried = 0;
    buffer_clear(&self->scratch);
    status_t status = store_revive(self->store, entry.owner, entry.job_id, &revived, &retried,
                                   s_on_found_job, &self->scratch, fault);
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

/* ---- a transaction ---- */

static status_t
s_apply(journal_t *self, slice_t frame, fault_t *fault)
{
    for (size_t i = 0; i < sizeof s_rows / sizeof s_rows[0]; i++)
        if (s_rows[i].number == message_number(frame))
            return s_rows[i].handler(self, frame, fault);
    return STATUS_MALFORMED;
}

/* An entry that does not decode, or that the store refuses whatever the disk does, is a fault of
 * ours; keeping it would stop the service for ever. */
static status_t
s_apply_all(journal_t *self, fault_t *fault)
{
    slice_t rest = buffer_slice(&self->batch), frame;
    while (s_take_frame(&rest, &frame)) {
        status_t status = s_apply(self, frame, fault);
        if (status == STATUS_IO_ERROR)
            return status;
        if (status != STATUS_OK)
            log_error("journal", "an entry that makes no sense was skipped",
                      LOG_S("message", message_name(message_number(frame))),
                      LOG_S("error", status_word(status)), LOG_S("detail", fault->detail));
        *fault = (fault_t){0};
    }
    return STATUS_OK;
}

static status_t
s_transact(journal_t *self, fault_t *fault)
{
    buffer_clear(&self->outcomes);
    status_t status = store_begin(self->store, fault);
    if (status == STATUS_OK)
        status = s_apply_all(self, fault);
    if (status == STATUS_OK)
        status = store_commit(self->store, fault);
    if (status != STATUS_OK)
        store_rollback(self->store);
    return status;
}

/* ---- telling ---- */

static void
s_tell(journal_t *self, slice_t frame)
{
    if (zmq_send(self->inbox, frame.data, frame.size, ZMQ_DONTWAIT) < 0)
        log_error("journal", "the supervisor cannot be told",
                  LOG_S("message", message_name(message_number(frame))));
}

static void
s_tell_state(journal_t *self, const fault_t *fault)
{
    if (self->failing)
        log_error("journal", "commits fail", LOG_S("error", fault->detail));
    else
        log_info("journal", "commits succeed again");
    buffer_clear(&self->scratch);
    message_store_state_encode(
        &(message_store_state_t){.ok = !self->failing, .detail = slice_from(fault->detail)},
        &self->scratch);
    s_tell(self, buffer_slice(&self->scratch));
}

/* Commits the batch, and tells; leaves it as it is when it fails. */
static void
s_commit(journal_t *self)
{
    fault_t fault = {0};
    bool failed = s_transact(self, &fault) != STATUS_OK;
    if (failed != self->failing) {
        self->failing = failed;
        s_tell_state(self, &fault);
    }
    if (failed)
        return;
    slice_t rest = buffer_slice(&self->outcomes), frame;
    while (s_take_frame(&rest, &frame))
        s_tell(self, frame);
    buffer_clear(&self->scratch);
    message_committed_encode(&(message_committed_t){.through = self->through}, &self->scratch);
    s_tell(self, buffer_slice(&self->scratch));
    buffer_clear(&self->batch);
    self->entries = 0;
}

/* ---- taking in ---- */

/* Every entry's first field is its number. What is too short for one is not acknowledged by
 * another's number. */
static uint64_t
s_entry_number(slice_t frame, uint64_t otherwise)
{
    enum { HEADER_SIZE = 4 };
    uint64_t wire = 0;
    if (frame.size < HEADER_SIZE + sizeof wire)
        return otherwise;
    memcpy(&wire, frame.data + HEADER_SIZE, sizeof wire);
    return le64toh(wire);
}

static void
s_drain(journal_t *self)
{
    zmq_msg_t message;
    zmq_msg_init(&message);
    while (self->entries < BATCH_ENTRIES_MOST && self->batch.size < BATCH_SIZE_MOST &&
           zmq_msg_recv(&message, self->inbox, ZMQ_DONTWAIT) >= 0) {
        slice_t frame = {.data = zmq_msg_data(&message), .size = zmq_msg_size(&message)};
        s_append_frame(&self->batch, frame);
        self->through = s_entry_number(frame, self->through);
        self->entries++;
    }
    zmq_msg_close(&message);
}

/* ---- start and loop ---- */

static void
s_on_open_job(void *context, const store_job_t *job)
{
    journal_t *self = context;
    buffer_clear(&self->scratch);
    s_append_job(&self->scratch, job);
    buffer_t frame = {0};
    message_recovered_encode(&(message_recovered_t){.job = buffer_slice(&self->scratch)}, &frame);
    s_tell(self, buffer_slice(&frame));
    buffer_free(&frame);
}

static status_t
s_recover(journal_t *self, fault_t *fault)
{
    uint64_t next_job_no = 0;
    status_t status = store_next_job_no(self->store, &next_job_no, fault);
    if (status == STATUS_OK)
        status = store_open_jobs(self->store, s_on_open_job, self, fault);
    if (status != STATUS_OK)
        return status;
    buffer_clear(&self->scratch);
    message_recovery_done_encode(&(message_recovery_done_t){.next_job_no = next_job_no},
                                 &self->scratch);
    s_tell(self, buffer_slice(&self->scratch));
    return STATUS_OK;
}

/* Removes a little garbage while there is nothing else to do. */
static void
s_purge(journal_t *self)
{
    fault_t fault = {0};
    status_t status = store_begin(self->store, &fault);
    if (status == STATUS_OK)
        status = store_purge(self->store, PURGE_ROWS, &self->garbage, &fault);
    if (status == STATUS_OK)
        status = store_commit(self->store, &fault);
    if (status != STATUS_OK) {
        store_rollback(self->store);
        self->garbage = false; /* tried again after the next discard or start */
        log_error("journal", "garbage cannot be removed", LOG_S("error", fault.detail));
    }
}

/* Commits what waits, or tries again what failed. Returns how many entries that was. */
static size_t
s_take_in(journal_t *self)
{
    if (!self->failing)
        s_drain(self);
    size_t entries = self->entries;
    if (entries)
        s_commit(self);
    return entries;
}

static void
s_loop(journal_t *self, zsock_t *pipe)
{
    zmq_pollitem_t items[] = {{.socket = self->inbox, .events = ZMQ_POLLIN},
                              {.socket = zsock_resolve(pipe), .events = ZMQ_POLLIN}};
    bool stopping = false;
    while (!stopping) {
        long patience = self->failing ? AGAIN_MS : self->garbage ? PURGE_EVERY_MS : -1;
        /* While commits fail the inbox waits, so only the pipe and the time are watched. */
        int first = self->failing ? 1 : 0;
        items[0].revents = items[1].revents = 0;
        zmq_poll(items + first, 2 - first, patience);
        stopping = items[1].revents & ZMQ_POLLIN;
        if (s_take_in(self) == 0 && self->garbage && !stopping)
            s_purge(self);
        while (stopping && s_take_in(self) > 0 && !self->failing) {
        }
    }
    if (self->entries)
        log_error("journal", "stopped with entries that could not be committed",
                  LOG_N("entries", self->entries));
}

static void
s_journal_actor(zsock_t *pipe, void *arguments)
{
    journal_args_t *args = arguments;
    journal_t self = {.garbage = true};
    zsock_t *inbox = zsock_new(ZMQ_PAIR);
    zsock_set_sndhwm(inbox, 0); /* see the supervisor's end */
    zsock_set_rcvhwm(inbox, 0);
    zsock_set_linger(inbox, 0);
    zsock_connect(inbox, "%s", ENDPOINT_JOURNAL);
    self.inbox = zsock_resolve(inbox);
    fault_t *fault = &args->start.fault;
    fault->status = store_open(&self.store, config_text(args->config, CONFIG_STORE_URL), fault);
    if (fault->status == STATUS_OK)
        fault->status = s_recover(&self, fault);
    bool opened = fault->status == STATUS_OK;
    handshake_say(&args->start, pipe);
    if (opened)
        s_loop(&self, pipe);
    store_close(&self.store);
    zsock_destroy(&inbox);
    buffer_free(&self.batch);
    buffer_free(&self.outcomes);
    buffer_free(&self.scratch);
}

zactor_t *
journal_start(journal_args_t *args)
{
    return handshake_start(&args->start, s_journal_actor, args);
}
