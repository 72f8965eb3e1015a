/* What a start request says: its settings, and the rules of a document.
 *
 * Whatever form the request has (JSON, NDJSON, CSV), it comes through here. Faults are collected
 * with a pointer each (RFC 6901), so that a client hears of all of them at once. No sockets, no
 * clock. Not shared between threads.
 */
#ifndef TAGMILL_GATEWAY_START_FIELDS_H
#define TAGMILL_GATEWAY_START_FIELDS_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "gateway/fields.h"
#include "gateway/problem.h"
#include "messages/message.h"

enum { START_COLUMNS_MAX = 256, START_DOCUMENT_MAX = 1024 * 1024 /* bytes of one, as it came */ };

/* What this server has to offer. Borrowed for the life of the fields. */
typedef struct {
    const char *default_model;
    bool allow_noop;
    bool may_fall_back;     /* what holds where a start does not say */
    const config_t *config; /* whose providers serve models; NULL: none does */
} start_offer_t;

/* A column's value in one document. */
typedef struct {
    slice_t name; /* decoded */
    slice_t text; /* decoded, where the value is a text; the digits of a number */
    slice_t raw;  /* as JSON; empty: `text` is a text that was never JSON */
    bool is_text;
    bool is_number;
    bool is_absent; /* null */
} start_cell_t;

typedef struct {
    start_offer_t offer;
    error_list_t errors;
    /* config */
    buffer_t model_name;
    buffer_t language;
    buffer_t callback_url;
    buffer_t exclusions;
    buffer_t api_key; /* empty: none; wiped with the fields */
    bool may_fall_back;
    uint8_t page_limit;
    uint8_t tag_limit;
    uint8_t max_attempts;
    int32_t priority;
    bool is_noop;
    /* the rest of the head */
    buffer_t job_id; /* empty: none was given */
    column_mapping_t mapping;
    /* the columns seen so far, in order */
    char *columns[START_COLUMNS_MAX];
    document_field_t column_fields[START_COLUMNS_MAX];
    size_t column_count;
    size_t columns_size; /* bytes of their names as JSON, at most */
    /* what the last document was made of */
    start_cell_t cells[START_COLUMNS_MAX];
    buffer_t texts; /* the cells' decoded names and values, one after another */
    buffer_t title;
    buffer_t carried;
} start_fields_t;

/* Returns owned: fields of no request yet. start_head fills the settings, before any document. */
start_fields_t *start_fields_new(const start_offer_t *offer);

/* Frees the fields and nulls the caller's pointer. Null-safe. */
void start_fields_destroy(start_fields_t **self_p);

/* Takes document `row` from its JSON text (that json_scan has passed) and fills `document` with
 * slices that are valid until the next call. False: it has faults; they went to `errors`. */
bool start_fields_object(start_fields_t *self, uint32_t row, slice_t json,
                         record_document_t *document);

/* Takes the header row of a table. False: faults. */
bool start_fields_header(start_fields_t *self, const slice_t *names, size_t count);

/* Takes row `row` of a table: `count` values, for the columns of the header in their order. As
 * start_fields_object. */
bool start_fields_row(start_fields_t *self, uint32_t row, const slice_t *values, size_t count,
                      record_document_t *document);

/* Appends the columns as a JSON array, the mapping as a JSON object. */
void start_fields_columns(const start_fields_t *self, buffer_t *out);
void start_fields_mapping(const start_fields_t *self, buffer_t *out);

#endif
