#include "actors/journal.h"

#include "actors/journal_self.h"
#include "base/log.h"
#include "messages/endpoints.h"
#include "messages/message.h"

enum {
    BATCH_ENTRIES_MOST = 4096,
    BATCH_SIZE_MOST = 4 * 1024 * 1024,
    AGAIN_MS = 500,     /* until a failed transaction is tried again */
    PURGE_ROWS = 2000,  /* of garbage, removed in one go while idle */
    PURGE_EVERY_MS = 20 /* between two of those */
};

/* ---- a transaction ---- */

/* An entry that does not decode, or that the store refuses whatever the disk does, is a fault of
 * ours; keeping it would stop the service for ever. */
static status_t
s_apply_all(journal_t *self, fault_t *fault)
{
    slice_t rest = buffer_slice(&self->batch), frame;
    while (journal_take_frame(&rest, &frame)) {
        status_t status = journal_apply(self, frame, fault);
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
    buffer_wipe(&self->outcomes);
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
    while (journal_take_frame(&rest, &frame))
        s_tell(self, frame);
    buffer_clear(&self->scratch);
    message_committed_encode(&(message_committed_t){.through = self->through}, &self->scratch);
    s_tell(self, buffer_slice(&self->scratch));
    buffer_wipe(&self->outcomes);
    if (self->has_keys)
        buffer_wipe(&self->batch);
    buffer_clear(&self->batch);
    self->has_keys = false;
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

static bool
s_may_hold_key(slice_t frame)
{
    uint16_t number = message_number(frame);
    return number == MESSAGE_ENTRY_CREATE || number == MESSAGE_ENTRY_REVIVE;
}

static void
s_drain(journal_t *self)
{
    zmq_msg_t message;
    zmq_msg_init(&message);
    while (self->entries < BATCH_ENTRIES_MOST && self->batch.size < BATCH_SIZE_MOST &&
           zmq_msg_recv(&message, self->inbox, ZMQ_DONTWAIT) >= 0) {
        slice_t frame = {.data = zmq_msg_data(&message), .size = zmq_msg_size(&message)};
        journal_append_frame(&self->batch, frame);
        self->through = s_entry_number(frame, self->through);
        if (s_may_hold_key(frame)) {
            self->has_keys = true;
            explicit_bzero(zmq_msg_data(&message), frame.size);
        }
        self->entries++;
    }
    zmq_msg_close(&message);
}

/* ---- start and loop ---- */

static void
s_on_open_job(void *context, const store_job_t *job)
{
    journal_t *self = context;
    journal_append_job(self, job, journal_keys_read(&self->keys, self->store, job->job_no));
    buffer_t frame = {0};
    message_recovered_encode(&(message_recovered_t){.job = buffer_slice(&self->scratch)}, &frame);
    s_tell(self, buffer_slice(&frame));
    buffer_wipe(&frame);
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
        fault->status = journal_keys_open(&self.keys, args->config, fault);
    if (fault->status == STATUS_OK)
        fault->status = s_recover(&self, fault);
    bool opened = fault->status == STATUS_OK;
    handshake_say(&args->start, pipe);
    if (opened)
        s_loop(&self, pipe);
    store_close(&self.store);
    journal_keys_close(&self.keys);
    zsock_destroy(&inbox);
    buffer_wipe(&self.scratch);
    buffer_wipe(&self.batch);
    buffer_free(&self.batch);
    buffer_free(&self.outcomes);
    buffer_free(&self.scratch);
}

zactor_t *
journal_start(journal_args_t *args)
{
    return handshake_start(&args->start, s_journal_actor, args);
}
