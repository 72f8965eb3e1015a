/* A result as JSON and as a row of CSV. */
#ifndef TAGMILL_GATEWAY_RESULT_TEXT_H
#define TAGMILL_GATEWAY_RESULT_TEXT_H

#include "gateway/fields.h"
#include "messages/message.h"

/* Appends a result as the JSON object of the contract, the document's further columns at its top
 * level. A column that bears the name of a member of ours appears as input_NAME.
 * `result->error_type` must be in the table. */
void result_json(const record_result_t *result, buffer_t *out);

/* The columns of a job's CSV: those of its input, then ours. */
typedef struct {
    char **names; /* owned */
    document_field_t *fields;
    size_t count;
} result_columns_t;

/* Takes the input's columns (a JSON array) and mapping (a JSON object), as START_CLOSE gave them.
 */
void result_columns_take(result_columns_t *self, slice_t columns, slice_t mapping);

/* Frees what the columns hold and leaves them empty. */
void result_columns_free(result_columns_t *self);

/* Appends the header row; one row (RFC 4180, CR LF). A cell that a spreadsheet would take for a
 * formula gets a ' in front. */
void result_csv_header(const result_columns_t *columns, buffer_t *out);
void result_csv_row(const result_columns_t *columns, const record_result_t *result, buffer_t *out);

#endif
