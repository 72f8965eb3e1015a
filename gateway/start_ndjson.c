#include "gateway/start_ndjson.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "gateway/json_scan.h"
#include "gateway/start_head.h"

struct start_ndjson {
    start_fields_t *fields;
    start_sink_t sink;
    uint32_t document_limit;
    uint64_t line_count;
    bool has_head;
    uint32_t rows;
    buffer_t line; /* the beginning of a line whose end has not come */
    json_scan_t scan;
};

start_ndjson_t *
start_ndjson_new(start_fields_t *fields, start_sink_t sink, uint32_t document_limit)
{
    start_ndjson_t *self = memory_new(sizeof *self);
    self->fields = fields;
    self->sink = sink;
    self->document_limit = document_limit;
    return self;
}

void
start_ndjson_destroy(start_ndjson_t **self_p)
{
    if (*self_p == NULL)
        return;
    buffer_wipe(&(*self_p)->line); /* it may hold a key */
    buffer_free(&(*self_p)->line);
    json_scan_free(&(*self_p)->scan);
    free(*self_p);
    *self_p = NULL;
}

static status_t
s_has_faults(fault_t *fault)
{
    return fault_set(fault, STATUS_BAD_REQUEST, "the body has faults: see errors");
}

static status_t
s_take_head(start_ndjson_t *self, slice_t line, fault_t *fault)
{
    self->has_head = true;
    status_t status = start_head_text(self->fields, line, true, fault);
    return status == STATUS_OK && self->fields->errors.count ? s_has_faults(fault) : status;
}

static status_t
s_scan(start_ndjson_t *self, slice_t line, fault_t *fault)
{
    fault_t found = {0};
    json_scan_begin(&self->scan, NULL);
    status_t status = json_scan_feed(&self->scan, line, &found);
    if (status == STATUS_OK)
        status = json_scan_end(&self->scan, &found);
    if (status != STATUS_OK)
        fault_set(fault, status, "line %llu: %.400s", (unsigned long long) self->line_count,
                  found.detail);
    return status;
}

static status_t
s_take_document(start_ndjson_t *self, slice_t line, fault_t *fault)
{
    record_document_t document;
    if (self->rows == self->document_limit)
        return fault_set(fault, STATUS_BAD_REQUEST, "the body holds more than %u documents",
                         self->document_limit);
    status_t status = s_scan(self, line, fault);
    if (status != STATUS_OK)
        return status;
    bool good = start_fields_object(self->fields, self->rows++, line, &document);
    if (error_list_is_full(&self->fields->errors))
        return s_has_faults(fault);
    if (!good || self->fields->errors.count)
        return STATUS_OK;
    return self->sink.add(self->sink.self, &document, fault);
}

static status_t
s_take_line(start_ndjson_t *self, slice_t line, fault_t *fault)
{
    self->line_count++;
    line = slice_trim(line);
    if (line.size == 0)
        return STATUS_OK;
    if (line.size > START_DOCUMENT_MAX)
        return fault_set(fault, STATUS_BAD_REQUEST, "line %llu is longer than %d bytes",
                         (unsigned long long) self->line_count, START_DOCUMENT_MAX);
    return self->has_head ? s_take_document(self, line, fault) : s_take_head(self, line, fault);
}

status_t
start_ndjson_feed(start_ndjson_t *self, slice_t bytes, fault_t *fault)
{
    status_t status = STATUS_OK;
    while (status == STATUS_OK && bytes.size) {
        const char *end = memchr(bytes.data, '\n', bytes.size);
        size_t size = end ? (size_t) (end - bytes.data) : bytes.size;
        slice_t part = {bytes.data, size};
        bytes.data += size + (end != NULL);
        bytes.size -= size + (end != NULL);
        if (end && self->line.size == 0) {
            status = s_take_line(self, part, fault);
            continue;
        }
        buffer_append_slice(&self->line, part);
        if (end || self->line.size > START_DOCUMENT_MAX) {
            status = s_take_line(self, buffer_slice(&self->line), fault);
            buffer_clear(&self->line);
        }
    }
    return status;
}

status_t
start_ndjson_finish(start_ndjson_t *self, fault_t *fault)
{
    status_t status = s_take_line(self, buffer_slice(&self->line), fault);
    if (status != STATUS_OK)
        return status;
    if (self->fields->errors.count)
        return s_has_faults(fault);
    if (!self->has_head)
        return fault_set(fault, STATUS_BAD_REQUEST,
                         "the first line holds config, column_mapping and job_id");
    if (self->rows == 0)
        return fault_set(fault, STATUS_BAD_REQUEST, "there are no documents");
    return STATUS_OK;
}
