/* The lines that a tap prints: for people, or as JSON (a document a line).
 *
 *   JOB 5 processing "Title" (row 3)            a message of progress
 *   JOB 7 completed 4 tagged, 0 failed of 4     a turn of the job
 *   JOB hole: 6 to 8 lost; asking ...           what the tap says of itself
 *   system {...}                                workers that come, go and die
 *
 * As JSON: {"topic","seq","message"}, and {"tap","topic",...} for what the tap says of itself.
 */
#ifndef TAGMILL_TOOLS_TAP_PRINT_H
#define TAGMILL_TOOLS_TAP_PRINT_H

#include <cJSON.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/slice.h"

typedef struct {
    FILE *out;
    bool json;
} tap_print_t;

/* A message as it came; `json` is its parsed form (NULL: it is no JSON), `job_id` the decoded id of
 * its job (NULL: a topic of no job). */
void tap_print_message(const tap_print_t *self, slice_t topic, const char *job_id, uint64_t seq,
                       slice_t message, const cJSON *json);

/* A result or a status that was asked for over HTTP; `what` is "result" or "status". */
void tap_print_fetched(const tap_print_t *self, slice_t topic, const char *job_id, const char *what,
                       slice_t text, const cJSON *json);

/* A remark of the tap itself; `word` is a short stable one ("hole", "repeat"). */
void tap_print_remark(const tap_print_t *self, slice_t topic, const char *job_id, const char *word,
                      const char *format, ...) __attribute__((format(printf, 5, 6)));

#endif
