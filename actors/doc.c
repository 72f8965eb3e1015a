#include "actors/doc.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

doc_t *
doc_new(const record_document_t *record)
{
    buffer_t bytes = {0};
    record_document_append(record, &bytes);
    doc_t *self = memory_new(sizeof *self + bytes.size);
    self->row = record->row;
    self->attempts = record->attempts;
    self->losses = record->losses;
    self->size = (uint32_t) bytes.size;
    memcpy(self->record, bytes.data, bytes.size);
    self->due.owner = self;
    buffer_free(&bytes);
    return self;
}

void
doc_free(doc_t *self)
{
    free(self);
}

void
doc_read(const doc_t *self, record_document_t *record)
{
    slice_t rest = {.data = self->record, .size = self->size};
    status_t status = record_document_take(&rest, record);
    assert(status == STATUS_OK);
    (void) status;
    record->attempts = self->attempts;
    record->losses = self->losses;
}

doc_t *
doc_new_copy(const doc_t *doc)
{
    doc_t *copy = memory_new(sizeof *copy + doc->size);
    memcpy(copy, doc, sizeof *doc + doc->size);
    copy->due = (heap_node_t){.owner = copy};
    copy->next = NULL;
    return copy;
}
