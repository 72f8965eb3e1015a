/* The head of a start request: config, column_mapping and job_id, as the contract has them.
 *
 * Faults are collected in the fields' errors, each with a pointer into the body. `null` counts as
 * absent. Not shared between threads.
 */
#ifndef TAGMILL_GATEWAY_START_HEAD_H
#define TAGMILL_GATEWAY_START_HEAD_H

#include <cjson/cJSON.h>

#include "gateway/start_fields.h"

/* Takes the head (borrowed; NULL as an empty one): an object whose `config`, `column_mapping` and
 * `job_id` may each be absent. `strict` refuses members of any other name. */
void start_head_take(start_fields_t *fields, const cJSON *head, bool strict);

/* Takes the key for the job's model (borrowed). False: it cannot be one, and none is kept. */
bool start_head_key(start_fields_t *fields, slice_t key);

/* The head from its text, which is scanned first. BAD_REQUEST: not an object, or not JSON. */
status_t start_head_text(start_fields_t *fields, slice_t text, bool strict, fault_t *fault);

/* The same from a query: config's keys as parameters (exclusion_words as often as wanted), job_id,
 * and map=COLUMN:FIELD as often as wanted. BAD_REQUEST: the query is malformed. */
status_t start_head_query(start_fields_t *fields, slice_t query, fault_t *fault);

#endif
