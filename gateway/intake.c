#include "gateway/intake.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "messages/message.h"

struct intake {
    bus_t *bus;
    slice_t owner;
    const start_fields_t *fields;
    int64_t now;
    char job_id[JOB_ID_MAX + 1];
    uint64_t number; /* names this start among all of this bus */
    uint64_t first_request;
    int unanswered; /* chunks */
    bool is_open;   /* START_OPEN was sent, and no end yet */
    uint32_t total;
    uint32_t chunk_first;
    buffer_t chunk; /* DOCUMENT records */
    buffer_t frame;
    buffer_t reply;
    crypto_generichash_state digest;
};

intake_t *
intake_new(bus_t *bus, slice_t owner, const start_fields_t *fields, int64_t now)
{
    intake_t *self = memory_new(sizeof *self);
    self->bus = bus;
    self->owner = owner;
    self->fields = fields;
    self->now = now;
    crypto_generichash_init(&self->digest, NULL, 0, INTAKE_DIGEST_SIZE);
    randombytes_buf(&self->number, sizeof self->number);
    return self;
}

void
intake_destroy(intake_t **self_p)
{
    intake_t *self = *self_p;
    if (self == NULL)
        return;
    if (self->is_open) {
        message_start_abort_t abort_message = {.intake = self->number};
        buffer_clear(&self->frame);
        message_start_abort_encode(&abort_message, &self->frame);
        bus_send(self->bus, BUS_SUPERVISOR, buffer_slice(&self->frame), NULL);
    }
    buffer_free(&self->chunk);
    buffer_free(&self->frame);
    buffer_free(&self->reply);
    free(self);
    *self_p = NULL;
}

void
intake_digest(intake_t *self, slice_t bytes)
{
    crypto_generichash_update(&self->digest, (const unsigned char *) bytes.data, bytes.size);
}

/* ---- sending ---- */

static status_t
s_send(intake_t *self, fault_t *fault)
{
    return bus_send(self->bus, BUS_SUPERVISOR, buffer_slice(&self->frame), fault);
}

static void
s_choose_job_id(intake_t *self)
{
    slice_t given = buffer_slice(&self->fields->job_id);
    if (given.size)
        snprintf(self->job_id, sizeof self->job_id, "%.*s", SLICE_ARG(given));
    else
        snprintf(self->job_id, sizeof self->job_id, "batch-%lld-%08x%08x", (long long) self->now,
                 randombytes_random(), randombytes_random());
}

static status_t
s_open(intake_t *self, fault_t *fault)
{
    const start_fields_t *fields = self->fields;
    s_choose_job_id(self);
    self->first_request = bus_request(self->bus);
    message_start_open_t open = {.request = self->first_request,
                                 .intake = self->number,
                                 .owner = self->owner,
                                 .job_id = slice_from(self->job_id),
                                 .model_name = buffer_slice(&fields->model_name),
                                 .page_limit = fields->page_limit,
                                 .tag_limit = fields->tag_limit,
                                 .language = buffer_slice(&fields->language),
                                 .priority = fields->priority,
                                 .max_attempts = fields->max_attempts,
                                 .callback_url = buffer_slice(&fields->callback_url),
                                 .exclusions = buffer_slice(&fields->exclusions),
                                 .may_fall_back = fields->may_fall_back,
                                 .api_key = buffer_slice(&fields->api_key)};
    buffer_clear(&self->frame);
    message_start_open_encode(&open, &self->frame);
    status_t status = s_send(self, fault);
    buffer_wipe(&self->frame);
    self->is_open = status == STATUS_OK;
    return status;
}

/* Waits for one answer: to a chunk, or the word on the whole start (number `wanted`). What is
 * refused ends the start on the supervisor's side too. */
