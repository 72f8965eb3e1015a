/* A sink that writes down what it is given: row|path|title|columns, a line a document. */
#ifndef TAGMILL_TESTS_GATEWAY_FAKE_SINK_H
#define TAGMILL_TESTS_GATEWAY_FAKE_SINK_H

#include "gateway/start_sink.h"

typedef struct {
    buffer_t seen;
    uint32_t count;
    uint32_t refuse_at; /* the document that is refused with UNAVAILABLE; 0: none */
} fake_sink_t;

start_sink_t fake_sink(fake_sink_t *self);

#endif
