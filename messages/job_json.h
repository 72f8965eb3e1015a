/* A job as the HTTP contract shows it. */
#ifndef TAGMILL_MESSAGES_JOB_JSON_H
#define TAGMILL_MESSAGES_JOB_JSON_H

#include "base/buffer.h"
#include "messages/message.h"

/* Appends the JSON object of a job's status: what GET status answers and GET active lists.
 * `job->state` must be in the table (check what came from another process). Any thread; it is
 * called for every poll, so it writes text straight into the buffer and allocates nothing else. */
void job_json(const record_job_t *job, buffer_t *out);

#endif