static status_t
s_await(intake_t *self, uint16_t *number, fault_t *fault)
{
    status_t status = bus_receive(self->bus, BUS_SUPERVISOR, self->first_request, BUS_TIMEOUT_MS,
                                  &self->reply, fault);
    if (status != STATUS_OK)
        return status;
    *number = message_number(buffer_slice(&self->reply));
    if (*number == MESSAGE_REFUSED)
        return bus_refusal(buffer_slice(&self->reply), fault);
    if (*number != MESSAGE_CHUNK_STORED && *number != MESSAGE_STARTED)
        return fault_set(fault, STATUS_MALFORMED, "an answer to a start is malformed");
    return STATUS_OK;
}

static status_t
s_await_chunk(intake_t *self, fault_t *fault)
{
    uint16_t number = 0;
    status_t status = s_await(self, &number, fault);
    if (status == STATUS_OK && number != MESSAGE_CHUNK_STORED)
        status = fault_set(fault, STATUS_MALFORMED, "a start was answered before it was closed");
    self->unanswered--;
    return status;
}

static status_t
s_flush(intake_t *self, fault_t *fault)
{
    status_t status = STATUS_OK;
    if (!self->is_open)
        status = s_open(self, fault);
    while (status == STATUS_OK && self->unanswered >= INTAKE_WINDOW)
        status = s_await_chunk(self, fault);
    if (status != STATUS_OK)
        return status;
    message_start_chunk_t chunk = {.request = bus_request(self->bus),
                                   .intake = self->number,
                                   .first_row = self->chunk_first,
                                   .count = self->total - self->chunk_first,
                                   .documents = buffer_slice(&self->chunk)};
    buffer_clear(&self->frame);
    message_start_chunk_encode(&chunk, &self->frame);
    self->unanswered++;
    self->chunk_first = self->total;
    buffer_clear(&self->chunk);
    return s_send(self, fault);
}

static status_t
s_add(void *argument, const record_document_t *document, fault_t *fault)
{
    intake_t *self = argument;
    record_document_append(document, &self->chunk);
    self->total++;
    if (self->chunk.size < INTAKE_CHUNK_BYTES &&
        self->total - self->chunk_first < INTAKE_CHUNK_DOCUMENTS)
        return STATUS_OK;
    return s_flush(self, fault);
}

start_sink_t
intake_sink(intake_t *self)
{
    return (start_sink_t){.self = self, .add = s_add};
}

/* ---- the end ---- */

static status_t
s_close(intake_t *self, fault_t *fault)
{
    unsigned char digest[INTAKE_DIGEST_SIZE];
    buffer_t columns = {0}, mapping = {0};
    crypto_generichash_final(&self->digest, digest, sizeof digest);
    start_fields_columns(self->fields, &columns);
    start_fields_mapping(self->fields, &mapping);
    message_start_close_t close = {.request = bus_request(self->bus),
                                   .intake = self->number,
                                   .total = self->total,
                                   .digest = {(const char *) digest, sizeof digest},
                                   .columns = buffer_slice(&columns),
                                   .mapping = buffer_slice(&mapping)};
    buffer_clear(&self->frame);
    message_start_close_encode(&close, &self->frame);
    buffer_free(&columns);
    buffer_free(&mapping);
    return s_send(self, fault);
}

static status_t
s_take_word(intake_t *self, intake_result_t *result, fault_t *fault)
{
    message_started_t started;
    if (message_started_decode(buffer_slice(&self->reply), &started) != STATUS_OK)
        return fault_set(fault, STATUS_MALFORMED, "an answer to a start is malformed");
    *result = (intake_result_t){.total = started.total, .is_repeat = started.repeated != 0};
    snprintf(result->job_id, sizeof result->job_id, "%.*s", SLICE_ARG(started.job_id));
    return STATUS_OK;
}

status_t
intake_finish(intake_t *self, intake_result_t *result, fault_t *fault)
{
    status_t status = STATUS_OK;
    uint16_t number = 0;
    if (self->chunk.size)
        status = s_flush(self, fault);
    if (status == STATUS_OK)
        status = s_close(self, fault);
    while (status == STATUS_OK && number != MESSAGE_STARTED)
        status = s_await(self, &number, fault);
    if (status == STATUS_OK) {
        self->is_open = false;
        status = s_take_word(self, result, fault);
    }
    return status;
}
