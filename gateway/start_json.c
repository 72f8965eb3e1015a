#include "gateway/start_json.h"

#include <stdlib.h>

#include "base/memory.h"
#include "gateway/json_scan.h"
#include "gateway/json_view.h"
#include "gateway/spool.h"
#include "gateway/start_head.h"
#include "messages/json_text.h"

typedef enum { TAKE_NOTHING, TAKE_HEAD, TAKE_DOCUMENT } taking_t;

struct start_json {
    start_fields_t *fields;
    start_sink_t sink;
    uint32_t document_limit;
    json_scan_t scan;
    taking_t taking;    /* where the bytes that pass go */
    const char *from;   /* the first of them in the slice being fed */
    bool has_documents; /* the array was there */
    bool in_documents;  /* the scan is in it */
    buffer_t head;      /* an object of the other members that we know */
    spool_t *spool;
    buffer_t document;
};

/* ---- cutting ---- */

/* Moves the bytes before `to` where they go. */
static status_t
s_take(start_json_t *self, const char *to, fault_t *fault)
{
    slice_t bytes = {self->from, (size_t) (to - self->from)};
    self->from = to;
    if (self->taking == TAKE_DOCUMENT)
        return spool_write(self->spool, bytes, fault);
    if (self->taking == TAKE_HEAD) {
        if (self->head.size + bytes.size > START_HEAD_MAX)
            return fault_set(fault, STATUS_BAD_REQUEST,
                             "config and column_mapping are longer than %d bytes", START_HEAD_MAX);
        buffer_append_slice(&self->head, bytes);
    }
    return STATUS_OK;
}

static void
s_begin_head_member(start_json_t *self, slice_t key)
{
    buffer_append_byte(&self->head, self->head.size ? ',' : '{');
    json_text_append(&self->head, key);
    buffer_append_byte(&self->head, ':');
    self->taking = TAKE_HEAD;
}

static void
s_begin_member(start_json_t *self, slice_t key, const char *at)
{
    if (slice_is(key, "documents") && *at == '[') {
        self->has_documents = true;
        self->in_documents = true;
    } else if (slice_is(key, "config") || slice_is(key, "column_mapping") ||
               slice_is(key, "job_id")) {
        s_begin_head_member(self, key);
    }
}

static status_t
s_on_begin(void *argument, size_t depth, slice_t key, const char *at, fault_t *fault)
{
    start_json_t *self = argument;
    if (depth == 0 && *at != '{')
        return fault_set(fault, STATUS_BAD_REQUEST, "the body must be an object");
    self->from = self->taking == TAKE_NOTHING ? at : self->from;
    if (depth == 1)
        s_begin_member(self, key, at);
    if (depth != 2 || !self->in_documents)
        return STATUS_OK;
    if (spool_count(self->spool) == self->document_limit)
        return fault_set(fault, STATUS_BAD_REQUEST, "documents holds more than %u",
                         self->document_limit);
    self->taking = TAKE_DOCUMENT;
    return STATUS_OK;
}

static status_t
s_on_end(void *argument, size_t depth, const char *at, fault_t *fault)
{
    start_json_t *self = argument;
    uint64_t size = 0;
    status_t status = STATUS_OK;
    if (depth == 2 && self->taking == TAKE_DOCUMENT) {
        status = s_take(self, at, fault);
        self->taking = TAKE_NOTHING;
        if (status == STATUS_OK)
            status = spool_end_text(self->spool, &size, fault);
        if (status == STATUS_OK && size > START_DOCUMENT_MAX)
            status = fault_set(fault, STATUS_BAD_REQUEST, "document %u is longer than %d bytes",
                               spool_count(self->spool) - 1, START_DOCUMENT_MAX);
    } else if (depth == 1) {
        status = s_take(self, at, fault);
        self->taking = TAKE_NOTHING;
        self->in_documents = false;
    }
    return status;
}

start_json_t *
start_json_new(start_fields_t *fields, start_sink_t sink, uint32_t document_limit,
               const char *directory)
{
    start_json_t *self = memory_new(sizeof *self);
    self->fields = fields;
    self->sink = sink;
    self->document_limit = document_limit;
    self->spool = spool_new(directory);
    json_scan_begin(&self->scan, &(json_watch_t){
                                     .self = self,
                                     .depth_max = 2,
                                     .begin = s_on_begin,
                                     .end = s_on_end,
                                 });
    return self;
}

void
start_json_destroy(start_json_t **self_p)
{
    start_json_t *self = *self_p;
    if (self == NULL)
        return;
    json_scan_free(&self->scan);
    buffer_wipe(&self->head); /* it may hold a key */
    buffer_free(&self->head);
    buffer_free(&self->document);
    spool_destroy(&self->spool);
    free(self);
    *self_p = NULL;
}

status_t
start_json_feed(start_json_t *self, slice_t bytes, fault_t *fault)
{
    self->from = bytes.data;
    status_t status = json_scan_feed(&self->scan, bytes, fault);
    if (status == STATUS_OK && self->taking != TAKE_NOTHING)
        status = s_take(self, bytes.data + bytes.size, fault);
    return status;
}

/* ---- the end ---- */

static status_t
s_hand_on(start_json_t *self, fault_t *fault)
{
    status_t status = STATUS_OK;
    uint32_t count = spool_count(self->spool);
    for (uint32_t row = 0; row < count && status == STATUS_OK; row++) {
        record_document_t document;
        status = spool_read(self->spool, &self->document, fault);
        if (status != STATUS_OK || error_list_is_full(&self->fields->errors))
            break;
        if (start_fields_object(self->fields, row, buffer_slice(&self->document), &document) &&
            self->fields->errors.count == 0)
            status = self->sink.add(self->sink.self, &document, fault);
    }
    return status;
}

status_t
start_json_finish(start_json_t *self, fault_t *fault)
{
    status_t status = json_scan_end(&self->scan, fault);
    if (status != STATUS_OK)
        return status;
    buffer_append_text(&self->head, self->head.size ? "}" : "{}");
    status = start_head_text(self->fields, buffer_slice(&self->head), false, fault);
    if (status != STATUS_OK)
        return status;
    if (!self->has_documents || spool_count(self->spool) == 0)
        error_list_add(&self->fields->errors, "/documents", "must be an array of 1 to %u objects",
                       self->document_limit);
    status = s_hand_on(self, fault);
    if (status == STATUS_OK && self->fields->errors.count)
        status = fault_set(fault, STATUS_BAD_REQUEST, "the body has faults: see errors");
    return status;
}
