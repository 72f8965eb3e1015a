/* Where the readers of a start put the documents that they have read. */
#ifndef TAGMILL_GATEWAY_START_SINK_H
#define TAGMILL_GATEWAY_START_SINK_H

#include "gateway/start_fields.h"

typedef struct {
    void *self;
    /* Takes a document; its slices are borrowed for the call. */
    status_t (*add)(void *self, const record_document_t *document, fault_t *fault);
} start_sink_t;

#endif
