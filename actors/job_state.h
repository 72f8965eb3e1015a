/* The life of a job as a table: which event moves which state where.
 *
 * A pair that is not listed is refused: it is an answer (409), never an abort. The diagram in
 * ARCHITECTURE.md is made from this table.
 */
#ifndef TAGMILL_ACTORS_JOB_STATE_H
#define TAGMILL_ACTORS_JOB_STATE_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/vocabulary.h"

typedef enum {
    JOB_EVENT_BEGIN,  /* its first document is dispatched */
    JOB_EVENT_PAUSE,  /* a client asks */
    JOB_EVENT_RESUME, /* a client asks */
    JOB_EVENT_CANCEL, /* a client asks */
    JOB_EVENT_FINISH, /* every document has a result */
    JOB_EVENT_FAIL,   /* the job as a whole cannot go on */
    JOB_EVENT_RETRY,  /* a client asks; failed results were removed */
    JOB_EVENT_COUNT
} job_event_t;

/* Looks up where `event` takes `state`. Returns false, `*next` untouched, when it is refused. */
bool job_state_next(job_state_t state, job_event_t event, job_state_t *next);

/* The word of an event, "pause". */
const char *job_event_word(job_event_t event);

/* Writes the table as a Mermaid state diagram. */
void job_state_describe(buffer_t *out);

#endif
