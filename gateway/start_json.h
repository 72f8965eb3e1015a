/* Reads a start request in JSON: one object, as it arrives.
 *
 * The body is never parsed as a whole (a tree of it takes forty times its size). A scan cuts it
 * apart: config, column_mapping and job_id are kept; each element of `documents` is spooled, for
 * the others may come behind it. When the body is whole, the documents are read back one at a time.
 * For one thread.
 */
#ifndef TAGMILL_GATEWAY_START_JSON_H
#define TAGMILL_GATEWAY_START_JSON_H

#include "gateway/start_sink.h"

enum { START_HEAD_MAX = 1024 * 1024 /* bytes of the head */ };

typedef struct start_json start_json_t;

/* Returns owned: a reader that fills `fields` and puts documents into `sink`; more than
 * `document_limit` of them are refused. `directory` is where a large request is spooled. Borrowed
 * for its life: `fields`, `directory`, what `sink` points to. */
start_json_t *start_json_new(start_fields_t *fields, start_sink_t sink, uint32_t document_limit,
                             const char *directory);

/* Frees the reader and nulls the caller's pointer. Null-safe. */
void start_json_destroy(start_json_t **self_p);

/* Takes the next bytes of the body. BAD_REQUEST: not JSON, not an object, too many documents, a
 * head or a document that is too large; IO_ERROR: spooling failed. */
status_t start_json_feed(start_json_t *self, slice_t bytes, fault_t *fault);

/* Says that the body is whole: checks everything and hands the documents on. Where documents have
 * faults none after the first faulty one is handed on. BAD_REQUEST: faults, which stand in the
 * fields' errors; otherwise what the sink returned. */
status_t start_json_finish(start_json_t *self, fault_t *fault);

#endif
