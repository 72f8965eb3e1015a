/* Reads a start request in lines of JSON: the head on the first, then a document a line.
 *
 * Documents are handed on as their lines arrive, so that a batch of any size takes the memory of
 * one line. For one thread.
 */
#ifndef TAGMILL_GATEWAY_START_NDJSON_H
#define TAGMILL_GATEWAY_START_NDJSON_H

#include "gateway/start_sink.h"

typedef struct start_ndjson start_ndjson_t;

/* Returns owned: a reader, as start_json_new. */
start_ndjson_t *start_ndjson_new(start_fields_t *fields, start_sink_t sink,
                                 uint32_t document_limit);

/* Frees the reader and nulls the caller's pointer. Null-safe. */
void start_ndjson_destroy(start_ndjson_t **self_p);

/* Takes the next bytes of the body. BAD_REQUEST: a line that is not JSON or too long, a head with
 * faults, too many documents; otherwise what the sink returned. After the first document with
 * faults none is handed on; reading goes on to find the others. */
status_t start_ndjson_feed(start_ndjson_t *self, slice_t bytes, fault_t *fault);

/* Says that the body is whole. BAD_REQUEST: faults, which stand in the fields' errors. */
status_t start_ndjson_finish(start_ndjson_t *self, fault_t *fault);

#endif
