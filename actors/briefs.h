/* What a worker was told of the jobs whose documents it may be given.
 *
 * A brief is kept from its BRIEF to its DROP, as the frame that it came in, because it goes on to
 * the slots as it is. Not shared between threads.
 */
#ifndef TAGMILL_ACTORS_BRIEFS_H
#define TAGMILL_ACTORS_BRIEFS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/slice.h"

typedef struct {
    uint64_t job_no;
    bool is_noop;  /* its model is the one for measuring */
    slice_t frame; /* the BRIEF; owned by the brief */
} job_brief_t;

typedef struct briefs briefs_t;

/* Returns owned: no briefs. */
briefs_t *briefs_new(void);

/* Frees them all and nulls the caller's pointer. Null-safe. */
void briefs_destroy(briefs_t **self_p);

/* Keeps a copy of the BRIEF `frame` (borrowed) in the place of an earlier one of its job and sets
 * `*job_no`. MALFORMED: it is no BRIEF; nothing changed. */
status_t briefs_keep(briefs_t *self, slice_t frame, uint64_t *job_no);

/* Returns the brief of a job (borrowed, valid until the next keep, forget or clear) or NULL. */
const job_brief_t *briefs_find(briefs_t *self, uint64_t job_no);

/* Forgets a job; nothing happens when it is not known. */
void briefs_forget(briefs_t *self, uint64_t job_no);

/* Forgets all jobs. */
void briefs_clear(briefs_t *self);

#endif
