/* Reads a start request in CSV (RFC 4180): a header row, then a document a row.
 *
 * The settings come from the query, before the body. Documents are handed on as their rows arrive.
 * A byte order mark at the beginning is tolerated. For one thread.
 */
#ifndef TAGMILL_GATEWAY_START_CSV_H
#define TAGMILL_GATEWAY_START_CSV_H

#include "gateway/start_sink.h"

typedef struct start_csv start_csv_t;

/* Returns owned: a reader, as start_json_new; `fields` holds its settings already. */
start_csv_t *start_csv_new(start_fields_t *fields, start_sink_t sink, uint32_t document_limit);

/* Frees the reader and nulls the caller's pointer. Null-safe. */
void start_csv_destroy(start_csv_t **self_p);

/* Takes the next bytes of the body. BAD_REQUEST: not CSV, not UTF-8, a row that is too long, a
 * header with faults, too many documents; otherwise what the sink returned. After the first
 * document with faults none is handed on; reading goes on to find the others. */
status_t start_csv_feed(start_csv_t *self, slice_t bytes, fault_t *fault);

/* Says that the body is whole. BAD_REQUEST: faults, which stand in the fields' errors. */
status_t start_csv_finish(start_csv_t *self, fault_t *fault);

#endif
