#include "tests/gateway/fake_sink.h"

static status_t
s_add(void *argument, const record_document_t *document, fault_t *fault)
{
    fake_sink_t *self = argument;
    self->count++;
    if (self->count == self->refuse_at)
        return fault_set(fault, STATUS_UNAVAILABLE, "the sink is full");
    buffer_printf(&self->seen, "%u|%.*s|%.*s|%.*s\n", document->row, SLICE_ARG(document->path),
                  SLICE_ARG(document->title), SLICE_ARG(document->columns));
    return STATUS_OK;
}

start_sink_t
fake_sink(fake_sink_t *self)
{
    return (start_sink_t){.self = self, .add = s_add};
}
