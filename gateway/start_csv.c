#include "gateway/start_csv.h"

#include <csv.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

enum { FEED_SIZE = 16384, CELL_STEP = 16384, MARK_SIZE = 3 };

static const char s_mark[MARK_SIZE] = "\xef\xbb\xbf";

struct start_csv {
    start_fields_t *fields;
    start_sink_t sink;
    uint32_t document_limit;
    struct csv_parser parser;
    size_t mark_seen; /* bytes at the beginning that agree with a byte order mark */
    bool is_past_mark;
    buffer_t cells; /* of the row being read, one after another */
    size_t ends[START_COLUMNS_MAX];
    size_t cell_count;
    bool has_header;
    uint32_t rows;
    status_t status; /* what went wrong inside libcsv's callbacks */
    fault_t fault;
};

/* RFC 4180: spaces are part of a cell. */
static int
s_no_space(unsigned char c)
{
    (void) c;
    return 0;
}

start_csv_t *
start_csv_new(start_fields_t *fields, start_sink_t sink, uint32_t document_limit)
{
    start_csv_t *self = memory_new(sizeof *self);
    self->fields = fields;
    self->sink = sink;
    self->document_limit = document_limit;
    csv_init(&self->parser, CSV_STRICT | CSV_STRICT_FINI);
    csv_set_realloc_func(&self->parser, memory_resize);
    csv_set_blk_size(&self->parser, CELL_STEP);
    csv_set_space_func(&self->parser, s_no_space);
    return self;
}

void
start_csv_destroy(start_csv_t **self_p)
{
    if (*self_p == NULL)
        return;
    csv_free(&(*self_p)->parser);
    buffer_free(&(*self_p)->cells);
    free(*self_p);
    *self_p = NULL;
}

static void
s_refuse_row(start_csv_t *self, const char *what)
{
    self->status = fault_set(&self->fault, STATUS_BAD_REQUEST, "row %u: %s",
                             self->rows + (self->has_header ? 2 : 1), what);
}

/* ---- what libcsv found ---- */

static void
s_on_cell(void *data, size_t size, void *argument)
{
    start_csv_t *self = argument;
    if (self->status != STATUS_OK)
        return;
    if (self->cells.size + size > START_DOCUMENT_MAX) {
        s_refuse_row(self, "longer than 1048576 bytes");
    } else if (self->cell_count == START_COLUMNS_MAX) {
        s_refuse_row(self, "more than 256 cells");
    } else {
        buffer_append(&self->cells, data, size);
        self->ends[self->cell_count++] = self->cells.size;
    }
}

static void
s_take_row(start_csv_t *self, const slice_t *cells)
{
    record_document_t document;
    if (self->rows == self->document_limit) {
        self->status = fault_set(&self->fault, STATUS_BAD_REQUEST,
                                 "the body holds more than %u documents", self->document_limit);
        return;
    }
    bool good = start_fields_row(self->fields, self->rows++, cells, self->cell_count, &document);
    if (error_list_is_full(&self->fields->errors))
        self->status =
            fault_set(&self->fault, STATUS_BAD_REQUEST, "the body has faults: see errors");
    else if (good && self->fields->errors.count == 0)
        self->status = self->sink.add(self->sink.self, &document, &self->fault);
}

static void
s_take_header(start_csv_t *self, const slice_t *cells)
{
    self->has_header = true;
    if (!start_fields_header(self->fields, cells, self->cell_count))
        self->status =
            fault_set(&self->fault, STATUS_BAD_REQUEST, "the header row has faults: see errors");
}

static void
s_on_row(int terminator, void *argument)
{
    start_csv_t *self = argument;
    slice_t cells[START_COLUMNS_MAX];
    (void) terminator;
    if (self->status != STATUS_OK)
        return;
    for (size_t i = 0; i < self->cell_count; i++) {
        size_t from = i ? self->ends[i - 1] : 0;
        cells[i] = (slice_t){self->cells.data + from, self->ends[i] - from};
    }
    slice_t all = buffer_slice(&self->cells);
    if (!text_is_utf8(all) || (all.size && memchr(all.data, '\0', all.size)))
        s_refuse_row(self, "not UTF-8, or it holds a NUL");
    else if (self->has_header)
        s_take_row(self, cells);
    else
        s_take_header(self, cells);
    buffer_clear(&self->cells);
    self->cell_count = 0;
}

/* ---- the body ---- */

static status_t
s_result(start_csv_t *self, bool parsed, fault_t *fault)
{
    if (self->status == STATUS_OK && !parsed)
        s_refuse_row(self, "a quote stands where RFC 4180 has none, or is not closed");
    if (self->status == STATUS_OK && csv_get_buffer_size(&self->parser) > START_DOCUMENT_MAX)
        s_refuse_row(self, "a cell is longer than 1048576 bytes");
    if (self->status != STATUS_OK && fault)
        *fault = self->fault;
    return self->status;
}

static status_t
s_parse(start_csv_t *self, slice_t bytes, fault_t *fault)
{
    status_t status = STATUS_OK;
    while (bytes.size && status == STATUS_OK) {
        size_t size = bytes.size < FEED_SIZE ? bytes.size : FEED_SIZE;
        size_t parsed = csv_parse(&self->parser, bytes.data, size, s_on_cell, s_on_row, self);
        status = s_result(self, parsed == size, fault);
        bytes.data += size;
        bytes.size -= size;
    }
    return status;
}

status_t
start_csv_feed(start_csv_t *self, slice_t bytes, fault_t *fault)
{
    while (!self->is_past_mark && bytes.size) {
        if (bytes.data[0] == s_mark[self->mark_seen]) {
            bytes.data++;
            bytes.size--;
            self->is_past_mark = ++self->mark_seen == MARK_SIZE;
            continue;
        }
        self->is_past_mark = true;
        status_t status = s_parse(self, (slice_t){s_mark, self->mark_seen}, fault);
        if (status != STATUS_OK)
            return status;
    }
    return s_parse(self, bytes, fault);
}

status_t
start_csv_finish(start_csv_t *self, fault_t *fault)
{
    int failed = csv_fini(&self->parser, s_on_cell, s_on_row, self);
    status_t status = s_result(self, failed == 0, fault);
    if (status != STATUS_OK)
        return status;
    if (self->fields->errors.count)
        return fault_set(fault, STATUS_BAD_REQUEST, "the body has faults: see errors");
    if (self->rows == 0)
        return fault_set(fault, STATUS_BAD_REQUEST,
                         "there are no documents: a header row, then a row for each");
    return STATUS_OK;
}
