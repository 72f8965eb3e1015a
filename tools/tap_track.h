/* What a tap knows of each job: the last sequence number, and which rows' results it has seen.
 *
 * Results come in no order of rows, so after a hole it is not the highest row that was seen which
 * says where to read on, but the lowest that was not.
 */
#ifndef TAGMILL_TOOLS_TAP_TRACK_H
#define TAGMILL_TOOLS_TAP_TRACK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

enum { TRACK_ROW_MAX = 100000000 }; /* rows from here on are not remembered */

typedef struct track track_t;         /* all jobs */
typedef struct track_job track_job_t; /* one of them */

typedef enum {
    TRACK_FIRST,  /* the first message of this job that came here, whatever its number */
    TRACK_NEXT,   /* one more than the last */
    TRACK_HOLE,   /* more than one more: messages were lost */
    TRACK_REPEAT, /* not more than the last: the publisher repeats itself or began anew */
} track_step_t;

/* Returns owned: no jobs known. */
track_t *track_new(void);

/* Frees all and nulls the caller's pointer. Null-safe. */
void track_destroy(track_t **self_p);

/* The job with this topic (borrowed; one topic, one job); made when it is not known. */
track_job_t *track_job(track_t *self, slice_t topic);

/* Takes in a sequence number. `*last` is the one before it (0: none). */
track_step_t track_step(track_job_t *job, uint64_t seq, uint64_t *last);

/* Marks the result of `row` as seen. Returns false when it was seen before. Rows below 0 and from
 * TRACK_ROW_MAX on are never seen before. */
bool track_row(track_job_t *job, int64_t row);

/* Marks the result of `row` as not seen: it is worked on anew, after a retry. */
void track_forget_row(track_job_t *job, int64_t row);

/* The row after which the first unseen result may stand: -1 before the first. */
int64_t track_after(const track_job_t *job);

#endif
